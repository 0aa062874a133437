"""Highlights and excerpts, cut from the texts by the offsets kept at index time: nothing is analysed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from kb.search.documents import SECTION_KEYS
from kb.search.occurrences import Expression
from kb.search.results import Excerpt, Fragment
from kb.search.snapshot import FIELD_NUMBER, Snapshot

EXCERPT_LENGTH = 200
"""Characters of an excerpt, about two lines of a card; it stops at the ends of words."""

MAX_MARKED = 100  # A prefix may stand for more words; the first ones are enough to show where they are.


class Mark(NamedTuple):
    """A word to mark: its offsets in the text, and the number of the clause it answers."""

    start: int
    end: int
    clause: int


Cell = tuple[int, int]
"""A case and a field, by their numbers."""
Span = tuple[int, int]
Marks = dict[Cell, list[Mark]]
"""Words to mark, by case and field."""


def find_marks(snapshot: Snapshot, cases: Sequence[int], clauses: Sequence[Sequence[Expression]]) -> Marks:
    """Where the words and expressions of a search stand in the given cases."""
    marks: Marks = {}
    pairs = [(expression, clause) for clause, found in enumerate(clauses) for expression in found]
    for expression, clause in pairs[:MAX_MARKED]:
        first, *others = (_places(snapshot, term, cases) for term, _ in expression)
        shifts = [shift - expression[0][1] for _, shift in expression[1:]]
        for cell, places in first.items():
            spans = places.values() if not others else _spans(places, [one.get(cell, {}) for one in others], shifts)
            marks.setdefault(cell, []).extend([Mark(start, end, clause) for start, end in spans])
    for marked_words in marks.values():
        marked_words.sort()
    return marks


def _places(snapshot: Snapshot, term: int, cases: Sequence[int]) -> dict[Cell, dict[int, Span]]:
    """Offsets of a word in some cases, by case and field, then by position."""
    first, last = snapshot.term_rows[term : term + 2].tolist()
    held = snapshot.row_cases[first:last]
    ends = held.searchsorted(np.array([*cases, *(case + 1 for case in cases)], held.dtype)).tolist()
    owners = [
        (case, first + row)
        for case, low, high in zip(cases, ends, ends[len(cases) :], strict=False)
        for row in range(low, high)
    ]
    rows = [row for _, row in owners]
    fields = snapshot.row_fields[rows].tolist() if rows else []
    lows = snapshot.row_places[rows].tolist() if rows else []
    highs = snapshot.row_places[[row + 1 for row in rows]].tolist() if rows else []
    places = [place for low, high in zip(lows, highs, strict=True) for place in range(low, high)]
    starts, widths = (array[places].tolist() if places else [] for array in (snapshot.starts, snapshot.widths))
    spans = zip(
        snapshot.positions[places].tolist() if places else [],
        [(start, start + width) for start, width in zip(starts, widths, strict=True)],
        strict=True,
    )
    return {
        (case, field): dict(islice(spans, high - low))
        for (case, _), field, low, high in zip(owners, fields, lows, highs, strict=True)
    }


def _spans(places: Mapping[int, Span], others: Sequence[Mapping[int, Span]], shifts: Sequence[int]) -> Iterable[Span]:
    """From the first word to the last of an expression, wherever all its words are at their distances."""
    for position, (start, end) in places.items():
        ends = [one.get(position + shift, (0, 0))[1] for one, shift in zip(others, shifts, strict=True)]
        if all(ends):
            yield start, max(end, *ends)


def marked(snapshot: Snapshot, case: int, field: str, marks: Marks) -> tuple[Fragment, ...]:
    """The whole text of a field, its words marked."""
    text = snapshot.text(case, field)
    spans = marks.get((case, FIELD_NUMBER[field]))
    return tuple(_fragments(text, 0, len(text), spans)) if spans else (Fragment(text),)


def excerpt(snapshot: Snapshot, case: int, marks: Marks) -> Excerpt | None:
    """The passage of the body that holds the most different words; None when the words are all elsewhere."""
    best: tuple[int, int, Mark] | None = None
    section = ""
    for key in SECTION_KEYS:
        spans = marks.get((case, FIELD_NUMBER[key]))
        if not spans or (best and (len({mark.clause for mark in spans}), len(spans)) <= best[:2]):
            continue  # Even all its words together would not do better.
        found = _window(spans)
        if found and (best is None or found[:2] > best[:2]):
            best, section = found, key
    if best is None:
        return None
    text = snapshot.text(case, section)
    start, end = _bounds(text, best[2])
    fragments = list(_fragments(text, start, end, marks[case, FIELD_NUMBER[section]]))
    if start:
        fragments.insert(0, Fragment("… "))
    if end < len(text):
        fragments.append(Fragment(" …"))
    return Excerpt(section, _merged(fragments))


def _window(spans: Sequence[Mark]) -> tuple[int, int, Mark] | None:
    """(different clauses, words, extent) of the richest stretch that an excerpt can show, the first of the best."""
    best: tuple[int, int, Mark] | None = None
    last = 0
    for first, mark in enumerate(spans):
        while last < len(spans) and spans[last].end - mark.start <= EXCERPT_LENGTH:
            last += 1
        last = max(last, first + 1)
        inside = spans[first:last]
        richness = len({one.clause for one in inside}), len(inside)
        if best is None or richness > best[:2]:
            best = (*richness, Mark(mark.start, max(one.end for one in inside), 0))
    return best


def _bounds(text: str, extent: Mark) -> tuple[int, int]:
    """Where to cut around what must be seen: at the start of its line when it is near, else between words."""
    room = max(0, EXCERPT_LENGTH - (extent.end - extent.start))
    line = text.rfind("\n", 0, extent.start) + 1
    start = line if extent.start - line <= room else extent.start - room // 2
    while start > line and not text[start - 1].isspace():
        start -= 1
    end = min(len(text), max(extent.end, start + EXCERPT_LENGTH))
    if end < len(text) and not text[end].isspace():
        cut = max(text.rfind(space, extent.end, end) for space in " \n\u00a0\u202f")
        end = cut if cut > 0 else _word_end(text, extent.end)
    return start, end


def _word_end(text: str, place: int) -> int:
    while place < len(text) and not text[place].isspace():
        place += 1
    return place


def _fragments(text: str, start: int, end: int, spans: Iterable[Mark]) -> Iterable[Fragment]:
    """The text from `start` to `end`, cut at the marks; overlapping marks are one, and line ends are spaces."""
    place = start
    for first, last in _disjoint(spans, start, end):
        if place < first:
            yield Fragment(_line(text[place:first]))
        yield Fragment(_line(text[first:last]), marked=True)
        place = last
    if place < end:
        yield Fragment(_line(text[place:end]))


def _disjoint(spans: Iterable[Mark], start: int, end: int) -> Iterable[tuple[int, int]]:
    """Stretches to mark between `start` and `end`: those that overlap are joined, as the parts of a hyphenated word."""
    first = last = start
    for mark in spans:
        if mark.start >= last:
            if first < last:
                yield first, last
            first, last = mark.start, mark.start
        last = max(last, min(mark.end, end))
        if mark.start >= end:
            return
    if first < last:
        yield first, last


def _line(text: str) -> str:
    return text.replace("\n", " ")


def _merged(fragments: Sequence[Fragment]) -> tuple[Fragment, ...]:
    """Plain fragments that follow one another become one; spaces at both ends go."""
    merged: list[Fragment] = []
    for one in fragments:
        if merged and not one.marked and not merged[-1].marked:
            merged[-1] = Fragment(merged[-1].text + one.text)
        else:
            merged.append(one)
    return tuple(merged)
