"""Generations of the index on disk: found, checked, built by one process at a time, and never a cause of failure.

    index/verrou                       lock of the process that builds
    index/g-<digest>/whoosh/           the durable Whoosh index
    index/g-<digest>/instantane.bin    the arrays that answer
    index/g-<digest>/manifeste.json    versions, digests and sizes; written last
    index/en-cours-*/                  a build under way, renamed when it is whole

A generation is named after all that it is made from, so that a stale one is simply another name. Whatever is missing,
cut short, altered or half written is built again from the case files: deleting the folder loses nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from kb.errors import IndexUnavailableError
from kb.search.arrays import DamagedFileError, write_arrays
from kb.search.documents import Material, vocabulary_digest
from kb.search.extraction import analyse, extract
from kb.search.merging import merge
from kb.search.schema import SCHEMA_VERSION, Progress, create, open_existing, update
from kb.search.snapshot import Snapshot

FORMAT = f"5.{SCHEMA_VERSION}"
"""Of the files of a generation; a generation of another format is never opened."""

_MANIFEST, _SNAPSHOT, _WHOOSH, _LOCK = "manifeste.json", "instantane.bin", "whoosh", "verrou"
_BUILDING = "en-cours-"
_CHECKED_BYTES = 1 << 20  # Whoosh's files up to this size are read again to check them; longer ones by their size.
_KEPT_PREVIOUS = 1
_REUSE_BELOW = 0.25  # Share of cases changed above which an index is rebuilt whole.


def open_generation(index_dir: Path, material: Material, progress: Progress = lambda _done, _total: None) -> Snapshot:
    """The snapshot of exactly this material, built if need be. Raises IndexUnavailableError if the disk refuses."""
    digest = material_digest(material)
    for attempt in range(3):  # Another process may remove a generation between the moment it is found and opened.
        snapshot = _find(index_dir, digest)
        if snapshot is not None:
            return snapshot
        try:
            with _locked(index_dir):
                if _find(index_dir, digest) is None:
                    _build(index_dir, digest, material, progress)
                    _clean(index_dir, digest)
        except OSError as error:
            if attempt == 2:
                reason = error.strerror or str(error)
                raise IndexUnavailableError(
                    f"L'index de recherche ne peut être écrit dans « {index_dir} » ({reason}). "
                    "Vérifiez la place et les droits de ce dossier, ou choisissez-en un autre avec KB_INDEX."
                ) from error
    raise IndexUnavailableError(f"L'index de recherche de « {index_dir} » disparaît à mesure qu'il est construit.")


def clear(index_dir: Path) -> None:
    """Forget every generation, so that the next opening builds one whole. Raises OSError if the disk refuses."""
    if index_dir.is_dir():
        with _locked(index_dir):
            for folder in _generations(index_dir):
                _remove(folder)


def material_digest(material: Material) -> str:
    """Name of the generation made from this material."""
    total = hashlib.sha256(f"{FORMAT} {vocabulary_digest(material.taxonomy, material.aliases)}\n".encode())
    for slug in sorted(material.cases):
        total.update(f"{slug} {material.cases[slug].digest}\n".encode())
    return total.hexdigest()


# Reading


def _find(index_dir: Path, digest: str) -> Snapshot | None:
    """The snapshot of a whole generation, or None."""
    for folder in _generations(index_dir, digest):
        manifest = _read_manifest(folder)
        if manifest.get("corpus") == digest and _is_whole(folder, manifest):
            with suppress(OSError, DamagedFileError):
                return Snapshot.open(folder / _SNAPSHOT)
    return None


def _generations(index_dir: Path, digest: str = "") -> list[Path]:
    """Folders of generations, the newest first."""
    found: list[tuple[int, Path]] = []
    with suppress(OSError):
        for folder in index_dir.glob(f"g-{digest[:16]}*"):
            with suppress(OSError):
                found.append((folder.stat().st_mtime_ns, folder))
    return [folder for _, folder in sorted(found, reverse=True)]


def _read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a generation; empty when it cannot be read or is of another format."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) and manifest.get("format") == FORMAT else {}


def _is_whole(folder: Path, manifest: dict[str, Any]) -> bool:
    """Whether every file is there as the manifest says."""
    try:
        return bool(_listing(folder) == manifest["fichiers"])
    except (OSError, KeyError):
        return False


def _listing(folder: Path) -> dict[str, list[int]]:
    """Size of each file, and checksum of the smaller ones; the snapshot checks itself."""
    listing = {_SNAPSHOT: [(folder / _SNAPSHOT).stat().st_size, 0]}
    for path in sorted((folder / _WHOOSH).iterdir()):
        size = path.stat().st_size
        listing[path.name] = [size, zlib.crc32(path.read_bytes()) if size <= _CHECKED_BYTES else 0]
    return listing


# Building


@contextmanager
def _locked(index_dir: Path) -> Iterator[None]:
    """Hold the lock of the builder; the kernel frees it if the process dies."""
    index_dir.mkdir(parents=True, exist_ok=True)
    with (index_dir / _LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(index_dir: Path, digest: str, material: Material, progress: Progress) -> None:
    """Build a generation aside, then give it its name. Called with the lock held."""
    for stale in index_dir.glob(f"{_BUILDING}*"):
        _remove(stale)
    folder = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=index_dir))
    try:
        if not _update_previous(index_dir, folder, material, progress):
            _build_whole(folder, material, progress)
        manifest = {
            "format": FORMAT,
            "corpus": digest,
            "vocabulaire": vocabulary_digest(material.taxonomy, material.aliases),
            "fichiers": _listing(folder),
        }
        (folder / _MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
        folder.chmod(0o755)  # mkdtemp gives 0o700, and the site may run as another user.
        folder.rename(_free_name(index_dir, digest))
    finally:
        _remove(folder)


def _build_whole(folder: Path, material: Material, progress: Progress) -> None:
    _remove(folder / _WHOOSH)
    (folder / _WHOOSH).mkdir()
    index = create(folder / _WHOOSH)
    update(index, material.sorted_cases(), (), material.texts, progress)
    with open_existing(folder / _WHOOSH).reader() as reader:
        write_arrays(folder / _SNAPSHOT, extract(reader, material))


def _update_previous(index_dir: Path, folder: Path, material: Material, progress: Progress) -> bool:
    """Start from a previous generation when little changed since; False when there is none that can be used."""
    vocabulary = vocabulary_digest(material.taxonomy, material.aliases)
    for previous in _generations(index_dir):
        manifest = _read_manifest(previous)
        if manifest.get("vocabulaire") != vocabulary or not _is_whole(previous, manifest):
            continue
        try:
            snapshot = Snapshot.open(previous / _SNAPSHOT)
            old = snapshot.digests()
            changed = [case for case in material.sorted_cases() if old.get(case.slug) != case.digest]
            removed = [slug for slug in old if slug not in material.cases]
            if len(changed) + len(removed) > max(8, _REUSE_BELOW * len(material.cases)):
                continue
            _link(previous / _WHOOSH, folder / _WHOOSH)
            update(open_existing(folder / _WHOOSH), changed, removed, material.texts, progress)
            part = analyse(replace(material, cases={case.slug: case for case in changed}))
            write_arrays(folder / _SNAPSHOT, merge(snapshot, part, material))
        except Exception:  # noqa: BLE001 — Whoosh fails in many ways on damaged files; all mean « rebuild ».
            _remove(folder / _WHOOSH)
            continue
        return True
    return False


def _link(source: Path, target: Path) -> None:
    """Give the files of an index a second name: Whoosh never writes in a file that is already there."""
    target.mkdir()
    for path in source.iterdir():
        if not path.name.endswith("LOCK"):
            try:
                os.link(path, target / path.name)
            except OSError:
                shutil.copyfile(path, target / path.name)


def _free_name(index_dir: Path, digest: str) -> Path:
    """The name of the generation, cleared of what may lie there, or a variant of it when that cannot be removed."""
    for variant in range(100):
        path = index_dir / (f"g-{digest[:16]}" + (f"-{variant}" if variant else ""))
        _remove(path)
        if not os.path.lexists(path):
            return path
    raise FileExistsError(f"{path} ne peut être remplacé")


def _clean(index_dir: Path, digest: str) -> None:
    """Keep this generation and the one before it."""
    others = [path for path in _generations(index_dir) if not path.name.startswith(f"g-{digest[:16]}")]
    for path in others[_KEPT_PREVIOUS:]:
        _remove(path)


def _remove(path: Path) -> None:
    """Remove a file or a folder, as far as the disk lets us."""
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        elif os.path.lexists(path):
            path.unlink()
