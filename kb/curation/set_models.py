"""The tables of changes made to several files at once."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kb.curation.models import Base, now


class RevisionSet(Base):
    """Files changed together, by one decision, and undone together.

    `drafts` are the versions, by id, of those it opened;
    `undoes` is the set that this one undoes, `undone_by` the one that undid this one.
    """

    __tablename__ = "revision_sets"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    actor: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime.datetime] = mapped_column(default=now)
    drafts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undoes: Mapped[int | None]
    undone_by: Mapped[int | None]


class SetFile(Base):
    """A file of a set, whole, before and after; None where there was, or is, no file."""

    __tablename__ = "set_files"
    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(ForeignKey("revision_sets.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    before: Mapped[str | None]
    after: Mapped[str | None]
