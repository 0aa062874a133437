"""What every page of the workspace has: who is there, where to go, what has just been done."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from flask import g, get_flashed_messages

from kb.corpus.case import MONTHS
from kb.corpus.catalogue import Corpus
from kb.curation.checking import Checkup, sentences
from kb.curation.differences import label_of
from kb.curation.form import obstacle, read_form
from kb.curation.models import Account, Draft, Role, State
from kb.web.atelier import addresses
from kb.web.atelier.access import csrf, workspace
from kb.web.pages.page import Link, NavItem, Page, Site
from kb.web.state import edition, state
from kb.web.typesetting import typeset

STATES: dict[str, str] = {
    State.BROUILLON: "Brouillon",
    State.A_RELIRE: "À relire",
    State.A_CORRIGER: "À corriger",
    State.PUBLIEE: "Publiée",
    State.ARCHIVEE: "Close",
}
ROLES: dict[str, str] = {
    Role.CONTRIBUTEUR: "contributeur",
    Role.RELECTEUR: "relecteur",
    Role.ADMINISTRATEUR: "administrateur",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame(Page):
    """Base of the page objects of the workspace. `token` proves that a form is ours."""

    heading: str
    style_sheet: str
    token: str
    leave: str
    who: str = ""
    role: str = ""
    tabs: tuple[NavItem, ...] = ()
    notices: tuple[str, ...] = ()
    error: str = ""


def frame(heading: str, here: str = "", *, error: str = "") -> dict[str, Any]:
    """What a Frame needs, for `Frame(**frame(…))`: `here` is the address of the tab to mark."""
    site: Site = state().site
    account: Account | None = g.get("account")
    title = f"Erreur : {heading}" if error else heading
    return {
        "head": site.head(f"{title} — Atelier", "L'atelier des curateurs.", here or addresses.HOME, indexed=False),
        "chrome": site.chrome("", "atelier"),
        "heading": typeset(heading),
        "style_sheet": site.assets.href("css/atelier.css"),
        "token": csrf(),
        "leave": addresses.LOGOUT,
        "who": account.nom if account else "",
        "role": ROLES[account.role] if account else "",
        "tabs": _tabs(account, here) if account else (),
        "notices": tuple(typeset(text) for text in get_flashed_messages()),
        "error": typeset(error),
    }


def _tabs(account: Account, here: str) -> tuple[NavItem, ...]:
    waiting = sum(draft.state == State.A_RELIRE for draft in workspace().drafts.open())
    entries = [
        ("Fiches", addresses.HOME),
        (f"À relire ({waiting})" if waiting else "À relire", addresses.QUEUE),
        ("Nouvelle fiche", addresses.NEW),
        ("Plusieurs fiches", addresses.SETS),
        ("Santé", addresses.HEALTH),
        ("Guide", addresses.GUIDE),
    ]
    if Role(account.role) is Role.ADMINISTRATEUR:
        entries += [
            ("Vocabulaires", addresses.VOCABULARIES),
            ("Comptes", addresses.ACCOUNTS),
            ("Journal", addresses.JOURNAL),
        ]
    entries.append(("Mon compte", addresses.ACCOUNT))
    return tuple(NavItem(label, href, href == here) for label, href in entries)


def corpus() -> Corpus:
    """The files as this request sees them."""
    return edition().corpus


def moment(at: datetime.datetime | None) -> str:
    """« 21 novembre 2026 à 10 h 14 », at the hour of the machine."""
    if at is None:
        return ""
    return f"{day(at.astimezone().date())} à {hour(at)}"


def day(date: datetime.date) -> str:
    """« 21 novembre 2026 »."""
    return f"{'1er' if date.day == 1 else date.day} {MONTHS[date.month - 1]} {date.year}"


def hour(at: datetime.datetime) -> str:
    there = at.astimezone()
    return f"{there.hour}\u00a0h\u00a0{there.minute:02}"


def age(at: datetime.datetime | None, now: datetime.datetime) -> str:
    """« depuis 3 jours », « depuis 2 heures », « à l'instant »."""
    if at is None:
        return ""
    seconds = max(0, int((now - at).total_seconds()))
    for size, name in ((86_400, "jour"), (3_600, "heure"), (60, "minute")):
        count = seconds // size
        if count:
            return f"depuis {count}\u00a0{name}{'s' if count > 1 else ''}"
    return "à l’instant"


def title_of(draft: Draft) -> str:
    """The title that a draft holds, its address when it cannot be read."""
    if obstacle(draft.text):
        return draft.slug
    return typeset(read_form(draft.text).texts["titre"]) or draft.slug


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the rules say of one part of a draft, with where to go and mend it."""

    part: str
    link: Link
    sentences: tuple[str, ...]


def complaints(checkup: Checkup) -> tuple[Complaint, ...]:
    """Problems by part, as links to their fields in the form."""
    return tuple(
        Complaint(part, Link(typeset(label_of(part)), f"#f-{part}"), tuple(map(typeset, sentences(problems))))
        for part, problems in checkup.problems.items()
    )
