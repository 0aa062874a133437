"""Every failure as a page: one table from class to status, heading and explanation."""

from __future__ import annotations

import logging
from urllib.parse import quote

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from kb.errors import CaseNotFoundError, ConflictError, IndexUnavailableError, KnowledgeBaseError
from kb.web.pages.page import Link
from kb.web.pages.textes import close_addresses, error_page
from kb.web.state import context, show, state

logger = logging.getLogger(__name__)
MAX_ADDRESS = 32_768  # Characters of an address; longer ones are refused with a page.

_STATUS: dict[type[KnowledgeBaseError], int] = {
    CaseNotFoundError: 404,
    ConflictError: 409,
    IndexUnavailableError: 503,
    KnowledgeBaseError: 500,
}
_PAGES: dict[int, tuple[str, str]] = {
    400: (
        "Demande incomprise",
        "L'adresse ou le formulaire envoyé ne peut pas être lu. Revenez en arrière et recommencez.",
    ),
    404: ("Page introuvable", "Cette adresse ne mène à aucune page. Le lien est peut-être ancien ou mal recopié."),
    405: ("Action impossible ici", "Cette page se consulte, elle ne reçoit pas de formulaire."),
    409: ("Modifié entre-temps", "Ce contenu a changé depuis que vous l'avez ouvert. Rechargez la page."),
    413: ("Envoi trop volumineux", "Ce que vous avez envoyé dépasse la taille permise."),
    414: ("Adresse trop longue", "Cette adresse est trop longue pour être lue. Raccourcissez votre recherche."),
    503: ("Recherche indisponible", "La recherche ne répond pas pour le moment. Réessayez dans quelques minutes."),
    500: (
        "Panne du site",
        "Une erreur est survenue de notre côté. Elle est enregistrée ; réessayez dans quelques minutes.",
    ),
}


def handle(app: Flask) -> None:
    """Turn every exception into a designed page with its right status."""

    @app.before_request
    def refuse_long_addresses() -> Response | None:
        if len(request.full_path) > MAX_ADDRESS:
            return _page(414)
        return None

    @app.errorhandler(KnowledgeBaseError)
    def known(error: KnowledgeBaseError) -> Response:
        status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
        if status >= 500:
            logger.error("%s", error)
        return _page(status)

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        if isinstance(error, RequestRedirect):
            return _moved(error.new_url, error.code)
        if isinstance(error, NotFound) and (shorter := _without_last_slash(app)):
            return _moved(shorter, 308)
        response = _page(error.code or 500)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> Response:
        logger.exception("Unforeseen failure on %s", request.path, exc_info=error)
        return _page(500)


def _without_last_slash(app: Flask) -> str:
    """The address asked for without the slash that ends it, if a page is there; else nothing."""
    shorter = "/" + request.path.strip("/")
    if not request.path.endswith("/") or not app.url_map.bind("").test(shorter, request.method):
        return ""
    asked = quote(request.query_string, safe="%&=+")
    return f"{quote(shorter)}?{asked}" if asked else quote(shorter)


def _moved(address: str, status: int) -> Response:
    response = Response(status=status)
    response.location = address
    return response


def _page(status: int) -> Response:
    heading, explanation = _PAGES.get(status) or _PAGES[500 if status >= 500 else 400]
    suggestions = _suggestions() if status == 404 else ()
    return show("erreur.html", error_page(state().site, heading, explanation, suggestions), status)


def _suggestions() -> tuple[Link, ...]:
    """Addresses close to the one asked for; none when the corpus itself cannot be read."""
    try:
        return close_addresses(context(), request.path[:200])
    except KnowledgeBaseError:
        return ()
