"""Cases made for a test, and the six worked files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from kb.config import ROOT
from kb.corpus.case import SECTIONS, Case, PartialDate, Participation, Redaction, Section, Source
from kb.corpus.organisations import Organisation, Registry
from kb.corpus.taxonomy import Taxonomy, read_taxonomy
from kb.corpus.validation import read_case
from kb.search.engine import Engine, open_engine
from kb.search.query import SearchQuery
from kb.search.results import Fragment, Results

WORKED_FILES = ROOT / "tests" / "corpora" / "recherche"


@cache
def taxonomy() -> Taxonomy:
    return read_taxonomy(ROOT / "cases" / "taxonomy.yaml")


@dataclass(frozen=True)
class Holdings:
    """A corpus as the engine sees it."""

    cases: Mapping[str, Case]
    taxonomy: Taxonomy
    organisations: Mapping[str, Organisation] = field(default_factory=dict)


def holdings(cases: Iterable[Case], organisations: Iterable[Organisation] = ()) -> Holdings:
    return Holdings({case.slug: case for case in cases}, taxonomy(), {one.slug: one for one in organisations})


def case(
    slug: str = "un-cas", titre: str = "Xylophone", *, corps: str | Mapping[str, str] = "", **changes: Any
) -> Case:
    """A valid case that says nothing but what is asked; `corps` is the text of « besoin », or of several sections."""
    bodies = {"besoin": corps} if isinstance(corps, str) else corps
    sections = tuple(
        Section(key, heading, bodies.get(key, ""), line) for line, (key, heading) in enumerate(SECTIONS, 60)
    )
    made = Case(
        slug=slug,
        titre=titre,
        resume="Zygote.",
        categorie="innovation-societale",
        domaines=("securite",),
        regions=("mayotte",),
        echelle="local",
        debut=2020,
        etape="conception",
        statut="active",
        situation_au=PartialDate(2024),
        organisations=(
            Participation("Alpha", "citoyens", "porteur"),
            Participation("Omega", "academique", "partenaire"),
        ),
        sources=(Source("a", "A", "A", "https://a.example"), Source("b", "B", "B", "https://b.example")),
        redaction=Redaction("Équipe éditoriale", PartialDate(2024, 1, 1), PartialDate(2024, 2, 1)),
        sections=sections,
        digest="",
    )
    made = replace(made, **changes)
    return replace(made, digest=hashlib.sha256(repr(made).encode()).hexdigest())


def engine(folder: Path, cases: Iterable[Case]) -> Engine:
    return open_engine(folder, holdings(cases))


@cache
def worked_cases() -> tuple[Case, ...]:
    """The six worked files, read by the program's own reader."""
    read = [
        read_case(path.name, path.stem, path.read_bytes(), taxonomy(), Registry())
        for path in sorted(WORKED_FILES.glob("*.md"))
    ]
    return tuple(reading.case for reading in read if reading.case)


def search(engine: Engine, texte: str = "", **parameters: Any) -> Results:
    """A search typed in an address."""
    pairs = [("q", texte)]
    for name, values in parameters.items():
        pairs += [(name, str(value)) for value in (values if isinstance(values, list | tuple) else [values])]
    return engine.search(SearchQuery.parse(pairs, taxonomy()))


def shown(fragments: Iterable[Fragment]) -> str:
    """Marked text as « a [word] »."""
    return "".join(f"[{one.text}]" if one.marked else one.text for one in fragments)
