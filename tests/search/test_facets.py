"""Filters and their counts, against a count made by hand on random cases."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.corpus.case import Case, Participation, facet_values
from kb.corpus.taxonomy import FACET_NAMES, UNSET
from kb.search.documents import dimensions
from kb.search.engine import Engine
from kb.search.facets import GROUPS
from kb.search.query import SearchQuery
from tests.search import samples

TAXONOMY = samples.taxonomy()
DIMENSIONS = dimensions(TAXONOMY)
_names = count()


def some(vocabulary: str, least: int = 0, most: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    """A few of the first terms of a vocabulary, so that cases do share some."""
    terms = list(TAXONOMY[vocabulary])[:6]
    return st.lists(st.sampled_from(terms), min_size=least, max_size=most, unique=True).map(tuple)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    categories = draw(some("categorie", 1))
    return samples.case(
        f"cas-{next(_names)}",
        corps=draw(st.sampled_from(["Un vélo.", "Un garage.", "Un vélo au garage.", ""])),
        categorie=categories[0],
        autres_categories=categories[1:],
        domaines=draw(some("domaine", 1)),
        regions=draw(some("region", 1)),
        etape=draw(some("etape", 1, 1))[0],
        echelle=draw(some("echelle", 1, 1))[0],
        publics=draw(some("public")),
        impacts=draw(some("impact")),
        leviers=draw(some("levier")),
        odd=draw(some("odd")),
        debut=draw(st.integers(2015, 2020)),
        organisations=tuple(Participation(kind, kind, "porteur") for kind in draw(some("acteur", 1))),
    )


@st.composite
def queries(draw: st.DrawFn) -> SearchQuery:
    pairs = [("q", draw(st.sampled_from(["", "vélo", "garage", "vélo garage", "-vélo"])))]
    for facet in draw(st.lists(st.sampled_from(FACET_NAMES), max_size=4)):
        values = [*list(TAXONOMY.vocabulary_of(facet))[:6], UNSET]
        prefix = draw(st.sampled_from(["", "", "sauf_"]))
        pairs.append((prefix + facet, draw(st.sampled_from(values))))
    for bound in ("de", "a"):
        if draw(st.booleans()):
            pairs.append((bound, str(draw(st.integers(2014, 2021)))))
    return SearchQuery.parse(pairs, TAXONOMY)


def passes(case: Case, query: SearchQuery, *, but: tuple[str, ...] = (), years: bool = True) -> bool:
    """Whether a case answers, written as plainly as the rule is said; `but` are facets whose ticks are put aside."""
    words = set(query.texte.removeprefix("-").split())
    held = {word for word in words if word in case.section("besoin").markdown}
    if held and query.texte.startswith("-"):
        return False
    if held != words and not query.texte.startswith("-"):
        return False
    for group in GROUPS:
        ticked = {(facet, value) for facet in group for value in query.included(facet)}
        if ticked and not set(group) & set(but) and not ticked & values(case, group):
            return False
    excluded = {(facet, value) for facet, chosen in query.sauf for value in chosen}
    if excluded & values(case, FACET_NAMES):
        return False
    within = (query.de or 0) <= case.debut <= (query.a or 9999)
    return within or not years


def values(case: Case, facets: Iterable[str]) -> set[tuple[str, str]]:
    return {(facet, value) for facet in facets for value in facet_values(case, facet, DIMENSIONS) or (UNSET,)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return tmp_path_factory.mktemp("index")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(cases(), min_size=1, max_size=12), st.lists(queries(), min_size=1, max_size=12))
def test_filters_and_counts_are_those_made_by_hand(folder: Any, corpus: list[Case], asked: list[SearchQuery]) -> None:
    engine = samples.engine(folder, [*corpus, samples.case("tout", corps="Un vélo au garage.")])
    everything = [*corpus, samples.case("tout", corps="Un vélo au garage.")]
    for query in asked:
        results = engine.search(query)
        assert set(results.slugs) == {case.slug for case in everything if passes(case, query)}
        assert results.total == len(results.slugs)
        check_counts(query, everything, engine)


def check_counts(query: SearchQuery, everything: list[Case], engine: Engine) -> None:
    results = engine.search(query)
    for group in GROUPS:
        for facet in group:
            for value in results.facettes[facet]:
                lifted = query.without_term(facet, value.id) if value.excluded else query
                expected = [
                    case
                    for case in everything
                    if passes(case, lifted, but=group) and (facet, value.id) in values(case, [facet])
                ]
                assert value.count == len(expected), (query, facet, value)
                assert value.included == (value.id in query.included(facet))
                assert value.excluded == (value.id in query.excluded(facet))
    years = [case.debut for case in everything if passes(case, query, years=False)]
    assert results.annees == {year: years.count(year) for year in sorted(years)}


def test_the_count_of_a_value_is_what_ticking_it_gives(tmp_path: Any) -> None:
    engine = samples.engine(tmp_path, samples.worked_cases())
    query = SearchQuery.parse([("sauf_region", "la-reunion"), ("categorie", "mecenat")], TAXONOMY)
    for value in engine.search(query).facettes["region"]:
        ticked = query.with_term("region", value.id, TAXONOMY)
        assert engine.search(ticked).total == value.count


def test_values_are_in_the_order_of_the_vocabulary_zero_included(tmp_path: Any) -> None:
    facets = samples.search(samples.engine(tmp_path, samples.worked_cases())).facettes
    assert list(facets) == list(FACET_NAMES)
    assert [value.id for value in facets["region"]] == list(TAXONOMY["region"])
    assert [value.id for value in facets["levier"]] in ([*TAXONOMY["levier"], UNSET], list(TAXONOMY["levier"]))


def test_unset_is_shown_only_when_a_case_says_nothing(tmp_path: Any) -> None:
    engine = samples.engine(tmp_path, [samples.case("a"), samples.case("b", publics=("femmes",))])
    facets = samples.search(engine).facettes
    assert (facets["public"][-1].id, facets["public"][-1].count) == (UNSET, 1)
    assert facets["region"][-1].id != UNSET
