"""The site's own drawings, as inline SVG: they take the colour of the text and need no request."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from markupsafe import Markup

_DRAWINGS = Path(__file__).parent / "drawings" / "icons.json"
_CATEGORIES = {
    "mecenat": "coeur",
    "pratiques-responsables": "feuille",
    "cooperation-economique": "cercles",
    "innovation-societale": "ampoule",
}
_ACTORS = {
    "association": "personnes",
    "entreprise": "usine",
    "collectivite": "fronton",
    "fondation": "main",
    "etat": "drapeau",
    "academique": "livre",
    "ess": "pousse",
    "reseau": "reseau",
    "citoyens": "personne",
}


@cache
def _paths() -> dict[str, str]:
    """Outlines by name, drawn in a square of 24 units."""
    found: dict[str, str] = json.loads(_DRAWINGS.read_text(encoding="utf-8"))
    return found


@cache
def icon(name: str) -> Markup:
    """A drawing without a name of its own: the text beside it says what it shows."""
    return Markup(f'<svg class="ico" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{_paths()[name]}</svg>')  # noqa: S704


def category_icon(category: str) -> str:
    """Name of the drawing of a category; a circle for one added to the taxonomy since."""
    return _CATEGORIES.get(category, "info")


def actor_icon(actor: str) -> str:
    return _ACTORS.get(actor, "personnes")
