"""What a start keeps for the next one, and when it is not believed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from kb.corpus.catalogue import load
from tests.corpus.samples import VALID, write_corpus

SLUG = "atelier-du-pont"
HARM = {
    "empty": lambda _: b"",
    "cut": lambda data: data[:-20],
    "altered": lambda data: data[:-1] + b"!",
    "another format": lambda data: data[:32] + b"{}",
}


def _corpus(parent: Path, files: Mapping[str, str]) -> Path:
    (parent / "cases").mkdir()
    return write_corpus(parent / "cases", files)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose only case is not the one that `kept` remembers, though its file looks the same from outside."""
    folder = _corpus(tmp_path, {SLUG: VALID})
    load(folder, kept=kept(folder))
    path = folder / f"{SLUG}.md"
    before = path.stat()
    with path.open("r+", encoding="utf-8") as file:
        file.write(VALID.replace("Redon", "Rodez"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return folder


def kept(folder: Path) -> Path:
    return folder.parent / "index" / "fiches.bin"


def place(folder: Path) -> str:
    return load(folder, kept=kept(folder)).cases[SLUG].lieu


def test_a_start_finds_what_the_one_before_read(folder: Path) -> None:
    assert place(folder) == "Redon"
    assert load(folder).cases[SLUG].lieu == "Rodez"
    kept(folder).unlink()
    assert place(folder) == "Rodez"


def test_what_is_found_again_is_what_was_read(tmp_path: Path) -> None:
    broken = VALID.replace("statut: active", "statut: pirate")
    folder = _corpus(tmp_path, {SLUG: VALID, "autre": broken, "vide": ""})
    first = load(folder, kept=kept(folder))
    again = load(folder, kept=kept(folder))
    assert again.readings == first.readings
    assert again.cases == first.cases
    assert again.problems == first.problems
    assert again.digest == first.digest
    assert again.cases[SLUG] is not first.cases[SLUG]


def test_a_file_that_changed_is_read_again(folder: Path) -> None:
    (folder / f"{SLUG}.md").touch()
    assert place(folder) == "Rodez"


def test_another_vocabulary_makes_everything_read_again(folder: Path) -> None:
    (folder / "organisations.yaml").write_text("- nom: Autre\n  type: association\n", encoding="utf-8")
    assert place(folder) == "Rodez"


def test_another_folder_makes_everything_read_again(folder: Path) -> None:
    moved = folder.rename(folder.parent / "fiches")
    assert load(moved, kept=kept(folder)).cases[SLUG].lieu == "Rodez"


@pytest.mark.parametrize("harm", HARM)
def test_a_damaged_file_is_not_believed(folder: Path, harm: str) -> None:
    kept(folder).write_bytes(HARM[harm](kept(folder).read_bytes()))
    assert place(folder) == "Rodez"
    assert place(folder) == "Rodez"


def test_where_nothing_can_be_written_files_are_read(tmp_path: Path) -> None:
    folder = _corpus(tmp_path, {SLUG: VALID})
    (tmp_path / "index").write_text("un fichier à la place du dossier")
    assert place(folder) == "Redon"
