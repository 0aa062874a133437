"""What the search box proposes while one types, as data for its script."""

from __future__ import annotations

from typing import Any

from kb.search.suggestions import Suggestion
from kb.web import addresses
from kb.web.pages.context import Context
from kb.web.pages.page import count_of_cases
from kb.web.typesetting import typeset

MAX_TYPED = 100


def suggestions_document(context: Context, typed: str) -> dict[str, Any]:
    """Groups that hold something, in their order; each option leads to a page."""
    found = context.edition.suggest(typed[:MAX_TYPED])
    groups = (
        ("Cas", found.cas),
        ("Organisations", found.organisations),
        ("Lieux", found.lieux),
        ("Thèmes", found.themes),
    )
    return {
        "groupes": [
            {"titre": title, "options": [_option(one) for one in options]} for title, options in groups if options
        ]
    }


def _option(one: Suggestion) -> dict[str, str]:
    return {
        "libelle": typeset(one.libelle),
        "detail": "" if one.genre == "cas" else count_of_cases(one.count),
        "adresse": _address(one),
    }


def _address(one: Suggestion) -> str:
    if one.query is not None:
        return addresses.search(one.query)
    return addresses.case(one.slug) if one.genre == "cas" else addresses.organisation(one.slug)
