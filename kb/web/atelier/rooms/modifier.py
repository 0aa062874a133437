"""A term changed in all the cases that a search finds: shown as differences, then done as one set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from kb.curation.bulk import ACTIONS, ADD, FIELDS, REPLACE, BulkEdit, Plan, plan, vocabulary_of
from kb.curation.differences import compare, label_of
from kb.curation.form import LISTS, one_line
from kb.curation.models import Role
from kb.errors import RefusedError
from kb.search.query import SearchQuery
from kb.web import addresses as public
from kb.web.atelier import addresses
from kb.web.atelier.access import me, needs, room, workspace
from kb.web.atelier.pages.frame import Frame, corpus, frame
from kb.web.atelier.rooms.lots import Changed
from kb.web.pages.page import Link, count_of_cases
from kb.web.state import edition, state
from kb.web.typesetting import typeset

_SAID = {"ajouter": "Ajouter", "retirer": "Retirer", "remplacer": "Remplacer"}


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPage(Frame):
    action: str
    carried: tuple[tuple[str, str], ...]
    found: str
    criteria: str
    back: str
    fields: tuple[Option, ...]
    actions: tuple[Option, ...]
    terms: tuple[Option, ...]
    replacements: tuple[Option, ...]
    edit: tuple[tuple[str, str], ...]
    summary: str
    preview: tuple[Changed, ...] | None
    refused: tuple[tuple[Link, str], ...]
    unchanged: int
    drafts: tuple[Link, ...]
    proof: str


@room.get("/modifier")
@needs(Role.RELECTEUR)
def bulk() -> Response:
    return _bulk(request.args)


@room.post("/modifier")
@needs(Role.RELECTEUR)
def bulk_apply() -> BaseResponse:
    sent = request.form
    query = SearchQuery.parse(sent.items(multi=True), edition().taxonomy)
    edit = _edit(sent)
    reason = one_line(sent.get("raison", ""))[:500]
    found = plan(edit, edition().search(query).slugs, corpus(), state().settings.cases)
    if sent.get("preuve") != found.proof:
        return _bulk(sent, error="Des fiches ont changé depuis cet aperçu : le voici refait.", status=409)
    if not reason:
        return _bulk(sent, error="Dites pourquoi : l'historique de chaque fiche le gardera.", status=400)
    lot = found.lot(me(), _summary(edit), reason, sent.getlist("fiche"))
    if not lot.changes:
        return _bulk(sent, error="Aucune fiche n'est cochée.", status=400)
    made = workspace().sets.carry_out(lot, me())
    flash(
        f"{len(lot.changes)} fiche{'s' if len(lot.changes) > 1 else ''} modifiée{'s' if len(lot.changes) > 1 else ''}."
    )
    return redirect(addresses.one_set(made))


def _edit(sent: MultiDict[str, str]) -> BulkEdit:
    return BulkEdit(
        sent.get("champ", ""), sent.get("action", ""), sent.get("terme", ""), sent.get("par", "")
    )  # fmt: skip


def _bulk(sent: MultiDict[str, str], *, error: str = "", status: int = 200) -> Response:
    query = SearchQuery.parse(sent.items(multi=True), edition().taxonomy)
    slugs = edition().search(query).slugs
    edit = _edit(sent)
    found: Plan | None = None
    if edit.terme:
        try:
            found = plan(edit, slugs, corpus(), state().settings.cases)
        except RefusedError as refusal:
            error, status = error or str(refusal), 400
    page = BulkPage(
        **frame("Modifier des fiches", addresses.SETS, error=error),
        action=addresses.BULK, carried=query.params(), criteria=_criteria(query), back=public.search(query),
        found=count_of_cases(len(slugs)), **_choices(edit),
        edit=(("champ", edit.champ), ("action", edit.action), ("terme", edit.terme), ("par", edit.par)),
        summary=typeset(_summary(edit)) if found else "", **_preview(found),
    )  # fmt: skip
    return make_response(render_template("atelier/modifier.html", page=page), status)


def _choices(edit: BulkEdit) -> dict[str, Any]:
    known = edit.champ in FIELDS
    terms = edition().taxonomy[vocabulary_of(edit.champ)].terms if known else ()
    actions = ACTIONS if edit.champ in LISTS else (REPLACE,)
    return {
        "fields": tuple(Option(name, typeset(label_of(name)), name == edit.champ) for name in FIELDS),
        "actions": tuple(Option(one, _SAID[one], one == edit.action) for one in actions) if known else (),
        "terms": tuple(Option(one.id, typeset(one.libelle), one.id == edit.terme) for one in terms),
        "replacements": tuple(Option(one.id, typeset(one.libelle), one.id == edit.par) for one in terms),
    }


def _preview(found: Plan | None) -> dict[str, Any]:
    if found is None:
        return {"preview": None, "refused": (), "unchanged": 0, "drafts": (), "proof": ""}
    planned = found.planned
    shown = tuple(
        Changed(
            one.slug,
            Link(typeset(one.titre), public.case(one.slug)),
            compare(one.before, one.after, edition().taxonomy),
        )
        for one in planned
    )
    open_slugs = {draft.slug: draft.id for draft in workspace().drafts.open()}
    return {
        "preview": shown,
        "refused": tuple((Link(slug, public.case(slug)), typeset(why)) for slug, why in found.refused),
        "unchanged": found.unchanged,
        "drafts": tuple(
            Link(typeset(one.titre), addresses.draft(open_slugs[one.slug])) for one in planned if one.slug in open_slugs
        ),
        "proof": found.proof,
    }


def _summary(edit: BulkEdit) -> str:
    vocabulary = edition().taxonomy[vocabulary_of(edit.champ)]
    terme, par = (vocabulary.label(one) if one in vocabulary else one for one in (edit.terme, edit.par))
    what = f"« {terme} »" if edit.action != REPLACE else f"« {terme} » par « {par} »"
    where = {ADD: "à"}.get(edit.action, "de" if edit.action != REPLACE else "dans")
    return f"{_SAID.get(edit.action, '')} {what} {where} « {label_of(edit.champ)} »"


def _criteria(query: SearchQuery) -> str:
    """A search in words: its text, its terms, its years."""
    taxonomy = edition().taxonomy
    said = [f"« {query.texte} »"] if query.texte else []
    for kind, prefix in ((query.termes, ""), (query.sauf, "sauf ")):
        for facet, values in kind:
            vocabulary = taxonomy.vocabulary_of(facet)
            said += [f"{prefix}{vocabulary.label(one) if one in vocabulary else 'non renseigné'}" for one in values]
    said += [f"depuis {query.de}"] if query.de else []
    said += [f"jusqu'à {query.a}"] if query.a else []
    return typeset(", ".join(said)) or "toute la base"
