"""Care of the vocabularies: a term added, told better, given another identifier or merged, its cases following."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kb.corpus.catalogue import TAXONOMY, Corpus
from kb.corpus.taxonomy import FACETS, UNSET, Taxonomy, read_taxonomy
from kb.corpus.taxonomy_editing import with_id, with_term, with_values, without_term
from kb.corpus.term_moves import TERM_MOVES, with_term_move
from kb.corpus.validation import SLUG
from kb.curation.bulk import REPLACE, BulkEdit, edited_form, new_problems
from kb.curation.editing import write_form
from kb.curation.form import obstacle, one_line, read_form
from kb.curation.models import Account
from kb.curation.set_publishing import VOCABULARY
from kb.curation.sets import FileChange, Lot, text_of
from kb.errors import RefusedError, TaxonomyError

EDITED: tuple[str, ...] = tuple(dict.fromkeys(facet.vocabulary for facet in FACETS))
"""Vocabularies whose words may be told better."""

OPEN: Mapping[str, str] = {"domaine": "domaines", "public": "publics", "impact": "impacts", "levier": "leviers"}
"""Vocabularies whose terms may come and go → the key of a case that holds them. The others are drawn, mapped, coloured
or reasoned on by the program: their identifiers are part of it."""

_PARENTS = {"domaine": "dimension"}
_MAX = {"libelle": 90, "court": 40, "definition": 400, "synonyme": 80}
_MAX_SYNONYMS = 40


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a term; `parent` is asked of a new domain."""

    libelle: str
    court: str = ""
    definition: str = ""
    synonymes: tuple[str, ...] = ()
    parent: str = ""

    def checked(self) -> Wording:
        """On one line each. Raises RefusedError for what is missing or too long."""
        synonyms = tuple(dict.fromkeys(one for word in self.synonymes if (one := one_line(word))))
        found = Wording(one_line(self.libelle), one_line(self.court), one_line(self.definition), synonyms, self.parent)
        if not found.libelle:
            raise RefusedError("Donnez au terme un nom, celui que les lecteurs liront.")
        for name in ("libelle", "court", "definition"):
            if len(getattr(found, name)) > _MAX[name]:
                raise RefusedError(f"{name.capitalize()} : {_MAX[name]} caractères au plus.")
        if len(synonyms) > _MAX_SYNONYMS or any(len(one) > _MAX["synonyme"] for one in synonyms):
            raise RefusedError(f"Synonymes : {_MAX_SYNONYMS} au plus, de {_MAX['synonyme']} caractères au plus.")
        return found


class Care:
    """Plans changes of the vocabularies of one folder, as it is now; nothing is written here."""

    def __init__(self, corpus: Corpus, directory: Path) -> None:
        self._corpus, self._directory = corpus, directory
        self._text = text_of(directory / TAXONOMY) or ""

    def reword(self, vocabulary: str, term: str, words: Wording, actor: Account) -> Lot:
        """Tell a term better. Raises RefusedError."""
        known = self._known(vocabulary, term)
        words = words.checked()
        values: dict[str, str | list[str]] = {"libelle": words.libelle}
        values["court"] = words.court if words.court != words.libelle else ""
        values["definition"], values["synonymes"] = words.definition, list(words.synonymes)
        after = with_values(self._text, vocabulary, term, values)
        return self._lot(f"« {known} » : libellé revu", after, None, actor)

    def add(self, vocabulary: str, term: str, words: Wording, actor: Account) -> Lot:
        """Add a term. Raises RefusedError."""
        self._open(vocabulary)
        self._new_id(vocabulary, term)
        words = words.checked()
        entry = {"id": term, "libelle": words.libelle, "court": words.court, "definition": words.definition}
        if vocabulary in _PARENTS:
            if words.parent not in self._corpus.taxonomy[_PARENTS[vocabulary]]:
                raise RefusedError("Dites de quelle dimension relève ce domaine.")
            entry[_PARENTS[vocabulary]] = words.parent
        after = with_term(self._text, vocabulary, entry)
        if words.synonymes:
            after = with_values(after, vocabulary, term, {"synonymes": list(words.synonymes)})
        return self._lot(f"« {words.libelle} » ajouté à « {vocabulary} »", after, None, actor)

    def change_id(self, vocabulary: str, term: str, new: str, actor: Account) -> Lot:
        """Give a term another identifier; cases and addresses follow. Raises RefusedError."""
        self._open(vocabulary)
        known = self._known(vocabulary, term)
        self._new_id(vocabulary, new)
        after = with_id(self._text, vocabulary, term, new)
        return self._lot(f"« {known} » : identifiant « {new} »", after, (vocabulary, term, new), actor)

    def merge(self, vocabulary: str, term: str, into: str, actor: Account) -> Lot:
        """Have a term stand for another too, whose names become its synonyms. Raises RefusedError."""
        self._open(vocabulary)
        gone, kept = self._known(vocabulary, term), self._known(vocabulary, into)
        if term == into:
            raise RefusedError("Choisissez un autre terme, dans lequel réunir celui-ci.")
        terms = self._corpus.taxonomy[vocabulary]
        said = (*terms[into].synonymes, terms[term].libelle, *terms[term].synonymes)
        synonyms = [one for one in dict.fromkeys(said) if one != terms[into].libelle]
        after = with_values(without_term(self._text, vocabulary, term), vocabulary, into, {"synonymes": synonyms})
        return self._lot(f"« {gone} » réuni à « {kept} »", after, (vocabulary, term, into), actor)

    # Steps

    def _lot(self, title: str, after: str, moved: tuple[str, str, str] | None, actor: Account) -> Lot:
        if after == self._text and not moved:
            raise RefusedError("Rien ne change.")
        changes = [FileChange(TAXONOMY, self._text, after)]
        then = replace(self._corpus, taxonomy=_read(after))
        if moved:
            vocabulary, old, new = moved
            moves = text_of(self._directory / TERM_MOVES)
            redirected = with_term_move(self._corpus.term_moves, vocabulary, old, new)
            changes += [
                FileChange(TERM_MOVES, moves, redirected),
                *self._tagged_anew(vocabulary, old, new, then, title),
            ]
        return Lot(VOCABULARY, title, actor.nom, tuple(changes), author=actor.nom)

    def _tagged_anew(self, vocabulary: str, old: str, new: str, then: Corpus, title: str) -> Iterator[FileChange]:
        edit = BulkEdit(OPEN[vocabulary], REPLACE, old, new)
        for name in sorted(self._corpus.readings):
            text = text_of(self._directory / name) if old in _words_of(self._directory / name) else None
            if text is None:
                continue
            if "\r" in text or obstacle(text):
                raise RefusedError(f"« {name} » cite ce terme et ne peut se lire en entier : corrigez-la d'abord.")
            form = read_form(text)
            changed = edited_form(form, edit)
            if changed != form:
                after = write_form(text, changed)
                slug = name.removesuffix(".md")
                problem = next(new_problems(slug, text, after, self._corpus, then), "")
                if problem:
                    raise RefusedError(f"« {slug} » enfreindrait une règle : {problem}")
                yield FileChange(name, text, after, title)

    def _known(self, vocabulary: str, term: str) -> str:
        if vocabulary not in EDITED or term not in self._corpus.taxonomy[vocabulary]:
            raise RefusedError("Ce terme n'existe pas, ou plus.")
        return self._corpus.taxonomy[vocabulary].label(term)

    def _open(self, vocabulary: str) -> None:
        if vocabulary not in OPEN:
            cure = "seuls ses mots se changent"
            raise RefusedError(f"Les identifiants de ce vocabulaire font partie du programme : {cure}.")

    def _new_id(self, vocabulary: str, term: str) -> None:
        if not SLUG.fullmatch(term) or not 3 <= len(term) <= 40 or term.isdigit() or term == UNSET:
            raise RefusedError("Identifiant : de 3 à 40 minuscules sans accent, chiffres et tirets.")
        if term in self._corpus.taxonomy[vocabulary]:
            raise RefusedError(f"« {term} » est déjà un terme de ce vocabulaire.")


def proof(lot: Lot) -> str:
    """Digest of everything that a set would change."""
    found = hashlib.sha256()
    for one in lot.changes:
        found.update(f"{one.name}\0{one.before}\0{one.after}\0".encode())
    return found.hexdigest()


def _words_of(path: Path) -> str:
    """The text of a file as far as it can be read: whether a term is worth looking for in it."""
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except OSError:
        return ""


def _read(text: str) -> Taxonomy:
    """The vocabularies of a text, checked as those of the file. Raises RefusedError."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        try:
            return read_taxonomy(Path(file.name))
        except TaxonomyError as error:
            raise RefusedError(f"Ce changement rendrait les vocabulaires illisibles : {error}") from error
