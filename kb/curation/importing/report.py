"""What would become of each file of an import, before anything is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kb.corpus import crosscheck
from kb.corpus.catalogue import Corpus
from kb.corpus.organisations import gather
from kb.corpus.problems import Problem
from kb.corpus.validation import MAX_BYTES, Reading
from kb.curation.checking import check_text, sentences
from kb.curation.differences import label_of
from kb.curation.duplicates import DuplicateFinder
from kb.curation.form import SINGLE, obstacle, one_line, read_form, tidy
from kb.curation.importing.sources import Found

MOST_REASONS = 6


class Verdict(StrEnum):
    """What an import can do with a file."""

    PRETE = "prete"
    A_CORRIGER = "a-corriger"
    IDENTIQUE = "identique"
    REFUSEE = "refusee"


@dataclass(frozen=True, slots=True)
class Judged:
    """A file of an import: what it would be, what the rules say of it, which cases it may repeat.

    `base` is the published text that it would replace; `verified` whether it says that somebody read it again.
    """

    name: str
    slug: str
    text: str
    titre: str
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()
    base: str | None = None
    base_digest: str | None = None
    verified: bool = False

    @property
    def is_update(self) -> bool:
        return self.base is not None


class Judge:
    """Judges files one by one against the cases of a corpus; `opened` are the slugs that have an open draft."""

    def __init__(self, corpus: Corpus, published: Mapping[str, bytes], opened: Iterable[str]) -> None:
        self._corpus, self._published, self._opened = corpus, published, frozenset(opened)
        self._finder = DuplicateFinder(corpus.cases)

    def judge(self, found: Found) -> Judged:
        """One file, by itself: what it shares with the others of the import is seen by `together`."""
        if found.refusal:
            return Judged(found.name, found.slug, "", found.slug, Verdict.REFUSEE, (found.refusal,))
        text = found.text
        data = self._published.get(found.slug)
        base = tidy(data.decode("utf-8", errors="replace")) if data is not None else None
        one = Judged(
            found.name, found.slug, text, _title(text) or found.slug, Verdict.PRETE, base=base,
            base_digest=hashlib.sha256(data).hexdigest() if data is not None else None, verified=_verified(text),
        )  # fmt: skip
        if len(text.encode("utf-8")) > MAX_BYTES:
            return replace(one, text="", verdict=Verdict.REFUSEE, reasons=("texte trop long",))
        if text == base:
            return replace(one, verdict=Verdict.IDENTIQUE, reasons=("déjà en ligne, mot pour mot",))
        if found.slug in self._opened:
            return replace(one, verdict=Verdict.REFUSEE, reasons=("un brouillon est déjà ouvert sur cette fiche",))
        problems = check_text(found.slug, text, self._corpus, crossed=False).all
        verdict = Verdict.A_CORRIGER if problems else Verdict.PRETE
        return replace(one, verdict=verdict, reasons=_told(problems), duplicates=self._duplicates(one))

    def together(self, judged: Sequence[Judged]) -> list[Judged]:
        """The same, with what the rules say between these files and the published ones."""
        cases, readings = dict(self._corpus.cases), dict(self._corpus.readings)
        mine: dict[str, Judged] = {}
        for one in judged:
            case = check_text(one.slug, one.text, self._corpus, crossed=False).case if one.text else None
            if case is not None and one.verdict in {Verdict.PRETE, Verdict.A_CORRIGER}:
                path = f"cases/{one.slug}.md"
                cases[one.slug], mine[path] = case, one
                readings[f"{one.slug}.md"] = Reading(one.slug, case, (Problem(path, 0, "", ""),))
        organisations = gather(self._corpus.registry, cases.values())
        whole = replace(self._corpus, cases=cases, readings=readings, organisations=organisations)
        said: dict[str, list[Problem]] = {}
        for problem in crosscheck.check(whole):
            if problem.path in mine:
                said.setdefault(problem.path.removeprefix("cases/").removesuffix(".md"), []).append(problem)
        return [self._with_more(one, tuple(said.get(one.slug, ()))) for one in judged]

    def _with_more(self, one: Judged, problems: tuple[Problem, ...]) -> Judged:
        if not problems or one.verdict not in {Verdict.PRETE, Verdict.A_CORRIGER}:
            return one
        reasons = (*one.reasons, *_told(problems))
        return replace(one, verdict=Verdict.A_CORRIGER, reasons=tuple(dict.fromkeys(reasons))[:MOST_REASONS])

    def _duplicates(self, one: Judged) -> tuple[str, ...]:
        """Published cases that a new file may tell again, each with the reasons."""
        if one.is_update or obstacle(one.text):
            return ()
        form = read_form(one.text)
        partners = [one_line(row.get("nom", "")) for row in form.rows["organisations"]]
        body = "\n\n".join(form.sections.values())
        found = self._finder.find(one.slug, form.texts["titre"], partners, form.lists["regions"], body)
        return tuple(f"{twin.slug} : {', '.join(twin.reasons)}" for twin in found)


def _told(problems: Sequence[Problem]) -> tuple[str, ...]:
    pairs = zip(problems, sentences(tuple(problems)), strict=True)
    said = [
        f"{label_of(problem.field.partition('.')[0])} : {told}" if problem.field else told for problem, told in pairs
    ]
    if len(said) > MOST_REASONS:
        return (*said[: MOST_REASONS - 1], f"… et {len(said) - MOST_REASONS + 1} autres points")
    return tuple(said)


def _title(text: str) -> str:
    return "" if obstacle(text) else read_form(text).texts["titre"]


def _verified(text: str) -> bool:
    if obstacle(text):
        return False
    rows = read_form(text).rows[SINGLE]
    return bool(rows and rows[0].get("verifie"))
