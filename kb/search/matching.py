"""From what was typed to the cases that answer, by the rows and places of a snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.search.analysis import stem
from kb.search.documents import FIELDS
from kb.search.french import QUESTION_WORDS, STOP_WORDS
from kb.search.grammar import Atom, Kind, Parsed
from kb.search.query import MAX_TEXT
from kb.search.ranking import Occurrences, Ranking, Scores
from kb.search.results import Matching
from kb.search.snapshot import Snapshot

MOST = 0.6
"""Share of the words that a case must hold when no case holds them all."""

_POSITION_BITS = 20  # Room for a position and for the shift of an expression.
_NOTHING = Occurrences(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True)
class Answer:
    """Cases that answer the words: their scores, a mask, and how the words were matched."""

    scores: Scores
    mask: npt.NDArray[np.bool_]
    matching: Matching
    ignored: tuple[str, ...] = ()
    terms: tuple[tuple[int, ...], ...] = ()
    """Words to mark, by clause, as numbers of the snapshot."""


class Matcher:
    """Evaluates parsed searches over one snapshot. Immutable."""

    def __init__(self, snapshot: Snapshot, ranking: Ranking) -> None:
        self._snapshot = snapshot
        self._ranking = ranking

    def answer(self, parsed: Parsed) -> Answer:
        """All the words if some case holds them all, else most of them."""
        clauses = significant(parsed.clauses)
        size = self._snapshot.size
        scores, counts = np.zeros(size), np.zeros(size, np.int64)
        met: list[npt.NDArray[np.bool_]] = []
        for clause in clauses:
            clause_scores = sum((self.scores(atom) for atom in clause), np.zeros(size))
            scores += clause_scores
            met.append(clause_scores > 0)
            counts += met[-1]
        allowed = self._allowed(parsed.excluded)
        best = int(counts[allowed].max(initial=0)) if clauses else 0
        terms = tuple(tuple(term for atom in clause for term in self.terms(atom)) for clause in clauses)
        if best in (0, len(clauses)):
            matching = Matching.ALL_WORDS if clauses or parsed.excluded else Matching.NO_WORDS
            return Answer(scores, (counts == len(clauses)) & allowed, matching, (), terms)
        threshold = max(1, min(best, int(np.ceil(MOST * len(clauses)))))
        mask = (counts >= threshold) & allowed
        ignored = tuple(_typed(clause) for clause, cases in zip(clauses, met, strict=True) if not (cases & mask).any())
        return Answer(scores * (counts / len(clauses)), mask, Matching.MOST_WORDS, ignored, terms)

    def scores(self, atom: Atom) -> Scores:
        """Score of every case for one atom."""
        return self._ranking.scores(self.occurrences(atom))

    def term_scores(self, term: int) -> Scores:
        """Score of every case for one word of the snapshot."""
        return self._ranking.scores(self.rows(term))

    def occurrences(self, atom: Atom) -> Occurrences:
        """Where an atom stands."""
        if atom.kind is Kind.PREFIX:
            return _together([self.rows(term) for term in self.terms(atom)])
        parts = _content(atom)
        found = self._phrase(parts) if len(parts) > 1 else self._word(parts[0][0])
        return _together([found, self._word(atom.joined)]) if atom.joined else found

    def terms(self, atom: Atom) -> tuple[int, ...]:
        """Words of the snapshot that an atom looks for."""
        if atom.kind is Kind.PREFIX:
            forms = self._snapshot.forms.prefixed(atom.parts[0][0])
            return tuple(np.unique(self._snapshot.form_terms[forms.start : forms.stop]).tolist())
        folded = [text for text, _ in _content(atom)] + ([atom.joined] if atom.joined else [])
        found = (self._snapshot.terms.find(stem(text)) for text in folded)
        return tuple(term for term in found if term is not None)

    def _allowed(self, excluded: Sequence[Atom]) -> npt.NDArray[np.bool_]:
        allowed = np.ones(self._snapshot.size, bool)
        for atom in excluded:
            if not _is_empty(atom):
                allowed[self.occurrences(atom).cases] = False
        return allowed

    def _word(self, folded: str) -> Occurrences:
        term = self._snapshot.terms.find(stem(folded))
        return _NOTHING if term is None else self.rows(term)

    def rows(self, term: int) -> Occurrences:
        """Where a word of the snapshot stands."""
        snapshot = self._snapshot
        first, last = int(snapshot.term_rows[term]), int(snapshot.term_rows[term + 1])
        counts = np.diff(snapshot.row_places[first : last + 1])
        return Occurrences(snapshot.row_cases[first:last], snapshot.row_fields[first:last], counts)

    def _phrase(self, parts: Sequence[tuple[str, int]]) -> Occurrences:
        """Where all the words stand at their distances: the intersection of their places, each shifted back."""
        numbers = [(self._snapshot.terms.find(stem(text)), shift) for text, shift in parts]
        shifted = [(self._places(term, shift)) for term, shift in numbers if term is not None]
        if len(shifted) < len(parts):
            return _NOTHING
        common, *others = sorted(shifted, key=len)
        for other in others:
            common = common[np.isin(common, other, assume_unique=True, kind="sort")] if len(common) else common
        cells, counts = np.unique(common >> _POSITION_BITS, return_counts=True)
        return Occurrences(cells // len(FIELDS), cells % len(FIELDS), counts)

    def _places(self, term: int, shift: int) -> npt.NDArray[np.int64]:
        """Places of a word as single numbers (case, field, position), moved `shift` words back."""
        snapshot = self._snapshot
        found = self.rows(term)
        first, last = int(snapshot.term_rows[term]), int(snapshot.term_rows[term + 1])
        places = snapshot.positions[int(snapshot.row_places[first]) : int(snapshot.row_places[last])]
        cells = found.cases.astype(np.int64) * len(FIELDS) + found.fields
        moved: npt.NDArray[np.int64] = (np.repeat(cells, found.counts) << _POSITION_BITS) + (
            places.astype(np.int64) + MAX_TEXT - shift
        )
        return moved


def significant(clauses: Sequence[tuple[Atom, ...]]) -> list[tuple[Atom, ...]]:
    """The clauses that say something: without stop words, then without words of questions, unless none is left."""
    full = [kept for clause in clauses if (kept := tuple(atom for atom in clause if not _is_empty(atom)))]
    subject = [clause for clause in full if not all(_is_question(atom) for atom in clause)]
    return subject or full or list(clauses)


def _content(atom: Atom) -> list[tuple[str, int]]:
    """Parts that are not stop words, or all of them when there is nothing else."""
    return [part for part in atom.parts if part[0] not in STOP_WORDS] or list(atom.parts)


def _is_empty(atom: Atom) -> bool:
    return atom.kind is not Kind.PREFIX and all(text in STOP_WORDS for text, _ in atom.parts)


def _is_question(atom: Atom) -> bool:
    return atom.kind is not Kind.PREFIX and all(text in QUESTION_WORDS | STOP_WORDS for text, _ in atom.parts)


def _typed(clause: tuple[Atom, ...]) -> str:
    return " OU ".join(atom.typed for atom in clause)


def _together(found: Sequence[Occurrences]) -> Occurrences:
    if not found:
        return _NOTHING
    return Occurrences(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
