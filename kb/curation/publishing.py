"""Decisions that change the published files: approve, restore, archive, rename. Each is checked, then carried out."""

from __future__ import annotations

from pathlib import Path

from kb.corpus.catalogue import Corpus
from kb.corpus.validation import MAX_SLUG, SLUG
from kb.curation.checking import check_text
from kb.curation.database import Database
from kb.curation.drafts import DraftConflictError, Drafts, digest_of, require
from kb.curation.editing import with_verified
from kb.curation.form import obstacle, one_line, read_form
from kb.curation.gitlog import commit
from kb.curation.history import History
from kb.curation.models import Account, Draft, Role, State, now
from kb.curation.operations import ARCHIVE, PUBLISH, Intent, Operations, why_not_written
from kb.curation.renaming import renaming
from kb.curation.set_publishing import Sets
from kb.errors import ConflictError, ForbiddenError, RefusedError


class Publisher:
    """Publishes for one installation. `git` has each change committed where the cases are in a git work tree."""

    def __init__(self, database: Database, directory: Path, instance: Path, *, git: bool = False) -> None:
        self._drafts, self._history = Drafts(database, directory), History(database, directory)
        self._operations = Operations(database, directory, instance)
        self._sets = Sets(database, directory, instance, git=git)
        self._directory, self._git = directory, git

    def approve(self, draft_id: int, version: int, actor: Account, corpus: Corpus, reason: str = "") -> Draft:
        """Publish a draft as it was read. Raises ForbiddenError, RefusedError, ConflictError; the draft stays then."""
        require(actor, Role.RELECTEUR)
        reason = one_line(reason)
        with self._operations.alone():
            draft = self._drafts.get(draft_id)
            if draft.state != State.A_RELIRE:
                raise RefusedError("Ce brouillon n'attend pas de relecture.")
            if draft.version != version:
                raise DraftConflictError("Ce brouillon a changé depuis que vous l'avez lu : relisez-le.")
            why = self._self_approval(draft, actor, reason)
            text = with_verified(draft.text, now().date().isoformat())
            self._refuse_problems(draft.slug, text, corpus)
            intent = Intent(
                text=text, draft_id=draft.id, author=_names(draft, actor), actor=actor.nom,
                reason=why or reason or ("Mise à jour" if draft.base_digest else "Première publication"),
            )  # fmt: skip
            self._carry_out(PUBLISH, draft.slug, draft.base_digest, intent, draft.owner)
        return self._drafts.get(draft_id)

    def restore(self, slug: str, number: int, actor: Account, corpus: Corpus, reason: str) -> None:
        """Publish an older version again, as a new one. Raises ForbiddenError, RefusedError, ConflictError."""
        require(actor, Role.RELECTEUR)
        revision = self._history.version(slug, number)
        if revision is None or not revision.text:
            raise RefusedError("Cette version n'a pas de texte à rétablir.")
        with self._operations.alone():
            path = self._path(slug)
            if path.exists() and path.read_text(encoding="utf-8", errors="replace") == revision.text:
                raise RefusedError("Cette version est déjà celle qui est en ligne.")
            self._refuse_problems(slug, revision.text, corpus, warnings=False)
            why = f"Rétablit la version {number}. {one_line(reason)}".strip()
            intent = Intent(text=revision.text, author=revision.author, actor=actor.nom, reason=why)
            self._carry_out(PUBLISH, slug, digest_of(path), intent, actor)

    def archive(self, slug: str, actor: Account, reason: str) -> None:
        """Take a case off the site; its address says when and why. Raises ForbiddenError, RefusedError."""
        require(actor, Role.RELECTEUR)
        reason = one_line(reason)
        if not reason:
            raise RefusedError("Dites pourquoi : les lecteurs qui viendront à cette adresse le liront.")
        with self._operations.alone():
            digest = self._published(slug)
            titre = self._title(slug)
            intent = Intent(actor=actor.nom, reason=reason, titre=titre, day=now().date().isoformat())
            self._carry_out(ARCHIVE, slug, digest, intent, actor)

    def rename(self, slug: str, target: str, actor: Account, corpus: Corpus, reason: str) -> None:
        """Give a case another address: the old one leads to it, the cases that cite it follow, in one set.

        Raises ForbiddenError, RefusedError, ConflictError.
        """
        require(actor, Role.RELECTEUR)
        target = target.strip().lower()
        if not SLUG.fullmatch(target) or len(target) > MAX_SLUG:
            raise RefusedError(f"Adresse : minuscules sans accent, chiffres et tirets, {MAX_SLUG} caractères au plus.")
        if self._path(target).exists():
            raise RefusedError(f"L'adresse « {target} » est déjà celle d'une fiche.")
        self._published(slug)
        self._sets.carry_out(renaming(self._directory, slug, target, actor, corpus, one_line(reason)), actor)

    def observe(self) -> int:
        """Finish what was interrupted, then record the files changed outside; how many."""
        with self._operations.alone():
            return self._history.observe()

    # Guards

    def _self_approval(self, draft: Draft, actor: Account, reason: str) -> str:
        """Nobody approves what she wrote; an administrator may, if she says why."""
        if actor.id not in (draft.authors or [draft.owner_id]):
            return ""
        if Role(actor.role) is not Role.ADMINISTRATEUR:
            raise ForbiddenError("Vous avez écrit dans ce brouillon : une autre personne doit le relire.")
        if not reason:
            raise RefusedError("Vous avez écrit dans ce brouillon. Pour le publier quand même, dites pourquoi.")
        return f"Publiée par qui l'a écrite : {reason}"

    def _refuse_problems(self, slug: str, text: str, corpus: Corpus, *, warnings: bool = True) -> None:
        checkup = check_text(slug, text, corpus)
        if checkup.errors or (warnings and not checkup.ready):
            first = checkup.all[0]
            raise RefusedError(f"Les règles ont encore {len(checkup.all)} chose(s) à dire, dont : {first.message}.")

    def _carry_out(self, kind: str, slug: str, expected: str | None, intent: Intent, author: Account) -> None:
        if digest_of(self._path(slug)) != expected:
            raise ConflictError(
                "Le fichier publié a changé hors de l'atelier : comparez les versions avant de publier."
            )
        self._history.observe()
        try:
            self._operations.carry_out(kind, slug, expected, intent)
        except OSError as error:
            raise RefusedError(why_not_written(error)) from error
        if self._git:
            commit(self._directory, (slug,), f"{slug} : {intent.reason}", author)

    def _published(self, slug: str) -> str:
        digest = digest_of(self._path(slug)) if SLUG.fullmatch(slug) else None
        if digest is None:
            raise RefusedError(f"Il n'y a pas de fiche « {slug} ».")
        return digest

    def _title(self, slug: str) -> str:
        text = self._path(slug).read_text(encoding="utf-8", errors="replace")
        return "" if obstacle(text) else read_form(text).texts["titre"]

    def _path(self, slug: str) -> Path:
        return self._directory / f"{slug}.md"


def _names(draft: Draft, actor: Account) -> str:
    """Who wrote, as history says it; the reviewer is named apart."""
    names = dict.fromkeys((draft.owner.nom, draft.updated_by.nom))
    return ", ".join(names)[:250] or actor.nom
