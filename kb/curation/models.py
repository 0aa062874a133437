"""The curators' database: work in progress and history, never a published fact of its own."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, String, Text, TypeDecorator, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Role(StrEnum):
    """What an account may do; each role may do all that the former may."""

    CONTRIBUTEUR = "contributeur"
    RELECTEUR = "relecteur"
    ADMINISTRATEUR = "administrateur"

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class State(StrEnum):
    """Where a draft stands; the first three are open, and a case has one open draft at most."""

    BROUILLON = "brouillon"
    A_RELIRE = "a-relire"
    A_CORRIGER = "a-corriger"
    PUBLIEE = "publiee"
    ARCHIVEE = "archivee"


OPEN = (State.BROUILLON, State.A_RELIRE, State.A_CORRIGER)
_OPEN_ONLY = text("state IN ('brouillon', 'a-relire', 'a-corriger')")


class Origin(StrEnum):
    """How a version of a file came to be."""

    ATELIER = "atelier"
    DEHORS = "dehors"
    IMPORT = "import"


class UtcDateTime(TypeDecorator[datetime.datetime]):
    """An aware moment, always given back in UTC: SQLite itself forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime.datetime | None, dialect: Dialect) -> datetime.datetime | None:  # noqa: ARG002
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(datetime.UTC) if value else None

    def process_result_value(self, value: datetime.datetime | None, dialect: Dialect) -> datetime.datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=datetime.UTC) if value.tzinfo is None else value.astimezone(datetime.UTC)


def now() -> datetime.datetime:
    return datetime.datetime.now(tz=datetime.UTC)


class Base(DeclarativeBase):
    """Base of every table."""

    type_annotation_map = {  # noqa: RUF012 — SQLAlchemy reads it on the class
        datetime.datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[int]: JSON(),
        str: Text(),
    }


class Account(Base):
    """A curator. `identifiant` is typed to log in, `nom` is what others read in the history.

    `totp_secret` is there when a second step is asked at login, `totp_step` the moment of the last code used.
    """

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    identifiant: Mapped[str] = mapped_column(String(80), unique=True)
    nom: Mapped[str] = mapped_column(String(120))
    courriel: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str]
    totp_secret: Mapped[str | None]
    totp_step: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime.datetime] = mapped_column(default=now)


class LoginSession(Base):
    """An open session; `id` is the digest of what the cookie holds, so that this table opens no door."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime.datetime]
    seen_at: Mapped[datetime.datetime]
    account: Mapped[Account] = relationship(lazy="joined")


class LoginFailure(Base):
    """A login that failed, counted for the back-off and forgotten after a day."""

    __tablename__ = "login_failures"
    id: Mapped[int] = mapped_column(primary_key=True)
    identifiant: Mapped[str] = mapped_column(String(80), index=True)
    address: Mapped[str] = mapped_column(String(60), index=True)
    at: Mapped[datetime.datetime] = mapped_column(index=True)


class Draft(Base):
    """A case being written: the whole text of the file, and the published text it started from.

    `version` grows at each saving: who saves says which one was read. `authors` are the accounts that typed in it.
    """

    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), index=True)
    text: Mapped[str]
    base_text: Mapped[str] = mapped_column(default="")
    base_digest: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20), default=State.BROUILLON)
    version: Mapped[int] = mapped_column(default=1)
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    authors: Mapped[list[int]] = mapped_column(default=list)
    created_at: Mapped[datetime.datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime.datetime] = mapped_column(default=now)
    updated_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    submitted_at: Mapped[datetime.datetime | None]
    owner: Mapped[Account] = relationship(foreign_keys=[owner_id], lazy="joined")
    updated_by: Mapped[Account] = relationship(foreign_keys=[updated_by_id], lazy="joined")

    __table_args__ = (
        Index("one_open_draft", "slug", unique=True, sqlite_where=_OPEN_ONLY, postgresql_where=_OPEN_ONLY),
    )

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class Comment(Base):
    """A remark on a part of a draft (a key of the head, or a section), resolved or not."""

    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id", ondelete="CASCADE"), index=True)
    part: Mapped[str] = mapped_column(String(40))
    text: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime.datetime] = mapped_column(default=now)
    resolved_at: Mapped[datetime.datetime | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    author: Mapped[Account] = relationship(foreign_keys=[author_id], lazy="joined")
    resolved_by: Mapped[Account | None] = relationship(foreign_keys=[resolved_by_id], lazy="joined")


class Revision(Base):
    """A version of a published file, whole; `text` is empty when it was taken away. The database refuses to change it.

    Versions are ordered by `number`, never by their dates: a clock may go backwards.
    """

    __tablename__ = "revisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    text: Mapped[str]
    digest: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(default="")
    author: Mapped[str] = mapped_column(String(250), default="")
    approved_by: Mapped[str] = mapped_column(String(120), default="")
    at: Mapped[datetime.datetime] = mapped_column(default=now)

    __table_args__ = (Index("one_revision_a_number", "slug", "number", unique=True),)


class AuditEntry(Base):
    """Who did what, when: only ever added to, as the database itself enforces."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime.datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(60))
    target: Mapped[str] = mapped_column(String(200), default="")
    detail: Mapped[str] = mapped_column(default="")


class Operation(Base):
    """A change of files that was decided: written before the files are touched, removed with its trace in history.

    Whatever stops the program in between, the same steps are taken again from here, each harmless if already done.
    """

    __tablename__ = "operations"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    slug: Mapped[str] = mapped_column(String(80))
    expected_digest: Mapped[str | None] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime.datetime] = mapped_column(default=now)
