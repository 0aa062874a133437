"""The command line `kb`: check, write, index, search and serve the base. Each command's help says all it does."""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from kb.cli_curation import curator, db, prepare_workspace
from kb.cli_facets import facet_options
from kb.cli_import import import_
from kb.cli_links import links
from kb.config import ROOT, Settings
from kb.corpus import crosscheck, editorial, spread
from kb.corpus.catalogue import REGISTRY, TAXONOMY, Corpus, load, write_case
from kb.corpus.files import write_atomically
from kb.corpus.organisations import slugify
from kb.corpus.problems import Problem, Severity
from kb.corpus.skeleton import skeleton
from kb.corpus.taxonomy import FACETS, read_taxonomy
from kb.corpus.validation import MAX_SLUG
from kb.errors import KnowledgeBaseError

if TYPE_CHECKING:
    from kb.knowledge_base import KnowledgeBase


class _Group(click.Group):
    """Says foreseen errors in one sentence, with exit status 2, instead of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KnowledgeBaseError as error:
            click.echo(f"Erreur : {error}", err=True)
            sys.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="alliances-en-pratique", prog_name="kb")
def main() -> None:
    """Alliances en pratique : la base, en ligne de commande.

    Les fiches sont les fichiers Markdown de « cases/ » (ou du dossier que dit KB_CASES). Complétion du shell :
    eval "$(_KB_COMPLETE=bash_source kb)" pour bash, zsh_source et fish_source pour les autres.
    """


main.add_command(curator)
main.add_command(db)
main.add_command(import_)
main.add_command(links)


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(["human", "json", "github"]), default="human", help="Forme du rapport."
)
def check(files: tuple[Path, ...], form: str) -> None:
    """Contrôle les fiches : format, sources, règles de rédaction, cohérence entre fiches.

    Sans argument, toute la base ; avec des fichiers ou des noms de fiches, seulement elles. Silence et état 0 si tout
    va bien ; sinon un problème par ligne, « fichier:ligne: champ: message (remède) », et l'état 1. L'état 2 dit qu'un
    fichier de vocabulaires (taxonomie, registre, lexique) ne peut pas être lu.
    """

    cases = Settings.from_environment().cases
    corpus = load(cases)
    problems = all_problems(corpus)
    if files:
        wanted = {f"{corpus_name(file)}.md" for file in files}
        unknown = sorted(wanted - set(corpus.readings))
        if unknown:
            raise click.BadParameter(f"fiche inconnue : {', '.join(unknown)}", param_hint="FILES")
        problems = [problem for problem in problems if Path(problem.path).name in wanted]
    click.echo(report(problems, form), nl=bool(problems) or form == "json")
    sys.exit(1 if problems else 0)


def all_problems(corpus: Corpus) -> list[Problem]:
    """Everything that the rules find in a corpus, located and sorted."""
    found = list(corpus.problems)
    for reading in corpus.readings.values():
        found += editorial.check(reading)
    return sorted([*found, *crosscheck.check(corpus)])


def corpus_name(file: Path) -> str:
    """Name of a case given as `arpejeh`, `arpejeh.md` or `cases/arpejeh.md`."""
    return file.name.removesuffix(".md")


def report(problems: Iterable[Problem], form: str) -> str:
    """Problems as text for people, as JSON for programs, or as annotations of GitHub's CI."""
    if form == "json":
        keys = ("path", "line", "field", "message", "cure", "severity", "code")
        return json.dumps(
            [{key: getattr(problem, key) for key in keys} for problem in problems], ensure_ascii=False, indent=1
        )
    if form == "github":
        kinds = {Severity.ERROR: "error", Severity.WARNING: "warning"}
        return "\n".join(
            f"::{kinds[p.severity]} file={p.path},line={max(p.line, 1)},title={p.field or 'fiche'}"
            f"::{p.message} ({p.cure})"
            for p in problems
        )
    return "\n".join(f"{problem} [{problem.severity}]" for problem in problems)


@main.command()
@click.argument("titre")
def new(titre: str) -> None:
    """Crée une fiche vide, toutes ses clés expliquées, et dit où.

    TITRE nomme l'alliance ; le nom du fichier en est tiré.
    """
    slug = slugify(titre)[:MAX_SLUG].strip("-")
    if not slug:
        raise click.BadParameter("donnez au moins une lettre ou un chiffre", param_hint="TITRE")
    cases = Settings.from_environment().cases
    write_case(cases, slug, skeleton(titre, datetime.datetime.now(tz=datetime.UTC).date()), None)
    click.echo(f"{cases / slug}.md")
    click.echo(f"Complétez-la, puis : kb check {slug}", err=True)


@main.command()
@click.option("--force", is_flag=True, help="Reconstruit tout, même si l'index est à jour.")
def index(force: bool) -> None:
    """Met l'index à jour, en disant où il en est. L'index peut toujours être supprimé sans rien perdre."""
    from kb.search.index import clear

    settings = Settings.from_environment()
    if force:
        clear(settings.index)
    edition = _base(settings).current()
    click.echo(f"Fiches indexées : {len(edition.cases)}.")
    _tell_kept_out(edition.problems)


@main.command()
@click.argument("mots", nargs=-1)
@facet_options
@click.option("--de", type=int, help="Commencées cette année-là ou après.")
@click.option("--a", type=int, help="Commencées cette année-là ou avant.")
@click.option("--tri", type=click.Choice(["pertinence", "recent", "etape", "titre"]), help="Ordre des résultats.")
@click.option("--page", type=int, default=1, show_default=True, help="Page de résultats (forme humaine).")
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", help="Forme de la réponse.")
def search(mots: tuple[str, ...], form: str, **options: Any) -> None:
    """Cherche dans la base, comme la page de recherche.

    Exemple : kb search "mécénat de compétences" --region bretagne --etape essaimage --format json

    En JSON : total, resultats (noms des fiches, dans l'ordre) et facettes (facette → terme → nombre de fiches).
    """
    from kb.search.query import SearchQuery

    edition = _base(Settings.from_environment()).current()
    pairs = [("q", " ".join(mots))]
    for name, value in options.items():
        pairs += [(name, str(one)) for one in (value if isinstance(value, tuple) else (value,)) if one is not None]
    results = edition.search(SearchQuery.parse(pairs, edition.taxonomy))
    if form == "json":
        facettes = {name: {one.id: one.count for one in values} for name, values in results.facettes.items()}
        answer = {"total": results.total, "resultats": list(results.slugs), "facettes": facettes}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=1))
        return
    click.echo(f"{results.total} cas, page {results.query.page} sur {results.pages}")
    for hit in results.hits:
        case = edition.cases[hit.slug]
        place = ", ".join(edition.taxonomy["region"].label(region) for region in case.regions)
        click.echo(f"\n{case.titre}\n  {case.slug} · {place} · depuis {case.debut}\n  {case.resume}")


@main.command()
@click.option("--tout", is_flag=True, help="Montre aussi les objectifs atteints.")
@click.option("--format", "form", type=click.Choice(["human", "json"]), default="human", help="Forme de la réponse.")
def stats(tout: bool, form: str) -> None:
    """Montre la répartition des fiches publiées et ce qui manque aux objectifs de la base."""
    corpus = load(Settings.from_environment().cases)
    measured = spread.measure(corpus.cases.values(), corpus.taxonomy)
    if form == "json":
        aims = [
            {"objectif": a.label, "compte": a.count, "voulu": a.wanted, "atteint": a.reached} for a in measured.aims
        ]
        click.echo(json.dumps({"total": measured.total, "objectifs": aims}, ensure_ascii=False, indent=1))
        return
    reached = sum(aim.reached for aim in measured.aims)
    click.echo(f"Fiches publiées : {measured.total} ; {reached} objectifs atteints sur {len(measured.aims)}.")
    for aim in measured.aims:
        if tout or not aim.reached:
            sign = "≤" if aim.most else "≥"
            click.echo(
                f"  {'ok ' if aim.reached else '…  '}{aim.label} : {aim.count:.3g} (voulu {sign} {aim.wanted:.3g})"
            )


@main.command()
@click.option("--completer", is_flag=True, help="Ajoute au registre les organisations qui n'y sont pas.")
def organisations(completer: bool) -> None:
    """Liste les organisations absentes du registre et propose les fusions de graphies voisines."""
    from kb.corpus.registering import complete

    settings = Settings.from_environment()
    corpus = load(settings.cases)
    for one, other in crosscheck.near_spellings(corpus):
        click.echo(f"à fusionner ? « {one.nom} » et « {other.nom} »")
    unlisted = [one for one in corpus.organisations.values() if one.nom not in corpus.registry]
    if completer:
        complete(settings.cases / REGISTRY, unlisted)
        click.echo(f"{len(unlisted)} organisations ajoutées à {settings.cases / REGISTRY}.")
        return
    for one in unlisted:
        click.echo(f"absente : {one.nom} ({one.type})")


@main.command()
@click.argument(
    "vocabulaire", required=False, shell_complete=lambda *_: [CompletionItem(facet.vocabulary) for facet in FACETS]
)
def termes(vocabulaire: str | None) -> None:
    """Montre les termes d'un vocabulaire (categorie, domaine, region, etape…), avec leurs définitions."""
    taxonomy = read_taxonomy(Settings.from_environment().cases / TAXONOMY)
    names = [facet.vocabulary for facet in FACETS]
    if vocabulaire is None:
        click.echo("\n".join(names))
        return
    if vocabulaire not in names:
        raise click.BadParameter(f"vocabulaires : {', '.join(names)}", param_hint="VOCABULAIRE")
    for term in taxonomy[vocabulaire].terms:
        click.echo(f"{term.id} : {term.libelle}" + (f". {term.definition}" if term.definition else ""))


@main.command()
def guide() -> None:
    """Récrit la partie « Référence » du guide du curateur d'après le schéma et les vocabulaires."""
    from kb.corpus.guide import refreshed

    path = ROOT / "docs" / "guide-du-curateur.md"
    taxonomy = read_taxonomy(Settings.from_environment().cases / TAXONOMY)
    write_atomically(path, refreshed(path.read_text(encoding="utf-8"), taxonomy).encode("utf-8"))
    click.echo(path)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse d'écoute.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port d'écoute.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Processus serveurs.")
def serve(host: str, port: int, workers: int) -> None:
    """Prépare l'index, puis sert le site et dit son adresse. Ctrl-C l'arrête."""
    from kb.web.server import check_free, run

    check_free(host, port)
    settings = Settings.from_environment()
    edition = _base(settings).current()
    _tell_kept_out(edition.problems)
    prepare_workspace(settings)
    click.echo(f"{len(edition.cases)} fiches : http://{host}:{port}/ (Ctrl-C pour arrêter)", err=True)
    run(settings, host, port, workers)


def _base(settings: Settings) -> KnowledgeBase:
    from kb.knowledge_base import KnowledgeBase

    shown: dict[str, int] = {}

    def tell(what: str, done: int, total: int) -> None:
        step = done * 20 // max(total, 1)
        if (shown.get(what) != step and sys.stderr.isatty()) or done == total:
            shown[what] = step
            click.echo(f"\r{what} : {done}/{total} {'█' * step}{'░' * (20 - step)}", nl=done == total, err=True)

    return KnowledgeBase(settings, tell)


def _tell_kept_out(problems: Iterable[Problem]) -> None:
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        files = len({problem.path for problem in errors})
        click.echo(f"{files} fichier(s) écarté(s) du site ; « kb check » dit pourquoi.", err=True)
