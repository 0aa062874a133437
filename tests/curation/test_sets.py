"""Several files changed by one decision: all or none, found again, undone together."""

from __future__ import annotations

import errno
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from kb.config import Settings
from kb.corpus.catalogue import load
from kb.corpus.moves import MOVES, Move, read_moves
from kb.curation import audit
from kb.curation.models import Account, Role
from kb.curation.set_publishing import BULK, VOCABULARY
from kb.curation.sets import FileChange, Lot
from kb.curation.workspace import Workspace
from kb.errors import ConflictError, ForbiddenError, RefusedError
from tests.corpus.samples import VALID

SECOND = VALID.replace("publics:", "apparentes:\n  - {cas: atelier-du-pont, lien: meme-reponse}\npublics:")
NAMES = ("atelier-du-pont", "serre-commune")


@pytest.fixture
def workspace(workspace: Workspace, settings: Settings) -> Workspace:
    (settings.cases / "serre-commune.md").write_text(SECOND, encoding="utf-8")
    workspace.publisher.observe()
    return workspace


def lot(actor: Account, kind: str = BULK) -> Lot:
    changes = tuple(
        FileChange(f"{slug}.md", text, text.replace("[habitants-ruraux]", "[familles]"), "Publics revus")
        for slug, text in zip(NAMES, (VALID, SECOND), strict=True)
    )
    return Lot(kind, "Publics", actor.nom, changes)


def texts(settings: Settings) -> list[str]:
    return [(settings.cases / f"{slug}.md").read_text() for slug in NAMES]


def test_a_set_changes_every_file_and_enters_history_once(
    workspace: Workspace, settings: Settings, rachid: Account
) -> None:
    number = workspace.sets.carry_out(lot(rachid), rachid)
    assert all("publics: [familles]" in text for text in texts(settings))
    for slug in NAMES:
        latest = workspace.history.of(slug)[0]
        assert (latest.number, latest.reason, latest.approved_by) == (2, "Publics revus", "Rachid Benali")
    (made, count), *_ = workspace.sets.all()
    assert (made.id, made.kind, made.title, count) == (number, BULK, "Publics", 2)
    assert audit.entries(workspace.database, 1)[0].target == f"lot {number}"


def test_a_set_is_undone_whole_and_the_undoing_too(workspace: Workspace, settings: Settings, rachid: Account) -> None:
    number = workspace.sets.carry_out(lot(rachid), rachid)
    undone = workspace.sets.undo(number, rachid, "Erreur")
    assert texts(settings) == [VALID, SECOND]
    assert workspace.sets.get(number).undone_by == undone
    with pytest.raises(RefusedError, match="déjà annulé"):
        workspace.sets.undo(number, rachid)
    workspace.sets.undo(undone, rachid)
    assert all("publics: [familles]" in text for text in texts(settings))


def test_what_changed_since_keeps_a_set_from_being_undone_and_is_named(
    workspace: Workspace, settings: Settings, rachid: Account
) -> None:
    number = workspace.sets.carry_out(lot(rachid), rachid)
    path = settings.cases / "serre-commune.md"
    path.write_text(path.read_text() + "\n")
    with pytest.raises(RefusedError, match=r"laissés tels quels : serre-commune\.md\. Rien n'est annulé"):
        workspace.sets.undo(number, rachid)
    assert "familles" in texts(settings)[0]
    workspace.sets.undo(number, rachid, only_untouched=True)
    assert texts(settings)[0] == VALID
    assert "familles" in texts(settings)[1]


def test_a_set_of_vocabularies_is_never_undone_in_part_nor_by_a_reviewer(
    workspace: Workspace, settings: Settings, rachid: Account, alma: Account
) -> None:
    number = workspace.sets.carry_out(lot(alma, VOCABULARY), alma)
    with pytest.raises(ForbiddenError):
        workspace.sets.undo(number, rachid)
    again = workspace.sets.undo(workspace.sets.undo(number, alma), alma)
    with pytest.raises(ForbiddenError):
        workspace.sets.undo(again, rachid)
    (settings.cases / "serre-commune.md").write_text(SECOND)
    with pytest.raises(RefusedError, match="Rien n'est annulé"):
        workspace.sets.undo(again, alma, only_untouched=True)


def test_a_file_changed_meanwhile_leaves_every_other_as_it_was(
    workspace: Workspace, settings: Settings, rachid: Account
) -> None:
    (settings.cases / "serre-commune.md").write_text(SECOND + "\n")
    with pytest.raises(ConflictError, match=r"serre-commune\.md"):
        workspace.sets.carry_out(lot(rachid), rachid)
    assert texts(settings) == [VALID, SECOND + "\n"]
    assert workspace.sets.all() == []


def test_a_disk_that_fills_up_half_way_gives_back_what_was_written(
    workspace: Workspace, settings: Settings, rachid: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    real = os.replace

    def full_at_second(source: Path, target: Path) -> None:
        written.append(Path(target))
        if len(written) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr("pathlib.os.replace", full_at_second)
        with pytest.raises(RefusedError, match="le disque est plein"):
            workspace.sets.carry_out(lot(rachid), rachid)
    assert len(written) >= 3
    assert texts(settings) == [VALID, SECOND]
    assert list(settings.cases.glob(".*")) == []
    assert workspace.sets.carry_out(lot(rachid), rachid)


@pytest.mark.parametrize("name", ["../secret.md", "a/b.md", "lexique.yaml", ".md", "Majuscule.md", "taxonomy.yaml.md"])
def test_a_set_writes_nothing_but_cases_and_their_vocabularies(
    workspace: Workspace, settings: Settings, rachid: Account, name: str
) -> None:
    before = sorted(settings.cases.parent.rglob("*.md"))
    with pytest.raises(ValueError, match="mal formé"):
        workspace.sets.carry_out(Lot(BULK, "x", rachid.nom, (FileChange(name, None, "x"),)), rachid)
    assert sorted(settings.cases.parent.rglob("*.md")) == before
    assert workspace.publisher.observe() == 0, "nothing is left pending"


def test_a_renamed_case_takes_along_those_that_cite_it(
    workspace: Workspace, settings: Settings, rachid: Account, claire: Account
) -> None:
    draft = workspace.drafts.open_case("atelier-du-pont", claire)
    workspace.publisher.rename("atelier-du-pont", "garage-du-pont", rachid, load(settings.cases), "Nouveau nom")
    citing = (settings.cases / "serre-commune.md").read_text()
    assert citing == SECOND.replace("cas: atelier-du-pont", "cas: garage-du-pont")
    assert "devenu « garage-du-pont »" in workspace.history.of("serre-commune")[0].reason
    (made, count), *_ = workspace.sets.all()
    assert (made.title, count) == ("« atelier-du-pont » devient « garage-du-pont »", 4)
    workspace.sets.undo(made.id, rachid)
    assert texts(settings) == [VALID, SECOND]
    assert read_moves(settings.cases / MOVES) == {"garage-du-pont": Move(vers="atelier-du-pont")}, "it was public"
    assert workspace.drafts.get(draft.id).slug == "atelier-du-pont"
    workspace.sets.undo(workspace.sets.all()[0][0].id, rachid)
    assert read_moves(settings.cases / MOVES) == {"atelier-du-pont": Move(vers="garage-du-pont")}


def test_redirections_written_since_do_not_keep_a_set_from_being_undone(
    workspace: Workspace, settings: Settings, rachid: Account
) -> None:
    workspace.publisher.rename("atelier-du-pont", "garage-du-pont", rachid, load(settings.cases), "")
    (made, _), *_ = workspace.sets.all()
    workspace.publisher.archive("serre-commune", rachid, "Finie")
    workspace.publisher.restore("serre-commune", 2, rachid, load(settings.cases), "")
    (settings.cases / MOVES).write_text((settings.cases / MOVES).read_text() + "ancienne:\n  vers: autre\n")
    workspace.sets.undo(made.id, rachid)
    assert read_moves(settings.cases / MOVES) == {
        "ancienne": Move(vers="autre"), "garage-du-pont": Move(vers="atelier-du-pont"),
    }  # fmt: skip


def test_a_set_is_one_commit(workspace: Workspace, settings: Settings, rachid: Account) -> None:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", str(settings.cases), *arguments], check=True, capture_output=True, text=True
        ).stdout

    git("init", "--quiet")
    committing = Workspace(replace(settings, git_commit=True), workspace.database)
    committing.sets.carry_out(lot(rachid), rachid)
    assert git("log", "--format=%an|%s") == "Rachid Benali|modification en lot : Publics\n"
    assert set(git("show", "--name-only", "--format=").split()) == {f"{slug}.md" for slug in NAMES}


def test_who_makes_sets_may_undo_them(workspace: Workspace, rachid: Account, claire: Account) -> None:
    number = workspace.sets.carry_out(lot(rachid), rachid)
    with pytest.raises(ForbiddenError):
        workspace.sets.undo(number, claire)
    assert workspace.sets.role_of(workspace.sets.get(number)) is Role.RELECTEUR
