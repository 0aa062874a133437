"""A small site for the tests: the six worked files, some variants to fill two pages, a registry."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from kb.config import ROOT, Settings
from kb.web import create_app
from kb.web.security import HEADERS
from tests.web.document import Node, check_conventions, parse

SITE = "https://alliances.example"
VARIANTS = 10
REGISTRY = """
- nom: Arpejeh
  type: association
  alias: [Accompagner la réalisation des projets d'études]
  siren: "123456782"
  site: https://www.arpejeh.com/
"""


def write_site(folder: Path) -> Path:
    """Case files for a site of sixteen cases, two pages of results."""
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "cases" / "taxonomy.yaml", folder)
    (folder / "organisations.yaml").write_text(REGISTRY, encoding="utf-8")
    for path in sorted((ROOT / "tests" / "corpora" / "recherche").glob("*.md")):
        shutil.copy(path, folder)
    model = (folder / "reutiliz.md").read_text(encoding="utf-8")
    for number in range(1, VARIANTS + 1):
        title = f"titre: Consigne numéro {number}, un essai de variante"
        copy = re.sub(r"^titre:.*(?:\n  .*)*", title, model, count=1, flags=re.MULTILINE)
        copy = re.sub(r"^debut: \d+", f"debut: {2005 + number}", copy, count=1, flags=re.MULTILINE)
        (folder / f"consigne-{number}.md").write_text(copy, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium. Its absence is a failure in continuous integration, elsewhere a skip that says the cure."""
    found = shutil.which("chromium")
    if found is None:
        message = "chromium est absent : les tests de navigateur sont laissés de côté (apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        launched = playwright.chromium.launch(executable_path=found, args=arguments)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    base = tmp_path_factory.mktemp("site")
    return Settings(
        cases=write_site(base / "cases"),
        index=base / "index",
        instance=base / "instance",
        site_url=SITE,
        contact="bonjour@alliances.example",
    )


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    return create_app(settings)


class Visitor:
    """A client that checks the conventions of every page it opens, and that its links lead somewhere."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._client = app.test_client()
        self._routes = app.url_map.bind("localhost")

    def fetch(self, address: str, **options: object) -> TestResponse:
        """Any answer, its security headers checked."""
        response = self._client.get(address, **options)  # type: ignore[arg-type]
        for name, value in HEADERS.items():
            assert response.headers[name] == value, f"{address}: {name}"
        return response

    def post(self, address: str) -> TestResponse:
        return self._client.post(address)

    def open(self, address: str, status: int = 200) -> Node:
        """A page, checked."""
        response = self.fetch(address)
        assert response.status_code == status, f"{address}: {response.status}"
        assert response.content_type == "text/html; charset=utf-8"
        page = parse(response.get_data(as_text=True))
        check_conventions(page)
        for href in internal_links(page):
            self._resolve(href)
        return page

    def _resolve(self, href: str) -> None:
        try:
            self._routes.match(urlsplit(href).path)
        except RequestRedirect:
            raise AssertionError(f"{href} est redirigé") from None
        except HTTPException as error:
            raise AssertionError(f"{href} ne mène nulle part") from error


def internal_links(page: Node) -> Iterator[str]:
    for node in page.walk():
        href = node.get("href") or node.get("action") or node.get("src") or ""
        if href.startswith("/"):
            yield href


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)
