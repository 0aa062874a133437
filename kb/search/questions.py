"""From a question to filters that a reader sees: words that name a term, a department or a town, by rules only.

« Une PME peut-elle aider une association d'insertion en zone rurale en Bretagne ? » offers the actor, the domain, the
public and the region that it names. Nothing is applied before the reader says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from kb.corpus.taxonomy import Taxonomy, Term
from kb.search.analysis import Word, words
from kb.search.french import COMMON_PLACES, PLURALS, STOP_WORDS
from kb.search.query import MAX_TEXT, SearchQuery

_FACETS = ("region", "etape", "categorie", "domaine", "acteur", "public", "echelle", "levier")
"""Facets that words may name; the first that knows a word has it."""

_MOST = 6
_TOO_BROAD = {("region", "nationale")}


@dataclass(frozen=True, slots=True)
class Recognised:
    """Words of a search that name a value of a facet, and the search with a filter in their place."""

    mots: str
    facet: str
    value: str
    query: SearchQuery


class _Name(NamedTuple):
    facet: str
    value: str


class Recogniser:
    """Names of the taxonomy, by their words, in the singular: stems would take « aider » for « aidants ». Immutable."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._names: dict[tuple[str, ...], _Name] = {}
        for name, text in _all_names(taxonomy):
            if name not in _TOO_BROAD:
                self._names.setdefault(_key(text), name)
        self._longest = max(map(len, self._names), default=0)

    def recognise(self, query: SearchQuery) -> tuple[Recognised, ...]:
        """Filters that the words of a search name, in the order of the words; those already there are left out."""
        present = {(facet, value) for facet, values in (*query.termes, *query.sauf) for value in values}
        found: dict[_Name, Recognised] = {}
        for name, start, end in self._mentions(query.texte[:MAX_TEXT]):
            if name not in present and name not in found:
                text = f"{query.texte[:start]} {query.texte[end:]}"
                changed = query.with_text(text if _key(text) else "")
                filtered = changed.with_term(name.facet, name.value, self._taxonomy)
                found[name] = Recognised(query.texte[start:end], name.facet, name.value, filtered)
        return tuple(found.values())[:_MOST]

    def _mentions(self, text: str) -> Iterator[tuple[_Name, int, int]]:
        """Names in a text with where they stand, the longest first at each place."""
        if '"' in text or "«" in text:
            return  # An exact expression is what it says.
        telling = [word for word in words(text) if not _is_empty(word)]
        place = 0
        while place < len(telling):
            for length in range(min(self._longest, len(telling) - place), 0, -1):
                run = telling[place : place + length]
                name = self._names.get(tuple(one for word in run for one in _singulars(word)))
                if name and not _is_set_aside(text, run[0]) and not _is_common(text, run):
                    yield name, run[0].start, run[-1].end
                    place += length - 1
                    break
            place += 1


def _key(text: str) -> tuple[str, ...]:
    """Words of a text in the singular, without small words; empty when there is nothing else."""
    return tuple(one for word in words(text) for one in _singulars(word))


def _all_names(taxonomy: Taxonomy) -> Iterator[tuple[_Name, str]]:
    """Every way of naming a term, the surest first: labels, then synonyms, then departments and towns."""
    for facet in _FACETS:
        for term in taxonomy.vocabulary_of(facet).terms:
            yield _Name(facet, term.id), term.libelle
            yield _Name(facet, term.id), term.court
    for facet in _FACETS:
        for term in taxonomy.vocabulary_of(facet).terms:
            for synonym in term.synonymes:
                yield _Name(facet, term.id), synonym
    for department in taxonomy["departement"].terms:
        assert department.parent is not None, "checked by read_taxonomy"  # noqa: S101
        for place in (department.libelle, *_towns(department)):
            yield _Name("region", department.parent), place


def _towns(department: Term) -> tuple[str, ...]:
    towns = department.attributes.get("villes", ())
    return (towns,) if isinstance(towns, str) else towns


def _singulars(word: Word) -> list[str]:
    return [_singular(part.text) for part in word.parts if part.text not in STOP_WORDS]


def _singular(folded: str) -> str:
    known = PLURALS.get(folded)
    return known or (folded[:-1] if len(folded) > 3 and folded[-1] in "sx" else folded)


def _is_common(text: str, run: list[Word]) -> bool:
    """Whether a place bears the name of a common word, typed without its capital: « pas cher », « le sens »."""
    parts = [part for word in run for part in word.parts if part.text not in STOP_WORDS]
    return len(parts) == 1 and parts[0].text in COMMON_PLACES and not text[parts[0].start].isupper()


def _is_empty(word: Word) -> bool:
    return all(part.text in STOP_WORDS for part in word.parts)


def _is_set_aside(text: str, word: Word) -> bool:
    """Whether a word is excluded by the reader: -mot or SAUF mot."""
    before = text[: word.parts[0].start]
    return before.endswith("-") or before.rstrip().endswith("SAUF")
