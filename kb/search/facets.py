"""Filters and their counts, on packed bits: one line of bits for each value, one bit for each case.

OR inside a facet, AND between facets. A facet is counted without its own choice, so that the count beside a value is
what ticking it would give. `dimension` and `domaine` are two levels of one choice. A value set aside stays set aside
for all the others, and its own count is what it would give if it were not.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.corpus.taxonomy import FACETS, UNSET, Taxonomy
from kb.search.arrays import Array
from kb.search.documents import FacetRow, facet_rows
from kb.search.query import SearchQuery
from kb.search.results import FacetValue

GROUPS: tuple[tuple[str, ...], ...] = (
    ("dimension", "domaine"),
    *((facet.name,) for facet in FACETS if facet.name not in ("dimension", "domaine")),
)
Bits = npt.NDArray[np.uint64]


class Filtered(NamedTuple):
    """Cases that pass the filters, and those that would without the bounds of the period."""

    bits: Bits
    any_year: Bits
    counts: npt.NDArray[np.int64]


class Facets:
    """Filters over one snapshot. Immutable."""

    def __init__(self, bitmaps: Array, taxonomy: Taxonomy) -> None:
        self._bitmaps = bitmaps
        self._rows = facet_rows(taxonomy)
        self._number = {row: number for number, row in enumerate(self._rows)}
        self._places = {
            facet.name: [number for number, row in enumerate(self._rows) if row.facet == facet.name] for facet in FACETS
        }
        # « Non renseigné » is shown only where some case says nothing.
        sizes = _count(bitmaps)
        self._pointless = {n for n, row in enumerate(self._rows) if row.value == UNSET and not sizes[n]}
        self._shown = {
            facet: range(places[0], places[-1] + (places[-1] not in self._pointless))
            for facet, places in self._places.items()
        }
        self._ids = {facet: [self._rows[place].value for place in shown] for facet, shown in self._shown.items()}

    def filter(self, query: SearchQuery, text: Bits, years: Bits | None) -> Filtered:
        """Apply the filters of a search to the cases that answer its words; `years` are those within its period."""
        chosen = {group: self._chosen(query, group) for group in GROUPS}
        excluded = self._numbers(query.sauf)
        kept = text.copy()
        for number in excluded:
            kept &= ~self._bitmaps[number]
        any_year = kept.copy()
        for bits in chosen.values():
            if bits is not None:
                any_year &= bits
        if years is None:
            return Filtered(any_year, any_year, self._counts(text, chosen, excluded))
        return Filtered(any_year & years, any_year, self._counts(text & years, chosen, excluded))

    def values(self, query: SearchQuery, counts: npt.NDArray[np.int64]) -> dict[str, tuple[FacetValue, ...]]:
        """Counts by facet, in the order of display."""
        included, excluded = set(self._numbers(query.termes)), set(self._numbers(query.sauf))
        chosen = included | excluded
        told: dict[str, tuple[FacetValue, ...]] = {}
        numbers = counts.tolist()
        for facet, places in self._places.items():
            if chosen.isdisjoint(places):
                shown = self._shown[facet]
                told[facet] = tuple(map(_value, self._ids[facet], numbers[shown.start : shown.stop]))
                continue
            told[facet] = tuple(
                _value(self._rows[place].value, numbers[place], place in included, place in excluded)
                for place in places
                if place not in self._pointless or place in chosen
            )
        return told

    def _numbers(self, terms: tuple[tuple[str, tuple[str, ...]], ...]) -> list[int]:
        """Lines of chosen values; a value unknown to the taxonomy is nothing."""
        wanted = (FacetRow(facet, value) for facet, values in terms for value in values)
        return [self._number[row] for row in wanted if row in self._number]

    def _chosen(self, query: SearchQuery, group: tuple[str, ...]) -> Bits | None:
        """Cases under any of the values ticked in a group; None when nothing is ticked."""
        numbers = self._numbers(tuple(pair for pair in query.termes if pair[0] in group))
        return np.bitwise_or.reduce(self._bitmaps[numbers], axis=0) if numbers else None

    def _counts(
        self, base: Bits, chosen: Mapping[tuple[str, ...], Bits | None], excluded: list[int]
    ) -> npt.NDArray[np.int64]:
        without = base.copy()
        for number in excluded:
            without &= ~self._bitmaps[number]
        everything = _and(without, chosen, None)
        counts = _count(self._bitmaps & everything)
        for group, bits in chosen.items():
            if bits is not None:
                places = [place for facet in group for place in self._places[facet]]
                counts[places] = _count(self._bitmaps[places] & _and(without, chosen, group))
        for number in excluded:
            others = base.copy()
            for other in excluded:
                if other != number:
                    others &= ~self._bitmaps[other]
            group = next(group for group in GROUPS if self._rows[number].facet in group)
            counts[number] = _count(self._bitmaps[number] & _and(others, chosen, group))
        return counts


def _and(base: Bits, chosen: Mapping[tuple[str, ...], Bits | None], but: tuple[str, ...] | None) -> Bits:
    """Cases of `base` under what is ticked in every group but one."""
    result = base
    for group, bits in chosen.items():
        if bits is not None and group != but:
            result = result & bits
    return result


def pack(mask: npt.NDArray[np.bool_]) -> Bits:
    """One bit for each case, in whole words of 64."""
    packed = np.zeros(-(-len(mask) // 64) * 8, np.uint8)
    packed[: -(-len(mask) // 8)] = np.packbits(mask, bitorder="little")
    return packed.view(np.uint64)


def unpack(bits: Bits, size: int) -> npt.NDArray[np.bool_]:
    return np.unpackbits(bits.view(np.uint8), count=size, bitorder="little").view(bool)


def _count(bits: Array) -> npt.NDArray[np.int64]:
    counts: npt.NDArray[np.int64] = np.bitwise_count(bits).sum(axis=-1, dtype=np.int64)
    return counts


@lru_cache(maxsize=1 << 14)
def _value(value: str, count: int, included: bool = False, excluded: bool = False) -> FacetValue:
    return FacetValue(value, count, included, excluded)
