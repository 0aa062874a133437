from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from kb.config import Settings
from kb.curation import audit
from kb.curation.accounts import Accounts
from kb.curation.database import Database, database_url
from kb.curation.models import Base, Role
from kb.curation.secret import secret_key
from kb.errors import ConfigurationError, WorkspaceUnavailableError
from tests.curation.conftest import PASSWORD


def test_the_migrations_make_exactly_the_tables_of_the_models(settings: Settings, database: Database) -> None:
    engine = create_engine(database.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_upgrading_twice_changes_nothing(database: Database, accounts: Accounts) -> None:
    accounts.add("claire", "Claire", Role.CONTRIBUTEUR, PASSWORD)
    database.upgrade()
    assert [one.identifiant for one in accounts.all()] == ["claire"]


@pytest.mark.parametrize("order", ["UPDATE audit SET actor = 'personne'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_the_journal(database: Database, accounts: Accounts, order: str) -> None:
    accounts.add("claire", "Claire", Role.CONTRIBUTEUR, PASSWORD)
    with pytest.raises(WorkspaceUnavailableError), database.session() as session:
        session.execute(text(order))
    assert [one.action for one in audit.entries(database)] == ["compte ouvert"]


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    class _SomeError(Exception):
        pass

    def fail() -> None:
        with database.session() as session:
            audit.record(session, "Claire", "essai")
            session.flush()
            raise _SomeError

    with pytest.raises(_SomeError):
        fail()
    assert audit.count(database) == 0


def test_a_database_that_cannot_be_reached_is_said_so() -> None:
    database = Database(Settings(database_url="postgresql://kb@127.0.0.1:1/rien"))
    with pytest.raises(WorkspaceUnavailableError):
        database.upgrade()


def test_a_locked_database_is_said_so_and_not_waited_for_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    monkeypatch.setattr("kb.curation.database.BUSY_SECONDS", 0.1)
    database = Database(Settings(instance=tmp_path))
    database.upgrade()
    with sqlite3.connect(tmp_path / "atelier.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WorkspaceUnavailableError):
            Accounts(database).all()
        other.execute("ROLLBACK")
    assert Accounts(database).all() == []
    other.close()
    database.close()


def test_a_folder_that_cannot_hold_the_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("un fichier, pas un dossier")
    with pytest.raises(WorkspaceUnavailableError):
        Database(Settings(instance=tmp_path / "instance")).upgrade()


@pytest.mark.parametrize("url", ["mysql://x/y", "n'importe quoi", "oracle://h"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="KB_DATABASE_URL"):
        Database(Settings(database_url=url))


def test_the_usual_address_of_postgresql_is_understood() -> None:
    assert database_url(Settings(database_url="postgres://kb@h/b")) == "postgresql+psycopg://kb@h/b"


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = secret_key(tmp_path / "instance")
    assert secret_key(tmp_path / "instance") == first
    assert len(first) == 32
    assert (tmp_path / "instance" / "secret-key").stat().st_mode & 0o777 == 0o600
    assert secret_key(tmp_path / "autre") != first


def test_a_secret_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_bytes(b"court")
    with pytest.raises(ConfigurationError, match="trop court"):
        secret_key(tmp_path)
