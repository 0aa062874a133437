"""A case file as text: front matter and body, read with the place of each value, edited without losing the rest.

Every scalar is read as text (`01`, `no`, `2023-10` mean what a person means); the schema gives types later. Anchors,
aliases and tags are refused, so a file can neither expand nor build objects. The text itself is kept: what is not
edited stays byte for byte, comments, order, quotes and line ends included.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from kb.corpus.unreadable import explain

MAX_DEPTH = 6
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_FENCE = re.compile(r"\A(\ufeff?)---[ ]*(\r?\n)(.*?)(?:(?<=\n)|\A)---[ ]*(?:\r?\n|\Z)", re.DOTALL)
# Keys whose value is a sentence: « : » inside it is plain to a reader though not to YAML.
_PROSE_KEYS = "titre|resume|libelle|nom|editeur|apport|gain|lieu|a_revoir|auteur"
_LOOSE = re.compile(rf"^(\s*(?:- )?)((?:{_PROSE_KEYS}):[ ]+)([^\s'\"\[\]{{}}>|&*!%@`#?,-][^\r\n]*?)[ ]*(\r?\n?)$")
_COLON = re.compile(r":(?:\s|$)")

Path = tuple[str | int, ...]


class FrontMatterError(Exception):
    """The front matter cannot be read: `line` in the file, a French `message` and its `cure`."""

    def __init__(self, line: int, message: str, cure: str = "") -> None:
        super().__init__(message)
        self.line, self.message, self.cure = line, message, cure


@dataclass(frozen=True, slots=True)
class Node:
    """A value of the front matter: text, list or mapping; `line` in the file; [start, end) of a text in the file."""

    value: str | list[Node] | dict[str, Node]
    line: int
    start: int = 0
    end: int = 0
    key_line: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a case file, split but never normalised. `duplicates` are (line, key) written twice."""

    text: str
    root: dict[str, Node]
    body: str
    body_line: int
    duplicates: tuple[tuple[int, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Document:
        """Split and read a file. Raises FrontMatterError with the line and the cure."""
        front, first_line, start, body = split(text)
        reader = _Reader(front, first_line, start)
        root = reader.read()
        body_line = text[: len(text) - len(body)].count("\n") + 1
        return cls(text, root, body, body_line, tuple(reader.duplicates))

    def node(self, path: Path) -> Node | None:
        """The node at a path such as ("organisations", 0, "nom"), or None."""
        current: Node | None = Node(self.root, 0)
        for step in path:
            current = _child(current, step) if current else None
        return current

    def with_text(self, path: Path, value: str) -> Document:
        """The same file with one text value changed, all the rest byte for byte. Raises KeyError if there is none."""
        node = self.node(path)
        if node is None or not isinstance(node.value, str):
            raise KeyError(path)
        tail = "\n" if self.text[node.start : node.end].endswith("\n") else ""
        return Document.parse(self.text[: node.start] + quoted(value) + tail + self.text[node.end :])


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(step, str):
        return node.value.get(step) if isinstance(node.value, dict) else None
    return node.value[step] if isinstance(node.value, list) and step < len(node.value) else None


def split(text: str) -> tuple[str, int, int, str]:
    """Front matter, its first line and its place in the file, body. Raises FrontMatterError when there is none."""
    match = _FENCE.match(text)
    if not match:
        cure = "commencez le fichier par une ligne « --- », fermez l'en-tête par une autre"
        raise FrontMatterError(1, "l'en-tête entre deux lignes « --- » est absent", cure)
    return match[3], 2, match.start(3), text[match.end() :]


def quoted(value: str) -> str:
    """A text as YAML: plain when it reads back the same, else between double quotes."""
    import json

    plain = re.fullmatch(r"[\w(«][^\r\n]*", value) and not re.search(r":(\s|$)|\s#|[\[\]{},\"]|\s$", value)
    return value if plain else json.dumps(value, ensure_ascii=False)


@dataclass(slots=True)
class _Reader:
    """Builds nodes from YAML events, translating positions back to the file."""

    front: str
    first_line: int
    offset: int
    duplicates: list[tuple[int, str]] = field(default_factory=list)
    _raw_starts: list[int] = field(default_factory=list)
    _read_starts: list[int] = field(default_factory=list)
    _loose: dict[int, tuple[int, int]] = field(default_factory=dict)

    def read(self) -> dict[str, Node]:
        self._refuse_tabs()
        events = self._events(self._quote_loose_values())
        try:
            return self._document(events)
        except yaml.MarkedYAMLError as error:
            line, message, cure = explain(error)
            last = self.front.rstrip().count("\n")
            raise FrontMatterError(self.first_line + min(line, last), message, cure) from error
        except yaml.YAMLError as error:
            raise FrontMatterError(self.first_line, "caractère interdit dans l'en-tête", "retirez-le") from error

    def _document(self, events: Iterator[Event]) -> dict[str, Node]:
        next(events)  # start of the stream
        if isinstance(next(events), yaml.StreamEndEvent):
            return {}
        first = next(events)
        if isinstance(first, ScalarEvent) and not first.value:
            return {}
        if not isinstance(first, MappingStartEvent):
            raise FrontMatterError(self.first_line, "l'en-tête n'est pas une suite de « clé: valeur »")
        root = self._mapping(first, events, 1).value
        if not isinstance(next(events), yaml.DocumentEndEvent) or not isinstance(next(events), yaml.StreamEndEvent):
            raise FrontMatterError(self.first_line, "l'en-tête contient plusieurs documents YAML", "n'en gardez qu'un")
        assert isinstance(root, dict)  # noqa: S101 — the type checker's benefit
        return root

    def _events(self, text: str) -> Iterator[Event]:
        for event in yaml.parse(text, Loader=_LOADER):
            line = self._line(event.start_mark)
            if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
                raise FrontMatterError(
                    line, "ancre ou alias YAML (& ou *)", "écrivez la valeur en entier, entre guillemets"
                )
            if getattr(event, "tag", None):
                raise FrontMatterError(line, "étiquette YAML (!)", "mettez la valeur entre guillemets")
            yield event

    def _node(self, event: Event, events: Iterator[Event], depth: int, key_line: int) -> Node:
        if depth > MAX_DEPTH:
            raise FrontMatterError(self._line(event.start_mark), "imbrication trop profonde")
        if isinstance(event, MappingStartEvent):
            return self._mapping(event, events, depth, key_line)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(event, events, depth, key_line)
        assert isinstance(event, ScalarEvent)  # noqa: S101
        start, end = self._raw_span(event)
        return Node(event.value, self._line(event.start_mark), start, end, key_line)

    def _mapping(self, event: Event, events: Iterator[Event], depth: int, key_line: int = 0) -> Node:
        values: dict[str, Node] = {}
        for key in events:
            if isinstance(key, MappingEndEvent):
                start, end = self._raw(_index(event.start_mark)), self._raw(_index(key.end_mark))
                return Node(values, self._line(event.start_mark), start, end, key_line)
            if not isinstance(key, ScalarEvent):
                raise FrontMatterError(
                    self._line(key.start_mark), "une clé est un mot", "retirez les crochets ou accolades"
                )
            line = self._line(key.start_mark)
            node = self._node(next(events), events, depth + 1, line)
            if key.value in values:
                self.duplicates.append((line, key.value))
            else:
                values[key.value] = node
        raise FrontMatterError(self.first_line, "en-tête inachevé")

    def _sequence(self, event: Event, events: Iterator[Event], depth: int, key_line: int) -> Node:
        values: list[Node] = []
        for item in events:
            if isinstance(item, SequenceEndEvent):
                break
            values.append(self._node(item, events, depth + 1, self._line(item.start_mark)))
        return Node(values, self._line(event.start_mark), self._raw(_index(event.start_mark)), 0, key_line)

    # Places: what YAML reads is the front matter with some prose values quoted.

    def _quote_loose_values(self) -> str:
        lines = self.front.splitlines(keepends=True)
        read: list[str] = []
        raw_at = read_at = 0
        for number, line in enumerate(lines):
            self._raw_starts.append(raw_at)
            self._read_starts.append(read_at)
            shown = self._quoted_line(number, line, lines[number + 1 : number + 2])
            read.append(shown)
            raw_at, read_at = raw_at + len(line), read_at + len(shown)
        return "".join(read)

    def _quoted_line(self, number: int, line: str, following: list[str]) -> str:
        match = _LOOSE.match(line)
        if not match or not _COLON.search(match[3]) or " #" in match[3]:
            return line
        indent = len(match[1])
        if following and following[0].strip() and len(following[0]) - len(following[0].lstrip()) > indent:
            return line
        self._loose[number] = (match.start(3), match.end(3))
        return match[1] + match[2] + "'" + match[3].replace("'", "''") + "'" + match[4]

    def _raw_span(self, event: ScalarEvent) -> tuple[int, int]:
        number = bisect_right(self._read_starts, _index(event.start_mark)) - 1
        if number in self._loose and event.style == "'":
            start, end = self._loose[number]
            base = self.offset + self._raw_starts[number]
            return base + start, base + end
        return self._raw(_index(event.start_mark)), self._raw(_index(event.end_mark))

    def _raw(self, index: int) -> int:
        """Place in the file of a place in the text that YAML reads (never inside a value quoted here)."""
        number = max(0, bisect_right(self._read_starts, index) - 1)
        if not self._raw_starts:
            return self.offset
        return self.offset + self._raw_starts[number] + index - self._read_starts[number]

    def _line(self, mark: Any) -> int:
        return self.first_line + (mark.line if mark else 0)

    def _refuse_tabs(self) -> None:
        for number, line in enumerate(self.front.split("\n")):
            if "\t" in line[: len(line) - len(line.lstrip())]:
                raise FrontMatterError(
                    self.first_line + number, "tabulation en début de ligne", "remplacez-la par des espaces"
                )


def _index(mark: Any) -> int:
    """Place of a mark in the text read; parsers without marks do not exist here, whatever the stubs say."""
    return int(mark.index)
