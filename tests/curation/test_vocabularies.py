"""Care of the vocabularies: cases and addresses follow, nothing else moves, everything is undone."""

from __future__ import annotations

import pytest

from kb.config import Settings
from kb.corpus.catalogue import TAXONOMY, load
from kb.corpus.term_moves import TERM_MOVES, read_term_moves, resolve_term
from kb.curation.models import Account
from kb.curation.vocabularies import Care, Wording
from kb.curation.workspace import Workspace
from kb.errors import RefusedError
from tests.corpus.samples import VALID

SECOND = VALID.replace("[habitants-ruraux]", "[familles, habitants-ruraux] # commentaire").replace("Redon", "Brest")


@pytest.fixture
def database_url() -> str:
    return ""


@pytest.fixture
def care(workspace: Workspace, settings: Settings) -> Care:
    (settings.cases / "serre-commune.md").write_text(SECOND, encoding="utf-8")
    workspace.publisher.observe()
    return Care(load(settings.cases), settings.cases)


def text(settings: Settings, name: str) -> str:
    return (settings.cases / name).read_text(encoding="utf-8")


def test_a_term_told_better_changes_its_words_alone(care: Care, settings: Settings, alma: Account) -> None:
    words = Wording(
        "Habitants  des campagnes et des bourgs", "Ruraux", "Hors des villes.", ("ruralité", " ", "ruralité")
    )
    lot = care.reword("public", "habitants-ruraux", words, alma)
    assert [one.name for one in lot.changes] == [TAXONOMY]
    assert 'libelle: "Habitants des campagnes et des bourgs"' in (lot.changes[0].after or "")
    assert 'synonymes: ["ruralité"]' in (lot.changes[0].after or "")


def test_a_new_identifier_is_followed_by_cases_and_addresses_and_undone(
    care: Care, settings: Settings, workspace: Workspace, alma: Account
) -> None:
    before = {name: text(settings, name) for name in (TAXONOMY, "atelier-du-pont.md", "serre-commune.md")}
    lot = care.change_id("public", "habitants-ruraux", "ruraux", alma)
    number = workspace.sets.carry_out(lot, alma)
    assert "publics: [ruraux]" in text(settings, "atelier-du-pont.md")
    corpus = load(settings.cases)
    assert corpus.problems == ()
    assert corpus.cases["atelier-du-pont"].publics == ("ruraux",)
    assert resolve_term(corpus.term_moves, "public", "habitants-ruraux") == "ruraux"
    workspace.sets.undo(number, alma)
    assert {name: text(settings, name) for name in before} == before
    moves = read_term_moves(settings.cases / TERM_MOVES)
    assert moves == {"public": {"ruraux": "habitants-ruraux"}}, "it was public"


def test_a_merged_term_gives_its_cases_names_and_address(
    care: Care, settings: Settings, workspace: Workspace, alma: Account
) -> None:
    workspace.sets.carry_out(care.merge("public", "habitants-ruraux", "familles", alma), alma)
    corpus = load(settings.cases)
    assert corpus.cases["atelier-du-pont"].publics == corpus.cases["serre-commune"].publics == ("familles",)
    assert "habitants-ruraux" not in corpus.taxonomy["public"]
    assert "Habitants des campagnes" in corpus.taxonomy["public"]["familles"].synonymes
    assert resolve_term(corpus.term_moves, "public", "habitants-ruraux") == "familles"
    workspace.sets.undo(workspace.sets.all()[0][0].id, alma)
    assert "habitants-ruraux" in load(settings.cases).taxonomy["public"]
    assert read_term_moves(settings.cases / TERM_MOVES) == {}


def test_a_domain_is_added_under_its_dimension(
    care: Care, settings: Settings, workspace: Workspace, alma: Account
) -> None:
    words = Wording("Eau", definition="Boire : et protéger", synonymes=("rivière",), parent="environnementale")
    workspace.sets.carry_out(care.add("domaine", "eau-douce", words, alma), alma)
    term = load(settings.cases).taxonomy["domaine"]["eau-douce"]
    assert (term.libelle, term.parent, term.synonymes) == ("Eau", "environnementale", ("rivière",))


@pytest.mark.parametrize("term", ["", "Eau", "eau douce", "../x", "a" * 41, "non-renseigne", "12345", "sante", "ab"])
def test_an_identifier_that_makes_no_sense_or_is_taken_is_refused(care: Care, alma: Account, term: str) -> None:
    with pytest.raises(RefusedError):
        care.add("domaine", term, Wording("Eau", parent="environnementale"), alma)


def test_what_cannot_be_done_is_said(care: Care, alma: Account) -> None:
    for forbidden in (
        lambda: care.change_id("region", "bretagne", "breizh", alma),
        lambda: care.merge("categorie", "mecenat", "innovation-societale", alma),
        lambda: care.add("odd", "dix-huit", Wording("18"), alma),
        lambda: care.merge("public", "femmes", "femmes", alma),
        lambda: care.merge("public", "femmes", "rien", alma),
        lambda: care.reword("departement", "35", Wording("x"), alma),
        lambda: care.reword("public", "femmes", Wording("  "), alma),
        lambda: care.reword("public", "femmes", Wording("x" * 91), alma),
        lambda: care.reword("public", "femmes", Wording("Femmes", synonymes=tuple(map(str, range(50)))), alma),
        lambda: care.add("domaine", "eau", Wording("Eau"), alma),
    ):
        with pytest.raises(RefusedError):
            forbidden()


def test_nothing_changed_is_said(care: Care, settings: Settings, alma: Account) -> None:
    known = load(settings.cases).taxonomy["public"]["femmes"]
    with pytest.raises(RefusedError, match="Rien ne change"):
        care.reword("public", "femmes", Wording(known.libelle, known.court, known.definition, known.synonymes), alma)


def test_files_that_cannot_be_read_keep_a_term_from_moving(care: Care, settings: Settings, alma: Account) -> None:
    (settings.cases / "cassee.md").write_text("---\npublics: [habitants-ruraux\n---\n")
    again = Care(load(settings.cases), settings.cases)
    with pytest.raises(RefusedError, match=r"cassee\.md"):
        again.change_id("public", "habitants-ruraux", "ruraux", alma)
