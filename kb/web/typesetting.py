"""French typography of the templates themselves, applied once, when a template is compiled."""

from __future__ import annotations

import re
from functools import lru_cache

from jinja2.ext import Extension

from kb.corpus.typography import typeset as _typeset

_CODE = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<(?:\{%.*?%\}|\{\{.*?\}\}|[^<>])*>)", re.DOTALL)


@lru_cache(maxsize=8_192)
def typeset(text: str) -> str:
    """`kb.corpus.typography.typeset`, remembered: the same titles and labels come back on every page."""
    return _typeset(text)


class TypesetTemplates(Extension):
    """Typesets the words of a template, never its tags nor its code."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        pieces = _CODE.split(source)
        return "".join(piece if index % 2 else _typeset(piece) for index, piece in enumerate(pieces))
