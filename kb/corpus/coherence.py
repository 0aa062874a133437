"""Whether the values of a case, each right on its own, agree with one another."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from kb.corpus.case import Case, Section, Source
from kb.corpus.frontmatter import Node
from kb.corpus.prose import FOOTNOTE
from kb.corpus.reading import FieldReader
from kb.corpus.taxonomy import Taxonomy

Note = Callable[[str, str, str], None]


def check_footnotes(reader: FieldReader, sections: Iterable[Section], sources: Iterable[Source]) -> None:
    """Every footnote of the body calls a declared source."""
    known = {source.id for source in sources}
    for section in sections:
        for offset, line in enumerate(section.markdown.splitlines(), 1):
            for called in FOOTNOTE.findall(line):
                if called not in known:
                    cure = "déclarez la source ou corrigez l'appel de note"
                    reader.note(section.line + offset, "corps", f"note [^{called}] sans source", cure, code="note")


def check_coherence(reader: FieldReader, fields: Mapping[str, Node], case: Case, taxonomy: Taxonomy) -> None:
    """Note what contradicts itself: places, categories, dates."""
    note = partial(_note, reader, fields)
    _check_places(note, case, taxonomy)
    if case.categorie and case.categorie in case.autres_categories:
        note("autres_categories", "répète la catégorie principale", "retirez-la")
    _check_period(note, case)
    _check_dates(note, case)


def _note(reader: FieldReader, fields: Mapping[str, Node], key: str, message: str, cure: str) -> None:
    node = fields.get(key)
    reader.note(node.line if node else 1, key, message, cure, code="coherence")


def _check_places(note: Note, case: Case, taxonomy: Taxonomy) -> None:
    if "nationale" in case.regions and len(case.regions) > 1:
        note("regions", "« nationale » avec d'autres régions", "gardez l'une ou les autres")
    for code in case.departements:
        region = taxonomy["departement"][code].parent
        if case.regions and "nationale" not in case.regions and region not in case.regions:
            note("departements", f"le département {code} est en « {region} »", "accordez régions et départements")


def _check_period(note: Note, case: Case) -> None:
    if case.fin is not None and case.fin < case.debut:
        note("fin", f"fin en {case.fin}, avant le début en {case.debut}", "corrigez l'une des deux")
    if case.situation_au.annee < case.debut:
        message = f"situation de {case.situation_au.annee}, avant le début en {case.debut}"
        note("situation_au", message, "corrigez l'une des deux")
    dates = [milestone.debut.sort_key for milestone in case.parcours]
    if dates != sorted(dates):
        note("parcours", "étapes dans le désordre", "de la plus ancienne à la plus récente")


def _check_dates(note: Note, case: Case) -> None:
    # A day of grace: a curator overseas may write a date that is tomorrow's where the program runs.
    latest = (datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()
    created, checked = case.redaction.cree, case.redaction.verifie
    for key, date in (("situation_au", case.situation_au), ("redaction", checked or created)):
        if date.iso > latest:
            note(key, f"{date.iso} est dans l'avenir", "corrigez la date")
    if checked and checked.iso < created.iso[: len(checked.iso)]:
        note("redaction", "relue avant d'être écrite", "corrigez l'une des deux dates")
    for source in case.sources:
        if source.date and source.consulte and source.date.iso > source.consulte.iso:
            message = f"« {source.id} » est datée du {source.date.iso}, après sa lecture"
            note("sources", message, "corrigez l'une des deux")
