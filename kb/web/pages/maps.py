"""The 18 regions drawn, each filled by how many cases act there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kb.corpus.taxonomy import Taxonomy
from kb.web.pages.page import count_of_cases
from kb.web.typesetting import typeset

_DRAWING = Path(__file__).parent.parent / "drawings" / "regions.json"
LEVELS = 5
_SHARES = (0.0, 0.12, 0.35, 0.65)  # Of the fullest region's count: lower bounds of levels 1 to 4.


class Shape(NamedTuple):
    """Outline of a region; `box` frames the overseas ones, drawn apart."""

    path: str
    x: float
    y: float
    box: tuple[int, int, int, int] | None


@dataclass(frozen=True, slots=True)
class MapRegion:
    """A region on the map: `level` (0 to 4) chooses its fill, `label` says its count, `chosen` outlines it."""

    id: str
    nom: str
    shape: Shape
    count: int
    level: int
    label: str
    href: str
    chosen: bool


@cache
def shapes() -> Mapping[str, Shape]:
    """Shapes by official code of the region."""
    entries = json.loads(_DRAWING.read_text(encoding="utf-8"))
    found = {}
    for entry in entries:
        box = tuple(entry["box"]) if "box" in entry else None
        x, y = (box[0] + box[2] - 13, box[1] + box[3] - 4) if box else (entry["cx"], entry["cy"] + 4)
        found[entry["code"]] = Shape(entry["d"], x, y, box)
    return found


def level(count: int, most: int) -> int:
    """Step of the fill: 0 for no case, then by share of the fullest."""
    return sum(count > share * most for share in _SHARES) if count else 0


def region_map(
    taxonomy: Taxonomy,
    counts: Mapping[str, int],
    href: Callable[[str], str],
    chosen: frozenset[str] = frozenset(),
) -> tuple[MapRegion, ...]:
    """The drawn regions in the taxonomy's order; a term without official code (« France entière ») is not drawn."""
    drawn = [term for term in taxonomy["region"].terms if str(term.attributes.get("code", "")) in shapes()]
    most = max((counts.get(term.id, 0) for term in drawn), default=0)
    return tuple(
        MapRegion(
            id=term.id,
            nom=typeset(term.libelle),
            shape=shapes()[str(term.attributes["code"])],
            count=counts.get(term.id, 0),
            level=level(counts.get(term.id, 0), most),
            label=f"{typeset(term.libelle)}\u00a0: {count_of_cases(counts.get(term.id, 0))}",
            href=href(term.id),
            chosen=term.id in chosen,
        )
        for term in drawn
    )
