"""Pages are asked again every time and sent again only when something changed: the corpus, the code, or the day.

The day counts because a page says when its verification has grown old.
"""

from __future__ import annotations

import datetime
import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request

from kb.web.state import edition, state

PAGES = "public, no-cache"
FOR_GOOD = "public, max-age=31536000, immutable"
_SOURCES = ("*.py", "*.html", "*.json")


def today() -> datetime.date:
    return datetime.datetime.now(tz=datetime.UTC).date()


@cache
def code_version() -> str:
    """Digest of the program's own files, so that a new version is seen at once."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for pattern in _SOURCES:
        for path in sorted(root.rglob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def page_tag() -> str:
    """The validator of every page of this edition, this code and this day."""
    return f"{edition().digest[:16]}-{code_version()}-{state().site.assets.version}-{today().isoformat()}"


def remember(app: Flask) -> None:
    """Answer 304 before any work when the browser's copy is still good; tag and date the rest."""

    @app.before_request
    def answer_unchanged() -> Response | None:
        if not _is_page() or not request.if_none_match:
            return None
        if not request.if_none_match.contains_weak(page_tag()):
            return None
        unchanged = Response(status=304)
        return _tagged(unchanged)

    @app.after_request
    def tag(response: Response) -> Response:
        if response.status_code == 200 and _is_page():
            return _tagged(response)
        response.headers.setdefault("Cache-Control", "no-store" if response.status_code >= 500 else PAGES)
        return response


def _is_page() -> bool:
    """Whether the request is a reading of the corpus, and not of a static file."""
    is_file = (request.endpoint or "fichiers.").startswith("fichiers.")
    return request.method in {"GET", "HEAD"} and not is_file


def _tagged(response: Response) -> Response:
    response.set_etag(page_tag(), weak=True)
    response.headers["Cache-Control"] = PAGES
    return response
