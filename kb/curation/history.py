"""Versions of the published files, whole: what the workspace wrote, and what it found changed by others."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.corpus.validation import MAX_BYTES, SLUG
from kb.curation.database import Database
from kb.curation.form import tidy
from kb.curation.models import Origin, Revision

OUTSIDE = "Modifiée hors de l'atelier"
FIRST_SEEN = "Première version connue de l'atelier"
TAKEN_AWAY = "Retirée hors de l'atelier"


class History:
    """The history of one installation's files."""

    def __init__(self, database: Database, directory: Path) -> None:
        self._database, self._directory = database, directory

    def of(self, slug: str) -> list[Revision]:
        """Every version of a case, newest first."""
        query = select(Revision).where(Revision.slug == slug).order_by(Revision.number.desc())
        with self._database.session() as session:
            return list(session.scalars(query))

    def version(self, slug: str, number: int) -> Revision | None:
        """One version of a case."""
        if not 0 < number < 2**31:
            return None
        with self._database.session() as session:
            return session.scalar(select(Revision).where(Revision.slug == slug, Revision.number == number))

    def observe(self) -> int:
        """Record the files that are not what history last says; how many. To be called with no operation pending."""
        files = {path.stem: path for path in self._directory.glob("*.md") if SLUG.fullmatch(path.stem)}
        with self._database.session() as session:
            known = latest_digests(session)
            seen = 0
            for slug, path in files.items():
                data = _read(path)
                if data is not None and known.get(slug) != hashlib.sha256(data).hexdigest():
                    add_revision(session, slug, data, Story(Origin.DEHORS, OUTSIDE if slug in known else FIRST_SEEN))
                    seen += 1
            for slug, digest in known.items():
                if slug not in files and digest:
                    add_revision(session, slug, b"", Story(Origin.DEHORS, TAKEN_AWAY))
                    seen += 1
        return seen


def latest_digests(session: Session) -> dict[str, str]:
    """Digest of the last version of each case; "" for a case that was taken away."""
    last = select(Revision.slug, func.max(Revision.number).label("number")).group_by(Revision.slug).subquery()
    query = select(Revision.slug, Revision.digest).join(
        last, (Revision.slug == last.c.slug) & (Revision.number == last.c.number)
    )
    return {row.slug: row.digest for row in session.execute(query)}


@dataclass(frozen=True, slots=True)
class Story:
    """How a version came to be: where from, why, who wrote it, who let it out."""

    origin: Origin
    reason: str
    author: str = ""
    approved_by: str = ""


def add_revision(session: Session, slug: str, data: bytes, story: Story) -> None:
    """Add the next version of a case; no data: it was taken away."""
    number = session.scalar(select(func.max(Revision.number)).where(Revision.slug == slug)) or 0
    session.add(
        Revision(
            slug=slug,
            number=number + 1,
            text=tidy(data.decode("utf-8", errors="replace")),
            digest=hashlib.sha256(data).hexdigest() if data else "",
            origin=story.origin,
            reason=story.reason,
            author=story.author,
            approved_by=story.approved_by,
        )
    )
    session.flush()


def _read(path: Path) -> bytes | None:
    """The bytes of a file of reasonable size; None for anything else."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > MAX_BYTES:
            return None
        return path.read_bytes()
    except OSError:
        return None
