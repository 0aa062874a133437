"""The site in a real browser: accessibility rules, narrow screens, keyboard, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.keyboard import FOCUSED, walk
from tests.web.serving import serving

pytestmark = pytest.mark.browser
expect.set_options(timeout=15_000)

PAGES = [
    "/",
    "/recherche?q=consigne&region=la-reunion&de=2000",
    "/recherche?q=consigne&region=bretagne",
    "/recherche?page=2",
    "/cas/reutiliz?q=consigne",
    "/categories/innovation-societale",
    "/dimensions/sociale",
    "/domaines",
    "/domaines/mobilite",
    "/regions",
    "/regions/la-reunion",
    "/etapes/modelisation",
    "/organisations",
    "/organisations/arpejeh",
    "/chiffres",
    "/selection?cas=arpejeh&cas=reutiliz",
    "/comparer?cas=arpejeh&cas=reutiliz&cas=figeacteurs",
    "/methode",
    "/lexique",
    "/a-propos",
    "/accessibilite",
    "/nulle-part",
]
SCREENS = [(theme, width) for theme in ("light", "dark") for width in (1280, 390)]
TEXT_SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } "
    "p { margin-block-end: 2em !important }"
)


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """The small site, served for the time of the tests."""
    with serving(app) as found:
        yield found


@dataclass
class Screen:
    """An open page and what its console said: a breach of the security policy is told there."""

    page: Page
    noises: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self.noises.append(message.text))
        self.page.on("pageerror", lambda error: self.noises.append(str(error)))


@pytest.fixture(scope="session")
def screens(browser: Browser, address: str) -> Iterator[dict[tuple[str, int], Screen]]:
    """One open page for each theme and width."""
    made = {}
    for theme, width in SCREENS:
        view = {"width": width, "height": 800}
        context = browser.new_context(viewport=view, color_scheme=theme, base_url=address)  # type: ignore[arg-type]
        made[theme, width] = Screen(context.new_page())
    yield made
    for screen in made.values():
        screen.page.context.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Any]:
    """Opens pages in a fresh context with the options asked for."""
    opened: list[BrowserContext] = []

    def make(**options: Any) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        context = browser.new_context(base_url=address, **options)
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield make
    for context in opened:
        context.close()


@pytest.mark.parametrize("path", PAGES)
def test_no_rule_of_accessibility_is_broken_on_any_screen(screens: dict[tuple[str, int], Screen], path: str) -> None:
    for (theme, width), screen in screens.items():
        screen.noises.clear()
        screen.page.goto(path)
        # The dark theme changes colours and nothing else.
        options = {"runOnly": ["color-contrast"]} if theme == "dark" else {}
        found = Axe().run(screen.page, options=options | {"resultTypes": ["violations"]}).response["violations"]
        told = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]
        assert not told, f"{theme} {width}: {told}"
        assert [one for one in screen.noises if "404 (NOT FOUND)" not in one] == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_overflows_at_320_pixels_even_with_spaced_text(visit: Any, path: str) -> None:
    page = visit(viewport={"width": 320, "height": 640}, bypass_csp=True)
    page.goto(path)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.add_style_tag(content=TEXT_SPACING)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(CLIPPED) == []


CLIPPED = """() => [...document.querySelectorAll('a, button, h1, h2, h3, p, li, dd, td, label')].filter((one) => {
  if (one.closest('.vh, svg, .tab, .defile') || one.classList.contains('evit')) return false;
  const style = getComputedStyle(one);
  return style.overflow !== 'visible' && one.scrollHeight > one.clientHeight + 1;
}).map((one) => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(
    "path", ["/", "/recherche?q=consigne", "/cas/arpejeh", "/chiffres", "/comparer?cas=arpejeh&cas=reutiliz"]
)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_keyboard_reaches_everything_and_its_focus_is_always_seen(visit: Any, path: str, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800}, reduced_motion="reduce")
    page.goto(path)
    assert walk(page) > 10


def test_the_skip_link_leads_to_the_content(visit: Any) -> None:
    page = visit()
    page.goto("/recherche")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#contenu")).to_be_focused()


@pytest.mark.parametrize("width", [1280, 390])
def test_without_javascript_one_searches_filters_and_reads_a_case(visit: Any, width: int) -> None:
    page = visit(viewport={"width": width, "height": 800}, java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Que cherchez-vous").fill("consigne")
    page.get_by_role("button", name="Rechercher").click()
    if width < 992:
        page.locator("#filtres > summary").click()
    page.locator("#f-region").get_by_label("La Réunion").check()
    page.locator("#f-etape > summary").click()
    page.locator("#f-etape").get_by_label("Modélisation").check()
    page.get_by_role("button", name="Afficher les").click()
    assert page.url.endswith("/recherche?q=consigne&region=la-reunion&etape=modelisation")
    expect(page.locator(".puce")).to_have_count(2)
    page.locator(".card .titre a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("navigation", name="Parcourir les résultats")).to_contain_text("1 sur")
    page.get_by_role("link", name="Résultats pour").click()
    expect(page.locator("#h-res")).to_contain_text("cas pour")
    page.locator(".card").first.get_by_role("button", name="Ajouter à ma sélection").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 cas")


def test_with_javascript_the_search_changes_in_place_and_back_works(visit: Any) -> None:
    page = visit()
    page.goto("/recherche")
    page.evaluate("window.same = true")
    page.get_by_label("Que cherchez-vous").fill("consigne")
    page.get_by_role("button", name="Rechercher").click()
    heading = page.locator("#h-res")
    expect(heading).to_contain_text("consigne")
    expect(heading).to_be_focused()
    expect(page.locator("#annonces")).to_contain_text("consigne")
    assert page.url.endswith("/recherche?q=consigne")
    assert "consigne" in page.title()
    page.locator("#f-region").get_by_label("La Réunion").check()
    expect(page.get_by_role("button", name="Afficher les 11 cas")).to_be_visible()
    assert page.url.endswith("/recherche?q=consigne")
    page.get_by_role("button", name="Afficher les 11 cas").click()
    expect(page.locator(".puce")).to_have_count(1)
    page.locator(".puce").click()
    expect(page.locator(".puce")).to_have_count(0)
    page.go_back()
    expect(page.locator(".puce")).to_have_count(1)
    expect(page.locator("#f-region").get_by_label("La Réunion")).to_be_checked()
    page.go_back()
    page.go_back()
    expect(page.locator("#h-res")).to_have_text("16 cas")
    assert page.evaluate("window.same") is True


def test_the_small_map_ticks_the_box_of_its_region(visit: Any) -> None:
    page = visit()
    page.goto("/recherche")
    page.locator('.carte-mini path[data-region="bretagne"]').click()
    assert page.locator('input[name="region"][value="bretagne"]').is_checked()
    expect(page.locator('.carte-mini path[data-region="bretagne"]')).to_have_class("q0 on")


def test_the_selection_is_kept_on_the_device(visit: Any) -> None:
    page = visit()
    page.goto("/recherche?q=arpejeh")
    button = page.locator('button[data-selection="arpejeh"]')
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("Dans ma sélection")
    page.goto("/cas/reutiliz")
    page.locator('button[data-selection="reutiliz"]').click()
    page.get_by_role("link", name="Ma sélection").first.click()
    assert page.url.endswith("/selection?cas=arpejeh&cas=reutiliz")
    page.goto("/selection")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2 cas")
    page.get_by_role("link", name="Retirer").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 cas")
    page.goto("/selection")
    expect(page.locator(".card")).to_have_count(1)


def test_a_visitor_who_opens_a_panel_finds_it_open_after_a_search(visit: Any) -> None:
    page = visit()
    page.goto("/recherche")
    page.locator("#f-etape > summary").click()
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator("#h-res")).to_be_focused()
    assert page.locator("#f-etape").get_attribute("open") is not None


def test_the_mobile_menu_closes_with_escape(visit: Any) -> None:
    page = visit(viewport={"width": 390, "height": 800})
    page.goto("/")
    page.locator(".menu-mobile > summary").click()
    expect(page.get_by_role("navigation", name="mobile").get_by_role("link", name="Rechercher")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu-mobile > summary")).to_be_focused()
    assert page.locator(".menu-mobile").get_attribute("open") is None


def test_the_theme_of_the_reader_is_followed(screens: dict[tuple[str, int], Screen]) -> None:
    grounds = {}
    for (theme, width), screen in screens.items():
        screen.page.goto("/")
        grounds[theme, width] = screen.page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert grounds["light", 1280] == grounds["light", 390] == "rgb(251, 250, 246)"
    assert grounds["dark", 1280] == grounds["dark", 390] == "rgb(16, 23, 28)"


def test_on_paper_only_the_text_and_its_sources_remain(visit: Any) -> None:
    page = visit()
    page.goto("/cas/arpejeh")
    page.emulate_media(media="print")
    for hidden in (".tete", ".pied", ".barre", "nav.bref", ".bloc-proches"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    shown = page.evaluate("getComputedStyle(document.querySelector('.sources a'), '::after').content")
    assert "http" in shown


def test_with_imposed_colours_the_current_page_and_the_focus_stay_marked(visit: Any) -> None:
    page = visit(forced_colors="active")
    page.goto("/recherche")
    page.keyboard.press("Tab")
    state = page.evaluate(FOCUSED)
    assert state["marked"]
    outline = page.evaluate("getComputedStyle(document.querySelector('.menu a[aria-current]')).outlineStyle")
    assert outline == "solid"


def test_touch_targets_are_large_enough(visit: Any) -> None:
    page = visit(viewport={"width": 390, "height": 800})
    page.goto("/recherche?q=consigne&region=la-reunion")
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    targets = "button, select, summary, .choix, .puce, .etiq a, .menu-mobile a"
    small = page.evaluate(
        """(targets) => [...document.querySelectorAll(targets)]
        .map((one) => [one.outerHTML.slice(0, 90), one.getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.height < 24 || box.width < 24)).map(([name]) => name)""",
        targets,
    )
    assert small == []


def test_suggestions_are_walked_with_the_keyboard_and_told_to_screen_readers(visit: Any) -> None:
    page = visit()
    page.goto("/")
    field = page.get_by_role("combobox", name="Que cherchez-vous")
    field.press_sequentially("arpej")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(page.locator("#annonces")).to_contain_text("proposition")
    expect(field).to_have_attribute("aria-expanded", "true")
    assert Axe().run(page).response["violations"] == []
    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("arpej")
    field.press_sequentially("e")
    expect(options.first).to_be_visible()
    field.press("ArrowDown")
    field.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Arpejeh")
    assert page.url.endswith("/cas/arpejeh")


def test_enter_without_a_chosen_suggestion_searches(visit: Any) -> None:
    page = visit()
    page.goto("/")
    field = page.get_by_role("combobox", name="Que cherchez-vous")
    field.press_sequentially("arpejeh")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("Enter")
    expect(page.locator("#h-res")).to_contain_text("arpejeh")
    assert page.url.endswith("/recherche?q=arpejeh")
