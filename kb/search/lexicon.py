"""Acronyms and synonyms of the field, used on the side of the search only: they change nothing in the index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kb.corpus.lexicon import Entry
from kb.search.analysis import stem, words
from kb.search.french import STOP_WORDS
from kb.search.grammar import Atom, Kind


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
            names = [(name, key_of(name), _atom(name)) for name in (entry.terme, *entry.equivalents)]
            for _, key, _ in names:
                known = self._by_key.setdefault(key, [])
                for other, other_key, atom in names:
                    if other_key != key and all(one.atom.typed != other for one in known):
                        known.append(Synonym(atom, entry.poids))
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
