"""The home page."""

from __future__ import annotations

from flask import Blueprint, Response

from kb.web.pages.accueil import home_page
from kb.web.state import context, show

room = Blueprint("accueil", __name__)


@room.get("/")
def home() -> Response:
    return show("accueil.html", home_page(context()))
