"""Changes of the real taxonomy leave every other character where it was."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.config import ROOT
from kb.corpus.taxonomy import load_yaml
from kb.corpus.taxonomy_editing import with_id, with_term, with_values, without_term
from kb.corpus.term_moves import read_term_moves, resolve_term, with_term_move
from kb.errors import TaxonomyError

TEXT = (ROOT / "cases" / "taxonomy.yaml").read_text(encoding="utf-8")
DATA = load_yaml(TEXT)
TERMS = [(name, str(term["id"])) for name, terms in DATA.items() if name != "reperes" for term in terms]


def moved(after: str) -> list[str]:
    """Lines that came (+) or went (-)."""
    lines = difflib.unified_diff(TEXT.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:1] in "+-" and line[:3] not in {"+++", "---"}]


def test_a_label_changes_where_it_stands() -> None:
    assert moved(with_values(TEXT, "public", "femmes", {"libelle": "Femmes : toutes"})) == [
        '-    libelle: "Femmes"', '+    libelle: "Femmes : toutes"',
    ]  # fmt: skip


def test_a_key_is_added_after_the_label_and_removed_whole() -> None:
    added = with_values(TEXT, "public", "femmes", {"definition": "Une « définition »"})
    assert moved(added) == ['+    definition: "Une « définition »"']
    assert with_values(added, "public", "femmes", {"definition": ""}) == TEXT


def test_an_entry_on_one_line_is_changed_in_its_line() -> None:
    added = with_values(TEXT, "departement", "01", {"definition": "Bresse"})
    assert len(moved(added)) == 2
    assert with_values(added, "departement", "01", {"definition": ""}) == TEXT


def test_a_term_is_added_at_the_end_and_taken_away_again() -> None:
    added = with_term(TEXT, "domaine", {"id": "eau", "libelle": "Eau", "dimension": "environnementale", "court": ""})
    assert moved(added) == ["+  - id: eau", '+    libelle: "Eau"', '+    dimension: "environnementale"']
    assert without_term(added, "domaine", "eau") == TEXT


def test_an_identifier_changes_alone() -> None:
    assert moved(with_id(TEXT, "levier", "financement", "argent")) == ["-  - id: financement", "+  - id: argent"]


@pytest.mark.parametrize(("vocabulary", "term"), TERMS)
def test_any_term_can_be_taken_away_and_told_anew(vocabulary: str, term: str) -> None:
    if len(DATA[vocabulary]) > 1:
        gone = load_yaml(without_term(TEXT, vocabulary, term))
        assert [str(one["id"]) for one in gone[vocabulary]] == [t for v, t in TERMS if v == vocabulary and t != term]
        assert {k: v for k, v in gone.items() if k != vocabulary} == {k: v for k, v in DATA.items() if k != vocabulary}


@settings(max_examples=60)
@given(
    place=st.sampled_from(TERMS),
    value=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60),
)
def test_whatever_is_typed_is_read_back_and_can_be_undone(place: tuple[str, str], value: str) -> None:
    vocabulary, term = place
    before = next(one for one in DATA[vocabulary] if str(one["id"]) == term)["libelle"]
    try:
        after = with_values(TEXT, vocabulary, term, {"libelle": value})
    except TaxonomyError:
        return  # What YAML cannot hold is refused.
    assert load_yaml(with_values(after, vocabulary, term, {"libelle": before})) == DATA


@pytest.mark.parametrize(("vocabulary", "term"), [("rien", "femmes"), ("public", "rien"), ("reperes", "x")])
def test_what_is_not_there_is_refused(vocabulary: str, term: str) -> None:
    with pytest.raises((TaxonomyError, KeyError)):
        without_term(TEXT, vocabulary, term)


def test_old_identifiers_lead_to_the_present_ones(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "termes.yaml"
    assert read_term_moves(path) == {}
    path.write_text(with_term_move({}, "public", "a", "b"))
    path.write_text(with_term_move(read_term_moves(path), "public", "b", "c"))
    moves = read_term_moves(path)
    assert [resolve_term(moves, "public", term) for term in ("a", "b", "c", "z")] == ["c", "c", "c", "z"]
    path.write_text(with_term_move(moves, "public", "c", "a"))
    assert resolve_term(read_term_moves(path), "public", "b") == "a"
    path.write_text("- pas un dictionnaire\n")
    with pytest.raises(TaxonomyError):
        read_term_moves(path)
