"""Words of the corpus near a word that it does not have: one slip in a short word, two in a long one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from rapidfuzz.distance import OSA

from kb.search.analysis import stem, words
from kb.search.french import STOP_WORDS
from kb.search.snapshot import Snapshot

MIN_LENGTH = 4  # Shorter words are too near one another.
_TWO_SLIPS = 7
_MOST_GUESSES = 3
_MOST_COMPARED = 600
_MUCH_MORE = 4  # « scolarie » has the stem of « scolarité », but « scolaire » is far more common.
_MOST_MISSPELT = 4  # Words corrected in one search.


def letters(folded: str) -> int:
    """Letters of a word as a set of 32 bits: two words one slip apart differ by two bits at most."""
    bits = 0
    for char in folded:
        bits |= 1 << (ord(char) % 32)
    return bits


class Spelling:
    """Corrections over the words of one snapshot. Immutable, but for what it has already worked out."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.near = lru_cache(maxsize=2048)(self._near)

    def rewritings(self, text: str) -> tuple[str, ...]:
        """The text with its unknown words replaced by near ones: all by their best, then by the other guesses.

        None when a word has no near one, or when too many are unknown: no case would hold all the words.
        """
        unknown = [part for word in words(text) for part in word.parts if self._is_unknown(part.text)]
        if len(unknown) > _MOST_MISSPELT:
            return ()
        slips = [(part, self.near(part.text)) for part in unknown]
        if not all(guesses for _, guesses in slips):
            return ()
        proposed = []
        for rank in range(_MOST_GUESSES):
            if any(rank < len(guesses) for _, guesses in slips):
                rewritten = text
                for part, guesses in reversed(slips):
                    written = self._written(guesses[min(rank, len(guesses) - 1)])
                    rewritten = rewritten[: part.start] + written + rewritten[part.end :]
                proposed.append(rewritten)
        return tuple(dict.fromkeys(proposed))

    def _is_unknown(self, folded: str) -> bool:
        """Whether no case has the word, or it is written nowhere and near a word much more common."""
        if len(folded) < MIN_LENGTH or folded in STOP_WORDS:
            return False
        held = self._held(stem(folded))
        if not held or self._snapshot.forms.find(folded) is not None:
            return not held
        near = self.near(folded)
        return bool(near) and self._held(stem(near[0])) >= _MUCH_MORE * held

    def _held(self, root: str) -> int:
        """Number of fields of the cases that hold a stem."""
        term = self._snapshot.terms.find(root)
        return 0 if term is None else int(self._snapshot.term_rows[term + 1] - self._snapshot.term_rows[term])

    def _written(self, folded: str) -> str:
        place = self._snapshot.forms.find(folded)
        return folded if place is None else self._snapshot.written[place]

    def _near(self, folded: str) -> tuple[str, ...]:
        """The nearest words, the most common first; none for a short word."""
        if len(folded) < MIN_LENGTH:
            return ()
        allowed = 2 if len(folded) >= _TWO_SLIPS else 1
        found: list[tuple[int, int, int, str]] = []
        for place in self._comparable(folded, allowed):
            form = self._snapshot.forms[place]
            slips = OSA.distance(folded, form, score_cutoff=allowed)
            if slips <= allowed:
                found.append((slips, form[0] != folded[0], -int(self._snapshot.form_counts[place]), form))
        found.sort()
        best = found[0][0] if found else 0
        return tuple(_without_kin([form for slips, _, _, form in found if slips == best]))[:_MOST_GUESSES]

    def _comparable(self, folded: str, allowed: int) -> list[int]:
        """Places of the words whose length and letters do not exclude that few slips, the likeliest first."""
        lengths = self._snapshot.forms.sizes  # In bytes: a folded French word has one a letter.
        places = np.flatnonzero(np.abs(lengths - len(folded)) <= allowed)
        differing = np.bitwise_count(self._snapshot.form_letters[places] ^ np.uint32(letters(folded)))
        likely = np.flatnonzero(differing <= 2 * allowed)
        likely = likely[np.argsort(differing[likely], kind="stable")][:_MOST_COMPARED]
        found: list[int] = places[likely].tolist()
        return found


def _without_kin(forms: Sequence[str]) -> list[str]:
    """The first word of each family: « entreprise » stands for « entreprises » too."""
    families: dict[str, str] = {}
    for form in forms:
        families.setdefault(stem(form), form)
    return list(families.values())
