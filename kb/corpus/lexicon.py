"""The lexicon of the base, `cases/lexique.yaml`: acronyms and synonyms of the field, kept by curators."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from kb.corpus.organisations import slugify
from kb.corpus.unreadable import sentence
from kb.errors import TaxonomyError

DEFAULT_WEIGHT = 0.7
_KEYS = ("terme", "equivalents", "poids", "definition")


@dataclass(frozen=True, slots=True)
class Entry:
    """A term and what says nearly the same; `poids` is how much an equivalent counts against the word typed."""

    terme: str
    equivalents: tuple[str, ...]
    poids: float = DEFAULT_WEIGHT
    definition: str = ""


@dataclass
class _Problems:
    """What is wrong in the file, each with its line."""

    path: Path
    found: list[str] = field(default_factory=list)

    def note(self, node: yaml.Node, message: str) -> None:
        self.found.append(f"{self.path}:{node.start_mark.line + 1}: {message}")


def read_lexicon(path: Path) -> tuple[Entry, ...]:
    """Read the entries in order; an absent file has none. Raises TaxonomyError with every line at fault."""
    if not path.is_file():
        return ()
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TaxonomyError(sentence(path, error)) from error
    problems = _Problems(path)
    if root is not None and not isinstance(root, yaml.SequenceNode):
        problems.note(root, "une liste d'entrées est attendue (« - terme: … »).")
    entries = list(_entries(root, problems)) if isinstance(root, yaml.SequenceNode) else []
    if problems.found:
        raise TaxonomyError("\n".join(problems.found))
    return tuple(entries)


def _entries(root: yaml.SequenceNode, problems: _Problems) -> Iterator[Entry]:
    seen: dict[str, str] = {}
    for node in root.value:
        entry = _entry(node, problems)
        if entry is None:
            continue
        key = slugify(entry.terme)
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
    if not slugify(terme):
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
    return found if all(map(slugify, found)) else ()


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
