"""Editorial rules of one case: what is well formed but not yet fit to be published, said as warnings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from urllib.parse import parse_qsl, urlsplit

from kb.corpus import schema
from kb.corpus.case import Case, Section
from kb.corpus.frontmatter import Document
from kb.corpus.problems import Problem, Severity
from kb.corpus.prose import FOOTNOTE, has_figure, paragraphs, plain_text, sentences, word_count, words
from kb.corpus.validation import Reading

_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|mc_[ce]id|xtor|at_\w+|igshid|wt_mc")
_DOCUMENT_HOSTS = re.compile(r"(^|\.)(docplayer|docslib|pdfslide|slideshare|scribd|calameo|yumpu|issuu|studylib\w*)\.")
_PRESS_WORDS = re.compile(
    r"\b(exemplaires?|pionni(?:er|ère)s?|novat(?:eur|rice)s?|ambitieu(?:x|se|ses)|incontournables?|véritables?"
    r"|dynamiques? et|exceptionnel(?:le|s|les)?|remarquables?|fer de lance|à la pointe|révolutionnaires?|phares?"
    r"|extraordinaires?|inédite?s?|disrupti(?:f|ve|fs|ves)|écosystème vertueux|gagnant-gagnant)\b",
    re.IGNORECASE,
)
_UNDOCUMENTED = (
    "non documenté",
    "ne disent pas",
    "ne le disent pas",
    "ne dit pas",
    "ne précisent pas",
)
_DATED = re.compile(r"\b(?:1[5-9]|20)\d\d\b|non daté|sans date|date incertaine")
_FREE_OF_NOTES = "inspiration"
_OLD_YEARS = 5
_SHORT = 8  # Words up to which a paragraph is a turn of phrase that needs no source.

Rule = Callable[[Case, Document], Iterator[tuple[int, str, str, str, str]]]
"""Yields (line, field, message, cure, code)."""


def check(reading: Reading) -> list[Problem]:
    """Warnings on one file; nothing when the file could not become a case or was never read."""
    document = reading.document
    case = reading.case
    if case is None or document is None:
        return []
    path = reading.problems[0].path if reading.problems else f"cases/{reading.slug}.md"
    return [
        Problem(path, line, field, message, cure, Severity.WARNING, code)
        for rule in RULES
        for line, field, message, cure, code in rule(case, document)
    ]


def _says_undocumented(text: str) -> bool:
    return any(phrase in " ".join(text.split()).lower() for phrase in _UNDOCUMENTED)


def _line(document: Document, key: str) -> int:
    node = document.root.get(key)
    return node.line if node else 1


def _length(case: Case, document: Document) -> Iterator[tuple[int, str, str, str, str]]:
    count = sum(word_count(section.markdown) for section in case.sections)
    if not schema.MIN_WORDS <= count <= schema.MAX_WORDS:
        message = f"{count} mots, de {schema.MIN_WORDS} à {schema.MAX_WORDS} attendus"
        yield document.body_line, "corps", message, "complétez ou resserrez", "longueur"


def _noted_figures(case: Case, _document: Document) -> Iterator[tuple[int, str, str, str, str]]:
    names = _names(case)
    for section in case.sections:
        if section.key == _FREE_OF_NOTES:
            continue
        for sentence in sentences(section.markdown):
            if sentence.notes or _says_undocumented(sentence.text):
                continue
            if has_figure(sentence.text, names):
                shown = plain_text(sentence.text)[:70]
                message = f"chiffre ou date sans note : « {shown}… »"
                yield section.line + sentence.line, "corps", message, "ajoutez [^source] avant le point", "sans-note"


def _names(case: Case) -> list[str]:
    """Names in which digits count nothing, the longest first."""
    return sorted({one.nom for one in case.organisations}, key=len, reverse=True)


def _sourced_paragraphs(case: Case, _document: Document) -> Iterator[tuple[int, str, str, str, str]]:
    for section in case.sections:
        if section.key in {_FREE_OF_NOTES, "cles"}:
            continue
        for paragraph, line in paragraphs(section.markdown):
            bare = FOOTNOTE.search(paragraph) is None and not _says_undocumented(paragraph)
            if bare and len(words(paragraph)) > _SHORT and not paragraph.rstrip().endswith(":"):
                message = f"paragraphe sans source : « {plain_text(paragraph)[:60]}… »"
                yield section.line + line, "corps", message, "citez-la", "sans-source"


def _dated_figures(case: Case, _document: Document) -> Iterator[tuple[int, str, str, str, str]]:
    names = _names(case)
    for section in case.sections:
        if section.key in {_FREE_OF_NOTES, "cles"}:
            continue
        for paragraph, line in paragraphs(section.markdown):
            text = plain_text(paragraph)
            if re.search(r"\d", text) and has_figure(text, names) and not _DATED.search(text):
                message = f"paragraphe chiffré sans date : « {text[:60]}… »"
                cure = "dites l'année, ou « page non datée »"
                yield section.line + line, "corps", message, cure, "sans-annee"


def _free_reading(case: Case, _document: Document) -> Iterator[tuple[int, str, str, str, str]]:
    section: Section = case.section(_FREE_OF_NOTES)
    if FOOTNOTE.search(section.markdown):
        message = "« Pour s'en inspirer » contient une note"
        yield section.line, "corps", message, "les faits vont dans les autres sections", "inspiration"


def _used_sources(case: Case, document: Document) -> Iterator[tuple[int, str, str, str, str]]:
    used = {note for section in case.sections for note in FOOTNOTE.findall(section.markdown)}
    for sources in (
        *(one.source for one in case.organisations),
        *(figure.source for figure in case.chiffres),
        *(milestone.source for milestone in case.parcours),
    ):
        used.update(sources)
    for source in case.sources:
        node = document.node(("sources", source.id))
        if source.id not in used and node:
            yield node.key_line, f"sources.{source.id}", "source jamais appelée", "citez-la ou retirez-la", "inutilisee"


def _publishers(case: Case, document: Document) -> Iterator[tuple[int, str, str, str, str]]:
    if len({source.editeur.casefold() for source in case.sources}) < 2:
        line = _line(document, "sources")
        yield line, "sources", "un seul éditeur", "ajoutez un texte indépendant", "editeurs"
    hosted = [s for s in case.sources if not _DOCUMENT_HOSTS.search(urlsplit(s.url).hostname or "")]
    if len({source.editeur.casefold() for source in hosted}) < 2 <= len(case.sources):
        line = _line(document, "sources")
        yield line, "sources", "un hébergeur de documents ne compte pas", "citez la page d'origine", "hebergeur"


def _clean_addresses(case: Case, document: Document) -> Iterator[tuple[int, str, str, str, str]]:
    for source in case.sources:
        tracked = [name for name, _ in parse_qsl(urlsplit(source.url).query) if _TRACKING.fullmatch(name.lower())]
        if tracked:
            node = document.node(("sources", source.id, "url"))
            message = f"paramètre de suivi dans l'adresse : {', '.join(tracked)}"
            yield node.line if node else 1, f"sources.{source.id}.url", message, "retirez-le", "suivi"


def _newest_source(case: Case, document: Document) -> Iterator[tuple[int, str, str, str, str]]:
    dated = [source.date for source in case.sources if source.date]
    newest = max(dated, key=lambda date: date.sort_key, default=None)
    if newest and newest.annee > case.situation_au.annee:
        message = f"situation de {case.situation_au.iso}, mais une source est de {newest.iso}"
        yield _line(document, "situation_au"), "situation_au", message, "mettez à jour la situation", "situation"
    age = case.redaction.cree.annee - case.situation_au.annee
    if age > _OLD_YEARS and case.statut == "active":
        message = f"dite active, mais la source la plus récente est de {case.situation_au.annee}"
        cure = "statut « inconnue » ou « terminee », racontée comme une histoire"
        yield _line(document, "statut"), "statut", message, cure, "ancienne"


def _plain_words(case: Case, document: Document) -> Iterator[tuple[int, str, str, str, str]]:
    for key, text in (("titre", case.titre), ("resume", case.resume)):
        for match in _PRESS_WORDS.finditer(text):
            yield _line(document, key), key, f"mot de communiqué : « {match[0]} »", "dites le fait", "style"
    for section in case.sections:
        for number, line in enumerate(section.markdown.splitlines(), section.line + 1):
            quoteless = re.sub(r"«[^»]*»", "", line)
            for match in _PRESS_WORDS.finditer(quoteless):
                yield number, "corps", f"mot de communiqué : « {match[0]} »", "dites le fait", "style"


def _distinct_summary(case: Case, document: Document) -> Iterator[tuple[int, str, str, str, str]]:
    likeness = SequenceMatcher(None, case.titre.lower(), case.resume.lower()[: len(case.titre) + 20]).ratio()
    if likeness > 0.75:
        yield _line(document, "resume"), "resume", "le résumé répète le titre", "dites autre chose", "resume"


RULES: tuple[Rule, ...] = (
    _length, _noted_figures, _sourced_paragraphs, _dated_figures, _free_reading, _used_sources, _publishers,
    _clean_addresses, _newest_source, _plain_words, _distinct_summary,
)  # fmt: skip
