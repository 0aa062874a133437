"""Where words and exact expressions stand, read from the rows and places of a snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from kb.search.analysis import stem
from kb.search.arrays import Array
from kb.search.documents import FIELDS
from kb.search.french import STOP_WORDS
from kb.search.grammar import Atom, Kind
from kb.search.query import MAX_TEXT
from kb.search.ranking import Occurrences
from kb.search.snapshot import Snapshot

Expression = tuple[tuple[int, int], ...]
"""An exact expression as numbers of words with their relative positions; a single word is an expression of one."""

_POSITION_BITS = 20  # Room for a position and for the shift of an expression.
NOTHING = Occurrences(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))


class Reader:
    """Reads one snapshot. Immutable."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def sequences(self, atom: Atom) -> tuple[Expression, ...]:
        """The expressions that an atom stands for, as far as the corpus has their words."""
        if atom.kind is Kind.PREFIX:
            forms = self._snapshot.forms.prefixed(atom.parts[0][0])
            terms = np.unique(self._snapshot.form_terms[forms.start : forms.stop]).tolist()
            return tuple(((term, 0),) for term in terms)
        wanted = [content(atom)] + ([[(atom.joined, 0)]] if atom.joined else [])
        found = (self._sequence(parts) for parts in wanted)
        return tuple(sequence for sequence in found if sequence)

    def _sequence(self, parts: Sequence[tuple[str, int]]) -> Expression:
        """An expression as numbers; empty when the corpus lacks one of its words."""
        terms = [(self._snapshot.terms.find(stem(text)), shift) for text, shift in parts]
        known = tuple((term, shift) for term, shift in terms if term is not None)
        return known if len(known) == len(parts) else ()

    def occurrences(self, sequences: Sequence[Expression]) -> Occurrences:
        """Where any of these expressions stands."""
        words = sorted(one[0][0] for one in sequences if len(one) == 1)
        found = [self._run(first, last) for first, last in _runs(words)]
        found += [self._phrase(one) for one in sequences if len(one) > 1]
        if len(found) == 1:
            return found[0]
        return Occurrences(*(np.concatenate(columns) for columns in zip(*found, strict=True))) if found else NOTHING

    def cases(self, expressions: Sequence[Expression]) -> Iterator[Array]:
        """Cases where these expressions stand."""
        for one in expressions:
            if len(one) == 1:
                first, last = (int(row) for row in self._snapshot.term_rows[one[0][0] : one[0][0] + 2])
                yield self._snapshot.row_cases[first:last]
            else:
                yield self._phrase(one).cases

    def rows(self, term: int) -> Occurrences:
        """Where a word of the snapshot stands."""
        return self._run(term, term)

    def _run(self, first_term: int, last_term: int) -> Occurrences:
        """Where words that follow one another in the snapshot stand, all together."""
        snapshot = self._snapshot
        first, last = int(snapshot.term_rows[first_term]), int(snapshot.term_rows[last_term + 1])
        counts = np.diff(snapshot.row_places[first : last + 1])
        return Occurrences(snapshot.row_cases[first:last], snapshot.row_fields[first:last], counts)

    def _phrase(self, sequence: Expression) -> Occurrences:
        """Where all the words stand at their distances: the intersection of their places, each shifted back."""
        rarest, *others = sorted(sequence, key=lambda pair: np.diff(self._snapshot.term_rows[pair[0] : pair[0] + 2])[0])
        common = self._places(*rarest)
        for term, shift in others:
            if not len(common):
                break
            common = _intersection(common, self._places(term, shift))
        cells, counts = np.unique(common >> _POSITION_BITS, return_counts=True)
        return Occurrences(cells // len(FIELDS), cells % len(FIELDS), counts)

    def _places(self, term: int, shift: int) -> npt.NDArray[np.int64]:
        """Places of a word as single sorted numbers (case, field, position), moved `shift` words back."""
        snapshot = self._snapshot
        found = self.rows(term)
        first, last = int(snapshot.term_rows[term]), int(snapshot.term_rows[term + 1])
        places = snapshot.positions[int(snapshot.row_places[first]) : int(snapshot.row_places[last])]
        cells = found.cases.astype(np.int64) * len(FIELDS) + found.fields
        moved: npt.NDArray[np.int64] = np.repeat(cells << _POSITION_BITS, found.counts)
        moved += places
        moved += MAX_TEXT - shift  # Never negative: a search is shorter than MAX_TEXT.
        return moved


def content(atom: Atom) -> list[tuple[str, int]]:
    """Parts of an atom that are not stop words, or all of them when there is nothing else."""
    return [part for part in atom.parts if part[0] not in STOP_WORDS] or list(atom.parts)


def _runs(terms: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Sorted numbers as ranges: the words of a prefix mostly follow one another."""
    first = last = None
    for term in terms:
        if last is not None and term <= last + 1:
            last = term
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = term
    if first is not None and last is not None:
        yield first, last


def _intersection(few: npt.NDArray[np.int64], many: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Numbers of `few` that are in `many`, both sorted."""
    if not len(many):
        return many
    places = np.minimum(many.searchsorted(few), len(many) - 1)
    shared: npt.NDArray[np.int64] = few[many[places] == few]
    return shared
