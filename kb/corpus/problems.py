"""A located problem of a case file: the one form in which command line, CI, forms and importer report what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps the file out of the site; a warning does not, but publication asks for none."""

    ERROR = "erreur"
    WARNING = "avertissement"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`path:line: field: message (cure)`; `line` counts from 1, 0 when the whole file is meant."""

    path: str
    line: int
    field: str
    message: str
    cure: str = ""
    severity: Severity = Severity.ERROR
    code: str = ""

    def __str__(self) -> str:
        cure = f" ({self.cure})" if self.cure else ""
        where = f"{self.field}: " if self.field else ""
        return f"{self.path}:{self.line}: {where}{self.message}{cure}"
