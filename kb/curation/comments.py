"""Remarks of a review, each on a part of the draft, resolved or not."""

from __future__ import annotations

from sqlalchemy import select

from kb.corpus import schema
from kb.corpus.case import SECTIONS
from kb.curation import audit
from kb.curation.checking import WHOLE
from kb.curation.database import Database
from kb.curation.drafts import MissingError, find_draft, require
from kb.curation.form import tidy
from kb.curation.models import Account, Comment, Role, now
from kb.errors import RefusedError

PARTS = (WHOLE, *schema.FIELD_NAMES, *(key for key, _ in SECTIONS))
MAX_COMMENT = 4_000


class Comments:
    """The remarks of one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, draft_id: int) -> list[Comment]:
        """Remarks on a draft, oldest first."""
        with self._database.session() as session:
            return list(session.scalars(select(Comment).where(Comment.draft_id == draft_id).order_by(Comment.id)))

    def add(self, draft_id: int, part: str, text: str, actor: Account) -> None:
        """Add a remark. Raises RefusedError."""
        require(actor, Role.CONTRIBUTEUR)
        text = tidy(text).strip()
        if part not in PARTS:
            raise RefusedError("Cette partie de la fiche n'existe pas.")
        if not 0 < len(text) <= MAX_COMMENT:
            raise RefusedError(f"Une remarque compte de 1 à {MAX_COMMENT} caractères.")
        with self._database.session() as session:
            draft = find_draft(session, draft_id)
            if not draft.is_open:
                raise RefusedError("Ce brouillon est clos : il ne reçoit plus de remarques.")
            session.add(Comment(draft_id=draft_id, part=part, text=text, author_id=actor.id))
            audit.record(session, actor.nom, "remarque", draft.slug, part)

    def resolve(self, draft_id: int, comment_id: int, actor: Account, *, resolved: bool = True) -> None:
        """Say that a remark was answered, or that it was not. Raises RefusedError."""
        require(actor, Role.CONTRIBUTEUR)
        with self._database.session() as session:
            comment = session.get(Comment, comment_id) if comment_id < 2**31 else None
            if comment is None or comment.draft_id != draft_id:
                raise MissingError("Cette remarque n'existe pas.")
            comment.resolved_at = now() if resolved else None
            comment.resolved_by_id = actor.id if resolved else None
