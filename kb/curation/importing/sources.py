"""Markdown files out of a folder or a zip archive, whatever it holds: nothing is ever unpacked on the disk."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from kb.corpus.organisations import slugify
from kb.corpus.validation import MAX_BYTES, MAX_SLUG, SLUG
from kb.curation.form import tidy
from kb.errors import RefusedError

MOST_FILES = 500
MOST_ENTRIES = 5_000  # Of an archive, folders and other files included.
MOST_UNPACKED = 32_000_000
_ENCRYPTED = 1
_UNREADABLE = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Found:
    """A file as it was found: its text, or why it cannot be taken."""

    name: str
    slug: str
    text: str = ""
    refusal: str = ""


def read_folder(folder: Path) -> list[Found]:
    """The Markdown files of a folder, subfolders left out. Raises RefusedError when there is none or too many."""
    paths = sorted(path for path in folder.glob("*.md") if not path.name.startswith("."))
    return _gathered(_from_path(path) for path in _few(paths, folder.name))


def read_zip(file: IO[bytes]) -> list[Found]:
    """The Markdown files of an archive, wherever they are in it. Raises RefusedError for what is no fit archive."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise RefusedError(f"Cette archive a {len(entries)} entrées, {MOST_ENTRIES} au plus.")
            wanted = [one for one in entries if _is_case_file(one)]
            return _gathered(_read_entries(archive, _few(wanted, "Cette archive")))
    except _UNREADABLE as error:
        raise RefusedError("Ce fichier n'est pas une archive zip lisible.") from error


def _few(found: list, name: str) -> list:  # type: ignore[type-arg]
    if not found:
        raise RefusedError(f"{name} : aucun fichier .md à importer.")
    if len(found) > MOST_FILES:
        raise RefusedError(f"{name} : {len(found)} fichiers, {MOST_FILES} au plus à la fois. Partagez l'envoi.")
    return found


def _is_case_file(entry: zipfile.ZipInfo) -> bool:
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    hidden = any(part == "__MACOSX" or (part.startswith(".") and part not in {".", ".."}) for part in parts)
    return entry.filename.lower().endswith(".md") and not hidden


def _read_entries(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> Iterator[Found]:
    left = MOST_UNPACKED
    for entry in entries:
        name = _shown(entry.filename)
        refusal = _refusal(entry, left)
        if refusal:
            yield Found(name, _slug(name), refusal=refusal)
            continue
        try:
            with archive.open(entry) as file:
                data = file.read(MAX_BYTES + 1)  # What the archive says of sizes is not believed.
        except _UNREADABLE:
            yield Found(name, _slug(name), refusal="fichier abîmé dans l'archive")
            continue
        left -= len(data)
        yield _from_bytes(name, data)


def _refusal(entry: zipfile.ZipInfo, left: int) -> str:
    path = entry.filename.replace("\\", "/")
    if path.startswith("/") or ".." in PurePosixPath(path).parts or ":" in path:
        return "chemin qui sort de l'archive"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "lien symbolique"
    if entry.flag_bits & _ENCRYPTED:
        return "fichier chiffré"
    if entry.file_size > MAX_BYTES:
        return _too_big(entry.file_size)
    return "archive trop volumineuse une fois dépliée" if left <= 0 else ""


def _from_path(path: Path) -> Found:
    name = _shown(path.name)
    if path.is_symlink() or not path.is_file():
        return Found(name, _slug(name), refusal="lien symbolique, ou autre chose qu'un fichier")
    try:
        with path.open("rb") as file:
            return _from_bytes(name, file.read(MAX_BYTES + 1))
    except OSError as error:
        return Found(name, _slug(name), refusal=f"fichier illisible ({error.strerror})")


def _from_bytes(name: str, data: bytes) -> Found:
    if len(data) > MAX_BYTES:
        return Found(name, _slug(name), refusal=_too_big(len(data)))
    if not data.strip():
        return Found(name, _slug(name), refusal="fichier vide")
    try:
        return Found(name, _slug(name), tidy(data.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return Found(name, _slug(name), refusal="ce n'est pas un texte en UTF-8")


def _gathered(found: Iterable[Found]) -> list[Found]:
    """Every file, those that have no address of their own refused."""
    kept: list[Found] = []
    taken: set[str] = set()
    for one in found:
        if not one.refusal and not SLUG.fullmatch(one.slug):
            kept.append(Found(one.name, one.slug, refusal="nom de fichier sans lettre ni chiffre"))
        elif not one.refusal and one.slug in taken:
            kept.append(Found(one.name, one.slug, refusal=f"deux fichiers portent l'adresse « {one.slug} »"))
        else:
            kept.append(one)
            taken.add(one.slug)
    return kept


def _slug(name: str) -> str:
    return slugify(PurePosixPath(name).name.removesuffix(".md").removesuffix(".MD"))[:MAX_SLUG].strip("-")


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "�" for char in name.replace("\\", "/"))[:150]


def _too_big(size: int) -> str:
    return f"fichier de {size // 1024} Kio, {MAX_BYTES // 1024} au plus"
