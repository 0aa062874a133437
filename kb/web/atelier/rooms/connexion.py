"""Logging in and out, and what happens to a text sent after its session ended: it comes back after the login."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, g, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.curation.accounts import TooManyTriesError
from kb.curation.models import Account
from kb.curation.passwords import matches
from kb.errors import RefusedError
from kb.web.atelier import addresses
from kb.web.atelier.access import (
    PREFIX,
    csrf,
    log_in,
    log_out,
    me,
    needs,
    room,
    wait_for_code,
    waiting_for_code,
    workspace,
)
from kb.web.atelier.pages.frame import Frame, frame

_KEPT = "garde."
_KEPT_FROM = ("/atelier/brouillons/",)
_NEVER_KEPT = {"csrf_token", "passe", "nouveau", "ancien", "code"}


@dataclass(frozen=True, slots=True)
class Hidden:
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPage(Frame):
    action: str
    identifiant: str
    suite: str
    kept: tuple[Hidden, ...]
    expired: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumePage(Frame):
    """What was typed before the session ended, ready to be sent again by its author's own hand."""

    action: str
    kept: tuple[Hidden, ...]
    back: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePage(Frame):
    """The second step: what came with the first one goes on."""

    action: str
    suite: str
    kept: tuple[Hidden, ...]
    again: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage(Frame):
    action: str
    logout: str
    second: str
    has_second: bool
    codes_left: int


@room.get("/connexion")
@needs(None)
def login() -> BaseResponse:
    if g.account is not None:
        return redirect(addresses.HOME)
    return _login_page(suite=_inside(request.args.get("suite", "")))


@room.post("/connexion")
@needs(None)
def enter() -> BaseResponse:
    suite = _inside(request.form.get("suite", ""))
    kept = _carried()
    identifiant = request.form.get("identifiant", "")
    try:
        account = workspace().accounts.authenticate(
            identifiant, request.form.get("passe", ""), request.remote_addr or ""
        )
    except RefusedError as error:
        status = 429 if isinstance(error, TooManyTriesError) else 401
        return _login_page(suite, kept, error=str(error), identifiant=identifiant[:80], status=status)
    if account.totp_secret:
        wait_for_code(account)
        return _code_page(suite, kept)
    return _welcome(account, suite, kept)


@room.get("/connexion/code")
@needs(None)
def ask_code() -> BaseResponse:
    """Only a page left and found again leads here."""
    return redirect(addresses.HOME if g.account is not None else addresses.LOGIN)


@room.post("/connexion/code")
@needs(None)
def enter_code() -> BaseResponse:
    account_id = waiting_for_code()
    suite, kept = _inside(request.form.get("suite", "")), _carried()
    if account_id is None:
        return _login_page(suite, kept, error="Donnez d'abord votre mot de passe, puis le code.", status=401)
    try:
        account = workspace().second_factor.verify(
            account_id, request.form.get("code", "")[:60], request.remote_addr or ""
        )
    except RefusedError as error:
        return _code_page(suite, kept, str(error), 429 if isinstance(error, TooManyTriesError) else 401)
    return _welcome(account, suite, kept)


def _welcome(account: Account, suite: str, kept: tuple[Hidden, ...]) -> BaseResponse:
    log_in(account)
    g.account = account
    return _resume_page(suite, kept) if kept else redirect(suite or addresses.HOME)


def _code_page(suite: str, kept: tuple[Hidden, ...], error: str = "", status: int = 200) -> Response:
    page = CodePage(
        **frame("Second code", addresses.LOGIN, error=error), action=addresses.CODE, suite=suite, kept=kept,
        again=addresses.LOGIN,
    )  # fmt: skip
    return make_response(render_template("atelier/code.html", page=page), status)


@room.post("/deconnexion")
@needs(None)
def leave() -> BaseResponse:
    if request.form.get("partout") and g.account is not None:
        workspace().sessions.close_all(g.account)
    log_out()
    flash("Vous êtes déconnecté.")
    return redirect(addresses.LOGIN)


@room.get("/jeton")
def token() -> Response:
    """A fresh proof for a page left open while its session was renewed in another one."""
    return jsonify({"csrf_token": csrf()})


@room.get("/mon-compte")
def my_account() -> Response:
    return _account_page()


@room.post("/mon-compte")
def change_password() -> BaseResponse:
    account = me()
    if not matches(account.password_hash, request.form.get("ancien", "")):
        return _account_page("Le mot de passe actuel n'est pas le bon.", 400)
    try:
        workspace().accounts.change_password(account.identifiant, request.form.get("nouveau", ""), by=account.nom)
    except RefusedError as error:
        return _account_page(str(error), 400)
    log_in(account)
    flash("Mot de passe changé. Toutes vos autres sessions sont fermées.")
    return redirect(addresses.ACCOUNT)


def ask_again() -> BaseResponse:
    """A form came without a session: ask who it is, and keep what was typed."""
    if request.path.endswith("/auto"):
        return make_response(jsonify({"erreur": "Votre session a expiré."}), 401)
    return _login_page(_where_it_came_from(), _typed(), expired=True, status=401)


def stale_form() -> BaseResponse:
    """A form without a good proof: whoever is logged in may send it again herself, if it holds a text."""
    if request.path.endswith("/auto"):
        return make_response(jsonify({"erreur": "Cette page est trop ancienne."}), 403)
    kept = _typed()
    if g.account is not None and kept:
        return _resume_page(request.path, kept, status=403)
    if request.path == addresses.LOGIN:
        message = "Cette page était restée ouverte trop longtemps, ou les cookies sont refusés. Recommencez."
        return _login_page(_inside(request.form.get("suite", "")), _carried(), error=message, status=403)
    from kb.web.atelier.rooms.refus import refusal

    return refusal("Formulaire périmé", "Revenez à la page précédente, rechargez-la et recommencez.", 403)


def _login_page(
    suite: str = "", kept: tuple[Hidden, ...] = (), *, error: str = "", identifiant: str = "",
    expired: bool = False, status: int = 200,
) -> Response:  # fmt: skip
    page = LoginPage(
        **frame("Entrer dans l'atelier", addresses.LOGIN, error=error), action=addresses.LOGIN,
        identifiant=identifiant, suite=suite, kept=kept, expired=expired,
    )  # fmt: skip
    return make_response(render_template("atelier/connexion.html", page=page), status)


def _resume_page(action: str, kept: tuple[Hidden, ...], status: int = 200) -> Response:
    fields = tuple(Hidden(one.name.removeprefix(_KEPT), one.value) for one in kept)
    page = ResumePage(**frame("Reprendre ce que vous écriviez"), action=action, kept=fields, back=addresses.HOME)
    return make_response(render_template("atelier/reprise.html", page=page), status)


def _account_page(error: str = "", status: int = 200) -> Response:
    page = AccountPage(
        **frame("Mon compte", addresses.ACCOUNT, error=error), action=addresses.ACCOUNT, logout=addresses.LOGOUT,
        second=addresses.SECOND, has_second=bool(me().totp_secret),
        codes_left=workspace().second_factor.codes_left(me()),
    )  # fmt: skip
    return make_response(render_template("atelier/mon-compte.html", page=page), status)


def _inside(path: str) -> str:
    """A page of the workspace to go on to; "" for anything else, so that nobody is led elsewhere."""
    good = path.startswith(f"{PREFIX}/") and not any(char in path for char in "\\\r\n") and "//" not in path
    return path if good and not path.startswith((addresses.LOGIN, addresses.LOGOUT)) else ""


def _where_it_came_from() -> str:
    return request.path if _holds_a_text() else ""


def _holds_a_text() -> bool:
    return request.path.startswith(_KEPT_FROM) and ("texte" in request.form or "vue" in request.form)


def _typed() -> tuple[Hidden, ...]:
    """What was typed in the form of a draft, to be carried through the login."""
    if not _holds_a_text():
        return ()
    return tuple(
        Hidden(_KEPT + name, value) for name, value in request.form.items(multi=True) if name not in _NEVER_KEPT
    )


def _carried() -> tuple[Hidden, ...]:
    return tuple(Hidden(name, value) for name, value in request.form.items(multi=True) if name.startswith(_KEPT))
