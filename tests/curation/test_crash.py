"""kill -9 at every step of each operation: nothing is lost, and the next start leaves one of the two sound states."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from kb.config import Settings
from kb.corpus.catalogue import load
from kb.curation.models import Account, State
from kb.curation.set_publishing import BULK
from kb.curation.sets import FileChange, Lot
from kb.curation.workspace import Workspace
from kb.errors import KnowledgeBaseError
from tests.corpus.samples import VALID, write_corpus
from tests.curation.conftest import NEW, PASSWORD

VERGER = "le-verger-partage-des-fruits-pour-tous"
WRITING = {"write_case", "write_atomically", "add_revision"}


def is_followed(code: CodeType) -> bool:
    """Whether a function's lines are steps: the operations themselves, and what writes for them."""
    return code.co_filename.endswith(STEPS) or code.co_name in WRITING


STEPS = ("kb/curation/operations.py", "kb/curation/sets.py")
CITING = (
    VALID.replace("redaction:", "apparentes:\n  - {cas: atelier-du-pont, lien: meme-reponse}\nredaction:")
    .replace("L'Atelier du pont, un garage tenu avec la commune", "La Serre commune, des légumes pour tous")
    .replace("Atelier du pont", "La Serre commune")
    .replace("Redon", "Vannes")
    .replace("salariés préparent", "jardiniers préparent")
    .replace("tournée avec soin", "semis avec attention")
    .replace("On pourrait commencer par", "Pour commencer, prendre")
    .replace("Il faudrait convenir", "Mieux vaut convenir")
)


class Copies:
    """Makes a copy of the prepared base for each step: folders, and a PostgreSQL database when there is one."""

    def __init__(self, folder: Path, server: str) -> None:
        self.folder, self._server, self._model = folder, server, f"m{uuid.uuid4().hex}"
        self.stride = 5 if server else 1  # The steps are the same: on PostgreSQL one in five, each time another.
        if server:
            self._execute(f'CREATE DATABASE "{self._model}"')

    @property
    def model(self) -> Settings:
        return self._settings("model", self._model)

    def fresh(self) -> Settings:
        here = self.folder / "run"
        shutil.rmtree(here, ignore_errors=True)
        shutil.copytree(self.folder / "model", here)
        if self._server:
            self._execute(f'DROP DATABASE IF EXISTS "{self._model}r" WITH (FORCE)')
            self._execute(f'CREATE DATABASE "{self._model}r" TEMPLATE "{self._model}"')
        return self._settings("run", f"{self._model}r")

    def _settings(self, name: str, database: str) -> Settings:
        here = self.folder / name
        url = f"{self._server}/{database}" if self._server else ""
        return Settings(cases=here / "cases", index=here / "index", instance=here / "instance", database_url=url)

    def _execute(self, command: str) -> None:
        import psycopg

        with psycopg.connect(f"{self._server}/postgres", autocommit=True) as connection:
            connection.execute(command)  # type: ignore[call-overload]


@pytest.fixture(params=["sqlite", "postgresql"])
def copies(request: pytest.FixtureRequest, tmp_path: Path) -> Copies:
    server = str(request.getfixturevalue("postgresql")) if request.param == "postgresql" else ""
    return Copies(tmp_path, server)


def prepare(settings: Settings) -> Account:
    """A base with two published cases, one citing the other, one new case handed over, and a reviewer."""
    settings.cases.mkdir(parents=True)
    write_corpus(settings.cases, {"atelier-du-pont": VALID, "serre-commune": CITING})
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
    return rachid


def approve(workspace: Workspace, settings: Settings, actor: Account) -> None:
    draft = workspace.drafts.open()[0]
    workspace.publisher.approve(draft.id, draft.version, actor, load(settings.cases))


def archive(workspace: Workspace, settings: Settings, actor: Account) -> None:
    workspace.publisher.archive("atelier-du-pont", actor, "Fin de l'alliance")


def rename(workspace: Workspace, settings: Settings, actor: Account) -> None:
    workspace.publisher.rename("atelier-du-pont", "garage-du-pont", actor, load(settings.cases), "")


def restore(workspace: Workspace, settings: Settings, actor: Account) -> None:
    workspace.publisher.restore("atelier-du-pont", 1, actor, load(settings.cases), "")


def bulk(workspace: Workspace, settings: Settings, actor: Account) -> None:
    changes = tuple(
        FileChange(f"{slug}.md", text, text.replace("publics: [habitants-ruraux]", "publics: [familles]"))
        for slug, text in (("atelier-du-pont", VALID), ("serre-commune", CITING))
    )
    workspace.sets.carry_out(Lot(BULK, "Publics", actor.nom, changes), actor)


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
    assert (files["atelier-du-pont.md"], files["serre-commune.md"]) == (VALID, CITING)
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
        assert texts(settings.cases) == {"atelier-du-pont.md": VALID, "serre-commune.md": CITING}
    else:
        assert (texts(settings.cases), last.number, last.text) == ({"serre-commune.md": CITING}, 2, "")
        assert texts(settings.cases / "archives") == {"atelier-du-pont.md": VALID}
        assert corpus.moves["atelier-du-pont"].motif == "Fin de l'alliance"


def check_renamed(settings: Settings, workspace: Workspace) -> None:
    corpus = load(settings.cases)
    if workspace.history.of("garage-du-pont"):
        following = CITING.replace("cas: atelier-du-pont", "cas: garage-du-pont")
        assert texts(settings.cases) == {"garage-du-pont.md": VALID, "serre-commune.md": following}
        assert corpus.moves["atelier-du-pont"].vers == "garage-du-pont"
        assert [one.number for one in workspace.history.of("garage-du-pont")] == [1]
        assert len(workspace.sets.all()) == 1
    else:
        assert texts(settings.cases) == {"atelier-du-pont.md": VALID, "serre-commune.md": CITING}
        assert (corpus.moves, workspace.sets.all()) == ({}, [])


def check_bulk(settings: Settings, workspace: Workspace) -> None:
    after = [text for text in texts(settings.cases).values() if "publics: [familles]" in text]
    assert len(after) == (2 if workspace.sets.all() else 0), "all of them or none"
    assert len(workspace.history.of("serre-commune")) == (2 if after else 1)


def check_restored(settings: Settings, workspace: Workspace) -> None:
    history = workspace.history.of("atelier-du-pont")
    changed = VALID.replace("lieu: Redon", "lieu: Redon centre")
    assert texts(settings.cases)["atelier-du-pont.md"] == (VALID if len(history) == 3 else changed)
    assert len(history) in {2, 3}


@pytest.mark.parametrize(
    ("deed", "check"),
    [
        (approve, check_published),
        (archive, check_archived),
        (rename, check_renamed),
        (restore, check_restored),
        (bulk, check_bulk),
    ],
    ids=["publish", "archive", "rename", "restore", "bulk"],
)
def test_killed_at_any_step_it_heals_by_itself(copies: Copies, deed: Deed, check: Callable[..., None]) -> None:
    settings = copies.model
    actor = prepare(settings)
    if deed is restore:
        (settings.cases / "atelier-du-pont.md").write_text(VALID.replace("lieu: Redon", "lieu: Redon centre"))
        Workspace(settings).prepare()
    stride = copies.stride * (4 if deed is rename else 1)  # A set of four files: its steps are those of the bulk edit.
    step, outcomes = random.randint(1, stride), set()  # noqa: S311
    while True:
        at = copies.fresh()
        killed = killed_at(step, deed, at, actor)
        workspace = Workspace(at)
        workspace.publisher.observe()
        check(at, workspace)
        assert list(at.cases.glob(".*")) == [], "no half-written file stays"
        assert {one.slug for one in workspace.drafts.open()} <= {VERGER}
        outcomes.add(tuple(sorted(texts(at.cases).items())) if deed is bulk else tuple(sorted(texts(at.cases))))
        workspace.database.close()
        if not killed:
            break
        step += stride
    assert step > 30, "the deed was not followed line by line"
    assert len(outcomes) == (1 if deed is restore else 2), "killed early it is not done, killed late it is"
