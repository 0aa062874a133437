"""The curators' workspace: /atelier/…, where cases are drafted, reviewed, published and undone."""

from __future__ import annotations

from flask import Flask

from kb.config import Settings
from kb.curation.workspace import Workspace
from kb.web.atelier.access import attach, room
from kb.web.atelier.rooms import (
    brouillons,
    comptes,
    connexion,
    double,
    fiches,
    guide,
    historique,
    imports,
    lots,
    modifier,
    refus,
    relecture,
    sante,
    vocabulaires,
)  # fmt: skip

ROOMS = (
    connexion, double, fiches, brouillons, relecture, historique, imports, lots, modifier, vocabulaires, sante, guide,
    comptes, refus,
)  # fmt: skip
"""Modules that give the blueprint its routes."""


def install(app: Flask, settings: Settings) -> None:
    """Give the site its workspace. Neither the database nor the secret is touched before somebody comes in."""
    attach(app, Workspace(settings), settings.instance, https=settings.site_url.startswith("https://"))
    app.register_blueprint(room)
