from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from flask import Flask

from kb.config import Settings
from kb.corpus.case import SECTIONS
from kb.search.query import SearchQuery
from kb.web import create_app
from kb.web.pages.fiche import case_page, short_title
from kb.web.state import context
from tests.web.conftest import SITE, Visitor, write_site
from tests.web.document import plain


def test_a_case_shows_its_seven_parts_its_table_and_its_sources_in_order(visitor: Visitor) -> None:
    page = visitor.open("/cas/arpejeh")
    parts = [section["id"] for section in page.all("section") if "id" in section.attributes]
    expected = [key for key, _ in SECTIONS]
    expected.insert(2, "qui-apporte-quoi")
    assert parts[: len(expected) + 1] == [*expected, "sources"]
    contents = page.one("nav", aria_labelledby="som").all("a")
    assert [link["href"] for link in contents][: len(expected)] == [f"#{part}" for part in expected]


def test_the_notes_of_the_text_and_of_the_table_lead_to_the_sources_and_back(visitor: Visitor) -> None:
    page = visitor.open("/cas/arpejeh")
    sources = page.one("ol", cls="sources").all("li")
    assert len(sources) == 10
    anchors = {source["id"] for source in sources}
    calls = [node for node in page.all("a") if (node.get("href") or "").startswith("#fn-")]
    assert {call["href"][1:] for call in calls} == anchors
    table = page.one("table", cls="apports")
    assert [node for node in table.all("a") if node["href"].startswith("#fn-")]
    assert page.all("a", cls="retour")


def test_the_table_says_what_each_partner_brings_and_what_is_not_known(visitor: Visitor) -> None:
    rows = visitor.open("/cas/arpejeh").one("table", cls="apports").one("tbody").all("tr")
    assert len(rows) == 10
    said = {plain(row.one("th").text).split("Asso")[0].split("Entr")[0].strip(): row for row in rows}
    assert "Enquête de départ" in said["SFR"].text
    assert said["Air France"].all("span", cls="rien")[0].text == "Non documenté"
    assert said["SFR"].one("th").one("a")["href"] == "/organisations/sfr"


def test_an_unnamed_group_has_no_link(visitor: Visitor) -> None:
    rows = visitor.open("/cas/reutiliz").one("table", cls="apports").one("tbody").all("tr")
    group = next(row for row in rows if "restaurateurs" in row.one("th").text)
    assert not group.one("th").all("a")


def test_an_announced_aim_is_not_shown_as_a_result(visitor: Visitor) -> None:
    page = visitor.open("/cas/reutiliz")
    aims = page.all("div", cls="objectif")
    assert len(aims) == 1
    assert "Objectif annoncé" in aims[0].text
    assert "laver" in aims[0].text


def test_a_case_knows_its_place_in_the_search_it_was_opened_from(visitor: Visitor) -> None:
    page = visitor.open("/cas/consigne-2?q=variante&tri=titre")
    walk = page.one("nav", cls="marche")
    assert re.search(r"\d+ sur 10", walk.text)
    back = page.one("nav", cls="fil").all("a")[1]
    assert plain(back.text) == "Résultats pour « variante »"
    assert back["href"] == "/recherche?q=variante&tri=titre"
    following = walk.one("a", rel="next")["href"]
    assert following.endswith("?q=variante&tri=titre")
    returned = visitor.open(following).one("nav", cls="marche").one("a", rel="prev")["href"]
    assert returned == "/cas/consigne-2?q=variante&tri=titre"
    assert page.one("link", rel="canonical")["href"] == f"{SITE}/cas/consigne-2"


def test_the_way_back_leads_to_the_page_of_results_that_holds_the_case(visitor: Visitor) -> None:
    page = visitor.open("/recherche?tri=titre&page=2")
    href = page.all("h3", cls="titre")[0].one("a")["href"]
    back = visitor.open(href).one("nav", cls="fil").all("a")[1]["href"]
    assert back == "/recherche?tri=titre&page=2"


def test_a_case_that_the_search_does_not_hold_is_shown_all_the_same(visitor: Visitor) -> None:
    page = visitor.open("/cas/arpejeh?q=consigne")
    assert not page.all("nav", cls="marche")


def test_close_cases_say_why_they_are_close(visitor: Visitor) -> None:
    cards = visitor.open("/cas/reutiliz").by_id("proches").all("li", cls="card")
    assert 1 <= len(cards) <= 4
    assert all(card.one("p", cls="raison").text for card in cards)


def test_a_case_says_when_it_was_checked(visitor: Visitor) -> None:
    text = visitor.open("/cas/arpejeh").one("div", cls="ours").text
    assert "vérifiée le" in text


@pytest.mark.parametrize(("today", "stale"), [("2028-11-20", False), ("2029-01-02", True)])
def test_after_two_years_a_notice_says_the_check_is_old(app: Flask, today: str, stale: bool) -> None:
    with app.test_request_context("/"):
        case = context().edition.cases["arpejeh"]
        page = case_page(context(), case, SearchQuery(), datetime.date.fromisoformat(today))
    assert page.checked.stale is stale


def test_what_is_not_documented_invites_to_write(visitor: Visitor) -> None:
    notes = visitor.open("/cas/arpejeh").all("p", cls="manque")
    assert notes
    assert notes[0].one("a")["href"].startswith("mailto:bonjour@alliances.example")


def test_the_markdown_of_a_case_is_its_own_file(visitor: Visitor, settings: Settings) -> None:
    response = visitor.fetch("/cas/arpejeh.md")
    assert response.content_type == "text/markdown; charset=utf-8"
    assert response.data == (settings.cases / "arpejeh.md").read_bytes()


def test_the_json_of_a_case_holds_its_facts_its_labels_and_its_address(visitor: Visitor) -> None:
    response = visitor.fetch("/cas/arpejeh.json")
    document = response.get_json()
    assert document["adresse"] == f"{SITE}/cas/arpejeh"
    assert document["libelles"]["categorie"] == {"pratiques-responsables": "Pratiques responsables"}
    assert [one["cle"] for one in document["sections"]] == [key for key, _ in SECTIONS]
    assert document["organisations"][1]["source"] == ["handicap-itw"]
    assert "é" in response.get_data(as_text=True)


@pytest.mark.parametrize(
    "address", ["/cas/../taxonomy.md", "/cas/%2e%2e%2ftaxonomy.md", "/cas/taxonomy.md", "/cas/LICENCE.md"]
)
def test_no_other_file_can_be_asked_for(visitor: Visitor, address: str) -> None:
    assert visitor.fetch(address).status_code == 404


def test_an_edited_file_is_seen_at_once_and_a_removed_one_is_gone(tmp_path: Path) -> None:
    settings = Settings(cases=write_site(tmp_path / "cases"), index=tmp_path / "index", instance=tmp_path / "instance")
    visitor = Visitor(create_app(settings))
    assert "numéro 1" in visitor.open("/cas/consigne-1").one("h1").text
    path = settings.cases / "consigne-1.md"
    fresh = settings.cases / "neuf.tmp"
    fresh.write_text(
        path.read_text(encoding="utf-8").replace("Consigne numéro 1", "Consigne renommée"), encoding="utf-8"
    )
    fresh.replace(path)
    assert "renommée" in visitor.open("/cas/consigne-1").one("h1").text
    path.unlink()
    visitor.open("/cas/consigne-1", 404)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Arpejeh, des employeurs réunis", "Arpejeh"),
        ("Métisse : un isolant", "Métisse"),
        ("Un seul nom", "Un seul nom"),
    ],
)
def test_the_breadcrumb_keeps_the_name_of_the_alliance(title: str, name: str) -> None:
    assert short_title(title) == name
