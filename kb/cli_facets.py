"""The options of `kb search` that filter: two a facet, made from the vocabularies, checked and completed by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from click.shell_completion import CompletionItem

from kb.config import Settings
from kb.corpus.catalogue import TAXONOMY
from kb.corpus.taxonomy import FACETS, UNSET, Vocabulary, read_taxonomy


def facet_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command one repeatable option per facet, and one to set a value aside."""
    for facet in reversed(FACETS):
        help_text = f"{facet.libelle} ; répétable. « {UNSET} » : les fiches qui n'en disent rien."
        command = click.option(
            f"--sauf-{facet.name}",
            multiple=True,
            metavar="ID",
            callback=_known_terms(facet.vocabulary),
            shell_complete=_complete(facet.vocabulary),
            help="Écarte ce terme.",
        )(command)
        command = click.option(
            f"--{facet.name}",
            multiple=True,
            metavar="ID",
            callback=_known_terms(facet.vocabulary),
            shell_complete=_complete(facet.vocabulary),
            help=help_text,
        )(command)
    return command


def _known_terms(vocabulary: str) -> Callable[[click.Context, click.Parameter, tuple[str, ...]], tuple[str, ...]]:
    """Refuse an unknown term: dropped as in an address, it would silently give the whole base to a script."""

    def check(_context: click.Context, _parameter: click.Parameter, ids: tuple[str, ...]) -> tuple[str, ...]:
        terms = _vocabulary(vocabulary) if ids else None
        for one in ids:
            if terms is not None and one not in terms and one != UNSET:
                close = terms.close_to(one)
                cure = f"vouliez-vous dire « {close} » ?" if close else f"« kb termes {vocabulary} » les donne tous"
                raise click.BadParameter(f"« {one} » n'est pas dans le vocabulaire ({cure})")
        return ids

    return check


def _vocabulary(name: str) -> Vocabulary:
    return read_taxonomy(Settings.from_environment().cases / TAXONOMY)[name]


def _complete(vocabulary: str) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    def complete(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
        terms = _vocabulary(vocabulary).terms
        return [CompletionItem(term.id, help=term.libelle) for term in terms if term.id.startswith(incomplete)]

    return complete
