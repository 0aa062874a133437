"""Who is asking, and whether she may: one guard before every request of the workspace."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, Flask, Request, current_app, g, redirect, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.wrappers import Response as BaseResponse
from wtforms.validators import ValidationError

from kb.curation.models import Account, Role
from kb.curation.secret import secret_key
from kb.curation.workspace import Workspace
from kb.errors import ConfigurationError, KnowledgeBaseError, WorkspaceUnavailableError
from kb.web.atelier import addresses
from kb.web.state import edition

logger = logging.getLogger(__name__)
PREFIX = "/atelier"
MAX_FORM = 3_000_000  # Bytes: two megabytes of text are refused with a sentence, not with a cut connection.
_KEY = "atelier"
_TOKEN = "sid"  # noqa: S105 — the name of a key
_VERIFIED = {"POST"}
_WAITING = "attend"
_PATIENCE = 600  # Seconds between a password and its code.

room = Blueprint("atelier", __name__, url_prefix=PREFIX)
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(slots=True)
class Atelier:
    """The workspace of an application; `seen` is the edition whose outside changes history already holds."""

    workspace: Workspace
    ready: bool = False
    seen: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)


class Cookies(SecureCookieSessionInterface):
    """Signed cookies for the workspace alone; the secret is made when the first one is needed."""

    def __init__(self, instance: Path) -> None:
        self._instance = instance

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if not request.path.startswith(PREFIX):
            return None
        if not app.secret_key:
            try:
                app.secret_key = secret_key(self._instance)
            except ConfigurationError as error:
                logger.warning("%s", error)
                return None
        return super().open_session(app, request)


def attach(app: Flask, workspace: Workspace, instance: Path, *, https: bool) -> None:
    """Give an application its workspace and its cookies."""
    app.extensions[_KEY] = Atelier(workspace)
    app.session_interface = Cookies(instance)
    app.config.update(
        SESSION_COOKIE_NAME="__Secure-atelier" if https else "atelier",
        SESSION_COOKIE_PATH=PREFIX,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        WTF_CSRF_TIME_LIMIT=None,  # A token lives as long as its session.
    )


def atelier() -> Atelier:
    found: Atelier = current_app.extensions[_KEY]
    return found


def workspace() -> Workspace:
    return atelier().workspace


def me() -> Account:
    """The account that asks; only where the guard has let somebody in."""
    found: Account = g.account
    return found


def csrf() -> str:
    return str(generate_csrf())


def needs(role: Role | None) -> Callable[[View], View]:
    """Say which role a view asks for; without this, any account. None: nobody needs to be logged in."""

    def mark(view: View) -> View:
        view.needs = role  # type: ignore[attr-defined]
        return view

    return mark


def accepts(size: int) -> Callable[[View], View]:
    """Let a view receive a request of so many bytes."""

    def mark(view: View) -> View:
        view.accepts = size  # type: ignore[attr-defined]
        return view

    return mark


def log_in(account: Account) -> None:
    """Begin a new session, whatever the browser held before."""
    log_out()
    session[_TOKEN] = workspace().sessions.open(account)
    csrf()  # Made now, so that pages opened at the same time share it.


def wait_for_code(account: Account) -> None:
    """Remember, for a few minutes, who gave her password and still has a code to give."""
    log_out()
    session[_WAITING] = [account.id, int(time.time())]


def waiting_for_code() -> int | None:
    """The account that still has a code to give; None when nobody has, or no longer."""
    account_id, since = session.get(_WAITING) or (None, 0)
    return account_id if 0 <= time.time() - since < _PATIENCE else None


def log_out() -> None:
    token = session.get(_TOKEN)
    if token:
        workspace().sessions.close(token)
    session.clear()
    g.pop("csrf_token", None)


@room.before_request
def guard() -> BaseResponse | tuple[str, int] | None:
    """Prepare the workspace, say who asks, check the proof that the form is ours, then the role."""
    view = current_app.view_functions[request.endpoint or ""]
    request.max_content_length, request.max_form_memory_size = getattr(view, "accepts", MAX_FORM), MAX_FORM
    if not current_app.secret_key:
        raise WorkspaceUnavailableError("Le dossier privé de l'installation ne peut être écrit.")
    _prepare()
    token = session.get(_TOKEN)
    g.account = workspace().sessions.find(token) if token else None
    role: Role | None = getattr(view, "needs", Role.CONTRIBUTEUR)
    if role is not None and g.account is None:
        return _ask_to_log_in()
    if request.method in _VERIFIED and not _is_ours():
        from kb.web.atelier.rooms.connexion import stale_form

        return stale_form()
    if role is not None and Role(g.account.role).rank < role.rank:
        from kb.errors import ForbiddenError

        raise ForbiddenError(f"Cette page demande le rôle « {role} ».")
    _observe()
    return None


def _is_ours() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def _ask_to_log_in() -> BaseResponse | tuple[str, int]:
    from kb.web.atelier.rooms.connexion import ask_again

    if request.method == "POST":
        return ask_again()
    asked = request.full_path.removesuffix("?")
    return redirect(addresses.LOGIN if asked == addresses.HOME else f"{addresses.LOGIN}?suite={_quoted(asked)}")


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path, safe="/")


def _prepare() -> None:
    """Once a process: the last schema, and whatever was interrupted finished."""
    found = atelier()
    if found.ready:
        return
    with found.lock:
        if not found.ready:
            found.workspace.prepare()
            found.ready = True


def _observe() -> None:
    """Record what changed outside since this process last looked. History must not keep anybody from working."""
    found = atelier()
    digest = edition().digest
    if found.seen == digest:
        return
    try:
        found.workspace.publisher.observe()
        found.seen = digest
    except (KnowledgeBaseError, OSError):
        logger.exception("Changes made outside the workspace could not be recorded.")


@room.after_request
def keep_private(response: BaseResponse) -> BaseResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
