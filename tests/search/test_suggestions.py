"""What a few letters become."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kb.corpus.case import Participation
from kb.corpus.organisations import Organisation
from kb.search.engine import Engine, open_engine
from kb.search.query import SearchQuery
from kb.search.suggestions import MOST, Suggestions
from tests.search import samples
from tests.search.samples import case

VOISINS = Participation("Les Voisins du Port", "association", "porteur")
CAISSE = Participation("Caisse des Dépôts", "etat", "appui")
BRETON = {"regions": ("bretagne",), "departements": ("29",), "lieu": "Concarneau"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    cases = [
        case("garage", "Le garage solidaire des deux vallées", organisations=(VOISINS, CAISSE), **BRETON),
        case("velo", "Vélos partagés au garage", organisations=(CAISSE, VOISINS), domaines=("mobilite",)),
        *(case(f"autre-{number}", f"Jardin numéro {number}", organisations=(CAISSE,)) for number in range(9)),
    ]
    organisations = [
        Organisation("Les Voisins du Port", "les-voisins-du-port", "association", ("LVP",)),
        Organisation("Caisse des Dépôts", "caisse-des-depots", "etat"),
        Organisation("Caisse oubliée", "caisse-oubliee", "etat"),
    ]
    return open_engine(tmp_path_factory.mktemp("index"), samples.holdings(cases, organisations))


@pytest.mark.parametrize(
    ("typed", "slugs"),
    [
        ("garage", ["garage", "velo"]),
        ("velos", ["velo"]),
        ("Vélos par", ["velo"]),
        ("garage des deux va", ["garage"]),
        ("le gar", ["garage", "velo"]),
        ("gar vél", ["velo"]),
        ("licorne", []),
    ],
)
def test_cases_are_suggested_by_their_titles(engine: Engine, typed: str, slugs: list[str]) -> None:
    assert [one.slug for one in engine.suggest(typed).cas] == slugs


def test_organisations_are_suggested_by_their_names_with_their_cases(engine: Engine) -> None:
    (caisse,) = engine.suggest("cai").organisations
    assert (caisse.libelle, caisse.slug, caisse.count) == ("Caisse des Dépôts", "caisse-des-depots", 11)
    assert [one.slug for one in engine.suggest("lvp").organisations] == ["les-voisins-du-port"]


def test_places_and_terms_lead_to_searches_that_give_cases(engine: Engine) -> None:
    for typed, labels in [("breta", ["Bretagne"]), ("finis", ["Finistère"]), ("conca", ["Concarneau"]), ("corse", [])]:
        places = engine.suggest(typed).lieux
        assert [one.libelle for one in places] == labels
        for one in places:
            assert one.query is not None
            assert engine.search(one.query).total == one.count > 0
    (mobility,) = engine.suggest("covoit").themes
    assert mobility.query == SearchQuery(termes=(("domaine", ("mobilite",)),))
    assert mobility.count == 1


@pytest.mark.parametrize("typed", ["", "v", " ", "?", "*", "\0", "🚲", "de", "l'", "a" * 10_000, "x " * 5_000, '"gar'])
def test_anything_typed_is_answered_at_once(engine: Engine, typed: str) -> None:
    begun = time.process_time()
    suggestions = engine.suggest(typed)
    assert time.process_time() - begun < 0.5
    assert all(len(group) <= MOST for group in (suggestions.cas, suggestions.organisations, suggestions.lieux))


def test_one_letter_suggests_nothing(engine: Engine) -> None:
    assert engine.suggest("g") == Suggestions()


def test_an_empty_base_suggests_nothing(tmp_path: Path) -> None:
    assert samples.engine(tmp_path, []).suggest("garage") == Suggestions()
