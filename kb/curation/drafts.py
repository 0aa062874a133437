"""Drafts: opened on a new case or a published one, saved under an optimistic lock, handed over for review."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb.corpus.case import SECTIONS
from kb.corpus.catalogue import Corpus
from kb.corpus.organisations import slugify
from kb.corpus.skeleton import skeleton
from kb.corpus.validation import MAX_BYTES, MAX_SLUG, SLUG
from kb.curation import audit
from kb.curation.checking import check_text
from kb.curation.database import Database
from kb.curation.editing import write_form
from kb.curation.form import Form, one_line, read_form, tidy
from kb.curation.models import OPEN, Account, Draft, Role, State, now
from kb.errors import ConflictError, ForbiddenError, RefusedError

_EDITABLE = (State.BROUILLON, State.A_CORRIGER)


@dataclass(frozen=True, slots=True)
class Step:
    """A way a draft may go: to a state, from those allowed, and how the journal says it."""

    to: State
    said: str
    allowed: tuple[State, ...]


SUBMIT = Step(State.A_RELIRE, "relecture demandée", _EDITABLE)
WITHDRAW = Step(State.BROUILLON, "relecture retirée", (State.A_RELIRE,))
SEND_BACK = Step(State.A_CORRIGER, "renvoyé à corriger", (State.A_RELIRE,))
ABANDON = Step(State.ARCHIVEE, "brouillon abandonné", _EDITABLE)


class DraftConflictError(ConflictError):
    """Somebody changed the draft since it was read."""


class MissingError(RefusedError):
    """What is asked for is not there, or no longer."""


def require(actor: Account, role: Role) -> None:
    """Raise ForbiddenError unless an account has a role, or a higher one."""
    if not actor.active or Role(actor.role).rank < role.rank:
        raise ForbiddenError(f"Il faut le rôle « {role} ».")


def digest_of(path: Path) -> str | None:
    """SHA-256 of a case file as it is now; None when there is none."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


class Drafts:
    """The drafts of one installation. Every deed names its actor, whose role is checked here."""

    def __init__(self, database: Database, directory: Path) -> None:
        self._database, self._directory = database, directory

    def open(self) -> list[Draft]:
        """Open drafts, the latest changed first."""
        query = select(Draft).where(Draft.state.in_(OPEN)).order_by(Draft.updated_at.desc(), Draft.id.desc())
        with self._database.session() as session:
            return list(session.scalars(query))

    def get(self, draft_id: int) -> Draft:
        """One draft, whatever its state. Raises RefusedError."""
        with self._database.session() as session:
            return find_draft(session, draft_id)

    def create(self, titre: str, actor: Account, corpus: Corpus) -> Draft:
        """A draft of a new case, whose address comes from its title. Raises RefusedError."""
        titre = one_line(titre)
        slug = slugify(titre)[:MAX_SLUG].strip("-")
        if not SLUG.fullmatch(slug):
            raise RefusedError("Donnez un titre : il nomme l'alliance et dit ce qu'elle fait.")
        if f"{slug}.md" in corpus.readings:
            raise RefusedError(f"Une fiche a déjà cette adresse : « {slug} ». Ouvrez-la, ou changez le titre.")
        return self._add(slug, empty_case(titre), "", None, actor)

    def open_case(self, slug: str, actor: Account) -> Draft:
        """The open draft of a published case, or a new one on its file as it is now. Raises RefusedError."""
        with self._database.session() as session:
            known = session.scalar(select(Draft).where(Draft.slug == slug, Draft.state.in_(OPEN)))
        if known is not None:
            return known
        path = self._directory / f"{slug}.md"
        if not SLUG.fullmatch(slug) or not path.is_file() or path.stat().st_size > MAX_BYTES:
            raise MissingError(f"Il n'y a pas de fiche « {slug} » que l'atelier puisse ouvrir.")
        data = path.read_bytes()
        text = tidy(data.decode("utf-8", errors="replace"))
        return self._add(slug, text, text, hashlib.sha256(data).hexdigest(), actor, authors=[])

    def save(self, draft_id: int, text: str, version: int, actor: Account) -> Draft:
        """Save a text over the version that was read. Raises DraftConflictError, RefusedError; what is typed is kept
        by the caller."""
        require(actor, Role.CONTRIBUTEUR)
        text = tidy(text)
        if len(text.encode("utf-8")) > MAX_BYTES:
            raise RefusedError(f"Texte de {len(text.encode()) // 1024} Kio, {MAX_BYTES // 1024} au plus : allégez-le.")
        with self._database.session() as session:
            draft = find_draft(session, draft_id)
            if draft.state not in _EDITABLE:
                raise RefusedError("Ce brouillon est en relecture ou clos : reprenez-le d'abord pour le modifier.")
            if draft.text == text:
                return draft
            _same_version(draft, version)
            draft.text, draft.version = text, version + 1
            _touch(draft, actor)
        return self.get(draft_id)

    def submit(self, draft_id: int, version: int, actor: Account, corpus: Corpus) -> Draft:
        """Hand a draft over for review, if the rules find nothing to say. Raises RefusedError, DraftConflictError."""
        draft = self.get(draft_id)
        checkup = check_text(draft.slug, draft.text, corpus)
        if not checkup.ready:
            count = len(checkup.all)
            points = "un point" if count == 1 else f"{count} points"
            raise RefusedError(
                f"Avant la relecture, il reste {points} à reprendre ; chacun est dit à côté de son champ."
            )
        if draft.text == draft.base_text:
            raise RefusedError("Rien n'a changé depuis la version publiée : il n'y a rien à relire.")
        return self._take(draft_id, version, actor, SUBMIT)

    def withdraw(self, draft_id: int, version: int, actor: Account) -> Draft:
        """Take a draft back from review, to go on writing. Raises RefusedError, DraftConflictError."""
        draft = self.get(draft_id)
        if actor.id not in {draft.owner_id, *draft.authors}:
            require(actor, Role.RELECTEUR)
        return self._take(draft_id, version, actor, WITHDRAW)

    def send_back(self, draft_id: int, version: int, actor: Account, reason: str) -> Draft:
        """Ask for corrections. Raises RefusedError without a reason, DraftConflictError."""
        require(actor, Role.RELECTEUR)
        if not one_line(reason):
            raise RefusedError("Dites ce qui est à corriger : la personne qui a écrit le lira.")
        return self._take(draft_id, version, actor, SEND_BACK, reason)

    def abandon(self, draft_id: int, version: int, actor: Account) -> Draft:
        """Close a draft without publishing; its text stays in the database. Raises RefusedError."""
        draft = self.get(draft_id)
        if actor.id != draft.owner_id:
            require(actor, Role.RELECTEUR)
        return self._take(draft_id, version, actor, ABANDON)

    def rebase(self, draft_id: int, version: int, actor: Account) -> Draft:
        """Take the file as it is now for the base: the writer has seen what changed in it. Raises RefusedError."""
        require(actor, Role.CONTRIBUTEUR)
        with self._database.session() as session:
            draft = find_draft(session, draft_id)
            _same_version(draft, version)
            path = self._directory / f"{draft.slug}.md"
            data = path.read_bytes() if path.is_file() else None
            draft.base_digest = hashlib.sha256(data).hexdigest() if data is not None else None
            draft.base_text = tidy(data.decode("utf-8", errors="replace")) if data is not None else ""
            draft.version += 1
            audit.record(session, actor.nom, "brouillon rapproché du fichier", draft.slug)
        return self.get(draft_id)

    def _take(self, draft_id: int, version: int, actor: Account, step: Step, detail: str = "") -> Draft:
        require(actor, Role.CONTRIBUTEUR)
        with self._database.session() as session:
            draft = find_draft(session, draft_id)
            if draft.state not in step.allowed:
                raise RefusedError(f"Ce brouillon est « {draft.state} » : cette action n'est plus possible.")
            _same_version(draft, version)
            draft.state = step.to
            draft.version += 1
            draft.submitted_at = now() if step is SUBMIT else draft.submitted_at
            audit.record(session, actor.nom, step.said, draft.slug, detail)
        return self.get(draft_id)

    def _add(
        self, slug: str, text: str, base_text: str, base_digest: str | None, actor: Account,
        authors: list[int] | None = None,
    ) -> Draft:  # fmt: skip
        require(actor, Role.CONTRIBUTEUR)
        draft = Draft(
            slug=slug, text=text, base_text=base_text, base_digest=base_digest, owner_id=actor.id,
            authors=[actor.id] if authors is None else authors, updated_by_id=actor.id,
        )  # fmt: skip
        with self._database.session() as session:
            session.add(draft)
            try:
                session.flush()
            except IntegrityError as error:
                raise RefusedError(f"Un brouillon est déjà ouvert sur « {slug} » : reprenez celui-là.") from error
            audit.record(session, actor.nom, "brouillon ouvert", slug)
        return self.get(draft.id)


def find_draft(session: Session, draft_id: int) -> Draft:
    """A draft, held until the end of the transaction. Raises RefusedError."""
    draft = session.get(Draft, draft_id, with_for_update={"of": Draft}) if draft_id < 2**31 else None
    if draft is None:
        raise MissingError("Ce brouillon n'existe pas, ou plus.")
    return draft


def _same_version(draft: Draft, version: int) -> None:
    if draft.version != version:
        raise DraftConflictError(f"{draft.updated_by.nom} a modifié ce brouillon entre-temps.")


def _touch(draft: Draft, actor: Account) -> None:
    draft.updated_at, draft.updated_by_id = now(), actor.id
    if actor.id not in draft.authors:
        draft.authors = [*draft.authors, actor.id]


def empty_case(titre: str) -> str:
    """The model of `kb new`, its examples taken out: in a form, the fields themselves say what to write."""
    text = skeleton(titre, datetime.datetime.now(tz=datetime.UTC).date())
    text = text.partition("\n<!-- ")[0] + "\n"
    form = read_form(text)
    blank = Form(
        texts={**form.texts, "resume": ""},
        lists=form.lists,
        rows={**form.rows, "organisations": (), "sources": ()},
        sections=dict.fromkeys((key for key, _ in SECTIONS), ""),
    )
    return write_form(text, blank)
