"""Every test of the workspace's data runs on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from kb.config import Settings
from kb.corpus.catalogue import load
from kb.curation import passwords
from kb.curation.accounts import Accounts
from kb.curation.database import Database
from kb.curation.models import Account, Draft, Role
from kb.curation.workspace import Workspace
from tests.corpus.samples import VALID, write_corpus

PASSWORD = "une longue phrase de passe"  # noqa: S105


@pytest.fixture(autouse=True)
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """argon2id all the same, with less work: the tests log in hundreds of times."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64))


def _server_programs() -> Path | None:
    """Folder of PostgreSQL's server programs, wherever Debian puts them."""
    found = shutil.which("initdb")
    candidates = [Path(found)] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return candidates[-1].parent if candidates else None


def _as_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: its own account is then used."""
    return (
        ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command] if os.getuid() == 0 else command
    )


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a PostgreSQL server of our own, without its database name."""
    programs = _server_programs()
    if programs is None:
        message = "PostgreSQL's server is not installed (apt-get install postgresql): its tests are left out"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    folder = tmp_path_factory.mktemp("postgresql")
    data = Path("/tmp") / f"kb-pg-{uuid.uuid4().hex[:12]}"  # noqa: S108 — the server's own user must reach it
    data.mkdir(mode=0o700)
    if os.getuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(data, account.pw_uid, account.pw_gid)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    subprocess.run(
        _as_user([str(programs / "initdb"), "-D", str(data), "-U", "kb", "-A", "trust", "-E", "UTF8", "--no-sync"]),
        check=True, capture_output=True, cwd="/",
    )  # fmt: skip
    options = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            _as_user([str(programs / "postgres"), "-D", str(data), *options, "-c", "fsync=off"]),
            stdout=log, stderr=log, cwd="/",
        )  # fmt: skip
    try:
        _wait_for(port, server)
        yield f"postgresql://kb@127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        shutil.rmtree(data, ignore_errors=True)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    import time

    import psycopg

    for _ in range(100):
        assert server.poll() is None, "the PostgreSQL server stopped"
        try:
            psycopg.connect(f"postgresql://kb@127.0.0.1:{port}/postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the PostgreSQL server does not answer")


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    """A new, empty database of the server."""
    import psycopg

    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(f"{postgresql}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{postgresql}/{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue("postgresql_url")) if request.param == "postgresql" else ""


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    cases = tmp_path / "cases"
    cases.mkdir()
    write_corpus(cases, {"atelier-du-pont": VALID})
    return Settings(cases=cases, index=tmp_path / "index", instance=tmp_path / "instance", database_url=database_url)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    found = Database(settings)
    found.upgrade()
    yield found
    found.close()


@pytest.fixture
def accounts(database: Database) -> Accounts:
    return Accounts(database)


@pytest.fixture
def claire(accounts: Accounts) -> Account:
    return accounts.add("claire", "Claire Le Goff", Role.CONTRIBUTEUR, PASSWORD)


@pytest.fixture
def rachid(accounts: Accounts) -> Account:
    return accounts.add("rachid", "Rachid Benali", Role.RELECTEUR, PASSWORD)


@pytest.fixture
def alma(accounts: Accounts) -> Account:
    return accounts.add("alma", "Alma Costa", Role.ADMINISTRATEUR, PASSWORD)


NEW = VALID.replace("L'Atelier du pont, un garage tenu avec la commune", "Le Verger partagé, des fruits pour tous")
NEW = NEW.replace("Redon", "Brest").replace('departements: ["35"]', 'departements: ["29"]')
NEW = NEW.replace("bénévoles", "cueilleurs").replace("Atelier du pont", "Le Verger partagé")
NEW = NEW.replace("salariés préparent", "voisins préparent").replace("tournée avec soin", "récolte avec patience")
NEW = NEW.replace(", verifie: 2024-11-22", "").replace("On pourrait commencer par", "Il suffirait au début d'avoir")
NEW = NEW.replace("Il faudrait convenir", "Reste à convenir")


@pytest.fixture
def workspace(settings: Settings, database: Database) -> Workspace:
    """A workspace that has seen the one published case."""
    found = Workspace(settings, database)
    found.publisher.observe()
    return found


@pytest.fixture
def submitted(workspace: Workspace, settings: Settings, claire: Account) -> Draft:
    """A new case that Claire wrote and handed over."""
    corpus = load(settings.cases)
    draft = workspace.drafts.create("Le Verger partagé, des fruits pour tous", claire, corpus)
    draft = workspace.drafts.save(draft.id, NEW, draft.version, claire)
    return workspace.drafts.submit(draft.id, draft.version, claire, corpus)
