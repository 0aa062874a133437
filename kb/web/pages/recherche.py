"""The search page: form, filters, results, or the ways out of an empty result."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kb.search.query import PAGE_SIZE, SORTS, SearchQuery
from kb.search.results import Matching, Relaxation, Results
from kb.web import addresses
from kb.web.pages.cards import Card, card
from kb.web.pages.context import Context
from kb.web.pages.facets import (
    Chip,
    FacetBox,
    PeriodBox,
    chips,
    clear_link,
    facet_boxes,
    period_box,
    short_name,
    term_label,
)
from kb.web.pages.page import Link, Page, count_of_cases, grouped
from kb.web.typesetting import typeset

HEADING = "Rechercher un partenariat inspirant"
_DESCRIPTION = (
    "Chercher parmi des alliances réelles entre associations, entreprises et collectivités : par mots, catégorie, "
    "domaine, région, étape."
)
_AROUND = 1  # Pages shown on each side of the current one.


@dataclass(frozen=True, slots=True)
class PageLink:
    """An entry of the pagination; without href it is the current page, without number a gap."""

    label: str
    href: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class SortOption:
    value: str
    label: str
    selected: bool


@dataclass(frozen=True, slots=True)
class WayOut:
    """A search close to an empty one that does give cases."""

    label: str
    count: str
    href: str


@dataclass(frozen=True, slots=True)
class Panel:
    """The filters: what may be ticked, what is in force, how to clear it."""

    facets: tuple[FacetBox, ...]
    period: PeriodBox
    filter_count: int
    apply_label: str
    chips: tuple[Chip, ...]
    clear: Link


@dataclass(frozen=True, slots=True)
class ResultList:
    """The cards of one page of results; `first` is the rank of the first one."""

    cards: tuple[Card, ...]
    first: int
    sorts: tuple[SortOption, ...]
    map_href: str
    pagination: tuple[PageLink, ...]
    previous: str
    next: str
    edit: str


@dataclass(frozen=True, slots=True)
class Nuances:
    """What the reader must know of how the words were matched, and where to go when nothing matched."""

    notice: str
    corrections: tuple[WayOut, ...]
    relaxations: tuple[WayOut, ...]
    recognised: tuple[WayOut, ...]
    domains: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Page):
    heading: str
    action: str
    texte: str
    results_heading: str
    total: int
    panel: Panel
    results: ResultList
    nuances: Nuances


def search_page(context: Context, results: Results) -> SearchPage:
    """The page for these results; its title says the words, the count and the page number."""
    query = results.query
    return SearchPage(
        head=context.site.head(
            _title(results), _DESCRIPTION, addresses.search(query), indexed=query.is_empty and query.page == 1
        ),
        chrome=context.site.chrome(addresses.SEARCH, "recherche"),
        heading=HEADING,
        action=addresses.SEARCH,
        texte=query.texte,
        results_heading=results_heading(results),
        total=results.total,
        panel=_panel(context, results),
        results=_result_list(context, results),
        nuances=_nuances(context, results),
    )


def _panel(context: Context, results: Results) -> Panel:
    apply = f"Afficher les {count_of_cases(results.total)}" if results.total > 1 else "Afficher les résultats"
    return Panel(
        facets=facet_boxes(context, results),
        period=period_box(results),
        filter_count=results.query.filter_count,
        apply_label=apply,
        chips=chips(context, results.query),
        clear=clear_link(results.query),
    )


def _result_list(context: Context, results: Results) -> ResultList:
    query, cases = results.query, context.edition.cases
    return ResultList(
        cards=tuple(card(context, cases[hit.slug], hit=hit, query=query) for hit in results.hits),
        first=(query.page - 1) * PAGE_SIZE + 1,
        sorts=_sorts(query),
        map_href=addresses.figures(query),
        pagination=pagination(results),
        previous=addresses.search(query.on_page(query.page - 1)) if query.page > 1 else "",
        next=addresses.search(query.on_page(query.page + 1)) if query.page < results.pages else "",
        edit=addresses.bulk_edit(query),
    )


def _nuances(context: Context, results: Results) -> Nuances:
    query = results.query
    return Nuances(
        notice=typeset(_notice(results)),
        corrections=tuple(
            WayOut(typeset(one.texte), count_of_cases(one.count), addresses.search(query.with_text(one.texte)))
            for one in results.corrections
        ),
        relaxations=tuple(_way_out(context, query, one) for one in results.relaxations),
        recognised=tuple(
            WayOut(
                f"{short_name(one.facet)}\u00a0: {term_label(context, one.facet, one.value)}",
                count_of_cases(cases),
                addresses.search(one.query),
            )
            for one, cases in context.edition.recognise(query)
        ),
        domains=tuple(
            Link(context.short("domaine", one), addresses.term("domaine", one)) for one in context.taxonomy["domaine"]
        ),
    )


def _notice(results: Results) -> str:
    """What the reader must know when not every case shown holds every word."""
    if results.matching is not Matching.MOST_WORDS or not results.total:
        return ""
    if results.complets == results.total:
        return ""
    if results.complets:
        first = "Le premier cas réunit" if results.complets == 1 else f"Les {results.complets} premiers cas réunissent"
        return f"{first} tous vos mots ; les suivants en contiennent une partie."
    without = ", ".join(f"« {word} »" for word in results.mots_ignores)
    if not without:
        return "Aucun cas ne réunit tous vos mots ; voici ceux qui en contiennent le plus."
    if len(results.query.texte.split()) == 1:
        return f"Aucun cas ne contient {without} ; voici les plus proches."
    return f"Aucun cas ne réunit tous vos mots ; voici les plus proches, sans {without}."


def results_heading(results: Results) -> str:
    """« 38 cas pour « insertion » », « Aucun cas avec ces filtres », « 48 cas »."""
    query = results.query
    words = f" pour «\u00a0{query.texte}\u00a0»" if query.texte else ""
    if results.total:
        return typeset(count_of_cases(results.total) + words)
    return typeset("Aucun cas" + (words or " avec ces filtres"))


def _title(results: Results) -> str:
    page = f", page {results.query.page} sur {results.pages}" if results.pages > 1 else ""
    heading = results_heading(results)
    return f"{heading}{page}" if not results.query.is_empty else f"{HEADING} : {heading}{page}"


def _sorts(query: SearchQuery) -> tuple[SortOption, ...]:
    """Orders offered; the one in force by default has an empty value, so that addresses stay short."""
    default = replace(query, tri="").order
    offered = [name for name in SORTS if name != "pertinence" or query.texte]
    return tuple(
        SortOption("" if name == default else name, typeset(SORTS[name]), name == query.order) for name in offered
    )


def pagination(results: Results) -> tuple[PageLink, ...]:
    """First page, pages around the current one, last page, with gaps; nothing when there is only one page."""
    if results.pages <= 1:
        return ()
    query, last = results.query, results.pages
    near = range(query.page - _AROUND, query.page + _AROUND + 1)
    shown = sorted({1, last, *(page for page in near if 1 <= page <= last)})
    links: list[PageLink] = []
    for before, page in zip([0, *shown], shown, strict=False):
        if page - before == 2:
            links.append(_page_link(query, page - 1))
        elif page - before > 2:
            links.append(PageLink("…"))
        links.append(_page_link(query, page))
    return tuple(links)


def _page_link(query: SearchQuery, page: int) -> PageLink:
    return PageLink(grouped(page), addresses.search(query.on_page(page)), page == query.page)


def _way_out(context: Context, query: SearchQuery, relaxation: Relaxation) -> WayOut:
    return WayOut(
        typeset(describe_change(context, query, relaxation.query)),
        count_of_cases(relaxation.count),
        addresses.search(relaxation.query),
    )


def describe_change(context: Context, query: SearchQuery, other: SearchQuery) -> str:
    """What `other` keeps and drops of `query`: « Garder « mobilité », sans le filtre « Bretagne » »."""
    dropped = _dropped(context, query, other)
    without = _without(dropped)
    years = "" if (query.de, query.a) == (other.de, other.a) else "toutes les années"
    rest = ", ".join(part for part in (without, years) if part)
    if other.texte == query.texte:
        start = f"Garder « {query.texte} »" if query.texte else "Garder le reste"
    elif other.texte:
        start = f"Chercher seulement « {other.texte} »"
    else:
        kept = _kept(context, other)
        start = f"Tous les cas : {kept}" if kept else "Tous les cas"
    return f"{start}, {rest}" if rest else start


def _dropped(context: Context, query: SearchQuery, other: SearchQuery) -> list[str]:
    pairs = [
        (facet, value, "" if kind == "termes" else "sauf ")
        for kind in ("termes", "sauf")
        for facet, values in getattr(query, kind)
        for value in values
        if value not in dict(getattr(other, kind)).get(facet, ())
    ]
    return [f"« {prefix}{term_label(context, facet, value)} »" for facet, value, prefix in pairs]


def _without(dropped: list[str]) -> str:
    if len(dropped) > 3:
        return "sans les filtres"
    if len(dropped) > 1:
        return f"sans les filtres {', '.join(dropped[:-1])} et {dropped[-1]}"
    return f"sans le filtre {dropped[0]}" if dropped else ""


def _kept(context: Context, query: SearchQuery) -> str:
    return ", ".join(f"« {term_label(context, facet, value)} »" for facet, values in query.termes for value in values)
