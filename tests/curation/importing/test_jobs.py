"""An import from its sending to its undoing: nothing written before, everything undone after."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.config import Settings
from kb.corpus.catalogue import load
from kb.curation.importing.columns import Columns
from kb.curation.importing.report import Judged, Verdict
from kb.curation.importing.sources import read_zip
from kb.curation.importing.tables import Table
from kb.curation.importing.writing import Mode
from kb.curation.models import Account, Origin, State
from kb.curation.workspace import Workspace
from kb.errors import ConflictError, ForbiddenError, RefusedError
from tests.corpus.samples import VALID
from tests.curation.conftest import NEW
from tests.curation.importing.samples import SERRE, archive

FILES = {
    "serre-commune.md": SERRE,
    "a-finir.md": "---\ntitre: À finir\n---\n",
    "atelier-du-pont.md": VALID,
    "image.md": b"\xff\xd8\xff",
    "meme-atelier.md": VALID.replace("2024-09-02", "2024-09-03"),
}


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def sent(workspace: Workspace, settings: Settings, actor: Account, content: dict[str, str | bytes] = FILES) -> int:
    job = workspace.imports.start("fiches.zip", read_zip(archive(content)), actor)
    corpus = load(settings.cases)
    while workspace.imports.get(job.id, actor).stage == "lecture":
        workspace.imports.advance(job.id, corpus, 0.0)
    return job.id


def by_slug(workspace: Workspace, job_id: int) -> dict[str, tuple[int, Judged]]:
    return {one.slug: (number, one) for number, one in workspace.imports.report(job_id).items()}


def test_the_report_says_what_is_ready_what_is_not_and_why_and_writes_nothing(
    workspace: Workspace, settings: Settings, rachid: Account
) -> None:
    before = files(settings.cases)
    found = by_slug(workspace, sent(workspace, settings, rachid))
    verdicts = {slug: one.verdict for slug, (_, one) in found.items()}
    assert verdicts == {
        "serre-commune": Verdict.PRETE, "a-finir": Verdict.A_CORRIGER, "atelier-du-pont": Verdict.IDENTIQUE,
        "image": Verdict.REFUSEE, "meme-atelier": Verdict.A_CORRIGER,
    }  # fmt: skip
    assert found["a-finir"][1].reasons[0].startswith("Catégorie : Obligatoire et absent")
    assert "atelier-du-pont : un titre voisin" in found["meme-atelier"][1].duplicates[0]
    assert any("Même titre que atelier-du-pont" in one for one in found["meme-atelier"][1].reasons)
    assert found["serre-commune"][1].verified
    assert (files(settings.cases), workspace.drafts.open(), workspace.sets.all()) == (before, [], [])


def test_files_are_judged_a_few_at_a_time(workspace: Workspace, settings: Settings, rachid: Account) -> None:
    job = workspace.imports.start("fiches.zip", read_zip(archive(FILES)), rachid)
    corpus = load(settings.cases)
    seen = []
    while workspace.imports.get(job.id, rachid).stage == "lecture":
        seen.append(workspace.imports.progress(job.id))
        workspace.imports.advance(job.id, corpus, 0.0)
    assert seen == [(n, 5) for n in range(5)]


def test_files_of_one_import_may_cite_each_other(workspace: Workspace, settings: Settings, rachid: Account) -> None:
    citing = SERRE.replace("publics:", "apparentes:\n  - {cas: autre-pont, lien: meme-reponse}\npublics:")
    alone = by_slug(workspace, sent(workspace, settings, rachid, {"serre-commune.md": citing}))
    assert "« autre-pont » n'est pas une fiche publiée" in alone["serre-commune"][1].reasons[0]
    other = VALID.replace("L'Atelier du pont, un", "Le Second pont, un").replace("Atelier du pont", "Le Second pont")
    both = by_slug(workspace, sent(workspace, settings, rachid, {"serre-commune.md": citing, "autre-pont.md": other}))
    assert both["serre-commune"][1].verdict is Verdict.PRETE


def test_drafts_are_opened_as_one_set_and_undone_in_one_click(
    workspace: Workspace, settings: Settings, rachid: Account
) -> None:
    job = sent(workspace, settings, rachid)
    chosen = set(workspace.imports.report(job))
    made = workspace.imports.carry_out(job, chosen, Mode.RELECTURE, load(settings.cases), rachid)
    states = {draft.slug: draft.state for draft in workspace.drafts.open()}
    assert states == {
        "serre-commune": State.A_RELIRE, "a-finir": State.BROUILLON, "meme-atelier": State.BROUILLON,
    }  # fmt: skip
    assert list(files(settings.cases)) == list(files(settings.cases)), "no file is written"
    with pytest.raises(RefusedError, match="n'attend pas de confirmation"):
        workspace.imports.carry_out(job, chosen, Mode.RELECTURE, load(settings.cases), rachid)
    workspace.sets.undo(made, rachid)
    assert workspace.drafts.open() == []


def test_a_draft_written_in_since_is_not_undone(workspace: Workspace, settings: Settings, rachid: Account) -> None:
    job = sent(workspace, settings, rachid)
    made = workspace.imports.carry_out(
        job, set(workspace.imports.report(job)), Mode.BROUILLONS, load(settings.cases), rachid
    )
    draft = next(one for one in workspace.drafts.open() if one.slug == "a-finir")
    workspace.drafts.save(draft.id, draft.text + "\nplus\n", draft.version, rachid)
    with pytest.raises(RefusedError, match="a-finir"):
        workspace.sets.undo(made, rachid)
    workspace.sets.undo(made, rachid, only_untouched=True)
    assert [one.slug for one in workspace.drafts.open()] == ["a-finir"]


def test_an_administrator_may_publish_what_was_read_again_with_a_reason(
    workspace: Workspace, settings: Settings, alma: Account, rachid: Account
) -> None:
    job = sent(workspace, settings, alma, {**FILES, "non-relue.md": NEW})
    chosen = set(workspace.imports.report(job))
    corpus = load(settings.cases)
    with pytest.raises(RefusedError, match="dites pourquoi"):
        workspace.imports.carry_out(job, chosen, Mode.PUBLIER, corpus, alma)
    made = workspace.imports.carry_out(job, chosen, Mode.PUBLIER, corpus, alma, "Reprise de l'ancienne base")
    assert (settings.cases / "serre-commune.md").read_text() == SERRE
    assert not (settings.cases / "non-relue.md").exists(), "what nobody read again is a draft"
    assert {one.slug for one in workspace.drafts.open()} == {"a-finir", "meme-atelier", "non-relue"}
    (version,) = workspace.history.of("serre-commune")
    assert version.origin == Origin.IMPORT
    assert version.reason == "Import de « fiches.zip », publié par qui l'a importé : Reprise de l'ancienne base"
    workspace.sets.undo(made, alma, "Trop tôt")
    assert not (settings.cases / "serre-commune.md").exists()
    assert load(settings.cases).moves["serre-commune"].motif == "Annulation. Trop tôt", "its address was public"
    assert workspace.drafts.open() == []
    job = sent(workspace, settings, rachid)
    with pytest.raises(ForbiddenError):
        workspace.imports.carry_out(job, {1}, Mode.PUBLIER, load(settings.cases), rachid, "x")


def test_a_contributor_does_not_import_and_sees_no_import(
    workspace: Workspace, settings: Settings, claire: Account, rachid: Account, alma: Account
) -> None:
    with pytest.raises(ForbiddenError):
        workspace.imports.start("x.zip", [], claire)
    job = sent(workspace, settings, rachid)
    with pytest.raises(RefusedError, match="pas le vôtre"):
        workspace.imports.get(job, claire)
    assert workspace.imports.get(job, alma).id == job
    with pytest.raises(ForbiddenError):
        workspace.imports.carry_out(job, {1}, Mode.BROUILLONS, load(settings.cases), claire)


def test_a_base_that_changed_since_the_report_has_it_made_again(
    workspace: Workspace, settings: Settings, rachid: Account
) -> None:
    job = sent(workspace, settings, rachid)
    (settings.cases / "serre-commune.md").write_text(SERRE)
    chosen = set(workspace.imports.report(job))
    with pytest.raises(ConflictError, match="La base a changé"):
        workspace.imports.carry_out(job, chosen, Mode.BROUILLONS, load(settings.cases), rachid)
    corpus = load(settings.cases)
    workspace.imports.advance(job, corpus, 10.0)
    assert by_slug(workspace, job)["serre-commune"][1].verdict is Verdict.IDENTIQUE
    assert workspace.imports.carry_out(job, chosen, Mode.BROUILLONS, corpus, rachid)


def test_a_case_that_has_an_open_draft_is_refused(workspace: Workspace, settings: Settings, rachid: Account) -> None:
    workspace.drafts.open_case("atelier-du-pont", rachid)
    changed = {"atelier-du-pont.md": VALID.replace("lieu: Redon", "lieu: Redon centre")}
    found = by_slug(workspace, sent(workspace, settings, rachid, changed))
    assert found["atelier-du-pont"][1].reasons == ("un brouillon est déjà ouvert sur cette fiche",)


def test_an_update_opens_a_draft_on_the_published_file(
    workspace: Workspace, settings: Settings, rachid: Account
) -> None:
    changed = VALID.replace("lieu: Redon", "lieu: Redon centre")
    job = sent(workspace, settings, rachid, {"atelier-du-pont.md": changed})
    workspace.imports.carry_out(job, set(workspace.imports.report(job)), Mode.BROUILLONS, load(settings.cases), rachid)
    (draft,) = workspace.drafts.open()
    assert (draft.base_text, draft.text, draft.authors) == (VALID, changed, [rachid.id])


def test_a_table_waits_for_its_columns_and_keeps_their_mapping(
    workspace: Workspace, settings: Settings, rachid: Account
) -> None:
    table = Table(("Nom", "Où"), (("Une alliance", "Brest"), ("Une alliance", "Nantes"), ("", "Vannes")))
    job = workspace.imports.start_table("t.csv", table, rachid)
    corpus = load(settings.cases)
    with pytest.raises(RefusedError, match="titre"):
        workspace.imports.tell_columns(job.id, Columns.of({"Où": "lieu"}), corpus, rachid)
    columns = Columns.of({"Nom": "titre", "Où": "lieu"})
    workspace.imports.keep_mapping(" Notre tableau ", columns, rachid)
    workspace.imports.tell_columns(job.id, columns, corpus, rachid)
    with pytest.raises(RefusedError, match="déjà dites"):
        workspace.imports.tell_columns(job.id, columns, corpus, rachid)
    workspace.imports.advance(job.id, corpus, 10.0)
    told = [(one.name, one.verdict, one.reasons[0]) for one in workspace.imports.report(job.id).values()]
    assert told[0][:2] == ("ligne 2", Verdict.A_CORRIGER)
    assert told[1][1:] == (Verdict.REFUSEE, "deux lignes donnent l'adresse « une-alliance »")
    assert told[2][1:] == (Verdict.REFUSEE, "ligne sans titre")
    (kept,) = workspace.imports.mappings()
    assert (kept.name, kept.columns) == ("Notre tableau", {"Nom": "titre", "Où": "lieu"})
    workspace.imports.keep_mapping("Notre tableau", Columns.of({"Nom": "titre"}), rachid)
    assert [one.columns for one in workspace.imports.mappings()] == [{"Nom": "titre"}]
    workspace.imports.forget_mapping(kept.id, rachid)
    assert workspace.imports.mappings() == []


def test_an_abandoned_import_leaves_nothing(workspace: Workspace, settings: Settings, rachid: Account) -> None:
    job = sent(workspace, settings, rachid)
    workspace.imports.abandon(job, rachid)
    assert workspace.imports.report(job) == {}
    assert workspace.imports.under_way(rachid) == []
    with pytest.raises(RefusedError):
        workspace.imports.carry_out(job, {1}, Mode.BROUILLONS, load(settings.cases), rachid)


def test_a_published_file_of_another_make_is_updated_by_a_draft(
    workspace: Workspace, settings: Settings, alma: Account
) -> None:
    (settings.cases / "atelier-du-pont.md").write_bytes(VALID.replace("\n", "\r\n").encode())
    job = sent(workspace, settings, alma, {"atelier-du-pont.md": VALID.replace("lieu: Redon", "lieu: Redon centre")})
    chosen = set(workspace.imports.report(job))
    workspace.imports.carry_out(job, chosen, Mode.PUBLIER, load(settings.cases), alma, "Reprise")
    assert [one.slug for one in workspace.drafts.open()] == ["atelier-du-pont"]
