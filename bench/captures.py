"""`python -m bench.captures`: the screenshots of the curator's guide and of the README, on a copy of the base.

Needs Debian's chromium, as the browser tests do. Writes `docs/captures/*.png` and the README's, nothing else.
"""

from __future__ import annotations

import io
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from kb.config import ROOT, Settings
from kb.curation.models import Account, Role
from kb.curation.workspace import Workspace
from kb.web import create_app

FOLDER = ROOT / "docs" / "captures"
SEARCH = ROOT / "docs" / "images" / "recherche-1280.png"
PASSWORD = "une longue phrase de passe"  # noqa: S105 — of a base that lives a minute
WIDTH, HEIGHT = 1000, 640
CASE = "actif-azur"
NAMES = (
    "fiches", "editeur", "relecture", "historique", "modifier", "lot", "colonnes", "rapport", "vocabulaire", "sante",
    "double-verification",
)  # fmt: skip
TABLE = """Intitulé;Domaines;Régions;Lieu;Notes
Une ressourcerie portée par des retraités;Environnement, pollution, biodiversité;Bretagne;Lorient;à relire
Des jardins ouverts aux écoles;Éducation;Normandie;Caen;
"""


def main() -> None:
    """Take every screenshot."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Path(folder)) as (site, workspace, cases),
        sync_playwright() as pw,
    ):
        people = {role: _account(workspace, role) for role in Role}
        _prepare(workspace, cases, people[Role.CONTRIBUTEUR])
        found = shutil.which("chromium")
        browser = pw.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="fr-FR").new_page()
        page.goto(f"{site}/atelier/")
        page.fill("#identifiant", Role.ADMINISTRATEUR)
        page.fill("#passe", PASSWORD)
        page.click("main form button")
        _writing(page, site)
        _several(page, site, cases)
        _keeping(page, site)
        page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR").new_page()
        page.goto(f"{site}/recherche?q=insertion&domaine=emploi-insertion&de=2017")
        page.screenshot(path=SEARCH)
        browser.close()
    total = sum((FOLDER / f"{name}.png").stat().st_size for name in NAMES)
    print(f"{len(NAMES)} captures, {total // 1024} Kio : {FOLDER}")


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Workspace, Path]]:
    """A copy of the base, served: its address, its workspace, its cases."""
    cases = folder / "cases"
    cases.mkdir()
    for path in (*(ROOT / "cases").glob("*.md"), *(ROOT / "cases").glob("*.yaml")):
        shutil.copy(path, cases)
    app = create_app(Settings(cases=cases, index=folder / "index", instance=folder / "instance"))
    workspace: Workspace = app.extensions["atelier"].workspace
    workspace.prepare()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", workspace, cases
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        workspace.database.close()


def _account(workspace: Workspace, role: Role) -> Account:
    nom = {Role.CONTRIBUTEUR: "Contributrice", Role.RELECTEUR: "Relecteur", Role.ADMINISTRATEUR: "Administratrice"}[
        role
    ]
    return workspace.accounts.add(role, nom, role, PASSWORD)


def _prepare(workspace: Workspace, cases: Path, claire: Account) -> None:
    """A draft of a published case, handed over for review, with a remark."""
    from kb.corpus.catalogue import load

    draft = workspace.drafts.open_case(CASE, claire)
    changed = draft.text.replace("lieu: Antibes", "lieu: Antibes et Nice").replace(
        "éloignées de l'emploi", "sans emploi"
    )
    draft = workspace.drafts.save(draft.id, changed, draft.version, claire)
    workspace.comments.add(draft.id, "resume", "« sans emploi » : est-ce ce que disent les sources ?", claire)
    workspace.drafts.submit(draft.id, draft.version, claire, load(cases))


def _writing(page: Page, site: str) -> None:
    page.goto(f"{site}/atelier/nouvelle")
    page.fill("#titre", "Un atelier de réemploi d'ordinateurs pour les écoles rurales")
    page.click("main button.plein")
    if "brouillons" not in page.url:
        page.click("main button.plein")
    _shoot(page, "editeur", "#f-domaines, #f-publics", of=".conseils")
    page.goto(f"{site}/atelier/")
    _shoot(page, "fiches")
    page.goto(f"{site}/atelier/brouillons/1/relecture")
    _shoot(page, "relecture")
    page.fill("#raison-publier", "Lieu complété")
    page.click("text=Publier la fiche")
    page.goto(f"{site}/atelier/fiches/{CASE}/historique")
    _shoot(page, "historique")


def _several(page: Page, site: str, cases: Path) -> None:
    page.goto(f"{site}/recherche?region=corse&domaine=mobilite")
    page.click("text=modifier ces fiches")
    page.select_option("#champ", "publics")
    page.click("text=Continuer")
    page.select_option("#terme", "salaries")
    page.click("text=Voir ce qui changerait")
    _shoot(page, "modifier")
    page.fill("#raison", "Public oublié à la première lecture")
    page.click("text=Modifier les fiches cochées")
    _shoot(page, "lot")
    _send(page, site, "ancienne-base.csv", "text/csv", TABLE.encode())
    _shoot(page, "colonnes")
    _send(page, site, "nos-fiches.zip", "application/zip", _archive(cases))
    page.wait_for_selector("text=Importer les fiches cochées", timeout=60_000)
    _shoot(page, "rapport")


def _send(page: Page, site: str, name: str, kind: str, data: bytes) -> None:
    page.goto(f"{site}/atelier/imports")
    page.set_input_files("#fichier", {"name": name, "mimeType": kind, "buffer": data})
    page.click("text=Lire ce fichier")


def _archive(cases: Path) -> bytes:
    """An update that is ready, a double, a file to finish."""
    text = (cases / "solidatech.md").read_text(encoding="utf-8")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("reboot-rouen.md", (cases / "reboot-rouen.md").read_text(encoding="utf-8").rstrip() + "\n\n")
        made.writestr("solidatech-copie.md", text)
        made.writestr("a-finir.md", "---\ntitre: Une alliance à finir d'écrire\n---\n")
    return out.getvalue()


def _keeping(page: Page, site: str) -> None:
    page.goto(f"{site}/atelier/vocabulaires/domaine/mobilite")
    page.fill("#id", "se-deplacer")
    page.click("text=avec cet identifiant")
    _shoot(page, "vocabulaire")
    page.goto(f"{site}/atelier/sante")
    _shoot(page, "sante", "#h-liens")
    page.goto(f"{site}/atelier/mon-compte/double-verification")
    _shoot(page, "double-verification")


def _shoot(page: Page, name: str, at: str = "h1", *, of: str = "") -> None:
    """One screenshot, from an element down."""
    target = page.locator(at)
    (target.filter(has=page.locator(of)) if of else target).first.evaluate(
        "node => scrollTo(0, node.getBoundingClientRect().top + scrollY - 24)"
    )
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
