"""Filters recognised in a question, explained and never imposed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.corpus.case import Participation
from kb.search.query import SearchQuery
from kb.search.questions import Recogniser
from tests.search import samples
from tests.search.samples import case

RECOGNISER = Recogniser(samples.taxonomy())


def named(text: str) -> dict[str, str]:
    return {one.mots: f"{one.facet}={one.value}" for one in RECOGNISER.recognise(SearchQuery(texte=text))}


QUESTIONS = {
    "une PME peut-elle aider une association d'insertion en zone rurale en Bretagne ?": [
        ("PME", "acteur=entreprise"),
        ("association", "acteur=association"),
        ("insertion", "domaine=emploi-insertion"),
        ("zone rurale", "public=habitants-ruraux"),
        ("Bretagne", "region=bretagne"),
    ],
    "qui a fait quoi contre l'isolement en Bretagne ?": [
        ("isolement", "domaine=lien-social"),
        ("Bretagne", "region=bretagne"),
    ],
    "mécénat de compétences à Brest": [("mécénat de compétences", "categorie=mecenat"), ("Brest", "region=bretagne")],
    "mecenat finistere": [("mecenat", "categorie=mecenat"), ("finistere", "region=bretagne")],
    "l'illettrisme en Seine-Saint-Denis": [
        ("illettrisme", "domaine=education"),
        ("Seine-Saint-Denis", "region=ile-de-france"),
    ],
    "PACA": [("PACA", "region=provence-alpes-cote-d-azur")],
    "aide alimentaire": [("aide alimentaire", "domaine=pauvrete-exclusion")],
    "des fondations pour les seniors": [
        ("fondations", "acteur=fondation"),
        ("seniors", "domaine=vieillissement-intergenerationnel"),
    ],
    "essaimage des garages solidaires": [("essaimage", "etape=essaimage"), ("garages solidaires", "domaine=mobilite")],
    "dans le Cher": [("Cher", "region=centre-val-de-loire")],
    "un repas pas cher a du sens": [],
    "tout va bien": [],
    '"Bretagne"': [],
    "garage -Bretagne": [],
    "atelier SAUF Bretagne": [],
    "": [],
    "???": [],
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_words_name_filters(question: str) -> None:
    assert named(question) == dict(QUESTIONS[question])


def test_a_filter_takes_the_place_of_its_words() -> None:
    (one,) = RECOGNISER.recognise(SearchQuery(texte="garage en Bretagne", tri="titre", page=3))
    assert one.query == SearchQuery(texte="garage en", termes=(("region", ("bretagne",)),), tri="titre")
    (only,) = RECOGNISER.recognise(SearchQuery(texte="en Bretagne"))
    assert only.query == SearchQuery(termes=(("region", ("bretagne",)),))


@pytest.mark.parametrize("name", ["region", "sauf_region"])
def test_a_filter_already_there_is_not_offered(name: str) -> None:
    pairs = [("q", "garage Bretagne"), (name, "bretagne")]
    assert RECOGNISER.recognise(SearchQuery.parse(pairs, samples.taxonomy())) == ()


def test_only_filters_that_give_cases_are_offered_with_their_count(tmp_path: Path) -> None:
    organisations = (Participation("Alpha", "association", "porteur"), Participation("Omega", "entreprise", "appui"))
    engine = samples.engine(
        tmp_path, [case("a", corps="Un garage.", organisations=organisations, regions=("bretagne",))]
    )
    offered = engine.recognise(SearchQuery(texte="garage d'une fondation en Bretagne ou en Corse"))
    assert [(one.value, count) for one, count in offered] == [("bretagne", 1)]


def test_every_department_and_town_leads_to_its_region() -> None:
    for department in samples.taxonomy()["departement"].terms:
        towns = department.attributes.get("villes", ())
        for place in (department.libelle, *([towns] if isinstance(towns, str) else towns)):
            found = RECOGNISER.recognise(SearchQuery(texte=place))
            assert [one.value for one in found if one.facet == "region"], place
