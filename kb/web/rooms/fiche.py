"""One case, as a page, as its own file, as data."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect
from werkzeug.wrappers import Response as BaseResponse

from kb.corpus.case import Case
from kb.corpus.moves import resolve
from kb.errors import CaseNotFoundError
from kb.web import addresses
from kb.web.caching import today
from kb.web.pages.documents import document_of
from kb.web.pages.fiche import case_page
from kb.web.pages.textes import archived_page
from kb.web.rooms.recherche import asked
from kb.web.state import context, edition, show, state

room = Blueprint("fiche", __name__)


@room.get("/cas/<slug:slug>")
def case(slug: str) -> BaseResponse:
    return _elsewhere(slug) or show("fiche.html", case_page(context(), _published(slug), asked(), today()))


@room.get("/cas/<slug:slug>.md")
def markdown(slug: str) -> BaseResponse:
    """The file itself, byte for byte."""
    elsewhere = _elsewhere(slug, ".md")
    if elsewhere:
        return elsewhere
    path = state().settings.cases / f"{_published(slug).slug}.md"
    return Response(path.read_bytes(), mimetype="text/markdown")


@room.get("/cas/<slug:slug>.json")
def data(slug: str) -> BaseResponse:
    return _elsewhere(slug, ".json") or jsonify(document_of(context(), _published(slug)))


def _elsewhere(slug: str, suffix: str = "") -> BaseResponse | None:
    """Where an address that no longer leads to a case leads: its new address, or a page that says it was archived."""
    moves, cases = edition().corpus.moves, edition().cases
    if slug in cases or slug not in moves:
        return None
    target = resolve(moves, slug)
    if target in cases:
        return redirect(addresses.case(target) + suffix, 301)
    if target in moves and moves[target].archivee:
        return show("erreur.html", archived_page(state().site, moves[target]), 410)
    return None


def _published(slug: str) -> Case:
    found = edition().cases.get(slug)
    if found is None:
        raise CaseNotFoundError(f"Aucun cas publié ne s'appelle « {slug} ».")
    return found
