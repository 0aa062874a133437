"""Files out of archives and folders: whatever is sent, nothing is unpacked, nothing blows up."""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.curation.importing import sources
from kb.curation.importing.sources import read_folder, read_zip
from kb.errors import RefusedError
from tests.corpus.samples import VALID
from tests.curation.importing.samples import archive


def test_markdown_files_are_taken_wherever_they_are_and_the_rest_left() -> None:
    found = read_zip(
        archive({
            "fiches/Atelier du Pont.md": "\ufeff" + VALID.replace("\n", "\r\n"), "lisez-moi.txt": "x",
            "__MACOSX/fiches/._Atelier.md": b"\0", ".cache/a.md": "x", "deux.MD": VALID,
        })
    )  # fmt: skip
    assert [(one.name, one.slug, one.refusal) for one in found] == [
        ("fiches/Atelier du Pont.md", "atelier-du-pont", ""),
        ("deux.MD", "deux", ""),
    ]
    assert found[0].text == VALID, "line ends and marks are put right"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.md", "/etc/passwd.md", "a/../../b.md", "..\\..\\b.md", "C:\\windows\\b.md", "C:b.md"],
)
def test_a_path_that_leaves_the_archive_is_refused(name: str) -> None:
    (found,) = read_zip(archive({name: VALID}))
    assert found.refusal == "chemin qui sort de l'archive"
    assert found.text == ""


def test_symbolic_links_and_ciphered_files_are_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        link = zipfile.ZipInfo("lien.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(link, "/etc/passwd")
    (found,) = read_zip(made)
    assert (found.refusal, found.text) == ("lien symbolique", "")
    data = bytearray(archive({"secret.md": VALID}).getvalue())
    place = data.rindex(b"PK\x01\x02") + 8
    data[place : place + 2] = struct.pack("<H", 1)
    (found,) = read_zip(io.BytesIO(bytes(data)))
    assert found.refusal == "fichier chiffré"


def test_a_bomb_costs_no_more_than_the_size_of_a_case() -> None:
    bomb = archive({f"{n}.md": b"0" * 5_000_000 for n in range(20)})
    assert len(bomb.getvalue()) < 200_000
    assert {one.refusal for one in read_zip(bomb)} == {"fichier de 4882 Kio, 256 au plus"}


def test_an_archive_that_lies_about_sizes_is_read_no_further() -> None:
    data = bytearray(archive({"gros.md": b"0" * 5_000_000}).getvalue())
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = data.index(mark) + offset
        data[place : place + 4] = struct.pack("<I", 10)
    (found,) = read_zip(io.BytesIO(bytes(data)))
    assert found.refusal
    assert found.text == ""


def test_too_much_in_all_stops_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_UNPACKED", 5_000)
    found = read_zip(archive({f"fiche-{n}.md": VALID for n in range(4)}))
    assert [bool(one.refusal) for one in found] == [False, False, True, True]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"pas une archive", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_archive_is_said_so(data: bytes) -> None:
    with pytest.raises(RefusedError):
        read_zip(io.BytesIO(data))


@given(st.binary(max_size=400), st.integers(0, 2000))
def test_a_damaged_archive_never_raises_anything_else(noise: bytes, place: int) -> None:
    data = bytearray(archive({"a.md": VALID, "b.md": VALID}).getvalue())
    place %= len(data)
    data[place : place + len(noise)] = noise
    with contextlib.suppress(RefusedError):
        read_zip(io.BytesIO(bytes(data)))


def test_too_many_files_or_two_of_one_address_are_refused() -> None:
    with pytest.raises(RefusedError, match="501 fichiers, 500 au plus"):
        read_zip(archive({f"{n}.md": "x" for n in range(501)}))
    found = read_zip(
        archive({"a/fiche.md": "x", "b/fiche.md": "y", "???.md": "z", "vide.md": " ", "latin.md": b"\xe9"})
    )
    assert [one.refusal for one in found] == [
        "", "deux fichiers portent l'adresse « fiche »", "nom de fichier sans lettre ni chiffre", "fichier vide",
        "ce n'est pas un texte en UTF-8",
    ]  # fmt: skip


def test_a_folder_gives_its_files_but_not_its_links(tmp_path: Path) -> None:
    (tmp_path / "bonne.md").write_text(VALID)
    (tmp_path / "lien.md").symlink_to("/etc/passwd")
    (tmp_path / "dossier.md").mkdir()
    (tmp_path / "grosse.md").write_text("x" * 300_000)
    found = {one.name: one.refusal for one in read_folder(tmp_path)}
    assert found["bonne.md"] == ""
    assert all(found[name] for name in ("lien.md", "dossier.md", "grosse.md"))
    with pytest.raises(RefusedError, match=r"aucun fichier \.md"):
        read_folder(tmp_path / "dossier.md")
