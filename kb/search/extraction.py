"""From Whoosh's postings and the cases to the arrays of a snapshot."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from whoosh.reading import IndexReader
from whoosh.util.numeric import byte_to_length, length_to_byte

from kb.corpus.case import Case
from kb.corpus.taxonomy import Taxonomy
from kb.search.analysis import fold, stem
from kb.search.arrays import Array
from kb.search.documents import FIELDS, STORED_FIELDS, Material, dimensions, facet_rows, recency, values_of
from kb.search.schema import SURFACE, make_schema, surface_text
from kb.search.snapshot import StringTable
from kb.search.spelling import letters
from kb.search.titles import title_keys

_MAX_PLACE = (1 << 16) - 1


def extract(reader: IndexReader, material: Material) -> dict[str, Array]:
    """All the arrays of a snapshot of the cases of `material`, read from the index that holds them."""
    cases = material.sorted_cases()
    numbers = {case.slug: number for number, case in enumerate(cases)}
    case_of = {doc: numbers[fields["slug"]] for doc, fields in reader.iter_docs()}
    postings, frequencies = Postings(), Counter[str]()
    for leaf, base in reader.leaf_readers():
        for field, name in enumerate(FIELDS):
            for text, _ in leaf.iter_field(name):
                matcher = leaf.postings(name, text)
                while matcher.is_active():
                    case = case_of.get(base + matcher.id())
                    if case is not None:
                        postings.add(text.decode(), case, field, matcher.value_as("characters"))
                    matcher.next()
        for text, _ in leaf.iter_field(SURFACE):
            held = sum(base + doc in case_of for doc in leaf.postings(SURFACE, text).all_ids())
            if held:
                frequencies[text.decode()] += held
    return _arrays(cases, material, postings, frequencies)


def analyse(material: Material) -> dict[str, Array]:
    """The same arrays straight from the words of the cases: quicker for a few than to read an index again."""
    cases = material.sorted_cases()
    schema = make_schema()
    postings, frequencies = Postings(), Counter[str]()
    for number, case in enumerate(cases):
        texts = material.texts(case)
        for field, name in enumerate(FIELDS):
            found: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
            for token in schema[name].analyzer(texts[name], positions=True, chars=True, mode="index"):
                found[token.text].append((token.pos, token.startchar, token.endchar))
            for word, places in found.items():
                postings.add(word, number, field, places)
        frequencies.update({token.text for token in schema[SURFACE].analyzer(surface_text(texts), mode="index")})
    return _arrays(cases, material, postings, frequencies)


class Postings:
    """Which word stands where, as it is found."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = defaultdict(lambda: len(self._numbers))
        self._rows = {name: array("i") for name in ("term", "case", "field", "count")}
        self._places = array("i")  # position, offset, end; three by three.

    def add(self, word: str, case: int, field: int, places: Sequence[tuple[int, int, int]]) -> None:
        """A word of a field of a case, with the position, offset and end of each place where it stands."""
        self._rows["term"].append(self._numbers[word])
        self._rows["case"].append(case)
        self._rows["field"].append(field)
        self._rows["count"].append(len(places))
        for place in places:
            self._places.extend(place)

    def arrays(self, size: int) -> tuple[list[str], dict[str, Array]]:
        """The sorted stems, and every array of rows and places."""
        stems = sorted(self._numbers)
        rank = np.empty(len(stems), np.int32)
        rank[[self._numbers[text] for text in stems]] = np.arange(len(stems), dtype=np.int32)
        columns = {name: np.array(values, np.int32) for name, values in self._rows.items()}
        columns["term"] = rank[columns["term"]]
        arrays = _sorted(columns, np.array(self._places, np.int32).reshape(-1, 3), len(stems))
        return stems, arrays | _lengths(columns, size)


def _arrays(
    cases: Sequence[Case], material: Material, postings: Postings, frequencies: Counter[str]
) -> dict[str, Array]:
    terms, rows = postings.arrays(len(cases))
    return {
        **table("slugs", [case.slug for case in cases]),
        **table("empreintes", [case.digest for case in cases]),
        **table("termes", terms),
        **rows,
        **_forms(frequencies, terms),
        **_metadata(cases, material.taxonomy),
        **_texts(cases, material),
    }


def table(name: str, strings: Sequence[str]) -> dict[str, Array]:
    """The two arrays of a table of strings."""
    blob, ends = StringTable.pack(strings)
    return {name: blob, f"{name}_fin": ends}


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
        "ligne_places": firsts.astype(np.uint32),
        "position": np.minimum(position, _MAX_PLACE).astype(np.uint16),
        "debut_mot": np.minimum(start, _MAX_PLACE).astype(np.uint16),
        "longueur_mot": np.minimum(end - start, 255).astype(np.uint8),
    }


def _lengths(rows: Mapping[str, Array], size: int) -> dict[str, Array]:
    """Words of each field of each case, rounded as Whoosh rounds them, and exact totals."""
    cells = np.bincount(rows["field"].astype(np.int64) * size + rows["case"], rows["count"], len(FIELDS) * size)
    exact = cells.reshape(len(FIELDS), size).astype(np.int64)
    distinct, place = np.unique(exact, return_inverse=True)
    rounded = np.array([byte_to_length(length_to_byte(int(length))) if length else 0 for length in distinct], np.int32)
    return {"longueurs": rounded[place].reshape(exact.shape), "totaux": exact.sum(axis=1)}


def _forms(frequencies: Counter[str], terms: Sequence[str]) -> dict[str, Array]:
    """Words as written, one for each folded form: the most common, with the number of cases that hold the form."""
    written: dict[str, tuple[int, str]] = {}
    counts: Counter[str] = Counter()
    for word, frequency in frequencies.items():
        folded = fold(word)
        counts[folded] += frequency
        written[folded] = max(written.get(folded, (0, "")), (frequency, word))
    numbers = {term: number for number, term in enumerate(terms)}
    forms = sorted(form for form in written if stem(form) in numbers)
    return {
        **table("formes", forms),
        **table("ecrites", [written[form][1] for form in forms]),
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
        "titres": np.array(keys, np.uint64).reshape(-1, 3).T,
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
    """Numbers of the cases in each order of the snapshot."""
    numbers = range(len(cases))
    orders = [sorted(numbers, key=lambda n, key=key: key(cases[n])) for key in order_keys(taxonomy)]  # type: ignore[misc]
    return np.array(orders, np.int32).reshape(len(orders), -1)


def order_keys(taxonomy: Taxonomy) -> list[Callable[[Case], Any]]:
    """Sorting keys of `snapshot.ORDERS`: the freshest, the most advanced then the freshest, by title; ties by slug."""
    rank = taxonomy["etape"].rank

    def freshest(case: Case) -> tuple[Any, ...]:
        return (*(-part for date in recency(case) for part in date), case.slug)

    def furthest(case: Case) -> tuple[Any, ...]:
        return (-rank(case.etape), *freshest(case))

    def by_title(case: Case) -> tuple[Any, ...]:
        return " ".join(fold(word) for word in case.titre.split()), case.slug

    return [freshest, furthest, by_title]


def _texts(cases: Sequence[Case], material: Material) -> dict[str, Array]:
    shown: list[Any] = []
    for case in cases:
        fields = material.texts(case)
        shown += [fields[name] for name in STORED_FIELDS]
    return table("textes", shown)
