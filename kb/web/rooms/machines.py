"""What search engines and browsers read: site map, robots, search description."""

from __future__ import annotations

from flask import Blueprint, Response
from markupsafe import escape

from kb.corpus.case import Case
from kb.web import addresses
from kb.web.pages.page import SITE_NAME
from kb.web.state import edition, state

room = Blueprint("machines", __name__)


@room.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page that is worth finding, the cases with the date of their verification."""
    paths = [addresses.HOME, addresses.SEARCH, addresses.FIGURES, addresses.ABOUT, addresses.METHOD]
    paths += [addresses.ACCESSIBILITY, addresses.LEXICON, addresses.ORGANISATIONS]
    for facet in addresses.TERM_PAGES:
        paths.append(addresses.terms(facet))
        paths += [addresses.term(facet, term_id) for term_id in edition().taxonomy.vocabulary_of(facet)]
    paths += [addresses.organisation(slug) for slug in edition().organisations if edition().cases_of(slug)]
    entries = [_entry(path) for path in paths]
    entries += [_entry(addresses.case(case.slug), _changed(case)) for case in edition().cases.values()]
    body = "\n".join(entries)
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{body}\n</urlset>\n', "application/xml")


@room.get("/robots.txt")
def robots() -> Response:
    """Everything may be read; combinations of filters need not be crawled."""
    site_map = state().site.absolute("/sitemap.xml")
    rules = f"User-agent: *\nDisallow: {addresses.SEARCH}?\nDisallow: {addresses.FIGURES}?\n"
    rules += f"Disallow: {addresses.WORKSPACE}\n"
    return Response(f"{rules}Disallow: /cas/*?\n\nSitemap: {site_map}\n", mimetype="text/plain")


@room.get("/opensearch.xml")
def opensearch() -> Response:
    """Lets a browser search the site from its address bar."""
    site = state().site
    template = escape(site.absolute(addresses.SEARCH) + "?q={searchTerms}")
    return _xml(
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">'
        f"<ShortName>Alliances</ShortName><LongName>{SITE_NAME}</LongName>"
        "<Description>Chercher une alliance inspirante</Description>"
        "<Language>fr</Language><InputEncoding>UTF-8</InputEncoding>"
        f'<Image height="32" width="32" type="image/x-icon">{escape(site.absolute("/favicon.ico"))}</Image>'
        f'<Url type="text/html" template="{template}"/>'
        "</OpenSearchDescription>\n",
        "application/opensearchdescription+xml",
    )


def _entry(path: str, changed: str = "") -> str:
    date = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{escape(state().site.absolute(path))}</loc>{date}</url>"


def _changed(case: Case) -> str:
    return (case.redaction.verifie or case.redaction.cree).iso


def _xml(body: str, media_type: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{body}', content_type=f"{media_type}; charset=utf-8")
