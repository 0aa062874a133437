"""Decisions about several files at once: carried out as one set, found again, undone in one click."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import func, select

from kb.curation.database import Database
from kb.curation.drafts import MissingError, digest_of, require
from kb.curation.form import one_line
from kb.curation.gitlog import commit
from kb.curation.history import History
from kb.curation.models import Account, Draft, Role, State, now
from kb.curation.operations import Operations, why_not_written
from kb.curation.set_models import RevisionSet, SetFile
from kb.curation.sets import FileChange, Lot, digest
from kb.curation.undoing import REDIRECTIONS, renamed_in, undoing
from kb.errors import RefusedError

RENAMING, UNDOING, IMPORT, BULK, VOCABULARY = (
    "changement d'adresse", "annulation", "import", "modification en lot", "vocabulaire",
)  # fmt: skip
_UNDOABLE_DRAFT = (State.BROUILLON, State.A_RELIRE)
_ROLES = {VOCABULARY: Role.ADMINISTRATEUR}
_APART = {IMPORT, BULK}
"""Kinds whose files do not depend on one another: those that nobody changed since may be undone alone."""


class Sets:
    """The sets of one installation. `git` has each one committed where the cases are in a git work tree."""

    def __init__(self, database: Database, directory: Path, instance: Path, *, git: bool = False) -> None:
        self._database, self._directory, self._git = database, directory, git
        self._operations = Operations(database, directory, instance)
        self._history = History(database, directory)

    def all(self, limit: int = 100) -> list[tuple[RevisionSet, int]]:
        """The latest sets, newest first, each with its number of files."""
        count = select(func.count(SetFile.id)).where(SetFile.set_id == RevisionSet.id).scalar_subquery()
        query = select(RevisionSet, count).order_by(RevisionSet.id.desc()).limit(limit)
        with self._database.session() as session:
            return [(row[0], int(row[1])) for row in session.execute(query)]

    def get(self, set_id: int) -> RevisionSet:
        """One set. Raises MissingError."""
        with self._database.session() as session:
            found = session.get(RevisionSet, set_id) if set_id < 2**31 else None
        if found is None:
            raise MissingError("Ce lot n'existe pas.")
        return found

    def files(self, set_id: int) -> list[FileChange]:
        """What a set changed, file by file."""
        query = select(SetFile).where(SetFile.set_id == set_id).order_by(SetFile.name)
        with self._database.session() as session:
            return [FileChange(one.name, one.before, one.after) for one in session.scalars(query)]

    def carry_out(self, lot: Lot, author: Account) -> int:
        """Change every file of a lot, or none; the number of the set. Raises ConflictError, RefusedError."""
        with self._operations.alone():
            self._history.observe()
            try:
                number = self._operations.carry_out_set(lot)
            except OSError as error:
                raise RefusedError(why_not_written(error)) from error
            if self._git and lot.changes:
                slugs = [change.slug for change in lot.changes if change.slug]
                others = [change.name for change in lot.changes if not change.slug]
                commit(self._directory, slugs, f"{lot.kind} : {lot.title}", author, others)
        return number

    # Going back

    def changed_since(self, set_id: int) -> list[str]:
        """Files and drafts of a set that somebody changed since: what keeps it from being undone."""
        made = self.get(set_id)
        files = [one for one in self.files(set_id) if one.name not in REDIRECTIONS]
        found = [one.name for one in files if not self._is_as_left(one)]
        return [*found, *(draft.slug for draft in self._drafts(made) if not _is_untouched(draft, made))]

    def undo(self, set_id: int, actor: Account, reason: str = "", *, only_untouched: bool = False) -> int:
        """Give back to every file what it was. Raises ForbiddenError, RefusedError naming what changed since.

        `only_untouched` leaves those aside, where the others do not depend on them.
        """
        made = self.get(set_id)
        require(actor, self.role_of(made))
        if made.undone_by:
            raise RefusedError("Ce lot est déjà annulé.")
        changed = self.changed_since(set_id)
        if changed and not (only_untouched and self.may_be_parted(made)):
            raise RefusedError(f"Modifiés depuis, donc laissés tels quels : {_listed(changed)}. Rien n'est annulé.")
        files = [one for one in self.files(set_id) if one.name in REDIRECTIONS or self._is_as_left(one)]
        why = f"Annulation. {one_line(reason)}".strip()
        changes = undoing(self._directory, files, why, now().date())
        drafts = tuple(one.id for one in self._drafts(made) if _is_untouched(one, made))
        if not changes and not drafts:
            raise RefusedError("Il ne reste rien à annuler dans ce lot.")
        lot = Lot(
            UNDOING, f"Annule le lot {set_id} : {made.title}", actor.nom, changes, one_line(reason),
            renamed=renamed_in(changes),
            closed=drafts, undoes=set_id,
        )  # fmt: skip
        return self.carry_out(lot, actor)

    def role_of(self, made: RevisionSet) -> Role:
        """Who may undo a set: whoever may make such a one, however often it was undone and done again."""
        while made.undoes:
            made = self.get(made.undoes)
        return _ROLES.get(made.kind, Role.RELECTEUR)

    def may_be_parted(self, made: RevisionSet) -> bool:
        return made.kind in _APART

    def _is_as_left(self, change: FileChange) -> bool:
        return digest_of(self._directory / change.name) == digest(change.after)

    def _drafts(self, made: RevisionSet) -> list[Draft]:
        ids = [int(key) for key in made.drafts]
        with self._database.session() as session:
            return list(session.scalars(select(Draft).where(Draft.id.in_(ids)).order_by(Draft.id)))


def _is_untouched(draft: Draft, made: RevisionSet) -> bool:
    return draft.version == made.drafts.get(str(draft.id)) and draft.state in _UNDOABLE_DRAFT


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:8])
    return shown if len(names) <= 8 else f"{shown} et {len(names) - 8} autres"
