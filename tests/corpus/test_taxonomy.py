from __future__ import annotations

from pathlib import Path

import pytest

from kb.config import ROOT
from kb.corpus.taxonomy import FACETS, read_taxonomy
from kb.errors import TaxonomyError
from tests.corpus.samples import TAXONOMY


@pytest.mark.parametrize(
    ("vocabulary", "size"),
    [
        ("categorie", 4), ("dimension", 4), ("domaine", 16), ("etape", 5), ("region", 19), ("departement", 101),
        ("acteur", 9), ("echelle", 5), ("impact", 3), ("levier", 4), ("public", 18), ("odd", 17), ("statut", 4),
    ],
)  # fmt: skip
def test_the_vocabularies_of_the_observatoire_are_whole(vocabulary: str, size: int) -> None:
    assert len(TAXONOMY[vocabulary]) == size


def test_every_term_a_reader_meets_is_defined() -> None:
    for name in ("categorie", "dimension", "domaine", "etape", "acteur", "echelle", "impact", "levier", "statut"):
        assert all(term.definition for term in TAXONOMY[name].terms), name


def test_every_figure_says_its_study_its_year_and_its_base() -> None:
    marks = list(TAXONOMY.reperes)
    for facet in FACETS:
        marks += [mark for term in TAXONOMY.vocabulary_of(facet.name).terms for mark in term.reperes]
    assert len(marks) > 50
    assert all(
        mark.valeur and mark.libelle and mark.etude and mark.base and 2008 <= mark.annee <= 2022 for mark in marks
    )


def test_regions_have_their_insee_code_and_known_neighbours() -> None:
    regions = [term for term in TAXONOMY["region"].terms if term.id != "nationale"]
    assert len({term.attributes["code"] for term in regions}) == 18
    for term in regions:
        for neighbour in term.attributes["voisins"]:
            assert term.id in TAXONOMY["region"][neighbour].attributes["voisins"], (term.id, neighbour)
        assert TAXONOMY.departements_of(term.id)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("mecena", "mecenat"), ("Mécénat", "mecenat"), ("innovation sociétale", "innovation-societale"), ("zzz", None)],
)
def test_a_mistyped_term_is_recognised(typed: str, meant: str | None) -> None:
    assert TAXONOMY["categorie"].close_to(typed) == meant


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("categorie:\n", "categories:\n", "vocabulaire absent : categorie"),
        ("  - id: mecenat\n", "  - id: pratiques-responsables\n", "défini deux fois"),
        ("dimension: economique", "dimension: cosmique", "dimension inconnu « cosmique »"),
        ("annee: 2015", "annee: jadis", "un repère dit valeur"),
        ("categorie:\n", "categorie: [\n", "crochet ou accolade"),
    ],
)
def test_a_broken_taxonomy_is_refused_with_the_entry_at_fault(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (ROOT / "cases" / "taxonomy.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "taxonomy.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TaxonomyError, match=message):
        read_taxonomy(path)


def test_an_absent_taxonomy_is_said_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(TaxonomyError, match=r"rien\.yaml"):
        read_taxonomy(tmp_path / "rien.yaml")
