"""A curator with only an editor and git: written, reviewed, read, changed and restored, seen in a real browser."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import Browser, Page, expect

from kb.cli import main
from kb.config import Settings
from kb.knowledge_base import RESCAN_SECONDS
from kb.web import create_app
from tests.corpus.samples import VALID, write_corpus
from tests.curation.conftest import NEW
from tests.web.serving import serving

pytestmark = pytest.mark.browser
TITLE = "Le Verger partagé, des fruits pour tous"
SLUG = "le-verger-partage-des-fruits-pour-tous"
PASSWORD = "une longue phrase de passe"  # noqa: S105
Git = Callable[..., str]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "cases").mkdir()
    write_corpus(tmp_path / "cases", {"atelier-du-pont": VALID})
    return Settings(cases=tmp_path / "cases", index=tmp_path / "index", instance=tmp_path / "instance")


@pytest.fixture
def git(settings: Settings) -> Git:
    """Runs git in the folder that holds the cases, which are committed already."""

    def run(*arguments: str, who: str = "Alma Costa") -> str:
        person = ["-c", f"user.name={who}", "-c", f"user.email={who.split(maxsplit=1)[0].lower()}@alliances.example"]
        command = ["git", "-C", str(settings.cases.parent), *person, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    run("init", "--quiet", "--initial-branch=main")
    run("add", "cases")
    run("commit", "--quiet", "--message=Les premières fiches")
    return run


@pytest.fixture
def kb(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    for name in ("cases", "index", "instance"):
        monkeypatch.setenv(f"KB_{name.upper()}", str(getattr(settings, name)))
    return lambda *arguments, **options: CliRunner().invoke(main, list(arguments), **options)


@pytest.fixture
def site(settings: Settings) -> Iterator[str]:
    with serving(create_app(settings)) as address:
        yield address


def save(path: Path, old: str, new: str) -> None:
    """Change the file as an editor does."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def reload(page: Page, seen: Callable[[], bool]) -> None:
    """Reload a page until it shows something: a file that an editor writes in place is seen within a second or so."""
    for _ in range(40):
        page.reload()
        if seen():
            return
        page.wait_for_timeout(RESCAN_SECONDS * 1000 / 4)
    pytest.fail(f"{page.url} ne montre pas le changement")


def test_from_a_new_file_to_an_older_version_restored(
    browser: Browser, site: str, settings: Settings, git: Git, kb: Callable[..., Result]
) -> None:
    reader = browser.new_context(base_url=site).new_page()
    git("switch", "--quiet", "--create", "verger")
    made = kb("new", TITLE)
    path = Path(made.stdout.strip())
    assert path == settings.cases / f"{SLUG}.md"
    assert kb("check", SLUG).exit_code == 1

    path.write_text(NEW, encoding="utf-8")
    complaints = kb("check", SLUG).stdout.splitlines()
    assert len(complaints) == 1
    assert "non relue" in complaints[0]
    git("add", "cases")
    git("commit", "--quiet", "--message=Le Verger partagé")
    assert reader.goto(f"/cas/{SLUG}").status == 404  # type: ignore[union-attr]

    changed = git("diff", "main...verger", who="Rachid Benali")
    assert f"+titre: {TITLE}" in changed
    save(path, "cree: 2024-11-21", "cree: 2024-11-21, verifie: 2024-11-22")
    checked = kb("check", SLUG)
    assert (checked.exit_code, checked.output) == (0, "")
    git("commit", "--quiet", "--all", "--message=Le Verger partagé, relu", who="Rachid Benali")
    git("switch", "--quiet", "main")
    git("merge", "--quiet", "--no-edit", "verger", who="Rachid Benali")

    reader.goto("/")
    reader.fill("input[type=search]", "verger")
    reader.keyboard.press("Enter")
    reader.click("text=Le Verger partagé")
    expect(reader.locator("h1")).to_contain_text("Le Verger partagé")
    assert "Brest même" not in reader.content()

    save(path, "lieu: Brest", "lieu: Brest même")
    assert kb("check", SLUG).exit_code == 0
    git("commit", "--quiet", "--all", "--message=Le lieu du verger")
    reload(reader, lambda: "Brest même" in reader.content())
    history = git("log", "--format=%an : %s", "--", f"cases/{SLUG}.md").splitlines()
    assert history == [
        "Alma Costa : Le lieu du verger",
        "Rachid Benali : Le Verger partagé, relu",
        "Alma Costa : Le Verger partagé",
    ]

    git("restore", "--source=HEAD~1", f"cases/{SLUG}.md")
    git("commit", "--quiet", "--all", "--message=Le lieu d'avant")
    reload(reader, lambda: "Brest même" not in reader.content())
    assert "lieu: Brest\n" in path.read_text(encoding="utf-8")


def test_the_workspace_knows_what_git_did_and_takes_it_back(
    browser: Browser, site: str, settings: Settings, git: Git, kb: Callable[..., Result]
) -> None:
    arguments = ("curator", "add", "alma", "--nom", "Alma Costa", "--role", "administrateur")
    assert kb(*arguments, input=f"{PASSWORD}\n").exit_code == 0
    page = browser.new_context(base_url=site).new_page()
    page.goto("/atelier/")
    page.fill("#identifiant", "alma")
    page.fill("#passe", PASSWORD)
    page.click("main form button")
    address = "/atelier/fiches/atelier-du-pont/historique"
    page.goto(address)
    path = settings.cases / "atelier-du-pont.md"
    save(path, "lieu: Redon", "lieu: Redon même")
    git("commit", "--quiet", "--all", "--message=Le lieu du pont")
    reload(page, lambda: page.locator("tbody tr").count() == 2)
    expect(page.locator("tbody tr").first).to_contain_text(re.compile("Modifiée hors de l.atelier"))
    page.click("text=Rétablir")
    expect(page.locator("tbody tr").first).to_contain_text("Rétablit la version 1")
    assert path.read_text(encoding="utf-8") == VALID
    assert "lieu: Redon\n" in git("diff", "--unified=0")
