"""Close cases and the reasons why."""

from __future__ import annotations

from pathlib import Path

from kb.corpus.case import Participation, Relation
from tests.search import samples
from tests.search.samples import case

PORTEUR = (Participation("Les Voisins", "association", "porteur"), Participation("Ville", "collectivite", "appui"))


def test_the_closest_come_first_with_their_reasons(tmp_path: Path) -> None:
    far = {"domaines": ("sante",), "regions": ("corse",), "etape": "essaimage", "categorie": "mecenat"}
    engine = samples.engine(
        tmp_path,
        [
            case("cas", organisations=PORTEUR, apparentes=(Relation("jumeau", "meme-programme"),)),
            case("jumeau", **far),
            case("voisin", organisations=PORTEUR, **far),
            case("besoin", regions=("corse",), etape="essaimage", categorie="mecenat"),
            case("etranger", **far),
        ],
    )
    similar = {one.slug: one.raisons for one in engine.similar("cas", 10)}
    assert list(similar) == ["jumeau", "voisin", "besoin"]
    assert similar["jumeau"][0] == "même programme"
    assert similar["voisin"][0] == "même porteur"
    assert similar["besoin"] == ("même besoin",)


def test_a_link_is_seen_from_both_sides(tmp_path: Path) -> None:
    engine = samples.engine(tmp_path, [case("a", apparentes=(Relation("b", "essaimage-de"),)), case("b")])
    assert engine.similar("b")[0].raisons[0] == "essaimage"


def test_a_partner_in_common_is_named_unless_it_is_everywhere(tmp_path: Path) -> None:
    def with_partner(slug: str, domaine: str, partner: str) -> object:
        organisations = (Participation(slug, "association", "porteur"), Participation(partner, "etat", "appui"))
        return case(slug, domaines=(domaine,), regions=(), etape="essaimage", organisations=organisations)

    domaines = list(samples.taxonomy()["domaine"])
    rare = [with_partner(f"rare-{number}", domaines[number], "Agence du Fleuve") for number in range(2)]
    common = [with_partner(f"commun-{number}", domaines[number + 2], "État") for number in range(8)]
    engine = samples.engine(tmp_path, [*rare, *common])  # type: ignore[list-item]
    assert engine.similar("rare-0", 1)[0].raisons[0] == "avec Agence du Fleuve aussi"
    assert all("avec État aussi" not in one.raisons for one in engine.similar("commun-0", 10))


def test_real_cases_have_neighbours_in_a_settled_order(tmp_path: Path) -> None:
    engine = samples.engine(tmp_path / "a", samples.worked_cases())
    again = samples.engine(tmp_path / "b", samples.worked_cases())
    assert engine.similar("reutiliz")[0].slug == "bout-a-bout"
    for one in samples.worked_cases():
        found = engine.similar(one.slug)
        assert one.slug not in [other.slug for other in found]
        assert all(other.raisons for other in found)
        assert found == again.similar(one.slug)


def test_an_unknown_case_has_no_neighbour(tmp_path: Path) -> None:
    assert samples.engine(tmp_path, [case("a")]).similar("b") == ()
    assert samples.engine(tmp_path, [case("a")]).similar("a") == ()
