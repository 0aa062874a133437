"""The journal of what was done: entries are added in the same transaction as the deed, and never changed."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.curation.database import Database
from kb.curation.models import AuditEntry


def record(session: Session, actor: str, action: str, target: str = "", detail: str = "") -> None:
    """Add an entry to the journal, within the transaction of what it tells."""
    session.add(AuditEntry(actor=actor, action=action, target=target[:200], detail=detail))


def entries(database: Database, limit: int = 100, before: int | None = None) -> list[AuditEntry]:
    """The latest entries, or those before one of them, newest first."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    with database.session() as session:
        return list(session.scalars(query))


def count(database: Database) -> int:
    """How many entries the journal holds."""
    with database.session() as session:
        return session.scalar(select(func.count(AuditEntry.id))) or 0
