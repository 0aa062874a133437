"""Ways out of an empty result: the same search with one filter or one word less, counted, and never a dead end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kb.search.analysis import words
from kb.search.french import QUESTION_WORDS, STOP_WORDS
from kb.search.query import SearchQuery
from kb.search.results import Relaxation

MOST = 5
_MOST_WORDS = 5  # A longer search is widened by itself, and each word less costs a search.


def relaxations(query: SearchQuery, count: Callable[[SearchQuery], int]) -> tuple[Relaxation, ...]:
    """The changed searches that give cases, the most generous first; wider and wider until one does."""
    for wider in (_one_less, _much_less, _everything):
        found = {changed: count(changed) for changed in wider(query)}
        giving = [Relaxation(changed, cases) for changed, cases in found.items() if cases]
        if giving:
            return tuple(sorted(giving, key=lambda one: -one.count)[:MOST])
    return ()


def _one_less(query: SearchQuery) -> Iterator[SearchQuery]:
    """Without one facet, without the period, or without one word."""
    facets = dict.fromkeys(facet for facet, _ in (*query.termes, *query.sauf))
    for facet in facets:
        if facet == "domaine" and "dimension" in facets:
            continue  # Two levels of one choice: dropped together, below.
        changed = query.without_facet(facet)
        yield changed.without_facet("domaine") if facet == "dimension" else changed
    if query.de is not None or query.a is not None:
        yield query.without_facet("debut")
    yield from _one_word_less(query)


def _one_word_less(query: SearchQuery) -> Iterator[SearchQuery]:
    found = list(words(query.texte))
    telling = [one for one in found if not all(part.text in STOP_WORDS | QUESTION_WORDS for part in one.parts)]
    if not 2 <= len(telling) <= _MOST_WORDS:
        return
    for word in telling:
        start = word.parts[0].start
        changed = query.with_text(f"{query.texte[:start]} {query.texte[word.end :]}")
        if changed.texte and changed.texte != query.texte:
            yield changed


def _much_less(query: SearchQuery) -> Iterator[SearchQuery]:
    """The words without any filter, or the filters without any word."""
    if query.filter_count and query.texte:
        yield query.without_filters()
        yield query.with_text("")


def _everything(query: SearchQuery) -> Iterator[SearchQuery]:
    """The whole base."""
    if not query.is_empty:
        yield SearchQuery()
