"""The real case files, all shown."""

from __future__ import annotations

import pytest

from kb.config import ROOT, Settings
from kb.web import create_app
from tests.web.conftest import Visitor


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    base = tmp_path_factory.mktemp("reel")
    return Visitor(create_app(Settings(cases=ROOT / "cases", index=base / "index", instance=base / "instance")))


def test_every_published_case_and_organisation_has_a_good_page(real: Visitor) -> None:
    addresses = [
        part.split("</loc>")[0] for part in real.fetch("/sitemap.xml").get_data(as_text=True).split("<loc>")[1:]
    ]
    cases = [address for address in addresses if "/cas/" in address]
    assert len(cases) >= 48
    for address in cases:
        page = real.open(address)
        assert page.one("ol", cls="sources").all("li")
    for address in [one for one in addresses if "/organisations/" in one][::10]:
        assert real.open(address).all("li", cls="card")


@pytest.mark.parametrize(
    "address",
    ["/", "/recherche?q=mécénat de compétences", "/chiffres", "/organisations", "/methode", "/domaines/sante"],
)
def test_the_main_pages_hold_with_the_real_corpus(real: Visitor, address: str) -> None:
    assert real.open(address).one("main").all("a")
