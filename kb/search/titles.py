"""Exact and near-exact titles: compared by hashes, so that one comparison of arrays finds them."""

from __future__ import annotations

import hashlib
import re

from kb.search.analysis import fold, stem, words
from kb.search.french import STOP_WORDS

_NAME_END = re.compile(r"\s*[,:;(]|\s[–—]\s")
_PLACING = frozenset({"a", "au", "aux", "autour", "dans", "de", "des", "du", "en", "entre", "pour", "pres", "sur"})


def search_keys(text: str) -> tuple[int, int]:
    """Two 64-bit keys: of the folded words in order, and of the stems without stop words, in any order."""
    folded = [part.text for word in words(text) for part in word.parts]
    stems = sorted(stem(word) for word in folded if word not in STOP_WORDS)
    return _hash(folded), _hash(stems or folded)


def title_keys(title: str) -> tuple[int, int, int]:
    """The two keys of a title, and the second key of the name it begins with (« Ehop, une association… »), else 0."""
    name = _NAME_END.split(title, maxsplit=1)[0]
    placing = fold(name.split(" ")[0]) in _PLACING  # « À Mayotte, un campus » is not named « À Mayotte ».
    return *search_keys(title), 0 if placing or name == title else search_keys(name)[1]


def _hash(parts: list[str]) -> int:
    digest = hashlib.blake2b(" ".join(parts).encode(), digest_size=8)
    return int.from_bytes(digest.digest(), "little")
