"""Addresses that no longer lead to a case: renamed or archived. Kept in a file beside the cases, since files win."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kb.corpus.frontmatter import quoted
from kb.corpus.taxonomy import read_yaml
from kb.errors import TaxonomyError

MOVES = "adresses.yaml"
ARCHIVES = "archives"
"""The folder, beside the cases, of the files that were archived."""

_KEYS = {"vers", "archivee", "titre", "motif"}
_HEAD = """\
# Les adresses qui ne mènent plus à une fiche : renommées (vers) ou archivées (archivee, titre, motif).
# Une fiche présente l'emporte toujours sur ce fichier.
"""


@dataclass(frozen=True, slots=True)
class Move:
    """What became of an address: `vers` another one, or archived on a day, with what readers are told."""

    vers: str = ""
    archivee: str = ""
    titre: str = ""
    motif: str = ""


def read_moves(path: Path) -> dict[str, Move]:
    """Every move, by its old address; none when there is no file. Raises TaxonomyError with the entry at fault."""
    if not path.exists():
        return {}
    entries = read_yaml(path) or {}
    if not isinstance(entries, dict):
        raise TaxonomyError(f"{path} : « adresse: » puis vers ou archivee sont attendus.")
    return {str(slug): _move(path, str(slug), entry) for slug, entry in entries.items()}


def resolve(moves: Mapping[str, Move], slug: str) -> str:
    """Where an address finally leads, itself when it never moved; a circle ends where it began."""
    seen = {slug}
    while slug in moves and moves[slug].vers and moves[slug].vers not in seen:
        slug = moves[slug].vers
        seen.add(slug)
    return slug


def with_move(text: str, slug: str, move: Move) -> str:
    """The text of the file with one address added or told anew, the others untouched."""
    text = without_move(text, slug) or _HEAD
    values = {key: getattr(move, key) for key in ("vers", "archivee", "titre", "motif") if getattr(move, key)}
    entry = f"{slug}:\n" + "".join(f"  {key}: {quoted(value)}\n" for key, value in values.items())
    return text.rstrip("\n") + "\n" + entry


def without_move(text: str, slug: str) -> str:
    """The text of the file without an address, the others untouched."""
    return re.sub(rf"^{re.escape(slug)}:[^\n]*\n(?:[ \t]+[^\n]*(?:\n|\Z))*", "", text, flags=re.MULTILINE)


def _move(path: Path, slug: str, entry: Any) -> Move:
    where = f"{path} : « {slug} »"
    if not isinstance(entry, dict) or set(entry) - _KEYS or not (entry.get("vers") or entry.get("archivee")):
        raise TaxonomyError(f"{where} : « vers: », ou « archivee: » avec titre et motif, sont attendus.")
    return Move(**{key: str(value) for key, value in entry.items()})
