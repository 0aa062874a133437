"""Pieces of pages that come back from page to page, printed once for each value.

A search page holds some hundred and fifty boxes to tick; most are the same from one search to the next. Their page
objects are frozen values, so that what was printed for one holds for any equal one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache

from flask import Flask
from markupsafe import Markup

Piece = Callable[[Hashable], Markup]

SERIES = {"choices": ("choice", 8192), "options": ("option", 2048), "regions": ("region", 1024)}
"""Name in the templates → macro of `pieces.html` that prints one of them, and how many results are kept."""
CARDS = 512
PLAIN = ("badge", "select_button")


def offer(app: Flask) -> None:
    """Give every template the macros of `pieces.html`, those of a series printing all of it at once."""
    pieces = app.jinja_env.get_template("pieces.html").module
    for name, (macro, size) in SERIES.items():
        app.jinja_env.globals[name] = _series(lru_cache(maxsize=size)(getattr(pieces, macro)))
    app.jinja_env.globals["card"] = lru_cache(maxsize=CARDS)(pieces.card)  # type: ignore[attr-defined]
    for name in PLAIN:
        app.jinja_env.globals[name] = getattr(pieces, name)


def _series(piece: Piece) -> Callable[[Iterable[Hashable]], Markup]:
    def printed(values: Iterable[Hashable]) -> Markup:
        return Markup("\n".join(map(piece, values)))  # noqa: S704 (each part is Markup already)

    return printed
