"""Changes to the text of `taxonomy.yaml` that leave every other character where it was.

The text is read as YAML nodes, which know their places; what is changed is replaced there, and the result is read again
and compared with what was meant.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from kb.corpus.taxonomy import load_yaml
from kb.errors import TaxonomyError

Entry = dict[str, Any]


def with_values(text: str, vocabulary: str, term: str, values: Mapping[str, str | list[str]]) -> str:
    """Give values to keys of a term; an empty one removes its key. Raises TaxonomyError for an unknown term."""
    for key, value in values.items():
        text = _with_value(text, vocabulary, term, key, value)
    return text


def with_id(text: str, vocabulary: str, old: str, new: str) -> str:
    """Give a term another identifier."""
    return _with_value(text, vocabulary, old, "id", new)


def with_term(text: str, vocabulary: str, entry: Mapping[str, str]) -> str:
    """Add a term at the end of its vocabulary."""
    last = _sequence(text, vocabulary).value[-1]
    indent = " " * (last.start_mark.column - 2)
    lines = [f"{key}: {value if key == 'id' else _quoted(value)}\n" for key, value in entry.items() if value]
    block = f"{indent}- " + f"{indent}  ".join(lines)
    place = _end_of_line(text, _last_index(last))
    return _checked(text, text[:place] + block + text[place:], lambda data: data[vocabulary].append(_kept(entry)))


def without_term(text: str, vocabulary: str, term: str) -> str:
    """Take a term away, comments around it kept."""
    node = _entry(text, vocabulary, term)
    start = text.rfind("\n", 0, node.start_mark.index) + 1
    end = _end_of_line(text, _last_index(node))

    def removed(data: Entry) -> None:
        data[vocabulary] = [one for one in data[vocabulary] if str(one["id"]) != term]

    return _checked(text, text[:start] + text[end:], removed)


def _with_value(text: str, vocabulary: str, term: str, key: str, value: str | list[str]) -> str:
    node = _entry(text, vocabulary, term)
    pairs = {one.value: (one, held) for one, held in node.value}
    written = value if key == "id" else _quoted(value)
    if key in pairs and value:
        held = pairs[key][1]
        made = text[: held.start_mark.index] + str(written) + text[held.end_mark.index :]
    elif key in pairs:
        made = _without_line(text, *pairs[key])
    elif value:
        made = _with_line(text, pairs["libelle"][1], f"{key}: {written}", " " * node.start_mark.column)
    else:
        made = text

    def changed(data: Entry) -> None:
        entry = next(one for one in data[vocabulary] if str(one["id"]) == term)
        entry.pop(key, None) if not value else entry.__setitem__(key, value)

    return _checked(text, made, changed)


def _with_line(text: str, after: yaml.Node, line: str, indent: str) -> str:
    place = _end_of_line(text, after.end_mark.index)
    if text[after.end_mark.index : place].strip().startswith((",", "}")):  # An entry on one line.
        return text[: after.end_mark.index] + f", {line}" + text[after.end_mark.index :]
    return text[:place] + f"{indent}{line}\n" + text[place:]


def _without_line(text: str, key: yaml.Node, held: yaml.Node) -> str:
    start, end = text.rfind("\n", 0, key.start_mark.index) + 1, _end_of_line(text, held.end_mark.index)
    if text[start : key.start_mark.index].strip():  # An entry on one line.
        start = text.rfind(",", 0, key.start_mark.index)
        end = held.end_mark.index
    return text[:start] + text[end:]


def _checked(before: str, after: str, change: Callable[[Entry], object]) -> str:
    """The new text, once it is sure to say what was meant and nothing else."""
    wanted = load_yaml(before)
    change(wanted)
    try:
        same = load_yaml(after) == wanted
    except yaml.YAMLError:
        same = False
    if not same:
        raise TaxonomyError("Ce changement de taxonomy.yaml ne se fait pas sans risque : faites-le dans un éditeur.")
    return after


def _sequence(text: str, vocabulary: str) -> yaml.Node:
    root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found = {key.value: held for key, held in root.value} if isinstance(root, yaml.MappingNode) else {}
    if not isinstance(found.get(vocabulary), yaml.SequenceNode):
        raise TaxonomyError(f"Vocabulaire inconnu : « {vocabulary} ».")
    sequence: yaml.Node = found[vocabulary]
    return sequence


def _entry(text: str, vocabulary: str, term: str) -> yaml.Node:
    for node in _sequence(text, vocabulary).value:
        if any(key.value == "id" and held.value == term for key, held in node.value):
            found: yaml.Node = node
            return found
    raise TaxonomyError(f"« {term} » n'est pas un terme de « {vocabulary} ».")


def _last_index(node: yaml.Node) -> int:
    """Where the content of a node ends, blank lines and comments after it left out."""
    if isinstance(node, yaml.ScalarNode) or getattr(node, "flow_style", False):
        return int(node.end_mark.index)
    held = [one for pair in node.value for one in (pair if isinstance(pair, tuple) else (pair,))]
    return max((_last_index(one) for one in held), default=int(node.end_mark.index))


def _end_of_line(text: str, index: int) -> int:
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _quoted(value: str | list[str]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _kept(entry: Mapping[str, str]) -> Entry:
    return {key: value for key, value in entry.items() if value}
