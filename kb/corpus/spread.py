"""How the cases spread over categories, domains, regions, stages and years, against the aims of the base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.corpus.case import Case
from kb.corpus.taxonomy import Taxonomy

TOTAL, PER_CELL, PER_REGION, PER_OVERSEAS, PER_STAGE, PER_CONCEPTION = 450, 3, 12, 5, 30, 10
MOST_NATIONAL, RECENT_SINCE, LEAST_RECENT, LINKED = 0.35, 2016, 1 / 3, 120
OVERSEAS_DEPARTMENTS = "97"


@dataclass(frozen=True, slots=True)
class Aim:
    """One aim: what is counted, how many there are, how many are wanted (`most`: no more than wanted)."""

    label: str
    count: float
    wanted: float
    most: bool = False

    @property
    def reached(self) -> bool:
        return self.count <= self.wanted if self.most else self.count >= self.wanted


@dataclass(frozen=True, slots=True)
class Spread:
    """Counts of the published cases; `cells` maps (domain, category) to the cases that have both."""

    total: int
    cells: Mapping[tuple[str, str], int]
    regions: Mapping[str, int]
    stages: Mapping[str, int]
    aims: tuple[Aim, ...]


def measure(cases: Iterable[Case], taxonomy: Taxonomy) -> Spread:
    """Count the cases and compare with the aims; a case counts once in each of its domains × categories."""
    chosen = list(cases)
    cells = Counter((domain, category) for case in chosen for domain in case.domaines for category in case.categories)
    regions = Counter(region for case in chosen for region in case.regions)
    stages = Counter(case.etape for case in chosen)
    return Spread(len(chosen), cells, regions, stages, tuple(_aims(chosen, cells, regions, stages, taxonomy)))


def _aims(
    cases: list[Case],
    cells: Mapping[tuple[str, str], int],
    regions: Mapping[str, int],
    stages: Mapping[str, int],
    taxonomy: Taxonomy,
) -> Iterable[Aim]:
    share = max(len(cases), 1)
    yield Aim("fiches publiées", len(cases), TOTAL)
    for domain in taxonomy["domaine"]:
        for category in taxonomy["categorie"]:
            yield Aim(f"{domain} × {category}", cells.get((domain, category), 0), PER_CELL)
    for region in taxonomy["region"]:
        if region != "nationale":
            wanted = PER_OVERSEAS if _is_overseas(region, taxonomy) else PER_REGION
            yield Aim(region, regions.get(region, 0), wanted)
    for stage in taxonomy["etape"]:
        yield Aim(stage, stages.get(stage, 0), PER_CONCEPTION if stage == "conception" else PER_STAGE)
    yield Aim("part de fiches nationales", regions.get("nationale", 0) / share, MOST_NATIONAL, most=True)
    yield Aim(
        f"part commencée depuis {RECENT_SINCE}", sum(c.debut >= RECENT_SINCE for c in cases) / share, LEAST_RECENT
    )
    yield Aim("fiches liées à une autre", sum(bool(case.apparentes) for case in cases), LINKED)


def _is_overseas(region: str, taxonomy: Taxonomy) -> bool:
    return all(term.id.startswith(OVERSEAS_DEPARTMENTS) for term in taxonomy.departements_of(region))
