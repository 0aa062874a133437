"""What a visitor asks for, as an immutable value. The address is its only state: parsing and printing are inverses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from kb.corpus.taxonomy import FACET_NAMES, UNSET, Taxonomy

SORTS: Mapping[str, str] = MappingProxyType(
    {"pertinence": "Pertinence", "recent": "Plus récents", "etape": "Étape la plus avancée", "titre": "Titre"}
)
"""Order of results: id in addresses → label. `pertinence` needs words; without words the default is `recent`."""

PAGE_SIZE = 12
MAX_TEXT = 400  # Characters of a search kept; a longer text is cut, never refused.
MAX_PAGE = 10_000
_EXCEPT = "sauf_"
_YEARS = range(1000, 10_000)

Terms = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Words, filters, order and page of a search.

    `termes` and `sauf` hold (facet, ids) pairs in the order of FACETS, ids in the vocabulary's order: two equal
    searches are equal values with one address. `de` and `a` bound the year of beginning, both included.
    """

    texte: str = ""
    termes: Terms = ()
    sauf: Terms = ()
    de: int | None = None
    a: int | None = None
    tri: str = ""
    page: int = 1

    @classmethod
    def parse(cls, pairs: Iterable[tuple[str, str]], taxonomy: Taxonomy) -> SearchQuery:
        """Read the parameters of an address. Unknown names and values are dropped; never raises."""
        included: dict[str, set[str]] = {}
        excluded: dict[str, set[str]] = {}
        single: dict[str, str] = {}
        for name, value in pairs:
            facet = name.removeprefix(_EXCEPT)
            if facet in FACET_NAMES:
                if value == UNSET or value in taxonomy.vocabulary_of(facet):
                    (excluded if name.startswith(_EXCEPT) else included).setdefault(facet, set()).add(value)
            else:
                single.setdefault(name, value)
        for facet, values in included.items():
            excluded.get(facet, set()).difference_update(values)
        tri = single.get("tri", "")
        first, last = _year(single.get("de", "")), _year(single.get("a", ""))
        if first and last and first > last:
            first, last = last, first
        return cls(
            texte=_clean(single.get("q", "")),
            termes=_ordered(included, taxonomy),
            sauf=_ordered(excluded, taxonomy),
            de=first,
            a=last,
            tri=tri if tri in SORTS else "",
            page=_page(single.get("page", "")),
        )

    def params(self) -> tuple[tuple[str, str], ...]:
        """Parameters of the address, empty ones left out: the inverse of `parse`."""
        pairs: list[tuple[str, str]] = [("q", self.texte)] if self.texte else []
        pairs += [(facet, value) for facet, values in self.termes for value in values]
        pairs += [(_EXCEPT + facet, value) for facet, values in self.sauf for value in values]
        years = (("de", self.de), ("a", self.a))
        pairs += [(name, str(year)) for name, year in years if year is not None]
        if self.tri:
            pairs.append(("tri", self.tri))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return tuple(pairs)

    # Reading

    def included(self, facet: str) -> tuple[str, ...]:
        return dict(self.termes).get(facet, ())

    def excluded(self, facet: str) -> tuple[str, ...]:
        return dict(self.sauf).get(facet, ())

    @property
    def order(self) -> str:
        """The sort that applies: the one asked for, else `pertinence` with words and `recent` without."""
        if self.tri and not (self.tri == "pertinence" and not self.texte):
            return self.tri
        return "pertinence" if self.texte else "recent"

    @property
    def filter_count(self) -> int:
        """Number of filters, the period counting for one."""
        chosen = sum(len(values) for _, values in (*self.termes, *self.sauf))
        return chosen + (self.de is not None or self.a is not None)

    @property
    def is_empty(self) -> bool:
        return not self.texte and not self.filter_count

    # Changing: every change goes back to the first page, except the change of page itself.

    def with_term(self, facet: str, value: str, taxonomy: Taxonomy) -> SearchQuery:
        """The same search, one value more ticked."""
        without = self.without_term(facet, value)
        terms = {name: set(values) for name, values in without.termes}
        terms.setdefault(facet, set()).add(value)
        return replace(without, termes=_ordered(terms, taxonomy))

    def without_term(self, facet: str, value: str) -> SearchQuery:
        """The same search without this value, ticked or set aside."""
        return replace(self, termes=_less(self.termes, facet, value), sauf=_less(self.sauf, facet, value), page=1)

    def without_facet(self, facet: str) -> SearchQuery:
        """The same search without any value of this facet; `debut` stands for the period."""
        if facet == "debut":
            return replace(self, de=None, a=None, page=1)
        kept = tuple(pair for pair in self.termes if pair[0] != facet)
        return replace(self, termes=kept, sauf=tuple(pair for pair in self.sauf if pair[0] != facet), page=1)

    def without_filters(self) -> SearchQuery:
        return SearchQuery(texte=self.texte, tri=self.tri)

    def with_text(self, texte: str) -> SearchQuery:
        return replace(self, texte=_clean(texte), page=1)

    def with_years(self, de: int | None, a: int | None) -> SearchQuery:
        return replace(self, de=de, a=a, page=1)

    def on_page(self, page: int) -> SearchQuery:
        return replace(self, page=page)


def _clean(text: str) -> str:
    """One line of at most MAX_TEXT characters, control characters and doubled spaces gone."""
    printable = "".join(char if char.isprintable() else " " for char in text[: MAX_TEXT * 4])
    return " ".join(printable.split())[:MAX_TEXT].rstrip()


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) == 4 and int(text) in _YEARS else None


def _page(text: str) -> int:
    return min(max(int(text), 1), MAX_PAGE) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def _ordered(terms: Mapping[str, set[str]], taxonomy: Taxonomy) -> Terms:
    def rank(facet: str, value: str) -> int:
        vocabulary = taxonomy.vocabulary_of(facet)
        return len(vocabulary) if value == UNSET else vocabulary.rank(value)

    return tuple(
        (facet, tuple(sorted(terms[facet], key=lambda value: rank(facet, value))))
        for facet in FACET_NAMES
        if terms.get(facet)
    )


def _less(terms: Terms, facet: str, value: str) -> Terms:
    kept = ((name, tuple(v for v in values if (name, v) != (facet, value))) for name, values in terms)
    return tuple((name, values) for name, values in kept if values)
