"""What changed between two versions of a case: key by key, section by section, and word by word inside each."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.corpus import schema
from kb.corpus.case import SECTIONS
from kb.corpus.taxonomy import Taxonomy
from kb.corpus.typography import typeset
from kb.curation.checking import WHOLE
from kb.curation.form import LISTS, ROWS, SCALARS, Entry, Form, obstacle, read_form

_TOKEN = re.compile(r"\s+|\w+(?:['’]\w*)?|[^\w\s]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_MOST_WORK = 4_000_000  # Pairs of words compared at most; lines are compared beyond, then whole texts.


class Kind(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """One part that changed: its key, its heading, its words."""

    part: str
    label: str
    before: str
    after: str
    pieces: tuple[Piece, ...]


def compare(before: str, after: str, taxonomy: Taxonomy) -> tuple[Change, ...]:
    """The parts that differ, in the order of the file; the whole text at once when one of the two cannot be read."""
    if before == after:
        return ()
    if (before and obstacle(before)) or obstacle(after):
        return (_change(WHOLE, "Tout le texte", before, after),)
    old = _parts(read_form(before), taxonomy) if before else {}
    new = _parts(read_form(after), taxonomy)
    changes = [
        _change(part, label, old.get(part, ("", ""))[1], text)
        for part, (label, text) in new.items()
        if old.get(part, ("", ""))[1] != text
    ]
    return tuple(changes) or (_change(WHOLE, "Mise en forme du fichier", before, after),)


def words(before: str, after: str) -> tuple[Piece, ...]:
    """Two texts woven together."""
    for pattern in (_TOKEN, _LINE):
        old, new = pattern.findall(before), pattern.findall(after)
        if len(old) * len(new) <= _MOST_WORK:
            return tuple(_weave(old, new))
    return tuple(Piece(kind, text) for kind, text in ((Kind.REMOVED, before), (Kind.ADDED, after)) if text)


def _change(part: str, label: str, before: str, after: str) -> Change:
    return Change(part, typeset(label), before, after, words(before, after))


def _weave(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(Kind.SAME, "".join(old[i1:i2]))
            continue
        if i2 > i1:
            yield Piece(Kind.REMOVED, "".join(old[i1:i2]))
        if j2 > j1:
            yield Piece(Kind.ADDED, "".join(new[j1:j2]))


def _parts(form: Form, taxonomy: Taxonomy) -> dict[str, tuple[str, str]]:
    """Part → (heading, what it says as a text), keys then sections."""
    found: dict[str, tuple[str, str]] = {}
    for spec in schema.FIELDS:
        found[spec.name] = (label_of(spec.name), _said(spec, form, taxonomy))
    for key, heading in SECTIONS:
        found[key] = (heading, form.sections[key])
    return found


def label_of(part: str) -> str:
    """A key or a section as a heading: « autres_categories » reads « Autres catégories »."""
    return dict(SECTIONS).get(part) or _LABELS.get(part) or part.replace("_", " ").capitalize()


_LABELS = {
    "resume": "Résumé", "categorie": "Catégorie", "autres_categories": "Autres catégories", "regions": "Régions",
    "departements": "Départements", "echelle": "Échelle", "debut": "Début", "etape": "Étape",
    "situation_au": "Situation au", "consulte": "Sources lues le", "apparentes": "Cas liés",
    "redaction": "Rédaction", "odd": "Objectifs de développement durable", "chiffres": "Chiffres clés",
    "commune": "Commune (code INSEE)", WHOLE: "Le fichier", "corps": "Le texte",
}  # fmt: skip


def _said(spec: schema.FieldSpec, form: Form, taxonomy: Taxonomy) -> str:
    if spec.name in SCALARS:
        return _label(form.texts[spec.name], spec.vocabulary, taxonomy)
    if spec.name in LISTS:
        return ", ".join(_label(one, spec.vocabulary, taxonomy) for one in form.lists[spec.name])
    if spec.name in ROWS:
        return "\n".join(_row(spec, row, taxonomy) for row in form.rows[spec.name])
    return ""


def _row(spec: schema.FieldSpec, row: Entry, taxonomy: Taxonomy) -> str:
    vocabularies = {key.name: key.vocabulary for key in spec.keys}
    said = [f"{key} : {_label(value, vocabularies.get(key, ''), taxonomy)}" for key, value in row.items() if value]
    return " ; ".join(said)


def _label(value: str, vocabulary: str, taxonomy: Taxonomy) -> str:
    known = taxonomy[vocabulary] if vocabulary else {}
    return known[value].libelle if value in known else value
