"""Changes of the files that were decided, carried out so that stopping anywhere loses nothing.

The intent is a row, committed before any file is touched. Every step asks the files where they are and does only what
is left; the last one is a single transaction that writes history and journal, closes the draft and removes the row.
Whatever stops the program, `heal` takes the same steps again. One operation at a time: a lock that the system releases
when its holder dies.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.corpus.catalogue import write_case
from kb.corpus.files import sync_folder, write_atomically
from kb.corpus.moves import ARCHIVES, MOVES, Move, with_move, without_move
from kb.curation import audit
from kb.curation.database import Database
from kb.curation.drafts import digest_of
from kb.curation.history import Story, add_revision
from kb.curation.models import OPEN, Draft, Operation, Origin, State
from kb.curation.sets import LOT, Lot, SetSteps
from kb.errors import ConflictError, RefusedError

logger = logging.getLogger(__name__)
PUBLISH, ARCHIVE = "publication", "archivage"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Intent:
    """All that an operation on one file needs: `text` to write, who wrote, who decided and why."""

    text: str = ""
    draft_id: int | None = None
    author: str = ""
    actor: str = ""
    reason: str = ""
    titre: str = ""
    day: str = ""


class Operations:
    """Carries operations out on the files of one installation."""

    def __init__(self, database: Database, directory: Path, instance: Path) -> None:
        self._database, self._directory, self._instance = database, directory, instance
        self._sets = SetSteps(database, directory)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait to be the only process that changes files, and finish what another one left undone."""
        self._instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._instance / "atelier.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._finish_pending()
            yield

    def heal(self) -> None:
        """Finish what was decided and interrupted."""
        with self.alone():
            pass

    def carry_out(self, kind: str, slug: str, expected_digest: str | None, intent: Intent) -> None:
        """Write the intent, then do it; within `alone`. Raises ConflictError, OSError: nothing is changed then."""
        with self._database.session() as session:
            operation = Operation(kind=kind, slug=slug, expected_digest=expected_digest, payload=asdict(intent))
            session.add(operation)
        try:
            self._do(operation)
        except (ConflictError, OSError):
            if kind == PUBLISH and digest_of(self._file(slug)) == _digest(intent.text.encode("utf-8")):
                self._do(operation)  # The file is in place: only what follows had failed.
                return
            if kind != PUBLISH:
                with suppress(OSError):
                    self._forget_move(slug)
            self._drop(operation, "abandonnée : rien n'est changé")
            raise

    def carry_out_set(self, lot: Lot) -> int:
        """Change several files, all or none; within `alone`; the number of the set. Raises ConflictError, OSError."""
        with self._database.session() as session:
            operation = Operation(kind=LOT, slug="", expected_digest=None, payload=lot.payload())
            session.add(operation)
        try:
            return self._sets.do(operation)
        except (ConflictError, OSError) as error:
            if not self._sets.roll_back(operation):
                cure = "elle se terminera d'elle-même dès que les fichiers pourront s'écrire"
                raise RefusedError(f"Opération interrompue : {cure}.") from error
            self._drop(operation, "abandonné : rien n'est changé")
            raise

    def _finish_pending(self) -> None:
        with self._database.session() as session:
            pending = list(session.scalars(select(Operation).order_by(Operation.id)))
        for operation in pending:
            self._sweep(operation)
            try:
                self._do(operation)
            except ConflictError:
                if operation.kind != LOT or self._sets.roll_back(operation):
                    self._drop(operation, "abandonné : un fichier a changé entre-temps")
            except OSError:
                logger.exception("An interrupted operation on %s waits: the files cannot be written.", operation.slug)

    def _sweep(self, operation: Operation) -> None:
        """Remove the half-written files of an interrupted operation."""
        if operation.kind == LOT:
            self._sets.sweep(operation)
            return
        for name in (f"{operation.slug}.md", MOVES):
            for folder in (self._directory, self._directory / ARCHIVES):
                for stray in folder.glob(f".{name}.*"):
                    stray.unlink(missing_ok=True)

    def _do(self, operation: Operation) -> None:
        if operation.kind == LOT:
            self._sets.do(operation)
            return
        intent = Intent(**operation.payload)
        {PUBLISH: self._publish, ARCHIVE: self._archive}[operation.kind](operation, intent)

    # The two operations on one file

    def _publish(self, operation: Operation, intent: Intent) -> None:
        data = intent.text.encode("utf-8")
        if digest_of(self._file(operation.slug)) != _digest(data):
            write_case(self._directory, operation.slug, intent.text, operation.expected_digest)
        with suppress(OSError):  # A case that is there wins over a redirection anyway.
            self._forget_move(operation.slug)
        with self._database.session() as session:
            story = Story(Origin.ATELIER, intent.reason, intent.author, intent.actor)
            add_revision(session, operation.slug, data, story)
            if intent.draft_id is not None:
                draft = session.get_one(Draft, intent.draft_id)
                draft.state, draft.text = State.PUBLIEE, intent.text
            self._close(session, operation, intent)

    def _archive(self, operation: Operation, intent: Intent) -> None:
        self._write_moves(with_move(self._moves(), operation.slug, self._archived(intent)))
        path = self._file(operation.slug)
        if self._is_still_there(operation):
            (self._directory / ARCHIVES).mkdir(exist_ok=True)
            write_atomically(self._directory / ARCHIVES / path.name, path.read_bytes())
            self._remove(path)
        with self._database.session() as session:
            story = Story(Origin.ATELIER, intent.reason, approved_by=intent.actor)
            add_revision(session, operation.slug, b"", story)
            for draft in session.scalars(select(Draft).where(Draft.slug == operation.slug, Draft.state.in_(OPEN))):
                draft.state = State.ARCHIVEE
            self._close(session, operation, intent)

    # Steps

    def _archived(self, intent: Intent) -> Move:
        return Move(archivee=intent.day, titre=intent.titre, motif=intent.reason)

    def _is_still_there(self, operation: Operation) -> bool:
        """Whether the old file is left to remove. Raises ConflictError when it is no longer the one that was read."""
        found = digest_of(self._file(operation.slug))
        if found is not None and found != operation.expected_digest:
            raise ConflictError(f"{operation.slug}.md a changé depuis sa lecture.")
        return found is not None

    def _remove(self, path: Path) -> None:
        path.unlink()
        sync_folder(self._directory)

    def _forget_move(self, slug: str) -> None:
        """A case that comes back wins over the redirection left when it went."""
        text = self._moves()
        if text and without_move(text, slug) != text:
            self._write_moves(without_move(text, slug))

    def _moves(self) -> str:
        path = self._directory / MOVES
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def _write_moves(self, text: str) -> None:
        if text != self._moves():
            write_atomically(self._directory / MOVES, text.encode("utf-8"))

    def _file(self, slug: str) -> Path:
        return self._directory / f"{slug}.md"

    def _close(self, session: Session, operation: Operation, intent: Intent) -> None:
        audit.record(session, intent.actor, operation.kind, operation.slug, intent.reason)
        session.delete(session.get_one(Operation, operation.id))

    def _drop(self, operation: Operation, why: str) -> None:
        with self._database.session() as session:
            pending = session.get(Operation, operation.id)
            if pending is not None:
                audit.record(session, operation.payload["actor"], f"{operation.kind} {why}", operation.slug)
                session.delete(pending)


def why_not_written(error: OSError) -> str:
    """A failure to write as a curator reads it."""
    cause = "le disque est plein" if error.errno in _FULL else error.strerror
    return f"Rien n'est changé : le fichier n'a pas pu être écrit ({cause})."


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
