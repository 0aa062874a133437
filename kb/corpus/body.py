"""The body of a case file: its seven sections, in order, none blank."""

from __future__ import annotations

import re
from difflib import get_close_matches

from kb.corpus.case import SECTIONS, UNDOCUMENTED, Section
from kb.corpus.frontmatter import Document
from kb.corpus.reading import FieldReader

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_HEADINGS = {heading: key for key, heading in SECTIONS}


def read_sections(reader: FieldReader, document: Document) -> tuple[Section, ...]:
    """The sections of the body; notes the missing, the misplaced, the blank and the unknown.

    Comments `<!-- … -->` are the writer's own: they count for nothing and are never published.
    """
    sections = _split(reader, document)
    by_key: dict[str, Section] = {}
    for section in sections:
        if section.key in by_key:
            reader.note(
                section.line, "corps", f"« {section.heading} » est écrit deux fois", "réunissez-les", code="sections"
            )
        by_key.setdefault(section.key, section)
    for key, heading in SECTIONS:
        if key not in by_key:
            cure = f"ajoutez « ## {heading} », au besoin avec « {UNDOCUMENTED}. »"
            reader.note(document.body_line, "corps", f"section absente : « {heading} »", cure, code="sections")
    expected = [key for key, _ in SECTIONS if key in by_key]
    if list(by_key) != expected:
        reader.note(
            document.body_line, "corps", "sections dans le désordre", "suivez l'ordre du guide", code="sections"
        )
    for section in by_key.values():
        if not section.markdown.strip():
            cure = f"écrivez au moins « {UNDOCUMENTED}. »"
            reader.note(section.line, "corps", f"section vide : « {section.heading} »", cure, code="sections")
    return tuple(by_key[key] for key in expected)


def _split(reader: FieldReader, document: Document) -> list[Section]:
    sections: list[Section] = []
    lines: list[str] = []
    start: tuple[str, str, int] | None = None
    for number, line in enumerate(published(document.body).splitlines(), document.body_line):
        match = _HEADING.match(line)
        if not match or len(match[1]) > 2:
            _note_stray(reader, number, line, inside=start is not None)
            lines.append(line)
            continue
        if start:
            sections.append(Section(start[0], start[1], "\n".join(lines).rstrip(), start[2]))
        start, lines = _heading(reader, match, number), []
    if start:
        sections.append(Section(start[0], start[1], "\n".join(lines).rstrip(), start[2]))
    return sections


def published(body: str) -> str:
    """The body without its comments, every line where it was."""
    return _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), body)


def _heading(reader: FieldReader, match: re.Match[str], line: int) -> tuple[str, str, int] | None:
    heading = match[2].replace("’", "'")
    if match[1] == "##" and heading in _HEADINGS:
        return _HEADINGS[heading], heading, line
    close = get_close_matches(heading, _HEADINGS, n=1, cutoff=0.5)
    cure = f"vouliez-vous dire « ## {close[0]} » ?" if close else "les sept titres sont fixes"
    reader.note(line, "corps", f"titre inconnu : « {match[0].strip()[:80]} »", cure, code="sections")
    return None


def _note_stray(reader: FieldReader, line: int, text: str, *, inside: bool) -> None:
    if text.strip() and not inside and not any(problem.code == "sections" for problem in reader.problems):
        reader.note(line, "corps", "texte hors des sections", "placez-le sous l'un des sept titres", code="sections")
