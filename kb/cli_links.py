"""The command `kb links`: whether the sources of the cases still answer."""

from __future__ import annotations

import datetime
import sys

import click

from kb.config import Settings
from kb.corpus.catalogue import load
from kb.curation.linking.asking import Answer, Asker
from kb.curation.linking.checking import TO_MEND, Checker, LinkBook, addresses_of, stale


@click.command()
@click.argument("fiches", nargs=-1)
@click.option("--jours", type=click.IntRange(0), default=30, show_default=True, help="Ne redemande pas avant.")
@click.option("--rapport", is_flag=True, help="Ne demande rien : redit ce qui est à corriger.")
def links(fiches: tuple[str, ...], jours: int, rapport: bool) -> None:
    """Vérifie que les adresses des sources répondent encore, et garde la réponse pour la page « Santé ».

    Sans argument, toute la base ; avec des noms de fiches, seulement elles. Chaque site est demandé sans hâte, jamais
    une adresse interne à un réseau, sauf les hôtes que dit KB_LINKS_ALLOW. Interrompue, la commande reprend où elle
    en était. L'état 1 dit qu'il y a des adresses à corriger.
    """
    settings = Settings.from_environment()
    cases = load(settings.cases).cases
    unknown = [name for name in fiches if name.removesuffix(".md") not in cases]
    if unknown:
        raise click.BadParameter(f"fiche inconnue : {', '.join(unknown)}", param_hint="FICHES")
    chosen = [cases[name.removesuffix(".md")] for name in fiches] or list(cases.values())
    places, book = addresses_of(chosen), LinkBook(settings.instance)
    today = datetime.datetime.now(tz=datetime.UTC).date()
    if not rapport:
        asker = Asker(settings.link_hosts, f"alliances-en-pratique (verification des liens ; {settings.site_url})")
        due = stale(places, book.read(), today, jours)
        click.echo(f"{len(due)} adresse(s) à demander, {len(places) - len(due)} vues depuis {jours} jours.", err=True)
        Checker(asker, book).check(due, today, _tell)
    known = book.read()
    bad = {url: known[url] for url in places if url in known and known[url].state in TO_MEND}
    for url, one in bad.items():
        where = ", ".join(f"{slug}:{source}" for slug, source in places[url])
        click.echo(f"{where}: {url} : {one.detail}" + (f" → {one.vers}" if one.vers else ""))
    sys.exit(1 if bad else 0)


def _tell(url: str, answer: Answer, done: int, total: int) -> None:
    if sys.stderr.isatty() or done == total:
        click.echo(f"\r{done}/{total} {answer.state:<12} {url[:70]:<70}", nl=done == total, err=True)
