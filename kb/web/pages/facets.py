"""The filter panel, the chips of the filters in force, and the period."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from kb.corpus.taxonomy import FACETS, UNSET, Facet, Taxonomy
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


class Choice(NamedTuple):
    """A box to tick, for a number of cases; `name` is that of the parameter."""

    name: str
    value: str
    label: str
    cases: int
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


@dataclass(frozen=True, slots=True, eq=False)
class FacetBox:
    """One facet of the panel: its groups of boxes, what can be set aside (« sauf »), its definitions.

    Compared by identity: equal boxes are one object (`_made_box`), and what it prints is kept with it.
    """

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


@dataclass(frozen=True, slots=True, eq=False)
class PeriodBox:
    """The two lists of years. Compared by identity, as FacetBox."""

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
    return _period(frozenset(results.annees), results.query.de, results.query.a)


@lru_cache(maxsize=512)
def _period(years: frozenset[int], de: int | None, a: int | None) -> PeriodBox:
    shown = sorted(years | {year for year in (de, a) if year is not None}, reverse=True)
    chosen = _period_label(de, a)

    def options(bound: int | None) -> tuple[YearOption, ...]:
        return tuple(YearOption(str(year), year == bound) for year in shown)

    return PeriodBox(chosen, bool(chosen), options(de), options(a))


def period_label(query: SearchQuery) -> str:
    """« dès 2017 », « jusqu'en 2019 », « en 2018 », « de 2017 à 2019 »; empty without a period."""
    return _period_label(query.de, query.a)


def _period_label(de: int | None, a: int | None) -> str:
    if de is not None and a is not None:
        return f"en {de}" if de == a else f"de {de} à {a}"
    if de is not None:
        return f"dès {de}"
    return f"jusqu’en {a}" if a is not None else ""


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


class _Asked(NamedTuple):
    """What a search chose in one facet: values kept, values set aside, those of the dimensions above apart."""

    included: tuple[str, ...]
    away: tuple[str, ...]
    away_above: tuple[str, ...] = ()
    dimensions: tuple[FacetValue, ...] = ()
    narrowed: bool = False


def _box(context: Context, results: Results, facet: Facet) -> FacetBox:
    query, name = results.query, facet.name
    values = results.facettes.get(name, ())
    asked = _Asked(query.included(name), query.excluded(name))
    if name == "domaine":
        above = query.included("dimension")
        narrowed = bool(above or asked.included)
        dimensions = results.facettes.get("dimension", ())
        asked = _Asked((*above, *asked.included), asked.away, query.excluded("dimension"), dimensions, narrowed)
    return _made_box(context.taxonomy, facet, values, asked, context.overview.ranks(name))


@lru_cache(maxsize=384)
def _made_box(
    taxonomy: Taxonomy, facet: Facet, values: tuple[FacetValue, ...], asked: _Asked, ranks: tuple[str, ...]
) -> FacetBox:
    """The box of a facet; many searches give the same counts in most of their facets."""
    name = facet.name
    chosen = len(asked.included) + len(asked.away) + len(asked.away_above)
    return FacetBox(
        name=name,
        label=typeset(facet.libelle),
        chosen=f"{chosen} choisi{'s' if chosen > 1 else ''}" if chosen else "",
        opened=name in OPEN_FACETS or chosen > 0,
        groups=_domain_groups(taxonomy, values, asked) if asked.dimensions else _groups(taxonomy, facet, values, ranks),
        excluded=tuple(_choice(taxonomy, f"sauf_{name}", FacetValue(one, 0), True) for one in asked.away)
        + tuple(_choice(taxonomy, "sauf_dimension", FacetValue(one, 0), True) for one in asked.away_above),
        excludable=tuple(
            _choice(taxonomy, f"sauf_{name}", one, False)
            for one in values
            if one.count and one.id not in asked.included and one.id not in asked.away
        ),
        definitions=addresses.definition(name),
        map=_map(taxonomy, values, asked.included) if name == "region" else (),
    )


def _groups(
    taxonomy: Taxonomy, facet: Facet, values: tuple[FacetValue, ...], ranks: tuple[str, ...]
) -> tuple[ChoiceGroup, ...]:
    name, label = facet.name, typeset(facet.libelle)
    limit = FOLDED_AFTER.get(name, len(values))
    ordered = values
    if len(values) > limit:
        rank = {value: place for place, value in enumerate(ranks)}
        ordered = tuple(sorted(values, key=lambda value: (value.id == UNSET, rank.get(value.id, len(rank)))))
    choices = tuple(_choice(taxonomy, name, value, value.included) for value in ordered)
    first, rest = choices[:limit], choices[limit:]
    groups = (ChoiceGroup(label, first),)
    if not rest:
        return groups
    others = f"{label}, suite"
    return (*groups, ChoiceGroup(others, rest, f"Voir les {len(rest)} autres", None, any(one.checked for one in rest)))


def _domain_groups(taxonomy: Taxonomy, values: tuple[FacetValue, ...], asked: _Asked) -> tuple[ChoiceGroup, ...]:
    """One folded group a dimension, its first box being the whole dimension."""
    by_id = {value.id: value for value in values}
    groups = []
    for rank, upper in enumerate(asked.dimensions):
        if upper.id == UNSET:
            continue
        whole = Choice("dimension", upper.id, "Toute la dimension", upper.count, upper.included)
        below = tuple(
            _choice(taxonomy, "domaine", by_id[term.id], by_id[term.id].included)
            for term in taxonomy.domaines_of(upper.id)
            if term.id in by_id
        )
        choices = (whole, *below)
        title = typeset(taxonomy["dimension"][upper.id].libelle)
        opened = any(one.checked for one in choices) or (rank == 0 and not asked.narrowed)
        groups.append(ChoiceGroup(title, choices, title, upper.count, opened))
    return tuple(groups)


def _choice(taxonomy: Taxonomy, name: str, value: FacetValue, checked: bool) -> Choice:
    label, icon = _look(taxonomy, name.removeprefix("sauf_"), value.id)
    return Choice(name, value.id, label, value.count, checked, icon)


@lru_cache(maxsize=1024)
def _look(taxonomy: Taxonomy, facet: str, value: str) -> tuple[str, str]:
    """Label of a value in the panel, and its icon if it has one."""
    if value == UNSET:
        return UNSET_LABEL, ""
    term = taxonomy.vocabulary_of(facet)[value]
    label = typeset(term.libelle if facet == "odd" else term.court)
    return label, category_icon(value) if facet == "categorie" else ""


def _map(taxonomy: Taxonomy, values: tuple[FacetValue, ...], chosen: tuple[str, ...]) -> tuple[MapRegion, ...]:
    counts = {value.id: value.count for value in values}
    return region_map(taxonomy, counts, lambda region: addresses.term("region", region), frozenset(chosen))


def clear_link(query: SearchQuery) -> Link:
    """« Tout effacer »: the words stay, the filters go."""
    return Link("Tout effacer", addresses.search(query.without_filters()))
