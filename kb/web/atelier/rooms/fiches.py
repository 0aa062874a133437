"""The list of drafts and files, a new case, a published one to work on."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.corpus.case import Case
from kb.corpus.organisations import slugify
from kb.corpus.problems import Severity
from kb.curation.checking import check_text
from kb.curation.duplicates import find_duplicates
from kb.curation.models import Draft, now
from kb.errors import RefusedError
from kb.web import addresses as public
from kb.web.atelier import addresses
from kb.web.atelier.access import me, room, workspace
from kb.web.atelier.pages.frame import STATES, Frame, age, corpus, frame, title_of
from kb.web.pages.page import Link, grouped
from kb.web.state import edition
from kb.web.typesetting import typeset

SHOWN = 50


@dataclass(frozen=True, slots=True)
class DraftLine:
    link: Link
    slug: str
    state: str
    state_label: str
    filled: int
    wanted: int
    problems: int
    owner: str
    changed: str


@dataclass(frozen=True, slots=True)
class FileLine:
    titre: str
    slug: str
    href: str
    open_action: str
    history: str
    checked: str
    to_review: str


@dataclass(frozen=True, slots=True)
class KeptOut:
    slug: str
    message: str
    open_action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage(Frame):
    drafts: tuple[DraftLine, ...]
    files: tuple[FileLine, ...]
    kept_out: tuple[KeptOut, ...]
    action: str
    texte: str
    found: str
    previous: str
    next: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPage(Frame):
    action: str
    titre: str
    duplicates: tuple[tuple[Link, str], ...]


@room.get("/")
def home() -> Response:
    texte = request.args.get("q", "")[:200]
    chosen = [case for case in edition().cases.values() if slugify(texte) in f"{case.slug}-{slugify(case.titre)}"]
    chosen.sort(key=lambda case: slugify(case.titre))
    number = max(1, request.args.get("page", 1, type=int))
    start = min((number - 1) * SHOWN, max(0, len(chosen) - 1) // SHOWN * SHOWN)
    shown = chosen[start : start + SHOWN]
    page = ListPage(
        **frame("Fiches", addresses.HOME),
        drafts=tuple(_draft_line(draft) for draft in workspace().drafts.open()),
        files=tuple(_file_line(case) for case in shown),
        kept_out=_kept_out(),
        action=addresses.HOME,
        texte=texte,
        found=f"{grouped(len(chosen))} fiche{'s' if len(chosen) > 1 else ''} en ligne"
        + (f" pour « {texte} »" if texte else ""),
        previous=_page_href(texte, start // SHOWN) if start else "",
        next=_page_href(texte, start // SHOWN + 2) if start + SHOWN < len(chosen) else "",
        new=addresses.NEW,
    )
    return make_response(render_template("atelier/fiches.html", page=page))


@room.get("/nouvelle")
def new() -> Response:
    return _new_page()


@room.post("/nouvelle")
def create() -> BaseResponse:
    titre = request.form.get("titre", "")[:200]
    found = find_duplicates("", titre, (), (), "", edition().cases)
    if found and not request.form.get("malgre"):
        links = tuple((Link(typeset(one.titre), public.case(one.slug)), ", ".join(one.reasons)) for one in found)
        return _new_page(titre, duplicates=links)
    try:
        draft = workspace().drafts.create(titre, me(), corpus())
    except RefusedError as error:
        return _new_page(titre, error=str(error), status=400)
    flash("Brouillon créé. Il n'est visible que dans l'atelier.")
    return redirect(addresses.draft(draft.id))


@room.post("/fiches/<slug:slug>/ouvrir")
def open_case(slug: str) -> BaseResponse:
    draft = workspace().drafts.open_case(slug, me())
    return redirect(addresses.draft(draft.id))


def _new_page(
    titre: str = "", *, error: str = "", duplicates: tuple[tuple[Link, str], ...] = (), status: int = 200
) -> Response:
    page = NewPage(
        **frame("Nouvelle fiche", addresses.NEW, error=error),
        action=addresses.NEW, titre=titre, duplicates=duplicates,
    )  # fmt: skip
    return make_response(render_template("atelier/nouvelle.html", page=page), status)


def _draft_line(draft: Draft) -> DraftLine:
    checkup = check_text(draft.slug, draft.text, corpus(), crossed=False)
    return DraftLine(
        link=Link(title_of(draft), addresses.draft(draft.id)),
        slug=draft.slug,
        state=draft.state,
        state_label=STATES[draft.state],
        filled=checkup.filled,
        wanted=checkup.wanted,
        problems=len(checkup.all),
        owner=typeset(draft.owner.nom),
        changed=age(draft.updated_at, now()),
    )


def _file_line(case: Case) -> FileLine:
    return FileLine(
        titre=typeset(case.titre),
        slug=case.slug,
        href=public.case(case.slug),
        open_action=addresses.file(case.slug, "ouvrir"),
        history=addresses.file(case.slug, "historique"),
        checked=str(case.redaction.verifie or ""),
        to_review=typeset(case.redaction.a_revoir),
    )


def _kept_out() -> tuple[KeptOut, ...]:
    """Files that errors keep off the site, each with its first error."""
    first: dict[str, str] = {}
    for problem in edition().problems:
        slug = problem.path.rpartition("/")[2].removesuffix(".md")
        if problem.severity is Severity.ERROR and f"{slug}.md" in corpus().readings:
            first.setdefault(slug, f"{problem.message} ({problem.cure})" if problem.cure else problem.message)
    return tuple(
        KeptOut(slug, typeset(message), addresses.file(slug, "ouvrir") if _has_good_name(slug) else "")
        for slug, message in first.items()
    )


def _has_good_name(slug: str) -> bool:
    return slug == slugify(slug) and bool(slug)


def _page_href(texte: str, number: int) -> str:
    from urllib.parse import urlencode

    pairs = [("q", texte)] if texte else []
    return f"{addresses.HOME}?{urlencode([*pairs, ('page', str(number))])}"
