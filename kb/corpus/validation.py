"""Front matter and body → Case, by way of located problems: one schema for command line, site, forms and imports."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from kb.corpus.case import Case
from kb.corpus.case_reader import CaseReader
from kb.corpus.frontmatter import Document, FrontMatterError
from kb.corpus.organisations import Registry
from kb.corpus.problems import Problem, Severity
from kb.corpus.reading import FieldReader
from kb.corpus.taxonomy import Taxonomy

MAX_BYTES = 256 * 1024
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_SLUG = 80
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file gave: a Case when nothing is wrong enough to keep it out, its text when it could be split."""

    slug: str
    case: Case | None
    problems: tuple[Problem, ...]
    text: str | None = None

    @property
    def document(self) -> Document | None:
        """The text split again each time: kept for every file, its pieces would take as much room as all the rest."""
        return None if self.text is None else Document.parse(self.text)


def read_case(path: str, slug: str, data: bytes, taxonomy: Taxonomy, registry: Registry) -> Reading:
    """Read one case file. `path` is how problems name it. Never raises: what is wrong is in the problems."""
    reader = FieldReader(path)
    text = _decode(reader, data)
    document = _parse(reader, text) if text is not None else None
    case = None
    if document is not None:
        case = CaseReader(reader, document, taxonomy, registry).read(slug, hashlib.sha256(data).hexdigest())
    broken = any(problem.severity is Severity.ERROR for problem in reader.problems)
    return Reading(slug, None if broken else case, tuple(sorted(reader.problems)), text if document else None)


def _decode(reader: FieldReader, data: bytes) -> str | None:
    if len(data) > MAX_BYTES:
        reader.note(
            0, "", f"fichier de {len(data) // 1024} Kio, {MAX_BYTES // 1024} au plus", "allégez la fiche", code="taille"
        )
        return None
    if not data.strip():
        reader.note(
            0, "", "fichier vide", "écrivez la fiche ou supprimez le fichier ; « kb new » donne un modèle", code="vide"
        )
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        reader.note(line, "", "caractère qui n'est pas de l'UTF-8", "enregistrez le fichier en UTF-8", code="encodage")
        return None
    hidden = _CONTROL.search(text)
    if hidden:
        line = text.count("\n", 0, hidden.start()) + 1
        reader.note(line, "", f"caractère invisible (U+{ord(hidden[0]):04X})", "retirez-le", code="encodage")
        return None
    if text.startswith("\ufeff"):
        cure = "enregistrez en UTF-8 sans marque d'ordre (BOM)"
        reader.note(1, "", "marque d'ordre des octets en tête", cure, code="encodage", warn=True)
    if "\r" in text:
        line = text[: text.index("\r")].count("\n") + 1
        reader.note(
            line,
            "",
            "fins de ligne Windows (CRLF)",
            "enregistrez avec des fins de ligne Unix (LF)",
            code="fins-de-ligne",
            warn=True,
        )
    return text


def _parse(reader: FieldReader, text: str) -> Document | None:
    try:
        document = Document.parse(text)
    except FrontMatterError as error:
        reader.note(error.line, "", error.message, error.cure, code="yaml")
        return None
    for line, key in document.duplicates:
        reader.note(line, key, "clé écrite deux fois", "gardez-en une seule", code="double")
    return document
