"""The real base: enough cases of every kind for a search to be worth making."""

from __future__ import annotations

from collections import Counter

import pytest

from kb.config import ROOT
from kb.corpus.catalogue import Corpus, load
from kb.corpus.spread import measure


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load(ROOT / "cases")


def test_there_are_cases_enough_to_search_among(corpus: Corpus) -> None:
    assert len(corpus.cases) >= 48


def test_each_domain_has_three_cases_and_each_category_and_stage_has_some(corpus: Corpus) -> None:
    cases = corpus.cases.values()
    domains = Counter(domain for case in cases for domain in case.domaines)
    assert {domain: count for domain in corpus.taxonomy["domaine"] if (count := domains[domain]) < 3} == {}
    assert {case.categorie for case in cases} == set(corpus.taxonomy["categorie"])
    assert {case.etape for case in cases} == set(corpus.taxonomy["etape"])


def test_each_region_has_its_cases_overseas_included(corpus: Corpus) -> None:
    counts = measure(corpus.cases.values(), corpus.taxonomy).regions
    assert [region for region in corpus.taxonomy["region"] if not counts.get(region)] == []
