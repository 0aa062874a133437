"""Rows and columns out of a CSV or XLSX file, bounded in every direction."""

from __future__ import annotations

import csv
import datetime
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO
from xml.etree.ElementTree import ParseError

from kb.curation.form import tidy
from kb.errors import RefusedError

MOST_ROWS, MOST_COLUMNS = 500, 120
MOST_CSV = 8_000_000
MOST_UNPACKED, MOST_PARTS = 48_000_000, 300
_DELIMITERS = ";,\t|"
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ParseError,
    KeyError, ValueError, TypeError, IndexError, AttributeError, AssertionError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """Headers, none empty nor twice the same, and rows of as many texts."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(name: str, file: IO[bytes]) -> Table:
    """The table of a file, by its name. Raises RefusedError with what is wrong."""
    if name.lower().endswith(".xlsx"):
        return _table(_xlsx_rows(file))
    if name.lower().endswith((".csv", ".tsv", ".txt")):
        return _table(_csv_rows(file))
    raise RefusedError("Un tableau se donne en CSV ou en XLSX (enregistrez sous ce format).")


def _table(rows: Iterable[Sequence[str]]) -> Table:
    kept = [tuple(tidy(cell).strip() for cell in row) for row in rows]
    kept = [row for row in kept if any(row)]
    if len(kept) < 2:
        raise RefusedError("Ce tableau n'a pas de ligne : la première donne les noms des colonnes.")
    if len(kept) > MOST_ROWS + 1:
        raise RefusedError(f"Plus de {MOST_ROWS} lignes : partagez ce tableau.")
    headers: list[str] = []
    for rank, cell in enumerate(kept[0], 1):
        title = " ".join(cell.split())[:100] or f"Colonne {rank}"
        headers.append(title if title not in headers else f"{title} ({rank})")
    width = len(headers)
    return Table(tuple(headers), tuple((*row, *[""] * (width - len(row)))[:width] for row in kept[1:]))


def _csv_rows(file: IO[bytes]) -> list[list[str]]:
    data = file.read(MOST_CSV + 1)
    if len(data) > MOST_CSV:
        raise RefusedError(f"Ce tableau dépasse {MOST_CSV // 1_000_000} Mo.")
    if b"\0" in data:
        raise RefusedError("Ce fichier n'est pas un tableau CSV lisible.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # What spreadsheets still write.
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append(_narrow(row))
            if len(rows) > MOST_ROWS * 2:
                break
    except csv.Error as error:
        raise RefusedError("Ce fichier n'est pas un tableau CSV lisible.") from error
    return rows


def _narrow(row: list[str]) -> list[str]:
    while row and not row[-1].strip():
        row.pop()
    if len(row) > MOST_COLUMNS:
        raise RefusedError(f"Plus de {MOST_COLUMNS} colonnes : gardez celles qui servent.")
    return row


def _xlsx_rows(file: IO[bytes]) -> list[list[str]]:
    from openpyxl import load_workbook

    try:
        _refuse_bomb(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                sheet = book.worksheets[0]
                sheet.reset_dimensions()  # What the file says of its size is not believed.
                found = sheet.iter_rows(max_row=MOST_ROWS * 2, max_col=MOST_COLUMNS + 1, values_only=True)
                return [_narrow([_cell(value) for value in row]) for row in found]
            finally:
                book.close()
    except _UNREADABLE as error:
        raise RefusedError("Ce fichier n'est pas un classeur XLSX lisible.") from error


def _refuse_bomb(file: IO[bytes]) -> None:
    """Refuse what unpacks to too much, or declares entities: no spreadsheet program writes any."""
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_PARTS or sum(one.file_size for one in entries) > MOST_UNPACKED:
            raise RefusedError("Ce classeur est trop volumineux une fois déplié.")
        left = MOST_UNPACKED
        for entry in entries:
            with archive.open(entry) as part:
                data = part.read(left + 1)
            left -= len(data)
            if left < 0:
                raise RefusedError("Ce classeur est trop volumineux une fois déplié.")
            if entry.filename.lower().endswith((".xml", ".rels", ".vml")) and _declares(data):
                raise RefusedError("Ce classeur contient des déclarations interdites (DTD).")
    file.seek(0)


def _declares(data: bytes) -> bool:
    return any(mark in data for mark in (b"<!DOCTYPE", b"<!ENTITY", b"<\0!\0D", b"\0<\0!\0D", b"<\0!\0E", b"\0<\0!\0E"))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()  # Spreadsheets give days as midnights.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
