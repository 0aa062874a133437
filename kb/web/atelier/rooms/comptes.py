"""Accounts and journal, for administrators."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.curation import audit
from kb.curation.models import Account, Role
from kb.errors import RefusedError
from kb.web.atelier import addresses
from kb.web.atelier.access import me, needs, room, workspace
from kb.web.atelier.pages.frame import ROLES, Frame, frame, moment
from kb.web.typesetting import typeset

SHOWN = 100


@dataclass(frozen=True, slots=True)
class AccountLine:
    identifiant: str
    nom: str
    role: str
    active: bool
    action: str
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsPage(Frame):
    accounts: tuple[AccountLine, ...]
    roles: tuple[tuple[str, str], ...]
    action: str
    identifiant: str
    nom: str


@dataclass(frozen=True, slots=True)
class Entry:
    at: str
    actor: str
    action: str
    target: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPage(Frame):
    entries: tuple[Entry, ...]
    older: str


@room.get("/comptes")
@needs(Role.ADMINISTRATEUR)
def accounts() -> Response:
    return _page()


@room.post("/comptes")
@needs(Role.ADMINISTRATEUR)
def add() -> BaseResponse:
    sent = request.form
    try:
        made = workspace().accounts.add(
            sent.get("identifiant", ""), sent.get("nom", ""), _role(sent.get("role", "")), sent.get("passe", ""),
            courriel=sent.get("courriel", ""), by=me().nom,
        )  # fmt: skip
    except RefusedError as error:
        return _page(str(error), 400, sent.get("identifiant", "")[:80], sent.get("nom", "")[:120])
    flash(f"Compte « {made.identifiant} » ouvert. Donnez-lui son mot de passe de vive voix ; il pourra le changer.")
    return redirect(addresses.ACCOUNTS)


@room.post("/comptes/<identifiant>")
@needs(Role.ADMINISTRATEUR)
def change(identifiant: str) -> BaseResponse:
    done = workspace().accounts
    if request.form.get("faire") == "fermer":
        done.set_active(identifiant, False, by=me().nom)
    elif request.form.get("faire") == "rouvrir":
        done.set_active(identifiant, True, by=me().nom)
    else:
        done.set_role(identifiant, _role(request.form.get("role", "")), by=me().nom)
    flash(f"Compte « {identifiant} » modifié.")
    return redirect(addresses.ACCOUNTS)


@room.get("/journal")
@needs(Role.ADMINISTRATEUR)
def journal() -> Response:
    before = request.args.get("avant", type=int)
    found = audit.entries(workspace().database, SHOWN, before)
    page = JournalPage(
        **frame("Journal", addresses.JOURNAL),
        entries=tuple(
            Entry(moment(one.at), typeset(one.actor), typeset(one.action), one.target, typeset(one.detail))
            for one in found
        ),
        older=f"{addresses.JOURNAL}?avant={found[-1].id}" if len(found) == SHOWN else "",
    )
    return make_response(render_template("atelier/journal.html", page=page))


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as error:
        raise RefusedError("Ce rôle n'existe pas.") from error


def _page(error: str = "", status: int = 200, identifiant: str = "", nom: str = "") -> Response:
    page = AccountsPage(
        **frame("Comptes", addresses.ACCOUNTS, error=error),
        accounts=tuple(_line(one) for one in workspace().accounts.all()),
        roles=tuple((role.value, ROLES[role]) for role in Role),
        action=addresses.ACCOUNTS, identifiant=identifiant, nom=nom,
    )  # fmt: skip
    return make_response(render_template("atelier/comptes.html", page=page), status)


def _line(one: Account) -> AccountLine:
    return AccountLine(
        one.identifiant, typeset(one.nom), one.role, one.active, addresses.account(one.identifiant), one.id == me().id
    )
