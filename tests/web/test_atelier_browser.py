"""The workspace in a real browser: from the first account to an older version restored, and axe on every page."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

import pyotp
import pytest
from argon2 import PasswordHasher
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, expect

from kb.cli import main
from kb.config import Settings
from kb.corpus.files import write_atomically
from kb.curation import passwords
from kb.curation.form import LISTS, read_form
from kb.curation.linking.asking import State
from kb.curation.linking.checking import Known, LinkBook
from kb.curation.models import Role
from kb.curation.workspace import Workspace
from kb.web import create_app
from tests.corpus.samples import VALID, write_corpus
from tests.curation.conftest import NEW
from tests.curation.importing.samples import SERRE, archive
from tests.web.keyboard import walk
from tests.web.serving import serving
from tests.web.test_atelier import make_imports, make_set

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("atelier")]
PASSWORD = "une longue phrase de passe"  # noqa: S105
VERGER = "le-verger-partage-des-fruits-pour-tous"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("navigateur")
    (folder / "cases").mkdir()
    write_corpus(folder / "cases", {"atelier-du-pont": VALID})
    return Settings(cases=folder / "cases", index=folder / "index", instance=folder / "instance")


@pytest.fixture(scope="module")
def site(settings: Settings) -> Iterator[str]:
    """The site, with its first account made from the command line as a newcomer does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64))
        for name in ("cases", "index", "instance"):
            patch.setenv(f"KB_{name.upper()}", str(getattr(settings, name)))
        arguments = ["curator", "add", "alma", "--nom", "Alma Costa", "--role", "administrateur"]
        assert CliRunner().invoke(main, arguments, input=f"{PASSWORD}\n").exit_code == 0
        with serving(create_app(settings)) as address:
            yield address


def enter(browser: Browser, site: str, who: str, **options: object) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, **options).new_page()  # type: ignore[arg-type]
    page.goto(f"{site}/atelier/")
    page.fill("#identifiant", who)
    page.fill("#passe", PASSWORD)
    page.click("main form button")
    expect(page.locator("h1")).to_have_text("Fiches")
    return page


def fill_in(page: Page) -> None:
    """Write a whole case in the fields of the form, as a person would."""
    wanted = read_form(NEW)
    for name in ("resume", "lieu", "debut", "situation_au", "consulte"):
        page.fill(f'[name="{name}"]', wanted.texts[name])
    for name in ("categorie", "echelle", "etape", "statut"):
        page.check(f'[name="{name}"][value="{wanted.texts[name]}"]')
    for name in LISTS:
        if name == "departements":
            page.fill('[name="departements"]', ", ".join(wanted.lists[name]))
        else:
            for one in wanted.lists[name]:
                page.check(f'[name="{name}"][value="{one}"]')
    for name in ("organisations", "sources"):
        for rank, row in enumerate(wanted.rows[name]):
            for key, value in row.items():
                control = page.locator(f'[name="{name}.{rank}.{key}"]')
                is_list = control.evaluate("node => node.tagName") == "SELECT"
                control.select_option(value) if is_list else control.fill(value)
    for key, markdown in wanted.sections.items():
        page.fill(f'[name="section.{key}"]', markdown)


def test_from_the_first_account_to_an_older_version_restored(browser: Browser, site: str, settings: Settings) -> None:
    alma = enter(browser, site, "alma")
    alma.click("text=Comptes")
    alma.fill("#nom", "Rachid Benali")
    alma.fill("#identifiant", "rachid")
    alma.fill("#passe", PASSWORD)
    alma.select_option("#role", "relecteur")
    alma.click("text=Ouvrir le compte")

    alma.click("text=Nouvelle fiche")
    alma.fill("#titre", "Le Verger partagé, des fruits pour tous")
    alma.click("text=Créer le brouillon")
    fill_in(alma)
    expect(alma.locator("[data-enregistre]")).to_contain_text("Brouillon enregistré à", timeout=15_000)
    expect(alma.locator("[data-rempli]")).to_have_text("21", timeout=15_000)
    assert alma.locator(".reproches:not([hidden])").all_text_contents() == []
    alma.click("text=Demander la relecture")
    expect(alma.locator("h1")).to_contain_text("Relecture")
    assert alma.goto(f"{site}/cas/{VERGER}").status == 404  # type: ignore[union-attr]

    rachid = enter(browser, site, "rachid")
    rachid.click("text=À relire (1)")
    rachid.click(".tab a")
    expect(rachid.locator("ins").first).to_be_visible()
    rachid.click("text=Publier la fiche")
    expect(rachid.locator("[role=status].avis")).to_contain_text("La fiche est en ligne")

    reader = browser.new_context().new_page()
    reader.goto(f"{site}/recherche?q=verger")
    reader.click("text=Le Verger partagé")
    expect(reader.locator("h1")).to_contain_text("Le Verger partagé")

    path = settings.cases / f"{VERGER}.md"
    write_atomically(path, path.read_bytes().replace(b"lieu: Brest", "lieu: Brest même".encode()))
    rachid.goto(f"{site}/atelier/fiches/{VERGER}/historique")
    expect(rachid.locator("tbody")).to_contain_text("Modifiée hors de l’atelier")
    rachid.click("text=Ce qui change")
    expect(rachid.locator("ins")).to_contain_text("même")
    rachid.click("text=Rétablir")
    expect(rachid.locator("tbody tr").first).to_contain_text("Rétablit la version 1")
    reader.reload()
    assert "Brest même" not in reader.content()
    assert "lieu: Brest\n" in path.read_text()


def test_without_javascript_a_draft_is_written_and_saved(browser: Browser, site: str) -> None:
    page = enter(browser, site, "alma", java_script_enabled=False)
    page.click("text=Nouvelle fiche")
    page.fill("#titre", "Sans programme, une alliance")
    page.click("text=Créer le brouillon")
    page.fill('[name="lieu"]', "Redon")
    page.click('button[value="enregistrer"]')
    expect(page.locator("[role=status].avis")).to_contain_text("Brouillon enregistré à")
    expect(page.locator('[name="lieu"]')).to_have_value("Redon")
    page.click("#f-sources button:has-text('Ajouter')")
    expect(page.locator('[name="sources.1.titre"]')).to_be_visible()


def test_an_expired_session_keeps_what_is_typed_and_goes_on_after_a_login_elsewhere(
    browser: Browser,
    site: str,
) -> None:
    page = enter(browser, site, "alma")
    page.click("text=Nouvelle fiche")
    page.fill("#titre", "Une session qui expire, pour voir")
    page.click("text=Créer le brouillon")
    page.context.clear_cookies()
    page.fill('[name="lieu"]', "Quelque part")
    expect(page.locator("[data-enregistre]")).to_contain_text("Votre texte reste ici", timeout=15_000)
    with page.context.expect_page() as opened:
        page.click("text=Se reconnecter dans un autre onglet")
    login = opened.value
    login.fill("#identifiant", "alma")
    login.fill("#passe", PASSWORD)
    login.click("main form button")
    expect(login.locator("h1")).to_have_text("Fiches")
    page.fill('[name="lieu"]', "Quelque part, enfin")
    expect(page.locator("[data-enregistre]")).to_contain_text("Brouillon enregistré à", timeout=20_000)


def test_several_cases_change_and_come_back_in_a_few_clicks(browser: Browser, site: str, settings: Settings) -> None:
    page = enter(browser, site, "alma")
    before = (settings.cases / "atelier-du-pont.md").read_text()
    page.goto(f"{site}/recherche?q=garage")
    page.click("text=modifier ces fiches")
    page.select_option("#champ", "publics")
    page.click("text=Continuer")
    page.select_option("#terme", "femmes")
    page.click("text=Voir ce qui changerait")
    expect(page.locator("ins").first).to_contain_text("Femmes")
    page.fill("#raison", "Public oublié")
    page.click("text=Modifier les fiches cochées")
    expect(page.locator("h1")).to_contain_text("Ajouter « Femmes »".replace("« ", "«\u202f").replace(" »", "\u202f»"))
    assert "femmes" in (settings.cases / "atelier-du-pont.md").read_text()
    page.click("text=Annuler tout le lot")
    expect(page.locator("[role=status].avis")).to_contain_text("annulé")
    assert (settings.cases / "atelier-du-pont.md").read_text() == before


def test_an_import_without_javascript(browser: Browser, site: str) -> None:
    page = enter(browser, site, "alma", java_script_enabled=False)
    page.click("text=Plusieurs fiches")
    page.click("text=Importer des fiches")
    sent = archive({"la-serre.md": SERRE, "a-finir.md": "---\ntitre: À finir\n---\n"}).getvalue()
    page.set_input_files("#fichier", {"name": "fiches.zip", "mimeType": "application/zip", "buffer": sent})
    page.click("text=Lire ce fichier")
    expect(page.locator("h2").first).to_have_text(re.compile("Prêtes"))
    for box in page.locator("[name=fiche]").all():
        box.check()
    page.click("button:has-text('Importer')")
    expect(page.locator("[role=status].avis")).to_contain_text("Import écrit")
    page.click("text=Annuler tout le lot")
    expect(page.locator("[role=status].avis")).to_contain_text("annulé")


def violations(page: Page) -> list[tuple[str, str]]:
    return [(one["id"], one["nodes"][0]["html"][:120]) for one in Axe().run(page).response["violations"]]


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_a_second_step_is_set_up_and_passed(
    browser: Browser, site: str, settings: Settings, theme: str, width: int
) -> None:
    workspace = Workspace(settings)
    who = f"paul-{theme}"
    workspace.accounts.add(who, "Paul Martin", Role.CONTRIBUTEUR, PASSWORD)
    workspace.database.close()
    page = enter(browser, site, who, color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/atelier/mon-compte")
    page.click("text=La mettre en place")
    secret = page.locator("code").inner_text().replace(" ", "")
    page.fill("#code", pyotp.TOTP(secret).now())
    page.fill("#ancien", PASSWORD)
    page.click("text=Mettre en place")
    codes = page.locator("pre").inner_text().split()
    assert len(codes) == 10
    assert violations(page) == []
    page.click("text=Se déconnecter")
    page.fill("#identifiant", who)
    page.fill("#passe", PASSWORD)
    page.click("main form button")
    expect(page.locator("h1")).to_have_text("Second code")
    assert violations(page) == []
    page.fill("#code", codes[0])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Fiches")


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_a_preview_of_the_vocabularies_passes_axe_too(browser: Browser, site: str, theme: str, width: int) -> None:
    page = enter(browser, site, "alma", color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/atelier/vocabulaires/domaine/mobilite")
    page.fill("#id", "se-deplacer")
    page.click("text=avec cet identifiant")
    expect(page.locator("h1")).to_contain_text("identifiant")
    assert violations(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


PAGES = [
    "", "nouvelle", "relectures", "sante", "guide", "comptes", "journal", "mon-compte", "brouillons/{n}",
    "brouillons/{n}?vue=texte", "brouillons/{n}/relecture", "brouillons/{n}/apercu",
    "fiches/atelier-du-pont/historique?de=1&a=1",
    "fiches/atelier-du-pont/versions/1", "brouillons/9999",
    "lots", "lots/1", "modifier?region=bretagne", "modifier?champ=publics&action=ajouter&terme=familles", "imports",
    "imports/1", "imports/2", "vocabulaires/domaine", "vocabulaires/domaine/mobilite", "mon-compte/double-verification",
]  # fmt: skip


@pytest.fixture(scope="module")
def several(site: str, settings: Settings) -> None:
    """A set, a table that waits for its columns, an import that waits for a confirmation, sources that are gone."""
    workspace = Workspace(settings)
    alma = next(one for one in workspace.accounts.all() if one.identifiant == "alma")
    make_set(workspace, settings.cases / "atelier-du-pont.md", alma)
    make_imports(workspace, settings.cases, alma)
    gone = Known(State.ABSENTE, "page absente (réponse 404)", "", datetime.date(2026, 11, 21))
    LinkBook(settings.instance).write({"https://journal.example.org/atelier": gone})
    workspace.database.close()


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize("width", [1280, 390])
def test_the_keyboard_reaches_everything_in_the_workspace_too(browser: Browser, site: str, width: int) -> None:
    page = enter(browser, site, "alma", reduced_motion="reduce")
    page.goto(f"{site}/atelier/?q=pont")
    page.click("text=Modifier")
    draft = page.url
    page.set_viewport_size({"width": width, "height": 800})
    for address in (
        draft,
        f"{draft}?vue=texte",
        f"{draft}/relecture",
        f"{site}/atelier/",
        f"{site}/atelier/fiches/atelier-du-pont/historique",
        f"{site}/atelier/lots/1",
        f"{site}/atelier/vocabulaires/domaine/mobilite",
    ):
        page.goto(address)
        assert walk(page) > 10, address


@pytest.mark.usefixtures("several")
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 390)])
def test_every_page_passes_axe_and_fits_its_screen(browser: Browser, site: str, theme: str, width: int) -> None:
    page = enter(browser, site, "alma", color_scheme=theme)
    page.goto(f"{site}/atelier/?q=pont")
    page.click("text=Modifier")
    number = page.url.rpartition("/")[2]
    page.set_viewport_size({"width": width, "height": 900})
    found = []
    for address in PAGES:
        page.goto(f"{site}/atelier/{address.format(n=number)}")
        found += [(address, one["id"], one["nodes"][0]["html"][:120]) for one in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((address, "too wide", str(width)))
    page.context.clear_cookies()
    page.goto(f"{site}/atelier/connexion")
    found += [("connexion", one["id"], "") for one in Axe().run(page).response["violations"]]
    assert found == []
