from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import main
from tests.corpus.samples import VALID, write_corpus
from tests.curation.importing.samples import SERRE, archive, workbook

PASSWORD = "une longue phrase de passe"  # noqa: S105


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cases").mkdir()
    write_corpus(tmp_path / "cases", {"atelier-du-pont": VALID})
    for name in ("cases", "index", "instance"):
        monkeypatch.setenv(f"KB_{name.upper()}", str(tmp_path / name))
    (tmp_path / "envoi").mkdir()
    (tmp_path / "envoi" / "serre-commune.md").write_text(SERRE)
    (tmp_path / "envoi" / "autre.md").write_text(VALID)
    return tmp_path


def kb(*arguments: object, typed: str = "") -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments], input=typed)


def test_the_report_of_a_folder_writes_nothing(base: Path) -> None:
    told = kb("import", base / "envoi")
    assert told.exit_code == 0
    assert told.output.splitlines()[0] == "1 prêtes ; 1 à corriger"
    assert "[prete] serre-commune.md → serre-commune" in told.output
    assert "    doublon probable de atelier-du-pont : un titre voisin" in told.output
    assert [path.name for path in (base / "cases").glob("*.md")] == ["atelier-du-pont.md"]


def test_an_archive_and_a_table_are_read_the_same_way(base: Path) -> None:
    (base / "envoi.zip").write_bytes(archive({"serre-commune.md": SERRE}).getvalue())
    (told,) = json.loads(kb("import", base / "envoi.zip", "--format", "json").output)
    assert (told["slug"], told["verdict"], told["verified"]) == ("serre-commune", "prete", True)
    (base / "t.xlsx").write_bytes(workbook([["titre", "Inconnue"], ["Une alliance", "x"]]).getvalue())
    told = kb("import", base / "t.xlsx")
    assert "Colonne laissée de côté : « Inconnue »" in told.output
    assert "[a-corriger] ligne 2 → une-alliance" in told.output


def test_writing_asks_for_an_account_and_a_role(base: Path) -> None:
    assert "Dites au nom de qui écrire" in kb("import", base / "envoi", "--ecrire", "brouillons").output
    kb("curator", "add", "claire", "--nom", "Claire", typed=f"{PASSWORD}\n")
    refused = kb("import", base / "envoi", "--ecrire", "brouillons", "--compte", "claire")
    assert (refused.exit_code, "Il faut le rôle" in refused.output) == (2, True)
    kb("curator", "add", "alma", "--nom", "Alma", "--role", "administrateur", typed=f"{PASSWORD}\n")
    asked = ("import", base / "envoi", "--ecrire", "publier", "--compte", "alma", "--raison", "Reprise")
    assert "Aucune fiche à importer" in kb(*asked, "--sans-doublons").output
    assert "Lot 1 : 1 publiée(s), 1 brouillon(s)." in kb(*asked).output
    assert (base / "cases" / "serre-commune.md").read_text() == SERRE


def test_the_template_is_a_line_of_headers() -> None:
    assert kb("import", "--modele").output.startswith("adresse;titre;resume;")


@pytest.mark.parametrize("arguments", [[], ["absent"], ["--colonnes", "rien"]])
def test_what_makes_no_sense_is_said_so(arguments: list[str]) -> None:
    assert kb("import", *arguments).exit_code == 2
