"""The sets that were made: what each changed, undone in a click."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.curation.differences import Change, Kind, Piece, compare, words
from kb.curation.models import Role
from kb.curation.set_models import RevisionSet
from kb.curation.sets import FileChange
from kb.web import addresses as public
from kb.web.atelier import addresses
from kb.web.atelier.access import me, needs, room, workspace
from kb.web.atelier.pages.frame import Frame, frame, moment
from kb.web.pages.page import Link
from kb.web.state import edition
from kb.web.typesetting import typeset

_AROUND = 3  # Lines of a vocabulary shown on each side of what moved.
SHOWN = 60  # Differences shown on a page; the others are counted.


@dataclass(frozen=True, slots=True)
class SetLine:
    link: Link
    kind: str
    at: str
    actor: str
    count: int
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SetsPage(Frame):
    sets: tuple[SetLine, ...]
    search: str
    imports: str
    is_reviewer: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """A file of a set or of a preview: its name, what changes in it, the way to its history."""

    slug: str
    link: Link
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPage(Frame):
    told: str
    reason: str
    files: tuple[Changed, ...]
    more: int
    undo: str
    changed_since: tuple[str, ...]
    parted: bool
    undone: Link | None
    drafts: int


@room.get("/lots")
def sets() -> Response:
    page = SetsPage(
        **frame("Plusieurs fiches à la fois", addresses.SETS),
        sets=tuple(_line(made, count) for made, count in workspace().sets.all()),
        search=public.SEARCH,
        imports=addresses.IMPORTS,
        is_reviewer=Role(me().role).rank >= Role.RELECTEUR.rank,
    )
    return make_response(render_template("atelier/lots.html", page=page))


@room.get("/lots/<int:set_id>")
def one_set(set_id: int) -> Response:
    made, files = workspace().sets.get(set_id), workspace().sets.files(set_id)
    may_undo = not made.undone_by and Role(me().role).rank >= workspace().sets.role_of(made).rank
    page = SetPage(
        **frame(f"Lot {set_id} : {made.title}"),
        told=typeset(f"{made.kind.capitalize()}, le {moment(made.at)}, par {made.actor}"),
        reason=typeset(made.reason),
        files=tuple(changed(one) for one in files[:SHOWN]),
        more=max(0, len(files) - SHOWN),
        undo=addresses.set_deed(set_id, "annuler") if may_undo else "",
        changed_since=tuple(workspace().sets.changed_since(set_id)) if may_undo else (),
        parted=workspace().sets.may_be_parted(made),
        undone=Link(f"Annulé par le lot {made.undone_by}", addresses.one_set(made.undone_by))
        if made.undone_by
        else None,
        drafts=len(made.drafts),
    )
    return make_response(render_template("atelier/lot.html", page=page))


@room.post("/lots/<int:set_id>/annuler")
@needs(Role.RELECTEUR)
def undo_set(set_id: int) -> BaseResponse:
    only = request.form.get("sauf_modifiees") == "1"
    made = workspace().sets.undo(set_id, me(), request.form.get("raison", "")[:500], only_untouched=only)
    flash(f"Lot {set_id} annulé. L'annulation est elle-même un lot, qui peut s'annuler.")
    return redirect(addresses.one_set(made))


def _line(made: RevisionSet, count: int) -> SetLine:
    return SetLine(
        Link(typeset(made.title), addresses.one_set(made.id)), typeset(made.kind), moment(made.at), typeset(made.actor),
        count + len(made.drafts), bool(made.undone_by),
    )  # fmt: skip


def changed(one: FileChange) -> Changed:
    """What a set changes in one file: a case part by part, a vocabulary as a whole."""
    if not one.slug:
        whole = Change(
            f"fichier-{one.name.partition('.')[0]}", "Le fichier", "", "", words(one.before or "", one.after or "")
        )
        return Changed("", Link(one.name, ""), (_shortened(whole),))
    case = edition().cases.get(one.slug)
    link = Link(typeset(case.titre) if case else one.slug, addresses.file(one.slug, "historique"))
    changes = compare(one.before or "", one.after or "", edition().taxonomy) if one.after is not None else ()
    return Changed(one.slug, link, changes)


def _shortened(change: Change) -> Change:
    """A long file with what stayed cut to a few lines around what moved."""
    last = len(change.pieces) - 1
    pieces = (_around(piece, first=rank == 0, last=rank == last) for rank, piece in enumerate(change.pieces))
    return replace(change, pieces=tuple(pieces))


def _around(piece: Piece, *, first: bool, last: bool) -> Piece:
    """What stayed: its end before a change, its beginning after one."""
    lines = piece.text.splitlines(keepends=True)
    if piece.kind is not Kind.SAME or len(lines) <= 2 * _AROUND + 1:
        return piece
    begins, ends = ([] if first else lines[:_AROUND]), ([] if last else lines[-_AROUND:])
    return replace(piece, text="".join([*begins, "[…]\n", *ends]))
