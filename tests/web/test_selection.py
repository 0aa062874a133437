from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.web.conftest import Visitor
from tests.web.document import plain


def test_a_card_can_be_selected_without_javascript(visitor: Visitor) -> None:
    form = visitor.open("/recherche?q=arpejeh").all("form", cls="choisir")[0]
    assert form["action"] == "/selection"
    assert form["method"] == "get"
    name = form.one("input", type="hidden")
    assert (name["name"], name["value"]) == ("cas", "arpejeh")


def test_a_selection_can_grow_without_javascript(visitor: Visitor) -> None:
    page = visitor.open("/selection?cas=arpejeh&q=corse mobilité")
    found = page.one("ul", cls="sol").all("a")
    added = next(link["href"] for link in found if "Corse" in link.text)
    assert added == "/selection?cas=arpejeh&cas=corse-mobilite-solidaire"
    assert len(visitor.open(added).all("li", cls="card")) == 2


def test_a_removed_case_can_be_taken_back(visitor: Visitor) -> None:
    page = visitor.open("/selection?cas=arpejeh&cas=reutiliz")
    removal = page.all("a", data_retirer="arpejeh")[0]["href"]
    assert parse_qs(urlsplit(removal).query) == {"cas": ["reutiliz"], "retire": ["arpejeh"]}
    after = visitor.open(removal)
    undo = after.one("p", cls="avis").one("a")
    assert undo["href"] == "/selection?cas=reutiliz&cas=arpejeh"


def test_the_address_to_share_holds_the_selection(visitor: Visitor) -> None:
    page = visitor.open("/selection?cas=arpejeh")
    mail = next(link["href"] for link in page.all("a") if link["href"].startswith("mailto:?body="))
    assert "cas%3Darpejeh" in mail


def test_cases_are_compared_line_by_line(visitor: Visitor) -> None:
    page = visitor.open("/comparer?cas=arpejeh&cas=reutiliz")
    heads = [node.text for node in page.one("tbody").all("th")]
    assert {"Catégorie", "Étape", "Porteur", "Chiffres"} <= set(heads)
    figures = next(row for row in page.one("tbody").all("tr") if row.one("th").text == "Chiffres")
    assert "Objectif annoncé" in figures.all("td")[1].text


def test_identical_lines_can_be_hidden(visitor: Visitor) -> None:
    whole = visitor.open("/comparer?cas=consigne-1&cas=consigne-2")
    toggle = next(link for link in whole.all("a") if link.text == "Masquer les lignes identiques")
    short = visitor.open(toggle["href"])
    assert [row.one("th").text for row in short.one("tbody").all("tr")] == ["Quand"]
    assert "lignes masquées" in short.one("main").text


def test_one_case_alone_asks_for_another(visitor: Visitor) -> None:
    page = visitor.open("/comparer?cas=arpejeh")
    assert plain(page.one("p", cls="avis").text) == "Ajoutez au moins un autre cas."


def test_at_most_four_cases_are_compared(visitor: Visitor) -> None:
    address = "/comparer?" + "&".join(f"cas=consigne-{number}" for number in range(1, 8))
    assert len(visitor.open(address).one("thead").all("th")) == 5


def test_comparing_nothing_leads_to_the_selection(visitor: Visitor) -> None:
    assert visitor.fetch("/comparer").location == "/selection"
