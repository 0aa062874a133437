"""Reading a Markdown body as prose: sentences, words, figures, footnote marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(\*\*|__|\*|`)")
_LEAD = re.compile(r"^(?:\s*(?:[-*+]|\d+[.)])\s+|\s*>\s?|\s*#{1,6}\s+)", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])((?:\*\*|\*|\s?»|\[\^[^\]\s]+\])*)\s+(?=[«\"*(A-ZÀ-ÖØ-Þ0-9])")
_ABBREVIATION = re.compile(r"(?:\b(?:[A-ZÀ-Ý]|MM|Mme|Mlle|St|Ste|Dr|Pr|env|art|cf|p|n°|etc|chap)\.)$")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
_NUMBER_WORDS = (
    *("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize"),
    *("quatorze", "quinze", "seize", "vingt", "trente", "quarante", "cinquante", "soixante", "cent", "cents"),
    *("mille", "millier", "milliers", "million", "millions", "milliard", "milliards", "moitié", "quarts"),
    *("dizaine", "dizaines", "douzaine", "quinzaine", "vingtaine", "trentaine", "quarantaine", "cinquantaine"),
    *("soixantaine", "centaine", "centaines"),
)
_FIGURE = re.compile(rf"\d|\b(?:{'|'.join(_NUMBER_WORDS)})\b", re.IGNORECASE)
# Digits and numbers that are part of a name or of an idiom, and measure nothing.
_NOT_A_FIGURE = re.compile(
    r"\bCO[2₂]|\bcovid-19\b|\bloi (?:de )?1901\b|\b(?:tous|toutes|les|leurs|des|entre|à) deux\b|\bun sur deux\b"
    r"|\bdeux[- ]roues\b|\b(?:première|seconde) main\b|\bcent pour cent\b|\bODD \d+\b",
    re.IGNORECASE,
)


_NAME_END = re.compile(r"\s*[,:;(]|\s[–—]\s")
_PLACING = frozenset(
    ["à", "a", "au", "aux", "autour", "dans", "de", "des", "du", "en", "entre", "pour", "près", "pres", "sur"]
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, list item or table cell: `text` keeps its footnote marks, `line` counts from 1 in its Markdown."""

    text: str
    line: int

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(FOOTNOTE.findall(self.text))


def plain_text(markdown: str) -> str:
    """The text as read: no markup, no footnote mark, one paragraph or list item a line."""
    return "\n".join(_bare(block) for block, _ in _blocks(markdown))


def paragraphs(markdown: str) -> Iterator[tuple[str, int]]:
    """Blocks between blank lines (a list is one), each with the number of its first line, from 1."""
    line = 1
    for block in re.split(r"(\n[ \t]*(?=\n))", markdown):
        text = block.strip("\n")
        if text.strip():
            yield text, line + len(block) - len(block.lstrip("\n"))
        line += block.count("\n")


def words(text: str) -> list[str]:
    """Words and numbers of a plain text, in order."""
    return _WORD.findall(text)


def name_in(title: str) -> str:
    """The name that a title begins with (« Ehop, une association… » gives « Ehop »), or nothing.

    A place is no name: « À Mayotte, un campus… » is not called « À Mayotte ».
    """
    name = _NAME_END.split(title, maxsplit=1)[0]
    return "" if name == title or name.split(" ")[0].lower() in _PLACING else name


def word_count(markdown: str) -> int:
    """Number of words that a reader reads: neither markup nor footnote marks count."""
    return len(words(plain_text(markdown)))


def sentences(markdown: str) -> Iterator[Sentence]:
    """Sentences of a Markdown text in order, with the line where each one's paragraph or list item begins."""
    for block, line in _blocks(markdown):
        start = 0
        for end in _SENTENCE_END.finditer(block):
            if _ABBREVIATION.search(block[start : end.start()]):
                continue
            yield Sentence(block[start : end.end()].strip(), line)
            start = end.end()
        if block[start:].strip():
            yield Sentence(block[start:].strip(), line)


def has_figure(sentence: str, names: Iterable[str] = ()) -> bool:
    """Whether a sentence holds a figure, a quantity or a date, the `names` of organisations put aside."""
    text = FOOTNOTE.sub("", sentence)
    for name in names:
        text = text.replace(name, "")
    return _FIGURE.search(_NOT_A_FIGURE.sub("", text)) is not None


def _bare(block: str) -> str:
    text = _LINK.sub(r"\1", FOOTNOTE.sub("", _LEAD.sub("", block)))
    return " ".join(_EMPHASIS.sub("", text).split())


def _blocks(markdown: str) -> Iterator[tuple[str, int]]:
    """Paragraphs, list items and table rows, each joined on one line, with its first line's number."""
    current: list[str] = []
    first = 1
    for number, line in enumerate(markdown.splitlines(), 1):
        starts_item = bool(re.match(r"\s*(?:[-*+]|\d+[.)])\s+", line)) or line.lstrip().startswith("|")
        if current and (not line.strip() or starts_item):
            yield " ".join(current), first
            current = []
        if line.strip():
            if not current:
                first = number
            current.append(line.strip())
    if current:
        yield " ".join(current), first
