"""The part of the command line that deals with the curators' workspace: accounts and database."""

from __future__ import annotations

import sys

import click

from kb.config import Settings
from kb.curation.accounts import Accounts
from kb.curation.database import Database
from kb.curation.models import Role
from kb.curation.second_factor import SecondFactor
from kb.curation.workspace import Workspace
from kb.errors import WorkspaceUnavailableError

_ROLES = click.Choice([role.value for role in Role])


@click.group()
def curator() -> None:
    """Gère les comptes de l'atelier, où les fiches s'écrivent et se relisent dans un navigateur.

    Le premier compte se crée ici : « kb curator add prenom --nom "Prénom Nom" --role administrateur ». Le mot de
    passe est demandé, jamais écrit dans la commande ; lu sur l'entrée standard si elle n'est pas un terminal.
    """


@curator.command("add")
@click.argument("identifiant")
@click.option("--nom", required=True, help="Le nom que les autres liront.")
@click.option("--role", type=_ROLES, default=Role.CONTRIBUTEUR.value, show_default=True, help="Ce que le compte peut.")
@click.option("--courriel", default="", help="Facultatif : signe les publications dans git.")
def add(identifiant: str, nom: str, role: str, courriel: str) -> None:
    """Ouvre un compte : contributeur (écrit), relecteur (publie aussi) ou administrateur (tient aussi les comptes)."""
    account = _accounts().add(identifiant, nom, Role(role), _password(), courriel=courriel)
    click.echo(f"Compte « {account.identifiant} » ouvert : {account.nom}, {account.role}. Adresse : /atelier/")


@curator.command("list")
def list_accounts() -> None:
    """Liste les comptes : identifiant, nom, rôle, ouvert ou fermé."""
    for one in _accounts().all():
        click.echo(f"{one.identifiant}\t{one.nom}\t{one.role}\t{'ouvert' if one.active else 'fermé'}")


@curator.command()
@click.argument("identifiant")
def passe(identifiant: str) -> None:
    """Donne un nouveau mot de passe à un compte et ferme toutes ses sessions."""
    _accounts().change_password(identifiant, _password())
    click.echo(f"Mot de passe de « {identifiant} » changé.")


@curator.command()
@click.argument("identifiant")
@click.option("--rouvrir", is_flag=True, help="L'inverse : rouvre le compte.")
def desactiver(identifiant: str, rouvrir: bool) -> None:
    """Ferme un compte et ses sessions ; ce qu'il a écrit et son historique restent."""
    _accounts().set_active(identifiant, rouvrir)
    click.echo(f"Compte « {identifiant} » {'rouvert' if rouvrir else 'fermé'}.")


@curator.command("sans-code")
@click.argument("identifiant")
def without_code(identifiant: str) -> None:
    """Retire la double vérification d'un compte : téléphone perdu, codes de secours aussi."""
    database = Database(Settings.from_environment())
    database.upgrade()
    SecondFactor(database).remove(identifiant)
    click.echo(f"« {identifiant} » entre de nouveau avec son seul mot de passe.")


@curator.command()
@click.argument("identifiant")
@click.argument("role", type=_ROLES)
def role(identifiant: str, role: str) -> None:
    """Change le rôle d'un compte : contributeur, relecteur ou administrateur."""
    _accounts().set_role(identifiant, Role(role))
    click.echo(f"« {identifiant} » est {role}.")


@click.group()
def db() -> None:
    """Tient la base de l'atelier : comptes, brouillons, historique. Les fiches publiées, elles, sont des fichiers.

    SQLite dans « instance/ » par défaut ; une base PostgreSQL si KB_DATABASE_URL en donne l'adresse.
    """


@db.command()
def upgrade() -> None:
    """Met le schéma à jour, sans rien perdre ; « kb serve » le fait aussi à chaque démarrage."""
    Database(Settings.from_environment()).upgrade()
    click.echo("La base de l'atelier est à jour.")


def prepare_workspace(settings: Settings) -> None:
    """Before serving: the last schema, and what was interrupted finished. The public site does without a workspace."""
    workspace = Workspace(settings)
    try:
        workspace.prepare()
    except (WorkspaceUnavailableError, OSError) as error:
        click.echo(f"L'atelier est indisponible : {error}", err=True)
        return
    if not workspace.accounts.all():
        click.echo('Atelier : aucun compte. « kb curator add IDENTIFIANT --nom "…" --role administrateur »', err=True)
    workspace.database.close()


def _accounts() -> Accounts:
    database = Database(Settings.from_environment())
    database.upgrade()
    return Accounts(database)


def _password() -> str:
    if sys.stdin.isatty():
        found: str = click.prompt("Mot de passe", hide_input=True, confirmation_prompt="Encore une fois")
        return found
    return sys.stdin.readline().rstrip("\r\n")
