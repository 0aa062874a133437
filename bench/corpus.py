"""Seeded corpora of any size: cases of about 370 words whose words follow Zipf's law, with tags spread as in life.

The commonest words are those of six real cases, kept with the tests so that they never change; the tail is made of
syllables, since a corpus of 45,000 cases has ten times more words than ours.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import accumulate

from kb.config import ROOT
from kb.corpus.case import SECTIONS, Case, PartialDate, Participation, Redaction, Section, Source
from kb.corpus.taxonomy import Taxonomy, read_taxonomy

_SYLLABLES = "ba bor ca chan cour da dé fi for ga gran la li lou ma mé moi na nou or pa pon pré ra rou sa sé sol ta tri va vil".split()  # noqa: SIM905, E501
_TAIL = 60_000
_WORDS_A_SECTION = (60, 60, 55, 60, 55, 45, 35)


@cache
def taxonomy() -> Taxonomy:
    return read_taxonomy(ROOT / "cases" / "taxonomy.yaml")


@cache
def vocabulary() -> tuple[list[str], list[float]]:
    """Words from the commonest to the rarest, and their cumulative weights (Zipf, exponent 1.05)."""
    counts: Counter[str] = Counter()
    for path in sorted((ROOT / "tests" / "corpora" / "recherche").glob("*.md")):
        body = path.read_text(encoding="utf-8").split("\n---", 1)[1]
        counts.update(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.sub(r"\[\^[^\]]+\]", "", body.lower())))
    words = [word for word, _ in counts.most_common()]
    draw = random.Random(1)
    seen = set(words)
    while len(words) < _TAIL:
        word = "".join(draw.choices(_SYLLABLES, k=draw.randint(2, 5)))
        if word not in seen:
            seen.add(word)
            words.append(word)
    return words, list(accumulate(1 / (rank + 3) ** 1.05 for rank in range(len(words))))


def make_cases(size: int, seed: int = 20) -> Iterator[Case]:
    """The same `size` cases for the same seed, whatever the machine."""
    draw = random.Random(seed)
    for number in range(size):
        yield make_case(number, draw)


def make_case(number: int, draw: random.Random) -> Case:
    """One case of the corpus."""
    sections = tuple(
        Section(key, heading, _text(draw, length), 60)
        for (key, heading), length in zip(SECTIONS, _WORDS_A_SECTION, strict=True)
    )
    made = Case(
        slug=f"cas-{number:06}",
        titre=_text(draw, 8).capitalize(),
        resume=_text(draw, 28).capitalize(),
        organisations=tuple(_organisation(draw, rank) for rank in range(draw.randint(2, 5))),
        lieu=_text(draw, 1).capitalize(),
        debut=draw.randint(1995, 2025),
        situation_au=PartialDate(draw.randint(2018, 2026), draw.randint(1, 12)),
        sources=(Source("a", "A", "A", "https://a.example"), Source("b", "B", "B", "https://b.example")),
        redaction=Redaction("Équipe éditoriale", PartialDate(2026, 1, 1), PartialDate(2026, draw.randint(1, 9), 2)),
        sections=sections,
        digest="",
        **_tags(draw),  # type: ignore[arg-type]
    )
    return replace(made, digest=hashlib.sha256(repr(made).encode()).hexdigest())


def _text(draw: random.Random, length: int) -> str:
    words, weights = vocabulary()
    chosen = draw.choices(words, cum_weights=weights, k=length)
    return " ".join(f"{word}." if place % 18 == 17 else word for place, word in enumerate(chosen))


def _organisation(draw: random.Random, rank: int) -> Participation:
    kind = draw.choice(list(taxonomy()["acteur"]))
    return Participation(f"{_text(draw, 2).title()} {draw.randint(1, 4000)}", kind, "partenaire" if rank else "porteur")


def _tags(draw: random.Random) -> dict[str, object]:
    def some(vocabulary: str, least: int, most: int) -> tuple[str, ...]:
        terms = list(taxonomy()[vocabulary])
        return tuple(draw.sample(terms, draw.randint(least, min(most, len(terms)))))

    categories = some("categorie", 1, 2)
    return {
        "categorie": categories[0],
        "autres_categories": categories[1:],
        "domaines": some("domaine", 1, 3),
        "regions": some("region", 1, 2),
        "echelle": some("echelle", 1, 1)[0],
        "etape": some("etape", 1, 1)[0],
        "statut": some("statut", 1, 1)[0],
        "publics": some("public", 0, 3),
        "impacts": some("impact", 0, 2),
        "leviers": some("levier", 0, 2),
        "odd": some("odd", 0, 3),
    }
