"""Checks the addresses of the sources of a base, a few at once, each site in its turn, and keeps what they answered."""

from __future__ import annotations

import datetime
import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kb.corpus.case import Case
from kb.corpus.files import write_atomically
from kb.curation.linking.asking import Answer, Asker, State
from kb.errors import RefusedError

NAME = "liens.json"
AT_ONCE = 4
SPACING = 3.0  # Seconds between two requests to one site.
_SAVED_EVERY = 20
_OFFLINE_AFTER = 6  # Sites that fail for want of a network, with none that answers.
TO_MEND = (State.ABSENTE, State.INJOIGNABLE, State.INTERDITE, State.DEPLACEE)

Told = Callable[[str, Answer, int, int], None]
"""Told of each answer: the address, what it answered, how many are done, how many there are."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an address answered, and the day it was asked."""

    state: State
    detail: str
    vers: str
    day: datetime.date


class LinkBook:
    """The answers of one installation, in a file of its private folder."""

    def __init__(self, instance: Path) -> None:
        self._path = instance / NAME

    def read(self) -> dict[str, Known]:
        """Every answer kept, by address; none when the file is absent or cannot be read."""
        try:
            entries = json.loads(self._path.read_text(encoding="utf-8"))
            return {url: _known(entry) for url, entry in entries.items()}
        except (OSError, ValueError, AttributeError, KeyError, TypeError):
            return {}

    def write(self, known: Mapping[str, Known]) -> None:
        """Keep these answers and no others."""
        entries = {
            url: {"etat": one.state, "detail": one.detail, "vers": one.vers, "jour": one.day.isoformat()}
            for url, one in sorted(known.items())
        }
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self._path, json.dumps(entries, ensure_ascii=False, indent=1).encode("utf-8"))


def addresses_of(cases: Iterable[Case]) -> dict[str, list[tuple[str, str]]]:
    """Address → the (case, source) that give it, without what stands after « # »."""
    found: dict[str, list[tuple[str, str]]] = {}
    for case in cases:
        for source in case.sources:
            found.setdefault(source.url.partition("#")[0], []).append((case.slug, source.id))
    return found


class Checker:
    """Checks many addresses: several sites at once, one request at a time for each."""

    def __init__(self, asker: Asker, book: LinkBook, *, spacing: float = SPACING) -> None:
        self._asker, self._book, self._spacing = asker, book, spacing
        self._lock, self._offline = threading.Lock(), threading.Event()

    def check(self, urls: Iterable[str], today: datetime.date, told: Told) -> dict[str, Known]:
        """Ask these addresses and keep their answers as they come. Raises RefusedError when this machine is offline."""
        wanted = list(dict.fromkeys(urls))
        by_site: dict[str, list[str]] = {}
        for url in wanted:
            by_site.setdefault(urlsplit(url).hostname or "", []).append(url)
        known, fresh = self._book.read(), dict[str, Known]()
        reached, lost = set[str](), set[str]()

        def note(site: str, url: str, answer: Answer) -> None:
            with self._lock:
                (lost if answer.offline else reached).add(site)
                fresh[url] = Known(answer.state, answer.detail, answer.vers, today)
                if not reached and len(lost) >= min(_OFFLINE_AFTER, len(by_site)):
                    self._offline.set()
                if reached and len(fresh) % _SAVED_EVERY == 0:
                    self._book.write({**known, **fresh})
                told(url, answer, len(fresh), len(wanted))

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(self._ask_site, site, some, note) for site, some in by_site.items()]:
                done.result()
        if wanted and not reached:
            raise RefusedError("Aucune adresse ne répond : cette machine semble hors ligne. Rien n'est noté.")
        self._book.write({**known, **fresh})
        return fresh

    def _ask_site(self, site: str, urls: list[str], note: Callable[[str, str, Answer], None]) -> None:
        """One site, politely; when it asks to wait for long, the rest is left for another time."""
        tired = False
        for rank, url in enumerate(urls):
            if self._offline.is_set():
                return
            if rank and not tired:
                time.sleep(self._spacing)
            answer = Answer(State.INCERTAINE, "le site demande d'attendre") if tired else self._asker.ask(url)
            tired = tired or answer.seconds > self._spacing
            note(site, url, answer)


def stale(urls: Iterable[str], known: Mapping[str, Known], today: datetime.date, days: int) -> list[str]:
    """Addresses never asked, or not for so many days."""
    limit = today - datetime.timedelta(days=days)
    return [url for url in urls if url not in known or not limit < known[url].day <= today]


def _known(entry: Mapping[str, Any]) -> Known:
    day = datetime.date.fromisoformat(entry["jour"])
    return Known(State(entry["etat"]), str(entry["detail"]), str(entry["vers"]), day)
