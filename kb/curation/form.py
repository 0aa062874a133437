"""A case file as a form: the values of its keys and sections, read from the text; `editing` writes them back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kb.corpus import schema
from kb.corpus.case import SECTIONS
from kb.corpus.frontmatter import Document, FrontMatterError, Node

Entry = Mapping[str, str]
LISTS = ("autres_categories", "domaines", "impacts", "leviers", "odd", "publics", "regions", "departements")
ROWS = tuple(spec.name for spec in schema.FIELDS if spec.keys)
SCALARS = tuple(name for name in schema.FIELD_NAMES if name not in (*LISTS, *ROWS))
SINGLE = "redaction"
"""The key that holds one mapping, not a list of them."""

KEYED = "sources"
"""The key whose entries are named: their names stand under `id`."""

_HEADING = re.compile(r"^(#{1,2})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_KEY_OF = {heading: key for key, heading in SECTIONS}
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")  # by YAML


@dataclass(frozen=True, slots=True)
class Form:
    """Values as typed: texts on one line, lists of ids, rows of entries, sections as Markdown."""

    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    rows: Mapping[str, tuple[Entry, ...]]
    sections: Mapping[str, str]


def tidy(text: str) -> str:
    """A text as it is kept: Unix line ends, no control characters, whatever browser or editor it comes from."""
    return _FORBIDDEN.sub("", _LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    return " ".join(tidy(text).split())


def names(text: str) -> tuple[str, ...]:
    """Identifiers typed one after the other, with commas or spaces."""
    return tuple(dict.fromkeys(part for part in re.split(r"[,;\s]+", tidy(text)) if part))


def obstacle(text: str) -> str:
    """Why a text can only be edited as text, in French; "" when the form can hold all that it says."""
    try:
        document = Document.parse(text)
    except FrontMatterError as error:
        return f"ligne {error.line} : {error.message}"
    if document.duplicates:
        line, key = document.duplicates[0]
        return f"ligne {line} : la clé « {key} » est écrite deux fois"
    headings = [key for key, *_ in spans(document.body)]
    double = next((key for key in headings if headings.count(key) > 1), None)
    if double:
        return f"la section « {dict(SECTIONS)[double]} » est écrite deux fois"
    return next((found for name in schema.FIELD_NAMES if (found := _misshapen(document, name))), "")


def read_form(text: str) -> Form:
    """The form of a text that has no obstacle."""
    document = Document.parse(text)
    root = document.root
    return Form(
        texts=MappingProxyType({name: _scalar(root.get(name)) for name in SCALARS}),
        lists=MappingProxyType({name: _items(root.get(name)) for name in LISTS}),
        rows=MappingProxyType({name: _entries(name, root.get(name)) for name in ROWS}),
        sections=MappingProxyType({**dict.fromkeys((key for key, _ in SECTIONS), ""), **_sections(document.body)}),
    )


def spans(body: str) -> list[tuple[str, int, int, int]]:
    """(key, start of the heading, start of the content, end) of each known section of a body."""
    found: list[tuple[str, int, int, int]] = []
    start: tuple[str, int, int] | None = None
    place = 0
    for line in body.splitlines(keepends=True):
        match = _HEADING.match(line.rstrip("\n"))
        if match:
            if start:
                found.append((*start, place))
            key = _KEY_OF.get(match[2].replace("’", "'")) if match[1] == "##" else None
            start = (key, place, place + len(line)) if key else None
        place += len(line)
    if start:
        found.append((*start, place))
    return found


def _sections(body: str) -> dict[str, str]:
    return {key: body[content:end].strip("\n") for key, _, content, end in spans(body)}


def _scalar(node: Node | None) -> str:
    return one_line(node.value) if node and isinstance(node.value, str) else ""


def _items(node: Node | None) -> tuple[str, ...]:
    if node is None or node.value == "":
        return ()
    values = node.value if isinstance(node.value, list) else [node]
    return tuple(_scalar(item) for item in values if _scalar(item))


def _entries(name: str, node: Node | None) -> tuple[Entry, ...]:
    if node is None or node.value in ("", [], {}):
        return ()
    if name == KEYED and isinstance(node.value, dict):
        return tuple(MappingProxyType({"id": key, **_entry(value)}) for key, value in node.value.items())
    values = node.value if isinstance(node.value, list) else [node]
    return tuple(MappingProxyType(_entry(value)) for value in values)


def _entry(node: Node) -> dict[str, str]:
    values = node.value if isinstance(node.value, dict) else {}
    return {key: ", ".join(_items(value)) for key, value in values.items() if _items(value)}


def _misshapen(document: Document, name: str) -> str:
    """What a key holds that a form cannot: entries of another shape, keys of their own."""
    node = document.root.get(name)
    if node is None or node.value == "":
        return ""
    where = f"ligne {node.line} : « {name} »"
    if name in SCALARS:
        return "" if isinstance(node.value, str) else f"{where} n'est pas un texte"
    if name in LISTS:
        return "" if _is_flat(node) else f"{where} n'est pas une simple liste"
    if name in {KEYED, SINGLE}:
        fits = isinstance(node.value, dict)
        entries = list(node.value.values()) if name == KEYED and isinstance(node.value, dict) else [node]
    else:
        fits = isinstance(node.value, list)
        entries = node.value if isinstance(node.value, list) else []
    known = set(schema.keys_of(name))
    for entry in entries:
        fits = fits and (entry.value == "" or isinstance(entry.value, dict))
        if isinstance(entry.value, dict):
            fits = fits and set(entry.value) <= known and all(_is_flat(value) for value in entry.value.values())
    return "" if fits else f"{where} contient autre chose que ses clés habituelles"


def _is_flat(node: Node) -> bool:
    if isinstance(node.value, list):
        return all(isinstance(item.value, str) for item in node.value)
    return isinstance(node.value, str)
