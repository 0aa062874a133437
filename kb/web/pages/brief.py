"""« En bref »: where, since when, for whom, how far."""

from __future__ import annotations

from dataclasses import dataclass

from kb.corpus.case import Case
from kb.web import addresses
from kb.web.pages.cards import period
from kb.web.pages.context import Context
from kb.web.pages.page import Link
from kb.web.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the innovation: passed, present or to come, with its year when the file gives it."""

    label: str
    href: str
    year: str
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of « En bref »: plain words, links, or both."""

    label: str
    text: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    rows: tuple[Row, ...]
    stages: tuple[Stage, ...]
    situation: str
    reading: tuple[Row, ...]


def brief(context: Context, case: Case) -> Brief:
    """Facts first; `reading` holds what is the editors' own judgement (impacts, levers, goals)."""
    rows = (
        Row("Où", _where(context, case), _links(context, "region", case.regions)),
        Row("Échelle", context.label("echelle", case.echelle)),
        Row("Quand", period(case)),
        Row("Statut", context.label("statut", case.statut)),
        Row("Domaines" if len(case.domaines) > 1 else "Domaine", "", _links(context, "domaine", case.domaines)),
        Row("Publics", "", _links(context, "public", case.publics)),
    )
    reading = (
        Row("Impacts", "", _links(context, "impact", case.impacts)),
        Row("Leviers", "", _links(context, "levier", case.leviers)),
        Row("Objectifs de développement durable", "", _links(context, "odd", case.odd)),
    )
    return Brief(
        rows=tuple(row for row in rows if row.text or row.links),
        stages=_stages(context, case),
        situation=str(case.situation_au),
        reading=tuple(row for row in reading if row.links),
    )


def _where(context: Context, case: Case) -> str:
    departements = [context.taxonomy["departement"][one].libelle for one in case.departements]
    names = {context.term("region", region).libelle for region in case.regions}
    parts = [part for part in (case.lieu, ", ".join(departements)) if part and part not in names]
    return typeset(" · ".join(dict.fromkeys(parts)))


def _links(context: Context, facet: str, ids: tuple[str, ...]) -> tuple[Link, ...]:
    return tuple(Link(context.short(facet, one), addresses.term(facet, one)) for one in ids)


def _stages(context: Context, case: Case) -> tuple[Stage, ...]:
    vocabulary = context.taxonomy["etape"]
    present = vocabulary.rank(case.etape)
    years = {milestone.etape: str(milestone.debut.annee) for milestone in case.parcours}
    return tuple(
        Stage(
            typeset(term.libelle),
            addresses.term("etape", term.id),
            years.get(term.id, ""),
            rank < present,
            rank == present,
        )
        for rank, term in enumerate(vocabulary.terms)
    )
