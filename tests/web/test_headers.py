from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Blueprint, Flask

from kb.config import Settings
from kb.web import caching, create_app
from kb.web.assets import Assets
from tests.web.conftest import Visitor, write_site


def test_nothing_inline_and_nothing_foreign_may_run(visitor: Visitor) -> None:
    policy = visitor.fetch("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_secure_site_asks_browsers_to_stay_secure(visitor: Visitor, settings: Settings) -> None:
    assert "max-age" in visitor.fetch("/").headers["Strict-Transport-Security"]
    plain = create_app(Settings(cases=settings.cases, index=settings.index, instance=settings.instance))
    assert "Strict-Transport-Security" not in Visitor(plain).fetch("/").headers


def test_a_page_is_not_sent_again_until_something_changes(visitor: Visitor) -> None:
    first = visitor.fetch("/recherche?q=consigne")
    assert first.headers["Cache-Control"] == "public, no-cache"
    tag = first.headers["ETag"]
    again = visitor.fetch("/recherche?q=consigne", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == tag
    other = visitor.fetch("/recherche?q=consigne", headers={"If-None-Match": 'W/"autre"'})
    assert other.status_code == 200


def test_an_edited_corpus_and_another_day_change_the_tag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datetime

    settings = Settings(cases=write_site(tmp_path / "cases"), index=tmp_path / "index", instance=tmp_path / "instance")
    visitor = Visitor(create_app(settings))
    first = visitor.fetch("/").headers["ETag"]
    (settings.cases / "consigne-1.md").unlink()
    second = visitor.fetch("/").headers["ETag"]
    monkeypatch.setattr(caching, "today", lambda: datetime.date(2031, 1, 1))
    assert len({first, second, visitor.fetch("/").headers["ETag"]}) == 3


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_pages_and_style_sheets_are_compressed(visitor: Visitor, app: Flask, encoding: str) -> None:
    sheet = app.extensions["alliances"].site.assets.href("css/site.css")
    for address in ("/recherche", sheet):
        whole = visitor.fetch(address)
        small = visitor.fetch(address, headers={"Accept-Encoding": encoding})
        assert small.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in small.headers["Vary"]
        assert len(small.data) < len(whole.data) / 3


def test_static_files_may_be_kept_for_good_because_their_address_changes(visitor: Visitor, app: Flask) -> None:
    assets: Assets = app.extensions["alliances"].site.assets
    href = assets.href("fonts/texte.woff2")
    response = visitor.fetch(href)
    assert "immutable" in response.headers["Cache-Control"]
    assert response.content_type == "font/woff2"
    old = visitor.fetch(href.replace(assets.version, "0" * 12))
    assert old.data == response.data
    assert "immutable" not in old.headers["Cache-Control"]
    assert visitor.fetch(f"/static/{assets.version}/../app.py").status_code == 404
    assert visitor.fetch(f"/static/{assets.version}/css/absent.css").status_code == 404


def test_the_version_of_the_static_files_follows_their_content() -> None:
    assets = Assets.read()
    asset = assets.get("js/site.js")
    assert asset is not None
    files = {"js/site.js": asset}
    changed = {"js/site.js": type(asset)(asset.content + b"\n", asset.media_type)}
    assert Assets(files).version == Assets(files).version != Assets(changed).version


def test_what_a_page_loads_is_light(visitor: Visitor, app: Flask) -> None:
    assets: Assets = app.extensions["alliances"].site.assets
    fonts = sum(
        len(asset.content)
        for name in ("texte", "texte-italique", "titre")
        if (asset := assets.get(f"fonts/{name}.woff2"))
    )
    assert fonts < 80_000
    sheet = visitor.fetch(assets.href("css/site.css"), headers={"Accept-Encoding": "gzip"})
    assert len(sheet.data) < 12_000
    page = visitor.fetch("/recherche?q=consigne", headers={"Accept-Encoding": "br"})
    assert len(page.data) < 20_000


def test_files_named_by_the_style_sheet_and_the_modules_exist() -> None:
    assets = Assets.read()
    sheet = assets.get("css/site.css")
    assert sheet is not None
    for name in re.findall(r"url\(\"\.\./([^\"]+)\"\)", sheet.content.decode()):
        assert assets.get(name), name
    for module in ("site", "recherche", "selection"):
        asset = assets.get(f"js/{module}.js")
        assert asset is not None
        for name in re.findall(r"from '\./([^']+)'", asset.content.decode()):
            assert assets.get(f"js/{name}"), name


def test_a_page_already_made_is_sent_again_as_it_was(visitor: Visitor) -> None:
    first = visitor.fetch("/recherche?q=consigne", headers={"Accept-Encoding": "br"})
    again = visitor.fetch("/recherche?q=consigne", headers={"Accept-Encoding": "br"})
    assert again.data == first.data
    assert dict(again.headers) == dict(first.headers)
    assert "Content-Encoding" not in visitor.fetch("/recherche?q=consigne").headers


def test_the_memory_of_pages_forgets_the_oldest_and_never_grows_past_its_size() -> None:
    memory = caching.Memory(30)
    for number in range(4):
        memory.keep(number, caching.Kept(bytes(10), "text/html", None))
        memory.get(0)
    assert memory.get(0)
    assert memory.get(1) is None
    assert memory.get(3)
    memory.keep("grande", caching.Kept(bytes(31), "text/html", None))
    assert memory.get("grande") is None
    assert memory.get(3)


def test_what_is_not_a_public_page_is_never_kept(settings: Settings) -> None:
    app = create_app(settings)
    private = Blueprint("prive", __name__)
    private.add_url_rule("/prive", view_func=lambda: "secret")
    app.register_blueprint(private)
    response = Visitor(app).fetch("/prive")
    assert response.headers["Cache-Control"] == "no-store"
    assert "ETag" not in response.headers
