"""The editor of a draft: its fields with their choices and their problems, or its text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from kb.corpus import schema
from kb.corpus.case import SECTIONS
from kb.corpus.organisations import slugify
from kb.corpus.taxonomy import Taxonomy
from kb.curation.differences import label_of
from kb.curation.form import KEYED, LISTS, ROWS, SCALARS, SINGLE, Entry, Form, names, one_line, tidy
from kb.web.atelier.pages.hints import Hint
from kb.web.typesetting import typeset

_TYPED_LISTS = {"departements"}
_LONG = {"resume"}
_LONG_CELLS = {"apport", "gain"}
_LIMITS = {"titre": schema.MAX_TITLE, "resume": schema.MAX_SUMMARY}
_SUGGESTED = {("organisations", "nom"): "liste-organisations", ("apparentes", "cas"): "liste-cas"}
_ROW_NAMES = {
    "parcours": "Étape", "organisations": "Organisation", "chiffres": "Chiffre", "sources": "Source",
    "apparentes": "Cas lié", "redaction": "Rédaction",
}  # fmt: skip
_CELL_NAMES = {
    "etape": "Étape", "debut": "Date", "role": "Rôle", "editeur": "Éditeur", "url": "Adresse web",
    "libelle": "Ce qu'il compte", "a_revoir": "Reste à vérifier", "cree": "Écrite le", "verifie": "Vérifiée le",
    "consulte": "Lue le, si ce n'est le même jour",
    "collectif": "Groupe sans nom propre", "id": "Identifiant", "source": "Source(s)", "cas": "Adresse du cas",
}  # fmt: skip
_HINTS = {"id": "appelé dans le texte par [^identifiant]", "source": "identifiants, séparés par des virgules"}
_SECTION_HINTS = {
    "besoin": "Qu'est-ce qui manquait, à qui, et comment le sait-on ?",
    "alliance": "Qui s'est allié avec qui ? Qu'apporte chacun, qu'y gagne-t-il ?",
    "solution": "Que font-ils, concrètement ?",
    "etapes": "Une ligne par date : « - **2019** : ce qui s'est passé[^source]. »",
    "resultats": "Qu'est-ce que cela a donné ? Chaque chiffre a sa date et sa note.",
    "cles": "Une ligne par idée : « - **Une clé** : ce qui a aidé, ce qui a été difficile[^source]. »",
    "inspiration": "La lecture de la rédaction, sans note.",
}
_GROUPS = (
    ("L'essentiel", ("titre", "resume", "categorie", "autres_categories", "domaines")),
    ("Où et quand", ("regions", "departements", "lieu", "commune", "echelle", "debut", "fin")),
    ("Où elle en est", ("etape", "statut", "situation_au", "parcours")),
    ("Qui", ("organisations", "publics")),
    ("Les sources", ("consulte", "sources")),
    ("Le récit", tuple(key for key, _ in SECTIONS)),
    ("Chiffres et lecture de la rédaction", ("chiffres", "impacts", "leviers", "odd", "apparentes", "redaction")),
)
_MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    label: str
    definition: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A control: `kind` is text, long, radio, boxes, select or flag."""

    name: str
    label: str
    kind: str
    value: str = ""
    hint: str = ""
    limit: int = 0
    suggestions: str = ""
    choices: tuple[Choice, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class RowFields:
    legend: str
    fields: tuple[Field, ...]
    remove: str


@dataclass(frozen=True, slots=True)
class Part:
    """One key or section with its control or its rows, and what the rules say of it."""

    key: str
    label: str
    hint: str
    field: Field | None
    rows: tuple[RowFields, ...]
    add: str
    complaints: tuple[str, ...]
    extra: Field | None = None
    hints: tuple[Hint, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    heading: str
    anchor: str
    parts: tuple[Part, ...]


class Sent(Protocol):
    """The fields of a form as they were sent."""

    def get(self, name: str, default: str = ...) -> str: ...
    def getlist(self, name: str) -> list[str]: ...
    def keys(self) -> Iterable[str]: ...


def groups(
    form: Form,
    taxonomy: Taxonomy,
    said: Mapping[str, tuple[str, ...]],
    hints: Mapping[str, tuple[Hint, ...]],
    more: str = "",
) -> tuple[Group, ...]:
    """The whole form, in the order one thinks in; `more` is the key that was asked for more rows."""
    specs = {spec.name: spec for spec in schema.FIELDS}
    found = []
    for number, (heading, keys) in enumerate(_GROUPS, 1):
        parts = tuple(
            _section(key, form, said) if key in form.sections else _part(specs[key], form, taxonomy, said, more)
            for key in keys
        )
        parts = tuple(replace(part, hints=hints.get(part.key, ())) for part in parts)
        found.append(Group(typeset(heading), f"groupe-{number}", parts))
    return tuple(found)


def _part(
    spec: schema.FieldSpec, form: Form, taxonomy: Taxonomy, said: Mapping[str, tuple[str, ...]], more: str
) -> Part:
    label, hint = typeset(label_of(spec.name)), typeset(spec.meaning.replace("`", ""))
    field: Field | None = None
    rows: tuple[RowFields, ...] = ()
    if spec.name in ROWS:
        rows = _rows(spec, form.rows[spec.name], taxonomy, 2 if more == spec.name else 0)
    else:
        field = replace(_field(spec, form, taxonomy), hint=hint)
    add = spec.name if spec.name in ROWS and spec.name != SINGLE else ""
    extra = _main(form, taxonomy) if spec.name == "domaines" and len(form.lists["domaines"]) > 1 else None
    return Part(spec.name, label, hint, field, rows, add, said.get(spec.name, ()), extra)


def _main(form: Form, taxonomy: Taxonomy) -> Field:
    """Which of the domains is the main one."""
    chosen = form.lists["domaines"]
    choices = tuple(one for one in _choices(taxonomy, "domaine", chosen) if one.chosen)
    marked = tuple(replace(one, chosen=one.id == chosen[0]) for one in choices)
    return Field("domaines.principal", "Le principal", "select", chosen[0], choices=marked, required=True)


def _section(key: str, form: Form, said: Mapping[str, tuple[str, ...]]) -> Part:
    label = typeset(dict(SECTIONS)[key])
    field = Field(f"section.{key}", label, "long", form.sections[key], typeset(_SECTION_HINTS[key]))
    return Part(key, label, field.hint, field, (), "", said.get(key, ()))


def _field(spec: schema.FieldSpec, form: Form, taxonomy: Taxonomy) -> Field:
    label = typeset(label_of(spec.name))
    if spec.name in _TYPED_LISTS:
        return Field(spec.name, label, "text", ", ".join(form.lists[spec.name]))
    if spec.name in LISTS:
        return Field(spec.name, label, "boxes", choices=_choices(taxonomy, spec.vocabulary, form.lists[spec.name]))
    value = form.texts[spec.name]
    if spec.vocabulary:
        return Field(spec.name, label, "radio", value, choices=_choices(taxonomy, spec.vocabulary, (value,)))
    kind = "long" if spec.name in _LONG else "text"
    return Field(spec.name, label, kind, value, limit=_LIMITS.get(spec.name, 0), required=False)


def _choices(taxonomy: Taxonomy, vocabulary: str, chosen: tuple[str, ...]) -> tuple[Choice, ...]:
    """Every term, and what the draft holds that is none, so that sending the form loses nothing."""
    known = tuple(
        Choice(term.id, typeset(term.libelle), typeset(term.definition), term.id in chosen)
        for term in taxonomy[vocabulary].terms
    )
    strange = (one for one in chosen if one and one not in taxonomy[vocabulary])
    return known + tuple(Choice(one, one, typeset("n'est pas dans le vocabulaire"), True) for one in strange)


def _rows(spec: schema.FieldSpec, entries: tuple[Entry, ...], taxonomy: Taxonomy, more: int) -> tuple[RowFields, ...]:
    least = {"organisations": 2, "sources": 2, SINGLE: 1}.get(spec.name, 0)
    blank = max(least - len(entries), more, 0)
    keys = (schema.FieldSpec("id", True, ""), *spec.keys) if spec.name == KEYED else spec.keys
    rows = []
    for rank, entry in enumerate((*entries, *({} for _ in range(blank)))):
        fields = tuple(_cell(spec.name, rank, key, entry.get(key.name, ""), taxonomy) for key in keys)
        remove = f"{spec.name}.{rank}" if spec.name != SINGLE and rank < len(entries) else ""
        rows.append(RowFields(f"{_ROW_NAMES[spec.name]} {rank + 1}" if spec.name != SINGLE else "", fields, remove))
    return tuple(rows)


def _cell(part: str, rank: int, key: schema.FieldSpec, value: str, taxonomy: Taxonomy) -> Field:
    name = f"{part}.{rank}.{key.name}"
    label = typeset(_CELL_NAMES.get(key.name, key.name.capitalize()))
    hint = typeset(_HINTS.get(key.name, ""))
    if key.vocabulary:
        return Field(name, label, "select", value, choices=_choices(taxonomy, key.vocabulary, (value,)))
    if key.name == "collectif":
        return Field(name, label, "flag", value)
    kind = "long" if key.name in _LONG_CELLS else "text"
    return Field(name, label, kind, value, hint, suggestions=_SUGGESTED.get((part, key.name), ""))


# And back


def form_from(sent: Sent, before: Form) -> Form:
    """The form that was sent; what it does not mention stays as in `before`."""
    removed = sent.get("retirer", "")
    return Form(
        texts={name: one_line(sent.get(name, "")) if _mentions(sent, name) else before.texts[name] for name in SCALARS},
        lists={name: _list(sent, name, before.lists[name]) for name in LISTS},
        rows={name: _sent_rows(sent, name, before.rows[name], removed) for name in ROWS},
        sections={key: _section_text(sent, key, before.sections[key]) for key, _ in SECTIONS},
    )


def _mentions(sent: Sent, name: str) -> bool:
    """Whether the form held a control; boxes left unticked send nothing, `presents` says that they were there."""
    return name in sent.keys() or name in sent.getlist("presents")  # noqa: SIM118 — a MultiDict of the web's


def _section_text(sent: Sent, key: str, before: str) -> str:
    name = f"section.{key}"
    if not _mentions(sent, name):
        return before
    text = tidy(sent.get(name, "")).strip("\n")
    return before if text.strip() == before.strip() else text


def _list(sent: Sent, name: str, before: tuple[str, ...]) -> tuple[str, ...]:
    """Ticked terms: those that were there keep their order, the first of the domains being the main one."""
    if not _mentions(sent, name):
        return before
    typed = sent.getlist(name)
    chosen = names(typed[0]) if name in _TYPED_LISTS and typed else tuple(dict.fromkeys(map(one_line, typed)))
    kept = tuple(one for one in before if one in chosen)
    ordered = kept + tuple(one for one in chosen if one and one not in kept)
    main = sent.get(f"{name}.principal", "")
    return (main, *(one for one in ordered if one != main)) if main in ordered else ordered


def _sent_rows(sent: Sent, name: str, before: tuple[Entry, ...], removed: str) -> tuple[Entry, ...]:
    pattern = re.compile(rf"{name}\.(\d{{1,3}})\.(\w+)")
    found: dict[int, dict[str, str]] = {}
    for key in sent.keys():  # noqa: SIM118
        match = pattern.fullmatch(key)
        if match and int(match[1]) < _MOST_ROWS:
            found.setdefault(int(match[1]), {})[match[2]] = one_line(sent.get(key, ""))
    if not found:
        return before
    allowed = {"id", *schema.keys_of(name)} if name == KEYED else set(schema.keys_of(name))
    rows = []
    for rank in sorted(found):
        old = before[rank] if rank < len(before) else {}
        new = {key: value for key, value in found[rank].items() if key in allowed and value}
        ordered = {key: new[key] for key in (*old, *schema.keys_of(name)) if key in new}
        row = {**({"id": new["id"]} if "id" in new else {}), **ordered}
        if f"{name}.{rank}" != removed and row:
            rows.append(row)
    return _named(rows) if name == KEYED else tuple(rows)


def _named(rows: Iterable[dict[str, str]]) -> tuple[Entry, ...]:
    """Sources with an identifier each, none twice: two of one name could not be told apart in a file."""
    found: dict[str, Entry] = {}
    for rank, row in enumerate(rows, 1):
        wanted = row.get("id") or slugify(row.get("editeur", ""))[:30].strip("-") or f"source-{rank}"
        free = wanted
        while free in found:
            free = f"{wanted}-{rank}"
        found[free] = {"id": free, **{key: value for key, value in row.items() if key != "id"}}
    return tuple(found.values())
