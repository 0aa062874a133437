from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kb.cli import main
from kb.config import ROOT
from tests.corpus.samples import VALID, write_corpus


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A base of two published cases, which every command of the test works on."""
    cases = tmp_path / "cases"
    cases.mkdir()
    other = VALID.replace(
        "L'Atelier du pont, un garage tenu avec la commune", "Le Verger partagé, des fruits pour tous"
    )
    other = other.replace("Redon", "Brest").replace("categorie: mecenat", "categorie: innovation-societale")
    other = other.replace("bénévoles", "cueilleurs").replace('departements: ["35"]', 'departements: ["29"]')
    other = other.replace("préparent chaque tournée", "soignent chaque arbre").replace(" local ", " champ ")
    other = other.replace("chauffage", "puits").replace("réparer un vélo", "cueillir une pomme")
    write_corpus(cases, {"atelier-du-pont": VALID, "verger-partage": other})
    monkeypatch.setenv("KB_CASES", str(cases))
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("KB_INSTANCE", str(tmp_path / "instance"))
    return cases


def kb(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_check_is_silent_on_a_good_file(folder: Path) -> None:
    result = kb("check", "atelier-du-pont")
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("name", ["atelier-du-pont", "atelier-du-pont.md", "cases/atelier-du-pont.md"])
def test_check_takes_the_names_people_type_and_says_line_and_cure(folder: Path, name: str) -> None:
    (folder / "atelier-du-pont.md").write_text(VALID.replace("categorie: mecenat", "categorie: mecena"))
    result = kb("check", name)
    assert result.exit_code == 1
    assert "cases/atelier-du-pont.md:6: categorie: « mecena »" in result.output
    assert "vouliez-vous dire « mecenat »" in result.output


def test_check_speaks_json_and_github(folder: Path) -> None:
    (folder / "atelier-du-pont.md").write_text(VALID.replace("La commune prête", "La commune exemplaire prête"))
    problem = json.loads(kb("check", "--format", "json", "atelier-du-pont").output)[0]
    assert (problem["field"], problem["severity"], problem["code"]) == ("corps", "avertissement", "style")
    annotation = kb("check", "--format", "github", "atelier-du-pont").output
    assert annotation.startswith(f"::warning file=cases/atelier-du-pont.md,line={problem['line']},title=corps::")


def test_check_refuses_a_case_that_does_not_exist(folder: Path) -> None:
    result = kb("check", "inconnu")
    assert result.exit_code == 2
    assert "fiche inconnue : inconnu.md" in result.output


def test_new_writes_a_file_whose_gaps_check_then_lists(folder: Path) -> None:
    result = kb("new", "L'Œuvre du pont : un essai")
    path = folder / "l-oeuvre-du-pont-un-essai.md"
    assert result.exit_code == 0
    assert str(path) in result.output
    told = kb("check", path.name).output
    assert "categorie: obligatoire et absent" in told
    assert "YAML" not in told


def test_new_never_overwrites(folder: Path) -> None:
    assert kb("new", "Atelier du pont").exit_code == 2
    assert (folder / "atelier-du-pont.md").read_text() == VALID


def test_search_answers_as_the_site_does(folder: Path) -> None:
    answer = json.loads(kb("search", "verger", "--format", "json").stdout)
    assert (answer["total"], answer["resultats"]) == (1, ["verger-partage"])
    assert answer["facettes"]["categorie"]["innovation-societale"] == 1
    assert set(answer) == {"total", "resultats", "facettes"}


def test_search_takes_one_repeatable_option_a_facet(folder: Path) -> None:
    both = kb("search", "--categorie", "mecenat", "--categorie", "innovation-societale", "--format", "json")
    assert json.loads(both.stdout)["total"] == 2
    one = kb("search", "--sauf-categorie", "mecenat", "--region", "bretagne", "--format", "json")
    assert json.loads(one.stdout)["resultats"] == ["verger-partage"]
    assert json.loads(kb("search", "--de", "2018", "--format", "json").stdout)["total"] == 0


@pytest.mark.parametrize(
    ("typed", "cure"), [("brtagne", "vouliez-vous dire « bretagne » ?"), ("zzzz", "kb termes region")]
)
@pytest.mark.parametrize("option", ["--region", "--sauf-region"])
def test_search_refuses_a_term_that_does_not_exist(folder: Path, option: str, typed: str, cure: str) -> None:
    result = kb("search", option, typed)
    assert result.exit_code == 2
    assert cure in " ".join(result.output.split())
    assert kb("search", option, "non-renseigne").exit_code == 0


def test_search_for_people_gives_titles_and_places(folder: Path) -> None:
    output = kb("search", "atelier du pont", "--categorie", "mecenat").stdout
    assert "1 cas, page 1 sur 1" in output
    assert "atelier-du-pont · Bretagne · depuis 2017" in output


@pytest.mark.parametrize("name", ["taxonomy", "organisations", "lexique"])
def test_check_says_where_a_vocabulary_file_breaks(folder: Path, name: str) -> None:
    (folder / f"{name}.yaml").write_text("# Tenu à la main.\na: [\n")
    result = kb("check")
    assert result.exit_code == 2
    assert f"{name}.yaml" in result.output
    assert "Traceback" not in result.output


def test_serve_says_at_once_that_a_port_is_taken(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = kb("serve", "--port", str(taken.getsockname()[1]))
    assert result.exit_code == 2
    assert "adresse indisponible" in result.output
    assert "kb serve --port" in result.output
    assert "http://" not in result.output


@pytest.mark.parametrize("wrong", [("--port", "80000"), ("--workers", "0")])
def test_serve_refuses_what_makes_no_sense(folder: Path, wrong: tuple[str, str]) -> None:
    assert kb("serve", *wrong).exit_code == 2


def test_index_counts_the_cases_and_says_what_is_kept_out(folder: Path) -> None:
    (folder / "vide.md").write_bytes(b"")
    result = kb("index", "--force")
    assert "Fiches indexées : 2." in result.output
    assert "1 fichier(s) écarté(s)" in result.output


def test_stats_compares_with_the_aims(folder: Path) -> None:
    assert "Fiches publiées : 2" in kb("stats").output
    aims = json.loads(kb("stats", "--format", "json").output)["objectifs"]
    assert {"objectif": "bretagne", "compte": 2, "voulu": 12, "atteint": False} in aims


def test_organisations_fills_the_registry_and_keeps_what_is_there(folder: Path) -> None:
    registry = folder / "organisations.yaml"
    registry.write_text("# Tenu à la main.\n- nom: Ville de Redon\n  type: collectivite\n")
    assert "absente : Atelier du pont (association)" in kb("organisations").output
    assert kb("organisations", "--completer").exit_code == 0
    text = registry.read_text()
    assert text.startswith("# Tenu à la main.\n- nom: Ville de Redon\n")
    assert "- nom: Atelier du pont\n  type: association\n" in text
    assert kb("organisations").output == ""


def test_organisations_proposes_merges(folder: Path) -> None:
    (folder / "atelier-du-pont.md").write_text(VALID.replace("Ville de Redon\n    type", "Villle de Brest\n    type"))
    assert "à fusionner ?" in kb("organisations").output


def test_termes_gives_definitions(folder: Path) -> None:
    assert "mecenat : Mécénat. " in kb("termes", "categorie").output
    assert "categorie" in kb("termes").output
    assert kb("termes", "rien").exit_code == 2


def test_a_wrong_setting_is_one_sentence_not_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_CASES", "/nulle/part")
    result = kb("check")
    assert result.exit_code == 2
    assert "KB_CASES : le dossier des fiches « /nulle/part » n'existe pas." in result.output


@pytest.mark.parametrize("command", [None, *main.commands])
def test_every_command_has_help_worth_reading(command: str | None) -> None:
    result = kb(*([command] if command else []), "--help")
    assert result.exit_code == 0
    assert len(result.output) > 150


def test_the_guide_says_what_the_schema_and_the_taxonomy_say() -> None:
    from kb.corpus.guide import refreshed
    from kb.corpus.taxonomy import read_taxonomy

    text = (ROOT / "docs" / "guide-du-curateur.md").read_text(encoding="utf-8")
    assert refreshed(text, read_taxonomy(ROOT / "cases" / "taxonomy.yaml")) == text, "run « kb guide »"


def test_the_shell_completes_the_terms_of_a_facet(folder: Path) -> None:
    line = {"_KB_COMPLETE": "bash_complete", "COMP_WORDS": "kb search --region bre", "COMP_CWORD": "3"}
    assert "bretagne" in CliRunner().invoke(main, prog_name="kb", env=line).output
