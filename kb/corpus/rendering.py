"""A case's Markdown as safe HTML: footnotes made from its sources, French typography, an allow-list of tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree

import markdown
import nh3
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

from kb.corpus.case import Case, Source
from kb.corpus.prose import FOOTNOTE
from kb.corpus.typography import typeset

_TAGS = {
    *("p", "ul", "ol", "li", "strong", "em", "blockquote", "br", "h3", "h4", "sup", "a", "abbr", "code", "pre", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "id", "class"}, "sup": {"id"}}
_LITERAL = {"code", "pre"}
_MARK = re.compile(r'<sup id="(fnref\d*-[^"]+)"><a [^>]*href="#fn-([^"]+)"[^>]*>\d+</a></sup>')


@dataclass(frozen=True, slots=True)
class Note:
    """A source as a numbered note: `anchor` is its id in the page, `backlinks` those of its calls in the text."""

    number: int
    source: Source
    anchor: str
    backlinks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderedCase:
    """Safe HTML of each section by key, and the notes; `numbers` gives the number of a source's note."""

    sections: Mapping[str, str]
    notes: tuple[Note, ...]
    numbers: Mapping[str, int]


def render_case(case: Case) -> RenderedCase:
    """Render the seven sections; notes are numbered in order of first call, sources called only elsewhere come last."""
    body = "\n".join(section.markdown for section in case.sections)
    called = dict.fromkeys(note for note in FOOTNOTE.findall(body) if any(s.id == note for s in case.sources))
    order = [*called, *(source.id for source in case.sources if source.id not in called)]
    numbers = {source_id: number for number, source_id in enumerate(order, 1)}
    calls: dict[str, list[str]] = {source_id: [] for source_id in order}
    sections = {section.key: _render(section.markdown, numbers, calls) for section in case.sections}
    notes = tuple(
        Note(numbers[source_id], case.source(source_id), f"fn-{source_id}", tuple(calls[source_id]))
        for source_id in order
    )
    return RenderedCase(sections, notes, numbers)


def _render(text: str, numbers: Mapping[str, int], calls: dict[str, list[str]]) -> str:
    """HTML of one section. Footnotes are called with the page's numbers; `calls` gathers the anchors of the calls."""
    called = (source_id for source_id in dict.fromkeys(FOOTNOTE.findall(text)) if source_id in numbers)
    definitions = "\n".join(f"[^{source_id}]: {source_id}" for source_id in called)
    converter = markdown.Markdown(
        extensions=["footnotes", "tables", "sane_lists", _Plain()],
        extension_configs={"footnotes": {"SEPARATOR": "-", "UNIQUE_IDS": False}},
        output_format="html",
    )
    html = converter.convert(f"{text}\n\n{definitions}\n")
    html = html.partition('<div class="footnote">')[0]
    html = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https"}, link_rel="noopener")
    return _MARK.sub(lambda match: _call(match[2], numbers, calls), html).strip()


def _call(source_id: str, numbers: Mapping[str, int], calls: dict[str, list[str]]) -> str:
    """The call of a note, its anchor unique in the whole page."""
    made = calls[source_id]
    anchor = f"fnref{len(made) + 1 if made else ''}-{source_id}"
    made.append(anchor)
    number = numbers[source_id]
    label = f"Note {number}"
    return f'<sup class="appel" id="{anchor}"><a href="#fn-{source_id}" aria-label="{label}">{number}</a></sup>'


class _Plain(Extension):
    """No raw HTML (it is shown as text), no image, no heading above the third level; French typography."""

    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 — Python-Markdown's name
        md.preprocessors.deregister("html_block")
        for pattern in ("html", "entity", "image_link", "image_reference", "short_image_ref"):
            md.inlinePatterns.deregister(pattern)
        md.treeprocessors.register(_Typographer(md), "typographie", 5)


class _Typographer(Treeprocessor):
    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            if element.text and element.tag not in _LITERAL:
                element.text = type(element.text)(typeset(element.text))
            if element.tail:
                element.tail = type(element.tail)(typeset(element.tail))
