"""Pages of a category, a dimension, a domain, a region or a stage, and the lists of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.corpus.taxonomy import Term
from kb.search.query import SearchQuery
from kb.search.results import Results
from kb.web import addresses
from kb.web.icons import category_icon
from kb.web.pages.accueil import CountedLink, MarkView, counted, marks
from kb.web.pages.cards import Card, card
from kb.web.pages.context import Context
from kb.web.pages.linked_data import breadcrumb_json_ld
from kb.web.pages.maps import MapRegion, region_map
from kb.web.pages.page import Link, Page, count_of_cases
from kb.web.typesetting import typeset

SHOWN_CASES = 6
PLURALS = {
    "categorie": "Les catégories de partenariat",
    "dimension": "Les dimensions",
    "domaine": "Les domaines",
    "region": "Les régions",
    "etape": "Les étapes d'innovation",
}
_INTRODUCTIONS = {
    "categorie": "Ce qui passe entre les partenaires : un don, un savoir-faire, un marché, une réponse nouvelle.",
    "dimension": "Les quatre dimensions dans lesquelles se rangent les seize domaines.",
    "domaine": "Les seize domaines de fragilité sur lesquels des alliances agissent, rangés en quatre dimensions.",
    "region": "Où se déroule l'action, dans les dix-huit régions ou dans tout le pays.",
    "etape": "Du besoin repéré à la réponse répandue : les cinq étapes d'une innovation, dans leur ordre.",
}
_CROSSINGS = {
    "categorie": ("domaine", "etape", "region"),
    "dimension": ("categorie", "etape", "region"),
    "domaine": ("categorie", "etape", "region"),
    "region": ("categorie", "domaine", "etape"),
    "etape": ("categorie", "domaine", "region"),
}


@dataclass(frozen=True, slots=True)
class Crossing:
    """How the cases of a term spread over another facet; each count leads to its cases."""

    label: str
    entries: tuple[CountedLink, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property that only some vocabularies have: a stage's crossing at risk, what supports weigh there."""

    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPage(Page):
    kind: str
    category: str
    icon: str
    trail: tuple[Link, ...]
    label: str
    definition: str
    attributes: tuple[Attribute, ...]
    synonyms: tuple[str, ...]
    marks: tuple[MarkView, ...]
    total: int
    heading: str
    cards: tuple[Card, ...]
    all_cases: Link
    crossings: tuple[Crossing, ...]
    neighbours_label: str
    neighbours: tuple[CountedLink, ...]
    map: tuple[MapRegion, ...]


@dataclass(frozen=True, slots=True)
class TermEntry:
    id: str
    label: str
    href: str
    definition: str
    count: str
    icon: str
    category: str


@dataclass(frozen=True, slots=True)
class TermGroup:
    label: str
    href: str
    entries: tuple[TermEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsPage(Page):
    heading: str
    introduction: str
    groups: tuple[TermGroup, ...]
    map: tuple[MapRegion, ...]


def term_page(context: Context, facet: str, term_id: str) -> TermPage:
    term = context.term(facet, term_id)
    query = SearchQuery(termes=((facet, (term_id,)),))
    results = context.edition.search(query)
    label = typeset(term.libelle)
    trail = _trail(context, facet, term)
    path = addresses.term(facet, term_id)
    neighbours_label, neighbours = _neighbours(context, facet, term)
    return TermPage(
        head=context.site.head(
            term.libelle,
            term.definition or f"{count_of_cases(results.total)} d'alliances : {term.libelle}.",
            path,
            json_ld=breadcrumb_json_ld(context, trail, label, path),
        ),
        chrome=context.site.chrome(),
        kind=typeset(context.taxonomy.facet(facet).libelle),
        category=term_id if facet == "categorie" else "",
        icon=category_icon(term_id) if facet == "categorie" else "",
        trail=trail,
        label=label,
        definition=typeset(term.definition),
        attributes=_attributes(term),
        synonyms=tuple(typeset(word) for word in term.synonymes),
        marks=marks(term.reperes),
        total=results.total,
        heading=count_of_cases(results.total) if results.total else "Aucun cas pour l’instant",
        cards=tuple(
            card(context, context.edition.cases[slug]) for slug in _first(context, facet, term_id, results.slugs)
        ),
        all_cases=Link(f"Voir les {count_of_cases(results.total)}", addresses.search(query)),
        crossings=tuple(_crossing(context, query, results, other) for other in _CROSSINGS[facet]),
        neighbours_label=neighbours_label,
        neighbours=neighbours,
        map=_map(context, facet, term_id),
    )


def terms_page(context: Context, facet: str) -> TermsPage:
    """Every term of a facet, with its definition and its number of cases."""
    heading = typeset(PLURALS[facet])
    return TermsPage(
        head=context.site.head(PLURALS[facet], _INTRODUCTIONS[facet], addresses.terms(facet)),
        chrome=context.site.chrome(),
        heading=heading,
        introduction=typeset(_INTRODUCTIONS[facet]),
        groups=_groups(context, facet),
        map=_map(context, facet, ""),
    )


def _first(context: Context, facet: str, term_id: str, slugs: Sequence[str]) -> tuple[str, ...]:
    """The cases to show: those of which the term is the main category or domain before the others."""

    def secondary(slug: str) -> bool:
        case = context.edition.cases[slug]
        main = {"categorie": case.categorie, "domaine": case.domaines[0]}.get(facet, term_id)
        return main != term_id

    return tuple(sorted(slugs, key=secondary)[:SHOWN_CASES])


def _groups(context: Context, facet: str) -> tuple[TermGroup, ...]:
    if facet != "domaine":
        return (TermGroup("", "", tuple(_entry(context, facet, term) for term in context.taxonomy[facet].terms)),)
    return tuple(
        TermGroup(
            typeset(dimension.libelle),
            addresses.term("dimension", dimension.id),
            tuple(_entry(context, facet, term) for term in context.taxonomy.domaines_of(dimension.id)),
        )
        for dimension in context.taxonomy["dimension"].terms
    )


def _entry(context: Context, facet: str, term: Term) -> TermEntry:
    return TermEntry(
        id=term.id,
        label=typeset(term.libelle),
        href=addresses.term(facet, term.id),
        definition=typeset(term.definition),
        count=count_of_cases(context.overview.count(facet, term.id)),
        icon=category_icon(term.id) if facet == "categorie" else "",
        category=term.id if facet == "categorie" else "",
    )


def _trail(context: Context, facet: str, term: Term) -> tuple[Link, ...]:
    trail = [Link("Accueil", addresses.HOME), Link(typeset(PLURALS[facet]), addresses.terms(facet))]
    if term.parent:
        trail.append(Link(context.label("dimension", term.parent), addresses.term("dimension", term.parent)))
    return tuple(trail)


def _attributes(term: Term) -> tuple[Attribute, ...]:
    names = (
        ("passage", "Le passage délicat qui suit"),
        ("modele", "Modèle socio-économique"),
        ("appuis", "Appuis utiles"),
    )
    found = []
    for name, label in names:
        value = term.attributes.get(name)
        if value:
            values = (value,) if isinstance(value, str) else value
            found.append(Attribute(label, typeset(" ; ".join(values))))
    return tuple(found)


def _crossing(context: Context, query: SearchQuery, results: Results, other: str) -> Crossing:
    entries = tuple(
        CountedLink(
            context.short(other, value.id),
            addresses.search(query.with_term(other, value.id, context.taxonomy)),
            count_of_cases(value.count),
        )
        for value in results.facettes.get(other, ())
        if value.count and value.id in context.taxonomy.vocabulary_of(other)
    )
    return Crossing(typeset(context.taxonomy.facet(other).libelle), entries)


def _neighbours(context: Context, facet: str, term: Term) -> tuple[str, tuple[CountedLink, ...]]:
    taxonomy = context.taxonomy
    others = [other.id for other in taxonomy[facet].terms if other.id != term.id]
    if facet == "dimension":
        return "Ses domaines", tuple(counted(context, "domaine", one.id) for one in taxonomy.domaines_of(term.id))
    if facet == "domaine":
        others = [other for other in others if taxonomy["domaine"][other].parent == term.parent]
        return "Domaines voisins", tuple(counted(context, facet, one) for one in others)
    if facet == "region":
        near = term.attributes.get("voisins", ())
        others = [one for one in near if one in taxonomy["region"]] if not isinstance(near, str) else []
        return "Régions voisines", tuple(counted(context, facet, one) for one in others)
    label = "Les autres étapes" if facet == "etape" else "Les autres catégories"
    return label, tuple(counted(context, facet, one) for one in others)


def _map(context: Context, facet: str, chosen: str) -> tuple[MapRegion, ...]:
    if facet != "region":
        return ()
    counts = context.overview.counts.get("region", {})
    return region_map(context.taxonomy, counts, lambda one: addresses.term("region", one), frozenset({chosen}))
