"""What each column of a table says of a case, and the text of the case that a row makes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.corpus import schema
from kb.corpus.case import SECTIONS
from kb.corpus.organisations import slugify
from kb.corpus.taxonomy import Taxonomy, Vocabulary
from kb.corpus.validation import MAX_SLUG
from kb.curation.differences import label_of
from kb.curation.drafts import empty_case
from kb.curation.editing import write_form
from kb.curation.form import KEYED, LISTS, SCALARS, SINGLE, Form, one_line, read_form

ADDRESS = "adresse"
"""The target of a column that gives the address of a case, there already or to be."""

_SLOTS = {"organisations": 5, "sources": 4, "chiffres": 4, "parcours": 3, "apparentes": 3, SINGLE: 1}
_SPECS = {spec.name: spec for spec in schema.FIELDS}
_ONE_OF = {"organisations": "Organisation", "sources": "Source", "chiffres": "Chiffre", "parcours": "Étape du parcours",
           "apparentes": "Cas lié", SINGLE: "Rédaction"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A place of a case that a column may fill; `group` gathers them in a list."""

    name: str
    label: str
    group: str


def targets() -> tuple[Target, ...]:
    """Every place that a column may fill, in the order of a file."""
    found = [Target(ADDRESS, "Adresse de la fiche", "La fiche")]
    found += [Target(name, label_of(name), "La fiche") for name in (*SCALARS, *LISTS)]
    found += [Target(f"section.{key}", heading, "Le récit") for key, heading in SECTIONS]
    for name, count in _SLOTS.items():
        keys = [*(["id"] if name == KEYED else []), *schema.keys_of(name)]
        for rank in range(1, count + 1):
            title = _ONE_OF[name] if name == SINGLE else f"{_ONE_OF[name]} {rank}"
            place = name if name == SINGLE else f"{name}.{rank}"
            found += [Target(f"{place}.{key}", f"{title}, {key}", title) for key in keys]
    return tuple(found)


def guess(headers: Sequence[str]) -> dict[str, str]:
    """For each header, the target whose name or label it says, each target once."""
    known: dict[str, str] = {}
    for one in targets():
        known.setdefault(slugify(one.name.replace(".", "-")), one.name)
        known.setdefault(slugify(one.label), one.name)
    found: dict[str, str] = {}
    for header in headers:
        target = known.get(slugify(header.replace("_", "-").replace(".", "-")))
        if target and target not in found.values():
            found[header] = target
    return found


def template() -> tuple[str, ...]:
    """Headers of an empty table that needs no mapping."""
    return tuple(one.name for one in targets() if not re.search(r"\.[345]\.|^redaction\.verifie$", one.name))


@dataclass(frozen=True, slots=True)
class Columns:
    """A mapping of columns: header → target."""

    chosen: Mapping[str, str]

    @classmethod
    def of(cls, pairs: Mapping[str, str]) -> Columns:
        """Known targets only, each once: the first column wins."""
        names = {one.name for one in targets()}
        kept: dict[str, str] = {}
        for header, target in pairs.items():
            if target in names and target not in kept.values():
                kept[header] = target
        return cls(kept)

    def values(self, headers: Sequence[str], row: Sequence[str]) -> dict[str, str]:
        """What a row says, by target; empty cells say nothing."""
        cells = zip(headers, row, strict=True)
        return {self.chosen[header]: cell for header, cell in cells if header in self.chosen and cell.strip()}


def slug_of(values: Mapping[str, str]) -> str:
    """The address that a row gives, or that its title makes."""
    return slugify(values.get(ADDRESS) or values.get("titre", ""))[:MAX_SLUG].strip("-")


def case_text(values: Mapping[str, str], taxonomy: Taxonomy, author: str, day: datetime.date, known: str = "") -> str:
    """The text of the case that a row makes: a new one, or the `known` one with what the row says of it."""
    base = known or empty_case(one_line(values.get("titre", "")))
    form = read_form(base)
    filled = Form(
        texts={name: _text(name, values, taxonomy) or form.texts[name] for name in SCALARS},
        lists={name: _list(name, values, taxonomy) or form.lists[name] for name in LISTS},
        rows={name: _rows(name, values, taxonomy) or form.rows[name] for name in form.rows},
        sections={key: values.get(f"section.{key}", "").strip() or form.sections[key] for key, _ in SECTIONS},
    )
    written = dict(form.rows[SINGLE][0]) if known and form.rows[SINGLE] else {"auteur": author, "cree": day.isoformat()}
    rows = {**filled.rows, SINGLE: ({**written, **_single(values)},)}
    texts = filled.texts if known else {**filled.texts, "consulte": values.get("consulte", day.isoformat())}
    return write_form(base, Form(texts, filled.lists, rows, filled.sections))


def _text(name: str, values: Mapping[str, str], taxonomy: Taxonomy) -> str:
    value = one_line(values.get(name, ""))
    vocabulary = _SPECS[name].vocabulary
    return _term(value, taxonomy[vocabulary]) if vocabulary and value else value


def _list(name: str, values: Mapping[str, str], taxonomy: Taxonomy) -> tuple[str, ...]:
    """Terms of a cell, by their ids or labels; a label may hold a comma."""
    cell = values.get(name, "")
    vocabulary = taxonomy[_SPECS[name].vocabulary]
    parts = re.split(r"[;|\n]", cell)
    if len(parts) == 1 and _term(one_line(cell), vocabulary) not in vocabulary:
        parts = cell.split(",")
    return tuple(dict.fromkeys(_term(one_line(part), vocabulary) for part in parts if part.strip()))


def _term(value: str, vocabulary: Vocabulary) -> str:
    """The id that a text names, by id or by label, case and accents aside; the text itself when it names none."""
    if value in vocabulary:
        return value
    wanted = slugify(value)
    said = (one.id for one in vocabulary.terms if wanted in {slugify(one.id), slugify(one.libelle), slugify(one.court)})
    return next(said, value)


def _rows(name: str, values: Mapping[str, str], taxonomy: Taxonomy) -> tuple[dict[str, str], ...]:
    if name == SINGLE:
        return ()
    vocabularies = {key.name: key.vocabulary for key in _SPECS[name].keys}
    found = []
    for rank in range(1, _SLOTS[name] + 1):
        row = {}
        for key in ("id", *schema.keys_of(name)):
            value = one_line(values.get(f"{name}.{rank}.{key}", ""))
            if value:
                vocabulary = vocabularies.get(key, "")
                row[key] = _term(value, taxonomy[vocabulary]) if vocabulary else value
        if row and name == KEYED:
            row = {"id": row.pop("id", f"source-{rank}"), **row}
        if row:
            found.append(row)
    return tuple(found)


def _single(values: Mapping[str, str]) -> dict[str, str]:
    return {key: one_line(values[f"{SINGLE}.{key}"]) for key in schema.keys_of(SINGLE) if values.get(f"{SINGLE}.{key}")}
