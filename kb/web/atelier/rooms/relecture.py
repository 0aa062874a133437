"""Review: the queue, what a draft changes, remarks, and the decision."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.curation.checking import check_text
from kb.curation.comments import MAX_COMMENT, PARTS
from kb.curation.differences import Change, compare, label_of
from kb.curation.drafts import digest_of
from kb.curation.models import Comment, Draft, Role, State, now
from kb.web.atelier import addresses
from kb.web.atelier.access import me, needs, room, workspace
from kb.web.atelier.pages.frame import STATES, Complaint, Frame, age, complaints, corpus, frame, moment, title_of
from kb.web.pages.page import Link
from kb.web.state import edition, state
from kb.web.typesetting import typeset


@dataclass(frozen=True, slots=True)
class Waiting:
    link: Link
    author: str
    age: str
    kind: str
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage(Frame):
    waiting: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    text: str
    author: str
    at: str
    resolved: str
    action: str
    part: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What this account may do with a draft that waits: `own` when she wrote in it."""

    publish: str
    send_back: str
    own: bool
    may_publish: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage(Frame):
    state: str
    state_label: str
    told: str
    changes: tuple[Change, ...]
    is_new: bool
    complaints: tuple[Complaint, ...]
    remarks: tuple[Remark, ...]
    parts: tuple[Link, ...]
    longest: int
    comment_action: str
    decision: Decision | None
    is_open: bool
    version: int
    changed_outside: bool
    edit: str
    preview: str


@room.get("/relectures")
def queue() -> Response:
    drafts = [draft for draft in workspace().drafts.open() if draft.state == State.A_RELIRE]
    drafts.sort(key=lambda draft: (draft.submitted_at or draft.updated_at, draft.id))
    page = QueuePage(**frame("À relire", addresses.QUEUE), waiting=tuple(_waiting(draft) for draft in drafts))
    return make_response(render_template("atelier/relectures.html", page=page))


@room.get("/brouillons/<int:draft_id>/relecture")
def review(draft_id: int) -> Response:
    return _review(workspace().drafts.get(draft_id))


@room.post("/brouillons/<int:draft_id>/remarques")
def comment(draft_id: int) -> BaseResponse:
    workspace().comments.add(draft_id, request.form.get("partie", ""), request.form.get("texte", ""), me())
    return redirect(addresses.deed(draft_id, "relecture") + "#remarques")


@room.post("/brouillons/<int:draft_id>/remarques/<int:comment_id>")
def resolve(draft_id: int, comment_id: int) -> BaseResponse:
    workspace().comments.resolve(draft_id, comment_id, me(), resolved=request.form.get("resolue") == "oui")
    return redirect(addresses.deed(draft_id, "relecture") + "#remarques")


@room.post("/brouillons/<int:draft_id>/publier")
@needs(Role.RELECTEUR)
def publish(draft_id: int) -> BaseResponse:
    version = request.form.get("version", 0, type=int)
    draft = workspace().publisher.approve(draft_id, version, me(), corpus(), request.form.get("raison", "")[:500])
    flash("La fiche est en ligne.")
    return redirect(addresses.file(draft.slug, "historique"))


@room.post("/brouillons/<int:draft_id>/renvoyer")
@needs(Role.RELECTEUR)
def send_back(draft_id: int) -> BaseResponse:
    version, reason = request.form.get("version", 0, type=int), request.form.get("raison", "")[:MAX_COMMENT]
    workspace().drafts.send_back(draft_id, version, me(), reason)
    workspace().comments.add(draft_id, "texte", reason, me())
    flash("La fiche est renvoyée à qui l'a écrite, avec votre remarque.")
    return redirect(addresses.QUEUE)


def _review(draft: Draft) -> Response:
    checkup = check_text(draft.slug, draft.text, corpus())
    outside = draft.is_open and digest_of(state().settings.cases / f"{draft.slug}.md") != draft.base_digest
    page = ReviewPage(
        **frame(f"Relecture : {title_of(draft)}"),
        state=draft.state, state_label=STATES[draft.state], told=_told(draft),
        changes=compare(draft.base_text, draft.text, edition().taxonomy), is_new=not draft.base_text,
        complaints=complaints(checkup),
        remarks=tuple(_remark(one) for one in workspace().comments.of(draft.id)),
        parts=tuple(Link(typeset(label_of(part)), part) for part in PARTS), longest=MAX_COMMENT,
        comment_action=addresses.deed(draft.id, "remarques"),
        decision=_decision(draft) if draft.state == State.A_RELIRE else None,
        is_open=draft.is_open, version=draft.version, changed_outside=outside,
        edit=addresses.draft(draft.id), preview=addresses.deed(draft.id, "apercu"),
    )  # fmt: skip
    return make_response(render_template("atelier/relecture.html", page=page))


def _told(draft: Draft) -> str:
    when = f", relecture demandée le {moment(draft.submitted_at)}" if draft.submitted_at else ""
    return typeset(f"Ouverte par {draft.owner.nom}, modifiée par {draft.updated_by.nom}{when}.")


def _decision(draft: Draft) -> Decision | None:
    if Role(me().role).rank < Role.RELECTEUR.rank:
        return None
    own = me().id in (draft.authors or [draft.owner_id])
    may = not own or Role(me().role) is Role.ADMINISTRATEUR
    return Decision(addresses.deed(draft.id, "publier"), addresses.deed(draft.id, "renvoyer"), own, may)


def _remark(one: Comment) -> Remark:
    resolved = f"Traitée par {one.resolved_by.nom}" if one.resolved_by else ""
    return Remark(
        text=typeset(one.text), author=typeset(one.author.nom), at=moment(one.created_at), resolved=typeset(resolved),
        action=addresses.resolve(one.draft_id, one.id), part=typeset(label_of(one.part)),
    )  # fmt: skip


def _waiting(draft: Draft) -> Waiting:
    return Waiting(
        link=Link(title_of(draft), addresses.deed(draft.id, "relecture")),
        author=typeset(draft.updated_by.nom),
        age=age(draft.submitted_at, now()),
        kind="Mise à jour" if draft.base_digest else "Nouvelle fiche",
        mine=me().id in (draft.authors or [draft.owner_id]),
    )
