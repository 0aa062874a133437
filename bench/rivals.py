"""The same page asked of other engines: the first results, five facets counted (ours counts twelve), passages."""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from bench.corpus import taxonomy
from kb.corpus.case import Case
from kb.corpus.prose import plain_text
from kb.search.documents import dimensions, values_of
from kb.search.query import PAGE_SIZE

FACETS = ("categorie", "domaine", "region", "etape", "acteur")
TOP = PAGE_SIZE


class Ask(NamedTuple):
    """A search in no engine's own syntax."""

    words: tuple[str, ...] = ()
    joined: str = "ET"  # ET, OU or "expression"
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Rival(Protocol):
    """An engine that can be filled, then asked for pages."""

    name: str

    def build(self, cases: Iterable[Case]) -> None: ...

    def page(self, ask: Ask) -> int:
        """Work out a page; the number of documents found."""


def text_of(case: Case) -> str:
    return "\n".join((case.resume, *(plain_text(section.markdown) for section in case.sections)))


def tags_of(case: Case) -> dict[str, list[str]]:
    tags: dict[str, list[str]] = {facet: [] for facet in FACETS}
    for facet, value in values_of(case, dimensions(taxonomy())):
        if facet in tags:
            tags[facet].append(value)
    return tags


class Fts5:
    """SQLite FTS5 with tables of tags and GROUP BY, each facet without its own filter."""

    name = "SQLite FTS5"

    def __init__(self, folder: Path) -> None:
        self._base = sqlite3.connect(folder / "fts5.db")

    def build(self, cases: Iterable[Case]) -> None:
        base = self._base
        base.execute("CREATE VIRTUAL TABLE doc USING fts5(titre, texte, tokenize='unicode61 remove_diacritics 2')")
        base.execute("CREATE TABLE tag (facette TEXT, valeur TEXT, doc INTEGER)")
        for number, case in enumerate(cases, 1):
            base.execute("INSERT INTO doc(rowid, titre, texte) VALUES (?, ?, ?)", (number, case.titre, text_of(case)))
            rows = [(facet, value, number) for facet, values in tags_of(case).items() for value in values]
            base.executemany("INSERT INTO tag VALUES (?, ?, ?)", rows)
        base.execute("CREATE INDEX par_valeur ON tag (facette, valeur, doc)")
        base.execute("CREATE INDEX par_doc ON tag (doc, facette)")
        base.execute("ANALYZE")
        base.commit()

    def page(self, ask: Ask) -> int:
        match = self._match(ask)
        where, values = self._where(ask, match, ())
        order, columns = ("ORDER BY bm25(doc)", ", snippet(doc, 1, '[', ']', '…', 24)") if match else ("", "")
        select = f"SELECT rowid, titre{columns} FROM doc WHERE {where} {order} LIMIT {TOP}"  # noqa: S608 — our own words.
        self._base.execute(select, values).fetchall()
        for facet in FACETS:
            where, values = self._where(ask, match, (facet,))
            self._base.execute(
                f"SELECT valeur, count(*) FROM tag WHERE facette = ? AND doc IN (SELECT rowid FROM doc WHERE {where})"  # noqa: S608
                " GROUP BY valeur",
                [facet, *values],
            ).fetchall()
        where, values = self._where(ask, match, ())
        return int(self._base.execute(f"SELECT count(*) FROM doc WHERE {where}", values).fetchone()[0])  # noqa: S608

    def _match(self, ask: Ask) -> str:
        quoted = [f'"{word}"' for word in ask.words]
        if ask.joined == "expression":
            return f'"{" ".join(ask.words)}"' if ask.words else ""
        return (" OR " if ask.joined == "OU" else " ").join(quoted)

    def _where(self, ask: Ask, match: str, but: Sequence[str]) -> tuple[str, list[Any]]:
        parts, values = (["doc MATCH ?"], [match]) if match else (["1"], [])
        for facet, chosen in ask.filters:
            if facet not in but:
                marks = ", ".join("?" * len(chosen))
                tagged = f"SELECT doc FROM tag WHERE facette = ? AND valeur IN ({marks})"  # noqa: S608
                parts.append(f"rowid IN ({tagged})")
                values += [facet, *chosen]
        return " AND ".join(parts), values


class NativeWhoosh:
    """Whoosh as its manual says: French analyser, `groupedby`, `highlights`."""

    name = "Whoosh as its manual says"

    def __init__(self, folder: Path) -> None:
        from whoosh import fields, index
        from whoosh.analysis import LanguageAnalyzer

        french = LanguageAnalyzer("fr")
        (folder / "whoosh").mkdir()
        self._schema = fields.Schema(
            titre=fields.TEXT(analyzer=french, stored=True),
            texte=fields.TEXT(analyzer=french, stored=True),
            **{facet: fields.KEYWORD(stored=True, sortable=True, lowercase=False, commas=True) for facet in FACETS},
        )
        self._index = index.create_in(str(folder / "whoosh"), self._schema)
        self._searcher: Any = None

    def build(self, cases: Iterable[Case]) -> None:
        writer = self._index.writer(limitmb=256)
        for case in cases:
            tags = {facet: ",".join(values) for facet, values in tags_of(case).items()}
            writer.add_document(titre=case.titre, texte=text_of(case), **tags)
        writer.commit()
        self._searcher = self._index.searcher()

    def page(self, ask: Ask) -> int:
        from whoosh import qparser, query, sorting

        if ask.words:
            group = qparser.OrGroup if ask.joined == "OU" else qparser.AndGroup
            parser = qparser.MultifieldParser(["titre", "texte"], self._schema, group=group)
            text = " ".join(ask.words)
            parsed = parser.parse(f'"{text}"' if ask.joined == "expression" else text)
        else:
            parsed = query.Every()
        chosen = [query.Or([query.Term(facet, value) for value in values]) for facet, values in ask.filters]
        groups = {facet: sorting.FieldFacet(facet, allow_overlap=True) for facet in FACETS}
        results = self._searcher.search(
            parsed, limit=TOP, groupedby=groups, filter=query.And(chosen) if chosen else None
        )
        for facet in FACETS:
            results.groups(facet)
        for hit in results[:TOP]:
            hit.highlights("texte")
        return len(results)


class Tantivy:
    """tantivy-py, with its French stemmer; counts by aggregation."""

    name = "tantivy-py"

    def __init__(self, folder: Path) -> None:
        import tantivy

        self._tantivy = tantivy
        builder = tantivy.SchemaBuilder()
        for field in ("titre", "texte"):
            builder.add_text_field(field, stored=True, tokenizer_name="fr_stem")
        for facet in FACETS:
            builder.add_text_field(facet, stored=False, tokenizer_name="raw", fast=True)
        (folder / "tantivy").mkdir()
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, str(folder / "tantivy"))
        analyser = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        for one in (tantivy.Filter.lowercase(), tantivy.Filter.stopword("french"), tantivy.Filter.stemmer("french")):
            analyser = analyser.filter(one)
        self._index.register_tokenizer("fr_stem", analyser.build())

    def build(self, cases: Iterable[Case]) -> None:
        writer = self._index.writer(128_000_000, 1)
        for case in cases:
            writer.add_document(self._tantivy.Document(titre=case.titre, texte=text_of(case), **tags_of(case)))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def page(self, ask: Ask) -> int:
        tantivy, searcher = self._tantivy, self._searcher
        asked = self._query(ask, ())
        found = searcher.search(asked, TOP)
        snippets = tantivy.SnippetGenerator.create(searcher, asked, self._schema, "texte")
        for _, address in found.hits:
            snippets.snippet_from_doc(searcher.doc(address)).to_html()
        filtered = {facet for facet, _ in ask.filters}
        plain = {facet: {"terms": {"field": facet, "size": 50}} for facet in FACETS if facet not in filtered}
        searcher.aggregate(asked, plain)
        for facet in filtered:
            searcher.aggregate(self._query(ask, (facet,)), {facet: {"terms": {"field": facet, "size": 50}}})
        return int(found.count)

    def _query(self, ask: Ask, but: Sequence[str]) -> Any:
        tantivy = self._tantivy
        must = tantivy.Occur.Must
        if not ask.words:
            parts = [(must, tantivy.Query.all_query())]
        else:
            joint = {"ET": " AND ", "OU": " OR "}.get(ask.joined, " ")
            text = joint.join(ask.words) if ask.joined != "expression" else f'"{" ".join(ask.words)}"'
            parts = [(must, self._index.parse_query(text, ["titre", "texte"]))]
        for facet, values in ask.filters:
            if facet not in but:
                terms = [(tantivy.Occur.Should, tantivy.Query.term_query(self._schema, facet, one)) for one in values]
                parts.append((must, tantivy.Query.boolean_query(terms)))
        return tantivy.Query.boolean_query(parts)


def rivals() -> list[type[Any]]:
    """Engines that are installed here."""
    return [Fts5, NativeWhoosh, *([Tantivy] if importlib.util.find_spec("tantivy") else [])]
