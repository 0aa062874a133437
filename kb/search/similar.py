"""Close cases, with the reasons why they are close: links drawn by the editors, tags, organisations and words.

The same corpus gives the same cases in the same order; what counts is what a reader is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from kb.corpus.case import Case
from kb.corpus.taxonomy import UNSET, Taxonomy
from kb.search.analysis import fold
from kb.search.documents import FIELDS, facet_rows
from kb.search.facets import unpack
from kb.search.matching import Matcher
from kb.search.snapshot import Snapshot

_TELLING_FIELDS = [FIELDS.index(name) for name in ("titre", "resume", "besoin", "solution")]
_TELLING_WORDS = 25
_CLOSE_STORY = 0.25  # Share of the case's own score above which two stories speak of the same thing.
_COMMON_PARTNER = 5  # An organisation in more cases than this (« État ») brings none of them closer.
_SAME_SHAPE = 0.75  # Share of the kinds of actors that two alliances have in common.

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Similar:
    """A close case and the reasons, the strongest first, as a reader reads them."""

    slug: str
    raisons: tuple[str, ...]


@dataclass(frozen=True)
class _Reason:
    """Why cases are close: how much it weighs, for each case, and how it is said."""

    text: str
    weights: Vector
    said: npt.NDArray[np.bool_]


class Neighbours:
    """Finds close cases over one snapshot. Immutable, but for what it has already worked out."""

    def __init__(self, snapshot: Snapshot, matcher: Matcher, taxonomy: Taxonomy, cases: Mapping[str, Case]) -> None:
        self._snapshot, self._matcher, self._taxonomy, self._cases = snapshot, matcher, taxonomy, cases
        self._rows = facet_rows(taxonomy)
        self._remembered = lru_cache(maxsize=1024)(self._find)

    def of(self, slug: str, limit: int) -> tuple[Similar, ...]:
        """The closest cases to `slug`, each for a reason at least; none for an unknown slug."""
        return self._remembered(slug)[:limit] if slug in self._cases else ()

    def _find(self, slug: str) -> tuple[Similar, ...]:
        case = self._cases[slug]
        number = self._number[slug]
        reasons = [*self._links(case), *self._organisations(case), *self._tags(case, number), self._story(number)]
        total = np.sum([reason.weights for reason in reasons], axis=0)
        said = np.any([reason.said for reason in reasons], axis=0)
        said[number] = False
        candidates = np.flatnonzero(said)
        order = candidates[np.argsort(-total[candidates], kind="stable")][:20]
        return tuple(Similar(self._snapshot.slugs[other], _said(reasons, int(other))) for other in order)

    def _links(self, case: Case) -> list[_Reason]:
        """Relations that the editors wrote in either file."""
        linked = [(one.cas, one.lien) for one in case.apparentes]
        linked += self._linking.get(case.slug, [])
        reasons = []
        for slug, lien in linked:
            if slug in self._number:
                label = self._taxonomy["lien"].label(lien).removesuffix(" de")
                reasons.append(self._reason(label[:1].lower() + label[1:], [slug], 4.0))
        return reasons

    def _organisations(self, case: Case) -> list[_Reason]:
        leaders = {fold(one.nom) for one in case.porteurs if not one.collectif}
        others = {fold(one.nom): one.nom for one in case.organisations if not one.collectif}
        led = [slug for name in sorted(leaders) for slug in self._led.get(name, ())]
        reasons = [self._reason("même porteur", led, 2.5)]
        for name, written in others.items():
            shared = [slug for slug in self._involved.get(name, ()) if slug not in led and slug != case.slug]
            if 0 < len(shared) <= _COMMON_PARTNER:
                reasons.append(self._reason(f"avec {written} aussi", shared, 1.0))
        return reasons

    def _tags(self, case: Case, number: int) -> list[_Reason]:
        main = self._sharing("domaine", [case.domaines[0]])
        need = np.minimum(1.0, self._count("domaine", number)) + 0.75 * main
        kinds = self._count("acteur", number)
        sizes = np.sum([self._bits(row) for row, (facet, _) in enumerate(self._rows) if facet == "acteur"], axis=0)
        alike = kinds / np.maximum(sizes + len(case.acteurs) - kinds, 1) >= _SAME_SHAPE
        places = [region for region in case.regions if region != "nationale"]
        tags = [
            ("même besoin", need, 1.0),
            ("même étape", self._sharing("etape", [case.etape]), 0.6),
            ("alliance de même forme", alike * self._sharing("categorie", [case.categorie]), 0.8),
            ("même région", self._sharing("region", places), 0.5),
            ("même public", self._sharing("public", case.publics), 0.5),
        ]
        return [_Reason(text, weight * vector, vector > 0) for text, vector, weight in tags]

    def _story(self, number: int) -> _Reason:
        """Likeness of the words that tell most about the case."""
        snapshot = self._snapshot
        rows = np.flatnonzero(snapshot.row_cases == number)
        rows = rows[np.isin(snapshot.row_fields[rows], _TELLING_FIELDS)]
        terms, where = np.unique(np.searchsorted(snapshot.term_rows, rows, side="right") - 1, return_inverse=True)
        frequency = np.bincount(where, snapshot.row_places[rows + 1] - snapshot.row_places[rows], len(terms))
        spread = np.array([self._spread(int(term)) for term in terms])
        telling = np.flatnonzero((spread > 1) & (spread < max(3, snapshot.size / 4)))
        weight = frequency[telling] * np.log(snapshot.size / np.maximum(spread[telling], 1))
        best = telling[np.argsort(-weight, kind="stable")][:_TELLING_WORDS]
        likeness = np.zeros(snapshot.size)
        for term in terms[best]:
            likeness += self._matcher.word_scores(int(term))
        likeness /= likeness[number] or 1.0
        return _Reason("récit proche", 3.0 * likeness, likeness >= _CLOSE_STORY)

    def _spread(self, term: int) -> int:
        """Number of cases that hold a word."""
        first, last = (int(row) for row in self._snapshot.term_rows[term : term + 2])
        return len(np.unique(self._snapshot.row_cases[first:last]))

    # Vectors with one number for each case

    def _reason(self, text: str, slugs: list[str], weight: float) -> _Reason:
        said = np.zeros(self._snapshot.size, bool)
        said[[self._number[slug] for slug in slugs]] = True
        return _Reason(text, weight * said, said)

    def _bits(self, row: int) -> npt.NDArray[np.bool_]:
        return unpack(self._snapshot.bitmaps[row], self._snapshot.size)

    def _sharing(self, facet: str, values: tuple[str, ...] | list[str]) -> Vector:
        """One where a case has any of these values."""
        shared = np.zeros(self._snapshot.size, bool)
        for row, pair in enumerate(self._rows):
            if pair.facet == facet and pair.value in values:
                shared |= self._bits(row)
        return shared.astype(float)

    def _count(self, facet: str, number: int) -> Vector:
        """Number of values of a facet that each case shares with case `number`."""
        word, bit = divmod(number, 64)
        held = (self._snapshot.bitmaps[:, word] >> np.uint64(bit)) & np.uint64(1)
        total = np.zeros(self._snapshot.size)
        for row, pair in enumerate(self._rows):
            if pair.facet == facet and pair.value != UNSET and held[row]:
                total += self._bits(row)
        return total

    # What is worked out once

    @cached_property
    def _number(self) -> dict[str, int]:
        return {slug: number for number, slug in enumerate(self._snapshot.slugs)}

    @cached_property
    def _linking(self) -> dict[str, list[tuple[str, str]]]:
        """For each case, those that name it in their own `apparentes`."""
        found: dict[str, list[tuple[str, str]]] = {}
        for slug, case in sorted(self._cases.items()):
            for one in case.apparentes:
                found.setdefault(one.cas, []).append((slug, one.lien))
        return found

    @cached_property
    def _led(self) -> dict[str, list[str]]:
        return self._by_organisation(leading=True)

    @cached_property
    def _involved(self) -> dict[str, list[str]]:
        return self._by_organisation(leading=False)

    def _by_organisation(self, *, leading: bool) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for slug, case in sorted(self._cases.items()):
            for one in case.porteurs if leading else case.organisations:
                if not one.collectif:
                    found.setdefault(fold(one.nom), []).append(slug)
        return found


def _said(reasons: list[_Reason], number: int) -> tuple[str, ...]:
    """The reasons that hold for a case, the heaviest first."""
    held = [reason for reason in reasons if reason.said[number]]
    held.sort(key=lambda reason: -reason.weights[number])
    return tuple(dict.fromkeys(reason.text for reason in held))
