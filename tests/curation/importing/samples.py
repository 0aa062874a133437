"""Archives and workbooks, good and bad, made in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from tests.corpus.samples import VALID

SERRE = (
    VALID.replace("L'Atelier du pont, un garage tenu avec la commune", "La Serre commune, des légumes pour tous")
    .replace("Atelier du pont", "La Serre commune")
    .replace("Redon", "Vannes")
    .replace("salariés préparent", "jardiniers préparent")
    .replace("tournée avec soin", "semis avec attention")
    .replace("On pourrait commencer par", "Pour commencer, prendre")
    .replace("Il faudrait convenir", "Mieux vaut convenir")
    .replace(
        "et tiennent un carnet que tout le monde peut lire, ce qui aide les nouveaux venus à comprendre la marche de "
        "l'atelier et à poser leurs questions sans gêne",
        "puis affichent près de la porte la liste des tâches, pour que chacun choisisse la sienne selon ses forces et "
        "le temps dont il dispose ce jour-là",
    )
)


def archive(files: Mapping[str, str | bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    out.seek(0)
    return out


def workbook(rows: Sequence[Sequence[object]]) -> io.BytesIO:
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def altered(book: io.BytesIO, name: str, old: bytes, new: bytes) -> io.BytesIO:
    """A workbook with a passage of one of its parts replaced."""
    with zipfile.ZipFile(book) as archive_:
        parts = {entry.filename: archive_.read(entry) for entry in archive_.infolist()}
    assert old in parts[name], parts[name][:300]
    return archive({**parts, name: parts[name].replace(old, new, 1)})
