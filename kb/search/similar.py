"""Close cases, with the reasons why they are close."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Similar:
    """A close case and the reasons, the strongest first, as a reader reads them."""

    slug: str
    raisons: tuple[str, ...]
