"""Named arrays in one file, opened in a millisecond, never changed; beyond CHECKED_BYTES mapped and so shared.

Layout: magic, length and CRC of the header, JSON header (name → type, shape, offset, sum of its 64-bit words), then
each array, aligned on 64 bytes. A file cut short or altered is refused. Beyond CHECKED_BYTES, the content of its big
arrays is not read again at each opening, which would cost more than the search itself.
"""

from __future__ import annotations

import json
import math
import mmap
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_MAGIC = b"KBARRAY1"
_PREFIX = len(_MAGIC) + 16
_ALIGN = 64
_MODULUS = 1 << 64
CHECKED_BYTES = 1 << 26
_ALWAYS_CHECKED = 1 << 20


class DamagedFileError(ValueError):
    """The file is not, or is no longer, what was written."""


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write the arrays to `path`. What a crash loses of them is noticed when they are read."""
    entries: dict[str, Any] = {}
    offset = 0
    for name, array in arrays.items():
        entries[name] = {"dtype": array.dtype.str, "shape": array.shape, "offset": offset, "sum": _sum(array)}
        offset = _aligned(offset + array.nbytes)
    header = json.dumps({"arrays": entries, "size": offset}).encode()
    header += b" " * (_aligned(len(header) + _PREFIX) - len(header) - _PREFIX)
    with path.open("wb") as file:
        file.write(_MAGIC + len(header).to_bytes(8, "little") + zlib.crc32(header).to_bytes(8, "little") + header)
        for array in arrays.values():
            data = np.ascontiguousarray(array)
            file.write(data.data if data.size else b"")
            file.write(b"\0" * (_aligned(data.nbytes) - data.nbytes))


def read_arrays(path: Path) -> dict[str, Array]:
    """The arrays of `path`, read only. Raises DamagedFileError or OSError."""
    data = _bytes(path)
    header, body = _header(data, path)
    if body + header["size"] != len(data):
        raise DamagedFileError(f"{path.name} : {len(data)} octets au lieu de {body + header['size']}")
    arrays: dict[str, Array] = {}
    for name, entry in header["arrays"].items():
        shape = tuple(entry["shape"])
        array = np.frombuffer(data, entry["dtype"], math.prod(shape), body + entry["offset"]).reshape(shape)
        checked = header["size"] <= CHECKED_BYTES or array.nbytes <= _ALWAYS_CHECKED
        if checked and _sum(array) != entry["sum"]:
            raise DamagedFileError(f"{path.name} : « {name} » altéré")
        arrays[name] = array
    return arrays


def _bytes(path: Path) -> bytes | mmap.mmap:
    """A small file whole, a big one mapped: a mapped file cut short under a running process would kill it."""
    size = path.stat().st_size
    if size == 0:
        raise DamagedFileError(f"{path.name} : fichier vide")
    if size <= CHECKED_BYTES:
        return path.read_bytes()
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _header(data: bytes | mmap.mmap, path: Path) -> tuple[dict[str, Any], int]:
    """The decoded header and the offset where arrays begin."""
    length, crc = int.from_bytes(data[8:16], "little"), int.from_bytes(data[16:24], "little")
    header = data[_PREFIX : _PREFIX + length]
    if data[:8] != _MAGIC or len(header) != length or zlib.crc32(header) != crc:
        raise DamagedFileError(f"{path.name} : en-tête altéré")
    decoded: dict[str, Any] = json.loads(header)
    return decoded, _PREFIX + length


def _aligned(size: int) -> int:
    return -(-size // _ALIGN) * _ALIGN


def _sum(array: Array) -> int:
    """Sum of the 64-bit words of an array, its end padded with zeros."""
    data = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
    whole = data.nbytes // 8 * 8
    tail = int.from_bytes(data[whole:].tobytes(), "little")
    return (int(np.add.reduce(data[:whole].view(np.uint64))) + tail) % _MODULUS
