"""Acronyms and synonyms of the field, kept by curators in `cases/lexique.yaml` and used on the side of the search only.

A lexicon changes nothing in the index: it is effective at the next request.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from kb.errors import TaxonomyError
from kb.search.analysis import stem, words
from kb.search.french import STOP_WORDS
from kb.search.grammar import Atom, Kind

DEFAULT_WEIGHT = 0.7
_KEYS = ("terme", "equivalents", "poids", "definition")


@dataclass(frozen=True, slots=True)
class Entry:
    """A term and what says nearly the same; `poids` is how much an equivalent counts against the word typed."""

    terme: str
    equivalents: tuple[str, ...]
    poids: float = DEFAULT_WEIGHT
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Synonym:
    """An expression to try as well, and its weight."""

    atom: Atom
    weight: float


class Lexicon(Sequence[Entry]):
    """Entries in the order of the file; each leads from its term to its equivalents and back."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._entries = tuple(entries)
        self._by_key: dict[tuple[str, ...], list[Synonym]] = {}
        for entry in self._entries:
            names = (entry.terme, *entry.equivalents)
            for name in names:
                known = self._by_key.setdefault(key_of(name), [])
                for other in names:
                    if key_of(other) != key_of(name) and all(one.atom.typed != other for one in known):
                        known.append(Synonym(_atom(other), entry.poids))
        self.longest = max((len(key) for key in self._by_key), default=0)

    def __getitem__(self, index: Any) -> Any:
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)

    def synonyms(self, key: tuple[str, ...]) -> Sequence[Synonym]:
        """What to try beside the words of this key; empty when the lexicon does not know them."""
        return self._by_key.get(key, ())


def key_of(text: str) -> tuple[str, ...]:
    """Stems of a text without its stop words: « mécénat de compétences » and « Mécénats compétence » are one."""
    folded = [part.text for word in words(text) for part in word.parts]
    return tuple(stem(word) for word in folded if word not in STOP_WORDS) or tuple(folded)


def _atom(text: str) -> Atom:
    found = list(words(text))
    parts = tuple((part, place) for place, part in enumerate(part.text for word in found for part in word.parts))
    joined = found[0].joined if len(found) == 1 else ""
    return Atom(Kind.PHRASE if len(parts) > 1 else Kind.WORD, text, parts, joined)


@dataclass
class _Problems:
    """What is wrong in the file, each with its line."""

    path: Path
    found: list[str] = field(default_factory=list)

    def note(self, node: yaml.Node, message: str) -> None:
        self.found.append(f"{self.path}:{node.start_mark.line + 1}: {message}")


def read_lexicon(path: Path) -> Lexicon:
    """Read the lexicon; an absent file is an empty one. Raises TaxonomyError with every line at fault."""
    if not path.is_file():
        return Lexicon()
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TaxonomyError(f"{path} : lexique illisible : {error}") from error
    problems = _Problems(path)
    if root is not None and not isinstance(root, yaml.SequenceNode):
        problems.note(root, "une liste d'entrées est attendue (« - terme: … »).")
    entries = list(_entries(root, problems)) if isinstance(root, yaml.SequenceNode) else []
    if problems.found:
        raise TaxonomyError("\n".join(problems.found))
    return Lexicon(entries)


def _entries(root: yaml.SequenceNode, problems: _Problems) -> Iterator[Entry]:
    seen: dict[tuple[str, ...], str] = {}
    for node in root.value:
        entry = _entry(node, problems)
        if entry is None:
            continue
        key = key_of(entry.terme)
        if key in seen:
            problems.note(node, f"« {entry.terme} » a déjà une entrée (« {seen[key]} ») : réunissez-les.")
        seen[key] = entry.terme
        yield entry


def _entry(node: yaml.Node, problems: _Problems) -> Entry | None:
    if not isinstance(node, yaml.MappingNode):
        problems.note(node, "une entrée a au moins « terme » et « equivalents ».")
        return None
    values = {str(key.value): value for key, value in node.value}
    for key, _ in node.value:
        if key.value not in _KEYS:
            problems.note(key, f"clé inconnue « {key.value} » (attendues : {', '.join(_KEYS)}).")
    terme = _text(values.get("terme"))
    equivalents = _texts(values.get("equivalents"))
    if not terme or not key_of(terme):
        problems.note(node, "« terme » manque.")
        return None
    if not equivalents:
        problems.note(
            values.get("equivalents", node), f"« {terme} » : « equivalents » est une liste d'un mot au moins."
        )
        return None
    return Entry(terme, equivalents, _weight(values.get("poids"), terme, problems), _text(values.get("definition")))


def _text(node: yaml.Node | None) -> str:
    return str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""


def _texts(node: yaml.Node | None) -> tuple[str, ...]:
    """A list of words, or nothing when it is anything else."""
    if not isinstance(node, yaml.SequenceNode):
        return ()
    found = tuple(_text(one) for one in node.value)
    return found if all(one and key_of(one) for one in found) else ()


def _weight(node: yaml.Node | None, terme: str, problems: _Problems) -> float:
    if node is None:
        return DEFAULT_WEIGHT
    try:
        weight = float(_text(node))
    except ValueError:
        weight = 0.0
    if not 0 < weight <= 1:
        problems.note(node, f"« {terme} » : « poids » est un nombre entre 0 et 1 ({_text(node)}).")
    return weight
