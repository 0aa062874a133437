"""Several files changed by one decision: all of them or none, whatever stops the program, and undone together.

The whole decision is one row of `operations`, with each file as it was and as it will be. Carrying it out again does
only what is left. When a file is no longer what it was, those already written go back to what they were.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.corpus.catalogue import REGISTRY, TAXONOMY
from kb.corpus.files import sync_folder, write_atomically
from kb.corpus.moves import MOVES
from kb.corpus.term_moves import TERM_MOVES
from kb.corpus.validation import MAX_SLUG, SLUG
from kb.curation import audit
from kb.curation.database import Database
from kb.curation.drafts import digest_of
from kb.curation.history import Story, add_revision
from kb.curation.import_models import ImportJob, Stage
from kb.curation.models import OPEN, Draft, Operation, Origin, State, now
from kb.curation.set_models import RevisionSet, SetFile
from kb.errors import ConflictError

logger = logging.getLogger(__name__)
LOT = "lot"
VOCABULARY_FILES = (TAXONOMY, TERM_MOVES, REGISTRY, MOVES)


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file of the cases' folder, whole, before and after; None: no file. `reason` is told by its history."""

    name: str
    before: str | None
    after: str | None
    reason: str = ""

    def __post_init__(self) -> None:
        """Whatever made it, a change names nothing but a case or a vocabulary of the folder."""
        slug = self.slug
        if self.name not in VOCABULARY_FILES and not (SLUG.fullmatch(slug) and len(slug) <= MAX_SLUG):
            raise ValueError(f"nom de fichier mal formé : « {self.name} »")

    @property
    def slug(self) -> str:
        """Address of the case whose file it is; "" for a vocabulary."""
        return self.name.removesuffix(".md") if self.name.endswith(".md") else ""

    def reversed(self) -> FileChange:
        return FileChange(self.name, self.after, self.before)


@dataclass(frozen=True, slots=True)
class Lot:
    """One decision about several files: what kind, what it says, who decided and why.

    `renamed` moves open drafts to the new address of their case; `closed` are the drafts that it closes; `opened` those
    that it opens for `owner_id`, a case that already has one being left out; `import_id` is the import that it ends.
    """

    kind: str
    title: str
    actor: str
    changes: tuple[FileChange, ...]
    reason: str = ""
    author: str = ""
    origin: str = Origin.ATELIER
    renamed: Mapping[str, str] = field(default_factory=dict)
    closed: tuple[int, ...] = ()
    undoes: int | None = None
    opened: tuple[Mapping[str, str | None], ...] = ()
    owner_id: int | None = None
    import_id: int | None = None

    @classmethod
    def read(cls, payload: dict[str, Any]) -> Lot:
        """The inverse of `asdict`, after its travel through JSON."""
        changes = tuple(FileChange(**one) for one in payload["changes"])
        return cls(
            **{**payload, "changes": changes, "closed": tuple(payload["closed"]), "opened": tuple(payload["opened"])}
        )

    def payload(self) -> dict[str, Any]:
        return asdict(self)


def text_of(path: Path) -> str | None:
    """The exact text of a file; None when there is none. Raises ConflictError for what is no text."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise ConflictError(f"{path.name} n'est pas un texte en UTF-8 : corrigez d'abord ce fichier.") from error


class SetSteps:
    """The steps of a set, each harmless if already done."""

    def __init__(self, database: Database, directory: Path) -> None:
        self._database, self._directory = database, directory

    def do(self, operation: Operation) -> int:
        """Write what is left to write, then history, journal and drafts at once; the number of the set.

        Raises ConflictError, before anything is written, when a file is neither what it was nor what it will be.
        """
        lot = Lot.read(operation.payload)
        for change in lot.changes:
            self._refuse_other(change)
        for change in sorted(lot.changes, key=lambda one: one.after is None):
            self._apply(change)
        with self._database.session() as session:
            number = _record(session, lot)
            session.delete(session.get_one(Operation, operation.id))
        return number

    def roll_back(self, operation: Operation) -> bool:
        """Give back to the files already written what they were; whether all of them are."""
        whole = True
        for change in Lot.read(operation.payload).changes:
            if digest_of(self._path(change)) == digest(change.after):
                try:
                    self._apply(change.reversed())
                except OSError:
                    logger.exception("%s could not be given back what it was.", change.name)
                    whole = False
        return whole

    def sweep(self, operation: Operation) -> None:
        """Remove the half-written files of an interrupted set."""
        for change in Lot.read(operation.payload).changes:
            for stray in self._directory.glob(f".{change.name}.*"):
                stray.unlink(missing_ok=True)

    def _refuse_other(self, change: FileChange) -> None:
        if digest_of(self._path(change)) not in {digest(change.before), digest(change.after)}:
            raise ConflictError(f"« {change.name} » a changé entre-temps : recommencez à partir de ce qu'il est.")

    def _apply(self, change: FileChange) -> None:
        path = self._path(change)
        if digest_of(path) == digest(change.after):
            return
        if change.after is None:
            path.unlink()
            sync_folder(self._directory)
        else:
            write_atomically(path, change.after.encode("utf-8"))

    def _path(self, change: FileChange) -> Path:
        return self._directory / change.name


def _record(session: Session, lot: Lot) -> int:
    made = RevisionSet(kind=lot.kind, title=lot.title, reason=lot.reason, actor=lot.actor, undoes=lot.undoes, drafts={})
    session.add(made)
    session.flush()
    for change in lot.changes:
        session.add(SetFile(set_id=made.id, name=change.name, before=change.before, after=change.after))
        if change.slug:
            story = Story(Origin(lot.origin), change.reason or lot.reason or lot.title, lot.author, lot.actor)
            add_revision(session, change.slug, (change.after or "").encode("utf-8"), story)
    if lot.undoes is not None:
        session.get_one(RevisionSet, lot.undoes).undone_by = made.id
    for old, new in lot.renamed.items():
        for draft in session.scalars(select(Draft).where(Draft.slug == old, Draft.state.in_(OPEN))):
            draft.slug, draft.version = new, draft.version + 1
    for draft_id in lot.closed:
        draft = session.get_one(Draft, draft_id)
        draft.state, draft.version = State.ARCHIVEE, draft.version + 1
    if lot.owner_id is not None:
        made.drafts = {str(one.id): one.version for one in _opened(session, lot, lot.owner_id)}
    if lot.import_id is not None:
        job = session.get_one(ImportJob, lot.import_id)
        job.stage, job.set_id = Stage.FAIT, made.id
    audit.record(session, lot.actor, lot.kind, f"lot {made.id}", f"{lot.title} {lot.reason}".strip())
    return made.id


def _opened(session: Session, lot: Lot, owner_id: int) -> Iterator[Draft]:
    for told in lot.opened:
        known = session.scalar(select(Draft.id).where(Draft.slug == told["slug"], Draft.state.in_(OPEN)))
        if known is None:
            draft = Draft(**told, owner_id=owner_id, authors=[owner_id], updated_by_id=owner_id, version=1)
            draft.submitted_at = now() if draft.state == State.A_RELIRE else None
            session.add(draft)
            session.flush()
            audit.record(session, lot.actor, "brouillon ouvert", draft.slug, lot.title)
            yield draft


def digest(text: str | None) -> str | None:
    """SHA-256 of a text as a file; None for no file."""
    return None if text is None else hashlib.sha256(text.encode("utf-8")).hexdigest()
