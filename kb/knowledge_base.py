"""The base behind one object: files, vocabularies and search, always in step with one another.

One road from file to page: whoever edits (an editor, git, the workshop, an import), the change is seen here, at the
next call of `current`, and nowhere else.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property

from kb.config import Settings
from kb.corpus.case import Case, Participation
from kb.corpus.catalogue import Corpus, load, scan
from kb.corpus.files import Stamp
from kb.corpus.organisations import Organisation, slugify
from kb.corpus.problems import Problem, Severity
from kb.corpus.rendering import RenderedCase, render_case
from kb.corpus.taxonomy import Taxonomy
from kb.errors import KnowledgeBaseError
from kb.search.engine import Engine, open_engine
from kb.search.lexicon import Lexicon
from kb.search.query import SearchQuery
from kb.search.questions import Recognised
from kb.search.results import Results
from kb.search.similar import Similar
from kb.search.suggestions import Suggestions

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Told what is under way, how much is done and how much there is to do."""

_KEPT = "fiches.bin"  # Beside the index, and as safe to delete.
RESCAN_SECONDS = 0.5
"""A folder whose own date did not change (a file edited in place) is looked at again after this long."""

_SCAN_SHARE = 50  # A folder of thousands of files takes long to look at: at most a fiftieth of the time goes there.


class Edition:
    """One state of the base: immutable, shared by every request that began under it."""

    def __init__(self, corpus: Corpus, engine: Engine) -> None:
        self._corpus, self._engine = corpus, engine
        self._rendered: dict[str, RenderedCase] = {}

    @property
    def corpus(self) -> Corpus:
        """The files behind this edition, for those who change them."""
        return self._corpus

    def with_case(self, case: Case) -> Edition:
        """The same edition with one case more, or in place of its namesake; searches do not know it. For previews."""
        return Edition(replace(self._corpus, cases={**self.cases, case.slug: case}), self._engine)

    @property
    def taxonomy(self) -> Taxonomy:
        return self._corpus.taxonomy

    @property
    def cases(self) -> Mapping[str, Case]:
        """Published cases by slug, in the order of their file names."""
        return self._corpus.cases

    @property
    def organisations(self) -> Mapping[str, Organisation]:
        return self._corpus.organisations

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What keeps files out, for curators."""
        return self._corpus.problems

    @property
    def lexicon(self) -> Lexicon:
        """Acronyms and synonyms that widen searches, in the order of their file."""
        return self._engine.lexicon

    @property
    def digest(self) -> str:
        """Changes whenever anything published does: the key of every cache."""
        return self._corpus.digest

    def search(self, query: SearchQuery) -> Results:
        return self._engine.search(query)

    def suggest(self, text: str) -> Suggestions:
        """What a few letters may become: cases, organisations, places, themes."""
        return self._engine.suggest(text)

    def recognise(self, query: SearchQuery) -> tuple[tuple[Recognised, int], ...]:
        """Filters that the words of a search name, each with the number of cases that it would give."""
        return self._engine.recognise(query)

    def similar(self, slug: str, limit: int = 3) -> tuple[Similar, ...]:
        """Close cases, each with its reasons."""
        return self._engine.similar(slug, limit)

    def rendered(self, slug: str) -> RenderedCase:
        """A case's body as safe HTML, rendered once. Two threads at once do the same work twice, harmlessly."""
        if slug not in self._rendered:
            self._rendered[slug] = render_case(self.cases[slug])
        return self._rendered[slug]

    def organisation_slug(self, nom: str) -> str | None:
        """Address of an organisation's page; None when it has none (an unnamed group)."""
        slug = slugify(nom)
        return slug if slug in self.organisations else None

    def cases_of(self, organisation_slug: str) -> tuple[tuple[Case, Participation], ...]:
        """Cases an organisation takes part in, with its part in each."""
        return self._by_organisation.get(organisation_slug, ())

    @cached_property
    def _by_organisation(self) -> dict[str, tuple[tuple[Case, Participation], ...]]:
        found: dict[str, tuple[tuple[Case, Participation], ...]] = {}
        for case in self.cases.values():
            for one in case.organisations:
                if not one.collectif:
                    slug = slugify(one.nom)
                    found[slug] = (*found.get(slug, ()), (case, one))
        return found


class KnowledgeBase:
    """The base of one installation; one object a process, shared by its threads."""

    def __init__(self, settings: Settings, progress: Progress | None = None) -> None:
        self._settings = settings
        self._progress = progress
        self._lock = threading.Lock()
        self._edition: Edition | None = None
        self._corpus: Corpus | None = None
        self._folder_date = 0
        self._scanned_at = 0.0
        self._rescan_after = RESCAN_SECONDS
        self._refused = ""  # why the files as they are now cannot be read, said once

    def current(self) -> Edition:
        """The edition of the files as they are now. Raises TaxonomyError or IndexUnavailableError on a first failure.

        Once an edition exists, a failure to read the next one keeps the last good one: the site stays up.
        """
        if self._edition is not None and not self._looks_changed():
            return self._edition
        with self._lock:
            if self._edition is None:
                self._refresh()
            elif self._looks_changed():
                self._try_refresh()
            assert self._edition is not None  # noqa: S101 — set by _refresh or raised
            return self._edition

    def _looks_changed(self) -> bool:
        """Whether a file was replaced, added or removed (at once), or edited in place (within RESCAN_SECONDS)."""
        date = os.stat(self._settings.cases).st_mtime_ns  # noqa: PTH116 — once a request: Path costs more
        now = time.monotonic()
        if date == self._folder_date and now - self._scanned_at < self._rescan_after:
            return False
        stamps: Mapping[str, Stamp] = scan(self._settings.cases)
        self._rescan_after = max(RESCAN_SECONDS, (time.monotonic() - now) * _SCAN_SHARE)
        if self._corpus is None or stamps != self._corpus.stamps:
            return True
        self._folder_date, self._scanned_at = date, now
        return False

    def _try_refresh(self) -> None:
        try:
            self._refresh()
        except (KnowledgeBaseError, OSError) as error:
            if str(error) != self._refused:
                logger.error("La dernière édition bonne reste en ligne : %s", error)  # noqa: TRY400 — a sentence, no trace
            self._refused = str(error)
            self._folder_date, self._scanned_at = self._settings.cases.stat().st_mtime_ns, time.monotonic()

    def _refresh(self) -> None:
        date = self._settings.cases.stat().st_mtime_ns
        told = self._progress
        corpus = load(
            self._settings.cases,
            self._corpus,
            (lambda done, total: told("Lecture des fiches", done, total)) if told else None,
            self._settings.index / _KEPT,
        )
        engine = open_engine(
            self._settings.index,
            corpus,
            lexicon=self._lexicon_of(corpus),
            progress=(lambda done, total: told("Indexation", done, total)) if told else None,
        )
        self._tell_kept_out(corpus)
        self._edition, self._corpus, self._refused = Edition(corpus, engine), corpus, ""
        self._folder_date, self._scanned_at = date, time.monotonic()

    def _lexicon_of(self, corpus: Corpus) -> Lexicon:
        """What the lexicon adds to searches, worked out again only when it changed."""
        if self._corpus and self._edition and self._corpus.lexicon is corpus.lexicon:
            return self._edition.lexicon
        return Lexicon(corpus.lexicon)

    def _tell_kept_out(self, corpus: Corpus) -> None:
        """Say in the server's log, to whoever keeps the files, which ones a change has just kept out of the site."""
        known = self._corpus.problems if self._corpus else corpus.problems
        for problem in corpus.problems:
            if problem.severity is Severity.ERROR and problem not in known:
                logger.warning("Fichier écarté du site : %s", problem)
