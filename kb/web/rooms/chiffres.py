"""Map and figures."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kb.web import addresses
from kb.web.pages.chiffres import figures_page
from kb.web.rooms.recherche import asked
from kb.web.state import context, show

room = Blueprint("chiffres", __name__)


@room.get("/chiffres")
def figures() -> Response | BaseResponse:
    """The figures of the whole base, or of the search in the address."""
    if any(not value for value in request.args.values()):
        return redirect(addresses.figures(asked()))
    return show("chiffres.html", figures_page(context(), asked()))
