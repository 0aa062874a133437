"""The controlled vocabularies, read once from `cases/taxonomy.yaml`.

Case files, the index and addresses hold ids only; labels, definitions, order, synonyms and hierarchy are looked up
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from kb.corpus.unreadable import sentence
from kb.errors import TaxonomyError


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure of the Observatoire, with its study, year and base (`repère`)."""

    valeur: str
    libelle: str
    etude: str
    annee: int
    base: str


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a vocabulary. `attributes` holds what only some vocabularies have (a region's `code`…)."""

    id: str
    libelle: str
    court: str
    definition: str = ""
    synonymes: tuple[str, ...] = ()
    reperes: tuple[Mark, ...] = ()
    parent: str | None = None
    attributes: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


class Vocabulary(Mapping[str, Term]):
    """Terms of one kind, in their order of display, by id."""

    def __init__(self, name: str, terms: tuple[Term, ...]) -> None:
        self.name = name
        self.terms = terms
        self._by_id = {term.id: term for term in terms}
        self._rank = {term.id: rank for rank, term in enumerate(terms)}

    def __getitem__(self, term_id: str) -> Term:
        return self._by_id[term_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self.terms)

    def rank(self, term_id: str) -> int:
        """Place of a term in the order of display, from 0."""
        return self._rank[term_id]

    def label(self, term_id: str) -> str:
        return self._by_id[term_id].libelle

    def close_to(self, word: str) -> str | None:
        """The id that a mistyped `word` most likely meant, or None."""
        folded = word.strip().lower().replace("_", "-").replace(" ", "-")
        labels = {term.libelle.lower(): term.id for term in self.terms}
        if folded in self._by_id:
            return folded
        found = get_close_matches(folded, [*self._by_id, *labels], n=1, cutoff=0.6)
        return labels.get(found[0], found[0]) if found else None


@dataclass(frozen=True, slots=True)
class Facet:
    """A way of filtering: `name` in addresses, its vocabulary, the Case attribute that holds its values, its label."""

    name: str
    vocabulary: str
    libelle: str
    pluriel: bool  # whether a case may have several values


# In the order of the filter panel. `dimension` is the upper level of `domaine`: one OR group of two levels.
FACETS: tuple[Facet, ...] = (
    Facet("categorie", "categorie", "Catégorie de partenariat", True),
    Facet("dimension", "dimension", "Dimension", True),
    Facet("domaine", "domaine", "Domaine", True),
    Facet("region", "region", "Région", True),
    Facet("etape", "etape", "Étape d'innovation", False),
    Facet("acteur", "acteur", "Acteurs de l'alliance", True),
    Facet("echelle", "echelle", "Échelle", False),
    Facet("public", "public", "Publics", True),
    Facet("impact", "impact", "Impacts", True),
    Facet("levier", "levier", "Leviers", True),
    Facet("odd", "odd", "Objectifs de développement durable", True),
    Facet("statut", "statut", "Statut", False),
)
FACET_NAMES: tuple[str, ...] = tuple(facet.name for facet in FACETS)
UNSET = "non-renseigne"
"""The value of a facet for the cases that say nothing about it."""

_KNOWN_KEYS = {"id", "libelle", "court", "definition", "synonymes", "reperes"}
_PARENTS = {"domaine": "dimension", "departement": "region"}
_VOCABULARIES = (*dict.fromkeys(facet.vocabulary for facet in FACETS), "departement", "role", "nature", "lien")


class Taxonomy:
    """All the vocabularies of the base, checked for coherence when read."""

    def __init__(self, vocabularies: Mapping[str, Vocabulary], reperes: tuple[Mark, ...] = ()) -> None:
        self._vocabularies = dict(vocabularies)
        self.reperes = reperes

    def __getitem__(self, name: str) -> Vocabulary:
        return self._vocabularies[name]

    def facet(self, name: str) -> Facet:
        return next(facet for facet in FACETS if facet.name == name)

    def vocabulary_of(self, facet_name: str) -> Vocabulary:
        """Vocabulary behind a facet of the search."""
        return self._vocabularies[self.facet(facet_name).vocabulary]

    def dimension_of(self, domaine: str) -> str:
        parent = self["domaine"][domaine].parent
        assert parent is not None, "checked by read_taxonomy"  # noqa: S101
        return parent

    def domaines_of(self, dimension: str) -> tuple[Term, ...]:
        return tuple(term for term in self["domaine"].terms if term.parent == dimension)

    def departements_of(self, region: str) -> tuple[Term, ...]:
        return tuple(term for term in self["departement"].terms if term.parent == region)


def load_yaml(text: str) -> Any:
    """Read a vocabulary file; the C parser is ten times faster where it exists. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 — both are safe loaders


def read_yaml(path: Path) -> Any:
    """What a vocabulary file holds. Raises TaxonomyError with the line at fault when it cannot be read."""
    try:
        return load_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TaxonomyError(sentence(path, error)) from error


def read_taxonomy(path: Path) -> Taxonomy:
    """Read and check the taxonomy file. Raises TaxonomyError with the entry at fault and the cure."""
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise TaxonomyError(f"{path} : un dictionnaire de vocabulaires est attendu.")
    missing = [name for name in _VOCABULARIES if name not in data]
    if missing:
        raise TaxonomyError(f"{path} : vocabulaire absent : {', '.join(missing)}.")
    vocabularies = {name: _vocabulary(path, name, data[name]) for name in _VOCABULARIES}
    for child, parent in _PARENTS.items():
        for term in vocabularies[child].terms:
            if term.parent not in vocabularies[parent]:
                raise TaxonomyError(f"{path} : {child} « {term.id} » : {parent} inconnu « {term.parent} ».")
    return Taxonomy(vocabularies, _marks(path, "reperes", data.get("reperes", [])))


def _vocabulary(path: Path, name: str, entries: Any) -> Vocabulary:
    if not isinstance(entries, list) or not entries:
        raise TaxonomyError(f"{path} : {name} : une liste de termes est attendue.")
    terms = tuple(_term(path, name, entry) for entry in entries)
    ids = [term.id for term in terms]
    double = next((term_id for term_id in ids if ids.count(term_id) > 1), None)
    if double:
        raise TaxonomyError(f"{path} : {name} : « {double} » est défini deux fois.")
    return Vocabulary(name, terms)


def _term(path: Path, name: str, entry: Any) -> Term:
    if not isinstance(entry, dict) or not entry.get("id") or not entry.get("libelle"):
        raise TaxonomyError(f"{path} : {name} : chaque terme a au moins un id et un libelle ({entry!r}).")
    where = f"{name} « {entry['id']} »"
    libelle = str(entry["libelle"])
    extra = {key: value for key, value in entry.items() if key not in _KNOWN_KEYS}
    parent_key = _PARENTS.get(name)
    return Term(
        id=str(entry["id"]),
        libelle=libelle,
        court=str(entry.get("court", libelle)),
        definition=str(entry.get("definition", "")),
        synonymes=tuple(str(word) for word in entry.get("synonymes", ())),
        reperes=_marks(path, where, entry.get("reperes", [])),
        parent=str(extra.pop(parent_key)) if parent_key and parent_key in extra else None,
        attributes={
            key: tuple(map(str, value)) if isinstance(value, list) else str(value) for key, value in extra.items()
        },
    )


def _marks(path: Path, where: str, entries: Any) -> tuple[Mark, ...]:
    try:
        return tuple(
            Mark(str(e["valeur"]), str(e["libelle"]), str(e["etude"]), int(e["annee"]), str(e["base"])) for e in entries
        )
    except (KeyError, TypeError, ValueError) as error:
        raise TaxonomyError(
            f"{path} : {where} : un repère dit valeur, libelle, etude, annee et base ({error})."
        ) from error
