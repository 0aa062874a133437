"""The tables of imports under way, and of the mappings of columns that are kept."""

from __future__ import annotations

import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.curation.models import Account, Base, now


class Stage(StrEnum):
    """Where an import stands."""

    COLONNES = "colonnes"
    LECTURE = "lecture"
    RAPPORT = "rapport"
    FAIT = "fait"
    ABANDONNE = "abandonne"


class ImportJob(Base):
    """Files sent together. `table` holds the headers and rows of a table, until its columns are told."""

    __tablename__ = "imports"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    source: Mapped[str] = mapped_column(String(150))
    stage: Mapped[str] = mapped_column(String(20))
    table: Mapped[dict[str, Any]] = mapped_column(default=dict)
    digest: Mapped[str] = mapped_column(String(64), default="")
    set_id: Mapped[int | None]
    created_at: Mapped[datetime.datetime] = mapped_column(default=now)
    owner: Mapped[Account] = relationship(lazy="joined")


class ImportItem(Base):
    """A file of an import; no verdict as long as it has not been judged."""

    __tablename__ = "import_items"
    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(150))
    slug: Mapped[str] = mapped_column(String(80))
    text: Mapped[str]
    refusal: Mapped[str] = mapped_column(default="")
    verdict: Mapped[str] = mapped_column(String(20), default="")
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ColumnMapping(Base):
    """A mapping of columns, kept under a name."""

    __tablename__ = "column_mappings"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    columns: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime.datetime] = mapped_column(default=now)
