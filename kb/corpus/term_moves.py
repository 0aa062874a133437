"""Terms that were renamed or merged: their old identifiers, which live in addresses, lead to the new ones.

Kept in a file beside the cases: `vocabulary:`, then one `old: new` a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kb.corpus.frontmatter import quoted
from kb.corpus.taxonomy import read_yaml
from kb.errors import TaxonomyError

TERM_MOVES = "termes.yaml"
_HEAD = """\
# Les termes renommés ou réunis : les anciens identifiants vivent dans des adresses et mènent aux nouveaux.
# Écrit par la page « Vocabulaires » de l'atelier.
"""

TermMoves = Mapping[str, Mapping[str, str]]
"""Vocabulary → old identifier → new one."""


def read_term_moves(path: Path) -> TermMoves:
    """Every term that moved; none when there is no file. Raises TaxonomyError."""
    if not path.exists():
        return {}
    entries = read_yaml(path) or {}
    if not isinstance(entries, dict) or not all(isinstance(one, dict) for one in entries.values()):
        raise TaxonomyError(f"{path} : « vocabulaire: » puis « ancien: nouveau » sont attendus.")
    return {str(name): {str(old): str(new) for old, new in moves.items()} for name, moves in entries.items()}


def resolve_term(moves: TermMoves, vocabulary: str, term: str) -> str:
    """The present identifier of a term, itself when it never moved; a circle ends where it began."""
    known, seen = moves.get(vocabulary, {}), {term}
    while term in known and known[term] not in seen:
        term = known[term]
        seen.add(term)
    return term


def with_term_move(moves: TermMoves, vocabulary: str, old: str, new: str) -> str:
    """The text of the file with one move more; a term that takes its old identifier back leaves it."""
    entries = {name: dict(pairs) for name, pairs in moves.items()}
    pairs = entries.setdefault(vocabulary, {})
    pairs.pop(new, None)
    pairs[old] = new
    return term_moves_text(entries)


def term_moves_text(moves: TermMoves) -> str:
    """The text of the file."""
    lines = [_HEAD]
    for name, known in moves.items():
        if known:
            lines.append(f"{name}:\n" + "".join(f"  {quoted(a)}: {quoted(b)}\n" for a, b in known.items()))
    return "".join(lines)
