from __future__ import annotations

from pathlib import Path

import pytest

from kb.corpus.catalogue import Corpus, load
from kb.corpus.moves import Move, read_moves, resolve, with_move, without_move
from kb.curation.checking import WHOLE, check_text, sentences
from kb.curation.duplicates import DuplicateFinder, find_duplicates
from kb.errors import TaxonomyError
from tests.corpus.samples import VALID, spoiled, write_corpus
from tests.curation.conftest import NEW


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return load(write_corpus(tmp_path, {"atelier-du-pont": VALID}))


def test_a_sound_draft_has_nothing_against_it_but_a_second_reader(corpus: Corpus) -> None:
    checkup = check_text("verger", NEW, corpus)
    assert (checkup.all, checkup.ready, checkup.filled) == ((), True, checkup.wanted)
    assert checkup.case is not None


@pytest.mark.parametrize(
    ("old", "new", "part", "words"),
    [
        ("categorie: mecenat", "categorie: mecena", "categorie", "vouliez-vous dire « mecenat » ?"),
        ("    role: porteur\n", "", "organisations", "obligatoire et absent"),
        ("url: https://journal.example.org/atelier", "url: nulle part", "sources", "n'est pas une adresse web"),
        ("[^mairie].\n\n## L'alliance", ".\n\n## L'alliance", "besoin", "sans note"),
        ("La commune prête", "La commune exemplaire prête", "alliance", "mot de communiqué"),
        ("## La solution\n", "", "solution", "section absente"),
    ],
)
def test_each_problem_stands_by_its_part(corpus: Corpus, old: str, new: str, part: str, words: str) -> None:
    checkup = check_text("atelier-du-pont", spoiled(old, new), corpus)
    said = " ".join(sentences(checkup.problems[part]))
    assert words in said.lower()
    assert not checkup.ready


def test_a_head_that_cannot_be_read_is_a_problem_of_the_whole(corpus: Corpus) -> None:
    checkup = check_text("verger", "sans en-tête", corpus)
    assert (list(checkup.problems), checkup.case, checkup.filled) == ([WHOLE], None, 0)


def test_a_section_that_holds_only_a_question_is_not_filled_in(corpus: Corpus) -> None:
    start, end = NEW.index("## Le besoin"), NEW.index("## L'alliance")
    asked = f"{NEW[:start]}## Le besoin\n\n<!-- Qu'est-ce qui manquait ? -->\n\n{NEW[end:]}"
    checkup = check_text("verger", asked, corpus)
    assert checkup.filled == checkup.wanted - 1


def test_a_draft_is_compared_with_the_other_cases(corpus: Corpus) -> None:
    copied = NEW.replace("Le Verger partagé, des fruits pour tous", "L'Atelier du pont, un garage tenu avec la commune")
    assert "Même titre que" in " ".join(sentences(check_text("verger", copied, corpus).all))
    assert check_text("verger", copied, corpus, crossed=False).ready


def test_a_probable_duplicate_is_told_with_its_reasons(corpus: Corpus) -> None:
    (found,) = find_duplicates(
        "autre", "L’atelier du Pont", ["Atelier du pont", "Ville de Redon"], ["bretagne"], VALID, corpus.cases
    )
    assert found.slug == "atelier-du-pont"
    assert found.reasons == (
        "un titre voisin",
        "les mêmes partenaires (Atelier du pont, Ville de Redon)",
        "le même territoire",
        "des phrases entières en commun",
    )


def test_another_story_is_no_duplicate(corpus: Corpus) -> None:
    assert (
        find_duplicates("verger", "Le Verger partagé", ["Ville de Brest"], ["bretagne"], "Des pommes.", corpus.cases)
        == ()
    )
    assert find_duplicates("atelier-du-pont", "L'Atelier du pont", [], [], VALID, corpus.cases) == ()


def test_two_published_cases_of_one_alliance_are_a_pair_told_once(tmp_path: Path) -> None:
    twin = VALID.replace("titre: L'Atelier du pont", "titre: L'Atelier du Pont, à Redon")
    cases = load(write_corpus(tmp_path, {"atelier-du-pont": VALID, "le-pont": twin})).cases
    ((slug, found),) = DuplicateFinder(cases).pairs()
    assert (slug, found.slug) == ("atelier-du-pont", "le-pont")
    assert "des phrases entières en commun" in found.reasons


def test_cases_that_cite_each_other_are_known_apart(tmp_path: Path) -> None:
    link = "apparentes:\n  - {cas: atelier-du-pont, lien: meme-reponse}\nredaction:"
    texts = {"atelier-du-pont": VALID, "le-pont": VALID.replace("redaction:", link, 1)}
    assert DuplicateFinder(load(write_corpus(tmp_path, texts)).cases).pairs() == ()


def test_titles_that_begin_with_one_place_are_no_twins(tmp_path: Path) -> None:
    placed = VALID.replace("titre: L'Atelier du pont,", "titre: À Redon,")
    cases = load(write_corpus(tmp_path, {"garage": placed})).cases
    assert find_duplicates("", "À Redon, des repas de cantine donnés aux voisins", [], [], "", cases) == ()
    (found,) = find_duplicates("", "À Redon, le garage est tenu avec la commune", [], [], "", cases)
    assert found.reasons == ("un titre voisin",)


def test_moves_are_added_and_removed_without_touching_the_others(tmp_path: Path) -> None:
    path = tmp_path / "adresses.yaml"
    text = with_move(
        "# À la main.\nvieux:\n  vers: neuf # un temps\n",
        "parti",
        Move(archivee="2026-11-21", titre="A : b", motif='"'),
    )
    text = with_move(text, "autre", Move(vers="neuf"))
    path.write_text(text)
    assert read_moves(path) == {
        "vieux": Move(vers="neuf"),
        "parti": Move(archivee="2026-11-21", titre="A : b", motif='"'),
        "autre": Move(vers="neuf"),
    }
    assert without_move(without_move(text, "parti"), "autre") == "# À la main.\nvieux:\n  vers: neuf # un temps\n"


def test_an_address_is_followed_to_its_end_and_never_in_circles() -> None:
    moves = {"a": Move(vers="b"), "b": Move(vers="c"), "x": Move(vers="y"), "y": Move(vers="x")}
    assert [resolve(moves, slug) for slug in ("a", "b", "c", "x")] == ["c", "c", "c", "y"]


@pytest.mark.parametrize("text", ["- a", "a: b", "a:\n  ver: b", "a: {", "a:\n  titre: x"])
def test_a_wrong_file_of_addresses_is_said_so(tmp_path: Path, text: str) -> None:
    (tmp_path / "adresses.yaml").write_text(text)
    with pytest.raises(TaxonomyError, match=r"adresses\.yaml"):
        read_moves(tmp_path / "adresses.yaml")
