"""French typography: no-break spaces and apostrophes, as the Imprimerie nationale sets them."""

from __future__ import annotations

import re

NARROW = "\u202f"  # espace fine insécable: before ; ! ? and between thousands
NO_BREAK = "\u00a0"  # espace insécable: before : % €, inside « »

_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=\w)'(?=\w)|(?<=\w)'(?=\s|$)|'(?=«)"), "’"),
    (re.compile(r"\.\.\."), "…"),
    (re.compile(r"«[ \u00a0\u202f]*"), f"«{NO_BREAK}"),
    (re.compile(r"[ \u00a0\u202f]*»"), f"{NO_BREAK}»"),
    (re.compile(r"[ \u00a0\u202f]+([;!?])"), rf"{NARROW}\1"),
    (re.compile(r"[ \u00a0\u202f]+:(?=\s|$)"), f"{NO_BREAK}:"),
    (re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))"), NARROW),
    (
        re.compile(r"(?<=\d)[ \u00a0\u202f](?=[%€]|[kMG]€|(?:euros?|millions?|milliards?|ans|mois|km|m²|tonnes?)\b)"),
        NO_BREAK,
    ),
    (re.compile(r"(?<=\b[nN]°)[ \u00a0\u202f]"), NO_BREAK),
)


def typeset(text: str) -> str:
    """A plain text as it should be printed in French; typesetting twice changes nothing more."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
