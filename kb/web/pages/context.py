"""What every presenter needs: this site, and the edition of the corpus that this request reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kb.corpus.taxonomy import FACETS, Taxonomy, Term
from kb.knowledge_base import Edition
from kb.search.query import SearchQuery
from kb.search.results import Results
from kb.web.pages.page import Site
from kb.web.typesetting import typeset

_VOCABULARIES = {facet.name: facet.vocabulary for facet in FACETS}


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole edition counted once: facet → term → number of cases."""

    digest: str
    total: int
    counts: Mapping[str, Mapping[str, int]]
    years: Mapping[int, int]
    faces: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What cards show of each case (`cards.Face`), worked out once."""
    _ranks: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, edition: Edition) -> Overview:
        return cls.from_results(edition.digest, edition.search(SearchQuery()))

    @classmethod
    def from_results(cls, digest: str, results: Results) -> Overview:
        counts = {facet: {value.id: value.count for value in values} for facet, values in results.facettes.items()}
        return cls(digest, results.total, counts, dict(results.annees))

    def ranks(self, facet: str) -> tuple[str, ...]:
        """Terms of a facet, the most frequent first."""
        if facet not in self._ranks:
            counts = self.counts.get(facet, {})
            self._ranks[facet] = tuple(sorted(counts, key=lambda term: -counts[term]))
        return self._ranks[facet]

    def count(self, facet: str, term_id: str) -> int:
        return self.counts.get(facet, {}).get(term_id, 0)


@dataclass(frozen=True, slots=True)
class Context:
    site: Site
    edition: Edition
    overview: Overview

    @property
    def taxonomy(self) -> Taxonomy:
        return self.edition.taxonomy

    def term(self, facet: str, term_id: str) -> Term:
        return self.taxonomy[_VOCABULARIES[facet]][term_id]

    def label(self, facet: str, term_id: str) -> str:
        """Full label of a term, typeset."""
        return typeset(self.term(facet, term_id).libelle)

    def short(self, facet: str, term_id: str) -> str:
        """Short label of a term, typeset."""
        return typeset(self.term(facet, term_id).court)
