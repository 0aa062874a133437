from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.corpus.frontmatter import Document, FrontMatterError, Node
from tests.corpus.samples import VALID

LINES = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\u2028\u2029\ufeff"), max_size=60
)


def test_an_unedited_file_stays_byte_for_byte() -> None:
    assert Document.parse(VALID).text == VALID


@given(value=LINES.map(str.strip).filter(bool))
def test_changing_one_value_changes_nothing_else(value: str) -> None:
    before = Document.parse(VALID)
    after = before.with_text(("lieu",), value)
    assert _value(after, "lieu") == value
    start, end = after.text.index("lieu: ") + 6, after.text.index("\nechelle:")
    assert after.text[:start] + "Redon" + after.text[end:] == VALID


@pytest.mark.parametrize(
    "path",
    [("titre",), ("resume",), ("organisations", 1, "nom"), ("chiffres", 0, "valeur"), ("sources", "journal", "titre")],
)
def test_any_value_can_be_changed_and_read_back(path: tuple[str | int, ...]) -> None:
    changed = Document.parse(VALID).with_text(path, "L'été : « neuf » #1")
    node = changed.node(path)
    assert node is not None
    assert node.value == "L'été : « neuf » #1"
    assert changed.body == Document.parse(VALID).body
    assert "# Une fiche d'essai." in changed.text


@given(
    title=LINES.map(str.strip).filter(lambda text: text[:1].isalpha() and " #" not in text),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_a_title_with_colons_is_read_as_it_is_written(title: str, newline: str) -> None:
    title = f"{title} : la suite d'un récit"
    text = newline.join(["---", f"titre: {title}", "lieu: Redon", "---", "corps", ""])
    document = Document.parse(text)
    assert _value(document, "titre") == title
    assert document.with_text(("lieu",), "Ici").text == text.replace("Redon", "Ici")


def test_scalars_are_text_whatever_they_look_like() -> None:
    document = Document.parse("---\na: 01\nb: no\nc: 2023-10\nd: ~\ne: 1_000\n---\n")
    assert {key: node.value for key, node in document.root.items()} == {
        "a": "01",
        "b": "no",
        "c": "2023-10",
        "d": "~",
        "e": "1_000",
    }


def test_lines_are_those_of_the_file() -> None:
    document = Document.parse(VALID)
    node = document.node(("organisations", 1, "nom"))
    assert node is not None
    assert VALID.splitlines()[node.line - 1] == "  - nom: Ville de Redon"
    assert VALID.splitlines()[document.body_line - 1] == "## Le besoin"


@pytest.mark.parametrize(
    ("text", "line", "message", "cure"),
    [
        ("du texte sans en-tête", 1, "absent", "---"),
        ("", 1, "absent", "---"),
        ("---\ntitre: a\nsans fin", 1, "absent", "---"),
        ("---\na: 1\n\tb: 2\n---\n", 3, "tabulation", "espaces"),
        ("---\na: &x 1\nb: *x\n---\n", 2, "ancre", "entier"),
        ("---\na: !!python/object:os.system x\n---\n", 2, "étiquette", "guillemets"),
        ("---\na: [1, 2\nb: 3\n---\n", 2, "crochet", "fermez"),
        ("---\nb: 3\na: {x: 1\n---\n", 3, "accolade", "fermez"),
        ("---\na: 1\nb: [\n---\n", 3, "crochet", "crochets"),
        ("---\na: ]\nb: 1\n---\n", 2, "de trop", "crochets"),
        ("---\na: @x\n---\n", 2, "signe réservé", "guillemets"),
        ('---\na: "\\q"\n---\n', 2, "barre oblique", "simples"),
        ("---\nx:\n  - a\n  b: 1\n---\n", 4, "liste", "« - »"),
        ("---\na: - b\n---\n", 2, "tiret", "ligne suivante"),
        ("---\na: 'x' y\n---\n", 2, "guillemet fermé", "guillemets"),
        ("---\n a: 1\nb: 2\n---\n", 3, "mal alignée", "bord gauche"),
        ("---\na: 1\n...\nb: 2\n---\n", 4, "mal alignée", "bord gauche"),
        ("---\nautre: un: deux\n---\n", 2, "deux-points", "guillemets"),
        ("---\na: 'jamais fermé\nb: 1\n---\n", 2, "jamais fermé", "fermez"),
        ("---\na: b\x00c\n---\n", 2, "interdit", "retirez"),
        ("---\n- un\n- deux\n---\n", 2, "clé: valeur", ""),
        ("---\n[a, b]: c\n---\n", 2, "clé est un mot", ""),
        ("---\na: [[[[[[[[1]]]]]]]]\n---\n", 2, "profonde", ""),
        ("---\na\n---\n", 2, "clé: valeur", ""),
    ],
)
def test_a_broken_head_says_where_what_and_the_cure(text: str, line: int, message: str, cure: str) -> None:
    with pytest.raises(FrontMatterError) as caught:
        Document.parse(text)
    assert caught.value.line == line
    assert message in caught.value.message
    assert cure in caught.value.cure


@given(st.text(max_size=200))
def test_no_text_is_ever_a_traceback(text: str) -> None:
    whole = f"---\n{text}\n---\ncorps\n"
    try:
        assert Document.parse(whole).text == whole
    except FrontMatterError as error:
        told = error.message
        assert told


def _value(document: Document, key: str) -> str | list[Node] | dict[str, Node]:
    return document.root[key].value
