"""kill -9 at every step of each operation: nothing is lost, and the next start leaves one of the two sound states."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from kb.config import Settings
from kb.corpus.catalogue import load
from kb.curation.models import Account, State
from kb.curation.workspace import Workspace
from kb.errors import KnowledgeBaseError
from tests.corpus.samples import VALID, write_corpus
from tests.curation.conftest import NEW, PASSWORD

VERGER = "le-verger-partage-des-fruits-pour-tous"
WRITING = {"write_case", "write_atomically", "add_revision"}


def is_followed(code: CodeType) -> bool:
    """Whether a function's lines are steps: the operations themselves, and what writes for them."""
    return code.co_filename.endswith("kb/curation/operations.py") or code.co_name in WRITING


@pytest.fixture
def database_url() -> str:
    return ""  # The steps are the same on PostgreSQL; only SQLite's files can be copied at each of them.


def prepare(folder: Path) -> tuple[Settings, Account]:
    """A base with one published case, one new case handed over, and a reviewer."""
    settings = Settings(cases=folder / "cases", index=folder / "index", instance=folder / "instance")
    settings.cases.mkdir(parents=True)
    write_corpus(settings.cases, {"atelier-du-pont": VALID})
    workspace = Workspace(settings)
    workspace.prepare()
    from kb.curation.models import Role

    claire = workspace.accounts.add("claire", "Claire Le Goff", Role.CONTRIBUTEUR, PASSWORD)
    rachid = workspace.accounts.add("rachid", "Rachid Benali", Role.RELECTEUR, PASSWORD)
    corpus = load(settings.cases)
    draft = workspace.drafts.create("Le Verger partagé, des fruits pour tous", claire, corpus)
    draft = workspace.drafts.save(draft.id, NEW, draft.version, claire)
    workspace.drafts.submit(draft.id, draft.version, claire, corpus)
    workspace.database.close()
    return settings, rachid


def approve(workspace: Workspace, settings: Settings, actor: Account) -> None:
    draft = workspace.drafts.open()[0]
    workspace.publisher.approve(draft.id, draft.version, actor, load(settings.cases))


def archive(workspace: Workspace, settings: Settings, actor: Account) -> None:
    workspace.publisher.archive("atelier-du-pont", actor, "Fin de l'alliance")


def rename(workspace: Workspace, settings: Settings, actor: Account) -> None:
    workspace.publisher.rename("atelier-du-pont", "garage-du-pont", actor, load(settings.cases), "")


def restore(workspace: Workspace, settings: Settings, actor: Account) -> None:
    workspace.publisher.restore("atelier-du-pont", 1, actor, load(settings.cases), "")


Deed = Callable[[Workspace, Settings, Account], None]


def killed_at(step: int, deed: Deed, settings: Settings, actor: Account) -> bool:
    """Do a deed in a child that is killed as it comes to its `step`-th line of ours; whether it was killed."""
    child = os.fork()
    if child == 0:
        _run_until(step, deed, settings, actor)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the deed itself failed"
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _run_until(step: int, deed: Deed, settings: Settings, actor: Account) -> None:
    left = step

    def line(frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return line

    def call(frame: FrameType, _event: str, _argument: Any) -> Any:
        return line if is_followed(frame.f_code) else None

    try:
        workspace = Workspace(settings)
        sys.settrace(call)
        deed(workspace, settings, actor)
        sys.settrace(None)
    except KnowledgeBaseError:
        os._exit(1)
    finally:
        os._exit(0)


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}


def check_published(settings: Settings, workspace: Workspace) -> None:
    files = texts(settings.cases)
    history = workspace.history.of(VERGER)
    draft = workspace.drafts.get(1)
    assert files["atelier-du-pont.md"] == VALID
    if draft.state == State.PUBLIEE:
        assert files[f"{VERGER}.md"] == draft.text == history[0].text
        assert [one.origin for one in history] == ["atelier"]
    else:
        assert (draft.state, draft.text) == (State.A_RELIRE, NEW)
        assert (f"{VERGER}.md" in files, history) == (False, [])


def check_archived(settings: Settings, workspace: Workspace) -> None:
    corpus = load(settings.cases)
    last = workspace.history.of("atelier-du-pont")[0]
    if last.number == 1:
        assert texts(settings.cases) == {"atelier-du-pont.md": VALID}
    else:
        assert (texts(settings.cases), last.number, last.text) == ({}, 2, "")
        assert texts(settings.cases / "archives") == {"atelier-du-pont.md": VALID}
        assert corpus.moves["atelier-du-pont"].motif == "Fin de l'alliance"


def check_renamed(settings: Settings, workspace: Workspace) -> None:
    corpus = load(settings.cases)
    if workspace.history.of("garage-du-pont"):
        assert texts(settings.cases) == {"garage-du-pont.md": VALID}
        assert corpus.moves["atelier-du-pont"].vers == "garage-du-pont"
        assert [one.number for one in workspace.history.of("garage-du-pont")] == [1]
    else:
        assert texts(settings.cases) == {"atelier-du-pont.md": VALID}


def check_restored(settings: Settings, workspace: Workspace) -> None:
    history = workspace.history.of("atelier-du-pont")
    changed = VALID.replace("lieu: Redon", "lieu: Redon centre")
    assert texts(settings.cases)["atelier-du-pont.md"] == (VALID if len(history) == 3 else changed)
    assert len(history) in {2, 3}


@pytest.mark.parametrize(
    ("deed", "check"),
    [(approve, check_published), (archive, check_archived), (rename, check_renamed), (restore, check_restored)],
    ids=["publish", "archive", "rename", "restore"],
)
def test_killed_at_any_step_it_heals_by_itself(tmp_path: Path, deed: Deed, check: Callable[..., None]) -> None:
    settings, actor = prepare(tmp_path / "model")
    if deed is restore:
        (settings.cases / "atelier-du-pont.md").write_text(VALID.replace("lieu: Redon", "lieu: Redon centre"))
        Workspace(settings).prepare()
    step, outcomes = 1, set()
    while True:
        here = tmp_path / "run"
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(tmp_path / "model", here)
        at = Settings(cases=here / "cases", index=here / "index", instance=here / "instance")
        killed = killed_at(step, deed, at, actor)
        workspace = Workspace(at)
        workspace.publisher.observe()
        check(at, workspace)
        assert list(at.cases.glob(".*")) == [], "no half-written file stays"
        assert {one.slug for one in workspace.drafts.open()} <= {VERGER}
        outcomes.add(tuple(sorted(texts(at.cases))))
        workspace.database.close()
        if not killed:
            break
        step += 1
    assert step > 30, "the deed was not followed line by line"
    assert len(outcomes) == (1 if deed is restore else 2), "killed early it is not done, killed late it is"
