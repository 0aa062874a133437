"""Slips of spelling, synonyms of the lexicon, and ways out of an empty result."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from kb.config import ROOT
from kb.corpus.lexicon import Entry, read_lexicon
from kb.errors import TaxonomyError
from kb.search.engine import Engine, open_engine
from kb.search.lexicon import Lexicon, key_of
from kb.search.query import SearchQuery
from kb.search.results import Matching
from kb.search.spelling import letters
from tests.search import samples
from tests.search.samples import case, search, shown


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return samples.engine(
        tmp_path_factory.mktemp("index"),
        [
            case("a", corps="Le mécénat de compétences en milieu rural."),
            case("b", corps="Le mécénat d'une entreprise, le mécénat partout.", regions=("bretagne",)),
            case("c", corps="Un vélo pour aller à l'école."),
        ],
    )


# Spelling


@pytest.mark.parametrize(
    ("typed", "proposed", "count"),
    [
        ("mecenta", "mécénat", 2),
        ("mecena", "mécénat", 2),
        ("mmecénat", "mécénat", 2),
        ("competances", "compétences", 1),
        ("MECENTA", "mécénat", 2),
        ("mecenta compétences", "mécénat compétences", 1),
        ("l'écoole en vélo", "l'école en vélo", 1),
        ("mecenta de competances", "mécénat de compétences", 1),
    ],
)
def test_a_slip_is_corrected_by_a_word_of_the_corpus(engine: Engine, typed: str, proposed: str, count: int) -> None:
    correction = search(engine, typed).corrections[0]
    assert (correction.texte, correction.count) == (proposed, count)
    assert search(engine, correction.texte).total == count


def test_a_slip_finds_what_was_meant_and_says_so(engine: Engine) -> None:
    results = search(engine, "mecenta rural")
    assert results.slugs[0] == "a"
    assert results.matching is Matching.MOST_WORDS
    assert results.mots_ignores == ("mecenta",)


@pytest.mark.parametrize("typed", ["mécénat", "vélo école", "xqzwk", "vlo", "éa", ""])
def test_no_correction_without_need_or_without_result(engine: Engine, typed: str) -> None:
    assert search(engine, typed).corrections == ()


def test_a_slip_whose_stem_is_known_is_still_corrected(tmp_path: Path) -> None:
    """« scolarie » has the stem of « scolarité », which one case has; many have « scolaire »."""
    common = [case(f"c{number}", corps="Contre le décrochage scolaire.") for number in range(8)]
    engine = samples.engine(tmp_path, [*common, case("rare", corps="Une scolarité qui reprend.")])
    results = search(engine, "scolarie")
    assert (results.slugs, results.matching) == (("rare",), Matching.ALL_WORDS)
    (correction,) = results.corrections
    assert (correction.texte, correction.count) == ("scolaire", 8)
    assert search(engine, "scolarité").corrections == ()
    assert search(engine, "décrochage scolaire").corrections == ()


def test_a_correction_counts_under_the_same_filters(engine: Engine) -> None:
    assert [one.count for one in search(engine, "mecenta", region="bretagne").corrections] == [1]
    assert search(engine, "mecenta", region="corse").corrections == ()


WORD = st.text(alphabet="abcdéz", min_size=4, max_size=9)


@given(WORD, st.integers(0, 8), st.sampled_from("abcz"))
def test_one_slip_is_one_slip(word: str, place: int, letter: str) -> None:
    place = min(place, len(word) - 1)
    slipped = [
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place:],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    ]
    for other in slipped:
        assert OSA.distance(word, other) <= 1
        assert (letters(word) ^ letters(other)).bit_count() <= 2


# Lexicon


def with_lexicon(folder: Path, entries: list[Entry], bodies: list[str]) -> Engine:
    cases = [case(f"cas-{number}", corps=body) for number, body in enumerate(bodies)]
    return open_engine(folder, samples.holdings(cases), lexicon=Lexicon(entries))


BODIES = [
    "La RSE au quotidien.",
    "La responsabilité collégiale des entreprises.",
    "Les entreprises ont une responsabilité.",
    "Le mécénat de compétences.",
    "Le bénévolat de compétences.",
    "Un bénévolat sans autre compétence.",
]
ENTRIES = [
    Entry("RSE", ("responsabilité collégiale", "responsabilité sociale des entreprises")),
    Entry("mécénat de compétences", ("bénévolat de compétences",), 0.5),
]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("rse", ["cas-0", "cas-1"]),
        ("responsabilité collégiale", ["cas-1", "cas-0"]),
        ("mécénat de compétences", ["cas-3", "cas-4"]),
        ("bénévolat compétences", ["cas-4", "cas-5", "cas-3"]),
        ('"RSE"', ["cas-0", "cas-1"]),
        ('"mécénat de compétences"', ["cas-3"]),
        ("rse quotidien", ["cas-0"]),
        ("-rse responsabilité", ["cas-2", "cas-1"]),
    ],
)
def test_the_lexicon_widens_words(tmp_path: Path, typed: str, expected: list[str]) -> None:
    results = search(with_lexicon(tmp_path, ENTRIES, BODIES), typed)
    assert sorted(results.slugs) == sorted(expected)
    assert results.slugs[0] == expected[0]
    assert results.matching is Matching.ALL_WORDS


def test_an_equivalent_is_marked_whole(tmp_path: Path) -> None:
    engine = with_lexicon(tmp_path, ENTRIES, [*BODIES[1:3], "Une entreprise."])
    hits = {hit.slug: hit for hit in search(engine, "RSE").hits}
    assert hits["cas-0"].excerpt is not None
    assert shown(hits["cas-0"].excerpt.fragments) == "La [responsabilité collégiale] des entreprises."
    assert set(hits) == {"cas-0"}


def test_a_new_lexicon_needs_no_new_index(tmp_path: Path) -> None:
    assert search(with_lexicon(tmp_path, [], BODIES), "rse").total == 1
    before = sorted(tmp_path.glob("g-*"))
    assert search(with_lexicon(tmp_path, ENTRIES, BODIES), "rse").total == 2
    assert sorted(tmp_path.glob("g-*")) == before


def test_the_lexicon_is_read_with_its_weights(tmp_path: Path) -> None:
    path = tmp_path / "lexique.yaml"
    path.write_text("- terme: RSE\n  equivalents: [responsabilité sociétale]\n  poids: 0.9\n  definition: Dire.\n")
    assert list(read_lexicon(path)) == [Entry("RSE", ("responsabilité sociétale",), 0.9, "Dire.")]
    assert list(read_lexicon(tmp_path / "absent.yaml")) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- terme: RSE\n", r"lexique.yaml:1: « RSE » : « equivalents »"),
        ("- equivalents: [a]\n", r"lexique.yaml:1: « terme » manque"),
        ("- terme: A1\n  equivalents: [b]\n- terme: A2\n  equivalents: b\n", r"lexique.yaml:4: « A2 »"),
        ("- terme: A1\n  equivalents: [b]\n  poids: 3\n", r"lexique.yaml:3: « A1 » : « poids »"),
        ("- terme: A1\n  equivalents: [b]\n  poids: beaucoup\n", r"lexique.yaml:3: .*beaucoup"),
        ("- terme: A1\n  equivalents: [b]\n  couleur: bleu\n", r"lexique.yaml:3: clé inconnue « couleur »"),
        (
            "- terme: vélo\n  equivalents: [b]\n- terme: VÉLO\n  equivalents: [c]\n",
            r"lexique.yaml:3: « VÉLO » a déjà",
        ),
        ("terme: A\n", r"lexique.yaml:1: une liste"),
        ("- rien\n", r"lexique.yaml:1: une entrée a au moins"),
        ("- terme: [\n", r":2: crochet ou accolade"),
        ("- terme: '...'\n  equivalents: [a]\n", r"lexique.yaml:1: « terme » manque"),
    ],
)
def test_a_wrong_lexicon_says_where(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "lexique.yaml"
    path.write_text(text)
    with pytest.raises(TaxonomyError, match=message):
        read_lexicon(path)


def test_every_fault_of_a_lexicon_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "lexique.yaml"
    path.write_text("- terme: A1\n- equivalents: [b]\n")
    with pytest.raises(TaxonomyError) as raised:
        read_lexicon(path)
    assert len(str(raised.value).splitlines()) == 2


# Ways out


def test_an_empty_result_proposes_searches_that_give_cases(engine: Engine) -> None:
    results = search(engine, "vélo école", region="bretagne", de=2015, categorie="mecenat")
    assert results.total == 0
    assert results.relaxations
    for one in results.relaxations:
        assert engine.search(one.query).total == one.count > 0
    assert [one.count for one in results.relaxations] == sorted(
        (one.count for one in results.relaxations), reverse=True
    )


def test_one_filter_less_is_proposed_before_dropping_all(engine: Engine) -> None:
    results = search(engine, "vélo", region="bretagne")
    assert [one.query for one in results.relaxations] == [SearchQuery(texte="vélo")]


def test_one_word_less_is_proposed(engine: Engine) -> None:
    results = search(engine, "mécénat rural", region="bretagne")
    assert "mécénat" in [one.query.texte for one in results.relaxations]


def test_there_is_always_a_way_out(engine: Engine) -> None:
    results = search(engine, "xqzwk", region="corse", categorie="mecenat")
    assert [(one.query, one.count) for one in results.relaxations] == [(SearchQuery(), 3)]


def test_both_levels_of_a_choice_are_dropped_together(engine: Engine) -> None:
    results = search(engine, "vélo", domaine="sante", dimension="economique")
    assert [one.query for one in results.relaxations] == [SearchQuery(texte="vélo")]


def test_a_result_needs_no_way_out(engine: Engine) -> None:
    assert search(engine, "vélo").relaxations == ()


def test_the_lexicon_of_the_base_is_sound_and_useful() -> None:
    lexicon = Lexicon(read_lexicon(ROOT / "cases" / "lexique.yaml"))
    assert len(lexicon) >= 150
    for acronym in ("RSE", "IAE", "SIAE", "ESS", "QPV", "PTCE", "ESAT", "EHPAD", "SCIC"):
        assert lexicon.synonyms(key_of(acronym)), acronym
    tried = [one.atom.typed for one in lexicon.synonyms(key_of("bénévolat de compétences"))]
    assert "mécénat de compétences" in tried
