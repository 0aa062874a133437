"""Cases that may tell the same alliance as a draft: by title, partners, place and words, each with its reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from rapidfuzz import fuzz

from kb.corpus.case import Case
from kb.corpus.organisations import slugify
from kb.corpus.prose import name_in, plain_text, words

_SAME_TITLE, _NEAR_TITLE = 0.85, 0.65
_LIKELY = 1.0
_SURE = 1.1  # Between published cases: two partners in common in one region are no wonder.
_COMMON = 4  # An organisation in more cases than this (« État ») makes nothing a duplicate.
_SAME_WORDS = 0.12
_LONG = 5  # Words of a run that two texts seldom share by chance.


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A case that looks like the draft, and why."""

    slug: str
    titre: str
    reasons: tuple[str, ...]


def find_duplicates(
    slug: str, titre: str, organisations: Iterable[str], regions: Iterable[str], text: str, cases: Mapping[str, Case]
) -> tuple[Duplicate, ...]:
    """Probable duplicates of a draft among the published cases, the likeliest first, three at most."""
    return DuplicateFinder(cases).find(slug, titre, organisations, regions, text)


class DuplicateFinder:
    """Finds duplicates of many drafts among the same cases, whose words are read once."""

    def __init__(self, cases: Mapping[str, Case]) -> None:
        self._cases = cases
        self._common = _common_organisations(cases.values())
        self._traits: dict[str, _Traits] = {}

    def find(
        self, slug: str, titre: str, organisations: Iterable[str], regions: Iterable[str], text: str
    ) -> tuple[Duplicate, ...]:
        """As `find_duplicates`."""
        draft = self._read(titre, organisations, regions, text)
        found: list[tuple[float, Duplicate]] = []
        for case in self._cases.values():
            weight, reasons = _likeness(draft, self._traits_of(case)) if case.slug != slug else (0.0, ())
            if weight >= _LIKELY:
                found.append((weight, Duplicate(case.slug, case.titre, reasons)))
        found.sort(key=lambda pair: (-pair[0], pair[1].slug))
        return tuple(duplicate for _, duplicate in found[:3])

    def pairs(self) -> tuple[tuple[str, Duplicate], ...]:
        """Published cases that may tell one alliance, each pair once; those that cite each other are known apart."""
        found: list[tuple[float, str, Duplicate]] = []
        traits = {slug: self._traits_of(self._cases[slug]) for slug in sorted(self._cases)}
        copied = _copied(traits)
        for one, other in combinations((self._cases[slug] for slug in traits), 2):
            weight, reasons = _likeness(traits[one.slug], traits[other.slug], (one.slug, other.slug) in copied)
            if weight >= _SURE and not _related(one, other):
                found.append((weight, one.slug, Duplicate(other.slug, other.titre, reasons)))
        found.sort(key=lambda pair: (-pair[0], pair[1], pair[2].slug))
        return tuple((slug, duplicate) for _, slug, duplicate in found)

    def _traits_of(self, case: Case) -> _Traits:
        if case.slug not in self._traits:
            text = "\n".join(section.markdown for section in case.sections)
            partners = [one.nom for one in case.organisations]
            self._traits[case.slug] = self._read(case.titre, partners, case.regions, text)
        return self._traits[case.slug]

    def _read(self, titre: str, organisations: Iterable[str], regions: Iterable[str], text: str) -> _Traits:
        titre = titre.replace("’", "'")
        partners = {slugify(name): name for name in organisations}
        telling = {slug: name for slug, name in partners.items() if slug and slug not in self._common}
        return _Traits(slugify(titre), slugify(name_in(titre) or titre), telling, frozenset(regions), text)


@dataclass(frozen=True)
class _Traits:
    title: str
    name: str
    partners: Mapping[str, str]
    regions: frozenset[str]
    text: str

    @cached_property
    def runs(self) -> frozenset[str]:
        found = [word.casefold() for word in words(plain_text(self.text))]
        return frozenset(" ".join(found[n : n + _LONG]) for n in range(len(found) - _LONG + 1))


def _related(one: Case, other: Case) -> bool:
    return other.slug in {link.cas for link in one.apparentes} or one.slug in {link.cas for link in other.apparentes}


def _copied(traits: Mapping[str, _Traits]) -> set[tuple[str, str]]:
    """Pairs that share a run of words which few others have: only their texts are worth comparing."""
    holders: dict[str, list[str]] = defaultdict(list)
    for slug, one in traits.items():
        for run in one.runs:
            holders[run].append(slug)
    return {pair for slugs in holders.values() if len(slugs) <= _COMMON for pair in combinations(slugs, 2)}


def _likeness(one: _Traits, other: _Traits, texts: bool = True) -> tuple[float, tuple[str, ...]]:
    weight, reasons = 0.0, []
    title = _title_likeness(one, other)
    if title >= _NEAR_TITLE:
        weight += 1.0 if title >= _SAME_TITLE else 0.5
        reasons.append("un titre voisin")
    shared = [name for slug, name in one.partners.items() if slug in other.partners]
    if shared:
        weight += min(0.4 * len(shared), 0.9)
        reasons.append(f"les mêmes partenaires ({', '.join(shared[:3])})")
    if reasons and one.regions & other.regions:
        weight += 0.2
        reasons.append("le même territoire")
    shorter = min(len(one.runs), len(other.runs)) if texts and one.text and other.text else 0
    if shorter and len(one.runs & other.runs) / shorter >= _SAME_WORDS:
        weight += 1.0
        reasons.append("des phrases entières en commun")
    return weight, tuple(reasons)


def _title_likeness(one: _Traits, other: _Traits) -> float:
    """Likeness of two titles, between 0 and 1; 1 when they begin with the same name."""
    return 1.0 if one.name == other.name and len(one.name) >= 4 else fuzz.ratio(one.title, other.title) / 100


def _common_organisations(cases: Iterable[Case]) -> set[str]:
    counts: dict[str, int] = {}
    for case in cases:
        for one in {slugify(participation.nom) for participation in case.organisations}:
            counts[one] = counts.get(one, 0) + 1
    return {slug for slug, count in counts.items() if count > _COMMON}
