"""The home page."""

from __future__ import annotations

from dataclasses import dataclass

from kb.corpus.case import Case
from kb.corpus.taxonomy import Mark
from kb.search.query import SearchQuery
from kb.web import addresses
from kb.web.pages.cards import Badge, Card, badge, card
from kb.web.pages.context import Context
from kb.web.pages.linked_data import site_json_ld
from kb.web.pages.maps import MapRegion, region_map
from kb.web.pages.page import SITE_NAME, Link, Page, count_of_cases, grouped
from kb.web.typesetting import typeset

SHOWN_CASES = 3
PROMISE = "Des alliances réelles, racontées pour en inspirer d'autres"


@dataclass(frozen=True, slots=True)
class CategoryTile:
    badge: Badge
    definition: str
    count: str


@dataclass(frozen=True, slots=True)
class CountedLink:
    label: str
    href: str
    count: str


@dataclass(frozen=True, slots=True)
class NeedGroup:
    """The domains of one dimension."""

    label: str
    href: str
    domains: tuple[CountedLink, ...]


@dataclass(frozen=True, slots=True)
class MarkView:
    """A figure of the Observatoire, never shown without its study, year and base."""

    valeur: str
    libelle: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Page):
    heading: str
    total: str
    organisations: str
    search_action: str
    examples: tuple[Link, ...]
    categories: tuple[CategoryTile, ...]
    needs: tuple[NeedGroup, ...]
    recent: tuple[Card, ...]
    all_cases: Link
    map: tuple[MapRegion, ...]
    nationwide: CountedLink | None
    located: tuple[CountedLink, ...]
    marks: tuple[MarkView, ...]


def home_page(context: Context) -> HomePage:
    overview, taxonomy = context.overview, context.taxonomy
    return HomePage(
        head=context.site.head(
            SITE_NAME,
            f"{count_of_cases(overview.total)} d'alliances réelles entre associations, entreprises et collectivités, "
            "racontés d'après leurs sources : ce que chacun apporte, ce que cela donne, ce qu'on peut en reprendre.",
            addresses.HOME,
            json_ld=site_json_ld(context),
        ),
        chrome=context.site.chrome(addresses.HOME),
        heading=typeset(PROMISE),
        total=count_of_cases(overview.total),
        organisations=grouped(sum(bool(context.edition.cases_of(slug)) for slug in context.edition.organisations)),
        search_action=addresses.SEARCH,
        examples=tuple(
            Link(typeset(words), addresses.filtered(("q", words)))
            for words in ("mécénat de compétences", "mobilité rurale", "réemploi")
            if _finds(context, words)
        ),
        categories=tuple(
            CategoryTile(
                badge(context, term.id), typeset(term.definition), count_of_cases(overview.count("categorie", term.id))
            )
            for term in taxonomy["categorie"].terms
        ),
        needs=tuple(_need(context, dimension.id) for dimension in taxonomy["dimension"].terms),
        recent=tuple(card(context, case) for case in recent_cases(context)),
        all_cases=Link(f"Voir les {count_of_cases(overview.total)}", addresses.SEARCH),
        map=region_map(taxonomy, overview.counts.get("region", {}), lambda one: addresses.term("region", one)),
        nationwide=_nationwide(context),
        located=_located(context),
        marks=marks(taxonomy.reperes),
    )


def recent_cases(context: Context) -> tuple[Case, ...]:
    """The cases verified last, one a category as far as possible."""
    latest = sorted(
        context.edition.cases.values(),
        key=lambda case: (
            case.redaction.verifie.sort_key if case.redaction.verifie else (0, 0, 0),
            case.situation_au.sort_key,
        ),
        reverse=True,
    )
    firsts = {case.categorie: case for case in reversed(latest)}
    chosen = [case for case in latest if firsts[case.categorie] is case]
    chosen += [case for case in latest if case not in chosen]
    return tuple(chosen[:SHOWN_CASES])


def marks(figures: tuple[Mark, ...]) -> tuple[MarkView, ...]:
    return tuple(
        MarkView(typeset(one.valeur), typeset(one.libelle), typeset(f"{one.etude}, {one.annee} ; {one.base}"))
        for one in figures
    )


def counted(context: Context, facet: str, term_id: str) -> CountedLink:
    """A term, its page and its number of cases."""
    count = count_of_cases(context.overview.count(facet, term_id))
    return CountedLink(context.short(facet, term_id), addresses.term(facet, term_id), count)


def _finds(context: Context, words: str) -> bool:
    return context.edition.search(SearchQuery(texte=words)).total > 0


def _need(context: Context, dimension: str) -> NeedGroup:
    domains = tuple(counted(context, "domaine", term.id) for term in context.taxonomy.domaines_of(dimension))
    return NeedGroup(context.label("dimension", dimension), addresses.term("dimension", dimension), domains)


def _nationwide(context: Context) -> CountedLink | None:
    return counted(context, "region", "nationale") if "nationale" in context.taxonomy["region"] else None


def _located(context: Context) -> tuple[CountedLink, ...]:
    """Regions as a list, for those who do not use the map."""
    return tuple(
        counted(context, "region", term.id) for term in context.taxonomy["region"].terms if "code" in term.attributes
    )
