"""Typed reading of front matter values: each method gives the value, or None after having noted a located problem."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar
from urllib.parse import urlsplit

from kb.corpus.case import PartialDate
from kb.corpus.frontmatter import Node
from kb.corpus.problems import Problem, Severity
from kb.corpus.taxonomy import Vocabulary

T = TypeVar("T")
MAX_TEXT = 600  # characters of any one-line value


@dataclass(slots=True)
class FieldReader:
    """Reads nodes of one file; `path` names the file in the problems it gathers."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def note(self, line: int, name: str, message: str, cure: str = "", *, code: str = "", warn: bool = False) -> None:
        """Add a problem at a line of the file."""
        severity = Severity.WARNING if warn else Severity.ERROR
        self.problems.append(Problem(self.path, line, name, message, cure, severity, code))

    # Containers

    def keys(self, node: Node, name: str, allowed: Iterable[str]) -> dict[str, Node]:
        """The mapping of a node, its unknown keys noted with « did you mean »."""
        if not isinstance(node.value, dict):
            self.note(node.line, name, "une suite de « clé: valeur » est attendue", code="type")
            return {}
        known = list(allowed)
        for key, value in node.value.items():
            if key not in known:
                close = get_close_matches(key.lower(), known, n=1, cutoff=0.6)
                cure = f"vouliez-vous dire « {close[0]} » ?" if close else f"clés permises : {', '.join(known)}"
                where = f"{name}.{key}" if name else key
                self.note(value.key_line or value.line, where, "clé inconnue", cure, code="cle-inconnue")
        return {key: value for key, value in node.value.items() if key in known}

    def items(self, node: Node | None, name: str) -> list[Node]:
        """The items of a list; a lone text stands for a list of one; an empty value for none."""
        if node is None or node.value == "":
            return []
        if isinstance(node.value, list):
            return node.value
        if isinstance(node.value, str):
            return [node]
        self.note(
            node.line, name, "une liste est attendue", "écrivez [a, b] ou une ligne « - » par élément", code="type"
        )
        return []

    # Values

    def text(self, node: Node | None, name: str, limit: int = MAX_TEXT) -> str:
        """A text on one line, "" when absent."""
        if node is None:
            return ""
        if not isinstance(node.value, str):
            self.note(node.line, name, "un texte est attendu", "mettez la valeur entre guillemets", code="type")
            return ""
        value = " ".join(node.value.split())
        if len(value) > limit:
            message = f"{len(value)} caractères, {limit} au plus"
            self.note(node.line, name, message, "raccourcissez", code="longueur")
        return value

    def term(self, node: Node | None, name: str, vocabulary: Vocabulary) -> str:
        """An id of a vocabulary, "" when absent or unknown."""
        value = self.text(node, name)
        if node is None or not value or value in vocabulary:
            return value
        close = vocabulary.close_to(value)
        cure = f"vouliez-vous dire « {close} » ?" if close else f"valeurs permises : {_sample(vocabulary)}"
        self.note(node.line, name, f"« {value} » n'est pas dans le vocabulaire", cure, code="terme-inconnu")
        return ""

    def terms(self, node: Node | None, name: str, vocabulary: Vocabulary, most: int = 99) -> tuple[str, ...]:
        """Ids of a vocabulary, each once, in the order of the file."""
        found: list[str] = []
        for item in self.items(node, name):
            value = self.term(item, name, vocabulary)
            if value in found:
                self.note(item.line, name, f"« {value} » est écrit deux fois", "retirez-en un", code="double")
            elif value:
                found.append(value)
        if node is not None and len(found) > most:
            self.note(node.line, name, f"{len(found)} valeurs, {most} au plus", "gardez les principales", code="nombre")
        return tuple(found)

    def year(self, node: Node | None, name: str) -> int | None:
        value = self.text(node, name)
        if node is None or not value:
            return None
        if re.fullmatch(r"(1[5-9]|20)\d\d", value):
            return int(value)
        self.note(node.line, name, f"« {value} » n'est pas une année", "écrivez par exemple 2017", code="date")
        return None

    def date(self, node: Node | None, name: str) -> PartialDate | None:
        """A year, month or day, with the precision written."""
        value = self.text(node, name)
        if node is None or not value:
            return None
        date = PartialDate.parse(value)
        if date is None:
            cure = "écrivez 2024, 2024-09, 2024-09-16 ou « vers 2024 »"
            self.note(node.line, name, f"« {value} » n'est pas une date", cure, code="date")
        return date

    def flag(self, node: Node | None, name: str) -> bool:
        value = self.text(node, name).lower()
        if node is None or value in {"", "false", "non", "no"}:
            return False
        if value in {"true", "oui", "yes"}:
            return True
        self.note(node.line, name, f"« {value} » : true ou false est attendu", code="type")
        return False

    def url(self, node: Node | None, name: str) -> str:
        """An http or https address that can be followed, "" otherwise."""
        value = self.text(node, name, 2_000)
        if node is None or not value:
            return ""
        try:
            parts = urlsplit(value)
            good = parts.scheme in {"http", "https"} and bool(parts.hostname) and "." in (parts.hostname or "")
        except ValueError:
            good = False
        if good and not re.search(r"[\s<>\"]", value):
            return value
        cure = "copiez l'adresse entière, avec https://"
        self.note(node.line, name, f"« {value[:80]} » n'est pas une adresse web", cure, code="adresse")
        return ""

    def required(
        self,
        fields: Mapping[str, Node],
        key: str,
        name: str,
        line: int,
        read: Callable[[Node, str], T],
        cure: str = "ajoutez-le",
    ) -> T | None:
        """Read a key that must be there and filled; `cure` is what to write when it is not."""
        node = fields.get(key)
        where = f"{name}.{key}" if name else key
        if node is None or node.value in ("", [], {}):
            at = node.line if node else line
            self.note(at, where, "obligatoire et absent", cure, code="absent")
            return None
        return read(node, where)


def choices(vocabulary: Vocabulary) -> str:
    """What to write where a term is missing."""
    return f"ajoutez une valeur : {_sample(vocabulary)}"


def _sample(vocabulary: Vocabulary) -> str:
    ids = list(vocabulary)
    return ", ".join(ids[:20]) + ("…" if len(ids) > 20 else "")
