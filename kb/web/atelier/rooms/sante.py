"""The health of the corpus: what the rules say of each file, what has grown old, what is told nowhere."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from flask import Response, make_response, render_template

from kb.corpus import crosscheck, editorial, spread
from kb.corpus.case import Case
from kb.corpus.catalogue import Corpus
from kb.corpus.files import Stamp
from kb.corpus.problems import Problem
from kb.curation.checking import sentences
from kb.curation.duplicates import Duplicate, DuplicateFinder
from kb.curation.linking.asking import State
from kb.curation.linking.checking import TO_MEND, Known, LinkBook, addresses_of
from kb.search.unanswered import Unanswered
from kb.web import addresses as public
from kb.web.atelier import addresses
from kb.web.atelier.access import room
from kb.web.atelier.pages.frame import Frame, corpus, day, frame
from kb.web.caching import today
from kb.web.pages.fiche import FRESH_MONTHS
from kb.web.pages.page import Link
from kb.web.state import edition, state
from kb.web.typesetting import typeset

SHOWN = 5
FolderState = tuple[tuple[str, Stamp], ...]


@dataclass(frozen=True, slots=True)
class ToMend:
    """A file and what is to be done about it, with the way to open it."""

    titre: str
    said: tuple[str, ...]
    open_action: str


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """A term (a domain, a region) and those of another vocabulary (categories, stages) in which no case tells of it."""

    domain: Link
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthPage(Frame):
    to_mend: tuple[ToMend, ...]
    doubles: tuple[ToMend, ...]
    stale: tuple[ToMend, ...]
    blind: tuple[BlindSpot, ...]
    thin: tuple[BlindSpot, ...]
    unanswered: tuple[Unanswered, ...]
    links: tuple[ToMend, ...]
    links_told: str
    total: int


@room.get("/sante")
def health() -> Response:
    known = LinkBook(state().settings.instance).read()
    page = HealthPage(
        **frame("Santé de la base", addresses.HEALTH),
        to_mend=tuple(_to_mend(slug, problems) for slug, problems in _problems(_state_of(corpus())).items()),
        doubles=tuple(_double(slug, twin) for slug, twin in _doubles(_state_of(corpus()))),
        stale=tuple(_stale(case) for case in edition().cases.values() if _months_since_check(case) > FRESH_MONTHS),
        blind=_blind_spots(),
        thin=_regions_without(),
        unanswered=state().unanswered.most(today()),
        links=_links(known),
        links_told=typeset(_asked(known)),
        total=len(edition().cases),
    )
    return make_response(render_template("atelier/sante.html", page=page))


def _state_of(found: Corpus) -> FolderState:
    return tuple(sorted(found.stamps.items()))


@lru_cache(maxsize=1)
def _problems(_state: FolderState) -> dict[str, tuple[Problem, ...]]:
    """Everything `kb check` says, by file; most to mend first. Worked out once for a state of the folder."""
    found = corpus()
    problems = list(found.problems)
    for reading in found.readings.values():
        problems += editorial.check(reading)
    problems += crosscheck.check(found)
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for problem in sorted(problems):
        by_file[problem.path.rpartition("/")[2].removesuffix(".md")].append(problem)
    ranked = sorted(by_file.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return {slug: tuple(ones) for slug, ones in ranked if f"{slug}.md" in found.readings}


def _to_mend(slug: str, problems: tuple[Problem, ...]) -> ToMend:
    case = edition().cases.get(slug)
    said = tuple(typeset(sentence) for sentence in sentences(problems[:SHOWN]))
    if len(problems) > SHOWN:
        said = (*said, f"… et {len(problems) - SHOWN} autres points")
    return ToMend(typeset(case.titre) if case else slug, said, addresses.file(slug, "ouvrir"))


@lru_cache(maxsize=1)
def _doubles(_state: FolderState) -> tuple[tuple[str, Duplicate], ...]:
    """Pairs of cases that may tell one alliance. Worked out once for a state of the folder."""
    return DuplicateFinder(edition().cases).pairs()


def _double(slug: str, twin: Duplicate) -> ToMend:
    said = typeset(f"Ressemble à « {twin.titre} » : {', '.join(twin.reasons)}")
    return ToMend(typeset(edition().cases[slug].titre), (said,), addresses.file(slug, "ouvrir"))


def _stale(case: Case) -> ToMend:
    said = typeset(f"Vérifiée en {case.redaction.verifie}")
    return ToMend(typeset(case.titre), (said,), addresses.file(case.slug, "ouvrir"))


def _months_since_check(case: Case) -> int:
    checked = case.redaction.verifie
    return (today().year - checked.annee) * 12 + today().month - (checked.mois or 1) if checked else 0


def _links(known: dict[str, Known]) -> tuple[ToMend, ...]:
    """Cases whose sources no longer answer, with the addresses at fault."""
    said: dict[str, list[str]] = defaultdict(list)
    for url, places in addresses_of(edition().cases.values()).items():
        one = known.get(url)
        if one is not None and one.state in TO_MEND:
            for slug, source in places:
                detail = f"{one.detail} : {one.vers}" if one.vers else one.detail
                said[slug].append(typeset(f"« {source} » ({url[:100]}) : {detail}, le {day(one.day)}"))
    cases = edition().cases
    return tuple(
        ToMend(typeset(cases[slug].titre), tuple(lines), addresses.file(slug, "ouvrir")) for slug, lines in said.items()
    )


def _asked(known: dict[str, Known]) -> str:
    """How far the sources were checked."""
    urls = addresses_of(edition().cases.values())
    days = [known[url].day for url in urls if url in known]
    if not days:
        return "Les adresses des sources n'ont jamais été vérifiées : la commande « kb links » le fait."
    refused = sum(known[url].state is State.INCERTAINE for url in urls if url in known)
    unsure = f" ; {refused} sites ne se laissent pas vérifier" if refused else ""
    last = day(max(days))
    return f"{len(days)} adresses vérifiées sur {len(urls)} par « kb links », en dernier le {last}{unsure}."


def _blind_spots() -> tuple[BlindSpot, ...]:
    cells = spread.measure(edition().cases.values(), edition().taxonomy).cells
    return _empty("domaine", "categorie", set(cells))


def _regions_without() -> tuple[BlindSpot, ...]:
    cells = {(region, case.etape) for case in edition().cases.values() for region in case.regions}
    return _empty("region", "etape", cells)


def _empty(rows: str, columns: str, cells: set[tuple[str, str]]) -> tuple[BlindSpot, ...]:
    """Terms of `rows`, each with the terms of `columns` with which no case has it; a row without any case says so."""
    taxonomy = edition().taxonomy
    spots = []
    for row in taxonomy[rows].terms:
        empty = tuple(typeset(one.libelle) for one in taxonomy[columns].terms if (row.id, one.id) not in cells)
        if len(empty) == len(taxonomy[columns].terms):
            empty = ("toutes",)
        if empty:
            spots.append(BlindSpot(Link(typeset(row.libelle), public.term(rows, row.id)), empty))
    return tuple(spots)
