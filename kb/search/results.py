"""What a search answers: plain immutable values, no href and no label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from kb.search.query import PAGE_SIZE, SearchQuery


class Matching(StrEnum):
    """How the words were matched: every word, else most of them (and the page says so).

    A search of several words that few cases answer whole is widened to most words: those cases come first, and
    `Results.complets` says how many they are.
    """

    NO_WORDS = "sans-mots"
    ALL_WORDS = "tous"
    MOST_WORDS = "plupart"


class Fragment(NamedTuple):
    """A run of text, marked when it matches the search."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Where the words were found: key of the section (see `kb.corpus.case.SECTIONS`) and its marked text."""

    section: str
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One case on the page of results, with its words marked in the title and the summary."""

    slug: str
    score: float
    titre: tuple[Fragment, ...]
    resume: tuple[Fragment, ...]
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a facet and how many cases it would give, the facet's own selection put aside."""

    id: str
    count: int
    included: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A way out of an empty result that does give cases: the changed search and its count."""

    query: SearchQuery
    count: int


@dataclass(frozen=True, slots=True)
class Correction:
    """« Vouliez-vous dire … ? »: the text to try and the number of cases it gives."""

    texte: str
    count: int


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to one search.

    `slugs` holds every match in order (for previous/next and exports), worked out when first read; `hits` those of
    the page asked for. `facettes` maps each facet to its values in the vocabulary's order, zero included,
    `non-renseigne` last when some case says nothing. `annees` maps a year of beginning to its count, the period's own
    selection put aside. `complets` is the number of cases that hold every word, when others follow that hold most.
    `query.page` is the page really shown: a page past the end gives the last one.
    """

    query: SearchQuery
    total: int
    slugs: Sequence[str]
    hits: tuple[Hit, ...]
    facettes: Mapping[str, tuple[FacetValue, ...]]
    annees: Mapping[int, int]
    matching: Matching = Matching.NO_WORDS
    mots_ignores: tuple[str, ...] = ()
    complets: int = 0
    corrections: tuple[Correction, ...] = ()
    relaxations: tuple[Relaxation, ...] = field(default=())

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // PAGE_SIZE))
