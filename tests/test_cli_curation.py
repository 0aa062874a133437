from __future__ import annotations

from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result

from kb.cli import main
from kb.cli_curation import prepare_workspace
from kb.config import Settings
from kb.curation import audit
from kb.curation.accounts import Accounts
from kb.curation.database import Database
from kb.curation.second_factor import SecondFactor

PASSWORD = "une longue phrase de passe"  # noqa: S105


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KB_INSTANCE", str(tmp_path / "instance"))
    return tmp_path / "instance"


def kb(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, list(arguments), input=typed)


def test_the_first_account_is_made_from_the_command_line(instance: Path) -> None:
    made = kb("curator", "add", "claire", "--nom", "Claire Le Goff", "--role", "administrateur", typed=f"{PASSWORD}\n")
    assert (made.exit_code, made.output) == (
        0,
        "Compte « claire » ouvert : Claire Le Goff, administrateur. Adresse : /atelier/\n",
    )
    assert kb("curator", "list").output == "claire\tClaire Le Goff\tadministrateur\touvert\n"
    accounts = Accounts(Database(Settings(instance=instance)))
    assert accounts.authenticate("claire", PASSWORD, "192.0.2.1").role == "administrateur"


def test_no_account_exists_until_one_is_made() -> None:
    assert kb("curator", "list").output == ""


def test_a_weak_password_is_refused_in_a_sentence() -> None:
    refused = kb("curator", "add", "claire", "--nom", "Claire", typed="court\n")
    assert refused.exit_code == 2
    assert "Erreur : Un mot de passe compte de 12 à 200 caractères" in refused.output
    assert kb("curator", "list").output == ""


def test_an_account_changes_password_and_role_and_is_closed(instance: Path) -> None:
    kb("curator", "add", "claire", "--nom", "Claire", typed=f"{PASSWORD}\n")
    assert kb("curator", "passe", "claire", typed="une tout autre phrase\n").exit_code == 0
    assert kb("curator", "role", "claire", "relecteur").exit_code == 0
    assert kb("curator", "desactiver", "claire").exit_code == 0
    assert kb("curator", "list").output == "claire\tClaire\trelecteur\tfermé\n"
    assert kb("curator", "desactiver", "claire", "--rouvrir").exit_code == 0
    actions = [one.action for one in audit.entries(Database(Settings(instance=instance)))]
    assert actions == ["compte rouvert", "compte fermé", "rôle changé", "mot de passe changé", "compte ouvert"]


def test_an_unknown_account_is_said_so() -> None:
    assert "Aucun compte ne s'appelle « personne »." in kb("curator", "desactiver", "personne").output


def test_the_database_is_made_by_a_command(instance: Path) -> None:
    assert kb("db", "upgrade").output == "La base de l'atelier est à jour.\n"
    assert (instance / "atelier.db").exists()
    assert instance.stat().st_mode & 0o777 == 0o700


def test_serving_prepares_the_workspace_and_tells_how_to_begin(
    instance: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "cases").mkdir()
    prepare_workspace(Settings(cases=tmp_path / "cases", instance=instance))
    assert (instance / "atelier.db").exists()
    assert "aucun compte" in capsys.readouterr().err


def test_serving_goes_on_without_a_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "un-fichier").write_text("")
    prepare_workspace(Settings(instance=tmp_path / "un-fichier"))
    assert "L'atelier est indisponible" in capsys.readouterr().err


def test_a_lost_telephone_is_done_without(instance: Path) -> None:
    kb("curator", "add", "claire", "--nom", "Claire", typed=f"{PASSWORD}\n")
    assert "n'a pas de double vérification" in kb("curator", "sans-code", "claire").output
    database = Database(Settings(instance=instance))
    second, account = SecondFactor(database), Accounts(database).all()[0]
    secret = second.new_secret()
    second.enrol(account, secret, pyotp.TOTP(secret).now())
    assert kb("curator", "sans-code", "claire").output == "« claire » entre de nouveau avec son seul mot de passe.\n"
    assert Accounts(database).all()[0].totp_secret is None
