from __future__ import annotations

import errno
import hashlib
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from kb.config import Settings
from kb.corpus.catalogue import load
from kb.corpus.moves import MOVES, Move, read_moves
from kb.curation import audit
from kb.curation.drafts import DraftConflictError
from kb.curation.models import Account, Draft, Origin, State
from kb.curation.workspace import Workspace
from kb.errors import ConflictError, ForbiddenError, RefusedError
from kb.knowledge_base import KnowledgeBase
from kb.search.query import SearchQuery
from tests.corpus.samples import VALID
from tests.curation.conftest import NEW

VERGER = "le-verger-partage-des-fruits-pour-tous"


def published(settings: Settings, slug: str) -> str:
    return (settings.cases / f"{slug}.md").read_text(encoding="utf-8")


def test_a_case_goes_from_a_title_to_the_site(
    workspace: Workspace, settings: Settings, submitted: Draft, rachid: Account
) -> None:
    base = KnowledgeBase(settings)
    assert VERGER not in base.current().cases
    done = workspace.publisher.approve(submitted.id, submitted.version, rachid, load(settings.cases))
    assert done.state == State.PUBLIEE
    assert base.current().cases[VERGER].redaction.verifie is not None
    assert VERGER in base.current().search(SearchQuery.parse([("q", "verger")], base.current().taxonomy)).slugs
    (revision,) = workspace.history.of(VERGER)
    assert (revision.author, revision.approved_by, revision.reason) == (
        "Claire Le Goff", "Rachid Benali", "Première publication",
    )  # fmt: skip
    assert revision.text == published(settings, VERGER)
    assert revision.digest == hashlib.sha256(published(settings, VERGER).encode()).hexdigest()
    assert audit.entries(workspace.database, 1)[0].action == "publication"


def test_a_new_draft_holds_no_example_and_says_all_that_is_missing(
    workspace: Workspace, settings: Settings, claire: Account
) -> None:
    draft = workspace.drafts.create("  Une   alliance : le pont ", claire, load(settings.cases))
    assert draft.slug == "une-alliance-le-pont"
    assert "À compléter" not in draft.text
    with pytest.raises(RefusedError, match="il reste"):
        workspace.drafts.submit(draft.id, draft.version, claire, load(settings.cases))


@pytest.mark.parametrize("titre", ["", "!!!", "   ", "日本"])
def test_a_title_without_letters_is_refused(
    workspace: Workspace, settings: Settings, claire: Account, titre: str
) -> None:
    with pytest.raises(RefusedError, match="titre"):
        workspace.drafts.create(titre, claire, load(settings.cases))


def test_an_address_already_taken_is_refused(workspace: Workspace, settings: Settings, claire: Account) -> None:
    with pytest.raises(RefusedError, match="déjà cette adresse"):
        workspace.drafts.create("Atelier du pont", claire, load(settings.cases))
    workspace.drafts.create("Autre chose", claire, load(settings.cases))
    with pytest.raises(RefusedError, match="déjà ouvert"):
        workspace.drafts.create("Autre chose", claire, load(settings.cases))


def test_two_curators_on_one_case_share_its_draft_and_lose_nothing(
    workspace: Workspace, claire: Account, rachid: Account
) -> None:
    mine = workspace.drafts.open_case("atelier-du-pont", claire)
    assert workspace.drafts.open_case("atelier-du-pont", rachid).id == mine.id
    workspace.drafts.save(mine.id, VALID.replace("2017", "2018"), mine.version, rachid)
    with pytest.raises(DraftConflictError, match="Rachid Benali a modifié"):
        workspace.drafts.save(mine.id, VALID.replace("2017", "2016"), mine.version, claire)
    assert workspace.drafts.get(mine.id).text == VALID.replace("2017", "2018")


def test_saving_the_same_text_again_is_no_conflict(workspace: Workspace, claire: Account) -> None:
    draft = workspace.drafts.open_case("atelier-du-pont", claire)
    saved = workspace.drafts.save(draft.id, VALID + "\n", draft.version, claire)
    assert workspace.drafts.save(draft.id, VALID + "\n", draft.version, claire).version == saved.version


def test_a_text_too_long_is_refused(workspace: Workspace, claire: Account) -> None:
    draft = workspace.drafts.open_case("atelier-du-pont", claire)
    with pytest.raises(RefusedError, match="2000 Kio, 256 au plus"):
        workspace.drafts.save(draft.id, "é" * 1024 * 1000, draft.version, claire)


def test_any_character_may_be_typed(workspace: Workspace, claire: Account) -> None:
    draft = workspace.drafts.open_case("atelier-du-pont", claire)
    saved = workspace.drafts.save(draft.id, "a\x00b\r\nc\u2028d 🌱 \u202e", draft.version, claire)
    assert saved.text == "ab\nc\nd 🌱 \u202e"


def test_nobody_approves_what_she_wrote(
    workspace: Workspace, settings: Settings, submitted: Draft, rachid: Account, alma: Account
) -> None:
    corpus = load(settings.cases)
    back = workspace.drafts.send_back(submitted.id, submitted.version, rachid, "Une virgule.")
    touched = workspace.drafts.save(back.id, NEW.replace("sans gêne", "sans aucune gêne"), back.version, rachid)
    again = workspace.drafts.submit(touched.id, touched.version, rachid, corpus)
    with pytest.raises(ForbiddenError, match="une autre personne"):
        workspace.publisher.approve(again.id, again.version, rachid, corpus)
    assert workspace.publisher.approve(again.id, again.version, alma, corpus).state == State.PUBLIEE


def test_an_administrator_may_publish_her_own_text_with_a_reason_that_is_kept(
    workspace: Workspace, settings: Settings, alma: Account
) -> None:
    corpus = load(settings.cases)
    draft = workspace.drafts.create("Le Verger partagé, des fruits pour tous", alma, corpus)
    draft = workspace.drafts.save(draft.id, NEW, draft.version, alma)
    draft = workspace.drafts.submit(draft.id, draft.version, alma, corpus)
    with pytest.raises(RefusedError, match="dites pourquoi"):
        workspace.publisher.approve(draft.id, draft.version, alma, corpus)
    workspace.publisher.approve(draft.id, draft.version, alma, corpus, "Seule cette semaine")
    assert workspace.history.of(VERGER)[0].reason == "Publiée par qui l'a écrite : Seule cette semaine"


def test_a_contributor_publishes_nothing(
    workspace: Workspace, settings: Settings, submitted: Draft, claire: Account
) -> None:
    corpus = load(settings.cases)
    for forbidden in (
        lambda: workspace.publisher.approve(submitted.id, submitted.version, claire, corpus),
        lambda: workspace.publisher.restore("atelier-du-pont", 1, claire, corpus, ""),
        lambda: workspace.publisher.archive("atelier-du-pont", claire, "essai"),
        lambda: workspace.publisher.rename("atelier-du-pont", "autre", claire, corpus, ""),
        lambda: workspace.drafts.send_back(submitted.id, submitted.version, claire, "non"),
    ):
        with pytest.raises(ForbiddenError):
            forbidden()
    assert sorted(path.name for path in settings.cases.glob("*.md")) == ["atelier-du-pont.md"]


def test_what_changed_while_it_was_read_is_not_approved(
    workspace: Workspace, settings: Settings, submitted: Draft, claire: Account, rachid: Account
) -> None:
    corpus = load(settings.cases)
    taken = workspace.drafts.withdraw(submitted.id, submitted.version, claire)
    saved = workspace.drafts.save(taken.id, NEW.replace("sans gêne", "sans façon"), taken.version, claire)
    again = workspace.drafts.submit(saved.id, saved.version, claire, corpus)
    with pytest.raises(DraftConflictError, match="relisez-le"):
        workspace.publisher.approve(again.id, submitted.version, rachid, corpus)
    assert not (settings.cases / f"{VERGER}.md").exists()


def test_a_draft_under_review_is_not_written_in(workspace: Workspace, submitted: Draft, claire: Account) -> None:
    with pytest.raises(RefusedError, match="en relecture"):
        workspace.drafts.save(submitted.id, NEW + "\n", submitted.version, claire)


@pytest.mark.parametrize("change", ["edited", "deleted"])
def test_a_file_changed_outside_meanwhile_is_never_overwritten(
    workspace: Workspace, settings: Settings, claire: Account, rachid: Account, change: str
) -> None:
    corpus = load(settings.cases)
    draft = workspace.drafts.open_case("atelier-du-pont", claire)
    draft = workspace.drafts.save(draft.id, VALID.replace("Prête un local", "Prête un hangar"), draft.version, claire)
    draft = workspace.drafts.submit(draft.id, draft.version, claire, corpus)
    path = settings.cases / "atelier-du-pont.md"
    path.write_text(VALID + "\n") if change == "edited" else path.unlink()
    with pytest.raises(ConflictError, match="hors de l'atelier"):
        workspace.publisher.approve(draft.id, draft.version, rachid, corpus)
    assert path.exists() == (change == "edited")
    workspace.publisher.observe()
    assert workspace.history.of("atelier-du-pont")[0].origin == Origin.DEHORS
    taken = workspace.drafts.rebase(draft.id, draft.version, claire)
    assert workspace.publisher.approve(taken.id, taken.version, rachid, corpus).state == State.PUBLIEE
    assert "Prête un hangar" in path.read_text()


def test_remarks_are_made_on_a_part_and_resolved(
    workspace: Workspace, submitted: Draft, claire: Account, rachid: Account
) -> None:
    workspace.comments.add(submitted.id, "besoin", "Précisez <b>qui</b>.", rachid)
    (remark,) = workspace.comments.of(submitted.id)
    assert (remark.part, remark.text, remark.author.nom, remark.resolved_at) == (
        "besoin", "Précisez <b>qui</b>.", "Rachid Benali", None,
    )  # fmt: skip
    workspace.comments.resolve(submitted.id, remark.id, claire)
    assert workspace.comments.of(submitted.id)[0].resolved_by is not None
    for part, text in (("inventee", "x"), ("besoin", "  "), ("besoin", "x" * 5000)):
        with pytest.raises(RefusedError):
            workspace.comments.add(submitted.id, part, text, rachid)
    with pytest.raises(RefusedError, match="n'existe pas"):
        workspace.comments.resolve(submitted.id + 1, remark.id, claire)


def test_an_older_version_is_published_again_as_a_new_one(
    workspace: Workspace, settings: Settings, rachid: Account
) -> None:
    path = settings.cases / "atelier-du-pont.md"
    path.write_text(VALID.replace("lieu: Redon", "lieu: Redon centre"))
    workspace.publisher.observe()
    workspace.publisher.restore("atelier-du-pont", 1, rachid, load(settings.cases), "Lieu exact")
    assert path.read_text() == VALID
    told = [(one.number, one.origin, one.reason) for one in workspace.history.of("atelier-du-pont")]
    assert told == [
        (3, "atelier", "Rétablit la version 1. Lieu exact"),
        (2, "dehors", "Modifiée hors de l'atelier"),
        (1, "dehors", "Première version connue de l'atelier"),
    ]
    with pytest.raises(RefusedError, match="déjà celle"):
        workspace.publisher.restore("atelier-du-pont", 1, rachid, load(settings.cases), "")


def test_an_archived_case_leaves_its_file_its_address_and_can_come_back(
    workspace: Workspace, settings: Settings, claire: Account, rachid: Account
) -> None:
    workspace.drafts.open_case("atelier-du-pont", claire)
    workspace.publisher.archive("atelier-du-pont", rachid, "L'association : dissoute")
    corpus = load(settings.cases)
    assert corpus.cases == {}
    assert corpus.problems == ()
    move = corpus.moves["atelier-du-pont"]
    assert (move.titre, move.motif) == (
        "L'Atelier du pont, un garage tenu avec la commune",
        "L'association : dissoute",
    )
    assert (settings.cases / "archives" / "atelier-du-pont.md").read_text() == VALID
    assert workspace.drafts.open() == []
    workspace.publisher.restore("atelier-du-pont", 1, rachid, corpus, "Elle revit")
    assert load(settings.cases).moves == {}
    assert published(settings, "atelier-du-pont") == VALID


def test_a_renamed_case_keeps_its_old_address_and_its_open_draft(
    workspace: Workspace, settings: Settings, claire: Account, rachid: Account
) -> None:
    draft = workspace.drafts.open_case("atelier-du-pont", claire)
    workspace.publisher.rename("atelier-du-pont", "garage-du-pont", rachid, load(settings.cases), "Nouveau nom")
    assert read_moves(settings.cases / MOVES) == {"atelier-du-pont": Move(vers="garage-du-pont")}
    assert published(settings, "garage-du-pont") == VALID
    assert not (settings.cases / "atelier-du-pont.md").exists()
    assert workspace.drafts.get(draft.id).slug == "garage-du-pont"
    workspace.publisher.rename("garage-du-pont", "atelier-du-pont", rachid, load(settings.cases), "")
    assert read_moves(settings.cases / MOVES) == {"garage-du-pont": Move(vers="atelier-du-pont")}


@pytest.mark.parametrize(
    "target", ["../ailleurs", "Pas d'accord", "", "atelier-du-pont", "a" * 90, "a/b", "taxonomy.yaml"]
)
def test_an_address_that_makes_no_sense_is_refused(
    workspace: Workspace, settings: Settings, rachid: Account, target: str
) -> None:
    before = sorted(settings.cases.rglob("*"))
    with pytest.raises(RefusedError):
        workspace.publisher.rename("atelier-du-pont", target, rachid, load(settings.cases), "")
    assert sorted(settings.cases.rglob("*")) == before


@pytest.mark.parametrize("slug", ["../secret", "inconnu", "", "taxonomy.yaml"])
def test_nothing_but_a_case_is_opened(workspace: Workspace, claire: Account, slug: str) -> None:
    with pytest.raises(RefusedError):
        workspace.drafts.open_case(slug, claire)


def test_a_full_disk_publishes_nothing_and_keeps_the_draft(
    workspace: Workspace, settings: Settings, submitted: Draft, rachid: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("kb.corpus.catalogue.os.fsync", full)
        with pytest.raises(RefusedError, match=r"Rien n'est changé.*le disque est plein"):
            workspace.publisher.approve(submitted.id, submitted.version, rachid, load(settings.cases))
    assert [path.name for path in settings.cases.glob("*erger*")] == []
    assert [path.name for path in settings.cases.glob(".*")] == []
    done = workspace.publisher.approve(submitted.id, submitted.version, rachid, load(settings.cases))
    assert done.state == State.PUBLIEE


def test_a_publication_is_committed_with_its_author(
    workspace: Workspace, settings: Settings, submitted: Draft, rachid: Account
) -> None:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(settings.cases), *arguments], check=True, capture_output=True, text=True
        ).stdout

    git("init", "--quiet")
    (settings.cases / "a-cote.txt").write_text("à quelqu'un d'autre")
    committing = Workspace(replace(settings, git_commit=True), workspace.database)
    committing.publisher.approve(submitted.id, submitted.version, rachid, load(settings.cases))
    assert git("log", "--format=%an <%ae>|%s") == (
        f"Claire Le Goff <claire@atelier.invalid>|{VERGER} : Première publication\n"
    )
    assert git("show", "--name-only", "--format=").split() == [f"{VERGER}.md"]
    committing.publisher.archive(VERGER, rachid, "essai")
    assert set(git("show", "--name-only", "--format=", "--no-renames").split()) == {
        f"{VERGER}.md", f"archives/{VERGER}.md", "adresses.yaml",
    }  # fmt: skip


def test_a_file_that_is_no_case_does_not_stop_history(workspace: Workspace, settings: Settings, tmp_path: Path) -> None:
    (settings.cases / "bizarre.md").write_bytes(b"\xff\xfe pas de l'UTF-8")
    (settings.cases / "dossier.md").mkdir()
    (settings.cases / "lien.md").symlink_to("/etc/passwd")
    (settings.cases / "trop-long.md").write_text("x" * 300_000)
    assert workspace.publisher.observe() == 1
    assert workspace.publisher.observe() == 0
    assert [one.slug for one in workspace.history.of("bizarre")] == ["bizarre"]
    assert workspace.history.of("lien") == []
