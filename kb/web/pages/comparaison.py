"""Two to four cases side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kb.corpus.case import Case, KeyFigure
from kb.web import addresses
from kb.web.pages.cards import Badge, badge, period, place
from kb.web.pages.context import Context
from kb.web.pages.page import Link, Page
from kb.web.typesetting import typeset

MAX_CASES = 4
_NOTHING = "Non renseigné"


@dataclass(frozen=True, slots=True)
class Column:
    titre: str
    href: str
    badge: Badge
    remove: str


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A criterion and what each case says of it, as lines."""

    label: str
    cells: tuple[tuple[str, ...], ...]

    @property
    def identical(self) -> bool:
        return len(set(self.cells)) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPage(Page):
    heading: str
    columns: tuple[Column, ...]
    rows: tuple[ComparedRow, ...]
    hidden: int
    toggle: Link | None
    selection: str
    alone: bool


def comparison_page(context: Context, slugs: tuple[str, ...], differences_only: bool) -> ComparisonPage:
    slugs = slugs[:MAX_CASES]
    cases = [context.edition.cases[slug] for slug in slugs]
    rows = tuple(
        ComparedRow(label, tuple(tuple(typeset(line) for line in told(context, case)) or (_NOTHING,) for case in cases))
        for label, told in _CRITERIA
    )
    identical = [row for row in rows if row.identical]
    alone = len(cases) < 2
    heading = f"Comparer {len(cases)} cas" if not alone else "Comparer des cas"
    shown = tuple(row for row in rows if not (differences_only and not alone and row.identical))
    return ComparisonPage(
        head=context.site.head(
            heading, "Des cas côte à côte, critère par critère.", addresses.comparison(slugs), indexed=False
        ),
        chrome=context.site.chrome(addresses.SELECTION),
        heading=typeset(heading),
        columns=tuple(
            Column(
                typeset(case.titre), addresses.case(case.slug), badge(context, case.categorie), _less(slugs, case.slug)
            )
            for case in cases
        ),
        rows=shown,
        hidden=len(rows) - len(shown),
        toggle=_toggle(slugs, len(identical), differences_only) if not alone else None,
        selection=addresses.selection(slugs),
        alone=alone,
    )


def _toggle(slugs: tuple[str, ...], identical: int, differences_only: bool) -> Link | None:
    address = addresses.comparison(slugs)
    if differences_only:
        return Link("Montrer toutes les lignes", address)
    return Link("Masquer les lignes identiques", f"{address}&identiques=non") if identical else None


def _less(slugs: tuple[str, ...], slug: str) -> str:
    return addresses.comparison(one for one in slugs if one != slug)


def _labels(facet: str, attribute: str) -> Callable[[Context, Case], list[str]]:
    def told(context: Context, case: Case) -> list[str]:
        value: str | tuple[str, ...] = getattr(case, attribute)
        ids = (value,) if isinstance(value, str) else value
        return [context.term(facet, one).libelle for one in ids]

    return told


def _by_role(*roles: str) -> Callable[[Context, Case], list[str]]:
    def told(_: Context, case: Case) -> list[str]:
        return [
            f"{one.nom} : {one.apport}" if one.apport else one.nom for one in case.organisations if one.role in roles
        ]

    return told


def _figures(context: Context, case: Case) -> list[str]:
    """Key figures, an announced aim never told as a result."""

    def nature(one: KeyFigure) -> str:
        return "" if one.nature == "constat" else f"{context.taxonomy['nature'][one.nature].libelle} : "

    return [f"{nature(one)}{one.valeur} {one.libelle} ({one.date})" for one in case.chiffres]


_CRITERIA: tuple[tuple[str, Callable[[Context, Case], list[str]]], ...] = (
    ("En une phrase", lambda _, case: [case.resume]),
    ("Catégorie", _labels("categorie", "categories")),
    ("Étape", _labels("etape", "etape")),
    ("Statut", _labels("statut", "statut")),
    ("Domaines", _labels("domaine", "domaines")),
    ("Lieu", lambda context, case: [place(context, case)]),
    ("Échelle", _labels("echelle", "echelle")),
    ("Quand", lambda _, case: [period(case)]),
    ("Porteur", _by_role("porteur")),
    ("Partenaires", _by_role("partenaire")),
    ("Financeurs et appuis", _by_role("financeur", "appui")),
    ("Publics", _labels("public", "publics")),
    ("Leviers", _labels("levier", "leviers")),
    ("Chiffres", _figures),
)
