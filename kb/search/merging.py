"""The snapshot after a few cases changed: the arrays of before, cut and pasted, without reading the index again."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.corpus.case import Case
from kb.search.analysis import stem, surface_forms
from kb.search.arrays import Array
from kb.search.documents import FIELDS, STORED_FIELDS, Material
from kb.search.extraction import order_keys, table
from kb.search.snapshot import Snapshot, StringTable
from kb.search.spelling import letters

Numbers = npt.NDArray[np.int64]


class Edits:
    """Items to cut from an array and items to paste into it, both by their places before any change."""

    def __init__(
        self, length: int, cut: Iterable[tuple[int, int]], paste: Sequence[int], sizes: Sequence[int] = ()
    ) -> None:
        """`cut` are ranges; the values pasted at `paste`, in rising order, are of the given `sizes`, or single."""
        self._pieces: list[tuple[bool, int, int]] = []  # (new, from, to)
        events = [(start, 1, start, end) for start, end in cut]
        pasted = 0
        for number, place in enumerate(paste):
            size = sizes[number] if sizes else 1
            events.append((place, 0, pasted, pasted + size))
            pasted += size
        cursor = 0
        for place, is_cut, first, last in sorted(events):
            self._keep(cursor, place)
            cursor = max(cursor, place)
            if is_cut:
                cursor = last
            else:
                self._pieces.append((True, first, last))
        self._keep(cursor, length)

    def _keep(self, first: int, last: int) -> None:
        if first < last:
            self._pieces.append((False, first, last))

    def apply(self, old: Array, new: Array) -> Array:
        """The array after the changes, `new` being all that is pasted, end to end."""
        if not self._pieces:
            return old[:0]
        return np.concatenate([(new if pasted else old)[a:b] for pasted, a, b in self._pieces]).astype(
            old.dtype, copy=False
        )


@dataclass(frozen=True)
class _Change:
    """What changed: cases that are gone or replaced, by old number, and those that come, with old and new numbers."""

    old: Snapshot
    part: Mapping[str, Array]
    gone: list[int]
    places: list[int]  # For each case that comes, the number of old cases before it.
    renumbered: Numbers  # New number of each old case that stays.
    numbers: Numbers  # New number of each case that comes.
    columns: Edits  # Of any array with one item a case.


def merge(old: Snapshot, part: Mapping[str, Array], material: Material) -> dict[str, Array]:
    """The arrays of a snapshot of `material`, where `part` are those of the cases that changed, and of them only."""
    change = _change(old, part, material)
    incoming = _strings(part, "slugs")
    rows, moved = _rows(change)
    return {
        **_edited_table(change.old, "slugs", change.gone, change.places, incoming),
        **_edited_table(change.old, "empreintes", change.gone, change.places, _strings(part, "empreintes")),
        **rows,
        **_forms(change, rows, moved),
        "facettes": _bitmaps(change, len(material.cases)),
        "debut": change.columns.apply(old.years, part["debut"]),
        "ordres": _orders(change, material),
        "titres": np.stack([change.columns.apply(*pair) for pair in zip(old.title_keys, part["titres"], strict=True)]),
        **_texts(change),
    }


def _change(old: Snapshot, part: Mapping[str, Array], material: Material) -> _Change:
    slugs = old.slugs.tolist()
    incoming = _strings(part, "slugs")
    coming = set(incoming)
    gone = [number for number, slug in enumerate(slugs) if slug not in material.cases or slug in coming]
    places = [bisect_left(slugs, slug) for slug in incoming]
    columns = Edits(len(slugs), [(number, number + 1) for number in gone], places)
    is_new = columns.apply(np.zeros(len(slugs), bool), np.ones(len(incoming), bool))
    renumbered = np.full(len(slugs), -1, np.int64)
    renumbered[np.delete(np.arange(len(slugs)), gone)] = np.flatnonzero(~is_new)
    return _Change(old, part, gone, places, renumbered, np.flatnonzero(is_new), columns)


def _rows(change: _Change) -> tuple[dict[str, Array], Array]:
    """Words, rows and places, and the lengths that follow from them; and the new number of each old word."""
    old, part = change.old, change.part
    lost = _rows_of(old, change.gone)
    new_terms = _strings(part, "termes")
    spots = [bisect_left(old.terms, term) for term in new_terms]
    known = [spot < len(old.terms) and old.terms[spot] == term for spot, term in zip(spots, new_terms, strict=True)]
    owner = np.repeat(np.arange(len(new_terms)), np.diff(part["terme_lignes"]))
    paste = _row_places(change, spots, known, owner)
    counts, new_counts = np.diff(old.row_places), np.diff(part["ligne_places"])
    edits = Edits(len(old.row_cases), [(row, row + 1) for row in lost.tolist()], paste)
    ranges = zip(old.row_places[lost].tolist(), old.row_places[lost + 1].tolist(), strict=True)
    places = Edits(len(old.positions), ranges, old.row_places[paste].tolist(), new_counts.tolist())
    cases = old.row_cases if _in_place(change) else change.renumbered.astype(np.int32)[old.row_cases]
    arrays = {
        "ligne_cas": edits.apply(cases, change.numbers[part["ligne_cas"]].astype(np.int32)),
        "ligne_champ": edits.apply(old.row_fields, part["ligne_champ"]),
        "ligne_places": _starts(edits.apply(counts, new_counts), old.row_places.dtype),
        **{name: places.apply(old.arrays[name], part[name]) for name in ("position", "debut_mot", "longueur_mot")},
    }
    lost_terms = np.searchsorted(old.term_rows, lost, side="right") - 1
    terms, moved = _terms(change, lost_terms, spots, known)
    return arrays | terms | _lengths(change, lost), moved


def _rows_of(old: Snapshot, cases: Sequence[int]) -> Numbers:
    if len(cases) > 8:
        return np.flatnonzero(np.isin(old.row_cases, cases))
    found = [np.flatnonzero(old.row_cases == case) for case in cases]
    return np.sort(np.concatenate(found)) if found else np.zeros(0, np.int64)


def _row_places(change: _Change, spots: Sequence[int], known: Sequence[bool], owner: Array) -> list[int]:
    """Where each new row goes among the old ones: in the rows of its word, by case."""
    old = change.old
    ends = [spot + is_known for spot, is_known in zip(spots, known, strict=True)]
    firsts, lasts = old.term_rows[spots].tolist(), old.term_rows[ends].tolist()
    before = change.places
    return [
        firsts[term] + int(old.row_cases[firsts[term] : lasts[term]].searchsorted(before[case]))
        for term, case in zip(owner.tolist(), change.part["ligne_cas"].tolist(), strict=True)
    ]


def _in_place(change: _Change) -> bool:
    """Whether every case that stays keeps its number."""
    kept = change.renumbered >= 0
    return bool((change.renumbered[kept] == np.flatnonzero(kept)).all())


def _terms(change: _Change, lost: Array, spots: Sequence[int], known: Sequence[bool]) -> tuple[dict[str, Array], Array]:
    """The sorted words: those that no case holds any more go, the new ones come; and the new number of each old one."""
    old, part = change.old, change.part
    counts = np.diff(old.term_rows) - np.bincount(lost, minlength=len(old.terms))
    new_counts = np.diff(part["terme_lignes"])
    spot, is_known = np.array(spots, np.int64), np.array(known, bool)
    np.add.at(counts, spot[is_known], new_counts[is_known])
    gone = np.flatnonzero(counts == 0).tolist()
    coming = [
        (place, term) for place, term, held in zip(spots, _strings(part, "termes"), known, strict=True) if not held
    ]
    edits = Edits(len(old.terms), [(term, term + 1) for term in gone], [place for place, _ in coming])
    kept = edits.apply(counts, new_counts[~is_known])
    stays = np.flatnonzero(edits.apply(np.ones(len(counts), bool), np.zeros(len(coming), bool)))
    moved = np.full(len(counts), -1, np.int32)
    moved[np.delete(np.arange(len(counts)), gone)] = stays
    strings = _edited_table(old, "termes", gone, [place for place, _ in coming], [term for _, term in coming])
    return {**strings, "terme_lignes": _starts(kept, old.term_rows.dtype)}, moved


def _lengths(change: _Change, lost: Numbers) -> dict[str, Array]:
    old, part = change.old, change.part
    counts = old.row_places[lost + 1].astype(np.int64) - old.row_places[lost]
    less = np.bincount(old.row_fields[lost], counts, len(FIELDS)).astype(np.int64)
    columns = [change.columns.apply(*pair) for pair in zip(old.lengths, part["longueurs"], strict=True)]
    return {"longueurs": np.stack(columns), "totaux": old.totals - less + part["totaux"]}


def _forms(change: _Change, rows: Mapping[str, Array], moved: Array) -> dict[str, Array]:
    """Words as written: counted down for the cases gone, up for those that come; a known word keeps its writing."""
    old = change.old
    delta: Counter[str] = Counter()
    written: dict[str, str] = {}
    for number in range(len(change.numbers)):
        for word, folded in _surface(_text(change.part, number, field) for field in STORED_FIELDS):
            delta[folded] += 1
            written[folded] = max(written.get(folded, ""), word)
    for number in change.gone:
        delta.subtract(folded for _, folded in _surface(old.text(number, field) for field in STORED_FIELDS))
    counts, gone, coming = old.form_counts.copy(), [], []
    for form in sorted(delta):
        place = bisect_left(old.forms, form)
        if place < len(old.forms) and old.forms[place] == form:
            counts[place] += delta[form]
            gone += [place] if counts[place] <= 0 else []
        elif delta[form] > 0:
            coming.append((place, form))
    places, forms = [place for place, _ in coming], [form for _, form in coming]
    edits = Edits(len(old.forms), [(place, place + 1) for place in gone], places)
    return {
        **_edited_table(old, "formes", gone, places, forms),
        **_edited_table(old, "ecrites", gone, places, [written[form] for form in forms]),
        "forme_cas": edits.apply(counts, np.array([delta[form] for form in forms], np.int32)),
        "forme_lettres": edits.apply(old.form_letters, np.array([letters(form) for form in forms], np.uint32)),
        "forme_terme": edits.apply(moved[old.form_terms], _numbers_of(forms, rows)),
    }


def _numbers_of(forms: Sequence[str], rows: Mapping[str, Array]) -> Array:
    """The numbers of the words of some forms."""
    terms = StringTable(rows["termes"], rows["termes_fin"])
    return np.array([bisect_left(terms, stem(form)) for form in forms], np.int32)


def _surface(texts: Iterable[str]) -> set[tuple[str, str]]:
    return {pair for text in texts for pair in surface_forms(text)}


def _bitmaps(change: _Change, size: int) -> Array:
    old, part = change.old, change.part
    before = np.unpackbits(old.bitmaps.view(np.uint8), axis=1, count=old.size, bitorder="little")
    after = np.unpackbits(part["facettes"].view(np.uint8), axis=1, count=len(change.numbers), bitorder="little")
    bits = np.zeros((len(before), -(-size // 64) * 64), np.uint8)
    stays = change.renumbered >= 0
    bits[:, change.renumbered[stays]] = before[:, stays]
    bits[:, change.numbers] = after
    return np.packbits(bits, axis=1, bitorder="little").view(np.uint64)


def _orders(change: _Change, material: Material) -> Array:
    """Each order with the cases gone taken out and those that come put at their places."""
    slugs = sorted(material.cases)
    orders = []
    for row, key_of in zip(change.old.arrays["ordres"], order_keys(material.taxonomy), strict=True):

        def key(number: int, key_of: Callable[[Case], Any] = key_of) -> Any:
            return key_of(material.cases[slugs[number]])

        order = change.renumbered[row]
        order = order[order >= 0]
        incoming = sorted(change.numbers.tolist(), key=key)
        places = [bisect_left(order, key(number), key=key) for number in incoming]
        orders.append(np.insert(order, places, incoming) if incoming else order)
    return np.array(orders, np.int32).reshape(len(orders), -1)


def _texts(change: _Change) -> dict[str, Array]:
    width = len(STORED_FIELDS)
    gone = [case * width + field for case in change.gone for field in range(width)]
    places = [place * width for place in change.places for _ in range(width)]
    return _edited_table(change.old, "textes", gone, places, _strings(change.part, "textes"))


# Tables of strings


def _strings(arrays: Mapping[str, Array], name: str) -> list[str]:
    return StringTable(arrays[name], arrays[f"{name}_fin"])[:]


def _text(arrays: Mapping[str, Array], number: int, field: str) -> str:
    table_ = StringTable(arrays["textes"], arrays["textes_fin"])
    return table_[number * len(STORED_FIELDS) + STORED_FIELDS.index(field)]


def _edited_table(
    old: Snapshot, name: str, gone: Sequence[int], places: Sequence[int], strings: Sequence[str]
) -> dict[str, Array]:
    """A table of strings after the changes."""
    blob, ends = old.arrays[name], old.arrays[f"{name}_fin"]
    starts = np.concatenate(([0], ends))
    new = table(name, strings)
    sizes = np.diff(new[f"{name}_fin"], prepend=0)
    items = Edits(len(ends), [(item, item + 1) for item in gone], places)
    ranges = [(int(starts[item]), int(starts[item + 1])) for item in gone]
    bytes_ = Edits(len(blob), ranges, starts[list(places)].tolist() if places else [], sizes.tolist())
    lengths = items.apply(np.diff(starts), sizes)
    return {name: bytes_.apply(blob, new[name]), f"{name}_fin": np.cumsum(lengths, dtype=ends.dtype)}


def _starts(counts: Array, dtype: np.dtype[np.generic]) -> Array:
    return np.concatenate(([0], np.cumsum(counts))).astype(dtype)
