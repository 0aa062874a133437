"""What a few letters may become: cases, organisations, places and terms, each leading to something."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from kb.corpus.case import Case
from kb.corpus.organisations import Organisation, slugify
from kb.corpus.taxonomy import Taxonomy, Term
from kb.search.analysis import words
from kb.search.french import STOP_WORDS
from kb.search.query import SearchQuery
from kb.search.snapshot import FIELD_NUMBER, Snapshot

MIN_TYPED = 2
MOST = 4
"""Suggestions of each kind."""

_MOST_TYPED = 80
_TERM_FACETS = ("categorie", "dimension", "domaine", "etape", "acteur", "public", "levier")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A case or an organisation (its `slug`), or else a search; `count` is the number of cases behind it."""

    genre: str
    libelle: str
    count: int
    slug: str = ""
    query: SearchQuery | None = None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Suggestions by kind, in the order in which they are shown."""

    cas: tuple[Suggestion, ...] = ()
    organisations: tuple[Suggestion, ...] = ()
    lieux: tuple[Suggestion, ...] = ()
    themes: tuple[Suggestion, ...] = ()


class _Directory:
    """Labels found by the beginnings of their words. Immutable."""

    def __init__(self, entries: Iterable[tuple[Suggestion, Sequence[str]]]) -> None:
        self._entries: list[tuple[Suggestion, str]] = []
        pairs: set[tuple[str, int]] = set()
        for number, (suggestion, names) in enumerate(entries):
            self._entries.append((suggestion, _folded(suggestion.libelle)))
            pairs |= {(word, number) for name in names for word in _folded(name).split()}
        self._pairs = sorted(pairs)

    def find(self, typed: Sequence[str]) -> tuple[Suggestion, ...]:
        """Entries with a word beginning with each of the typed words; those that begin so first, then the biggest."""
        found: set[int] | None = None
        for word in typed:
            first, last = (bisect_left(self._pairs, (end,)) for end in (word, word + "\U0010ffff"))
            numbers = {number for _, number in self._pairs[first:last]}
            found = numbers if found is None else found & numbers
        start = " ".join(typed)
        ranked = sorted(
            (not label.startswith(start), -suggestion.count, label, number)
            for number in found or ()
            for suggestion, label in [self._entries[number]]
        )
        return tuple(self._entries[number][0] for *_, number in ranked[:MOST])


class Suggester:
    """Suggestions over one snapshot. Immutable, but for what it has already worked out."""

    def __init__(
        self,
        snapshot: Snapshot,
        taxonomy: Taxonomy,
        cases: Mapping[str, Case],
        organisations: Mapping[str, Organisation],
        count: Callable[[SearchQuery], int],
    ) -> None:
        self._snapshot, self._taxonomy, self._count = snapshot, taxonomy, count
        self._cases, self._known = cases, organisations

    def suggest(self, text: str) -> Suggestions:
        """What the letters typed may become; nothing for less than two."""
        typed = _typed(text)
        if not typed:
            return Suggestions()
        return Suggestions(
            self._titles(typed), self._organisations.find(typed), self._places.find(typed), self._terms.find(typed)
        )

    def _titles(self, typed: Sequence[str]) -> tuple[Suggestion, ...]:
        """Cases by the words of their titles; those that begin as typed first, then the freshest."""
        snapshot = self._snapshot
        terms, cases = self._title_words
        held = np.ones(snapshot.size, bool)
        for word in typed:
            forms = snapshot.forms.prefixed(word)
            wanted = np.zeros(len(snapshot.terms), bool)
            wanted[snapshot.form_terms[forms.start : forms.stop]] = True
            having = np.zeros(snapshot.size, bool)
            having[cases[wanted[terms]]] = True
            held &= having
        recent = snapshot.order("recent")
        freshest = recent[held[recent]][: 10 * MOST].tolist()
        labels = [(number, snapshot.text(number, "titre")) for number in freshest]
        labels.sort(key=lambda pair: not _folded(pair[1]).startswith(" ".join(typed)))
        return tuple(Suggestion("cas", label, 1, slug=snapshot.slugs[number]) for number, label in labels[:MOST])

    @cached_property
    def _title_words(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
        """Words of titles and their cases, side by side."""
        rows = np.flatnonzero(self._snapshot.row_fields == FIELD_NUMBER["titre"])
        terms = np.searchsorted(self._snapshot.term_rows, rows, side="right") - 1
        return terms, self._snapshot.row_cases[rows]

    @cached_property
    def _organisations(self) -> _Directory:
        counts: Counter[str] = Counter()
        for case in self._cases.values():
            counts.update({slugify(one.nom) for one in case.organisations if not one.collectif})
        return _Directory(
            (Suggestion("organisations", one.nom, counts[slug], slug=slug), (one.nom, *one.alias))
            for slug, one in self._known.items()
            if counts[slug]
        )

    @cached_property
    def _places(self) -> _Directory:
        return _Directory([*self._facet_entries("region", "lieux"), *self._localities()])

    @cached_property
    def _terms(self) -> _Directory:
        return _Directory(entry for facet in _TERM_FACETS for entry in self._facet_entries(facet, "themes"))

    def _facet_entries(self, facet: str, genre: str) -> Iterator[tuple[Suggestion, Sequence[str]]]:
        """Terms that some case bears, by their names."""
        for term in self._taxonomy.vocabulary_of(facet).terms:
            query = SearchQuery().with_term(facet, term.id, self._taxonomy)
            count = self._count(query)
            if count:
                yield Suggestion(genre, term.libelle, count, query=query), _names(term)

    def _localities(self) -> Iterator[tuple[Suggestion, Sequence[str]]]:
        """Departments and places named by the cases: searched as words."""
        places: Counter[str] = Counter()
        for case in self._cases.values():
            departments = (one for one in case.departements if one in self._taxonomy["departement"])
            names = {self._taxonomy["departement"].label(one) for one in departments}
            places.update(names | ({case.lieu} if case.lieu else set()))
        regions = {term.libelle for term in self._taxonomy["region"].terms}
        for place, count in places.items():
            if place not in regions:
                yield Suggestion("lieux", place, count, query=SearchQuery(texte=f'"{place}"')), (place,)


def _names(term: Term) -> tuple[str, ...]:
    return (term.libelle, term.court, *term.synonymes)


def _folded(text: str) -> str:
    return " ".join(part.text for word in words(text) for part in word.parts)


def _typed(text: str) -> list[str]:
    """Folded words typed, the last one perhaps unfinished; small words before it are left out."""
    found = _folded(text[:_MOST_TYPED]).split()
    if sum(map(len, found)) < MIN_TYPED:
        return []
    return [word for word in found[:-1] if word not in STOP_WORDS] + found[-1:]
