from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask

from kb.config import ROOT
from tests.web.conftest import SITE, VARIANTS, Visitor, internal_links
from tests.web.document import plain
from tests.web.test_browser import PAGES as BROWSED

CASES = 6 + VARIANTS
PAGES = [
    "/",
    "/recherche",
    "/recherche?q=consigne",
    "/recherche?q=zzyzx&region=bretagne",
    "/cas/arpejeh",
    "/cas/reutiliz?q=consigne",
    "/categories",
    "/categories/mecenat",
    "/dimensions",
    "/dimensions/sociale",
    "/domaines",
    "/domaines/mobilite",
    "/regions",
    "/regions/la-reunion",
    "/regions/nationale",
    "/etapes",
    "/etapes/conception",
    "/organisations",
    "/organisations/arpejeh",
    "/chiffres",
    "/chiffres?q=consigne&region=la-reunion",
    "/selection",
    "/selection?cas=arpejeh&cas=reutiliz",
    "/comparer?cas=arpejeh&cas=reutiliz",
    "/a-propos",
    "/methode",
    "/lexique",
    "/accessibilite",
]


@pytest.mark.parametrize("pages", [PAGES, BROWSED], ids=["fetched", "in a browser"])
def test_every_kind_of_page_is_looked_at(visitor: Visitor, app: Flask, pages: list[str]) -> None:
    routes = app.url_map.bind("localhost")
    looked_at = {routes.match(address.partition("?")[0])[0] for address in pages if address != "/nulle-part"}
    kinds = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.startswith(("atelier.", "fichiers.", "machines."))
    }
    assert kinds - looked_at == {"fiche.data", "fiche.markdown", "recherche.suggestions"}


@pytest.mark.parametrize("address", PAGES)
def test_every_page_keeps_the_conventions_of_the_site(visitor: Visitor, address: str) -> None:
    page = visitor.open(address)
    assert page.one("link", rel="canonical")["href"].startswith(SITE)
    assert page.one("meta", property="og:title")["content"]
    current = [node for node in page.all("a") if node.get("aria-current") == "page"]
    assert all(urlsplit(node["href"]).path for node in current)


def test_every_internal_link_of_the_site_answers(visitor: Visitor) -> None:
    seen: set[str] = set()
    waiting = list(PAGES)
    while waiting:
        address = waiting.pop()
        path = urlsplit(address).path
        if path in seen:
            continue
        seen.add(path)
        response = visitor.fetch(address, follow_redirects=True)
        assert response.status_code == 200, address
        if response.content_type.startswith("text/html"):
            page = visitor.open(response.request.full_path.rstrip("?"))
            waiting += internal_links(page)
    assert sum(path.startswith("/cas/") and "." not in path for path in seen) == CASES


def test_the_home_page_counts_the_categories_and_the_domains(visitor: Visitor) -> None:
    page = visitor.open("/")
    assert f"{CASES} cas entre associations" in page.one("main").text
    tiles = page.one("ul", cls="tuiles").all("li")
    assert len(tiles) == 4
    needs = [link for link in page.all("a") if (link.get("href") or "").startswith("/domaines/")]
    assert len({link["href"] for link in needs}) == 16
    assert all("PHARE" in mark.text or "IMPACT" in mark.text for mark in page.one("ul", cls="reperes").all("li"))


def test_the_page_of_a_domain_defines_it_quotes_the_studies_and_lists_its_cases(visitor: Visitor) -> None:
    page = visitor.open("/domaines/mobilite")
    assert "Pouvoir se déplacer" in page.one("header", cls="entete").text
    mark = page.one("ul", cls="reperes").all("li")[0]
    assert "PHARE-Citoyens, 2015" in mark.text
    assert "2\u202f024 citoyens" in mark.text
    assert [card.one("a")["href"] for card in page.all("h3", cls="titre")] == ["/cas/corse-mobilite-solidaire"]
    assert "Accès au numérique" not in page.one("nav", aria_labelledby="h-vois").text
    assert "Numérique" in page.one("nav", aria_labelledby="h-vois").text


def test_a_term_without_a_case_says_so_and_still_leads_elsewhere(visitor: Visitor) -> None:
    page = visitor.open("/etapes/conception")
    assert plain(page.by_id("h-cas").text) == "Aucun cas pour l'instant"
    assert page.one("nav", aria_labelledby="h-vois").all("a")


def test_a_region_shows_its_neighbours_and_itself_on_the_map(visitor: Visitor) -> None:
    page = visitor.open("/regions/la-reunion")
    chosen = [node for node in page.all("a") if node.get("aria-current") == "true"]
    assert [plain(node["aria-label"]) for node in chosen] == [f"La Réunion : {VARIANTS + 1} cas"]
    assert "Mayotte" in page.one("nav", aria_labelledby="h-vois").text


def test_the_page_of_an_organisation_tells_its_part_and_its_allies(visitor: Visitor) -> None:
    page = visitor.open("/organisations/arpejeh")
    assert "123456782" in page.one("dl", cls="attributs").text
    assert "Porteur" in page.one("dl", cls="part").text
    assert "SFR" in page.one("aside").text


def test_the_list_of_organisations_is_in_french_alphabetical_order(visitor: Visitor) -> None:
    page = visitor.open("/organisations")
    names = [entry.all("a")[0].text for entry in page.one("section", id="lettre-a").all("li")]
    assert names == sorted(names, key=lambda name: plain(name).lower().replace("é", "e"))
    assert not any("producteurs" in entry.text for entry in page.all("li")), "un groupe sans nom n'a pas de page"


def test_the_method_page_explains_every_term_with_an_anchor(visitor: Visitor, app) -> None:  # type: ignore[no-untyped-def]
    page = visitor.open("/methode")
    text = plain(page.one("main").text)
    assert "ne sont pas les monographies de l'Observatoire" in text
    assert "Licence Ouverte 2.0" in text
    assert page.by_id("categorie-mecenat")
    assert page.by_id("odd-17")
    assert len(page.all("dl", cls="definitions")) == 12


def test_about_and_accessibility_say_nothing_that_is_not_so(visitor: Visitor) -> None:
    assert "aucun cookie" in visitor.open("/a-propos").one("main").text
    assert "Aucun audit extérieur" in visitor.open("/accessibilite").one("main").text
    assert "Set-Cookie" not in visitor.fetch("/").headers


@pytest.mark.parametrize("address", ["/nulle-part", "/cas/inconnu", "/domaines/magie", "/organisations/personne"])
def test_an_unknown_address_is_a_page_with_a_search(visitor: Visitor, address: str) -> None:
    page = visitor.open(address, 404)
    assert page.one("h1").text == "Page introuvable"
    assert page.one("form")["action"] == "/recherche"


def test_a_mistyped_case_address_offers_the_close_ones(visitor: Visitor) -> None:
    page = visitor.open("/cas/arpege", 404)
    assert "/cas/arpejeh" in [link["href"] for link in page.one("main").all("a")]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/cas/arpejeh/", "/cas/arpejeh"),
        ("/recherche/?q=vélo&page=2", "/recherche?q=v%C3%A9lo&page=2"),
        ("/regions/la-reunion/", "/regions/la-reunion"),
        ("//alliances.example//cas/arpejeh/", None),
        ("/nulle-part/", None),
    ],
)
def test_a_slash_too_many_leads_to_the_page(visitor: Visitor, asked: str, found: str | None) -> None:
    response = visitor.fetch(asked)
    assert (response.status_code, response.headers.get("Location")) == (308 if found else 404, found)


def test_a_form_sent_to_a_page_that_only_reads_is_refused_with_a_page(visitor: Visitor) -> None:
    response = visitor.post("/recherche")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert "Action impossible ici" in response.get_data(as_text=True)


def test_the_structured_data_of_the_home_page_and_of_a_case_are_valid_json(visitor: Visitor) -> None:
    home = json.loads(visitor.open("/").one("script", type="application/ld+json").text)
    assert home["@type"] == "WebSite"
    case = json.loads(visitor.open("/cas/arpejeh").one("script", type="application/ld+json").text)
    assert case["@type"] == "Article"
    assert case["url"] == f"{SITE}/cas/arpejeh"
    assert len(case["citation"]) == 10


@pytest.mark.parametrize(
    "path", sorted((ROOT / "kb" / "web" / "templates").rglob("*.html")), ids=lambda path: path.name
)
def test_templates_make_no_address_and_trust_nothing(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"""(?:href|action|src)=["']/|url_for|config|\|safe""", source)
