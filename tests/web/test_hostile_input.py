"""Whatever is typed in an address, a normal page answers."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from flask import Flask

from kb.config import Settings
from kb.errors import IndexUnavailableError
from kb.web import create_app
from kb.web.errors import MAX_ADDRESS
from kb.web.state import State
from tests.web.conftest import Visitor
from tests.web.document import check_conventions, parse

TYPED = [
    "???",
    "*",
    "**",
    "a*",
    '"consigne',
    '"""',
    "(((((consigne",
    ")))",
    "[[]]{}",
    "consigne ET OU SAUF",
    "-",
    "--consigne",
    "titre:consigne OR categorie:x",
    "a..z",
    "/.*/",
    "consigne~9",
    "\x00consigne\x00",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") * 20,
    "مرحبا بالعالم",
    "'; DROP TABLE cas; --",
    "<script>alert(1)</script>",
    "{{ 7 * 7 }} {% raw %}",
    "%00%0d%0aSet-Cookie: a=b",
    "œuvre Œuvre l'œuvre qu'aujourd'hui",
    "e\u0301cole",
    "\u202e\u200b\ufeff",
    "a " * 5_000,
    "consigne" * 1_250,
    "(" * 1_000,
    "aa* OU " * 200,
]


@pytest.mark.parametrize("typed", TYPED, ids=range(len(TYPED)))
def test_any_search_gives_a_normal_page_quickly(visitor: Visitor, typed: str) -> None:
    started = time.process_time()
    page = visitor.open(f"/recherche?q={quote(typed)}")
    assert time.process_time() - started < 3
    assert page.by_id("q")
    assert not page.one("main").all("script")


@pytest.mark.parametrize(
    "query",
    [
        "page=9999",
        "page=-1&page=2",
        "page=deux",
        "page=99999999999999999999",
        "region=atlantide&couleur=bleu&tri=hasard",
        "region=bretagne&region=bretagne&region=bretagne",
        "sauf_region=bretagne&region=bretagne",
        "de=3000&a=12&de=x",
        "q=consigne&q=autre",
        "%ff=%fe&q=%e9",
        "&&&=&=x",
        "tri=pertinence",
    ],
)
def test_any_parameter_gives_a_normal_page(visitor: Visitor, query: str) -> None:
    response = visitor.fetch(f"/recherche?{query}", follow_redirects=True)
    assert response.status_code == 200
    check_conventions(parse(response.get_data(as_text=True)))


def test_a_page_past_the_end_shows_the_last_one(visitor: Visitor) -> None:
    page = visitor.open("/recherche?page=9999")
    assert page.one("ol", cls="liste")["start"] == "13"


@pytest.mark.parametrize("query", ["page=9999", "q=%00&region=x", "de=2010&a=2009"])
def test_the_figures_and_the_cases_bear_the_same_addresses(visitor: Visitor, query: str) -> None:
    visitor.open(f"/chiffres?{query}")
    visitor.open(f"/cas/arpejeh?{query}")


def test_a_selection_keeps_only_what_exists(visitor: Visitor) -> None:
    page = visitor.open("/selection?cas=arpejeh&cas=../x&cas=arpejeh&cas=<b>&retire=nul")
    assert page.one("h1").text.endswith("1 cas")
    visitor.open("/comparer?cas=arpejeh&cas=zzz")


def test_an_endless_address_is_refused_with_a_page(visitor: Visitor) -> None:
    page = visitor.open(f"/recherche?q={'a' * MAX_ADDRESS}", 414)
    assert page.one("h1").text == "Adresse trop longue"


def test_a_failure_of_the_corpus_is_a_page_that_needs_no_corpus(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings)
    state: State = app.extensions["alliances"]

    def fail() -> None:
        raise IndexUnavailableError("L'index ne peut être ouvert.")

    monkeypatch.setattr(state.knowledge_base, "current", fail)
    page = Visitor(app).open("/recherche", 503)
    assert page.one("h1").text == "Recherche indisponible"
    Visitor(app).open("/cas/x", 503)
    assert Visitor(app).fetch(state.site.assets.href("css/site.css")).status_code == 200


def test_an_unforeseen_failure_is_a_page_and_is_logged(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)

    def fail() -> None:
        raise ZeroDivisionError("imprévu")

    monkeypatch.setattr(app.extensions["alliances"].knowledge_base, "current", fail)
    page = Visitor(app).open("/", 500)
    assert page.one("h1").text == "Panne du site"
    assert "imprévu" not in page.text
    assert "imprévu" in caplog.text


def test_an_error_is_never_kept_by_a_cache(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = create_app(settings)
    monkeypatch.setattr(broken.extensions["alliances"].knowledge_base, "current", lambda: 1 / 0)
    response = Visitor(broken).fetch("/")
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
    assert "ETag" not in Visitor(app).fetch("/nulle-part").headers
