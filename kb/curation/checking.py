"""What `kb check` says of a draft, before it is a file: the same rules, the same sentences, by part of the form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from kb.corpus import crosscheck, editorial, schema
from kb.corpus.body import published, read_sections
from kb.corpus.case import SECTIONS, Case
from kb.corpus.case_reader import CaseReader
from kb.corpus.catalogue import Corpus
from kb.corpus.frontmatter import Document, FrontMatterError
from kb.corpus.organisations import gather
from kb.corpus.problems import Problem, Severity
from kb.corpus.reading import FieldReader
from kb.corpus.validation import Reading, read_case
from kb.curation.form import read_form

_SET_AT_APPROVAL = "non-relue"
WHOLE = "texte"
"""The part of problems that no key or section bears: the head cannot be read, the size is wrong."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """Problems of a draft by part (a key of the head, a section, or the whole), and how much of it is filled in.

    `case` is there when no error keeps the draft from being shown as a page.
    """

    problems: Mapping[str, tuple[Problem, ...]]
    case: Case | None
    filled: int
    wanted: int

    @property
    def all(self) -> tuple[Problem, ...]:
        return tuple(problem for problems in self.problems.values() for problem in problems)

    @property
    def errors(self) -> int:
        return sum(problem.severity is Severity.ERROR for problem in self.all)

    @property
    def ready(self) -> bool:
        """Whether nothing at all stands in the way of publication, but a second reader."""
        return not self.all


def check_text(slug: str, text: str, corpus: Corpus, *, crossed: bool = True) -> Checkup:
    """Check a text as the file of `slug`; `crossed` compares it with the other cases too, which takes longer."""
    path = f"cases/{slug}.md"
    data = text.encode("utf-8")
    reading = read_case(path, slug, data, corpus.taxonomy, corpus.registry)
    problems = [problem for problem in reading.problems if problem.code != _SET_AT_APPROVAL]
    case, document = reading.case, reading.document
    if document and not any(problem.severity is Severity.ERROR for problem in problems):
        case = case or _read_anyway(path, slug, data, document, corpus)
    if case is not None:
        whole = Reading(slug, case, (Problem(path, 0, "", ""),), reading.text)
        problems += editorial.check(whole)
        if crossed:
            problems += _between_cases(case, whole, corpus)
    filled, wanted = _completeness(text)
    return Checkup(_by_part(problems, document), case, filled, wanted)


def _read_anyway(path: str, slug: str, data: bytes, document: Document, corpus: Corpus) -> Case | None:
    """The case of a draft that lacks its second reading only."""
    reader = CaseReader(FieldReader(path), document, corpus.taxonomy, corpus.registry)
    return reader.read(slug, hashlib.sha256(data).hexdigest())


def _between_cases(case: Case, reading: Reading, corpus: Corpus) -> list[Problem]:
    cases = {**corpus.cases, case.slug: case}
    with_draft = replace(
        corpus,
        cases=cases,
        readings={**corpus.readings, f"{case.slug}.md": reading},
        organisations=gather(corpus.registry, cases.values()),
    )
    mine = f"cases/{case.slug}.md"
    return [problem for problem in crosscheck.check(with_draft) if problem.path == mine]


def _by_part(problems: list[Problem], document: Document | None) -> dict[str, tuple[Problem, ...]]:
    places = _section_lines(document)
    found: dict[str, list[Problem]] = {}
    for problem in sorted(problems, key=lambda one: (one.line, one.field)):
        found.setdefault(_part(problem, places), []).append(problem)
    return {part: tuple(ones) for part, ones in found.items()}


def _part(problem: Problem, places: list[tuple[int, str]]) -> str:
    if problem.field == "corps":
        absent = next((key for key, heading in SECTIONS if problem.message == f"section absente : « {heading} »"), None)
        return absent or next((key for line, key in reversed(places) if line <= problem.line), "corps")
    top = problem.field.partition(".")[0]
    return top if top in schema.FIELD_NAMES else WHOLE


def _section_lines(document: Document | None) -> list[tuple[int, str]]:
    if document is None:
        return []
    return sorted((section.line, section.key) for section in read_sections(FieldReader(""), document))


def _completeness(text: str) -> tuple[int, int]:
    """Required keys and sections that are filled in, and how many there are."""
    required = [spec.name for spec in schema.FIELDS if spec.required]
    wanted = len(required) + len(SECTIONS)
    try:
        Document.parse(text)
    except FrontMatterError:
        return 0, wanted
    form = read_form(text)
    filled = sum(bool(form.texts.get(name) or form.lists.get(name) or form.rows.get(name)) for name in required)
    return filled + sum(bool(published(markdown).strip()) for markdown in form.sections.values()), wanted


def sentences(problems: tuple[Problem, ...]) -> Iterator[str]:
    """Problems as a curator reads them beside a field."""
    for problem in problems:
        cure = f" ({problem.cure})" if problem.cure else ""
        yield f"{problem.message[:1].upper()}{problem.message[1:]}{cure}"
