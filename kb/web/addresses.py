"""Every address of the site, built here and nowhere else; a test proves that each one leads to a page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlencode

from kb.search.query import SearchQuery

HOME = "/"
SEARCH = "/recherche"
FIGURES = "/chiffres"
SELECTION = "/selection"
COMPARISON = "/comparer"
ABOUT = "/a-propos"
METHOD = "/methode"
ACCESSIBILITY = "/accessibilite"
WORKSPACE = "/atelier/"
ORGANISATIONS = "/organisations"
OPENSEARCH = "/opensearch.xml"
FAVICON = "/favicon.ico"
SUGGESTIONS = "/suggestions"
LEXICON = "/lexique"

TERM_PAGES: dict[str, str] = {
    "categorie": "categories",
    "dimension": "dimensions",
    "domaine": "domaines",
    "region": "regions",
    "etape": "etapes",
}
"""Facets whose terms have pages of their own → first segment of their addresses."""


def _with(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(tuple(pairs))
    return f"{path}?{query}" if query else path


def search(query: SearchQuery) -> str:
    return _with(SEARCH, query.params())


def filtered(*pairs: tuple[str, str]) -> str:
    """A search that only filters."""
    return _with(SEARCH, pairs)


def bulk_edit(query: SearchQuery) -> str:
    """Where a curator changes a term in all that a search finds."""
    return _with(
        f"{WORKSPACE}modifier", ((name, value) for name, value in query.params() if name not in {"tri", "page"})
    )


def figures(query: SearchQuery) -> str:
    return _with(FIGURES, ((name, value) for name, value in query.params() if name not in {"tri", "page"}))


def case(slug: str, query: SearchQuery | None = None) -> str:
    """The page of a case, carrying the search it was found by; the page number is found again from the case."""
    return f"/cas/{slug}" if query is None else f"/cas/{slug}{_carried(query)}"


@lru_cache(maxsize=256)
def _carried(query: SearchQuery) -> str:
    """What the links of one page of results share."""
    return _with("", query.on_page(1).params())


def case_markdown(slug: str) -> str:
    return f"/cas/{slug}.md"


def case_json(slug: str) -> str:
    return f"/cas/{slug}.json"


def term(facet: str, term_id: str) -> str:
    """The page of a term, or the search it stands for when its facet has no pages."""
    if facet in TERM_PAGES:
        return f"/{TERM_PAGES[facet]}/{term_id}"
    return filtered((facet, term_id))


def terms(facet: str) -> str:
    return f"/{TERM_PAGES[facet]}"


def organisation(slug: str) -> str:
    return f"{ORGANISATIONS}/{slug}"


def definition(facet: str, term_id: str = "") -> str:
    """Where the method page explains a facet or one of its terms."""
    return f"{METHOD}#{facet}-{term_id}" if term_id else f"{METHOD}#{facet}"


def selection(slugs: Iterable[str]) -> str:
    return _with(SELECTION, (("cas", slug) for slug in slugs))


def comparison(slugs: Iterable[str]) -> str:
    return _with(COMPARISON, (("cas", slug) for slug in slugs))
