"""Pages that explain the site."""

from __future__ import annotations

from flask import Blueprint, Response

from kb.web.pages.textes import about_page, accessibility_page, lexicon_page, method_page
from kb.web.state import context, show

room = Blueprint("textes", __name__)


@room.get("/a-propos")
def about() -> Response:
    return show("a-propos.html", about_page(context()))


@room.get("/methode")
def method() -> Response:
    return show("methode.html", method_page(context()))


@room.get("/accessibilite")
def accessibility() -> Response:
    return show("accessibilite.html", accessibility_page(context()))


@room.get("/lexique")
def lexicon() -> Response:
    return show("lexique.html", lexicon_page(context()))
