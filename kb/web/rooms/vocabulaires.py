"""Pages of the terms: categories, dimensions, domains, regions, stages."""

from __future__ import annotations

from flask import Blueprint, Response, abort, redirect
from werkzeug.wrappers import Response as BaseResponse

from kb.corpus.term_moves import resolve_term
from kb.web import addresses
from kb.web.addresses import TERM_PAGES
from kb.web.pages.termes import term_page, terms_page
from kb.web.state import context, edition, show

room = Blueprint("vocabulaires", __name__)
_FACETS = {segment: facet for facet, segment in TERM_PAGES.items()}
_SEGMENTS = ",".join(_FACETS)


@room.get(f"/<any({_SEGMENTS}):segment>")
def terms(segment: str) -> Response:
    return show("termes.html", terms_page(context(), _FACETS[segment]))


@room.get(f"/<any({_SEGMENTS}):segment>/<slug:term_id>")
def term(segment: str, term_id: str) -> BaseResponse:
    """The page of a term; the address of one that was renamed or merged leads to it."""
    facet = _FACETS[segment]
    vocabulary = edition().taxonomy.vocabulary_of(facet)
    if term_id not in vocabulary:
        present = resolve_term(edition().corpus.term_moves, vocabulary.name, term_id)
        return redirect(addresses.term(facet, present), 301) if present in vocabulary else abort(404)
    return show("terme.html", term_page(context(), facet, term_id))
