"""What every page has: its head, and the header and footer around it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from kb.web import addresses
from kb.web.assets import STYLE_SHEET, Assets
from kb.web.typesetting import typeset

SITE_NAME = "Alliances en pratique"
LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
BASELINE = "Associations, entreprises, collectivités : ce qu’elles font ensemble"


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    href: str
    current: bool
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What search engines, tabs and shared links show."""

    title: str
    description: str
    canonical: str
    image: str
    indexed: bool = True
    og_type: str = "website"
    json_ld: Markup | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Chrome:
    """Header, footer and files of every page; compared by identity, since there is one for each place of the menu."""

    nav: tuple[NavItem, ...]
    footer: tuple[Link, ...]
    style_sheet: str
    fonts: tuple[str, ...]
    scripts: tuple[str, ...]
    icon: str
    baseline: str
    home: str = addresses.HOME
    favicon: str = addresses.FAVICON
    opensearch: str = addresses.OPENSEARCH
    suggestions: str = addresses.SUGGESTIONS
    licence: str = LICENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Base of every page object."""

    head: Head
    chrome: Chrome


@dataclass(frozen=True, slots=True)
class Site:
    """This installation: its public address, who to write to, its static files."""

    url: str
    contact: str
    assets: Assets

    @property
    def contact_href(self) -> str:
        """Where « Écrivez-nous » leads; empty when nobody is to be written to."""
        return f"mailto:{self.contact}" if "@" in self.contact and "://" not in self.contact else self.contact

    def absolute(self, path: str) -> str:
        return self.url + path

    def head(
        self, title: str, description: str, path: str, *, json_ld: Mapping[str, Any] | None = None, indexed: bool = True
    ) -> Head:
        """Head of the page at `path`; `title` is completed by the name of the site."""
        return Head(
            title=typeset(title) if title == SITE_NAME else typeset(f"{title} — {SITE_NAME}"),
            description=typeset(description),
            canonical=self.absolute(path),
            image=self.absolute(self.assets.href("images/partage.png")),
            indexed=indexed,
            og_type="article" if path.startswith("/cas/") else "website",
            json_ld=embed_json(json_ld) if json_ld else None,
        )

    def chrome(self, section: str = "", *scripts: str) -> Chrome:
        """Header and footer, the entry of the menu at `section` being the current one."""
        return _chrome(self.assets, section, scripts)


@lru_cache(maxsize=256)
def _chrome(assets: Assets, section: str, scripts: tuple[str, ...]) -> Chrome:
    entries = (
        ("Rechercher", addresses.SEARCH, ""),
        ("Carte et chiffres", addresses.FIGURES, ""),
        ("À propos", addresses.ABOUT, ""),
        ("Ma sélection", addresses.SELECTION, "signet"),
    )
    return Chrome(
        nav=tuple(NavItem(label, href, href == section, icon) for label, href, icon in entries),
        footer=_FOOTER,
        style_sheet=assets.href(STYLE_SHEET),
        fonts=tuple(assets.href(f"fonts/{name}.woff2") for name in ("texte", "titre")),
        scripts=tuple(assets.href(f"js/{name}.js") for name in ("site", "selection", "suggestions", *scripts)),
        icon=assets.href("images/favicon.svg"),
        baseline=typeset(BASELINE),
    )


_FOOTER = (
    Link("Méthode et définitions", addresses.METHOD),
    Link("Lexique", addresses.LEXICON),
    Link("Catégories", addresses.terms("categorie")),
    Link("Domaines", addresses.terms("domaine")),
    Link("Régions", addresses.terms("region")),
    Link("Étapes", addresses.terms("etape")),
    Link("Organisations", addresses.ORGANISATIONS),
    Link("À propos", addresses.ABOUT),
    Link("Accessibilité", addresses.ACCESSIBILITY),
    Link("Espace curateurs", addresses.WORKSPACE),
)


def embed_json(document: Mapping[str, Any]) -> Markup:
    """JSON that can stand inside a `script` element whatever it holds."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)  # noqa: S704 (escaped just above)


def count_of_cases(count: int) -> str:
    """« 1 cas », « 38 cas », « 1 250 cas »."""
    return f"{grouped(count)} cas"


def grouped(number: int) -> str:
    """A number with its thousands set apart."""
    return f"{number:,}".replace(",", "\u202f")
