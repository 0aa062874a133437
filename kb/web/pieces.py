"""Pieces of pages that come back from page to page, printed once for each value.

A search page holds some hundred and fifty boxes to tick; most are the same from one search to the next but for a
number. What they print is kept with a blank (`HOLE`) where the number goes. The rest of a page is kept whole, by the
page objects themselves, which are frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import cache, lru_cache
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from kb.web.pages.facets import Choice
from kb.web.pages.maps import MapRegion

HOLE = "\x00"
"""What a macro prints where a number or a label goes: no text of a case can hold it."""

KEPT = {
    "style_files": 64,
    "other_files": 64,
    "site_header": 64,
    "site_footer": 64,
    "facet_box": 384,
    "period_box": 64,
    "card": 256,
    "card_top": 1024,
    "card_partners": 1024,
    "card_facts": 1024,
}
"""Macros of `pieces.html` called with one page object, and how many results of each are kept."""
PLAIN = ("badge", "select_button")
_MANY = 4096


def offer(app: Flask) -> None:
    """Give every template the macros of `pieces.html`, those of a series printing all of it at once.

    Some of these macros print others: all are named first, and the file is read when one is first called.
    """
    environment = app.jinja_env
    environment.globals["HOLE"] = HOLE
    pieces = cache(lambda: environment.get_template("pieces.html").module)

    def macro(name: str) -> Callable[..., Markup]:
        def printed(*values: Hashable, **options: Hashable) -> Markup:
            text: Markup = getattr(pieces(), name)(*values, **options)
            return text

        return printed

    for name, size in KEPT.items():
        environment.globals[name] = lru_cache(maxsize=size)(macro(name))
    for name in PLAIN:
        environment.globals[name] = macro(name)
    environment.globals["choices"] = _choices(macro("choice"))
    environment.globals["options"] = _options(macro("option"))
    environment.globals["regions"] = _regions(macro("region"))


def _choices(macro: Callable[..., Markup]) -> Callable[[Iterable[Choice]], Markup]:
    piece = lru_cache(maxsize=_MANY)(macro)

    def one(choice: Choice) -> str:
        useless = not choice.cases and not choice.checked
        blank = piece(choice.name, choice.value, choice.label, choice.icon, choice.checked, useless)
        return str.replace(blank, HOLE, str(choice.cases))

    return lambda choices: _joined(map(one, choices))


def _options(macro: Callable[..., Markup]) -> Callable[[Iterable[Choice]], Markup]:
    piece = lru_cache(maxsize=_MANY)(macro)
    return lambda choices: _joined(piece(choice.value, choice.label) for choice in choices)


def _regions(macro: Callable[..., Markup]) -> Callable[[Iterable[MapRegion]], Markup]:
    piece = lru_cache(maxsize=_MANY)(macro)

    def one(region: MapRegion) -> str:
        blank = piece(region.id, region.shape, region.level, region.chosen)
        return str.replace(blank, HOLE, escape(region.label))

    return lambda regions: _joined(map(one, regions))


def _joined(parts: Iterable[Any]) -> Markup:
    return Markup("\n".join(parts))  # noqa: S704 (each part is what a macro printed)
