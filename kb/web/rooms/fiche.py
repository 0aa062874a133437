"""One case, as a page, as its own file, as data."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from kb.corpus.case import Case
from kb.errors import CaseNotFoundError
from kb.web.caching import today
from kb.web.pages.documents import document_of
from kb.web.pages.fiche import case_page
from kb.web.rooms.recherche import asked
from kb.web.state import context, edition, show, state

room = Blueprint("fiche", __name__)


@room.get("/cas/<slug:slug>")
def case(slug: str) -> Response:
    return show("fiche.html", case_page(context(), _published(slug), asked(), today()))


@room.get("/cas/<slug:slug>.md")
def markdown(slug: str) -> Response:
    """The file itself, byte for byte."""
    path = state().settings.cases / f"{_published(slug).slug}.md"
    return Response(path.read_bytes(), mimetype="text/markdown")


@room.get("/cas/<slug:slug>.json")
def data(slug: str) -> Response:
    return jsonify(document_of(context(), _published(slug)))


def _published(slug: str) -> Case:
    found = edition().cases.get(slug)
    if found is None:
        raise CaseNotFoundError(f"Aucun cas publié ne s'appelle « {slug} ».")
    return found
