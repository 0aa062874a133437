"""Exact and near-exact titles: compared by hashes, so that one comparison of arrays finds them."""

from __future__ import annotations

import hashlib

from kb.corpus.prose import name_in
from kb.search.analysis import stem, words
from kb.search.french import STOP_WORDS


def search_keys(text: str) -> tuple[int, int]:
    """Two 64-bit keys: of the folded words in order, and of the stems without stop words, in any order."""
    folded = [part.text for word in words(text) for part in word.parts]
    stems = sorted(stem(word) for word in folded if word not in STOP_WORDS)
    return _hash(folded), _hash(stems or folded)


def title_keys(title: str) -> tuple[int, int, int]:
    """The two keys of a title, and the second key of the name it begins with (« Ehop, une association… »), else 0."""
    name = name_in(title)
    return *search_keys(title), search_keys(name)[1] if name else 0


def _hash(parts: list[str]) -> int:
    digest = hashlib.blake2b(" ".join(parts).encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "little")
