"""Terms that a draft may lack: those that most of the cases close to it have, with these cases as the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kb.corpus.case import Case
from kb.curation.form import Form, obstacle, read_form
from kb.knowledge_base import Edition
from kb.search.query import SearchQuery
from kb.web import addresses
from kb.web.pages.page import Link
from kb.web.typesetting import typeset

FIELDS: Mapping[str, str] = {
    "domaines": "domaine", "publics": "public", "impacts": "impact", "leviers": "levier", "odd": "odd",
}  # fmt: skip
"""Keys for which terms are suggested → their vocabularies."""

_CLOSE = 8  # Cases looked at.
_LEAST, _SHARE = 2, 0.4  # Of them, those that must have a term for it to be suggested.
_MOST = 3  # Suggestions a key.
_MOST_DOMAINS = 3
_SHOWN = 3  # Cases given as the reason.


@dataclass(frozen=True, slots=True)
class Hint:
    """A term, how to add it, and the close cases that have it."""

    value: str
    label: str
    told: str
    cases: tuple[Link, ...]


def hints(slug: str, text: str, edition: Edition) -> dict[str, tuple[Hint, ...]]:
    """Suggestions for each key of a draft; none while it says too little to be close to anything."""
    if obstacle(text):
        return {}
    form = read_form(text)
    close = [edition.cases[one] for one in _close(slug, form, edition)]
    if len(close) < _LEAST:
        return {}
    return {name: tuple(_for_field(name, form, close, edition)) for name in FIELDS}


def with_hint(form: Form, asked: str, edition: Edition) -> Form:
    """The form with the suggested term that was asked for, « key:term »; unchanged for anything else."""
    name, _, term = asked.partition(":")
    if name not in FIELDS or term not in edition.taxonomy[FIELDS[name]] or term in form.lists[name]:
        return form
    return replace(form, lists={**form.lists, name: (*form.lists[name], term)})


def _close(slug: str, form: Form, edition: Edition) -> list[str]:
    """Cases close to a draft: those close to the published one, or found by its title and summary."""
    if slug in edition.cases:
        return [one.slug for one in edition.similar(slug, _CLOSE)]
    words = f"{form.texts['titre']} {form.texts['resume']}"
    query = SearchQuery.parse([("q", words)], edition.taxonomy)
    return [hit.slug for hit in edition.search(query).hits[:_CLOSE]] if query.texte else []


def _for_field(name: str, form: Form, close: list[Case], edition: Edition) -> Iterable[Hint]:
    if name == "domaines" and len(form.lists[name]) >= _MOST_DOMAINS:
        return
    having: dict[str, list[Case]] = {}
    for case in close:
        for term in getattr(case, name):
            having.setdefault(str(term), []).append(case)
    enough = max(_LEAST, _SHARE * len(close))
    ranked = sorted(having.items(), key=lambda pair: -len(pair[1]))
    vocabulary = edition.taxonomy[FIELDS[name]]
    wanted = [pair for pair in ranked if len(pair[1]) >= enough and pair[0] not in form.lists[name]]
    for term, cases in wanted[:_MOST]:
        shown = tuple(Link(_name(case), addresses.case(case.slug)) for case in cases[:_SHOWN])
        told = f"{len(cases)} fiches proches sur {len(close)}"
        yield Hint(f"{name}:{term}", typeset(vocabulary.label(term)), typeset(told), shown)


def _name(case: Case) -> str:
    """The name of an alliance: what stands before the first comma of its title."""
    return typeset(case.titre.partition(",")[0])
