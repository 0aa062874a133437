"""A case as it is shown in a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from kb.corpus.case import SECTIONS, Case
from kb.corpus.taxonomy import Taxonomy
from kb.search.query import SearchQuery
from kb.search.results import Excerpt, Fragment, Hit
from kb.web import addresses
from kb.web.icons import actor_icon, category_icon
from kb.web.pages.context import Context
from kb.web.pages.page import Link
from kb.web.typesetting import typeset

SHOWN_ACTORS = 4
NATIONWIDE = "nationale"
_HEADINGS = dict(SECTIONS)


@dataclass(frozen=True, slots=True)
class Badge:
    """A category: its id gives colour and pattern, its icon and label say it without them."""

    id: str
    label: str
    icon: str
    href: str


@dataclass(frozen=True, slots=True)
class StageBar:
    """How far the innovation has gone: `rank` of `steps`, from 1."""

    label: str
    rank: int
    steps: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Actor:
    nom: str
    type: str
    icon: str


@dataclass(frozen=True, slots=True)
class MarkedExcerpt:
    section: str
    text: Markup


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """What all the cards of a case show, whatever led to it; one a case and edition, compared by identity."""

    badge: Badge
    stage: StageBar
    actors: tuple[Actor, ...]
    more_actors: int
    place: str
    period: str


@dataclass(frozen=True, slots=True)
class Card:
    """One case in a list. `raison` says why it stands there, when that is not plain."""

    slug: str
    href: str
    titre: Markup
    resume: Markup
    face: Face
    tags: tuple[Link, ...]
    excerpt: MarkedExcerpt | None = None
    raison: str = ""
    choose: str = addresses.SELECTION


def badge(context: Context, category: str) -> Badge:
    return Badge(
        category, context.label("categorie", category), category_icon(category), addresses.term("categorie", category)
    )


def stage_bar(context: Context, case: Case) -> StageBar:
    vocabulary = context.taxonomy["etape"]
    rank = vocabulary.rank(case.etape) + 1
    return StageBar(context.label("etape", case.etape), rank, tuple(step < rank for step in range(len(vocabulary))))


def place(context: Context, case: Case) -> str:
    """« Plouguerneau, Bretagne », « Bretagne, Normandie », « 4 régions », « France entière »."""
    regions = [context.short("region", region) for region in case.regions]
    where = ", ".join(regions) if len(regions) <= 2 else f"{len(regions)} régions"
    if not case.lieu or case.lieu in {context.term("region", region).libelle for region in case.regions}:
        return where
    return typeset(case.lieu) if case.regions == (NATIONWIDE,) else f"{typeset(case.lieu)}, {where}"


def period(case: Case) -> str:
    """« depuis 2019 », « de 2015 à 2019 », « en 2015 »."""
    if case.fin is None:
        return f"depuis {case.debut}"
    return f"en {case.debut}" if case.fin == case.debut else f"de {case.debut} à {case.fin}"


def card(
    context: Context, case: Case, *, hit: Hit | None = None, query: SearchQuery | None = None, why: str = ""
) -> Card:
    """A card; `hit` brings the marked words, `query` the search to carry to the page of the case."""
    return Card(
        slug=case.slug,
        href=addresses.case(case.slug, query),
        titre=marked(hit.titre) if hit else escape(typeset(case.titre)),
        resume=marked(hit.resume) if hit else escape(typeset(case.resume)),
        face=_face(context, case),
        tags=_tags(context, case, query),
        excerpt=_excerpt(hit.excerpt) if hit and hit.excerpt else None,
        raison=typeset(why),
    )


def _face(context: Context, case: Case) -> Face:
    known = context.overview.faces
    if case.slug not in known:
        everyone = case.organisations
        known[case.slug] = Face(
            badge=badge(context, case.categorie),
            stage=stage_bar(context, case),
            actors=tuple(
                Actor(typeset(one.nom), context.short("acteur", one.type), actor_icon(one.type))
                for one in everyone[:SHOWN_ACTORS]
            ),
            more_actors=max(0, len(everyone) - SHOWN_ACTORS),
            place=place(context, case),
            period=period(case),
        )
    face: Face = known[case.slug]
    return face


def cards(context: Context, slugs: Sequence[str]) -> tuple[Card, ...]:
    """Cards of these cases, in this order."""
    return tuple(card(context, context.edition.cases[slug]) for slug in slugs)


def marked(fragments: Sequence[Fragment]) -> Markup:
    """Fragments as HTML, those that match between `mark` tags."""
    return Markup("").join(
        Markup("<mark>{}</mark>").format(typeset(one.text)) if one.marked else escape(typeset(one.text))
        for one in fragments
    )


def _excerpt(excerpt: Excerpt) -> MarkedExcerpt:
    return MarkedExcerpt(typeset(_HEADINGS.get(excerpt.section, excerpt.section)), marked(excerpt.fragments))


def _tags(context: Context, case: Case, query: SearchQuery | None) -> tuple[Link, ...]:
    """The domains of a case: within a search they narrow it, elsewhere they lead to their pages."""
    if query is None:
        return tuple(Link(context.short("domaine", one), addresses.term("domaine", one)) for one in case.domaines)
    before, after = _narrowing(query, context.taxonomy)
    return tuple(Link(context.short("domaine", one), f"{before}{one}{after}") for one in case.domaines)


@lru_cache(maxsize=256)
def _narrowing(query: SearchQuery, taxonomy: Taxonomy) -> tuple[str, str]:
    """The address of a search with one domain alone, cut where the domain stands: the cards of a page share it."""
    one = next(iter(taxonomy["domaine"]))
    narrowed = addresses.search(query.without_facet("domaine").with_term("domaine", one, taxonomy))
    before, name, after = re.split(rf"([?&]domaine=){re.escape(one)}(?=&|$)", narrowed, maxsplit=1)
    return before + name, after
