from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from kb.config import Settings
from kb.search.unanswered import Unanswered, UnansweredLog
from kb.web import create_app
from kb.web.caching import today
from tests.web.conftest import VARIANTS, Visitor, write_site
from tests.web.document import Node, plain


def slugs(page: Node) -> list[str]:
    """Cases on a page of results, in order."""
    return [urlsplit(title.one("a")["href"]).path.removeprefix("/cas/") for title in page.all("h3", cls="titre")]


def chips(page: Node) -> list[str]:
    return [plain(node.text).removesuffix(", retirer ce filtre") for node in page.all("a", cls="puce")]


def box(page: Node, name: str, value: str) -> Node:
    return page.one("input", name=name, value=value)


def count(page: Node, name: str, value: str) -> int:
    label = box(page, name, value).parent
    assert label is not None
    return int(label.one("em").text.split()[0])


def test_the_address_is_the_state_of_the_form(visitor: Visitor) -> None:
    page = visitor.open("/recherche?q=consigne&region=la-reunion&de=2008&tri=titre")
    assert page.by_id("q")["value"] == "consigne"
    assert "checked" in box(page, "region", "la-reunion").attributes
    assert "checked" not in box(page, "region", "bretagne").attributes
    assert [one.text for one in page.by_id("de").all("option") if "selected" in one.attributes] == ["2008"]
    assert [one["value"] for one in page.by_id("tri").all("option") if "selected" in one.attributes] == ["titre"]
    assert chips(page) == ["Région : La Réunion", "Démarrage : dès 2008"]


def test_every_control_of_the_page_belongs_to_the_one_form(visitor: Visitor) -> None:
    page = visitor.open("/recherche")
    inside = [node["name"] for node in page.all("input", "select") if node.get("form") == "recherche-form"]
    assert {"categorie", "domaine", "dimension", "region", "etape", "acteur", "public", "odd", "statut", "de"} <= set(
        inside
    )
    assert page.by_id("recherche-form")["autocomplete"] == "off"


def test_a_form_sent_with_empty_fields_is_given_a_short_address(visitor: Visitor) -> None:
    response = visitor.fetch("/recherche?q=consigne&de=&a=&tri=&sauf_region=")
    assert response.status_code == 302
    assert response.location == "/recherche?q=consigne"


def test_values_of_one_facet_add_up_and_their_neighbours_keep_their_counts(visitor: Visitor) -> None:
    page = visitor.open("/recherche?domaine=mobilite&domaine=education")
    assert set(slugs(page)) == {"corse-mobilite-solidaire", "arpejeh"}
    assert count(page, "domaine", "environnement-biodiversite") >= VARIANTS
    assert count(page, "region", "corse") == 1


def test_a_whole_dimension_can_be_ticked(visitor: Visitor) -> None:
    page = visitor.open("/recherche?dimension=environnementale")
    assert "checked" in box(page, "dimension", "environnementale").attributes
    assert "corse-mobilite-solidaire" in slugs(visitor.open("/recherche?dimension=environnementale&page=2")) + slugs(
        page
    )
    assert "arpejeh" not in slugs(page)


def test_a_value_can_be_set_aside(visitor: Visitor) -> None:
    page = visitor.open("/recherche?sauf_region=la-reunion")
    assert "reutiliz" not in slugs(page)
    assert chips(page) == ["sauf Région : La Réunion"]
    kept = page.one("input", name="sauf_region", value="la-reunion")
    assert "checked" in kept.attributes


def test_cases_that_say_nothing_can_be_asked_for(visitor: Visitor) -> None:
    page = visitor.open("/recherche?public=non-renseigne")
    assert "checked" in box(page, "public", "non-renseigne").attributes
    assert chips(page) == ["Publics : Non renseigné"]


def test_a_value_without_a_case_is_muted_but_can_be_ticked(visitor: Visitor) -> None:
    page = visitor.open("/recherche?region=corse")
    zero = box(page, "etape", "conception")
    assert zero.parent is not None
    assert "zero" in (zero.parent.get("class") or "")
    assert "disabled" not in zero.attributes


def test_a_chip_removes_its_filter_and_nothing_else(visitor: Visitor) -> None:
    page = visitor.open("/recherche?q=consigne&region=la-reunion&etape=modelisation")
    removed = next(node for node in page.all("a", cls="puce") if "La Réunion" in node.text)
    assert parse_qsl(urlsplit(removed["href"]).query) == [("q", "consigne"), ("etape", "modelisation")]
    clear = [node["href"] for node in page.all("a") if node.text == "Tout effacer"]
    assert clear == ["/recherche?q=consigne"]


def test_the_words_are_marked_in_the_title_the_summary_and_an_excerpt(visitor: Visitor) -> None:
    page = visitor.open("/recherche?q=consigne")
    card = page.all("li", cls="card")[0]
    assert card.one("h3", cls="titre").all("mark")
    excerpt = page.all("p", cls="extrait")[0]
    assert excerpt.one("b").text
    assert excerpt.all("mark")


def test_results_come_in_pages_that_know_their_neighbours(visitor: Visitor) -> None:
    first = visitor.open("/recherche")
    second = visitor.open("/recherche?page=2")
    assert len(slugs(first)) == 12
    assert not set(slugs(first)) & set(slugs(second))
    assert first.one("a", rel="next")["href"] == "/recherche?page=2"
    assert second.one("a", rel="prev")["href"] == "/recherche"
    assert second.one("ol", cls="liste")["start"] == "13"
    assert "page 2 sur 2" in second.one("head").one("title").text


def test_a_card_leads_to_its_case_with_the_search(visitor: Visitor) -> None:
    page = visitor.open("/recherche?q=consigne&region=la-reunion&page=1")
    href = page.all("h3", cls="titre")[0].one("a")["href"]
    assert parse_qsl(urlsplit(href).query) == [("q", "consigne"), ("region", "la-reunion")]


def test_without_a_result_the_search_stays_and_ways_out_are_offered(visitor: Visitor) -> None:
    page = visitor.open("/recherche?q=consigne&region=bretagne")
    assert plain(page.by_id("h-res").text) == "Aucun cas pour « consigne »"
    assert page.by_id("q")["value"] == "consigne"
    assert chips(page) == ["Région : Bretagne"]
    assert page.all("details", cls="facette")
    ways = page.one("ul", cls="sol").all("a")
    assert ways
    for way in ways:
        said = int("".join(char for char in way.all("span")[-1].text if char.isdigit()))
        assert said == int(visitor.open(way["href"]).by_id("resultats")["data-total"]) > 0


def test_a_misspelt_word_is_corrected_with_its_count(visitor: Visitor) -> None:
    page = visitor.open("/recherche?q=consinge")
    first = page.all("p", cls="vouliez")[0]
    assert plain(first.text).startswith("Vouliez-vous dire consigne ?")
    assert visitor.open(first.one("a")["href"]).all("h3", cls="titre")


def test_when_no_case_holds_every_word_the_page_says_so(visitor: Visitor) -> None:
    page = visitor.open("/recherche?q=consigne bouteilles handicap hippopotame")
    assert slugs(page)
    said = plain(page.one("p", cls="avis").text)
    assert said.startswith("Aucun cas ne réunit tous vos mots ; voici les plus proches, sans « ")
    assert "« hippopotame »" in said
    assert "« consigne »" not in said


@pytest.mark.parametrize(("asked", "order"), [("titre", lambda one: one), ("etape", None)])
def test_results_can_be_sorted(visitor: Visitor, asked: str, order: object) -> None:
    page = visitor.open(f"/recherche?tri={asked}")
    assert [one["value"] for one in page.by_id("tri").all("option") if "selected" in one.attributes] == [asked]
    if asked == "titre":
        titles = [plain(title.text).lower() for title in page.all("h3", cls="titre")]
        assert titles[0].startswith("arpejeh")


def test_relevance_is_offered_only_with_words(visitor: Visitor) -> None:
    without = [one.text for one in visitor.open("/recherche").by_id("tri").all("option")]
    assert "Pertinence" not in without
    assert "Pertinence" in [one.text for one in visitor.open("/recherche?q=consigne").by_id("tri").all("option")]


def test_each_facet_leads_to_its_definitions(visitor: Visitor) -> None:
    links = [node["href"] for node in visitor.open("/recherche").all("a", cls="definir")]
    anchors = {node["id"] for node in visitor.open("/methode").walk() if "id" in node.attributes}
    assert len(links) == 11
    assert {link.removeprefix("/methode#") for link in links} <= anchors


def test_filters_named_in_a_question_are_offered_with_their_counts(visitor: Visitor) -> None:
    page = visitor.open("/recherche?q=un essai à La Réunion")
    offered = page.all("a", cls="proposee")
    assert [plain(one.text) for one in offered] == [f"Région : La Réunion {VARIANTS + 1} cas"]
    followed = visitor.open(offered[0]["href"])
    assert chips(followed) == ["Région : La Réunion"]
    assert followed.by_id("resultats")["data-total"] == str(VARIANTS + 1)


def test_suggestions_come_in_groups_and_each_leads_to_a_page(visitor: Visitor) -> None:
    groups = {group["titre"]: group["options"] for group in visitor.fetch("/suggestions?q=arp").get_json()["groupes"]}
    assert [option["adresse"] for option in groups["Cas"]] == ["/cas/arpejeh"]
    assert "/organisations/arpejeh" in [option["adresse"] for option in groups["Organisations"]]
    for options in groups.values():
        for option in options:
            visitor.open(option["adresse"])
    assert visitor.fetch("/suggestions").get_json() == {"groupes": []}
    assert visitor.fetch("/suggestions?q=" + "%00(*" * 50).status_code == 200


def test_the_lexicon_lists_every_entry_in_alphabetical_order(tmp_path: Path) -> None:
    cases = write_site(tmp_path / "cases")
    (cases / "lexique.yaml").write_text(
        "- {terme: RSE, equivalents: [responsabilité sociétale]}\n- {terme: ESS, equivalents: [économie sociale]}\n",
        encoding="utf-8",
    )
    settings = Settings(cases=cases, index=tmp_path / "index", instance=tmp_path / "instance")
    page = Visitor(create_app(settings)).open("/lexique")
    assert [term.text for term in page.all("dt")] == ["ESS", "RSE"]
    assert "responsabilité sociétale" in page.one("dl", cls="lexique").text


def test_a_search_that_finds_nothing_is_counted_each_time_and_one_that_finds_is_not(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    write_site(cases)
    settings = Settings(cases=cases, index=tmp_path / "index", instance=tmp_path / "instance")
    visitor = create_app(settings).test_client()
    for words in ("zygomatique", "zygomatique", "consigne", ""):
        assert visitor.get("/recherche", query_string={"q": words} if words else {}).status_code == 200
    visitor.get("/recherche?q=zygomatique&region=corse")
    log = UnansweredLog(settings.instance / "sans-reponse", settings.unanswered_days)
    assert log.most(today()) == (Unanswered("zygomatique", 2),)


def test_counting_can_be_switched_off(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    write_site(cases)
    settings = Settings(cases=cases, index=tmp_path / "i", instance=tmp_path / "n", unanswered_days=0)
    create_app(settings).test_client().get("/recherche?q=zygomatique")
    assert not (settings.instance / "sans-reponse").exists()
