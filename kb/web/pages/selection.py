"""« Ma sélection »: the cases whose names are in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.search.query import SearchQuery
from kb.web import addresses
from kb.web.pages.cards import Card, card
from kb.web.pages.context import Context
from kb.web.pages.page import Link, Page, count_of_cases
from kb.web.typesetting import typeset

MAX_CASES = 50
MAX_FOUND = 6


@dataclass(frozen=True, slots=True)
class Chosen:
    card: Card
    remove: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionPage(Page):
    heading: str
    action: str
    slugs: tuple[str, ...]
    chosen: tuple[Chosen, ...]
    removed: Link | None
    texte: str
    found: tuple[Link, ...]
    found_none: bool
    comparison: str
    share: str
    search: str


def chosen(context: Context, slugs: Sequence[str]) -> tuple[str, ...]:
    """The slugs that name published cases, each once, in the order of the address."""
    return tuple(dict.fromkeys(slug for slug in slugs if slug in context.edition.cases))[:MAX_CASES]


def selection_page(context: Context, slugs: tuple[str, ...], removed: Sequence[str], texte: str) -> SelectionPage:
    heading = f"Ma sélection : {count_of_cases(len(slugs))}" if slugs else "Ma sélection"
    words = SearchQuery().with_text(texte)
    found = context.edition.search(words).slugs[: MAX_FOUND + len(slugs)] if words.texte else ()
    return SelectionPage(
        head=context.site.head(
            heading, "Des cas mis de côté, à comparer ou à partager.", addresses.SELECTION, indexed=False
        ),
        chrome=context.site.chrome(addresses.SELECTION),
        heading=typeset(heading),
        action=addresses.SELECTION,
        slugs=slugs,
        chosen=tuple(Chosen(card(context, context.edition.cases[slug]), _without(slugs, slug)) for slug in slugs),
        removed=_undo(context, slugs, removed),
        texte=words.texte,
        found=tuple(
            Link(typeset(context.edition.cases[slug].titre), addresses.selection((*slugs, slug)))
            for slug in found
            if slug not in slugs
        )[:MAX_FOUND],
        found_none=bool(words.texte) and not found,
        comparison=addresses.comparison(slugs[:4]) if len(slugs) > 1 else "",
        share=context.site.absolute(addresses.selection(slugs)) if slugs else "",
        search=addresses.SEARCH,
    )


def _without(slugs: tuple[str, ...], slug: str) -> str:
    """The selection less one case, which the next page offers to take back."""
    rest = addresses.selection(one for one in slugs if one != slug)
    return f"{rest}{'&' if '?' in rest else '?'}retire={slug}"


def _undo(context: Context, slugs: tuple[str, ...], removed: Sequence[str]) -> Link | None:
    if not removed or removed[0] in slugs:
        return None
    return Link(typeset(context.edition.cases[removed[0]].titre), addresses.selection((*slugs, removed[0])))
