"""Acronyms that a text uses without saying what they mean."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from kb.corpus.case import Case
from kb.corpus.prose import plain_text

_ACRONYM = re.compile(r"(?<![\w’'/.-])[A-ZÉ]{2}[A-ZÉ0-9]{0,5}(?![\w’-]|[./]\w)")
_ROMAN = re.compile(r"[IVXLC]+")
# Part of a name (« ATD Quart Monde », « Fondation FACE »), or name of what has just been said (« le projet CARVE »).
_NAMED_AFTER = re.compile(r"[ \u00a0][A-ZÉ][a-zéèêô]")
_NAMED_BEFORE = re.compile(
    r"(?:[A-ZÉ][a-zéèê’'-]+|[Pp]rojets?(?: \w+)?,?|[Pp]rogrammes?|[Rr]éseau|[Ll]abel|[Ll]ogiciel|[Cc]arte|[Ll]igne) $"
)
# « la caisse publique de l'autonomie, la CNSA » or « la CNSA, caisse publique de l'autonomie ».
_TOLD_BEFORE = re.compile(r", (?:l[ae]s? |l['’])$")
_TOLD_AFTER = re.compile(r", (?:une? |l[ae] |l['’]|(?:caisse|réseau|fédération|association|agence|société|groupe)\b)")
_EVERYDAY = """
    BD BEP BFM BNP BPCE BTP BTS CAP CDD CDI CHR CHU CNRS CO2 COVID CRS DIY DVD EDF ERDF ETP EUR FAQ FFP2 GDF
    GPS GRDF GW GWH HEC HT IBM INA INRAE INSA INSEE INSERM IUT KWH LCL LED MW MWH ONU OVH PC PDF PSG QR RATP
    RER RTE RTL SA SAMU SARL SAS SCI SFR SIDA SIM SMIC SMS SNCF SNCM SOS SUV TER TF1 TGV TNT TTC TV TVA UE
    UNESCO USB VIH VIP VTT WC WWF
"""
EVERYDAY = frozenset(_EVERYDAY.split())
"""Known by everybody, or better known than what they stand for."""


def unexplained(case: Case, known: Collection[str]) -> Iterator[tuple[str, str, int]]:
    """(acronym, field, line of the file) the first time each one comes, names of organisations and `known` ones aside.

    An acronym is explained where parentheses or commas join it to words, anywhere in the text: « centre communal
    d'action sociale (CCAS) », « CCAS (centre communal d'action sociale) », « la CNSA, caisse de l'autonomie ».
    """
    texts = [("titre", case.titre, 0), ("resume", case.resume, 0)]
    texts += [("corps", plain_text(section.markdown), section.line) for section in case.sections]
    names = (case.titre, *(one.nom for one in case.organisations), *(source.editeur for source in case.sources))
    told = set(known) | set(_ACRONYM.findall(" ".join(names))) | EVERYDAY
    for _, text, _ in texts:
        told |= {match[0] for match in _ACRONYM.finditer(text) if _is_plain(text, match)}
    for field, text, line in texts:
        for match in _ACRONYM.finditer(text):
            if match[0] not in told:
                told.add(match[0])
                yield match[0], field, line


def _is_plain(text: str, match: re.Match[str]) -> bool:
    """Whether the words around an acronym say what it is, or make a name of it."""
    before, after = text[max(0, match.start() - 30) : match.start()], text[match.end() : match.end() + 20]
    return bool(
        _ROMAN.fullmatch(match[0])
        or before.endswith(("(", "« ", "«\u00a0", "«\u202f"))
        or after.startswith(" (")
        or _NAMED_AFTER.match(after)
        or _NAMED_BEFORE.search(before)
        or _TOLD_BEFORE.search(before)
        or _TOLD_AFTER.match(after)
    )
