"""Static files."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from kb.web.caching import FOR_GOOD, PAGES
from kb.web.state import state

room = Blueprint("fichiers", __name__)


@room.get("/static/<version>/<path:path>")
def static(version: str, path: str) -> Response:
    """A file of this version may be kept for good; an older page still gets the present file, but may not keep it."""
    return _file(path, FOR_GOOD if version == state().site.assets.version else PAGES)


@room.get("/favicon.ico")
def favicon() -> Response:
    return _file("images/favicon.ico", "public, max-age=86400")


def _file(path: str, lifetime: str) -> Response:
    asset = state().site.assets.get(path)
    if asset is None:
        abort(404)
    response = Response(asset.content, content_type=_content_type(asset.media_type))
    response.headers["Cache-Control"] = lifetime
    return response


def _content_type(media_type: str) -> str:
    is_text = media_type.startswith("text/") or media_type == "image/svg+xml"
    return f"{media_type}; charset=utf-8" if is_text else media_type
