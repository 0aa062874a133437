"""Searches that found nothing, counted for the curators: words only, by day, forgotten after some days.

One text file a day, one search a line: no address, no session, no hour. What may name a person (an electronic
address, a long number) is left out before anything is written.
"""

from __future__ import annotations

import datetime
import os
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kb.search.analysis import words

MAX_WORDS = 12
MAX_DAY_BYTES = 1 << 20  # A day of a busy robot says no more than that of a busy site.
_PRIVATE = re.compile(r"\S*@\S*|(?:\d[\s.-]?){6,}")


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A search that found nothing, and how many times it was made."""

    mots: str
    fois: int


class UnansweredLog:
    """The counts of one installation, under a private folder; safe with several processes. `days` 0 keeps nothing."""

    def __init__(self, folder: Path, days: int) -> None:
        self._folder = folder
        self._days = days

    def note(self, text: str, today: datetime.date) -> None:
        """Count a search without an answer. A disk that refuses costs a count, never a page."""
        said = without_private(text)
        if self._days <= 0 or not said:
            return
        path = self._folder / f"{today.isoformat()}.txt"
        with suppress(OSError):
            if not path.exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                self.forget(today)
            elif path.stat().st_size > MAX_DAY_BYTES:
                return
            # One short write at the end of a file: processes do not cut each other's lines.
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(handle, f"{said}\n".encode())
            finally:
                os.close(handle)

    def most(self, today: datetime.date, limit: int = 50) -> tuple[Unanswered, ...]:
        """The searches most often left without an answer, within the days kept."""
        counts: Counter[str] = Counter()
        for path, day in self._days_kept():
            if self._is_kept(day, today):
                with suppress(OSError):
                    counts.update(line for line in path.read_text("utf-8", "replace").splitlines() if line)
        ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple(Unanswered(said, times) for said, times in ranked[:limit])

    def forget(self, today: datetime.date) -> None:
        """Remove the days past the limit, all of them when the log is off."""
        for path, day in self._days_kept():
            if not self._is_kept(day, today):
                with suppress(OSError):
                    path.unlink()

    def _is_kept(self, day: datetime.date, today: datetime.date) -> bool:
        return (today - day).days < self._days

    def _days_kept(self) -> Iterable[tuple[Path, datetime.date]]:
        for path in sorted(self._folder.glob("????-??-??.txt")):
            with suppress(ValueError):
                yield path, datetime.date.fromisoformat(path.stem)


def without_private(text: str) -> str:
    """The first words of a search in lower case, without what may name a person."""
    cleaned = _PRIVATE.sub(" ", text.lower())
    return " ".join(cleaned[word.start : word.end] for word in islice(words(cleaned), MAX_WORDS))
