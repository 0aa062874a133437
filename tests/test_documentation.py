"""Documentation is executable: what it names exists, and what exists is named."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from kb.cli import main
from kb.config import ROOT, Settings
from kb.corpus.schema import FIELD_NAMES
from kb.corpus.taxonomy import FACET_NAMES

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "index" / "README.md"])


def test_readme_opens_with_the_two_commands_that_the_makefile_has() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = re.findall(r"^make (\w+)", README, re.MULTILINE)
    assert commands == ["site", "tests"]
    assert set(commands) <= targets


def test_ci_runs_the_second_command() -> None:
    assert "make tests" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"`kb {command}" in README


def test_the_readme_names_no_command_that_does_not_exist() -> None:
    assert set(re.findall(r"`kb (\w+)", README)) <= set(main.commands)


def test_every_setting_is_documented_and_read() -> None:
    documented = set(re.findall(r"`(KB_\w+)`", README))
    assert documented == {f"KB_{field.name.upper()}" for field in dataclasses.fields(Settings)}


@pytest.mark.parametrize("key", FIELD_NAMES)
def test_every_key_of_a_case_file_is_in_the_guide(key: str) -> None:
    assert f"| `{key}` |" in (ROOT / "docs" / "guide-du-curateur.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("facet", FACET_NAMES)
def test_every_facet_is_an_option_of_search(facet: str) -> None:
    options = {option for parameter in main.commands["search"].params for option in parameter.opts}
    assert {f"--{facet}", f"--sauf-{facet}"} <= options


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_guide_shows_every_screenshot_of_the_workspace_and_they_stay_light() -> None:
    from bench.captures import FOLDER, NAMES

    shown = re.findall(
        r"!\[[^\]]+\]\(captures/([a-z-]+)\.png\)", (ROOT / "docs" / "guide-du-curateur.md").read_text("utf-8")
    )
    assert sorted(shown) == sorted(NAMES)
    files = {path.stem: path.stat().st_size for path in FOLDER.iterdir()}
    assert set(files) == set(NAMES)
    assert sum(files.values()) < 1_500_000


def test_the_changelog_has_a_place_for_what_comes() -> None:
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
