"""Files on disk: what tells one from another, and how to replace one safely."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

Stamp = tuple[int, int, int]
"""Modification time, size and inode of a file: what tells that it changed."""


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file so that a crash leaves either the old one or the new one, whole."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Have the disk remember which files a folder holds."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
