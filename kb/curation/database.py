"""The database of one installation: SQLite in `instance/`, or the one of KB_DATABASE_URL; always at the last schema."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from kb.config import Settings
from kb.errors import ConfigurationError, WorkspaceUnavailableError

logger = logging.getLogger(__name__)
MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 5


class Database:
    """Opens sessions; one object a process, shared by its threads."""

    def __init__(self, settings: Settings) -> None:
        self.url = database_url(settings)
        self._engine = _engine(self.url)
        self._sessions = sessionmaker(self._engine, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back by any exception. Raises WorkspaceUnavailableError."""
        try:
            with self._sessions.begin() as session:
                yield session
        except DBAPIError as error:
            logger.warning("The curators' database failed: %s", error)
            raise WorkspaceUnavailableError("La base de l'atelier ne répond pas.") from error

    def upgrade(self) -> None:
        """Bring the schema to the last one, creating it at first. Raises WorkspaceUnavailableError."""
        from alembic import command  # Here: 12 MB that a worker without a curator never needs.
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        try:
            if self._engine.dialect.name == "sqlite" and self._engine.url.database:
                Path(self._engine.url.database).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except (SQLAlchemyError, OSError) as error:
            raise WorkspaceUnavailableError(f"La base de l'atelier ne peut être préparée : {error}") from error

    def close(self) -> None:
        """Give every connection back; needed before a fork."""
        self._engine.dispose()


def database_url(settings: Settings) -> str:
    """The address of the database, in the words of SQLAlchemy."""
    if not settings.database_url:
        return f"sqlite:///{settings.instance / 'atelier.db'}"
    if settings.database_url.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + settings.database_url.partition("://")[2]
    return settings.database_url


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError("KB_DATABASE_URL : adresse de base illisible.") from error
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ConfigurationError("KB_DATABASE_URL : sqlite:///… ou postgresql://… attendu.")
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": BUSY_SECONDS})
    engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Readers never wait for a writer, a writer waits for another; references are checked."""
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, see _begin_sqlite.
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    """Transactions begin by taking the writer's place: two of them never find out too late that they collide."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
