"""What the pages say to machines in schema.org's vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb.corpus.case import Case
from kb.web import addresses
from kb.web.pages.context import Context
from kb.web.pages.page import LICENCE, SITE_NAME, Link

_SCHEMA = "https://schema.org"


def site_json_ld(context: Context) -> dict[str, Any]:
    """The site and its search box."""
    return {
        "@context": _SCHEMA,
        "@type": "WebSite",
        "name": SITE_NAME,
        "url": context.site.absolute(addresses.HOME),
        "inLanguage": "fr",
        "potentialAction": {
            "@type": "SearchAction",
            "target": context.site.absolute(addresses.SEARCH) + "?q={q}",
            "query-input": "required name=q",
        },
    }


def case_json_ld(context: Context, case: Case) -> dict[str, Any]:
    """A case as an article: its dates, its subjects, its places, the organisations it is about, its sources."""
    address = context.site.absolute(addresses.case(case.slug))
    document: dict[str, Any] = {
        "@context": _SCHEMA,
        "@type": "Article",
        "@id": address,
        "url": address,
        "headline": case.titre,
        "description": case.resume,
        "inLanguage": "fr",
        "license": LICENCE,
        "datePublished": case.redaction.cree.iso,
        "author": {"@type": "Organization", "name": case.redaction.auteur},
        "publisher": {"@type": "Organization", "name": SITE_NAME, "url": context.site.absolute(addresses.HOME)},
        "keywords": [context.term("domaine", one).libelle for one in case.domaines],
        "spatialCoverage": [context.term("region", one).libelle for one in case.regions],
        "about": [{"@type": "Organization", "name": one.nom} for one in case.organisations if not one.collectif],
        "citation": [_citation(source.titre, source.editeur, source.url) for source in case.sources],
    }
    if case.redaction.verifie:
        document["dateModified"] = case.redaction.verifie.iso
    return document


def breadcrumb_json_ld(context: Context, trail: Sequence[Link], label: str, path: str) -> dict[str, Any]:
    """The way to a page, from the home page down to the page itself."""
    steps = [*((link.label, link.href) for link in trail), (label, path)]
    return {
        "@context": _SCHEMA,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": rank, "name": name, "item": context.site.absolute(href)}
            for rank, (name, href) in enumerate(steps, 1)
        ],
    }


def _citation(title: str, publisher: str, url: str) -> dict[str, Any]:
    return {
        "@type": "CreativeWork",
        "name": title,
        "publisher": {"@type": "Organization", "name": publisher},
        "url": url,
    }
