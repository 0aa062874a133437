"""The judged searches of `jugements.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Judged:
    """A search, what it puts to the test, and the grade of each case that answers it."""

    genre: str
    texte: str
    grades: Mapping[str, int]


def read_judgments() -> tuple[Judged, ...]:
    entries = yaml.safe_load((Path(__file__).parent / "jugements.yaml").read_text(encoding="utf-8"))
    grades = {entry["q"]: entry["fiches"] for entry in entries if "fiches" in entry}
    return tuple(
        Judged(entry["genre"], entry["q"], grades[entry["comme"]] if "comme" in entry else entry["fiches"])
        for entry in entries
    )


def judged_only(slugs: Iterable[str], searches: Iterable[Judged]) -> list[str]:
    """The answers that were there to be judged: a case that came since, in no judgment yet, counts for nothing."""
    known = {slug for one in searches for slug in one.grades}
    return [slug for slug in slugs if slug in known]
