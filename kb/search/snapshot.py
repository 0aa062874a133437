"""What answers a search: arrays read once from Whoosh's postings, beside its index, then only mapped in memory.

Cases are numbered in the order of their slugs, so that a stable sort breaks ties by slug. Words are numbered in the
order of their stems. For each word, its rows (one for each case and field that hold it) stand together in the order
of cases, then fields; for each row, its places (position, offset and length of the word) in the order of the text.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import overload

import numpy as np
import numpy.typing as npt

from kb.search.arrays import Array, read_arrays
from kb.search.documents import FIELDS, STORED_FIELDS

FIELD_NUMBER = {name: number for number, name in enumerate(FIELDS)}
_STORED_NUMBER = {name: number for number, name in enumerate(STORED_FIELDS)}
_TEXTS_KEPT = 4096
ORDERS = ("recent", "etape", "titre")


class StringTable(Sequence[str]):
    """Strings end to end in one array: nothing is decoded before it is asked for."""

    def __init__(self, blob: Array, ends: Array) -> None:
        # Read one by one, the items of a memoryview cost three times less than those of an array.
        self._blob = blob.data
        self._ends = ends.data
        self._sizes = ends

    @staticmethod
    def pack(strings: Sequence[str]) -> tuple[Array, Array]:
        """(blob, ends) of a table."""
        encoded = [text.encode() for text in strings]
        ends = np.cumsum([len(text) for text in encoded], dtype=np.int64)
        return np.frombuffer(b"".join(encoded), np.uint8), ends

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[one] for one in range(*index.indices(len(self)))]
        if not 0 <= index < len(self):
            raise IndexError(index)
        start = self._ends[index - 1] if index else 0
        return str(self._blob[start : self._ends[index]], "utf-8")

    @cached_property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Length of each string, in bytes."""
        return np.diff(self._sizes, prepend=0)

    def __len__(self) -> int:
        return len(self._ends)

    def find(self, text: str) -> int | None:
        """Place of a string in a sorted table, or None."""
        place = bisect_left(self, text)
        return place if place < len(self) and self[place] == text else None

    def prefixed(self, prefix: str) -> range:
        """Places of the strings of a sorted table that begin with `prefix`."""
        return range(bisect_left(self, prefix), bisect_left(self, prefix + "\U0010ffff"))


@dataclass(frozen=True)
class Snapshot:
    """The arrays of one generation of the index, immutable and shared by threads."""

    arrays: dict[str, Array]

    @classmethod
    def open(cls, path: Path) -> Snapshot:
        """Map a snapshot. Raises DamagedFileError or OSError."""
        return cls(read_arrays(path))

    def _table(self, name: str) -> StringTable:
        return StringTable(self.arrays[name], self.arrays[f"{name}_fin"])

    @cached_property
    def slugs(self) -> npt.NDArray[np.object_]:
        """Slug of each case, in order."""
        slugs = np.empty(self.size, object)
        slugs[:] = self._table("slugs")[:]
        return slugs

    def digests(self) -> dict[str, str]:
        """Digest of the file of each case, by slug."""
        return dict(zip(self.slugs.tolist(), self._table("empreintes"), strict=True))

    @cached_property
    def terms(self) -> StringTable:
        """Stems, sorted."""
        return self._table("termes")

    @cached_property
    def forms(self) -> StringTable:
        """Words of the corpus, folded and sorted; `form_terms`, `form_counts` and `written` go with them."""
        return self._table("formes")

    @cached_property
    def written(self) -> StringTable:
        """The words of `forms` as they are most often written, accents and all."""
        return self._table("ecrites")

    @cached_property
    def _text(self) -> Callable[[int], str]:
        """Texts by their places, the last ones read kept: the same cases answer many searches."""
        return lru_cache(maxsize=_TEXTS_KEPT)(self._table("textes").__getitem__)

    @property
    def form_terms(self) -> Array:
        return self.arrays["forme_terme"]

    @property
    def form_counts(self) -> Array:
        """Number of cases that hold each form."""
        return self.arrays["forme_cas"]

    @property
    def form_letters(self) -> Array:
        """The letters of each form as a set of bits (`spelling.letters`)."""
        return self.arrays["forme_lettres"]

    @property
    def size(self) -> int:
        """Number of cases."""
        return len(self.arrays["debut"])

    @property
    def term_rows(self) -> Array:
        """First row of each word, and the number of rows."""
        return self.arrays["terme_lignes"]

    @property
    def row_cases(self) -> Array:
        return self.arrays["ligne_cas"]

    @property
    def row_fields(self) -> Array:
        return self.arrays["ligne_champ"]

    @property
    def row_places(self) -> Array:
        """First place of each row, and the number of places."""
        return self.arrays["ligne_places"]

    @property
    def positions(self) -> Array:
        return self.arrays["position"]

    @property
    def starts(self) -> Array:
        """Offset of each place in the text of its field, in characters."""
        return self.arrays["debut_mot"]

    @property
    def widths(self) -> Array:
        """Length of the word at each place, in characters."""
        return self.arrays["longueur_mot"]

    @property
    def lengths(self) -> Array:
        """Number of words of each field (rows) of each case (columns), as Whoosh keeps it."""
        return self.arrays["longueurs"]

    @property
    def totals(self) -> Array:
        """Number of words of each field over the whole corpus."""
        return self.arrays["totaux"]

    @property
    def bitmaps(self) -> Array:
        """One line for each value of each facet (`documents.facet_rows`), one bit for each case."""
        return self.arrays["facettes"]

    @property
    def years(self) -> Array:
        """Year of beginning of each case."""
        return self.arrays["debut"]

    def order(self, name: str) -> Array:
        """Numbers of all cases in one of ORDERS."""
        order: Array = self.arrays["ordres"][ORDERS.index(name)]
        return order

    @property
    def title_keys(self) -> Array:
        """Hashes of each title: exact, near, and of its name (`titles.title_keys`)."""
        return self.arrays["titres"]

    @cached_property
    def _near_titles(self) -> tuple[Array, Array]:
        """(keys, cases): the second and third hashes of all titles, sorted, and the case of each."""
        keys = self.title_keys[1:].reshape(-1)
        order = np.argsort(keys, kind="stable")
        return keys[order], order % max(self.size, 1)

    def titled(self, near: int) -> tuple[Array, Array]:
        """Cases whose title or name has this near hash (an exact title has it too), and the exact hashes of theirs."""
        keys, cases = self._near_titles
        first, last = keys.searchsorted(np.uint64(near), "left"), keys.searchsorted(np.uint64(near), "right")
        found = cases[first:last]
        return found, self.title_keys[0][found]

    def text(self, case: int, field: str) -> str:
        """Text of a field of STORED_FIELDS of a case."""
        return self._text(case * len(STORED_FIELDS) + _STORED_NUMBER[field])
