"""Static files, held in memory under one version: an address never changes content, so browsers may keep it for good.

The version is the digest of the whole folder and stands first in the path. Relative addresses inside the files
(`../fonts/…` in the style sheet, `./…` in a module) therefore carry it too, without any rewriting.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
STYLE_SHEET = "css/site.css"
LAYERS = ("tokens", "base", "layout", "components", "pages", "print")
"""Style sheets in the order of their cascade layers; served joined, to spare requests."""

_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".ico": "image/x-icon", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    content: bytes
    media_type: str


class Assets:
    """The static files of the site, by path, and their common version."""

    def __init__(self, files: Mapping[str, Asset]) -> None:
        self._files = dict(files)
        digest = hashlib.sha256()
        for path in sorted(self._files):
            digest.update(path.encode() + b"\0" + self._files[path].content)
        self.version = digest.hexdigest()[:12]

    @classmethod
    def read(cls, folder: Path = FOLDER) -> Assets:
        """Read the folder once, the style sheets joined into one."""
        files = {
            path.relative_to(folder).as_posix(): Asset(path.read_bytes(), _media_type(path))
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        layers = [files.pop(f"css/{name}.css").content for name in LAYERS]
        order = f"@layer {', '.join(LAYERS)};\n".encode()
        files[STYLE_SHEET] = Asset(order + b"\n".join(layers), "text/css")
        return cls(files)

    def get(self, path: str) -> Asset | None:
        return self._files.get(path)

    def href(self, path: str) -> str:
        """Address of a file that exists; KeyError otherwise, so that a dead link fails in the tests."""
        self._files[path]
        return f"/static/{self.version}/{path}"


def _media_type(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
