"""Refusals of the workspace as pages: what cannot be done, why, and where to go on."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, g, make_response, render_template

from kb.curation.drafts import MissingError
from kb.errors import ConflictError, ForbiddenError, RefusedError, WorkspaceUnavailableError
from kb.web.atelier import addresses
from kb.web.atelier.access import room
from kb.web.atelier.pages.frame import Frame, frame
from kb.web.pages.page import Link
from kb.web.pages.textes import error_page
from kb.web.state import show, state
from kb.web.typesetting import typeset


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalPage(Frame):
    explanation: str
    ways: tuple[Link, ...]


def refusal(heading: str, explanation: str, status: int) -> Response:
    page = RefusalPage(
        **frame(heading), explanation=typeset(explanation), ways=(Link("Revenir aux fiches", addresses.HOME),)
    )
    return make_response(render_template("atelier/refus.html", page=page), status)


@room.errorhandler(RefusedError)
def refused(error: RefusedError) -> Response:
    status = 404 if isinstance(error, MissingError) else 400
    return refusal("Ce n'est pas possible", str(error), status)


@room.errorhandler(ForbiddenError)
def forbidden(error: ForbiddenError) -> Response:
    return refusal("Ce n'est pas permis à ce compte", str(error), 403)


@room.errorhandler(ConflictError)
def conflict(error: ConflictError) -> Response:
    return refusal("Modifié entre-temps", str(error), 409)


@room.errorhandler(WorkspaceUnavailableError)
def unavailable(_error: WorkspaceUnavailableError) -> Response:
    """The database may be what fails: this page asks nothing of it."""
    g.account = None
    explanation = (
        "L'atelier ne répond pas pour le moment ; le site public, lui, reste ouvert. Revenez en arrière pour retrouver "
        "ce que vous écriviez, puis réessayez dans quelques minutes."
    )
    return show("erreur.html", error_page(state().site, "Atelier indisponible", explanation), 503)
