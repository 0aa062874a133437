"""From Whoosh's postings and the cases to the arrays of a snapshot."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from whoosh.reading import IndexReader
from whoosh.util.numeric import byte_to_length, length_to_byte

from kb.corpus.case import Case
from kb.corpus.taxonomy import Taxonomy
from kb.search.analysis import fold, stem
from kb.search.arrays import Array
from kb.search.documents import FIELDS, SHOWN_FIELDS, Material, dimensions, facet_rows, recency, values_of
from kb.search.schema import SURFACE
from kb.search.snapshot import StringTable
from kb.search.spelling import letters
from kb.search.titles import title_keys

_MAX_PLACE = (1 << 16) - 1


def extract(reader: IndexReader, material: Material) -> dict[str, Array]:
    """All the arrays of the snapshot of an index that holds just the cases of `material`."""
    cases = material.sorted_cases()
    numbers = {case.slug: number for number, case in enumerate(cases)}
    case_of = {doc: numbers[fields["slug"]] for doc, fields in reader.iter_docs()}
    terms, postings = _postings(reader, case_of, len(cases))
    return {
        **_table("slugs", [case.slug for case in cases]),
        **_table("empreintes", [case.digest for case in cases]),
        **_table("termes", terms),
        **postings,
        **_forms(reader, terms),
        **_metadata(cases, material.taxonomy),
        **_texts(cases, material),
    }


def _table(name: str, strings: Sequence[str]) -> dict[str, Array]:
    blob, ends = StringTable.pack(strings)
    return {name: blob, f"{name}_fin": ends}


def _postings(reader: IndexReader, case_of: Mapping[int, int], size: int) -> tuple[list[str], dict[str, Array]]:
    """The sorted stems, and every array of rows and places."""
    numbers: dict[bytes, int] = defaultdict(lambda: len(numbers))
    rows = {name: array("q") for name in ("term", "case", "field", "count")}
    places = array("q")  # position, offset, end; three by three.
    for field, name in enumerate(FIELDS):
        for text, _ in reader.iter_field(name):
            matcher = reader.postings(name, text)
            while matcher.is_active():
                term = numbers[text]
                found = matcher.value_as("characters")
                rows["term"].append(term)
                rows["case"].append(case_of[matcher.id()])
                rows["field"].append(field)
                rows["count"].append(len(found))
                for place in found:
                    places.extend(place)
                matcher.next()
    stems = sorted(numbers)
    rank = np.empty(len(stems), np.int64)
    rank[[numbers[text] for text in stems]] = np.arange(len(stems))
    columns = {name: np.array(values, np.int64) for name, values in rows.items()}
    columns["term"] = rank[columns["term"]]
    arrays = _sorted(columns, np.array(places, np.int64).reshape(-1, 3), len(stems))
    return [text.decode() for text in stems], arrays | _lengths(columns, size)


def _sorted(rows: Mapping[str, Array], places: Array, term_count: int) -> dict[str, Array]:
    """Rows in the order of words, cases and fields, with their places in the same order."""
    order = np.lexsort((rows["field"], rows["case"], rows["term"]))
    counts = rows["count"][order]
    firsts = np.concatenate(([0], np.cumsum(counts)))
    old_firsts = np.cumsum(rows["count"]) - rows["count"]
    moved = np.repeat(old_firsts[order] - firsts[:-1], counts) + np.arange(len(places))
    position, start, end = places[moved].T
    return {
        "terme_lignes": np.searchsorted(rows["term"][order], np.arange(term_count + 1)).astype(np.int64),
        "ligne_cas": rows["case"][order].astype(np.int32),
        "ligne_champ": rows["field"][order].astype(np.uint8),
        "ligne_places": firsts.astype(np.int64),
        "position": np.minimum(position, _MAX_PLACE).astype(np.uint16),
        "debut_mot": np.minimum(start, _MAX_PLACE).astype(np.uint16),
        "longueur_mot": np.minimum(end - start, 255).astype(np.uint8),
    }


def _lengths(rows: Mapping[str, Array], size: int) -> dict[str, Array]:
    """Words of each field of each case, rounded as Whoosh rounds them, and exact totals."""
    cells = np.bincount(rows["field"] * size + rows["case"], rows["count"], len(FIELDS) * size)
    exact = cells.reshape(len(FIELDS), size).astype(np.int64)
    distinct, place = np.unique(exact, return_inverse=True)
    rounded = np.array([byte_to_length(length_to_byte(int(length))) if length else 0 for length in distinct], np.int32)
    return {"longueurs": rounded[place].reshape(exact.shape), "totaux": exact.sum(axis=1)}


def _forms(reader: IndexReader, terms: Sequence[str]) -> dict[str, Array]:
    """Words as written, one for each folded form: the most common, with the number of cases that hold the form."""
    written: dict[str, tuple[int, str]] = {}
    counts: dict[str, int] = defaultdict(int)
    for text, _ in reader.iter_field(SURFACE):
        word, frequency = text.decode(), sum(1 for _ in reader.postings(SURFACE, text).all_ids())
        if not frequency:
            continue  # Only in cases that were removed or changed since.
        folded = fold(word)
        counts[folded] += frequency
        written[folded] = max(written.get(folded, (0, "")), (frequency, word))
    numbers = {term: number for number, term in enumerate(terms)}
    forms = sorted(form for form in written if stem(form) in numbers)
    return {
        **_table("formes", forms),
        **_table("ecrites", [written[form][1] for form in forms]),
        "forme_terme": np.array([numbers[stem(form)] for form in forms], np.int32),
        "forme_cas": np.array([counts[form] for form in forms], np.int32),
        "forme_lettres": np.array([letters(form) for form in forms], np.uint32),
    }


def _metadata(cases: Sequence[Case], taxonomy: Taxonomy) -> dict[str, Array]:
    """Facets, years, orders and titles."""
    keys = [title_keys(case.titre) for case in cases]
    return {
        "facettes": _bitmaps(cases, taxonomy),
        "debut": np.array([case.debut for case in cases], np.int16),
        "ordres": _orders(cases, taxonomy),
        "titres": np.array(keys, np.uint64).reshape(-1, 2).T,
    }


def _bitmaps(cases: Sequence[Case], taxonomy: Taxonomy) -> Array:
    rows = {row: number for number, row in enumerate(facet_rows(taxonomy))}
    dimension_of = dimensions(taxonomy)
    bits = np.zeros((len(rows), -(-len(cases) // 64) * 64), bool)
    for number, case in enumerate(cases):
        for row in values_of(case, dimension_of):
            bits[rows[row], number] = True
    return np.packbits(bits, axis=1, bitorder="little").view(np.uint64)


def _orders(cases: Sequence[Case], taxonomy: Taxonomy) -> Array:
    """Numbers of the cases from the freshest, from the most advanced stage, and by title; ties by slug."""
    numbers = range(len(cases))
    titles = [fold_title(case.titre) for case in cases]
    recent = sorted(numbers, key=lambda n: recency(cases[n]), reverse=True)
    # `reverse` keeps the order of equals, that of slugs.
    stage = sorted(recent, key=lambda n: taxonomy["etape"].rank(cases[n].etape), reverse=True)
    return np.array([recent, stage, sorted(numbers, key=titles.__getitem__)], np.int32).reshape(3, -1)


def fold_title(title: str) -> str:
    """A title as it is sorted: without case, accents or punctuation."""
    return " ".join(fold(word) for word in title.split())


def _texts(cases: Sequence[Case], material: Material) -> dict[str, Array]:
    shown: list[Any] = []
    for case in cases:
        fields = material.texts(case)
        shown += [fields[name] for name in SHOWN_FIELDS]
    return _table("textes", shown)
