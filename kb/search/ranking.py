"""BM25F: how well each case answers a word, its fields weighed, their lengths evened out.

The formula is Whoosh's own, so that one field with weight 1 gives Whoosh's scores. Over several fields the weighted
frequencies are added before they saturate (Robertson and Zaragoza), so that a word in the title and the body of one
case does not count as two discoveries.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.search.arrays import Array
from kb.search.documents import FIELDS, SECTION_KEYS
from kb.search.snapshot import Snapshot

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        **dict.fromkeys(SECTION_KEYS, 1.0),
        "titre": 3.0,
        "resume": 2.0,
        "organisations": 1.5,
        "lieux": 1.5,
        "termes": 0.3,
        "chiffres": 0.5,
        "inspiration": 0.7,
    }
)
_INT32 = 1 << 31
K1 = 1.6
"""How much a word that comes again adds; 1.2 in Whoosh, 1.6 on our judged searches."""

B = 0.75
"""How much a long field counts for less, between 0 and 1."""

Scores = npt.NDArray[np.float64]
"""One number for each case; zero when it does not answer."""


class Occurrences(NamedTuple):
    """How many times something stands in which field of which case; the same pair may come several times."""

    cases: Array
    fields: Array
    counts: Array


class Ranking:
    """Scores over one snapshot. Immutable."""

    def __init__(self, snapshot: Snapshot, weights: Mapping[str, float] = WEIGHTS) -> None:
        self._size = snapshot.size
        averages = np.maximum(snapshot.totals / max(self._size, 1), 1e-9)[:, None]
        weight = np.array([[weights.get(name, 0.0)] for name in FIELDS])
        factors: Array = weight / ((1 - B) + B * snapshot.lengths / averages)
        self._factors = factors.reshape(-1)

    def scores(self, found: Occurrences) -> Scores:
        """Score of each case for one word, expression or prefix, whose occurrences are given."""
        cells: Array = found.fields.astype(np.int32 if len(self._factors) < _INT32 else np.int64)
        cells *= self._size
        cells += found.cases
        frequency = np.bincount(found.cases, found.counts * self._factors[cells], self._size)
        held = np.flatnonzero(frequency > 0)  # Three times quicker over booleans than over numbers.
        scores: Scores = np.zeros(self._size)
        if len(held):
            rarity = np.log(self._size / (len(held) + 1)) + 1
            there = frequency[held]
            scores[held] = rarity * (K1 + 1) * there / (there + K1)
        return scores
