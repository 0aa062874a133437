"""The second step of one's own login: asking for it, keeping its recovery codes, doing without it again."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from flask import Response, flash, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from kb.curation.passwords import matches
from kb.errors import RefusedError
from kb.web.atelier import addresses
from kb.web.atelier.access import log_in, me, room, workspace
from kb.web.atelier.pages.frame import Frame, frame


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondPage(Frame):
    """Asking for the second step, or leaving it when it is there."""

    action: str
    on: bool
    secret: str
    grouped: str
    drawing: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesPage(Frame):
    """The recovery codes, shown this once."""

    codes: tuple[str, ...]
    back: str


@room.get("/mon-compte/double-verification")
def second_factor() -> Response:
    return _page(workspace().second_factor.new_secret())


@room.post("/mon-compte/double-verification")
def change_second_factor() -> BaseResponse:
    account, sent = me(), request.form
    secret = sent.get("secret", "")
    if not matches(account.password_hash, sent.get("ancien", "")):
        return _page(secret, "Le mot de passe actuel n'est pas le bon.", 400)
    if sent.get("faire") == "retirer":
        workspace().second_factor.remove(account.identifiant, by=account.nom)
        flash("Double vérification retirée : votre mot de passe suffit de nouveau.")
        return redirect(addresses.ACCOUNT)
    if account.totp_secret:
        return _page("", "La double vérification est déjà en place.", 400)
    try:
        codes = workspace().second_factor.enrol(account, secret, sent.get("code", "")[:60])
    except RefusedError as error:
        return _page(secret, str(error), 400)
    log_in(account)
    page = CodesPage(**frame("Vos codes de secours", addresses.ACCOUNT), codes=codes, back=addresses.ACCOUNT)
    return make_response(render_template("atelier/codes.html", page=page))


def _page(secret: str, error: str = "", status: int = 200) -> Response:
    fresh = secret if len(secret) == 32 and secret.isalnum() and secret.isascii() else ""
    secret = fresh or workspace().second_factor.new_secret()
    page = SecondPage(
        **frame("Double vérification", addresses.ACCOUNT, error=error), action=addresses.SECOND,
        on=bool(me().totp_secret), secret=secret,
        grouped=" ".join(secret[n : n + 4] for n in range(0, len(secret), 4)), drawing=_drawing(secret),
    )  # fmt: skip
    return make_response(render_template("atelier/double.html", page=page), status)


def _drawing(secret: str) -> Markup:
    """The square that a telephone reads, black on white whatever the theme."""
    code = segno.make(workspace().second_factor.address(me(), secret), error="m")
    drawn = code.svg_inline(omitsize=True, border=4, dark="#000", light="#fff", svgclass=None, lineclass=None)
    return Markup(drawn)  # noqa: S704 — made of squares by the library
