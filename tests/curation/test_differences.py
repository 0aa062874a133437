from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from kb.curation.differences import Kind, compare, words
from tests.corpus.samples import TAXONOMY, VALID, spoiled


def told(before: str, after: str) -> list[tuple[str, list[str], list[str]]]:
    """(heading, words gone, words come) of each change."""
    return [
        (
            change.label,
            [piece.text for piece in change.pieces if piece.kind is Kind.REMOVED],
            [piece.text for piece in change.pieces if piece.kind is Kind.ADDED],
        )
        for change in compare(before, after, TAXONOMY)
    ]


def test_the_same_text_has_no_difference() -> None:
    assert compare(VALID, VALID, TAXONOMY) == ()


def test_a_term_is_shown_by_its_label() -> None:
    assert told(VALID, spoiled("categorie: mecenat", "categorie: cooperation-economique")) == [
        ("Catégorie", ["Mécénat"], ["Coopération économique"])
    ]


def test_words_of_a_section_are_shown_one_by_one() -> None:
    after = spoiled("peu d'habitants pouvaient", "beaucoup d'habitants ne pouvaient")
    assert told(VALID, after) == [("Le besoin", ["peu"], ["beaucoup", " ne"])]


def test_a_row_shows_the_words_that_changed_inside_it() -> None:
    assert told(VALID, spoiled("Prête un local", "Prête un hangar")) == [("Organisations", ["local"], ["hangar"])]


def test_a_new_case_is_shown_whole() -> None:
    changes = compare("", VALID, TAXONOMY)
    assert changes[0].label == "Titre"
    assert all(piece.kind is Kind.ADDED for change in changes for piece in change.pieces)


def test_a_change_of_form_alone_is_said_so() -> None:
    (change,) = compare(VALID, VALID.replace("# Une fiche d'essai.", "# Autre remarque."), TAXONOMY)
    assert change.label == "Mise en forme du fichier"


def test_a_text_that_cannot_be_read_is_compared_whole() -> None:
    (change,) = compare(VALID, "rien qui ressemble à une fiche", TAXONOMY)
    assert change.label == "Tout le texte"


@given(st.text(max_size=80), st.text(max_size=80))
def test_the_pieces_give_both_texts_back(before: str, after: str) -> None:
    pieces = words(before, after)
    assert "".join(one.text for one in pieces if one.kind is not Kind.ADDED) == before
    assert "".join(one.text for one in pieces if one.kind is not Kind.REMOVED) == after


def test_huge_texts_are_compared_in_reasonable_time() -> None:
    start = time.monotonic()
    words("a b " * 60_000, "b c " * 60_000)
    assert time.monotonic() - start < 30
