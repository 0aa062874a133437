"""Readings kept from one start to the next: to read a case file takes three milliseconds, to find it again a tenth.

The file holds nothing that cannot be made again, and is believed only if it was made by this very code, for this folder
and these vocabularies, and is whole. A reading is used only for a file that has kept its date, its size and its inode.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

from kb.corpus.files import Stamp, write_atomically
from kb.corpus.validation import Reading

_SEAL = hashlib.sha256().digest_size


class _Kept(msgspec.Struct):
    stamps: dict[str, Stamp]
    readings: dict[str, Reading]


def find_readings(path: Path, directory: Path, vocabulary: str) -> dict[str, tuple[Stamp, Reading]]:
    """The readings kept in `path` for this folder, by file name, each with what its file looked like; maybe none."""
    with suppress(OSError, msgspec.MsgspecError):
        data = path.read_bytes()
        body = data[_SEAL:]
        if data[:_SEAL] == _seal(body, directory, vocabulary):
            kept = msgspec.msgpack.decode(body, type=_Kept)
            return {name: (kept.stamps[name], reading) for name, reading in kept.readings.items()}
    return {}


def keep_readings(
    path: Path, directory: Path, vocabulary: str, stamps: Mapping[str, Stamp], readings: Mapping[str, Reading]
) -> None:
    """Keep the readings for the next start, as far as the disk lets us."""
    body = msgspec.msgpack.encode(_Kept({name: stamps[name] for name in readings}, dict(readings)))
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, _seal(body, directory, vocabulary) + body)


def _seal(body: bytes, directory: Path, vocabulary: str) -> bytes:
    total = hashlib.sha256(f"{_code()}\n{directory.resolve()}\n{vocabulary}\n".encode())
    total.update(body)
    return total.digest()


@cache
def _code() -> str:
    """Digest of the code that reads: whatever changes in it, everything is read again."""
    total = hashlib.sha256(sys.version.encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        total.update(path.read_bytes())
    return total.hexdigest()
