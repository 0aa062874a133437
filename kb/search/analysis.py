"""French analysis, the same on both sides: what is written in a file and what is typed in the search box.

A text is cut into words, folded (case, accents, ligatures), rid of stop words, then stemmed. Folding comes before
stemming, or a word typed without its accents is lost: the Snowball stemmer answers differently to « competences »
and « compétences ». Offsets always refer to the original text, so that snippets can be cut from it.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import Stemmer
from whoosh.analysis import Filter, Token, Tokenizer

from kb.search.french import ELIDED, FORMS, PLURALS, STOP_WORDS, UNSTEMMED, WHOLE

ANALYSIS_VERSION = 3
"""To be raised at every change of this module that changes the words of a text: indexes made before are rebuilt."""

LINE_GAP = 10
"""Positions between two lines: an exact expression never runs from one paragraph, or one name, into the next."""

_APOSTROPHES = "'’ʼ‘`´′＇"
_HYPHENS = r"\-‐‑‒–−"
_LETTER = r"[^\W_]"
_CHAR = r"[^\W_][\u0300-\u036f\u00ad\u200b-\u200d\u2060]*"
_WORD = re.compile(
    rf"""
    (?P<sigle>   (?:[A-ZÀ-Þ]\.){{2,}}[A-ZÀ-Þ]?(?!\w) | [A-Z]&[A-Z](?!\w) )
  | (?P<nombre>  \d{{1,3}}(?:[ \u00a0\u202f\u2009]\d{{3}})+(?!\d) | \d+(?:[.,]\d+)+(?!\w) )
  | (?P<mot>     (?:{_CHAR})+ (?:[{_APOSTROPHES}{_HYPHENS}](?:{_CHAR})+)* )
    (?: (?:[·•‧]{_LETTER}+)+ | \.(?:e|es|ne|nes|rice|rices|trice|trices|euse|euses)(?:\.?s)?(?!\w) )?
    """,
    re.VERBOSE,
)
_PIECE = re.compile(rf"[^{_APOSTROPHES}{_HYPHENS}]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ð": "d", "þ": "th"})


class Part(NamedTuple):
    """A folded word and where it stands in the original text."""

    text: str
    start: int
    end: int


class Word(NamedTuple):
    """What a reader sees as one word: « l'auto-école » has three parts, and « autoecole » as its joined form."""

    parts: tuple[Part, ...]
    joined: str
    start: int
    end: int


@lru_cache(maxsize=1 << 17)
def fold(text: str) -> str:
    """Letters and digits only, without case, accents or ligatures: « Cœur » → « coeur »."""
    if text.isascii() and text.isalnum():
        return text.lower()
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold().translate(_LIGATURES))
    return "".join(char for char in flat if char.isalnum()).lower()


_local = threading.local()  # A Snowball stemmer holds state during a call: one per thread.


@lru_cache(maxsize=1 << 17)
def stem(folded: str) -> str:
    """The stem of a folded word.

    Snowball knows endings by their accents (-ée, -ité) and spares an s after most vowels (« vélos », « emplois »): what
    folding hides from it is settled before, what it leaves is settled after.
    """
    word = FORMS.get(folded) or PLURALS.get(folded, folded)
    if word in UNSTEMMED:
        return word
    singular = word.rstrip("s")
    if word.endswith("eaux"):
        word = word[:-1]
    elif len(word) > 4 and singular.endswith("ee"):
        word = singular[:-1]
    elif len(singular) > 6 and singular.endswith("ite"):
        word = singular[:-3]
    elif len(singular) > 6 and singular.endswith("iere"):
        word = f"{singular[:-4]}ier"
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        stemmer = _local.stemmer = Stemmer.Stemmer("french")
    root = str(stemmer.stemWord(word)) or word
    if len(root) > 3 and root.endswith(("as", "is", "os", "us", "nn")):
        root = root[:-1]
    return f"{root[:-1]}f" if len(root) > 3 and root.endswith("iv") else root


def words(text: str) -> Iterator[Word]:
    """The words of a text, in order, stop words included."""
    for match in _WORD.finditer(text):
        if match["mot"]:
            word = _split(match)
        else:
            decimal = match["nombre"] and match[0].replace(",", ".").replace(" ", "")
            word = _single(match[0], match.start(), match.end(), decimal if decimal and "." in decimal else "")
        if word.parts:
            yield word


def _single(raw: str, start: int, end: int, text: str = "") -> Word:
    """A word in one part: number, acronym or plain word."""
    folded = text or fold(raw)
    return Word((Part(folded, start, end),) if folded else (), "", start, end)


def _split(match: re.Match[str]) -> Word:
    raw, start = match["mot"], match.start()
    if raw.isalnum():
        return _single(raw, start, match.end())
    pieces = ((piece, fold(piece[0])) for piece in _PIECE.finditer(raw))
    parts = tuple(Part(text, start + piece.start(), start + piece.end()) for piece, text in pieces if text)
    if len(parts) == 1:
        return Word((parts[0]._replace(end=match.end()),), "", start, match.end())
    elided = parts[0].text in ELIDED and raw[parts[0].end - start] in _APOSTROPHES
    for lead in (0, 1)[: 1 + elided]:
        whole = WHOLE.get(_ascii_joints(raw[parts[lead].start - start :]))
        if whole:
            parts = (*parts[:lead], Part(whole, parts[lead].start, match.end()))
            return Word(parts, "", parts[lead].start, match.end())
    kept = parts[1:] if elided else parts
    joined = "".join(part.text for part in kept) if len(kept) > 1 else ""
    return Word(parts, joined, kept[0].start, parts[-1].end)


@lru_cache(maxsize=1 << 12)
def _ascii_joints(raw: str) -> str:
    """The word folded piece by piece, with plain apostrophes and hyphens between."""
    pieces = re.split(rf"([{_APOSTROPHES}{_HYPHENS}])", raw)
    return "".join(
        ("'" if piece in _APOSTROPHES else "-") if index % 2 else fold(piece) for index, piece in enumerate(pieces)
    )


def surface_forms(text: str) -> Iterator[tuple[str, str]]:
    """(as written in lower case, folded) for each part that is a real word: what a correction may propose."""
    for word in words(text):
        for part in word.parts:
            if part.text not in STOP_WORDS and len(part.text) > 2 and part.text.isalpha():
                yield unicodedata.normalize("NFC", text[part.start : part.end]).lower(), part.text


class FrenchTokenizer(Tokenizer):  # type: ignore[misc]
    """Whoosh tokenizer over `words`: parts at successive positions, the joined form at the position of the first."""

    def __call__(
        self, value: str, *, start_pos: int = 0, start_char: int = 0, mode: str = "", **flags: Any
    ) -> Iterator[Token]:
        token = Token(mode=mode, **flags)
        token.boost = 1.0
        position = start_pos
        for line in value.splitlines(keepends=True):
            for word in words(line):
                for part in word.parts:
                    token.text, token.pos = part.text, position
                    token.startchar, token.endchar = start_char + part.start, start_char + part.end
                    yield token
                    if word.joined and part.start == word.start:
                        token.text, token.endchar = word.joined, start_char + word.end
                        yield token
                    position += 1
            start_char += len(line)
            position += LINE_GAP


class FrenchStopFilter(Filter):  # type: ignore[misc]
    """Drops stop words; positions keep the gap, so that an exact expression stays exact."""

    is_morph = True

    def __call__(self, tokens: Iterator[Token]) -> Iterator[Token]:
        return (token for token in tokens if token.text not in STOP_WORDS)


class FrenchStemFilter(Filter):  # type: ignore[misc]
    """Replaces folded words by their stems."""

    is_morph = True

    def __call__(self, tokens: Iterator[Token]) -> Iterator[Token]:
        for token in tokens:
            token.text = stem(token.text)
            yield token


class SurfaceTokenizer(Tokenizer):  # type: ignore[misc]
    """Whoosh tokenizer over `surface_forms`: words as written, for the vocabulary of corrections."""

    def __call__(self, value: str, **flags: Any) -> Iterator[Token]:
        token = Token(**flags)
        token.boost = 1.0
        for token.pos, (written, _) in enumerate(surface_forms(value)):
            token.text = written
            yield token


TEXT_ANALYSER = FrenchTokenizer() | FrenchStopFilter() | FrenchStemFilter()
NAME_ANALYSER = FrenchTokenizer() | FrenchStemFilter()
SURFACE_ANALYSER = SurfaceTokenizer()
