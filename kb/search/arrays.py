"""Named arrays in one file, mapped in memory when read: opened in a millisecond, shared by processes, never changed.

Layout: magic, length and CRC of the header, JSON header (name → type, shape, offset; sum of the 64-bit words), then
each array, aligned on 64 bytes. A file cut short or altered is refused, whatever part of it was hit.
"""

from __future__ import annotations

import json
import mmap
import os
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


class DamagedFileError(ValueError):
    """The file is not, or is no longer, what was written."""


def write_arrays(path: Path, arrays: Mapping[str, Array]) -> None:
    """Write the arrays to `path` and wait until they are on the disk."""
    entries: dict[str, Any] = {}
    offset = 0
    for name, array in arrays.items():
        entries[name] = {"dtype": array.dtype.str, "shape": array.shape, "offset": offset}
        offset = _aligned(offset + array.nbytes)
    total = sum(_sum(array) for array in arrays.values()) % _MODULUS
    header = json.dumps({"arrays": entries, "size": offset, "sum": total}).encode()
    header += b" " * (_aligned(len(header) + _PREFIX) - len(header) - _PREFIX)
    with path.open("wb") as file:
        file.write(_MAGIC + len(header).to_bytes(8, "little") + zlib.crc32(header).to_bytes(8, "little") + header)
        for array in arrays.values():
            data = np.ascontiguousarray(array)
            file.write(data.data if data.size else b"")
            file.write(b"\0" * (_aligned(data.nbytes) - data.nbytes))
        file.flush()
        os.fsync(file.fileno())


def read_arrays(path: Path) -> dict[str, Array]:
    """Map the arrays of `path`, read only. Raises DamagedFileError or OSError."""
    with path.open("rb") as file:
        try:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise DamagedFileError(f"{path.name} : fichier vide") from error
    header, body = _header(data, path)
    if body + header["size"] != len(data):
        raise DamagedFileError(f"{path.name} : {len(data)} octets au lieu de {body + header['size']}")
    whole = np.frombuffer(data, np.uint64, header["size"] // 8, body)
    if int(np.add.reduce(whole)) != header["sum"]:
        raise DamagedFileError(f"{path.name} : contenu altéré")
    return {
        name: np.frombuffer(data, entry["dtype"], int(np.prod(entry["shape"])), body + entry["offset"]).reshape(
            entry["shape"]
        )
        for name, entry in header["arrays"].items()
    }


def _header(data: mmap.mmap, path: Path) -> tuple[dict[str, Any], int]:
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
    return int(np.add.reduce(data[:whole].view(np.uint64))) + tail
