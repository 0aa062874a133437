"""What the search knows of a case: its words field by field, its values facet by facet, its places in each order."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from kb.corpus.case import SECTIONS, Case, facet_values
from kb.corpus.prose import plain_text
from kb.corpus.taxonomy import FACETS, UNSET, Taxonomy, Term

SECTION_KEYS: tuple[str, ...] = tuple(key for key, _ in SECTIONS)
SHOWN_FIELDS: tuple[str, ...] = ("titre", "resume", *SECTION_KEYS)
"""Fields that highlights and excerpts are cut from."""

STORED_FIELDS: tuple[str, ...] = (*SHOWN_FIELDS, "organisations", "lieux")
"""Fields whose words a correction may propose: those a reader sees, and the names of organisations and places."""

FIELDS: tuple[str, ...] = (*STORED_FIELDS, "termes", "chiffres")
NAME_FIELDS = frozenset({"titre", "organisations", "lieux"})
"""Fields of names, where stop words are words: « Toit à moi »."""

MAX_FIELD = 60_000
"""Characters of a field that are searched, so that an offset fits in 16 bits; a section of a case has about 600."""

Aliases = Mapping[str, Sequence[str]]
"""Other names of an organisation, by its name in the case files."""


@dataclass(frozen=True, slots=True)
class Material:
    """All that the index is made from: published cases by slug, vocabularies, other names of organisations."""

    cases: Mapping[str, Case]
    taxonomy: Taxonomy
    aliases: Aliases = field(default_factory=dict)

    def sorted_cases(self) -> list[Case]:
        """Cases in the order in which they are numbered."""
        return [self.cases[slug] for slug in sorted(self.cases)]

    def texts(self, case: Case) -> dict[str, str]:
        return texts(case, self.taxonomy, self.aliases)


class FacetRow(NamedTuple):
    """One line of the bitmaps: a value of a facet."""

    facet: str
    value: str


def facet_rows(taxonomy: Taxonomy) -> tuple[FacetRow, ...]:
    """Every value of every facet, `non-renseigne` last in each, in the order of display."""
    return tuple(
        FacetRow(facet.name, value) for facet in FACETS for value in (*taxonomy.vocabulary_of(facet.name), UNSET)
    )


def dimensions(taxonomy: Taxonomy) -> dict[str, str]:
    """Dimension of each domain."""
    return {domaine: taxonomy.dimension_of(domaine) for domaine in taxonomy["domaine"]}


def values_of(case: Case, dimension_of: dict[str, str]) -> list[FacetRow]:
    """The lines of the bitmaps where a case stands."""
    return [
        FacetRow(facet.name, value)
        for facet in FACETS
        for value in facet_values(case, facet.name, dimension_of) or (UNSET,)
    ]


def texts(case: Case, taxonomy: Taxonomy, aliases: Aliases) -> dict[str, str]:
    """Text of each of FIELDS, one name, paragraph or item a line."""
    fields = {
        "titre": case.titre,
        "resume": case.resume,
        "organisations": "\n".join(_organisations(case, aliases)),
        "lieux": "\n".join(_places(case, taxonomy)),
        "termes": "\n".join(_terms(case, taxonomy)),
        "chiffres": "\n".join(f"{figure.valeur} {figure.libelle}" for figure in case.chiffres),
    }
    fields |= {section.key: plain_text(section.markdown) for section in case.sections}
    return {name: fields.get(name, "")[:MAX_FIELD] for name in FIELDS}


def vocabulary_digest(taxonomy: Taxonomy, aliases: Aliases) -> str:
    """Changes whenever words that come from outside the case files, or the values of facets, do."""
    digest = hashlib.sha256()
    for name in (*(facet.vocabulary for facet in FACETS), "departement"):
        for term in taxonomy[name].terms:
            digest.update(repr((name, term.id, term.libelle, term.court, term.synonymes, term.parent)).encode())
    for name, others in sorted(aliases.items()):
        digest.update(repr((name, tuple(others))).encode())
    return digest.hexdigest()


def recency(case: Case) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """How fresh a case is: date of its situation, then of its last verification."""
    verified = case.redaction.verifie
    return case.situation_au.sort_key, verified.sort_key if verified else (0, 0, 0)


def _organisations(case: Case, aliases: Aliases) -> list[str]:
    lines: list[str] = []
    for one in case.organisations:
        lines += [one.nom, *aliases.get(one.nom, ()), one.apport, one.gain]
    return [line for line in lines if line]


def _places(case: Case, taxonomy: Taxonomy) -> list[str]:
    regions = [taxonomy["region"][region] for region in case.regions]
    departments = [taxonomy["departement"][one] for one in case.departements if one in taxonomy["departement"]]
    lines = [case.lieu] if case.lieu else []
    lines += [f"{one.libelle} {one.id}" for one in departments]
    return lines + [word for region in regions for word in _names(region)]


def _terms(case: Case, taxonomy: Taxonomy) -> list[str]:
    chosen = {
        "categorie": case.categories,
        "dimension": tuple(dict.fromkeys(taxonomy.dimension_of(domaine) for domaine in case.domaines)),
        "domaine": case.domaines,
        "etape": (case.etape,),
        "public": case.publics,
        "levier": case.leviers,
    }
    lines = [word for name, values in chosen.items() for value in values for word in _names(taxonomy[name][value])]
    lines += [taxonomy["acteur"].label(one) for one in case.acteurs]
    return lines + [taxonomy["odd"].label(one) for one in case.odd]


def _names(term: Term) -> tuple[str, ...]:
    return (term.libelle, *term.synonymes)
