"""Pages of the organisations."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from kb.web.pages.organisations import organisation_page, organisations_page
from kb.web.state import context, edition, show

room = Blueprint("organisations", __name__)


@room.get("/organisations")
def organisations() -> Response:
    return show("organisations.html", organisations_page(context()))


@room.get("/organisations/<slug:slug>")
def organisation(slug: str) -> Response:
    found = edition().organisations.get(slug)
    if found is None:
        abort(404)
    return show("organisation.html", organisation_page(context(), found))
