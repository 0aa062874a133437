"""The search."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kb.corpus.taxonomy import FACETS
from kb.corpus.term_moves import resolve_term
from kb.search.query import SearchQuery
from kb.web import addresses
from kb.web.caching import today
from kb.web.pages.recherche import search_page
from kb.web.pages.suggestions import suggestions_document
from kb.web.state import context, edition, show, state

room = Blueprint("recherche", __name__)


def asked() -> SearchQuery:
    """The search that the address of this request holds, terms renamed or merged since under their present names."""
    return SearchQuery.parse(_present(request.args.items(multi=True)), edition().taxonomy)


def _present(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    moves = edition().corpus.term_moves
    if not moves:
        return list(pairs)
    vocabularies = {facet.name: facet.vocabulary for facet in FACETS}
    return [
        (name, resolve_term(moves, vocabularies.get(name.removeprefix("sauf_"), ""), value)) for name, value in pairs
    ]


@room.get("/recherche")
def search() -> Response | BaseResponse:
    """Results. A form sent without JavaScript holds empty fields: the address is first made short."""
    query = asked()
    if any(not value for value in request.args.values()):
        return redirect(addresses.search(query))
    if _present(request.args.items(multi=True)) != list(request.args.items(multi=True)):
        return redirect(addresses.search(query), 301)
    results = edition().search(query)
    page = show("recherche.html", search_page(context(), results))
    if results.total == 0 and query.texte and not query.filter_count:
        state().unanswered.note(query.texte, today())
        page.cache_control.no_store = True  # Made again each time, hence counted each time.
    return page


@room.get("/suggestions")
def suggestions() -> Response:
    """What the letters typed may become, for the script of the search box."""
    return jsonify(suggestions_document(context(), request.args.get("q", "")))
