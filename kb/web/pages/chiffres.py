"""Map and figures: where, in which domains, how far, since when. Every number leads to its cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kb.search.query import SearchQuery
from kb.search.results import Results
from kb.web import addresses
from kb.web.pages.accueil import CountedLink
from kb.web.pages.cards import NATIONWIDE
from kb.web.pages.context import Context
from kb.web.pages.facets import Chip, chips
from kb.web.pages.maps import MapRegion, level, region_map
from kb.web.pages.page import Link, Page, count_of_cases, grouped
from kb.web.typesetting import typeset

SHOWN_YEARS = 16
_BAR_HEIGHT = 120
_BAR_STEP = 44


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the table; `level` (0 to 4) chooses its fill."""

    column: str
    label: str
    count: str
    href: str
    level: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    head: Link
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    anchor: str
    heading: str
    note: str
    corner: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of `width` hundredths."""

    label: str
    count: str
    href: str
    width: int


@dataclass(frozen=True, slots=True)
class YearBar:
    label: str
    name: str
    count: str
    href: str
    x: int
    y: int
    height: int
    middle: int


@dataclass(frozen=True, slots=True)
class LegendStep:
    level: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FiguresPage(Page):
    heading: str
    total: int
    total_label: str
    search: Link
    chips: tuple[Chip, ...]
    clear: Link
    map: tuple[MapRegion, ...]
    legend: tuple[LegendStep, ...]
    regions: tuple[CountedLink, ...]
    nationwide: CountedLink | None
    unplaced: str
    matrices: tuple[Matrix, ...]
    stages: tuple[Bar, ...]
    years: tuple[YearBar, ...]
    years_width: int
    years_title: str


def figures_page(context: Context, query: SearchQuery) -> FiguresPage:
    results = context.edition.search(replace(query, tri="", page=1))
    years = _years(query, results.annees)
    regions = _counted(context, query, results, "region")
    return FiguresPage(
        head=context.site.head(
            "Carte et chiffres",
            "Où agissent les alliances, dans quels domaines, à quelle étape : chaque chiffre ouvre ses cas.",
            addresses.figures(query),
            indexed=query.is_empty,
        ),
        chrome=context.site.chrome(addresses.FIGURES),
        heading="Carte et chiffres",
        total=results.total,
        total_label=count_of_cases(results.total),
        search=Link("Voir la liste", addresses.search(query)),
        chips=_chips(context, query),
        clear=Link("Tout effacer", addresses.FIGURES),
        map=_map(context, query, results),
        legend=_legend(results),
        regions=tuple(sorted((one for key, one in regions.items() if key != NATIONWIDE), key=_by_count)),
        nationwide=regions.get(NATIONWIDE),
        unplaced=grouped(_unplaced(results)),
        matrices=_matrices(context, query),
        stages=_stages(context, query, results),
        years=years,
        years_width=_BAR_STEP * max(1, len(years)) + 6,
        years_title="Nombre de cas par année de démarrage",
    )


def _by_count(one: CountedLink) -> tuple[int, str]:
    digits = "".join(char for char in one.count if char.isdigit())
    return (-int(digits), one.label)


def _chips(context: Context, query: SearchQuery) -> tuple[Chip, ...]:
    """The filters in force, the words among them; removing one stays on this page."""

    def here(chip: Chip) -> Chip:
        return Chip(chip.facet, chip.label, chip.href.replace(addresses.SEARCH, addresses.FIGURES, 1))

    found = tuple(here(chip) for chip in chips(context, query))
    if query.texte:
        words = Chip("Mots", typeset(f"« {query.texte} »"), addresses.figures(query.with_text("")))
        return (words, *found)
    return found


def only(context: Context, query: SearchQuery, facet: str, value: str) -> SearchQuery:
    """The same search with this value alone under its facet."""
    bare = query.without_facet(facet)
    if facet == "domaine":
        bare = bare.without_facet("dimension")
    return bare.with_term(facet, value, context.taxonomy)


def _counted(context: Context, query: SearchQuery, results: Results, facet: str) -> dict[str, CountedLink]:
    return {
        value.id: CountedLink(
            context.label(facet, value.id),
            addresses.search(only(context, query, facet, value.id)),
            grouped(value.count),
        )
        for value in results.facettes.get(facet, ())
        if value.id in context.taxonomy.vocabulary_of(facet)
    }


def _map(context: Context, query: SearchQuery, results: Results) -> tuple[MapRegion, ...]:
    counts = {value.id: value.count for value in results.facettes.get("region", ())}
    chosen = frozenset(query.included("region"))
    return region_map(
        context.taxonomy, counts, lambda region: addresses.search(only(context, query, "region", region)), chosen
    )


def _legend(results: Results) -> tuple[LegendStep, ...]:
    """The range of counts of each fill, as `level` cuts them; fills that no count has are left out."""
    most = max((value.count for value in results.facettes.get("region", ()) if value.id != NATIONWIDE), default=0)
    ranges: dict[int, list[int]] = {}
    for count in range(most + 1):
        ranges.setdefault(level(count, most), []).append(count)
    return tuple(LegendStep(step, _range_label(counts[0], counts[-1])) for step, counts in sorted(ranges.items()))


def _range_label(first: int, last: int) -> str:
    return f"{grouped(first)} cas" if first == last else f"{grouped(first)} à {grouped(last)} cas"


def _unplaced(results: Results) -> int:
    """Cases without any region, the whole country being a place."""
    known = {value.id: value.count for value in results.facettes.get("region", ())}
    return known.get("non-renseigne", 0)


def _matrices(context: Context, query: SearchQuery) -> tuple[Matrix, ...]:
    """Domains and actors against categories, from one search a category."""
    categories = tuple(context.taxonomy["categorie"])
    columns = {one: only(context, query, "categorie", one) for one in categories}
    answers = {one: context.edition.search(columns[one].on_page(1)) for one in categories}
    return (
        _matrix(context, columns, answers, "domaine", "Domaines et catégories", "Domaine"),
        _matrix(context, columns, answers, "acteur", "Acteurs et catégories", "Acteur présent"),
    )


def _matrix(
    context: Context,
    columns: Mapping[str, SearchQuery],
    answers: Mapping[str, Results],
    facet: str,
    heading: str,
    corner: str,
) -> Matrix:
    counts = {one: {value.id: value.count for value in answers[one].facettes.get(facet, ())} for one in columns}
    most = max((count for column in counts.values() for count in column.values()), default=0)
    rows = tuple(
        MatrixRow(
            Link(context.short(facet, term_id), addresses.term(facet, term_id)),
            tuple(
                _cell(context, category, only(context, query, facet, term_id), counts[category].get(term_id, 0), most)
                for category, query in columns.items()
            ),
        )
        for term_id in context.taxonomy.vocabulary_of(facet)
    )
    return Matrix(
        anchor=f"{facet}-categorie",
        heading=typeset(heading),
        note="Les zéros signalent des terrains que cette base ne documente pas encore.",
        corner=corner,
        caption=typeset(f"Nombre de cas : {heading.lower()} de partenariat"),
        columns=tuple(context.label("categorie", one) for one in columns),
        rows=rows,
    )


def _cell(context: Context, category: str, query: SearchQuery, count: int, most: int) -> Cell:
    return Cell(
        category,
        context.label("categorie", category),
        grouped(count),
        addresses.search(query) if count else "",
        level(count, most),
    )


def _stages(context: Context, query: SearchQuery, results: Results) -> tuple[Bar, ...]:
    values = [value for value in results.facettes.get("etape", ()) if value.id in context.taxonomy["etape"]]
    most = max((value.count for value in values), default=0)
    return tuple(
        Bar(
            f"{rank}. {context.label('etape', value.id)}",
            grouped(value.count),
            addresses.search(only(context, query, "etape", value.id)),
            round(100 * value.count / most) if most else 0,
        )
        for rank, value in enumerate(values, 1)
    )


def _years(query: SearchQuery, counts: Mapping[int, int]) -> tuple[YearBar, ...]:
    """The last years one by one, the earlier ones together."""
    if not counts:
        return ()
    last = max(counts)
    first = max(min(counts), last - SHOWN_YEARS + 2)
    bars: list[tuple[str, str, int, SearchQuery]] = []
    before = sum(count for year, count in counts.items() if year < first)
    if before:
        bars.append((f"< {first}", f"avant {first}", before, query.with_years(None, first - 1)))
    bars += [
        (str(year), str(year), counts.get(year, 0), query.with_years(year, year)) for year in range(first, last + 1)
    ]
    most = max(count for _, _, count, _ in bars)
    return tuple(_year_bar(rank, most, *bar) for rank, bar in enumerate(bars))


def _year_bar(rank: int, most: int, label: str, name: str, count: int, query: SearchQuery) -> YearBar:
    height = max(2, round(_BAR_HEIGHT * count / most)) if count else 0
    x = 6 + _BAR_STEP * rank
    return YearBar(
        label=label,
        name=f"{name}\u00a0: {count_of_cases(count)}",
        count=grouped(count),
        href=addresses.search(query) if count else "",
        x=x,
        y=150 - height,
        height=height,
        middle=x + 16,
    )
