"""Care of the vocabularies, for administrators: each change is shown as differences, then done as one set."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from flask import Response, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kb.corpus.taxonomy import FACETS, Term
from kb.curation.drafts import MissingError
from kb.curation.models import Role
from kb.curation.sets import Lot
from kb.curation.vocabularies import EDITED, OPEN, Care, Wording, proof
from kb.errors import RefusedError
from kb.search.query import SearchQuery
from kb.web.atelier import addresses
from kb.web.atelier.access import me, needs, room, workspace
from kb.web.atelier.pages.frame import Frame, corpus, frame
from kb.web.atelier.rooms.lots import SHOWN, Changed, changed
from kb.web.pages.page import Link
from kb.web.state import edition, state
from kb.web.typesetting import typeset


@dataclass(frozen=True, slots=True)
class TermLine:
    link: Link
    id: str
    court: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyPage(Frame):
    vocabularies: tuple[Link, ...]
    here: str
    name: str
    terms: tuple[TermLine, ...]
    is_open: bool
    action: str
    parents: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermPage(Frame):
    action: str
    id: str
    words: Wording
    synonyms: str
    is_open: bool
    others: tuple[Link, ...]
    back: Link
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage(Frame):
    """What a change would do, before it is done; `sent` is what asked for it."""

    action: str
    sent: tuple[tuple[str, str], ...]
    proof: str
    files: tuple[Changed, ...]
    more: int
    cases: int
    drafts: tuple[Link, ...]
    back: Link


@room.get("/vocabulaires")
@needs(Role.ADMINISTRATEUR)
def vocabularies() -> BaseResponse:
    return redirect(addresses.vocabulary(EDITED[0]))


@room.get("/vocabulaires/<name>")
@needs(Role.ADMINISTRATEUR)
def vocabulary(name: str) -> Response:
    return _vocabulary_page(name)


@room.post("/vocabulaires/<name>")
@needs(Role.ADMINISTRATEUR)
def add_term(name: str) -> BaseResponse:
    _known(name)
    try:
        lot = _care().add(name, request.form.get("id", "").strip().lower(), _words(), me())
    except RefusedError as error:
        return _vocabulary_page(name, str(error), 400)
    return _confirm(lot, addresses.vocabulary(name), Link("Revenir au vocabulaire", addresses.vocabulary(name)))


@room.get("/vocabulaires/<name>/<term_id>")
@needs(Role.ADMINISTRATEUR)
def term(name: str, term_id: str) -> Response:
    return _term_page(name, term_id)


@room.post("/vocabulaires/<name>/<term_id>")
@needs(Role.ADMINISTRATEUR)
def change_term(name: str, term_id: str) -> BaseResponse:
    _term(name, term_id)
    sent, care = request.form, _care()
    try:
        if sent.get("faire") == "identifiant":
            lot = care.change_id(name, term_id, sent.get("id", "").strip().lower(), me())
        elif sent.get("faire") == "reunir":
            lot = care.merge(name, term_id, sent.get("dans", ""), me())
        else:
            lot = care.reword(name, term_id, _words(), me())
    except RefusedError as error:
        return _term_page(name, term_id, str(error), 400)
    back = Link("Revenir au terme", addresses.vocabulary(name, term_id))
    return _confirm(lot, addresses.vocabulary(name, term_id), back)


def _care() -> Care:
    return Care(corpus(), state().settings.cases)


def _words() -> Wording:
    sent = request.form
    synonyms = tuple(sent.get("synonymes", "")[:8_000].replace("\r", "").replace(";", "\n").split("\n"))
    return Wording(
        sent.get("libelle", "")[:1_000], sent.get("court", "")[:1_000], sent.get("definition", "")[:4_000], synonyms,
        sent.get("parent", ""),
    )  # fmt: skip


def _confirm(lot: Lot, action: str, back: Link) -> BaseResponse:
    """Show what a set would do; do it when what was shown is sent back."""
    sent = request.form
    if sent.get("preuve") == proof(lot):
        lot = replace(lot, reason=sent.get("raison", "")[:500])
        made = workspace().sets.carry_out(lot, me())
        flash("Vocabulaire modifié, fiches et adresses comprises.")
        return redirect(addresses.one_set(made))
    error = "Des fichiers ont changé depuis cet aperçu : le voici refait." if sent.get("preuve") else ""
    slugs = {one.slug for one in lot.changes if one.slug}
    page = ConfirmPage(
        **frame(lot.title, addresses.VOCABULARIES, error=error), action=action, back=back, proof=proof(lot),
        sent=tuple((name, value) for name, value in sent.items(multi=True)
                   if name not in {"csrf_token", "preuve", "raison"}),
        files=tuple(changed(one) for one in lot.changes[:SHOWN]), more=max(0, len(lot.changes) - SHOWN),
        cases=len(slugs),
        drafts=tuple(Link(one.slug, addresses.draft(one.id)) for one in workspace().drafts.open() if one.slug in slugs),
    )  # fmt: skip
    return make_response(render_template("atelier/vocabulaire-apercu.html", page=page), 409 if error else 200)


def _known(name: str) -> None:
    if name not in EDITED:
        raise MissingError("Ce vocabulaire n'existe pas, ou ne se change pas ici.")


def _term(name: str, term_id: str) -> Term:
    _known(name)
    if term_id not in edition().taxonomy[name]:
        raise MissingError("Ce terme n'existe pas, ou plus.")
    return edition().taxonomy[name][term_id]


def _vocabulary_page(name: str, error: str = "", status: int = 200) -> Response:
    _known(name)
    counts = _counts(name)
    page = VocabularyPage(
        **frame(f"Vocabulaire : {_label(name)}", addresses.VOCABULARIES, error=error),
        vocabularies=tuple(Link(typeset(_label(one)), addresses.vocabulary(one)) for one in EDITED),
        here=addresses.vocabulary(name), name=name, is_open=name in OPEN, action=addresses.vocabulary(name),
        terms=tuple(
            TermLine(Link(typeset(one.libelle), addresses.vocabulary(name, one.id)), one.id,
                     typeset(one.court) if one.court != one.libelle else "", counts[one.id])
            for one in edition().taxonomy[name].terms
        ),
        parents=tuple(Link(typeset(one.libelle), one.id) for one in edition().taxonomy["dimension"].terms)
        if name == "domaine" else (),
    )  # fmt: skip
    return make_response(render_template("atelier/vocabulaire.html", page=page), status)


def _term_page(name: str, term_id: str, error: str = "", status: int = 200) -> Response:
    found = _term(name, term_id)
    court = found.court if found.court != found.libelle else ""
    page = TermPage(
        **frame(f"Terme : {found.libelle}", addresses.VOCABULARIES, error=error),
        action=addresses.vocabulary(name, term_id), id=term_id, is_open=name in OPEN,
        words=Wording(found.libelle, court, found.definition), synonyms="\n".join(found.synonymes),
        others=tuple(Link(typeset(one.libelle), one.id) for one in edition().taxonomy[name].terms if one.id != term_id),
        back=Link("Revenir au vocabulaire", addresses.vocabulary(name)), count=_counts(name)[term_id],
    )  # fmt: skip
    return make_response(render_template("atelier/terme.html", page=page), status)


def _label(name: str) -> str:
    return next(facet.libelle for facet in FACETS if facet.vocabulary == name)


def _counts(name: str) -> Counter[str]:
    """Cases that hold each term of a vocabulary."""
    facet = next(facet for facet in FACETS if facet.vocabulary == name)
    return Counter({one.id: one.count for one in edition().search(SearchQuery()).facettes[facet.name]})
