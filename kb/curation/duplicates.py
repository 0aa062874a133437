"""Cases that may tell the same alliance as a draft: by title, partners, place and words, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from kb.corpus.case import Case
from kb.corpus.organisations import slugify
from kb.corpus.prose import plain_text, words

_SAME_TITLE, _NEAR_TITLE = 0.85, 0.6
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
        self._known: dict[str, set[str]] = {}

    def find(
        self, slug: str, titre: str, organisations: Iterable[str], regions: Iterable[str], text: str
    ) -> tuple[Duplicate, ...]:
        """As `find_duplicates`."""
        partners = {slugify(name): name for name in organisations if slugify(name)}
        runs = _runs(text)
        found: list[tuple[float, Duplicate]] = []
        for case in self._cases.values():
            if case.slug == slug:
                continue
            theirs = self._runs_of(case) if runs else set()
            weight, reasons = _likeness(case, titre, partners, set(regions), (runs, theirs), self._common)
            if weight >= 1:
                found.append((weight, Duplicate(case.slug, case.titre, tuple(reasons))))
        found.sort(key=lambda pair: (-pair[0], pair[1].slug))
        return tuple(duplicate for _, duplicate in found[:3])

    def _runs_of(self, case: Case) -> set[str]:
        if case.slug not in self._known:
            self._known[case.slug] = _runs("\n".join(plain_text(section.markdown) for section in case.sections))
        return self._known[case.slug]


def _likeness(
    case: Case,
    titre: str,
    partners: Mapping[str, str],
    regions: set[str],
    both: tuple[set[str], set[str]],
    common: set[str],
) -> tuple[float, list[str]]:
    weight, reasons = 0.0, []
    runs, theirs = both
    title = _title_likeness(titre, case.titre)
    if title >= _NEAR_TITLE:
        weight += 1.0 if title >= _SAME_TITLE else 0.5
        reasons.append("un titre voisin")
    shared = [partners[slugify(one.nom)] for one in case.organisations if slugify(one.nom) in partners]
    telling = [name for name in dict.fromkeys(shared) if slugify(name) not in common]
    if telling:
        weight += min(0.4 * len(telling), 0.9)
        reasons.append(f"les mêmes partenaires ({', '.join(telling[:3])})")
    if reasons and regions & set(case.regions):
        weight += 0.2
        reasons.append("le même territoire")
    if runs and len(runs & theirs) / min(len(runs), len(theirs) or 1) >= _SAME_WORDS:
        weight += 1.0
        reasons.append("des phrases entières en commun")
    return weight, reasons


def _title_likeness(one: str, other: str) -> float:
    """Likeness of two titles, or of what stands before their first comma or colon: the name of the alliance."""
    one, other = (title.replace("’", "'").replace(":", ",") for title in (one, other))
    names = [slugify(title.partition(",")[0]) for title in (one, other)]
    whole = (slugify(one), slugify(other))
    if not all(whole):
        return 0.0
    if names[0] == names[1] and len(names[0]) >= 4:
        return 1.0
    return SequenceMatcher(None, whole[0], whole[1]).ratio()


def _runs(text: str) -> set[str]:
    found = [word.casefold() for word in words(plain_text(text))]
    return {" ".join(found[n : n + _LONG]) for n in range(len(found) - _LONG + 1)}


def _common_organisations(cases: Iterable[Case]) -> set[str]:
    counts: dict[str, int] = {}
    for case in cases:
        for one in {slugify(participation.nom) for participation in case.organisations}:
            counts[one] = counts.get(one, 0) + 1
    return {slug for slug, count in counts.items() if count > _COMMON}
