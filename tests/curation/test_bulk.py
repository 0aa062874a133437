"""One term changed in many cases: only what is asked, only where the rules allow it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.config import Settings
from kb.corpus.catalogue import load
from kb.curation.bulk import FIELDS, BulkEdit, edited_form, plan
from kb.curation.form import LISTS, read_form
from kb.curation.models import Account
from kb.curation.workspace import Workspace
from kb.errors import RefusedError
from tests.corpus.samples import TAXONOMY, VALID

OTHER = VALID.replace("publics: [habitants-ruraux]", "publics: [femmes] # à revoir").replace("Redon", "Brest")


@pytest.fixture
def database_url() -> str:
    return ""


@pytest.fixture
def two(settings: Settings) -> Settings:
    (settings.cases / "serre-commune.md").write_text(OTHER, encoding="utf-8")
    return settings


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (BulkEdit("publics", "ajouter", "familles"), "publics: [habitants-ruraux, familles]"),
        (BulkEdit("publics", "remplacer", "habitants-ruraux", "familles"), "publics: [familles]"),
        (BulkEdit("domaines", "retirer", "emploi-insertion"), "domaines: [mobilite]"),
        (BulkEdit("domaines", "remplacer", "mobilite", "emploi-insertion"), "domaines: [emploi-insertion]"),
        (BulkEdit("categorie", "remplacer", "mecenat", "innovation-societale"), "categorie: innovation-societale"),
        (BulkEdit("odd", "ajouter", "13"), "odd: [11, 13]"),
    ],
)
def test_a_term_is_added_removed_or_replaced_where_it_stands(two: Settings, edit: BulkEdit, expected: str) -> None:
    (found,) = plan(edit, ["atelier-du-pont"], load(two.cases), two.cases).planned
    assert expected in found.after
    changed = [line for line in found.after.splitlines() if line not in found.before.splitlines()]
    assert changed == [expected], "the rest stays byte for byte"


def test_cases_already_so_are_counted_and_unknown_ones_left_out(two: Settings) -> None:
    found = plan(BulkEdit("publics", "ajouter", "femmes"), ["serre-commune", "absente"], load(two.cases), two.cases)
    assert (found.planned, found.refused, found.unchanged) == ((), (), 1)


@pytest.mark.parametrize(
    "edit",
    [
        BulkEdit("publics", "ajouter", "inconnu"),
        BulkEdit("publics", "remplacer", "femmes", "inconnu"),
        BulkEdit("publics", "remplacer", "femmes", "femmes"),
        BulkEdit("categorie", "ajouter", "mecenat"),
        BulkEdit("categorie", "retirer", "mecenat"),
        BulkEdit("titre", "ajouter", "mecenat"),
        BulkEdit("publics", "détruire", "femmes"),
        BulkEdit("", "", ""),
    ],
)
def test_an_edit_that_makes_no_sense_is_refused(two: Settings, edit: BulkEdit) -> None:
    with pytest.raises(RefusedError):
        plan(edit, ["atelier-du-pont"], load(two.cases), two.cases)


def test_a_case_that_would_break_a_rule_is_left_out_and_says_why(two: Settings) -> None:
    full = VALID.replace("[mobilite, emploi-insertion]", "[mobilite, emploi-insertion, sante]")
    (two.cases / "atelier-du-pont.md").write_text(full)
    found = plan(BulkEdit("domaines", "ajouter", "education"), ["atelier-du-pont"], load(two.cases), two.cases)
    assert found.planned == ()
    assert found.refused[0][0] == "atelier-du-pont"
    assert "4 valeurs, 3 au plus" in found.refused[0][1]


def test_the_proof_changes_with_the_edit_and_with_the_files(two: Settings) -> None:
    def proof(edit: BulkEdit) -> str:
        return plan(edit, ["atelier-du-pont"], load(two.cases), two.cases).proof

    adding = BulkEdit("publics", "ajouter", "femmes")
    first = proof(adding)
    assert first == proof(adding)
    assert first != proof(BulkEdit("publics", "ajouter", "familles"))
    (two.cases / "atelier-du-pont.md").write_text(VALID + "\n")
    assert first != proof(adding)


def test_only_the_chosen_cases_change(two: Settings, workspace: Workspace, rachid: Account) -> None:
    found = plan(
        BulkEdit("publics", "ajouter", "familles"), ["atelier-du-pont", "serre-commune"], load(two.cases), two.cases
    )
    assert len(found.planned) == 2
    workspace.publisher.observe()
    workspace.sets.carry_out(found.lot(rachid, "Familles", "Relu", ["serre-commune", "ailleurs"]), rachid)
    assert (two.cases / "atelier-du-pont.md").read_text() == VALID
    assert "# à revoir" not in (two.cases / "serre-commune.md").read_text().partition("publics")[0]
    assert workspace.history.of("serre-commune")[0].reason == "Familles. Relu"


@given(
    champ=st.sampled_from([name for name in FIELDS if name in LISTS]),
    rank=st.integers(0, 3),
)
def test_adding_then_removing_gives_the_form_back(champ: str, rank: int) -> None:
    from kb.curation.bulk import vocabulary_of

    form = read_form(VALID)
    terms = TAXONOMY[vocabulary_of(champ)].terms
    term = terms[rank % len(terms)].id
    added = edited_form(form, BulkEdit(champ, "ajouter", term))
    if term not in form.lists[champ]:
        assert edited_form(added, BulkEdit(champ, "retirer", term)) == form
    assert added.lists[champ].count(term) == 1
