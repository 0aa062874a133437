"""What the search answers to practitioners, against judgments; a regression fails here.

Cases that came after the judgments count for nothing until someone judges them. `python -m bench.judgments` prints the
figures and the searches that do worst.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bench.metrics import Report, report
from kb.config import ROOT
from kb.corpus.catalogue import LEXICON, load
from kb.corpus.lexicon import read_lexicon
from kb.search.engine import Engine, open_engine
from kb.search.lexicon import Lexicon
from kb.search.query import SearchQuery
from tests.relevance.judgments import Judged, judged_only, read_judgments

JUDGED = read_judgments()
FLOORS = {
    "sujet": 0.84,
    "sigle": 0.82,
    "organisation": 0.96,
    "lieu": 0.97,
    "question": 0.78,
    "sans-accents": 0.87,
    "faute": 0.85,
    "syntaxe": 0.96,
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    cases = ROOT / "cases"
    return open_engine(tmp_path_factory.mktemp("index"), load(cases), lexicon=Lexicon(read_lexicon(cases / LEXICON)))


def measured(engine: Engine, searches: Sequence[Judged]) -> Report:
    answers = ((engine.search(SearchQuery(texte=one.texte)).slugs, one.grades) for one in searches)
    return report([(judged_only(slugs, JUDGED), grades) for slugs, grades in answers])


def test_there_are_enough_judgments_of_every_kind() -> None:
    assert len(JUDGED) >= 250
    assert {one.genre for one in JUDGED} == set(FLOORS)
    assert len({one.texte for one in JUDGED}) == len(JUDGED)


def test_judgments_are_about_cases_of_the_base() -> None:
    present = {path.stem for path in (ROOT / "cases").glob("*.md")}
    assert {slug for one in JUDGED for slug in one.grades} <= present


def test_the_search_answers_practitioners(engine: Engine) -> None:
    figures = measured(engine, JUDGED)
    assert figures.ndcg_10 >= 0.87, figures
    assert figures.recall_10 >= 0.83, figures
    assert figures.mrr_10 >= 0.95, figures
    assert figures.no_result <= 0.01, figures


@pytest.mark.parametrize("genre", FLOORS)
def test_no_kind_of_search_is_left_behind(engine: Engine, genre: str) -> None:
    figures = measured(engine, [one for one in JUDGED if one.genre == genre])
    assert figures.ndcg_10 >= FLOORS[genre], figures


def test_a_slip_costs_little(engine: Engine) -> None:
    clean: Mapping[int, Judged] = {id(one.grades): one for one in reversed(JUDGED) if one.genre == "sujet"}
    slipped = [one for one in JUDGED if one.genre == "faute" and id(one.grades) in clean]
    meant = [clean[id(one.grades)] for one in slipped]
    assert len(slipped) >= 15
    assert measured(engine, slipped).ndcg_10 >= 0.95 * measured(engine, meant).ndcg_10


def test_the_report_of_a_folder_goes_through_the_product(tmp_path: Path) -> None:
    from bench.relevance import evaluate, write_run

    (tmp_path / "docs.jsonl").write_text(
        '{"id": "D/1", "title": "Le bail rural", "text": "Congé donné au preneur."}\n'
        '{"id": "d2", "title": "Le licenciement", "text": "Préavis et indemnités du salarié."}\n'
        '{"id": "d3", "title": "La location", "text": "Le bail est conclu pour trois ans. La France entière."}\n'
    )
    (tmp_path / "queries.jsonl").write_text(
        '{"id": "q1", "text": "bail rural"}\n{"id": "q2", "text": "Quel préavis pour un salarié ?"}\n'
        '{"id": "q3", "text": "citoyens académique mayotte"}\n'
    )
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\tD/1\t2\nq1\td3\t1\nq2\td2\t1\nq3\td3\t0\n")
    figures, rankings = evaluate(tmp_path)
    assert rankings["q1"][:1] == ["D/1"]
    assert rankings["q2"] == ["d2"]
    assert rankings["q3"] == []
    assert figures.searches == 2
    write_run(tmp_path / "run.tsv", rankings)
    assert (tmp_path / "run.tsv").read_text().splitlines()[0] == "q1\tD/1\t1"
