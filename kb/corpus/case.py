"""A case file once read and typed. Attributes bear the French keys of the front matter; nothing here is mutable."""

from __future__ import annotations

import re
from dataclasses import dataclass

SECTIONS: tuple[tuple[str, str], ...] = (
    ("besoin", "Le besoin"),
    ("alliance", "L'alliance"),
    ("solution", "La solution"),
    ("etapes", "Les étapes"),
    ("resultats", "Les résultats"),
    ("cles", "Clés de réussite et points de vigilance"),
    ("inspiration", "Pour s'en inspirer"),
)
"""Key and heading of the seven sections of a case file, in their order."""

UNDOCUMENTED = "Non documenté dans les sources consultées"

_PARTIAL_DATE = re.compile(r"(vers )?(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A year, a month or a day, as precise as its source and no more; `environ` for « vers 2024 »."""

    annee: int
    mois: int | None = None
    jour: int | None = None
    environ: bool = False

    @classmethod
    def parse(cls, text: str) -> PartialDate | None:
        """Read `2024`, `2024-09`, `2024-09-16` or `vers 2024`; None when it is none of these or no real date."""
        import datetime

        match = _PARTIAL_DATE.fullmatch(text.strip())
        if not match:
            return None
        year, month, day = int(match[2]), int(match[3] or 1), int(match[4] or 1)
        try:
            datetime.date(year, month, day)
        except ValueError:
            return None
        return cls(year, month if match[3] else None, day if match[4] else None, bool(match[1]))

    @property
    def iso(self) -> str:
        parts = [f"{self.annee:04}"]
        parts += [f"{part:02}" for part in (self.mois, self.jour) if part]
        return "-".join(parts)

    @property
    def sort_key(self) -> tuple[int, int, int]:
        return (self.annee, self.mois or 0, self.jour or 0)

    def __str__(self) -> str:
        """As a French reader says it: « vers 2024 », « septembre 2024 », « 1er mai 2024 »."""
        day = "1er " if self.jour == 1 else f"{self.jour} " if self.jour else ""
        month = f"{MONTHS[self.mois - 1]} " if self.mois else ""
        return f"{'vers ' if self.environ else ''}{day}{month}{self.annee}"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A dated stage of the innovation (`parcours`)."""

    etape: str
    debut: PartialDate
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Participation:
    """What one organisation does in the alliance. `type` is an id of the vocabulary `acteur`."""

    nom: str
    type: str
    role: str
    apport: str = ""
    gain: str = ""
    source: tuple[str, ...] = ()
    collectif: bool = False


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A mark shown large, exactly as the source gives it."""

    valeur: str
    libelle: str
    date: PartialDate
    source: tuple[str, ...]
    nature: str


@dataclass(frozen=True, slots=True)
class Source:
    id: str
    titre: str
    editeur: str
    url: str
    date: PartialDate | None = None
    consulte: PartialDate | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A link to another case, with its kind (vocabulary `lien`)."""

    cas: str
    lien: str


@dataclass(frozen=True, slots=True)
class Redaction:
    auteur: str
    cree: PartialDate
    verifie: PartialDate | None = None
    a_revoir: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One of the seven parts of the body: `line` is that of its heading, line n of `markdown` being `line` + n."""

    key: str
    heading: str
    markdown: str
    line: int


@dataclass(frozen=True, slots=True)
class Case:
    """A valid case file. `digest` is the SHA-256 of the file's bytes, in hexadecimal."""

    slug: str
    titre: str
    resume: str
    categorie: str
    domaines: tuple[str, ...]
    regions: tuple[str, ...]
    echelle: str
    debut: int
    etape: str
    statut: str
    situation_au: PartialDate
    organisations: tuple[Participation, ...]
    sources: tuple[Source, ...]
    redaction: Redaction
    sections: tuple[Section, ...]
    digest: str
    autres_categories: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    lieu: str = ""
    commune: str = ""
    fin: int | None = None
    parcours: tuple[Milestone, ...] = ()
    impacts: tuple[str, ...] = ()
    leviers: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    publics: tuple[str, ...] = ()
    chiffres: tuple[KeyFigure, ...] = ()
    apparentes: tuple[Relation, ...] = ()

    @property
    def porteurs(self) -> tuple[Participation, ...]:
        return tuple(one for one in self.organisations if one.role == "porteur")

    @property
    def acteurs(self) -> tuple[str, ...]:
        """Types of the organisations present, each once, in order of appearance."""
        return tuple(dict.fromkeys(one.type for one in self.organisations))

    @property
    def categories(self) -> tuple[str, ...]:
        return (self.categorie, *self.autres_categories)

    def section(self, key: str) -> Section:
        return next(section for section in self.sections if section.key == key)

    def source(self, source_id: str) -> Source:
        return next(source for source in self.sources if source.id == source_id)


def facet_values(case: Case, facet: str, dimension_of: dict[str, str]) -> tuple[str, ...]:
    """Ids of a case under a facet; empty when it says nothing. `dimension_of` maps a domain to its dimension."""
    values: dict[str, tuple[str, ...]] = {
        "categorie": case.categories,
        "dimension": tuple(dict.fromkeys(dimension_of[domaine] for domaine in case.domaines)),
        "domaine": case.domaines,
        "region": case.regions,
        "etape": (case.etape,),
        "acteur": case.acteurs,
        "echelle": (case.echelle,),
        "public": case.publics,
        "impact": case.impacts,
        "levier": case.leviers,
        "odd": case.odd,
        "statut": (case.statut,),
    }
    return values[facet]
