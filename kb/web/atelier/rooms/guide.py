"""The curator's guide, at hand in the workspace."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from flask import Response, make_response, render_template
from markupsafe import Markup

from kb.config import ROOT
from kb.corpus.documents import RenderedDocument, render_document
from kb.curation.drafts import MissingError
from kb.web.atelier import addresses
from kb.web.atelier.access import room
from kb.web.atelier.pages.frame import Frame, frame
from kb.web.pages.page import Link

PATH = ROOT / "docs" / "guide-du-curateur.md"
PICTURES = PATH.parent / "captures"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidePage(Frame):
    html: Markup
    parts: tuple[Link, ...]


@room.get("/guide")
def guide() -> Response:
    if not PATH.is_file():
        raise MissingError("Le guide n'est pas installé avec ce site.")
    found = _rendered(PATH.stat().st_mtime_ns)
    page = GuidePage(
        **frame(found.titre, addresses.GUIDE),
        html=Markup(found.html),  # noqa: S704 — sanitised by kb.corpus.documents
        parts=tuple(Link(heading, f"#{anchor}") for anchor, heading in found.parts),
    )
    return make_response(render_template("atelier/guide.html", page=page))


@room.get("/guide/captures/<slug:name>.png")
def guide_picture(name: str) -> Response:
    """A screenshot of the guide."""
    path = PICTURES / f"{name}.png"
    if not path.is_file():
        raise MissingError("Cette image n'existe pas.")
    return Response(path.read_bytes(), mimetype="image/png")


@cache
def _rendered(_changed: int) -> RenderedDocument:
    found = render_document(PATH.read_text(encoding="utf-8"))
    return replace(found, html=found.html.replace('src="captures/', f'loading="lazy" src="{addresses.CAPTURES}/'))
