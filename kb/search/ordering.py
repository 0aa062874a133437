"""Cases found, in order: only the page shown is sorted at once, the rest when someone asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]


class LazySlugs(Sequence[str]):
    """Slugs of the cases found, in order; equal to any sequence of the same slugs."""

    def __init__(self, length: int, work_out: Callable[[], Sequence[str]]) -> None:
        self._length = length
        self._work_out = work_out

    @cached_property
    def _slugs(self) -> tuple[str, ...]:
        return tuple(self._work_out())

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[str, ...]: ...
    def __getitem__(self, index: int | slice) -> str | tuple[str, ...]:
        return self._slugs[index]

    def __len__(self) -> int:
        return self._length

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(other) == self._length and all(map(_equal, self._slugs, other))

    def __hash__(self) -> int:
        return hash(self._slugs)

    def __repr__(self) -> str:
        return repr(self._slugs)


def _equal(one: Any, other: Any) -> bool:
    return bool(one == other)


def best_first(numbers: Numbers, scores: npt.NDArray[np.float64]) -> Numbers:
    """Numbers from the best score to the worst; equals keep their order."""
    return numbers[np.argsort(-scores, kind="stable")]


def best(numbers: Numbers, scores: npt.NDArray[np.float64], first: int, last: int) -> Numbers:
    """What `best_first` gives from `first` to `last`, without sorting those that come after."""
    if last >= len(numbers):
        return best_first(numbers, scores)[first:last]
    limit = np.partition(scores, len(scores) - last)[len(scores) - last]
    ahead = np.flatnonzero(scores >= limit)  # Those with the very score of the last one included.
    return best_first(numbers[ahead], scores[ahead])[first:last]
