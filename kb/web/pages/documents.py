"""A case as data, for programs."""

from __future__ import annotations

from typing import Any

from kb.corpus.case import Case, KeyFigure, Milestone, PartialDate, Participation, Source
from kb.corpus.taxonomy import FACETS
from kb.web import addresses
from kb.web.pages.context import Context
from kb.web.pages.page import LICENCE

_FACET_ATTRIBUTES = {"categorie": "categories", "domaine": "domaines", "region": "regions", "public": "publics"}
_FACET_ATTRIBUTES |= {"impact": "impacts", "levier": "leviers", "acteur": "acteurs"}


def document_of(context: Context, case: Case) -> dict[str, Any]:
    """The facts of the file under its own French keys, its body by section, the labels of its terms and its address."""
    document: dict[str, Any] = {
        "slug": case.slug,
        "adresse": context.site.absolute(addresses.case(case.slug)),
        "licence": LICENCE,
        "titre": case.titre,
        "resume": case.resume,
        "categorie": case.categorie,
        "autres_categories": case.autres_categories,
        "domaines": case.domaines,
        "regions": case.regions,
        "departements": case.departements,
        "lieu": case.lieu,
        "commune": case.commune,
        "echelle": case.echelle,
        "debut": case.debut,
        "fin": case.fin,
        "etape": case.etape,
        "statut": case.statut,
        "situation_au": case.situation_au.iso,
        "parcours": [_milestone(one) for one in case.parcours],
        "organisations": [_participation(one) for one in case.organisations],
        "impacts": case.impacts,
        "leviers": case.leviers,
        "odd": case.odd,
        "publics": case.publics,
        "chiffres": [_figure(one) for one in case.chiffres],
        "sources": [_source(one) for one in case.sources],
        "apparentes": [{"cas": one.cas, "lien": one.lien} for one in case.apparentes],
        "redaction": {
            "auteur": case.redaction.auteur,
            "cree": case.redaction.cree.iso,
            "verifie": _iso(case.redaction.verifie),
            "a_revoir": case.redaction.a_revoir,
        },
        "sections": [{"cle": one.key, "titre": one.heading, "markdown": one.markdown} for one in case.sections],
        "libelles": _labels(context, case),
        "empreinte": case.digest,
    }
    return {key: value for key, value in document.items() if value not in (None, "", (), [])}


def _labels(context: Context, case: Case) -> dict[str, dict[str, str]]:
    """Labels of the terms the document uses, by facet."""
    found: dict[str, dict[str, str]] = {}
    for facet in FACETS:
        if facet.name == "dimension":
            continue
        value = getattr(case, _FACET_ATTRIBUTES.get(facet.name, facet.name))
        ids = (value,) if isinstance(value, str) else value
        if ids:
            found[facet.name] = {one: context.term(facet.name, one).libelle for one in ids}
    return found


def _iso(date: PartialDate | None) -> str | None:
    return date.iso if date else None


def _milestone(one: Milestone) -> dict[str, Any]:
    return {"etape": one.etape, "debut": one.debut.iso, "source": one.source}


def _participation(one: Participation) -> dict[str, Any]:
    entry: dict[str, Any] = {"nom": one.nom, "type": one.type, "role": one.role, "apport": one.apport, "gain": one.gain}
    entry |= {"source": one.source, "collectif": one.collectif}
    return {key: value for key, value in entry.items() if value}


def _figure(one: KeyFigure) -> dict[str, Any]:
    entry = {"valeur": one.valeur, "libelle": one.libelle, "date": one.date.iso, "nature": one.nature}
    return entry | {"source": one.source}


def _source(one: Source) -> dict[str, Any]:
    entry = {"id": one.id, "titre": one.titre, "editeur": one.editeur, "url": one.url}
    dates = {"date": _iso(one.date), "consulte": _iso(one.consulte)}
    return entry | {key: value for key, value in dates.items() if value}
