from __future__ import annotations

from urllib.parse import urlsplit
from xml.etree import ElementTree

from tests.web.conftest import SITE, VARIANTS, Visitor

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def test_the_site_map_lists_every_case_and_only_pages_that_answer(visitor: Visitor) -> None:
    response = visitor.fetch("/sitemap.xml")
    assert response.content_type == "application/xml; charset=utf-8"
    places = [node.text or "" for node in ElementTree.fromstring(response.data).iter(f"{SITEMAP}loc")]  # noqa: S314
    assert len(places) == len(set(places))
    assert sum(place.startswith(f"{SITE}/cas/") for place in places) == 6 + VARIANTS
    for place in places:
        assert visitor.fetch(urlsplit(place).path).status_code == 200, place


def test_robots_may_read_everything_but_combinations_of_filters(visitor: Visitor) -> None:
    text = visitor.fetch("/robots.txt").get_data(as_text=True)
    assert f"Sitemap: {SITE}/sitemap.xml" in text
    assert "Disallow: /recherche?" in text
    assert "Disallow: /\n" not in text


def test_a_browser_can_search_from_its_address_bar(visitor: Visitor) -> None:
    document = ElementTree.fromstring(visitor.fetch("/opensearch.xml").data)  # noqa: S314
    template = document.find(f"{OPENSEARCH}Url")
    assert template is not None
    assert template.get("template") == f"{SITE}/recherche?q={{searchTerms}}"
    assert visitor.open("/").one("link", rel="search")["href"] == "/opensearch.xml"


def test_the_icon_and_the_shared_picture_are_pictures(visitor: Visitor) -> None:
    assert visitor.fetch("/favicon.ico").data.startswith(b"\0\0\1\0")
    picture = visitor.open("/").one("meta", property="og:image")["content"]
    assert visitor.fetch(urlsplit(picture).path).data.startswith(b"\x89PNG")


def test_filtered_searches_are_not_indexed(visitor: Visitor) -> None:
    assert visitor.open("/recherche?region=corse").all("meta", name="robots")
    assert not visitor.open("/recherche").all("meta", name="robots")
    assert not visitor.open("/cas/arpejeh").all("meta", name="robots")
