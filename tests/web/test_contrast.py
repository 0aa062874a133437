"""The colours of the style sheet, read from it and measured (WCAG 2.2)."""

from __future__ import annotations

import re

import pytest

from kb.web.assets import FOLDER

_CATEGORIES = ("mecenat", "pratiques", "coop", "innov")
PAIRS = [
    *((ink, ground, 4.5) for ink in ("ink", "ink-2", "link") for ground in ("paper", "surface", "sunken")),
    *((f"c-{one}", ground, 4.5) for one in _CATEGORIES for ground in ("paper", "surface", f"c-{one}-bg")),
    *(("ink", f"c-{one}-bg", 4.5) for one in _CATEGORIES),
    *(("ink-2", f"c-{one}-bg", 4.5) for one in _CATEGORIES),
    *(("link", f"c-{one}-bg", 4.5) for one in _CATEGORIES),
    ("on-brand", "brand", 4.5),
    ("on-brand", "brand-strong", 4.5),
    ("brand", "surface", 4.5),
    ("brand", "brand-tint", 4.5),
    ("brand-strong", "brand-tint", 4.5),
    ("ink-2", "brand-tint", 4.5),
    ("ink", "mark", 4.5),
    ("ok", "paper", 4.5),
    ("control", "surface", 3),
    ("control", "paper", 3),
    ("focus", "paper", 3),
    ("focus", "surface", 3),
    ("focus", "halo", 3),
]


def palette(dark: bool) -> dict[str, str]:
    text = (FOLDER / "css" / "tokens.css").read_text(encoding="utf-8")
    light, _, rest = text.partition("@media (prefers-color-scheme: dark)")
    pattern = re.compile(r"--([\w-]+): (#[0-9A-F]{6});")
    return dict(pattern.findall(light)) | (dict(pattern.findall(rest)) if dark else {})


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("dark", [False, True], ids=["clair", "sombre"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_are_told_apart(front: str, back: str, least: float, dark: bool) -> None:
    colours = palette(dark)
    high, low = sorted((luminance(colours[front]), luminance(colours[back])), reverse=True)
    assert (high + 0.05) / (low + 0.05) >= least


def test_both_themes_define_the_same_colours() -> None:
    text = (FOLDER / "css" / "tokens.css").read_text(encoding="utf-8")
    light, _, rest = text.partition("@media (prefers-color-scheme: dark)")
    names = [set(re.findall(r"--([\w-]+): #", part)) for part in (light, rest)]
    assert names[0] == names[1]
