"""The command `kb import`: the report of an import, and its writing when asked."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import click

from kb.config import Settings
from kb.corpus.catalogue import Corpus, load
from kb.curation.importing.columns import Columns, guess, template
from kb.curation.importing.jobs import found_in
from kb.curation.importing.report import Judged, Verdict
from kb.curation.importing.sources import Found, read_folder, read_zip
from kb.curation.importing.tables import Table, read_table
from kb.curation.importing.writing import Mode, import_lot
from kb.curation.models import Account
from kb.curation.workspace import Workspace
from kb.errors import RefusedError

_SAID = {
    Verdict.PRETE: "prêtes",
    Verdict.A_CORRIGER: "à corriger",
    Verdict.IDENTIQUE: "déjà en ligne, mot pour mot",
    Verdict.REFUSEE: "refusées",
}


@click.command("import")
@click.argument("source", required=False, type=click.Path(exists=True, path_type=Path))
@click.option("--colonnes", metavar="NOM", help="Pour un tableau : une correspondance gardée dans l'atelier.")
@click.option("--modele", is_flag=True, help="Écrit l'en-tête d'un tableau qui n'a besoin d'aucune correspondance.")
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", help="Forme du rapport.")
@click.option("--ecrire", type=click.Choice([mode.value for mode in Mode]), help="Écrit, après le rapport.")
@click.option("--compte", metavar="IDENTIFIANT", help="Au nom de qui écrire : un relecteur ou un administrateur.")
@click.option("--raison", default="", help="Demandée pour publier ; gardée dans l'historique.")
@click.option("--sans-doublons", is_flag=True, help="Laisse de côté les doublons probables.")
def import_(source: Path | None, modele: bool, form: str, colonnes: str | None, **writing: Any) -> None:
    """Importe des fiches : un dossier ou un zip de fichiers Markdown, un tableau CSV ou XLSX.

    Sans --ecrire, rien n'est écrit : le rapport dit ce qui est prêt, à corriger et pourquoi, et les doublons probables.
    --ecrire brouillons ouvre des brouillons ; relecture demande aussi la relecture des prêtes ; publier, pour un
    administrateur et avec --raison, met en ligne les prêtes qui portent une date de relecture. Tout s'annule d'un clic
    dans l'atelier.
    """
    if modele:
        csv.writer(sys.stdout, delimiter=";", lineterminator="\n").writerow(template())
        return
    if source is None:
        raise click.UsageError("Donnez un dossier, un zip ou un tableau.")
    settings = Settings.from_environment()
    workspace = Workspace(settings)
    workspace.prepare()
    corpus = load(settings.cases)
    actor = _account(workspace, writing["compte"]) if writing["ecrire"] else None
    judged = _judged(workspace, corpus, _read(workspace, corpus, settings, source, colonnes))
    click.echo(_as_json(judged) if form == "json" else _as_text(judged))
    if actor:
        chosen = [one for one in judged if not (writing["sans_doublons"] and one.duplicates)]
        lot = import_lot(source.name, chosen, Mode(writing["ecrire"]), actor, writing["raison"].strip())
        number = workspace.sets.carry_out(lot, actor)
        published = f"{len(lot.changes)} publiée(s), " if lot.changes else ""
        click.echo(f"Lot {number} : {published}{len(lot.opened)} brouillon(s). Il s'annule dans l'atelier.", err=True)


def _account(workspace: Workspace, identifiant: str | None) -> Account:
    found = next((one for one in workspace.accounts.all() if one.identifiant == identifiant), None)
    if found is None:
        raise RefusedError("Dites au nom de qui écrire : --compte IDENTIFIANT (« kb curator list » les donne).")
    return found


def _read(
    workspace: Workspace, corpus: Corpus, settings: Settings, source: Path, colonnes: str | None
) -> list[Found]:  # fmt: skip
    if source.is_dir():
        return read_folder(source)
    with source.open("rb") as file:
        if source.suffix.lower() == ".zip":
            return read_zip(file)
        table = read_table(source.name, file)
    return found_in(table, _columns(workspace, table, colonnes), corpus, settings.cases, "Équipe éditoriale")


def _columns(workspace: Workspace, table: Table, name: str | None) -> Columns:
    if name is None:
        columns = Columns.of(guess(table.headers))
        for header in table.headers:
            if header not in columns.chosen:
                click.echo(f"Colonne laissée de côté : « {header} »", err=True)
        return columns
    known = {one.name: one for one in workspace.imports.mappings()}
    if name not in known:
        raise RefusedError(f"Aucune correspondance ne s'appelle « {name} » ({', '.join(known) or 'aucune gardée'}).")
    return Columns.of(known[name].columns)


def _judged(workspace: Workspace, corpus: Corpus, found: list[Found]) -> list[Judged]:
    judge = workspace.imports.judge(corpus, {one.slug for one in found})
    judged = []
    for done, one in enumerate(found, 1):
        judged.append(judge.judge(one))
        if sys.stderr.isatty():
            click.echo(f"\rLecture : {done}/{len(found)}", nl=done == len(found), err=True)
    return judge.together(judged)


def _as_text(judged: list[Judged]) -> str:
    counts = Counter(one.verdict for one in judged)
    lines = [" ; ".join(f"{counts[verdict]} {said}" for verdict, said in _SAID.items() if counts[verdict])]
    for one in judged:
        what = " (mise à jour)" if one.is_update and one.verdict is not Verdict.IDENTIQUE else ""
        lines.append(f"[{one.verdict}] {one.name} → {one.slug}{what}")
        lines += [f"    {reason}" for reason in one.reasons]
        lines += [f"    doublon probable de {twin}" for twin in one.duplicates]
    return "\n".join(lines)


def _as_json(judged: list[Judged]) -> str:
    keys = ("name", "slug", "titre", "verdict", "reasons", "duplicates", "is_update", "verified")
    return json.dumps([{key: getattr(one, key) for key in keys} for one in judged], ensure_ascii=False, indent=1)
