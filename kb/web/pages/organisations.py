"""Pages of the organisations: one each, and the list."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import groupby

from kb.corpus.organisations import Organisation
from kb.web import addresses
from kb.web.icons import actor_icon
from kb.web.pages.cards import Card, card
from kb.web.pages.context import Context
from kb.web.pages.linked_data import breadcrumb_json_ld
from kb.web.pages.page import Link, Page, count_of_cases, grouped
from kb.web.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Involvement:
    """A case and what the organisation does in it."""

    card: Card
    role: str
    apport: str
    gain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationPage(Page):
    nom: str
    type: str
    icon: str
    type_href: str
    alias: tuple[str, ...]
    siren: str
    rna: str
    site: str
    heading: str
    involvements: tuple[Involvement, ...]
    trail: tuple[Link, ...]
    partners: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class OrganisationEntry:
    nom: str
    href: str
    type: str
    icon: str
    count: str


@dataclass(frozen=True, slots=True)
class LetterGroup:
    letter: str
    anchor: str
    entries: tuple[OrganisationEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationsPage(Page):
    heading: str
    introduction: str
    letters: tuple[Link, ...]
    groups: tuple[LetterGroup, ...]


def organisation_page(context: Context, organisation: Organisation) -> OrganisationPage:
    involvements = tuple(
        Involvement(
            card(context, case),
            typeset(context.taxonomy["role"][one.role].libelle),
            typeset(one.apport),
            typeset(one.gain),
        )
        for case, one in context.edition.cases_of(organisation.slug)
    )
    path = addresses.organisation(organisation.slug)
    trail = (Link("Accueil", addresses.HOME), Link("Organisations", addresses.ORGANISATIONS))
    type_label = context.label("acteur", organisation.type)
    heading = f"Dans {count_of_cases(len(involvements))}" if involvements else "Dans aucun cas pour l’instant"
    return OrganisationPage(
        head=context.site.head(
            organisation.nom,
            f"{organisation.nom} ({type_label}) : ses alliances, ce qu'elle y apporte et ce qu'elle y gagne.",
            path,
            json_ld=breadcrumb_json_ld(context, trail, organisation.nom, path),
        ),
        chrome=context.site.chrome(),
        nom=typeset(organisation.nom),
        type=type_label,
        icon=actor_icon(organisation.type),
        type_href=addresses.term("acteur", organisation.type),
        alias=tuple(typeset(name) for name in organisation.alias),
        siren=organisation.siren,
        rna=organisation.rna,
        site=organisation.site,
        heading=heading,
        involvements=involvements,
        trail=trail,
        partners=_partners(context, organisation),
    )


def organisations_page(context: Context) -> OrganisationsPage:
    """The organisations found in at least one case, by letter."""
    named = [
        (one, len(cases))
        for slug, one in context.edition.organisations.items()
        if (cases := context.edition.cases_of(slug))
    ]
    named.sort(key=lambda pair: folded(pair[0].nom))
    groups = tuple(
        LetterGroup(
            letter,
            f"lettre-{letter.lower() if letter != '#' else 'autres'}",
            tuple(_entry(context, *pair) for pair in pairs),
        )
        for letter, pairs in groupby(named, key=lambda pair: initial(pair[0].nom))
    )
    return OrganisationsPage(
        head=context.site.head(
            "Organisations",
            "Toutes les organisations engagées dans les alliances de la base, avec leurs cas.",
            addresses.ORGANISATIONS,
        ),
        chrome=context.site.chrome(),
        heading="Organisations",
        introduction=typeset(f"{grouped(len(named))} organisations sont engagées dans les alliances de la base."),
        letters=tuple(Link(group.letter, f"#{group.anchor}") for group in groups),
        groups=groups,
    )


def folded(name: str) -> str:
    """Sort key of a name: accents and case aside, punctuation first, œ as oe."""
    text = unicodedata.normalize("NFKD", name.lower().replace("œ", "oe"))
    return "".join(char for char in text if char.isalnum() or char == " ").strip()


def initial(name: str) -> str:
    """Letter under which a name is listed, « # » for figures."""
    first = folded(name)[:1].upper()
    return first if first.isascii() and first.isalpha() else "#"


def _entry(context: Context, organisation: Organisation, count: int) -> OrganisationEntry:
    return OrganisationEntry(
        typeset(organisation.nom),
        addresses.organisation(organisation.slug),
        context.short("acteur", organisation.type),
        actor_icon(organisation.type),
        count_of_cases(count),
    )


def _partners(context: Context, organisation: Organisation) -> tuple[Link, ...]:
    """The other organisations of the same alliances, by name."""
    edition, found = context.edition, {}
    for case, _ in edition.cases_of(organisation.slug):
        for one in case.organisations:
            slug = None if one.collectif else edition.organisation_slug(one.nom)
            if slug and slug != organisation.slug:
                found[slug] = edition.organisations[slug].nom
    ordered = sorted(found.items(), key=lambda pair: folded(pair[1]))
    return tuple(Link(typeset(nom), addresses.organisation(slug)) for slug, nom in ordered)
