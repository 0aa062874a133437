"""A page of documentation as safe HTML, its headings numbered by anchors, its wide tables free to scroll."""

from __future__ import annotations

import re
from dataclasses import dataclass

import markdown
import nh3

from kb.corpus.typography import typeset

_TAGS = {
    *("p", "ul", "ol", "li", "strong", "em", "blockquote", "br", "h2", "h3", "h4", "a", "code", "pre"),
    *("table", "thead", "tbody", "tr", "th", "td", "img"),
}
_ATTRIBUTES = {"img": {"src", "alt"}, "a": {"href"}, "h2": {"id"}, "h3": {"id"}, "h4": {"id"}}
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TITLE = re.compile(r"\A#[ \t]+(.+)\n")
_TEXT = re.compile(r"(<code>.*?</code>|<pre>.*?</pre>|<[^>]*>)", re.DOTALL)
_HEADING = re.compile(r'<h2 id="([^"]+)">(.*?)</h2>', re.DOTALL)
_TABLE = re.compile(r"<table>.*?</table>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RenderedDocument:
    """Title, safe HTML of the rest, and (anchor, heading) of its parts."""

    titre: str
    html: str
    parts: tuple[tuple[str, str], ...]


def render_document(text: str) -> RenderedDocument:
    """Render a Markdown page of ours; raw HTML is left out."""
    text = _COMMENT.sub("", text)
    title = _TITLE.match(text)
    html = markdown.Markdown(extensions=["tables", "sane_lists", "toc"], output_format="html").convert(
        text[title.end() :] if title else text
    )
    html = nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https"}, link_rel="noopener")
    html = "".join(piece if index % 2 else typeset(piece) for index, piece in enumerate(_TEXT.split(html)))
    html = _TABLE.sub(lambda match: f'<div class="tab dense" tabindex="0">{match[0]}</div>', html)
    parts = tuple((anchor, re.sub(r"<[^>]+>", "", heading)) for anchor, heading in _HEADING.findall(html))
    return RenderedDocument(typeset(title[1].strip()) if title else "", html, parts)
