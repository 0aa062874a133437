"""The reader's syntax: whatever is typed is a valid, bounded search."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.search.grammar import MAX_ATOMS, Kind, Parsed, parse


def read(text: str) -> tuple[list[str], list[str]]:
    """Clauses and exclusions as short strings: `a|b`, `"x y"`, `abc*`."""
    parsed = parse(text)
    signs = {Kind.WORD: "{}", Kind.PHRASE: '"{}"', Kind.PREFIX: "{}*"}

    def said(kind: Kind, parts: tuple[tuple[str, int], ...]) -> str:
        return signs[kind].format(" ".join(text for text, _ in parts))

    return (
        ["|".join(said(atom.kind, atom.parts) for atom in clause) for clause in parsed.clauses],
        [said(atom.kind, atom.parts) for atom in parsed.excluded],
    )


@pytest.mark.parametrize(
    ("typed", "clauses", "excluded"),
    [
        ("vélo école", ["velo", "ecole"], []),
        ("vélo ET école", ["velo", "ecole"], []),
        ("vélo OU école garage", ["velo|ecole", "garage"], []),
        ("vélo OU école OU garage", ["velo|ecole|garage"], []),
        ("vélo ou école", ["velo", "ou", "ecole"], []),
        ("vélo SAUF école", ["velo"], ["ecole"]),
        ("vélo -école garage", ["velo", "garage"], ["ecole"]),
        ("-école", [], ["ecole"]),
        ("vélo - école", ["velo", "ecole"], []),
        ("mal-logement", ['"mal logement"'], []),
        ('"clause sociale" vélo', ['"clause sociale"', "velo"], []),
        ("« clause sociale »", ['"clause sociale"'], []),
        ("“clause sociale”", ['"clause sociale"'], []),
        ('-"clause sociale" vélo', ["velo"], ['"clause sociale"']),
        ('SAUF "clause sociale" vélo', ["velo"], ['"clause sociale"']),
        ('vélo OU "clause sociale"', ['velo|"clause sociale"'], []),
        ('"clause', ["clause"], []),
        ('""', [], []),
        ("inser*", ["inser*"], []),
        ("in*", ["in"], []),
        ("*inser", ["inser"], []),
        ("*", [], []),
        ("???", [], []),
        ("co-constr*", ["co", "constr*"], []),
        ("OU vélo OU", ["velo"], []),
        ("OU OU ET SAUF", [], []),
        ("vélo vélo VÉLO", ["velo"], []),
        ("champ:valeur", ["champ", "valeur"], []),
        ("[a TO z]", ["a", "to", "z"], []),
        ("((((vélo", ["velo"], []),
        ("/v.*o/~2^3", ["v", "o", "2", "3"], []),
        ("' OR 1=1 --", ["or", "1"], []),
        ("<script>alert(1)</script>", ["script", "alert", "1"], []),
        ("\0\x1b vélo\u202e 🚲", ["velo"], []),
    ],
)
def test_what_is_typed_is_understood(typed: str, clauses: list[str], excluded: list[str]) -> None:
    assert read(typed) == (clauses, excluded)


@given(st.text(max_size=600) | st.text(alphabet="abé\"«»-*() OUETSAF'’", max_size=200))
def test_any_text_is_a_valid_and_bounded_search(text: str) -> None:
    parsed = parse(text)
    atoms = [atom for clause in parsed.clauses for atom in clause] + list(parsed.excluded)
    assert len(atoms) <= MAX_ATOMS
    assert all(clause for clause in parsed.clauses)
    assert all(atom.parts and all(part for part, _ in atom.parts) for atom in atoms)
    assert parse(text) == parsed


@pytest.mark.parametrize(
    "hostile", ["(" * 10_000, '"' * 10_000, "a OU " * 5_000, "-" * 10_000, "a'" * 5_000, "a-" * 5_000]
)
def test_a_hostile_text_is_read_at_once(hostile: str) -> None:
    begun = time.process_time()
    parse(hostile)
    assert time.process_time() - begun < 0.5


def test_an_empty_text_is_an_empty_search() -> None:
    assert parse("") == Parsed()
