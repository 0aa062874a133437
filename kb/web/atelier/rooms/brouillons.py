"""One draft: written by form or as text, saved by hand or by itself, looked at, handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, flash, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.corpus.validation import MAX_BYTES
from kb.curation.checking import check_text
from kb.curation.differences import Change, compare
from kb.curation.drafts import DraftConflictError, digest_of
from kb.curation.duplicates import Duplicate, find_duplicates
from kb.curation.editing import write_form
from kb.curation.form import Form, names, obstacle, one_line, read_form, tidy
from kb.curation.models import Draft, State
from kb.errors import RefusedError
from kb.search.query import SearchQuery
from kb.web import addresses as public
from kb.web.atelier import addresses
from kb.web.atelier.access import me, room, workspace
from kb.web.atelier.pages.editor import Group, form_from, groups
from kb.web.atelier.pages.frame import STATES, Complaint, Frame, complaints, corpus, frame, hour, moment
from kb.web.atelier.pages.hints import hints, with_hint
from kb.web.atelier.rooms.refus import refusal
from kb.web.caching import today
from kb.web.pages.context import Context
from kb.web.pages.fiche import CasePage, case_page
from kb.web.pages.page import Link
from kb.web.state import context, edition, state
from kb.web.typesetting import typeset

FORM, TEXT = "formulaire", "texte"


@dataclass(frozen=True, slots=True)
class Deeds:
    """Addresses of what can be done to a draft."""

    save: str
    auto: str
    submit: str
    withdraw: str
    abandon: str
    rebase: str
    preview: str
    review: str
    as_form: str
    as_text: str
    history: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditorPage(Frame):
    titre: str
    slug: str
    version: int
    view: str
    state: str
    state_label: str
    editable: bool
    saved: str
    filled: int
    wanted: int
    deeds: Deeds
    groups: tuple[Group, ...]
    text: str
    longest: int
    obstacle: str
    complaints: tuple[Complaint, ...]
    duplicates: tuple[tuple[Link, str], ...]
    changed_outside: bool
    remarks: int
    organisations: tuple[str, ...]
    cases: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictPage(Frame):
    """Somebody saved in between: both texts are there, nothing is lost."""

    explanation: str
    changes: tuple[Change, ...]
    text: str
    version: int
    action: str
    other: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The public page of a draft, and the way back."""

    page: CasePage
    back: str


@room.get("/brouillons/<int:draft_id>")
def edit(draft_id: int) -> Response:
    draft = workspace().drafts.get(draft_id)
    view = TEXT if request.args.get("vue") == TEXT else FORM
    return _editor(draft, draft.text, view, more=request.args.get("lignes", ""))


@room.post("/brouillons/<int:draft_id>")
def save(draft_id: int) -> BaseResponse:
    draft = workspace().drafts.get(draft_id)
    text, version = _sent_text(draft), request.form.get("version", 0, type=int)
    view = TEXT if request.form.get("vue") == TEXT else FORM
    try:
        saved = workspace().drafts.save(draft_id, text, version, me())
    except DraftConflictError:
        return _conflict(workspace().drafts.get(draft_id), text)
    except RefusedError as error:
        return _editor(draft, text, TEXT, error=str(error), status=400)
    if request.form.get("faire") == "soumettre":
        return _submit(saved, view, saved.version)
    if request.form.get("proposer"):
        return redirect(f"{addresses.draft(draft_id)}#f-{request.form['proposer'].partition(':')[0]}")
    more = request.form.get("ajouter", "")
    if more or request.form.get("retirer"):
        part = more or request.form["retirer"].partition(".")[0]
        return redirect(f"{addresses.draft(draft_id)}?lignes={more}#f-{part}")
    flash(f"Brouillon enregistré à {hour(saved.updated_at)}.")
    return redirect(addresses.draft(draft_id, view if view == TEXT else ""))


@room.post("/brouillons/<int:draft_id>/auto")
def save_by_itself(draft_id: int) -> Response:
    """Answers what the page needs to go on: the new version, and what the rules say by now."""
    draft = workspace().drafts.get(draft_id)
    try:
        saved = workspace().drafts.save(draft_id, _sent_text(draft), request.form.get("version", 0, type=int), me())
    except DraftConflictError as error:
        return make_response(jsonify({"erreur": str(error)}), 409)
    except RefusedError as error:
        return make_response(jsonify({"erreur": str(error)}), 400)
    checkup = check_text(saved.slug, saved.text, corpus(), crossed=False)
    return jsonify(
        {
            "version": saved.version,
            "dit": f"Brouillon enregistré à {hour(saved.updated_at)}",
            "rempli": checkup.filled,
            "problemes": {one.part: list(one.sentences) for one in complaints(checkup)},
        }
    )


@room.get("/brouillons/<int:draft_id>/apercu")
def preview(draft_id: int) -> Response:
    """The draft as the public will see it; what keeps it from being shown, otherwise."""
    draft = workspace().drafts.get(draft_id)
    checkup = check_text(draft.slug, draft.text, corpus(), crossed=False)
    if checkup.case is None:
        left = f"il en reste {checkup.errors}, dites dans le formulaire."
        explanation = f"L'aperçu attend une fiche sans erreur ; {left}"
        return refusal("Pas encore d'aperçu", explanation, 409)
    shown = Context(state().site, edition().with_case(checkup.case), context().overview)
    page = case_page(shown, checkup.case, SearchQuery(), today())
    answer = render_template("atelier/apercu.html", page=page, preview=Preview(page, addresses.draft(draft_id)))
    return make_response(answer)


@room.post("/brouillons/<int:draft_id>/soumettre")
def submit(draft_id: int) -> BaseResponse:
    return _submit(workspace().drafts.get(draft_id), FORM, request.form.get("version", 0, type=int))


@room.post("/brouillons/<int:draft_id>/reprendre")
def withdraw(draft_id: int) -> BaseResponse:
    workspace().drafts.withdraw(draft_id, request.form.get("version", 0, type=int), me())
    flash("Brouillon repris : vous pouvez de nouveau l'écrire.")
    return redirect(addresses.draft(draft_id))


@room.post("/brouillons/<int:draft_id>/abandonner")
def abandon(draft_id: int) -> BaseResponse:
    workspace().drafts.abandon(draft_id, request.form.get("version", 0, type=int), me())
    flash("Brouillon clos. La fiche publiée, s'il y en a une, n'a pas changé.")
    return redirect(addresses.HOME)


@room.post("/brouillons/<int:draft_id>/rapprocher")
def rebase(draft_id: int) -> BaseResponse:
    workspace().drafts.rebase(draft_id, request.form.get("version", 0, type=int), me())
    flash("Le brouillon se compare maintenant au fichier tel qu'il est.")
    return redirect(addresses.draft(draft_id))


def _submit(draft: Draft, view: str, version: int) -> BaseResponse:
    try:
        workspace().drafts.submit(draft.id, version, me(), corpus())
    except RefusedError as error:
        return _editor(draft, draft.text, view, error=str(error), status=400)
    flash("Relecture demandée. Une autre personne va relire la fiche sur ses sources.")
    return redirect(addresses.deed(draft.id, "relecture"))


def _sent_text(draft: Draft) -> str:
    """The text that was sent, whole or as a form; a form is written over the draft as it is now."""
    if request.form.get("vue") == TEXT:
        return tidy(request.form.get("texte", ""))
    base = draft.text if not obstacle(draft.text) else draft.base_text
    if obstacle(base):
        raise RefusedError("Ce brouillon ne peut s'écrire que comme un texte.")
    form = form_from(request.form, read_form(base))  # type: ignore[arg-type]
    return write_form(base, with_hint(form, request.form.get("proposer", ""), edition()))


def _conflict(draft: Draft, text: str) -> Response:
    page = ConflictPage(
        **frame("Modifié entre-temps"),
        explanation=typeset(
            f"{draft.updated_by.nom} a modifié cette fiche à {hour(draft.updated_at)}. Votre texte est entier "
            "ci-dessous : comparez les deux, puis gardez l'un ou l'autre."
        ),
        changes=compare(draft.text, text, edition().taxonomy),
        text=text,
        version=draft.version,
        action=addresses.draft(draft.id),
        other=addresses.draft(draft.id),
    )
    return make_response(render_template("atelier/conflit.html", page=page), 409)


def _editor(draft: Draft, text: str, view: str, *, more: str = "", error: str = "", status: int = 200) -> Response:
    checkup = check_text(draft.slug, text, corpus())
    stands = obstacle(text)
    view = TEXT if stands else view
    said = {one.part: one.sentences for one in complaints(checkup)}
    form = None if stands else read_form(text)
    titre = form.texts["titre"] if form else ""
    page = EditorPage(
        **frame(titre or draft.slug, error=error),
        titre=titre, slug=draft.slug, version=draft.version, view=view,
        state=draft.state, state_label=STATES[draft.state],
        editable=draft.state in {State.BROUILLON, State.A_CORRIGER},
        saved=typeset(f"Enregistré le {moment(draft.updated_at)} par {draft.updated_by.nom}"),
        filled=checkup.filled, wanted=checkup.wanted, deeds=_deeds(draft),
        groups=_groups(draft, form, text, said, more) if form and view == FORM else (),
        text=text, longest=MAX_BYTES, obstacle=typeset(stands),
        complaints=complaints(checkup),
        duplicates=_duplicates(draft, text),
        changed_outside=draft.is_open and digest_of(state().settings.cases / f"{draft.slug}.md") != draft.base_digest,
        remarks=sum(one.resolved_at is None for one in workspace().comments.of(draft.id)),
        organisations=tuple(one.nom for one in edition().organisations.values()),
        cases=tuple(Link(case.titre, case.slug) for case in edition().cases.values() if case.slug != draft.slug),
    )  # fmt: skip
    return make_response(render_template("atelier/brouillon.html", page=page), status)


def _groups(
    draft: Draft, form: Form, text: str, said: Mapping[str, tuple[str, ...]], more: str
) -> tuple[Group, ...]:  # fmt: skip
    suggested = hints(draft.slug, text, edition()) if draft.state in {State.BROUILLON, State.A_CORRIGER} else {}
    return groups(form, edition().taxonomy, said, suggested, more)


def _deeds(draft: Draft) -> Deeds:
    return Deeds(
        save=addresses.draft(draft.id), auto=addresses.deed(draft.id, "auto"),
        submit=addresses.deed(draft.id, "soumettre"), withdraw=addresses.deed(draft.id, "reprendre"),
        abandon=addresses.deed(draft.id, "abandonner"), rebase=addresses.deed(draft.id, "rapprocher"),
        preview=addresses.deed(draft.id, "apercu"), review=addresses.deed(draft.id, "relecture"),
        as_form=addresses.draft(draft.id), as_text=addresses.draft(draft.id, TEXT),
        history=addresses.file(draft.slug, "historique") if draft.base_digest else "", token=addresses.TOKEN,
    )  # fmt: skip


def _duplicates(draft: Draft, text: str) -> tuple[tuple[Link, str], ...]:
    """Probable duplicates of a case that is not published yet."""
    if draft.base_digest or obstacle(text):
        return ()
    form = read_form(text)
    partners = [one_line(row.get("nom", "")) for row in form.rows["organisations"]]
    body = "\n\n".join(form.sections.values())
    found: tuple[Duplicate, ...] = find_duplicates(
        draft.slug, form.texts["titre"], partners, names(" ".join(form.lists["regions"])), body, edition().cases
    )
    return tuple((Link(typeset(one.titre), public.case(one.slug)), typeset(", ".join(one.reasons))) for one in found)
