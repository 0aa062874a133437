"""The rooms of the site, one blueprint each: they read the request, call a presenter, print its page."""

from __future__ import annotations

from flask import Blueprint

from kb.web.rooms import (
    accueil,
    chiffres,
    fiche,
    fichiers,
    machines,
    organisations,
    recherche,
    selection,
    textes,
    vocabulaires,
)

ROOMS: tuple[Blueprint, ...] = (
    accueil.room,
    recherche.room,
    fiche.room,
    vocabulaires.room,
    organisations.room,
    chiffres.room,
    selection.room,
    textes.room,
    machines.room,
    fichiers.room,
)
