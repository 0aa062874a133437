from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.corpus.case import Case, Section
from kb.corpus.rendering import render_case
from kb.corpus.typography import typeset
from tests.corpus.samples import VALID, read


def case(markdown: str | None = None) -> Case:
    found = read(VALID).case
    assert found is not None
    if markdown is None:
        return found
    return replace(found, sections=(Section("besoin", "Le besoin", markdown, 1),))


def test_notes_are_made_from_the_sources_in_order_of_call() -> None:
    rendered = render_case(case())
    assert [(note.number, note.source.id) for note in rendered.notes] == [(1, "mairie"), (2, "journal")]
    assert rendered.numbers == {"mairie": 1, "journal": 2}
    html = "".join(rendered.sections.values())
    for note in rendered.notes:
        assert note.backlinks
        for anchor in note.backlinks:
            assert html.count(f'id="{anchor}"') == 1
            assert f'id="{anchor}"><a href="#{note.anchor}"' in html


def test_a_source_called_only_in_the_head_comes_last() -> None:
    rendered = render_case(case("Rien[^journal]."))
    assert [(note.source.id, note.backlinks) for note in rendered.notes] == [
        ("journal", ("fnref-journal",)),
        ("mairie", ()),
    ]


@pytest.mark.parametrize(
    ("markdown", "absent"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("[clic](javascript:alert(1))", "javascript:"),
        ("[clic](data:text/html;base64,xx)", "data:"),
        ('<a href="#" onclick="x()">y</a>', "<a href"),
        ("![image](https://x.example/i.png)", "<img"),
        ("<div style='color:red'>z</div>", "<div"),
        ("&lt;script&gt;", "<script"),
        ("<!-- secret -->", "<!--"),
        ("[a]: javascript:alert(1)\n\n[a]", "javascript"),
    ],
)
def test_hostile_markdown_never_reaches_the_page(markdown: str, absent: str) -> None:
    html = render_case(case(markdown)).sections["besoin"].replace("&lt;", "").replace("&gt;", "")
    assert absent not in html


@pytest.mark.parametrize("quote", ['"', "'", '\\"', "&quot;"])
def test_no_attribute_can_be_smuggled_in(quote: str) -> None:
    found: list[str] = []

    class Attributes(HTMLParser):
        def handle_starttag(self, _tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.extend(name for name, _ in attrs)

    markdown = f"[x](https://a.example {quote}t{quote} onmouseover=alert(1){quote}) <b{quote} onload=x> [^mairie]"
    Attributes().feed(render_case(case(markdown)).sections["besoin"])
    assert set(found) <= {"href", "id", "class", "rel", "aria-label", "title"}


@given(st.text(max_size=300))
def test_whatever_is_written_the_html_holds_only_allowed_tags(text: str) -> None:
    import re

    html = render_case(case(text)).sections["besoin"]
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)", html))
    blocks = "p ul ol li blockquote br h3 h4 pre hr table thead tbody tr th td"
    assert tags <= {*blocks.split(), "strong", "em", "sup", "a", "abbr", "code"}


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Vraiment ? Oui !", "Vraiment\u202f? Oui\u202f!"),
        ("l'alliance", "l’alliance"),
        ("« mot »", "«\u00a0mot\u00a0»"),
        ("«mot»", "«\u00a0mot\u00a0»"),
        ("note : deux", "note\u00a0: deux"),
        ("12:30", "12:30"),
        ("1 200 000 euros", "1\u202f200\u202f000\u00a0euros"),
        ("35 % de 7,3 M€", "35\u00a0% de 7,3\u00a0M€"),
        ("en 2017 300 vélos", "en 2017\u202f300 vélos"),
        ("attendez...", "attendez…"),
        ("https://a.example/?b=c", "https://a.example/?b=c"),
    ],
)
def test_french_typography(typed: str, printed: str) -> None:
    assert typeset(typed) == printed


@given(st.text(max_size=120))
def test_typesetting_twice_changes_nothing_more(text: str) -> None:
    assert typeset(typeset(text)) == typeset(text)


def test_code_is_left_as_it_is() -> None:
    assert "<code>l'option ?</code>" in render_case(case("Tapez `l'option ?`.")).sections["besoin"]
