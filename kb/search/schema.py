"""The durable Whoosh index: its fields and how a case becomes one of its documents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.codec.whoosh3 import W3Codec
from whoosh.fields import ID, KEYWORD, STORED, TEXT, Schema
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.writing import MERGE_SMALL, NO_MERGE

from kb.corpus.case import Case
from kb.search.analysis import ANALYSIS_VERSION, NAME_ANALYSER, SURFACE_ANALYSER, TEXT_ANALYSER
from kb.search.documents import FIELDS, NAME_FIELDS, STORED_FIELDS

SCHEMA_VERSION = f"1.{ANALYSIS_VERSION}"
"""Of fields and analysis together: an index made with another one is rebuilt."""

SURFACE = "formes"
"""Field of the words as written, without stems: the vocabulary of corrections and prefixes."""

_MOST_SEGMENTS = 8
"""Segments from which a commit merges the small ones: doing so each time costs three times the commit itself."""

Texts = Callable[[Case], dict[str, str]]
Progress = Callable[[int, int], None]


def make_schema() -> Schema:
    """Text fields with positions and character offsets, the words as written, and what names a document."""
    fields: dict[str, Any] = {
        name: TEXT(analyzer=NAME_ANALYSER if name in NAME_FIELDS else TEXT_ANALYSER, chars=True) for name in FIELDS
    }
    fields[SURFACE] = KEYWORD(scorable=False)
    fields[SURFACE].analyzer = SURFACE_ANALYSER
    return Schema(slug=ID(unique=True, stored=True), digest=STORED(), **fields)


def create(folder: Path) -> FileIndex:
    return FileStorage(str(folder)).create_index(make_schema())


def open_existing(folder: Path) -> FileIndex:
    """Open the index of a folder, whatever Whoosh raises when it cannot."""
    return whoosh_index.open_dir(str(folder), schema=make_schema())


def update(index: FileIndex, changed: Iterable[Case], removed: Iterable[str], texts: Texts, progress: Progress) -> None:
    """Write the cases that changed and forget those that went, in one commit."""
    cases = list(changed)
    fresh = index.doc_count_all() == 0
    # Most words stand in few cases: compressing each one's postings costs more than it saves.
    writer = index.writer(limitmb=256, codec=W3Codec(compression=0))
    try:
        for slug in removed:
            writer.delete_by_term("slug", slug)
        for done, case in enumerate(cases, 1):
            add = writer.add_document if fresh else writer.update_document
            fields = texts(case)
            add(slug=case.slug, digest=case.digest, formes=surface_text(fields), **fields)
            progress(done, len(cases))
    except BaseException:
        writer.cancel()
        raise
    writer.commit(mergetype=MERGE_SMALL if fresh or len(writer.segments) >= _MOST_SEGMENTS else NO_MERGE)


def surface_text(fields: Mapping[str, str]) -> str:
    """The words whose spelling may be proposed, of all fields together."""
    return "\n".join(fields[name] for name in STORED_FIELDS)
