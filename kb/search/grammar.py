"""The reader's syntax: whatever is typed is a valid search, and nothing in it can cost more than a few words.

    mots ordinaires        all of them, then most of them
    "expression exacte"    words that follow one another; « » and “ ” do too
    a OU b                 one or the other; ET is what happens anyway
    -mot, SAUF mot         set aside
    préfixe*               three letters or more before the star

Operators are in capitals. All the rest is punctuation: `champ:valeur` is two words, `?` and a lone `*` are nothing.
The result is flat, clauses of alternatives, so that no nesting typed by a visitor ever becomes recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from kb.search.analysis import Word, fold, words
from kb.search.query import MAX_TEXT

MAX_ATOMS = 64
"""Words and expressions that count in one search; those after are left out."""

MIN_PREFIX = 3
MAX_PREFIXES = 8
"""Beginnings of words in one search, each of which may stand for hundreds of words; those after count as words."""

_QUOTED = re.compile(r"""(?P<minus>(?<!\S)[-−])?(?:"(?P<a>[^"]*)"|«(?P<b>[^»]*)»|“(?P<c>[^”]*)”)""")


class Kind(Enum):
    WORD = auto()
    PHRASE = auto()
    PREFIX = auto()


class _Operator(Enum):
    AND = "ET"
    OR = "OU"
    NOT = "SAUF"


@dataclass(frozen=True, slots=True)
class Atom:
    """What is looked for as one thing: `parts` are folded words with their relative positions, `typed` as typed.

    A hyphenated word has several parts and their `joined` form: either may stand in the text.
    """

    kind: Kind
    typed: str
    parts: tuple[tuple[str, int], ...]
    joined: str = ""

    @property
    def key(self) -> tuple[Kind, tuple[tuple[str, int], ...]]:
        return self.kind, self.parts


_Item = Atom | _Operator


@dataclass(frozen=True, slots=True)
class Parsed:
    """Clauses that must all be met, each by one at least of its atoms, and atoms that must not be there."""

    clauses: tuple[tuple[Atom, ...], ...] = ()
    excluded: tuple[Atom, ...] = ()


def parse(text: str) -> Parsed:
    """Read a search; never raises."""
    clauses: list[list[Atom]] = []
    excluded: list[Atom] = []
    seen: set[object] = set()
    pending: _Operator | None = None
    joinable = False  # Whether the last item is a clause that OU may widen.
    for item, minus in _few_prefixes(_items(text[:MAX_TEXT])):
        if isinstance(item, _Operator):
            pending = item
            continue
        negated = minus or pending is _Operator.NOT
        widens = pending is _Operator.OR and joinable and not negated
        pending = None
        if len(seen) >= MAX_ATOMS:
            break
        if (item.key, negated) not in seen:
            seen.add((item.key, negated))
            if negated:
                excluded.append(item)
            elif widens:
                clauses[-1].append(item)
            else:
                clauses.append([item])
        joinable = not negated
    return Parsed(tuple(map(tuple, clauses)), tuple(excluded))


def _few_prefixes(items: Iterable[tuple[_Item, bool]]) -> Iterator[tuple[_Item, bool]]:
    """The items, beginnings of words after the first MAX_PREFIXES being taken as words."""
    left = MAX_PREFIXES
    for item, minus in items:
        if isinstance(item, Atom) and item.kind is Kind.PREFIX:
            yield item if left > 0 else replace(item, kind=Kind.WORD), minus
            left -= 1
        else:
            yield item, minus


def _items(text: str) -> Iterator[tuple[_Item, bool]]:
    """Atoms and operators in order, each with whether a minus sign stands before it."""
    start = 0
    for quoted in _QUOTED.finditer(text):
        yield from _plain(text[start : quoted.start()])
        inside = quoted["a"] or quoted["b"] or quoted["c"] or ""
        phrase = _phrase(inside)
        if phrase:
            yield phrase, bool(quoted["minus"])
        start = quoted.end()
    yield from _plain(text[start:])


def _plain(text: str) -> Iterator[tuple[_Item, bool]]:
    for word in words(text):
        first, typed = word.parts[0].start, text[word.start : word.end]
        before, after = text[max(0, first - 2) : first], text[word.end : word.end + 1]
        if typed in _Operator._value2member_map_ and before[-1:].strip() == "" and after.strip() == "":
            yield _Operator(typed), False
            continue
        minus = before[-1:] in ("-", "−") and before[:-1].strip() == "" and typed != ""
        if after == "*":
            yield from ((atom, minus) for atom in _prefix(word, typed))
        else:
            kind = Kind.PHRASE if word.joined else Kind.WORD
            yield Atom(kind, typed, _parts([word]), word.joined), minus


def _phrase(inside: str) -> Atom | None:
    """The atom of an exact expression; None when there is no word in it."""
    found = list(words(inside))
    if not found:
        return None
    parts = _parts(found)
    joined = found[0].joined if len(found) == 1 else ""
    return Atom(Kind.PHRASE if len(parts) > 1 else Kind.WORD, inside.strip(), parts, joined)


def _prefix(word: Word, typed: str) -> Iterator[Atom]:
    """A beginning of word; what stands before its last hyphen is searched as words, and so is what is too short."""
    *before, last = word.parts
    for part in before:
        yield Atom(Kind.WORD, part.text, ((part.text, 0),))
    long_enough = len(last.text) >= MIN_PREFIX
    kind = Kind.PREFIX if long_enough else Kind.WORD
    yield Atom(kind, last.text if before else typed, ((fold(last.text) if long_enough else last.text, 0),))


def _parts(found: list[Word]) -> tuple[tuple[str, int], ...]:
    texts = [part.text for word in found for part in word.parts]
    return tuple((text, position) for position, text in enumerate(texts))
