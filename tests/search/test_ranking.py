"""Scores: Whoosh's own BM25F, field by field."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from whoosh.query import Or, Term
from whoosh.scoring import BM25F
from whoosh.searching import Searcher

from kb.search.analysis import fold, stem
from kb.search.documents import FIELDS, Material
from kb.search.grammar import parse
from kb.search.index import open_generation
from kb.search.lexicon import Lexicon
from kb.search.matching import Matcher
from kb.search.ranking import K1, WEIGHTS, B, Ranking
from kb.search.schema import open_existing
from tests.search import samples
from tests.search.samples import case, search

WORDS = ["vélo", "garage", "école", "emploi", "quartier", "jardin", "réseau", "énergie", "santé", "mobilité", "culture"]


def random_material() -> Material:
    """Seeded cases with many lengths, so that rounding of lengths by Whoosh shows."""
    draw = random.Random(4)  # noqa: S311 — a test must draw the same words each time.
    made = [
        case(
            f"cas-{number:03}",
            " ".join(draw.choices(WORDS, k=draw.randint(1, 8))),
            corps={key: " ".join(draw.choices(WORDS, k=draw.randint(0, 400))) for key in ("besoin", "solution")},
        )
        for number in range(150)
    ]
    return Material({one.slug: one for one in made}, samples.taxonomy())


@pytest.mark.parametrize("field", ["titre", "besoin", "solution"])
def test_scores_are_those_of_whoosh(tmp_path: Path, field: str) -> None:
    material = random_material()
    snapshot = open_generation(tmp_path, material)
    matcher = Matcher(snapshot, Ranking(snapshot, {field: 1.0}), Lexicon(), lambda _word: ())
    (folder,) = tmp_path.glob("g-*/whoosh")
    draw = random.Random(5)  # noqa: S311 — idem.
    with open_existing(folder).reader() as reader:
        searcher = Searcher(reader, weighting=BM25F(B=B, K1=K1))
        for _ in range(40):
            words = draw.sample(WORDS, draw.randint(1, 4))
            answer = matcher.answer(parse(" OU ".join(words)))
            theirs = searcher.search(Or([Term(field, stem_of(word)) for word in words]), limit=None)
            expected = {hit["slug"]: hit.score for hit in theirs}
            ours = dict(zip(snapshot.slugs, answer.scores.tolist(), strict=True))
            assert {slug: score for slug, score in ours.items() if score} == pytest.approx(expected, rel=1e-9)


def stem_of(word: str) -> str:
    return stem(fold(word))


def test_a_word_in_the_title_weighs_more_than_in_the_body(tmp_path: Path) -> None:
    engine = samples.engine(
        tmp_path, [case("corps", "Navette fluviale", corps="vélo partout"), case("titre", "Vélo partout")]
    )
    assert search(engine, "vélo").slugs == ("titre", "corps")


def test_a_rare_word_weighs_more_than_a_common_one(tmp_path: Path) -> None:
    others = [case(f"autre-{number}", corps="vélo") for number in range(8)]
    engine = samples.engine(tmp_path, [*others, case("z-rare", corps="dirigeable")])
    assert search(engine, "vélo OU dirigeable").slugs[0] == "z-rare"


def test_every_field_is_searched(tmp_path: Path) -> None:
    assert set(WEIGHTS) == set(FIELDS)
    assert all(weight > 0 for weight in WEIGHTS.values())
