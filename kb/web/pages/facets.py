"""The filter panel, the chips of the filters in force, and the period."""

from __future__ import annotations

from dataclasses import dataclass

from kb.corpus.taxonomy import FACETS, UNSET, Facet
from kb.search.query import SearchQuery
from kb.search.results import FacetValue, Results
from kb.web import addresses
from kb.web.icons import category_icon
from kb.web.pages.context import Context
from kb.web.pages.maps import MapRegion, region_map
from kb.web.pages.page import Link
from kb.web.typesetting import typeset

OPEN_FACETS = frozenset({"categorie", "domaine", "region"})
FOLDED_AFTER = {"region": 6, "public": 8, "odd": 8}
"""Facets whose list is folded after so many values, the most frequent in the whole base first."""
UNSET_LABEL = "Non renseigné"


@dataclass(frozen=True, slots=True)
class Choice:
    """A box to tick; `name` is that of the parameter."""

    name: str
    value: str
    label: str
    count: int
    checked: bool
    icon: str = ""


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Boxes under one legend; folded ones stand in a `details` element, open when it holds a ticked box."""

    legend: str
    choices: tuple[Choice, ...]
    summary: str = ""
    count: int | None = None
    opened: bool = False


@dataclass(frozen=True, slots=True)
class FacetBox:
    """One facet of the panel: its groups of boxes, what can be set aside (« sauf »), its definitions."""

    name: str
    label: str
    chosen: str
    opened: bool
    groups: tuple[ChoiceGroup, ...]
    excluded: tuple[Choice, ...]
    excludable: tuple[Choice, ...]
    definitions: str
    map: tuple[MapRegion, ...] = ()


@dataclass(frozen=True, slots=True)
class YearOption:
    value: str
    selected: bool


@dataclass(frozen=True, slots=True)
class PeriodBox:
    """The two lists of years."""

    chosen: str
    opened: bool
    de: tuple[YearOption, ...]
    a: tuple[YearOption, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force; its link removes it."""

    facet: str
    label: str
    href: str


def facet_boxes(context: Context, results: Results) -> tuple[FacetBox, ...]:
    """Boxes of every facet but `dimension`, which heads the groups of `domaine`."""
    return tuple(_box(context, results, facet) for facet in FACETS if facet.name != "dimension")


def period_box(results: Results) -> PeriodBox:
    query = results.query
    years = set(results.annees) | {year for year in (query.de, query.a) if year is not None}
    chosen = period_label(query)

    def options(bound: int | None) -> tuple[YearOption, ...]:
        return tuple(YearOption(str(year), year == bound) for year in sorted(years, reverse=True))

    return PeriodBox(chosen, bool(chosen), options(query.de), options(query.a))


def period_label(query: SearchQuery) -> str:
    """« dès 2017 », « jusqu'en 2019 », « en 2018 », « de 2017 à 2019 »; empty without a period."""
    if query.de is not None and query.a is not None:
        return f"en {query.de}" if query.de == query.a else f"de {query.de} à {query.a}"
    if query.de is not None:
        return f"dès {query.de}"
    return f"jusqu’en {query.a}" if query.a is not None else ""


def chips(context: Context, query: SearchQuery) -> tuple[Chip, ...]:
    """One chip a filter, in the order of the panel."""
    found = [
        Chip(
            f"{'sauf ' if away else ''}{short_name(facet)}",
            term_label(context, facet, value),
            removed(query, facet, value),
        )
        for away, terms in ((False, query.termes), (True, query.sauf))
        for facet, values in terms
        for value in values
    ]
    if period_label(query):
        found.append(Chip("Démarrage", period_label(query), addresses.search(query.with_years(None, None))))
    return tuple(found)


def removed(query: SearchQuery, facet: str, value: str) -> str:
    return addresses.search(query.without_term(facet, value))


def term_label(context: Context, facet: str, value: str) -> str:
    """Short label of a value of a facet, « non renseigné » included."""
    return UNSET_LABEL if value == UNSET else context.short(facet, value)


def short_name(facet: str) -> str:
    """First word of the facet's label: « Catégorie », « Étape », « Acteurs »."""
    return next(one.libelle for one in FACETS if one.name == facet).split()[0]


def _box(context: Context, results: Results, facet: Facet) -> FacetBox:
    query, name = results.query, facet.name
    values = results.facettes.get(name, ())
    upper = query.included("dimension") if name == "domaine" else ()
    included = (*upper, *query.included(name))
    away = query.excluded(name)
    away_upper = query.excluded("dimension") if name == "domaine" else ()
    chosen = len(included) + len(away) + len(away_upper)
    return FacetBox(
        name=name,
        label=typeset(facet.libelle),
        chosen=f"{chosen} choisi{'s' if chosen > 1 else ''}" if chosen else "",
        opened=name in OPEN_FACETS or chosen > 0,
        groups=_groups(context, results, name),
        excluded=tuple(_choice(context, f"sauf_{name}", FacetValue(one, 0), True) for one in away)
        + tuple(_choice(context, "sauf_dimension", FacetValue(one, 0), True) for one in away_upper),
        excludable=tuple(
            _choice(context, f"sauf_{name}", one, False)
            for one in values
            if one.count and one.id not in included and one.id not in away
        ),
        definitions=addresses.definition(name),
        map=_map(context, values, query) if name == "region" else (),
    )


def _groups(context: Context, results: Results, name: str) -> tuple[ChoiceGroup, ...]:
    values = results.facettes.get(name, ())
    if name == "domaine":
        return _domain_groups(context, results)
    label = typeset(context.taxonomy.facet(name).libelle)
    limit = FOLDED_AFTER.get(name, len(values))
    ordered = values
    if len(values) > limit:
        ordered = tuple(sorted(values, key=lambda value: (value.id == UNSET, -context.overview.count(name, value.id))))
    choices = tuple(_choice(context, name, value, value.included) for value in ordered)
    first, rest = choices[:limit], choices[limit:]
    groups = (ChoiceGroup(label, first),)
    if not rest:
        return groups
    others = f"{label}, suite"
    return (*groups, ChoiceGroup(others, rest, f"Voir les {len(rest)} autres", None, any(one.checked for one in rest)))


def _domain_groups(context: Context, results: Results) -> tuple[ChoiceGroup, ...]:
    """One folded group a dimension, its first box being the whole dimension."""
    by_id = {value.id: value for value in results.facettes.get("domaine", ())}
    groups = []
    for rank, upper in enumerate(results.facettes.get("dimension", ())):
        if upper.id == UNSET:
            continue
        whole = Choice("dimension", upper.id, "Toute la dimension", upper.count, upper.included)
        below = tuple(
            _choice(context, "domaine", by_id[term.id], by_id[term.id].included)
            for term in context.taxonomy.domaines_of(upper.id)
            if term.id in by_id
        )
        choices = (whole, *below)
        title = context.label("dimension", upper.id)
        opened = any(one.checked for one in choices) or (rank == 0 and not _has_domain(results.query))
        groups.append(ChoiceGroup(title, choices, title, upper.count, opened))
    return tuple(groups)


def _has_domain(query: SearchQuery) -> bool:
    return bool(query.included("domaine") or query.included("dimension"))


def _choice(context: Context, name: str, value: FacetValue, checked: bool) -> Choice:
    facet = name.removeprefix("sauf_")
    icon = category_icon(value.id) if facet == "categorie" and value.id != UNSET else ""
    return Choice(name, value.id, _choice_label(context, facet, value.id), value.count, checked, icon)


def _choice_label(context: Context, facet: str, value: str) -> str:
    if value == UNSET:
        return UNSET_LABEL
    term = context.term(facet, value)
    return typeset(term.libelle if facet == "odd" else term.court)


def _map(context: Context, values: tuple[FacetValue, ...], query: SearchQuery) -> tuple[MapRegion, ...]:
    counts = {value.id: value.count for value in values}
    chosen = frozenset(query.included("region"))
    return region_map(context.taxonomy, counts, lambda region: addresses.term("region", region), chosen)


def clear_link(query: SearchQuery) -> Link:
    """« Tout effacer »: the words stay, the filters go."""
    return Link("Tout effacer", addresses.search(query.without_filters()))
