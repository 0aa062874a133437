"""The history of a case: its versions, what changed between two of them, going back, leaving, moving."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.curation.differences import Change, compare
from kb.curation.drafts import MissingError
from kb.curation.models import Origin, Revision, Role
from kb.web import addresses as public
from kb.web.atelier import addresses
from kb.web.atelier.access import me, needs, room, workspace
from kb.web.atelier.pages.frame import Frame, corpus, frame, moment
from kb.web.pages.page import Link
from kb.web.state import edition
from kb.web.typesetting import typeset

_ORIGINS = {Origin.ATELIER: "atelier", Origin.DEHORS: "hors de l'atelier", Origin.IMPORT: "import"}


@dataclass(frozen=True, slots=True)
class VersionLine:
    number: int
    at: str
    reason: str
    who: str
    origin: str
    href: str
    compare: str
    restore: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage(Frame):
    slug: str
    versions: tuple[VersionLine, ...]
    numbers: tuple[int, ...]
    before: int
    after: int
    changes: tuple[Change, ...] | None
    compare_action: str
    public: str
    edit: str
    archive: str
    rename: str
    moved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPage(Frame):
    told: str
    text: str
    back: Link


@room.get("/fiches/<slug:slug>/historique")
def history(slug: str) -> Response:
    versions = workspace().history.of(slug)
    if not versions:
        raise MissingError(f"L'atelier ne connaît aucune version de « {slug} ».")
    numbers = tuple(one.number for one in versions)
    before = _asked("de", numbers, numbers[min(1, len(numbers) - 1)])
    after = _asked("a", numbers, numbers[0])
    is_reviewer = Role(me().role).rank >= Role.RELECTEUR.rank
    published = f"{slug}.md" in corpus().readings
    page = HistoryPage(
        **frame(f"Historique : {_title(slug)}"),
        slug=slug,
        versions=tuple(_line(one, versions, is_reviewer=is_reviewer) for one in versions),
        numbers=numbers, before=before, after=after,
        changes=_changes(versions, before, after) if "de" in request.args else None,
        compare_action=addresses.file(slug, "historique"),
        public=public.case(slug) if slug in edition().cases else "",
        edit=addresses.file(slug, "ouvrir") if published else "",
        archive=addresses.file(slug, "archiver") if published and is_reviewer else "",
        rename=addresses.file(slug, "renommer") if published and is_reviewer else "",
        moved=_moved(slug) if not published else "",
    )  # fmt: skip
    return make_response(render_template("atelier/historique.html", page=page))


@room.get("/fiches/<slug:slug>/versions/<int:number>")
def version(slug: str, number: int) -> Response:
    found = workspace().history.version(slug, number)
    if found is None:
        raise MissingError("Cette version n'existe pas.")
    page = VersionPage(
        **frame(f"Version {number} de {slug}"),
        told=f"{moment(found.at)}. {typeset(found.reason)}", text=found.text,
        back=Link("Revenir à l’historique", addresses.file(slug, "historique")),
    )  # fmt: skip
    return make_response(render_template("atelier/version.html", page=page))


@room.post("/fiches/<slug:slug>/retablir")
@needs(Role.RELECTEUR)
def restore(slug: str) -> BaseResponse:
    number = request.form.get("version", 0, type=int)
    workspace().publisher.restore(slug, number, me(), corpus(), request.form.get("raison", "")[:500])
    flash(f"La version {number} est de nouveau en ligne, comme une nouvelle version.")
    return redirect(addresses.file(slug, "historique"))


@room.post("/fiches/<slug:slug>/archiver")
@needs(Role.RELECTEUR)
def archive(slug: str) -> BaseResponse:
    workspace().publisher.archive(slug, me(), request.form.get("raison", "")[:500])
    flash("La fiche n'est plus en ligne ; son adresse dit pourquoi. Toute version peut être rétablie.")
    return redirect(addresses.file(slug, "historique"))


@room.post("/fiches/<slug:slug>/renommer")
@needs(Role.RELECTEUR)
def rename(slug: str) -> BaseResponse:
    target = request.form.get("adresse", "").strip().lower()
    workspace().publisher.rename(slug, target, me(), corpus(), request.form.get("raison", "")[:500])
    flash("L'adresse a changé ; l'ancienne mène à la nouvelle.")
    return redirect(addresses.file(target, "historique"))


def _asked(name: str, numbers: tuple[int, ...], default: int) -> int:
    number = request.args.get(name, default, type=int)
    return number if number in numbers else default


def _changes(versions: list[Revision], before: int, after: int) -> tuple[Change, ...]:
    texts = {one.number: one.text for one in versions}
    return compare(texts[before], texts[after], edition().taxonomy)


def _line(one: Revision, versions: list[Revision], *, is_reviewer: bool) -> VersionLine:
    who = one.author if one.author == one.approved_by or not one.approved_by else ""
    if not who and one.approved_by:
        who = f"{one.author}, relue par {one.approved_by}" if one.author else one.approved_by
    return VersionLine(
        number=one.number,
        at=moment(one.at),
        reason=typeset(one.reason),
        who=typeset(who),
        origin=typeset(_ORIGINS.get(Origin(one.origin), one.origin)),
        href=addresses.version(one.slug, one.number) if one.text else "",
        compare=addresses.comparison(one.slug, one.number - 1, one.number) if one.number > 1 else "",
        restore=addresses.file(one.slug, "retablir") if is_reviewer and one.text and one is not versions[0] else "",
    )


def _title(slug: str) -> str:
    case = edition().cases.get(slug)
    move = edition().corpus.moves.get(slug)
    return case.titre if case else (move.titre if move and move.titre else slug)


def _moved(slug: str) -> str:
    move = edition().corpus.moves.get(slug)
    if move is None:
        return "Cette fiche n'est plus en ligne."
    if move.vers:
        return typeset(f"Cette adresse mène maintenant à « {move.vers} ».")
    return typeset(f"Fiche archivée le {move.archivee} : {move.motif}")
