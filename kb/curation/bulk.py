"""One term added to, taken from or replaced in many cases: what it would change, case by case, before it is done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kb.corpus import schema
from kb.corpus.catalogue import Corpus
from kb.curation.checking import check_text, sentences
from kb.curation.editing import write_form
from kb.curation.form import LISTS, Form, obstacle, read_form
from kb.curation.models import Account
from kb.curation.set_publishing import BULK
from kb.curation.sets import FileChange, Lot, text_of
from kb.errors import ConflictError, RefusedError

ADD, REMOVE, REPLACE = "ajouter", "retirer", "remplacer"
ACTIONS = (ADD, REMOVE, REPLACE)
MOST_FILES = 500
_SPECS = {spec.name: spec for spec in schema.FIELDS if spec.vocabulary and spec.name != "departements"}
FIELDS: tuple[str, ...] = tuple(_SPECS)
"""Keys whose terms may be edited in bulk."""


@dataclass(frozen=True, slots=True)
class BulkEdit:
    """What to do: `par` is the term that replaces `terme`."""

    champ: str
    action: str
    terme: str
    par: str = ""

    @property
    def is_single(self) -> bool:
        """Whether the key holds one term, which can only be replaced."""
        return self.champ not in LISTS

    def check(self, corpus: Corpus) -> None:
        """Raises RefusedError with what is missing."""
        vocabulary = corpus.taxonomy[vocabulary_of(self.champ)]
        if self.action not in ACTIONS or (self.is_single and self.action != REPLACE):
            raise RefusedError("Dites ce qu'il faut faire du terme ; une clé à terme unique ne peut que le remplacer.")
        if self.action != REMOVE and (self.par if self.action == REPLACE else self.terme) not in vocabulary:
            raise RefusedError("Choisissez un terme du vocabulaire.")
        if not self.terme or (self.action == REPLACE and self.terme == self.par):
            raise RefusedError("Choisissez deux termes différents.")


@dataclass(frozen=True, slots=True)
class Planned:
    """A case that would change, its text before and after."""

    slug: str
    titre: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bulk edit would do; `refused` are (slug, why)."""

    edit: BulkEdit
    planned: tuple[Planned, ...]
    refused: tuple[tuple[str, str], ...]
    unchanged: int

    @property
    def proof(self) -> str:
        """Digest of everything shown, so that what is applied is what was read."""
        digest = hashlib.sha256(repr(self.edit).encode())
        for one in self.planned:
            digest.update(f"{one.slug}\0{one.before}\0{one.after}\0".encode())
        return digest.hexdigest()

    def lot(self, actor: Account, title: str, reason: str, chosen: Iterable[str]) -> Lot:
        """The set that changes the chosen cases."""
        wanted = set(chosen)
        changes = tuple(
            FileChange(f"{one.slug}.md", one.before, one.after, f"{title}. {reason}".strip())
            for one in self.planned
            if one.slug in wanted
        )
        return Lot(BULK, title, actor.nom, changes, reason, author=actor.nom)


def vocabulary_of(champ: str) -> str:
    """The vocabulary of a key. Raises RefusedError for a key that cannot be edited in bulk."""
    if champ not in _SPECS:
        raise RefusedError("Cette clé ne se modifie pas en lot.")
    return _SPECS[champ].vocabulary


def plan(edit: BulkEdit, slugs: Iterable[str], corpus: Corpus, directory: Path) -> Plan:
    """What an edit would do to these cases. Raises RefusedError when it makes no sense, or for too many of them."""
    edit.check(corpus)
    known = [slug for slug in slugs if slug in corpus.cases]
    if len(known) > MOST_FILES:
        raise RefusedError(f"{len(known)} fiches, {MOST_FILES} au plus à la fois : resserrez la recherche.")
    planned: list[Planned] = []
    refused: list[tuple[str, str]] = []
    unchanged = 0
    for slug in known:
        try:
            before, after = _edited(directory / f"{slug}.md", edit)
        except ConflictError as error:
            refused.append((slug, str(error)))
            continue
        if before == after:
            unchanged += 1
        elif why := next(new_problems(slug, before, after, corpus), ""):
            refused.append((slug, why))
        else:
            planned.append(Planned(slug, corpus.cases[slug].titre, before, after))
    return Plan(edit, tuple(planned), tuple(refused), unchanged)


def new_problems(slug: str, before: str, after: str, corpus: Corpus, then: Corpus | None = None) -> Iterator[str]:
    """What the rules would say of a case (under the vocabularies of `then`) that they did not say before."""
    found = check_text(slug, after, then or corpus, crossed=False).all
    known = {(one.field, one.message) for one in check_text(slug, before, corpus, crossed=False).all} if found else ()
    return sentences(tuple(one for one in found if (one.field, one.message) not in known))


def _edited(path: Path, edit: BulkEdit) -> tuple[str, str]:
    text = text_of(path)
    if text is None or "\r" in text or obstacle(text):
        raise ConflictError("ce fichier se corrige d'abord comme un texte")
    form = read_form(text)
    changed = edited_form(form, edit)
    return text, text if changed == form else write_form(text, changed)


def edited_form(form: Form, edit: BulkEdit) -> Form:
    """The form with the edit done; itself when it changes nothing."""
    if edit.is_single:
        if form.texts[edit.champ] != edit.terme:
            return form
        return replace(form, texts={**form.texts, edit.champ: edit.par})
    held = form.lists[edit.champ]
    if edit.action == ADD:
        wanted = (*held, edit.terme)
    elif edit.action == REMOVE:
        wanted = tuple(one for one in held if one != edit.terme)
    else:
        wanted = tuple(edit.par if one == edit.terme else one for one in held)
    wanted = tuple(dict.fromkeys(wanted))
    return form if wanted == held else replace(form, lists={**form.lists, edit.champ: wanted})
