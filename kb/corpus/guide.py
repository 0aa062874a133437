"""The reference part of the curator's guide, written from the schema and the taxonomy so that it can never lie."""

from __future__ import annotations

from collections.abc import Iterator

from kb.corpus.case import SECTIONS
from kb.corpus.schema import FIELDS, FieldSpec
from kb.corpus.taxonomy import FACETS, Taxonomy, Term

BEGIN, END = "<!-- référence : début -->", "<!-- référence : fin -->"


def reference(taxonomy: Taxonomy) -> str:
    """Markdown of the reference: keys of a case file, sections, vocabularies with their definitions."""
    return "\n".join(_lines(taxonomy)) + "\n"


def refreshed(guide: str, taxonomy: Taxonomy) -> str:
    """The guide with its reference part written again. Raises ValueError when its two marks are not there."""
    before, begin, rest = guide.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"le guide doit contenir « {BEGIN} » et « {END} »")
    return f"{before}{BEGIN}\n\n{reference(taxonomy)}\n{END}{after}"


def _lines(taxonomy: Taxonomy) -> Iterator[str]:
    yield "### Les clés de l'en-tête\n"
    yield "| Clé | Obligatoire | Ce qu'elle dit | Valeurs |"
    yield "|---|---|---|---|"
    for spec in FIELDS:
        yield _row(spec)
        yield from (_row(key, spec.name) for key in spec.keys)
    yield "\n### Les sept sections\n"
    yield from (f"{number}. `## {heading}`" for number, (_, heading) in enumerate(SECTIONS, 1))
    yield "\n### Les vocabulaires\n"
    names = [*dict.fromkeys(facet.vocabulary for facet in FACETS), "role", "nature", "lien"]
    for name in names:
        yield f"#### `{name}`\n"
        yield from (_term(term) for term in taxonomy[name].terms)
        yield ""


def _row(spec: FieldSpec, parent: str = "") -> str:
    name = f"{parent} › {spec.name}" if parent else spec.name
    values = f"vocabulaire `{spec.vocabulary}`" if spec.vocabulary else ""
    return f"| `{name}` | {'oui' if spec.required else ''} | {spec.meaning} | {values} |"


def _term(term: Term) -> str:
    definition = f" : {term.definition}" if term.definition else ""
    return f"- `{term.id}` — **{term.libelle}**{definition}"
