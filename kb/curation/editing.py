"""Writes a form back into the text it was read from: what was not changed stays byte for byte.

A changed value is replaced where it stands; a key whose entries were added, removed or moved is written again whole, in
the order of the schema. Comments and unknown keys are never touched, but those inside a key that is written again.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from kb.corpus import schema
from kb.corpus.case import SECTIONS
from kb.corpus.frontmatter import Document, Path, quoted
from kb.curation.form import KEYED, LISTS, ROWS, SCALARS, SINGLE, Entry, Form, names, read_form, spans

_PLAIN_ID = re.compile(r"[a-z][a-z0-9-]*")
_FOLDED = "resume"
_WIDTH = 110
_ONE_LINE_ENTRIES = {"parcours", "chiffres", "apparentes", SINGLE}
_REQUIRED = {spec.name for spec in schema.FIELDS if spec.required}


def write_form(text: str, form: Form) -> str:
    """The text with the values of the form; the same text when nothing changed. `text` must have no obstacle."""
    before = read_form(text)
    document = Document.parse(text)
    for name in SCALARS:
        if form.texts[name] != before.texts[name]:
            document = _with_scalar(document, name, form.texts[name])
    for name in LISTS:
        if form.lists[name] != before.lists[name]:
            document = _with_block(document, name, _list(name, form.lists[name]))
    for name in ROWS:
        if _plain(form.rows[name]) != _plain(before.rows[name]):
            document = _with_rows(document, name, before.rows[name], form.rows[name])
    for key, _ in SECTIONS:
        if form.sections[key] != before.sections[key]:
            document = _with_section(document, key, form.sections[key])
    return document.text


def with_verified(text: str, day: str) -> str:
    """The text of a case with the day a second reader checked it."""
    document = Document.parse(text)
    node = document.node((SINGLE, "verifie"))
    if node is not None and isinstance(node.value, str) and node.value:
        return document.with_text((SINGLE, "verifie"), day).text
    form = read_form(text)
    entry = dict(form.rows[SINGLE][0]) if form.rows[SINGLE] else {}
    ordered = {key: entry.get(key, "") for key in schema.keys_of(SINGLE)} | {"verifie": day}
    return _with_block(document, SINGLE, _rows(SINGLE, ({k: v for k, v in ordered.items() if v},))).text


def _plain(rows: Sequence[Entry]) -> list[dict[str, str]]:
    return [{key: value for key, value in row.items() if value} for row in rows]


# Values where they stand


def _with_scalar(document: Document, name: str, value: str) -> Document:
    if value and name != _FOLDED and _stands_on_one_line(document, (name,)):
        return document.with_text((name,), value)
    if not value:
        return _with_block(document, name, f"{name}:\n" if name in _REQUIRED else "")
    if name == _FOLDED:
        lines = textwrap.wrap(value, _WIDTH, break_long_words=False, break_on_hyphens=False)
        return _with_block(document, name, f"{name}: >-\n" + "".join(f"  {line}\n" for line in lines))
    return _with_block(document, name, f"{name}: {quoted(value)}\n")


def _with_rows(document: Document, name: str, before: Sequence[Entry], after: Sequence[Entry]) -> Document:
    edits = _edits(document, name, before, after)
    if edits is None:
        return _with_block(document, name, _rows(name, after))
    for path, value in edits:
        document = document.with_text(path, value)
    return document


def _edits(
    document: Document, name: str, before: Sequence[Entry], after: Sequence[Entry]
) -> list[tuple[Path, str]] | None:
    """The values to replace one by one; None when entries or keys came, went or moved."""
    if len(before) != len(after):
        return None
    edits: list[tuple[Path, str]] = []
    for rank, (old, new) in enumerate(zip(_plain(before), _plain(after), strict=True)):
        if set(old) != set(new) or old.get("id") != new.get("id"):
            return None
        place: Path = (name, old["id"]) if name == KEYED else (name,) if name == SINGLE else (name, rank)
        for key in old:
            if old[key] != new[key]:
                if not _stands_on_one_line(document, (*place, key)) or (key == "source" and len(names(new[key])) > 1):
                    return None
                edits.append(((*place, key), new[key]))
    return edits


def _stands_on_one_line(document: Document, path: Path) -> bool:
    node = document.node(path)
    if node is None or not isinstance(node.value, str) or not node.value:
        return False
    return "\n" not in document.text[node.start : node.end]


# Blocks of the head


def _with_block(document: Document, name: str, block: str) -> Document:
    """The file with the whole of a key replaced by a block, put in its place of the schema if it was not there."""
    lines = document.text.splitlines(keepends=True)
    if name in document.root:
        first, end = _extent(document, lines, name)
    else:
        first = end = _place_for(document, lines, name)
    return Document.parse("".join([*lines[:first], block, *lines[end:]]))


def _extent(document: Document, lines: Sequence[str], name: str) -> tuple[int, int]:
    """Indexes of the first line of a key and of the line after its last; comments after it belong to the next key."""
    start = document.root[name].key_line - 1
    later = [node.key_line - 1 for node in document.root.values() if node.key_line - 1 > start]
    end = min(later, default=document.body_line - 2)
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return start, end


def _place_for(document: Document, lines: Sequence[str], name: str) -> int:
    rank = schema.FIELD_NAMES.index(name)
    for earlier in reversed(schema.FIELD_NAMES[:rank]):
        if earlier in document.root:
            return _extent(document, lines, earlier)[1]
    return 1


def _list(name: str, ids: Sequence[str]) -> str:
    if not ids and name not in _REQUIRED:
        return ""
    return f"{name}: [{', '.join(_id(one, numeric=name == 'odd') for one in ids)}]\n"


def _id(value: str, *, numeric: bool = False) -> str:
    if _PLAIN_ID.fullmatch(value) or (numeric and value.isdecimal()):
        return value
    return _double_quoted(value)


def _double_quoted(value: str) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _rows(name: str, rows: Sequence[Entry]) -> str:
    entries = [row for row in _plain(rows) if row]
    if not entries:
        return f"{name}:\n" if name in _REQUIRED else ""
    if name == SINGLE:
        return f"{name}: {_on_one_line(entries[0])}\n"
    if name in _ONE_LINE_ENTRIES:
        return f"{name}:\n" + "".join(f"  - {_on_one_line(entry)}\n" for entry in entries)
    if name == KEYED:
        return f"{name}:\n" + "".join(
            f"  {_id(entry.get('id', ''))}:\n" + "".join(f"    {line}\n" for line in _pairs(entry) if line)
            for entry in entries
        )
    return f"{name}:\n" + "".join(
        "  - " + "\n    ".join(_pairs(entry)) + "\n" for entry in entries
    )  # fmt: skip


def _on_one_line(entry: Entry) -> str:
    return "{" + ", ".join(_pairs(entry)) + "}"


def _pairs(entry: Entry) -> list[str]:
    """« key: value » of an entry, the keys of the schema first and in its order."""
    return [f"{key}: {_value(key, value)}" for key, value in entry.items() if key != "id"]


def _value(key: str, value: str) -> str:
    if key == "source":
        ids = [_id(one) for one in names(value)]
        return ids[0] if len(ids) == 1 else f"[{', '.join(ids)}]"
    return quoted(value)


# Sections of the body


def _with_section(document: Document, key: str, markdown: str) -> Document:
    body = document.body
    head = document.text[: len(document.text) - len(body)]
    found = {name: place for name, *place in spans(body)}
    content = f"\n{markdown.strip(chr(10))}\n" if markdown.strip() else ""
    if key in found:
        _, start, end = found[key]
        last = not body[end:].strip()
        return Document.parse(head + body[:start] + content + ("" if last else "\n") + body[end:])
    heading = dict(SECTIONS)[key]
    order = [name for name, _ in SECTIONS]
    after = [found[name][0] for name in order[order.index(key) + 1 :] if name in found]
    place = min(after, default=len(body))
    before = body[:place]
    gap = "" if not before or before.endswith("\n\n") else "\n" if before.endswith("\n") else "\n\n"
    return Document.parse(head + before + gap + f"## {heading}\n{content}" + ("\n" if after else "") + body[place:])
