"""Measures of a ranking against graded judgments, as the evaluation campaigns compute them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    """Gains are the grades, discounted by the logarithm of the rank, over those of the ideal order."""
    gained = sum(grades.get(one, 0) / math.log2(rank + 2) for rank, one in enumerate(ranked[:depth]))
    ideal = sorted((grade for grade in grades.values() if grade > 0), reverse=True)[:depth]
    best = sum(grade / math.log2(rank + 2) for rank, grade in enumerate(ideal))
    return gained / best if best else 0.0


def recall(ranked: Sequence[str], grades: Mapping[str, int], depth: int) -> float:
    relevant = {one for one, grade in grades.items() if grade > 0}
    return len(relevant & set(ranked[:depth])) / len(relevant) if relevant else 0.0


def reciprocal_rank(ranked: Sequence[str], grades: Mapping[str, int], depth: int = 10) -> float:
    ranks = (rank for rank, one in enumerate(ranked[:depth], 1) if grades.get(one, 0) > 0)
    return 1 / next(ranks, math.inf)


@dataclass(frozen=True)
class Report:
    """Means over judged searches."""

    searches: int
    ndcg_10: float
    recall_10: float
    recall_100: float
    mrr_10: float
    no_result: float

    def __str__(self) -> str:
        return (
            f"{self.searches} searches: nDCG@10 {self.ndcg_10:.3f}, recall@10 {self.recall_10:.3f}, "
            f"recall@100 {self.recall_100:.3f}, MRR@10 {self.mrr_10:.3f}, no result {self.no_result:.1%}"
        )


def report(judged: Sequence[tuple[Sequence[str], Mapping[str, int]]]) -> Report:
    """Means over (ranking, grades) pairs; a search without a relevant document is left out."""
    kept = [(ranked, grades) for ranked, grades in judged if any(grade > 0 for grade in grades.values())]

    def mean(values: Sequence[float]) -> float:
        return sum(values) / len(values) if values else 0.0

    return Report(
        len(kept),
        mean([ndcg(ranked, grades) for ranked, grades in kept]),
        mean([recall(ranked, grades, 10) for ranked, grades in kept]),
        mean([recall(ranked, grades, 100) for ranked, grades in kept]),
        mean([reciprocal_rank(ranked, grades) for ranked, grades in kept]),
        mean([not ranked for ranked, _ in kept]),
    )
