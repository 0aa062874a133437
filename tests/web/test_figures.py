from __future__ import annotations

import re

import pytest

from kb.web.pages.maps import level
from tests.web.conftest import VARIANTS, Visitor
from tests.web.document import Node


def number(node: Node) -> int:
    return int(re.findall(r"\d+", node.text)[-1])


@pytest.mark.parametrize(
    "address", ["/chiffres", "/chiffres?etape=modelisation", "/chiffres?q=consigne&sauf_region=corse"]
)
def test_every_number_leads_to_exactly_its_cases(visitor: Visitor, address: str) -> None:
    page = visitor.open(address)
    checked = 0
    for table in page.all("table"):
        for link in [link for cell in table.all("td") for link in cell.all("a")]:
            found = visitor.fetch(link["href"]).get_data(as_text=True)
            assert f'data-total="{number(link)}"' in found, link["href"]
            checked += 1
    assert checked > 20


def test_the_map_says_each_count_and_what_has_no_place(visitor: Visitor) -> None:
    page = visitor.open("/chiffres")
    labels = [node["aria-label"] for node in page.one("svg", cls="carte").all("a")]
    assert len(labels) == 18
    assert f"La Réunion\u00a0: {VARIANTS + 1} cas" in labels
    assert "sans localisation\u00a0: 0" in page.one("main").text


def test_years_and_stages_lead_to_their_cases(visitor: Visitor) -> None:
    page = visitor.open("/chiffres")
    for link in (*page.one("svg", cls="annee").all("a"), *page.one("ol", cls="barres").all("a")):
        assert visitor.open(link["href"]).by_id("resultats")
    years = {link["aria-label"] for link in page.one("svg", cls="annee").all("a")}
    assert "2008\u00a0: 2 cas" in years


def test_figures_keep_the_filters_of_the_search(visitor: Visitor) -> None:
    page = visitor.open("/chiffres?region=corse&q=mobilité")
    assert [link["href"] for link in page.all("a", cls="puce")] == [
        "/chiffres?region=corse",
        "/chiffres?q=mobilit%C3%A9",
    ]
    assert page.one("main").text.count("1 cas") >= 1


@pytest.mark.parametrize(
    ("count", "most", "step"), [(0, 0, 0), (0, 9, 0), (1, 100, 1), (20, 100, 2), (50, 100, 3), (100, 100, 4), (1, 1, 4)]
)
def test_a_region_without_a_case_is_never_filled_like_one_that_has_some(count: int, most: int, step: int) -> None:
    assert level(count, most) == step
