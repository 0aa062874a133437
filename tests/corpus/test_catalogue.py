from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kb.corpus.catalogue import load, scan, write_case
from kb.corpus.files import write_atomically
from kb.errors import ConflictError, TaxonomyError
from tests.corpus.samples import VALID, write_corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_corpus(tmp_path, {"atelier-du-pont": VALID})


def test_good_cases_are_kept_whatever_lies_beside_them(folder: Path) -> None:
    (folder / "vide.md").write_bytes(b"")
    (folder / "dossier.md").mkdir()
    (folder / "lien.md").symlink_to(folder / "atelier-du-pont.md")
    (folder / "Mauvais Nom.md").write_text(VALID)
    (folder / "enorme.md").write_bytes(b"x" * 5_000_000)
    (folder / "latin.md").write_bytes(VALID.encode("latin-1", "replace"))
    (folder / "sous").mkdir()
    (folder / "sous" / "atelier-du-pont.md").write_text(VALID)
    corpus = load(folder)
    assert list(corpus.cases) == ["atelier-du-pont"]
    told = {problem.path.partition("/")[2]: (problem.message, problem.cure) for problem in corpus.problems}
    assert set(told) == {
        "vide.md", "dossier.md", "lien.md", "Mauvais Nom.md", "enorme.md", "latin.md", "sous/atelier-du-pont.md",
    }  # fmt: skip
    assert "5000000"[:4] not in told["enorme.md"][0]
    assert "256 au plus" in told["enorme.md"][0]
    assert "même adresse que atelier-du-pont.md" in told["sous/atelier-du-pont.md"][0]
    assert "lien symbolique" in told["lien.md"][0]
    assert all(message and cure for message, cure in told.values())


def test_the_digest_follows_cases_and_vocabularies_only(folder: Path) -> None:
    first = load(folder)
    (folder / "notes.txt").write_text("rien")
    assert load(folder).digest == first.digest
    (folder / "atelier-du-pont.md").write_text(VALID.replace("Redon", "Rennes"))
    second = load(folder, first)
    assert second.digest != first.digest
    (folder / "organisations.yaml").write_text("- nom: Autre\n  type: association\n")
    assert load(folder, second).digest != second.digest


def test_unchanged_files_are_not_read_again(folder: Path) -> None:
    (folder / "autre.md").write_text(VALID)
    first = load(folder)
    (folder / "autre.md").write_text(VALID.replace("Redon", "Rennes"))
    second = load(folder, first)
    assert second.readings["atelier-du-pont.md"] is first.readings["atelier-du-pont.md"]
    assert second.readings["autre.md"] is not first.readings["autre.md"]


def test_a_change_of_vocabulary_reads_everything_again(folder: Path) -> None:
    first = load(folder)
    (folder / "organisations.yaml").write_text("- nom: Atelier du Pont\n  type: association\n")
    second = load(folder, first)
    assert second.cases == {}
    assert "vouliez-vous dire « Atelier du Pont »" in second.problems[0].cure


def test_a_case_is_written_only_over_what_was_read(folder: Path) -> None:
    path = folder / "atelier-du-pont.md"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    write_case(folder, "atelier-du-pont", "nouveau", digest)
    assert path.read_text() == "nouveau"
    with pytest.raises(ConflictError):
        write_case(folder, "atelier-du-pont", "encore", digest)
    with pytest.raises(ConflictError):
        write_case(folder, "atelier-du-pont", "encore", None)
    assert path.read_text() == "nouveau"


@pytest.mark.parametrize("slug", ["../ailleurs", "a/b", "", ".cache", "Majuscule", "x" * 200, "a\x00b"])
def test_a_slug_never_leads_out_of_the_folder(folder: Path, slug: str) -> None:
    with pytest.raises(ValueError, match="mal formée"):
        write_case(folder, slug, "x", None)


def test_a_failed_write_leaves_the_old_file_and_no_litter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "atelier-du-pont.md"

    def full(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"autre")
    assert path.read_text() == VALID
    assert set(scan(folder)) == {path.name for path in folder.iterdir()}


def test_a_broken_vocabulary_is_said_with_its_place(folder: Path) -> None:
    (folder / "organisations.yaml").write_text("- nom: X\n  type: licorne\n")
    with pytest.raises(TaxonomyError, match=r"« X ».*type inconnu « licorne »"):
        load(folder)
