"""The search engine: cases that answer a search, in order, with their facets and excerpts. Shared by threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from kb.corpus.case import Case
from kb.corpus.organisations import Organisation
from kb.corpus.taxonomy import Taxonomy
from kb.search.documents import Material
from kb.search.facets import Bits, Facets, Filtered, pack, unpack
from kb.search.grammar import parse
from kb.search.index import open_generation
from kb.search.lexicon import Lexicon
from kb.search.matching import Answer, Mask, Matcher
from kb.search.ordering import LazySlugs, Numbers, best
from kb.search.query import PAGE_SIZE, SearchQuery
from kb.search.questions import Recognised, Recogniser
from kb.search.ranking import Ranking, Scores
from kb.search.relaxations import relaxations
from kb.search.results import Correction, Hit, Matching, Results
from kb.search.schema import Progress
from kb.search.similar import Neighbours, Similar
from kb.search.snapshot import Snapshot
from kb.search.snippets import excerpt, find_marks, marked
from kb.search.spelling import Spelling
from kb.search.suggestions import Suggester, Suggestions
from kb.search.titles import search_keys

NO_LEXICON = Lexicon()

_REMEMBERED = 32
_FEW = 12  # With fewer cases than a page holds, another spelling may have been meant.
_LONG_TEXT, _FEW_CORRECTIONS = 80, 1  # Each correction tried costs a search: fewer for a long text.
_FIRST_YEAR, _LAST_YEAR = 0, 9999
_EXACT_TITLE, _NEAR_TITLE = 2000.0, 1000.0  # Far above any sum of word scores.


class Corpus(Protocol):
    """What the engine needs of a corpus."""

    @property
    def taxonomy(self) -> Taxonomy: ...
    @property
    def cases(self) -> Mapping[str, Case]: ...
    @property
    def organisations(self) -> Mapping[str, Organisation]: ...


def open_engine(
    index_dir: Path, corpus: Corpus, progress: Progress | None = None, lexicon: Lexicon = NO_LEXICON
) -> Engine:
    """The engine of exactly this corpus; its index is opened, updated or built. Raises IndexUnavailableError."""
    aliases = {one.nom: one.alias for one in corpus.organisations.values() if one.alias}
    material = Material(corpus.cases, corpus.taxonomy, aliases)
    snapshot = open_generation(index_dir, material, progress or (lambda _done, _total: None))
    return Engine(snapshot, corpus, lexicon)


class Engine:
    """Searches over one snapshot. Immutable, but for what it has already worked out."""

    def __init__(self, snapshot: Snapshot, corpus: Corpus, lexicon: Lexicon = NO_LEXICON) -> None:
        self.lexicon = lexicon
        self._snapshot = snapshot
        self._spelling = Spelling(snapshot)
        self._matcher = Matcher(snapshot, Ranking(snapshot), lexicon, self._spelling.near)
        self._facets = Facets(snapshot.bitmaps, corpus.taxonomy)
        self._recogniser = Recogniser(corpus.taxonomy)
        self._suggester = Suggester(snapshot, corpus.taxonomy, corpus.cases, corpus.organisations, self.count)
        self._neighbours = Neighbours(snapshot, self._matcher, corpus.taxonomy, corpus.cases)
        # The answers to words alone: pages, filters and ways out of one search share them.
        self._answer = lru_cache(maxsize=_REMEMBERED)(lambda text: self._matcher.answer(parse(text)))

    def search(self, query: SearchQuery) -> Results:
        """Answer a search; whatever the words and the page, never raises."""
        answer = self._answer(query.texte)
        filtered = self._filter(query)
        found = self._mask(filtered.bits)
        total = int(np.count_nonzero(found))
        page = min(max(query.page, 1), max(1, -(-total // PAGE_SIZE)))
        ordering = self._ordering(query, answer, found)
        return Results(
            query=replace(query, page=page),
            total=total,
            slugs=LazySlugs(total, lambda: self._slugs(ordering(0, total))),
            hits=self._hits(ordering((page - 1) * PAGE_SIZE, page * PAGE_SIZE).tolist(), answer),
            facettes=self._facets.values(query, filtered.counts),
            annees=self._count_years(found if filtered.any_year is filtered.bits else self._mask(filtered.any_year)),
            matching=answer.matching,
            mots_ignores=answer.ignored,
            complets=0 if answer.complete is None else int(np.count_nonzero(found & answer.complete)),
            corrections=self._corrections(query, answer, total),
            relaxations=() if total else relaxations(query, self.count),
        )

    def _slugs(self, numbers: Numbers) -> list[str]:
        slugs: list[str] = self._snapshot.slugs[numbers].tolist()
        return slugs

    def count(self, query: SearchQuery) -> int:
        """Number of cases that a search gives."""
        return int(np.bitwise_count(self._filter(query).bits).sum())

    def similar(self, slug: str, limit: int = 3) -> tuple[Similar, ...]:
        """Cases close to this one, the closest first, each with its reasons."""
        return self._neighbours.of(slug, limit)

    def suggest(self, text: str) -> Suggestions:
        """What a few letters may become: cases, organisations, places, terms."""
        return self._suggester.suggest(text)

    def recognise(self, query: SearchQuery) -> tuple[tuple[Recognised, int], ...]:
        """Filters that the words of a search name, each with the number of cases that it would give."""
        found = ((one, self.count(one.query)) for one in self._recogniser.recognise(query))
        return tuple((one, cases) for one, cases in found if cases)

    def _filter(self, query: SearchQuery) -> Filtered:
        return self._facets.filter(query, pack(self._answer(query.texte).mask), self._years(query))

    def _corrections(self, query: SearchQuery, answer: Answer, total: int) -> tuple[Correction, ...]:
        """Other spellings that do give cases with every word, more than there are now; the likeliest first."""
        if total >= _FEW and not answer.ignored:
            return ()
        enough = 0 if answer.ignored else total
        found = []
        tried = _FEW_CORRECTIONS if len(query.texte) > _LONG_TEXT else None
        for text in self._spelling.rewritings(query.texte)[:tried]:
            changed = query.with_text(text)
            if self._answer(changed.texte).matching is Matching.ALL_WORDS and (cases := self.count(changed)) > enough:
                found.append(Correction(changed.texte, cases))
        return tuple(found)

    def _years(self, query: SearchQuery) -> Bits | None:
        """Cases that begin within the period of a search; None when it has none."""
        if query.de is None and query.a is None:
            return None
        years = self._snapshot.years
        return pack((years >= (query.de or _FIRST_YEAR)) & (years <= (query.a or _LAST_YEAR)))

    def _mask(self, bits: Bits) -> Mask:
        return unpack(bits, self._snapshot.size)

    def _count_years(self, found: Mask) -> dict[int, int]:
        counts = np.bincount(self._snapshot.years[found])
        return {year: int(counts[year]) for year in np.flatnonzero(counts).tolist()}

    def _ordering(self, query: SearchQuery, answer: Answer, found: Mask) -> Callable[[int, int], Numbers]:
        """The cases found, from one rank to another in the order asked for; without scores, the freshest first."""
        order = query.order
        if order == "pertinence" and answer.marked:
            numbers = np.flatnonzero(found)
            scores = self._with_titles(query.texte, numbers, answer.scores[numbers])
            return lambda first, last: best(numbers, scores, first, last)
        sequence = self._snapshot.order("recent" if order == "pertinence" else order)
        return lambda first, last: sequence[found[sequence]][first:last]

    def _with_titles(self, text: str, numbers: Numbers, scores: Scores) -> Scores:
        """Scores with what puts first the case whose title was typed, exactly or nearly."""
        exact, near = search_keys(text)
        titled, exactly = self._snapshot.titled(near)
        if len(titled):
            bonus = np.zeros(self._snapshot.size)
            bonus[titled] = np.where(exactly == np.uint64(exact), _EXACT_TITLE, _NEAR_TITLE)
            return scores + bonus[numbers]
        return scores

    def _hits(self, numbers: Sequence[int], answer: Answer) -> tuple[Hit, ...]:
        snapshot = self._snapshot
        marks = find_marks(snapshot, numbers, answer.marked)
        return tuple(
            Hit(
                slug=snapshot.slugs[number],
                score=float(answer.scores[number]),
                titre=marked(snapshot, number, "titre", marks),
                resume=marked(snapshot, number, "resume", marks),
                excerpt=excerpt(snapshot, number, marks),
            )
            for number in numbers
        )
