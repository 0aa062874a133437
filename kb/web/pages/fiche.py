"""The page of one case."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from kb.corpus.case import SECTIONS, UNDOCUMENTED, Case, KeyFigure, Participation
from kb.corpus.rendering import RenderedCase
from kb.search.query import PAGE_SIZE, SearchQuery
from kb.web import addresses
from kb.web.icons import actor_icon
from kb.web.pages.brief import Brief, brief
from kb.web.pages.cards import Badge, Card, badge, card
from kb.web.pages.context import Context
from kb.web.pages.linked_data import case_json_ld
from kb.web.pages.page import Link, Page
from kb.web.typesetting import typeset

FRESH_MONTHS = 24
SHOWN_PARTNERS = 3
TABLE = "qui-apporte-quoi"
_NAME_END = re.compile(r",| :")
_SHORT = 3
_FOOTERS = ("sources", "Sources"), ("proches", "Des cas proches")


@dataclass(frozen=True, slots=True)
class NoteLink:
    number: int
    href: str


@dataclass(frozen=True, slots=True)
class Partner:
    """One organisation of the alliance: what it brings and gains, and where that is written."""

    nom: str
    href: str
    type: str
    icon: str
    role: str
    apport: str
    gain: str
    notes: tuple[NoteLink, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure; `target` tells an announced aim from an observed result."""

    valeur: str
    libelle: str
    date: str
    target: str
    notes: tuple[NoteLink, ...]


@dataclass(frozen=True, slots=True)
class BodySection:
    key: str
    heading: str
    html: Markup
    undocumented: bool


@dataclass(frozen=True, slots=True)
class SourceNote:
    number: int
    anchor: str
    titre: str
    editeur: str
    url: str
    date: str
    consulte: str
    backlinks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """Where the case stands in the search it was opened from."""

    back: Link
    position: str = ""
    previous: Link | None = None
    next: Link | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """Who wrote and who verified, and whether that is more than two years ago."""

    verified: str
    created: str
    author: str
    stale: bool
    to_review: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage(Page):
    slug: str
    category: str
    titre: str
    short_title: str
    resume: str
    badge: Badge
    other_badges: tuple[Badge, ...]
    walk: Walk
    partners: tuple[Partner, ...]
    front_partners: tuple[Partner, ...]
    more_partners: int
    figures: tuple[Figure, ...]
    sections: tuple[BodySection, ...]
    brief: Brief
    contents: tuple[Link, ...]
    sources: tuple[SourceNote, ...]
    checked: Checked
    close: tuple[Card, ...]
    markdown_href: str
    json_href: str
    mail_href: str
    contact_href: str
    report_href: str
    choose: str = addresses.SELECTION


def case_page(context: Context, case: Case, query: SearchQuery, today: datetime.date) -> CasePage:
    """The page of `case`, opened from `query` (an empty one when it was reached otherwise)."""
    rendered = context.edition.rendered(case.slug)
    partners = tuple(_partner(context, one, rendered.numbers) for one in case.organisations)
    front = _front(case, partners)
    address = context.site.absolute(addresses.case(case.slug))
    close = close_cases(context, case)
    return CasePage(
        head=context.site.head(case.titre, case.resume, addresses.case(case.slug), json_ld=case_json_ld(context, case)),
        chrome=context.site.chrome(),
        slug=case.slug,
        category=case.categorie,
        titre=typeset(case.titre),
        short_title=short_title(case.titre),
        resume=typeset(case.resume),
        badge=badge(context, case.categorie),
        other_badges=tuple(badge(context, one) for one in case.autres_categories),
        walk=walk(context, case, query),
        partners=partners,
        front_partners=front,
        more_partners=len(partners) - len(front),
        figures=tuple(_figure(context, one, rendered.numbers) for one in case.chiffres),
        sections=_sections(case, rendered),
        brief=brief(context, case),
        contents=_contents(bool(close)),
        sources=_sources(rendered),
        checked=_checked(case, today),
        close=close,
        markdown_href=addresses.case_markdown(case.slug),
        json_href=addresses.case_json(case.slug),
        mail_href=f"mailto:?subject={quote(case.titre)}&body={quote(address)}",
        contact_href=context.site.contact_href,
        report_href=_report_href(context, case),
    )


def walk(context: Context, case: Case, query: SearchQuery) -> Walk:
    """Back to the results, and the cases before and after this one in them."""
    if query.is_empty and not query.tri:
        return Walk(Link("Tous les cas", addresses.SEARCH))
    slugs = context.edition.search(query.on_page(1)).slugs
    label = f"Résultats pour « {query.texte} »" if query.texte else "Résultats de la recherche"
    if case.slug not in slugs:
        return Walk(Link(typeset(label), addresses.search(query.on_page(1))))
    rank = slugs.index(case.slug)

    def neighbour(position: int) -> Link | None:
        if not 0 <= position < len(slugs):
            return None
        other = context.edition.cases[slugs[position]]
        return Link(typeset(other.titre), addresses.case(other.slug, query))

    return Walk(
        Link(typeset(label), addresses.search(query.on_page(rank // PAGE_SIZE + 1))),
        f"{rank + 1} sur {len(slugs)}",
        neighbour(rank - 1),
        neighbour(rank + 1),
    )


def close_cases(context: Context, case: Case) -> tuple[Card, ...]:
    """Declared relatives first, then the cases that look alike, each with its reason."""
    cases = context.edition.cases
    reasons: dict[str, str] = {}
    for relation in case.apparentes:
        if relation.cas in cases:
            reasons[relation.cas] = context.taxonomy["lien"][relation.lien].libelle
    for similar in context.edition.similar(case.slug, 3):
        if len(reasons) < 3 or similar.slug in reasons:
            reasons.setdefault(similar.slug, ", ".join(similar.raisons).capitalize())
    return tuple(card(context, cases[slug], why=why) for slug, why in reasons.items())


def short_title(titre: str) -> str:
    """The name of the alliance alone, when the title goes on after a comma or a colon."""
    name = _NAME_END.split(titre, maxsplit=1)[0]
    return typeset(name if len(name) >= _SHORT else titre)


def _front(case: Case, partners: tuple[Partner, ...]) -> tuple[Partner, ...]:
    """The partners shown large: the bearer, then those whose contribution is known."""
    ranked = sorted(
        zip(case.organisations, partners, strict=True),
        key=lambda pair: (pair[0].role != "porteur", not pair[0].apport, pair[0].role != "partenaire"),
    )
    return tuple(partner for _, partner in ranked[:SHOWN_PARTNERS])


def _partner(context: Context, one: Participation, numbers: Mapping[str, int]) -> Partner:
    slug = None if one.collectif else context.edition.organisation_slug(one.nom)
    return Partner(
        nom=typeset(one.nom),
        href=addresses.organisation(slug) if slug else "",
        type=context.short("acteur", one.type),
        icon=actor_icon(one.type),
        role=typeset(context.taxonomy["role"][one.role].libelle),
        apport=typeset(one.apport),
        gain=typeset(one.gain),
        notes=_notes(one.source, numbers),
    )


def _figure(context: Context, one: KeyFigure, numbers: Mapping[str, int]) -> Figure:
    target = "" if one.nature == "constat" else typeset(context.taxonomy["nature"][one.nature].libelle)
    date = "" if str(one.date.annee) in one.libelle else str(one.date)
    return Figure(typeset(one.valeur), typeset(one.libelle), date, target, _notes(one.source, numbers))


def _notes(sources: tuple[str, ...], numbers: Mapping[str, int]) -> tuple[NoteLink, ...]:
    return tuple(NoteLink(numbers[one], f"#fn-{one}") for one in sources if one in numbers)


def _sections(case: Case, rendered: RenderedCase) -> tuple[BodySection, ...]:
    return tuple(
        BodySection(
            key,
            typeset(heading),
            Markup(rendered.sections[key]),  # noqa: S704 (sanitised by kb.corpus.rendering)
            UNDOCUMENTED in case.section(key).markdown.replace("\n", " "),
        )
        for key, heading in SECTIONS
    )


def _contents(has_close: bool) -> tuple[Link, ...]:
    links = [Link(typeset(heading), f"#{key}") for key, heading in SECTIONS]
    links.insert(2, Link("Qui apporte quoi", f"#{TABLE}"))
    links += [Link(label, f"#{key}") for key, label in _FOOTERS if key != "proches" or has_close]
    return tuple(links)


def _sources(rendered: RenderedCase) -> tuple[SourceNote, ...]:
    return tuple(
        SourceNote(
            number=note.number,
            anchor=note.anchor,
            titre=typeset(note.source.titre),
            editeur=typeset(note.source.editeur),
            url=note.source.url,
            date=str(note.source.date) if note.source.date else "",
            consulte=str(note.source.consulte) if note.source.consulte else "",
            backlinks=tuple(f"#{anchor}" for anchor in note.backlinks),
        )
        for note in rendered.notes
    )


def _checked(case: Case, today: datetime.date) -> Checked:
    verified = case.redaction.verifie
    months = (today.year - verified.annee) * 12 + today.month - (verified.mois or 1) if verified else 0
    return Checked(
        verified=str(verified) if verified else "",
        created=str(case.redaction.cree),
        author=typeset(case.redaction.auteur),
        stale=months > FRESH_MONTHS,
        to_review=typeset(case.redaction.a_revoir),
    )


def _report_href(context: Context, case: Case) -> str:
    href = context.site.contact_href
    return f"{href}?subject={quote(f'Fiche « {case.titre} »')}" if href.startswith("mailto:") else href
