"""What the rooms share: the settings, the site, the knowledge base; and the one edition that a request reads."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask, Response, current_app, g, make_response, render_template

from kb.config import Settings
from kb.knowledge_base import Edition, KnowledgeBase
from kb.search.unanswered import UnansweredLog
from kb.web.pages.context import Context, Overview
from kb.web.pages.page import Page, Site

_KEY = "alliances"


@dataclass(slots=True)
class State:
    """One an application. `overview` keeps the last edition's counts; two threads may count twice, no harm done."""

    settings: Settings
    site: Site
    knowledge_base: KnowledgeBase
    _overview: Overview | None = field(default=None, init=False)

    @property
    def unanswered(self) -> UnansweredLog:
        """Where the words of searches without an answer are counted."""
        return UnansweredLog(self.settings.instance / "sans-reponse", self.settings.unanswered_days)

    def attach(self, app: Flask) -> None:
        app.extensions[_KEY] = self

    def overview(self, edition: Edition) -> Overview:
        known = self._overview
        if known is None or known.digest != edition.digest:
            known = self._overview = Overview.of(edition)
        return known


def state() -> State:
    """The state of the application that answers this request."""
    return state_of(current_app)


def state_of(app: Flask) -> State:
    found: State = app.extensions[_KEY]
    return found


def edition() -> Edition:
    """The edition of this request: asked for once, so that a page never mixes two."""
    if "edition" not in g:
        g.edition = state().knowledge_base.current()
    found: Edition = g.edition
    return found


def context() -> Context:
    """What the presenters of this request need."""
    if "context" not in g:
        g.context = Context(state().site, edition(), state().overview(edition()))
    found: Context = g.context
    return found


def show(template: str, page: Page, status: int = 200) -> Response:
    """The page object printed by its template: a template receives nothing else."""
    return make_response(render_template(template, page=page), status)
