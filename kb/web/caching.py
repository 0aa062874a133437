"""Pages are asked again every time and sent again only when something changed: the corpus, the code, or the day.

The day counts because a page says when its verification has grown old. A page depends on nothing else than its address
and these three, hence the memory: what was sent once, compression included, is sent again without being made again.
"""

from __future__ import annotations

import datetime
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, Response, request

from kb.web.state import edition, state

PAGES = "public, no-cache"
MEMORY = 4_000_000  # Bytes of pages kept by each process.
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


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it was sent."""

    body: bytes
    content_type: str
    encoding: str | None

    def response(self) -> Response:
        response = Response(self.body, content_type=self.content_type)
        if self.encoding:
            response.headers["Content-Encoding"] = self.encoding
        return response


class Memory:
    """The pages sent last, up to a number of bytes, the oldest forgotten first."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held = 0
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Kept | None:
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
            return self._pages.get(key)

    def keep(self, key: Hashable, page: Kept) -> None:
        with self._lock:
            if key in self._pages or len(page.body) > self._size:
                return
            self._pages[key] = page
            self._held += len(page.body)
            while self._held > self._size:
                _, oldest = self._pages.popitem(last=False)
                self._held -= len(oldest.body)


def remember(app: Flask, rooms: Collection[str]) -> None:
    """Answer without any work what the browser or the memory already holds; tag, date and keep the rest.

    Only pages of these `rooms` are the same for everybody; whatever else the site answers is never kept anywhere.
    """
    memory = Memory(MEMORY)

    def is_page() -> bool:
        return request.method in {"GET", "HEAD"} and request.blueprint in rooms

    @app.before_request
    def answer_known() -> Response | None:
        if not is_page():
            return None
        if request.if_none_match.contains_weak(page_tag()):
            return _tagged(Response(status=304))
        known = memory.get(_key())
        return known.response() if known else None

    @app.after_request
    def tag(response: Response) -> Response:
        kept_back = "Set-Cookie" in response.headers or response.cache_control.no_store
        if response.status_code == 200 and is_page() and not kept_back:
            if request.method == "GET" and not response.is_streamed:
                encoding = response.headers.get("Content-Encoding")
                memory.keep(_key(), Kept(response.get_data(), response.content_type, encoding))
            return _tagged(response)
        private = response.status_code >= 500 or (request.blueprint is not None and request.blueprint not in rooms)
        response.headers.setdefault("Cache-Control", "no-store" if private else PAGES)
        return response


def _key() -> tuple[str, str, str]:
    return page_tag(), request.full_path, request.headers.get("Accept-Encoding", "")


def _tagged(response: Response) -> Response:
    response.set_etag(page_tag(), weak=True)
    response.headers["Cache-Control"] = PAGES
    return response
