"""Pages that explain: about, method and definitions, accessibility; and the pages of errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from kb.corpus.case import PartialDate
from kb.corpus.moves import Move
from kb.corpus.taxonomy import FACETS
from kb.web import addresses
from kb.web.pages.context import Context
from kb.web.pages.organisations import folded
from kb.web.pages.page import Link, Page, Site, count_of_cases, grouped
from kb.web.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Definition:
    anchor: str
    label: str
    text: str
    synonyms: tuple[str, ...]
    href: str


@dataclass(frozen=True, slots=True)
class DefinitionGroup:
    anchor: str
    label: str
    entries: tuple[Definition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPage(Page):
    """A page whose words stand in its template."""

    heading: str
    total: str
    organisations: str
    contact_href: str
    contact: str
    method: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodPage(Page):
    heading: str
    groups: tuple[DefinitionGroup, ...]
    contact_href: str


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    terme: str
    definition: str
    equivalents: tuple[str, ...]
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LexiconPage(Page):
    heading: str
    count: str
    entries: tuple[LexiconEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Page):
    heading: str
    explanation: str
    suggestions: tuple[Link, ...]
    search_action: str
    ways: tuple[Link, ...]


def about_page(context: Context) -> TextPage:
    text = "Ce qu'est cette base de cas, comment ils sont choisis et écrits, qui peut les réutiliser."
    return _text_page(context, "À propos", text, addresses.ABOUT)


def accessibility_page(context: Context) -> TextPage:
    text = "Ce qui est fait pour que ce site soit utilisable par tous, ce qui a été vérifié et ce qui ne l'est pas."
    return _text_page(context, "Accessibilité", text, addresses.ACCESSIBILITY)


def _text_page(context: Context, heading: str, description: str, path: str) -> TextPage:
    return TextPage(
        head=context.site.head(heading, description, path),
        chrome=context.site.chrome(path),
        heading=heading,
        total=count_of_cases(context.overview.total),
        organisations=grouped(len(context.edition.organisations)),
        contact_href=context.site.contact_href,
        contact=context.site.contact,
        method=Link("Méthode et définitions", addresses.METHOD),
    )


def method_page(context: Context) -> MethodPage:
    """Every facet and every term explained, each with an anchor of its own."""
    heading = "Méthode et définitions"
    return MethodPage(
        head=context.site.head(
            heading,
            "Comment les cas sont choisis, écrits et vérifiés, et ce que veut dire chaque filtre.",
            addresses.METHOD,
        ),
        chrome=context.site.chrome(addresses.METHOD),
        heading=heading,
        groups=tuple(_definitions(context, facet.name) for facet in FACETS),
        contact_href=context.site.contact_href,
    )


def _definitions(context: Context, facet: str) -> DefinitionGroup:
    return DefinitionGroup(
        anchor=facet,
        label=typeset(context.taxonomy.facet(facet).libelle),
        entries=tuple(
            Definition(
                f"{facet}-{term.id}",
                typeset(term.libelle),
                typeset(term.definition),
                tuple(typeset(word) for word in term.synonymes),
                addresses.term(facet, term.id),
            )
            for term in context.taxonomy.vocabulary_of(facet).terms
        ),
    )


def lexicon_page(context: Context) -> LexiconPage:
    """The acronyms and synonyms that the search knows, in alphabetical order."""
    entries = sorted(context.edition.lexicon, key=lambda entry: folded(entry.terme))
    return LexiconPage(
        head=context.site.head(
            "Lexique", "Les sigles et les synonymes que la recherche connaît, avec leur sens.", addresses.LEXICON
        ),
        chrome=context.site.chrome(addresses.LEXICON),
        heading="Lexique",
        count=grouped(len(entries)),
        entries=tuple(
            LexiconEntry(
                typeset(entry.terme),
                typeset(entry.definition),
                tuple(typeset(word) for word in entry.equivalents),
                addresses.filtered(("q", entry.terme)),
            )
            for entry in entries
        ),
    )


def error_page(site: Site, heading: str, explanation: str, suggestions: Sequence[Link] = ()) -> ErrorPage:
    """The page of an error. It reads nothing of the corpus: it must stand when the corpus cannot be read."""
    return ErrorPage(
        head=site.head(heading, explanation, addresses.HOME, indexed=False),
        chrome=site.chrome(),
        heading=typeset(heading),
        explanation=typeset(explanation),
        suggestions=tuple(suggestions),
        search_action=addresses.SEARCH,
        ways=(
            Link("Revenir à l’accueil", addresses.HOME),
            Link("Voir tous les cas", addresses.SEARCH),
            Link("Parcourir les domaines", addresses.terms("domaine")),
        ),
    )


def archived_page(site: Site, move: Move) -> ErrorPage:
    """The page of an address whose case was archived: which case, when and why."""
    day = PartialDate.parse(move.archivee)
    when = f"le {day}" if day else move.archivee
    which = f"« {move.titre} » a été retirée" if move.titre else "Elle a été retirée"
    return error_page(site, "Fiche archivée", f"{which} du site {when}. {move.motif}".strip())


def close_addresses(context: Context, path: str) -> tuple[Link, ...]:
    """Cases or organisations whose address looks like the one that was asked for."""
    kind, _, wanted = path.strip("/").partition("/")
    if kind == "cas":
        slugs = get_close_matches(wanted, context.edition.cases, n=3, cutoff=0.5)
        return tuple(Link(typeset(context.edition.cases[slug].titre), addresses.case(slug)) for slug in slugs)
    if kind == "organisations":
        slugs = get_close_matches(wanted, context.edition.organisations, n=3, cutoff=0.5)
        found = context.edition.organisations
        return tuple(Link(typeset(found[slug].nom), addresses.organisation(slug)) for slug in slugs)
    return ()
