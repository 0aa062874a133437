"""`python -m bench.relevance DIR`: the product's own search on any judged collection.

DIR holds `docs.jsonl` ({id, title, text}), `queries.jsonl` ({id, text}) and `qrels.tsv` (query-id, corpus-id, score,
with a header line). Every document becomes a case with that title and that text, and nothing else to be found by.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.metrics import Report, report
from kb.config import ROOT
from kb.corpus.case import Case, PartialDate, Redaction, Section
from kb.corpus.lexicon import read_lexicon
from kb.corpus.organisations import Organisation
from kb.corpus.taxonomy import FACETS, Taxonomy, Term, Vocabulary
from kb.search.engine import Engine, open_engine
from kb.search.lexicon import Lexicon
from kb.search.query import SearchQuery

DEPTH = 1000


@dataclass(frozen=True)
class Collection:
    """Documents as the engine sees a corpus."""

    cases: Mapping[str, Case]
    taxonomy: Taxonomy
    organisations: Mapping[str, Organisation] = field(default_factory=dict)


def evaluate(folder: Path, lexicon: Lexicon | None = None) -> tuple[Report, dict[str, list[str]]]:
    """Measures, and the ranking of each query."""
    names: dict[str, str] = {}
    cases: dict[str, Case] = {}
    for number, document in enumerate(_lines(folder / "docs.jsonl")):
        made = _case(f"d{number:07}", str(document.get("title", "")), str(document.get("text", "")))
        names[made.slug], cases[made.slug] = str(document["id"]), made
    grades = _grades(folder / "qrels.tsv")
    with tempfile.TemporaryDirectory() as index:
        engine = open_engine(Path(index), Collection(cases, _bare_taxonomy()), _told, lexicon or Lexicon())
        rankings = {
            str(query["id"]): [names[slug] for slug in _ranked(engine, str(query["text"]))]
            for query in _lines(folder / "queries.jsonl")
        }
    judged = [(ranking, grades.get(query, {})) for query, ranking in rankings.items()]
    return report(judged), rankings


def _ranked(engine: Engine, text: str) -> Sequence[str]:
    query = SearchQuery.parse([("q", text)], _bare_taxonomy())
    return engine.search(query).slugs[:DEPTH]


def write_run(path: Path, rankings: Mapping[str, Sequence[str]]) -> None:
    """Query, document and rank, one a line."""
    rows = (f"{query}\t{one}\t{rank}\n" for query, ranking in rankings.items() for rank, one in enumerate(ranking, 1))
    path.write_text("".join(rows), encoding="utf-8")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if line.strip())


def _grades(path: Path) -> dict[str, dict[str, int]]:
    grades: dict[str, dict[str, int]] = {}
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        if line.strip():
            query, document, score = line.split("\t")
            grades.setdefault(query, {})[document] = round(float(score))
    return grades


def _bare_taxonomy() -> Taxonomy:
    """Vocabularies of one nameless term each: a document is found by its title and its text only."""
    parents = {"domaine": "x", "departement": "x"}
    names = (*dict.fromkeys(facet.vocabulary for facet in FACETS), "departement", "role", "nature", "lien")
    return Taxonomy({name: Vocabulary(name, (Term("x", "·", "·", parent=parents.get(name)),)) for name in names})


def _case(slug: str, title: str, text: str) -> Case:
    return Case(
        slug=slug,
        titre=title,
        resume="",
        categorie="x",
        domaines=("x",),
        regions=("x",),
        echelle="x",
        debut=2000,
        etape="x",
        statut="x",
        situation_au=PartialDate(2000),
        organisations=(),
        sources=(),
        redaction=Redaction("", PartialDate(2000)),
        sections=(Section("solution", "La solution", text, 1),),
        digest=hashlib.sha256(f"{title}\n{text}".encode()).hexdigest(),
    )


def _told(done: int, total: int) -> None:
    if done % 1000 == 0 or done == total:
        print(f"\r{done}/{total} documents", end="" if done < total else "\n", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--run", type=Path, metavar="FILE", help="writes qid, docid, rank as TSV")
    parser.add_argument("--lexicon", action="store_true", help="with the base's own lexicon, as on the site")
    options = parser.parse_args()
    lexicon = Lexicon(read_lexicon(ROOT / "cases" / "lexique.yaml")) if options.lexicon else None
    figures, rankings = evaluate(options.folder, lexicon)
    if options.run:
        write_run(options.run, rankings)
    print(figures)


if __name__ == "__main__":
    main()
