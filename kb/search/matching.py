"""From what was typed to the cases that answer: all the words, else most of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import numpy.typing as npt

from kb.search.analysis import stem
from kb.search.french import QUESTION_WORDS, STOP_WORDS
from kb.search.grammar import Atom, Kind, Parsed
from kb.search.lexicon import Lexicon, Synonym
from kb.search.occurrences import Expression, Reader, content
from kb.search.ranking import Ranking, Scores
from kb.search.results import Matching
from kb.search.snapshot import Snapshot

MOST = 0.25
"""Share of the words, weighed by their rarity, that a case must hold when no case holds them all."""

MOST_OF_TWO = 0.5
"""The same for two words: the rarer of them."""

MOST_OF_MANY = 0.15
"""The same for a long question, of `MANY` words or more: few cases say it in its own words."""

MANY = 6

ENOUGH = 12
"""A search of three words or more is widened to most of them when fewer cases than a page hold them all; fewer are
enough in a smaller base: three, and one for every forty cases."""

ENOUGH_OF_TWO = 5
"""The same for two words: one, and one for every hundred cases."""

MOST_CLAUSES = 32
"""Telling words that count in one search; a question has ten."""

_MOST_GUESSED = 4
_ALL_WORDS_BONUS = 200.0  # Above any sum of word scores, below what an exact title brings.

Mask = npt.NDArray[np.bool_]
Guesses = Callable[[str], Sequence[str]]
"""Folded words of the corpus near a folded word that it does not have."""


@dataclass(frozen=True)
class Answer:
    """Cases that answer the words: their scores, a mask, how the words were matched, and what to mark."""

    scores: Scores
    mask: Mask
    matching: Matching
    ignored: tuple[str, ...] = ()
    marked: tuple[tuple[Expression, ...], ...] = ()
    """Expressions to mark, by clause."""
    complete: Mask | None = None
    """Cases with every word, when others follow that have most of them."""


@dataclass(eq=False)
class _Clause:
    """One clause under evaluation: its score in each case, and what it marks."""

    atoms: tuple[Atom, ...]
    scores: Scores
    met: Mask
    marked: list[Expression]


class Matcher:
    """Evaluates parsed searches over one snapshot. Immutable."""

    def __init__(self, snapshot: Snapshot, ranking: Ranking, lexicon: Lexicon, guesses: Guesses) -> None:
        self._size = snapshot.size
        self._reader = Reader(snapshot)
        self._ranking = ranking
        self._lexicon = lexicon
        self._guesses = guesses

    def answer(self, parsed: Parsed) -> Answer:
        """All the words if some case holds them all, else most of them."""
        allowed = self._allowed(parsed.excluded)
        clauses = [self._clause(atoms) for atoms in significant(parsed.clauses)[:MOST_CLAUSES]]
        if not clauses:
            return Answer(np.zeros(self._size), allowed, Matching.ALL_WORDS if parsed.excluded else Matching.NO_WORDS)
        scores = self._with_synonyms(clauses)
        absent = [clause for clause in clauses if not clause.met.any()]
        guessed = self._guessed(clauses, absent)
        if guessed:
            scores = self._with_synonyms(guessed)
            clauses = guessed
        everything = np.logical_and.reduce([clause.met for clause in clauses]) & allowed
        if np.count_nonzero(everything) >= self._enough(len(clauses)):
            matching = Matching.MOST_WORDS if absent else Matching.ALL_WORDS
            return Answer(scores, everything, matching, _typed(absent), _marked(clauses))
        answer = self._most(clauses, scores, allowed, absent)
        return answer if absent or not everything.any() else replace(answer, complete=everything)

    def _enough(self, clauses: int) -> int:
        """How many cases with every word are an answer by themselves."""
        if clauses == 1:
            return 1
        return min(ENOUGH_OF_TWO, 1 + self._size // 100) if clauses == 2 else min(ENOUGH, 3 + self._size // 40)

    def word_scores(self, term: int) -> Scores:
        """Score of every case for one word of the snapshot."""
        return self._ranking.scores(self._reader.rows(term))

    def _clause(self, atoms: tuple[Atom, ...]) -> _Clause:
        expressions = [self._reader.sequences(atom) for atom in atoms]
        scores = self._total(self._scores(one) for one in expressions)
        return _Clause(atoms, scores, scores > 0, [one for found in expressions for one in found])

    def _total(self, scores: Iterable[Scores]) -> Scores:
        """Sum of scores case by case; adding them one after another is quicker than stacking them."""
        total: Scores | None = None
        for one in scores:
            total = one if total is None else total + one
        return np.zeros(self._size) if total is None else total

    def _scores(self, expressions: Sequence[Expression]) -> Scores:
        return self._ranking.scores(self._reader.occurrences(expressions))

    def _allowed(self, excluded: Sequence[Atom]) -> Mask:
        allowed = np.ones(self._size, bool)
        for atom in excluded[:MOST_CLAUSES]:
            if not _is_empty(atom):
                for cases in self._reader.cases(self._reader.sequences(atom)):
                    allowed[cases] = False
        return allowed

    def _most(self, clauses: list[_Clause], scores: Scores, allowed: Mask, absent: list[_Clause]) -> Answer:
        """Cases with most of the words, a rare word counting for more than a common one; those with all come first."""
        if not self._size:
            return Answer(scores, allowed, Matching.ALL_WORDS)
        met = np.array([clause.met for clause in clauses], float)
        rarity = np.log(self._size / (met.sum(axis=1) + 1)) + 1
        held = (rarity @ met) / rarity.sum()
        best = float(held[allowed].max(initial=0.0))
        if not best:
            return Answer(scores, np.zeros(self._size, bool), Matching.ALL_WORDS)
        enough = MOST_OF_TWO if len(clauses) == 2 else MOST_OF_MANY if len(clauses) >= MANY else MOST
        mask = (held >= min(enough, best) - 1e-9) & allowed
        missing = [clause for clause in clauses if not (clause.met & mask).any()]
        absent = absent + [clause for clause in missing if clause.atoms not in [one.atoms for one in absent]]
        scores = scores * held + _ALL_WORDS_BONUS * (held > 1 - 1e-9)
        return Answer(scores, mask, Matching.MOST_WORDS, _typed(absent), _marked(clauses))

    def _guessed(self, clauses: list[_Clause], absent: list[_Clause]) -> list[_Clause]:
        """The clauses with each plain word found nowhere replaced by those nearest to it; none if no guess."""
        replaced: dict[int, _Clause] = {}
        for clause in absent[:_MOST_GUESSED]:
            words = [part for atom in clause.atoms if atom.kind is Kind.WORD for part, _ in content(atom)]
            near = tuple(Atom(Kind.WORD, guess, ((guess, 0),)) for word in words for guess in self._guesses(word))
            if near:
                replaced[id(clause)] = self._clause(near)
        return [replaced.get(id(clause), clause) for clause in clauses] if replaced else []

    def _with_synonyms(self, clauses: list[_Clause]) -> Scores:
        """Scores of all the clauses, and what the lexicon adds: the words that it knows are met by equivalents too."""
        total = self._total(clause.scores for clause in clauses)
        keys = [_key(clause.atoms) for clause in clauses]
        for first in range(len(clauses)):
            for last in range(first + 1, min(len(clauses), first + self._lexicon.longest) + 1):
                if not keys[last - 1]:
                    break
                synonyms = self._lexicon.synonyms(tuple(chain.from_iterable(keys[first:last])))
                if synonyms:
                    total = total + self._equivalents(synonyms, clauses[first:last])
        return total

    def _equivalents(self, synonyms: Sequence[Synonym], run: list[_Clause]) -> Scores:
        """How much better the best equivalent answers than the words themselves."""
        best, own = np.zeros(self._size), self._total(clause.scores for clause in run)
        for synonym in synonyms:
            expressions = self._reader.sequences(synonym.atom)
            if expressions:
                best = np.maximum(best, synonym.weight * self._scores(expressions))
                run[0].marked += expressions
        for clause in run:
            clause.met = clause.met | (best > 0)
        better: Scores = np.maximum(best - own, 0.0)
        return better


def significant(clauses: Sequence[tuple[Atom, ...]]) -> list[tuple[Atom, ...]]:
    """The clauses that say something: without stop words, then without words of questions, unless none is left."""
    full = [kept for clause in clauses if (kept := tuple(atom for atom in clause if not _is_empty(atom)))]
    subject = [clause for clause in full if not all(_is_question(atom) for atom in clause)]
    return subject or full or list(clauses)


def _key(atoms: tuple[Atom, ...]) -> tuple[str, ...]:
    """Stems of a clause of one plain or hyphenated word; empty for any other clause, exact expressions included."""
    if len(atoms) != 1 or not (atoms[0].kind is Kind.WORD or atoms[0].joined):
        return ()
    return tuple(stem(text) for text, _ in content(atoms[0]))


def _marked(clauses: Sequence[_Clause]) -> tuple[tuple[Expression, ...], ...]:
    return tuple(tuple(clause.marked) for clause in clauses)


def _is_empty(atom: Atom) -> bool:
    return atom.kind is not Kind.PREFIX and all(text in STOP_WORDS for text, _ in atom.parts)


def _is_question(atom: Atom) -> bool:
    return atom.kind is not Kind.PREFIX and all(text in QUESTION_WORDS | STOP_WORDS for text, _ in atom.parts)


def _typed(clauses: Sequence[_Clause]) -> tuple[str, ...]:
    return tuple(" OU ".join(atom.typed for atom in clause.atoms) for clause in clauses)
