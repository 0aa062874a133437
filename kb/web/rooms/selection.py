"""The visitor's own selection and the comparison of its cases: both are nothing but their addresses."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kb.web import addresses
from kb.web.pages.comparaison import comparison_page
from kb.web.pages.selection import chosen, selection_page
from kb.web.state import context, show

room = Blueprint("selection", __name__)


@room.get("/selection")
def selection() -> Response:
    """The cases of the address, and those that match `q`, to add."""
    slugs = chosen(context(), request.args.getlist("cas"))
    removed = chosen(context(), request.args.getlist("retire"))[:1]
    return show("selection.html", selection_page(context(), slugs, removed, request.args.get("q", "")))


@room.get("/comparer")
def comparison() -> Response | BaseResponse:
    slugs = chosen(context(), request.args.getlist("cas"))
    if not slugs:
        return redirect(addresses.SELECTION)
    return show("comparer.html", comparison_page(context(), slugs, request.args.get("identiques") == "non"))
