"""The workspace through HTTP: who may do what, and what happens to what is typed."""

from __future__ import annotations

import datetime
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from argon2 import PasswordHasher
from flask import Flask
from werkzeug.test import TestResponse

from kb.config import ROOT, Settings
from kb.corpus.catalogue import load
from kb.curation import passwords
from kb.curation.importing.columns import Columns
from kb.curation.importing.sources import Found
from kb.curation.importing.tables import Table
from kb.curation.linking.asking import State
from kb.curation.linking.checking import Known, LinkBook
from kb.curation.models import Account, Role
from kb.curation.set_publishing import BULK
from kb.curation.sets import FileChange, Lot
from kb.curation.workspace import Workspace
from kb.web import create_app
from kb.web.security import HEADERS
from tests.corpus.samples import VALID, write_corpus
from tests.curation.conftest import NEW
from tests.web.document import Node, check_conventions, parse, plain

PASSWORD = "une longue phrase de passe"  # noqa: S105
PEOPLE = {
    "claire": ("Claire Le Goff", Role.CONTRIBUTEUR),
    "rachid": ("Rachid Benali", Role.RELECTEUR),
    "alma": ("Alma Costa", Role.ADMINISTRATEUR),
}
VERGER = "le-verger-partage-des-fruits-pour-tous"


class Curator:
    """A browser of one person: follows forms as they are in the pages, checks every page's conventions."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.token = ""

    def get(self, address: str) -> TestResponse:
        return self._checked(self.client.get(address))

    def post(self, address: str, **sent: object) -> TestResponse:
        return self._checked(self.client.post(address, data={"csrf_token": self.token, **sent}))

    def open(self, address: str, status: int = 200) -> Node:
        response = self.get(address)
        assert response.status_code == status, f"{address}: {response.status}"
        return parse(response.get_data(as_text=True))

    def log_in(self, who: str, password: str = PASSWORD, **more: str) -> TestResponse:
        self.get("/atelier/connexion")
        response = self.post("/atelier/connexion", identifiant=who, passe=password, **more)
        if response.status_code == 302:
            self.get("/atelier/")
        return response

    def fields(self, page: Node, action: str) -> dict[str, list[str]]:
        """What a browser would send of a form, but for its buttons."""
        form = next(form for form in page.all("form") if form.get("action") == action and form.get("method") == "post")
        sent: dict[str, list[str]] = {}
        for node in form.all("input", "textarea", "select"):
            name = node.get("name") or ""
            if node.tag == "select":
                chosen = [one for one in node.all("option") if "selected" in one.attributes] or node.all("option")
                sent.setdefault(name, []).append(chosen[0].get("value") or "")
            elif node.get("type") in {"checkbox", "radio"}:
                if "checked" in node.attributes:
                    sent.setdefault(name, []).append(node["value"])
            else:
                value = node.get("value") or "" if node.tag == "input" else raw(node).removeprefix("\n")
                sent.setdefault(name, []).append(value.replace("\r\n", "\n").replace("\n", "\r\n"))
        return sent

    def _checked(self, response: TestResponse) -> TestResponse:
        for name, value in HEADERS.items():
            assert response.headers[name] == value
        if response.request.path.startswith("/atelier") and response.status_code != 404:
            assert response.headers["Cache-Control"] == "no-store"
        if response.content_type.startswith("text/html") and response.status_code not in range(300, 400):
            html = re.sub(r"(<pre[^>]*>).*?(</pre>)", r"\1\2", response.get_data(as_text=True), flags=re.DOTALL)
            page = parse(html)
            check_conventions(page)
            found = page.all("input", name="csrf_token")
            self.token = found[0]["value"] if found else self.token
        return response


def raw(node: Node) -> str:
    """The exact characters of a text area."""
    return "".join(child if isinstance(child, str) else raw(child) for child in node.children)


@pytest.fixture(scope="module")
def quick_passwords() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64))
        yield


@dataclass(frozen=True, slots=True)
class Model:
    """A folder prepared once and copied for each test, and the cookies of those who were logged in."""

    folder: Path
    cookies: Mapping[str, str]


def settings_of(folder: Path) -> Settings:
    return Settings(cases=folder / "cases", index=folder / "index", instance=folder / "instance")


def logged_in(app: Flask, cookies: Mapping[str, str]) -> dict[str, Curator]:
    """Everybody with her cookie, and somebody who has none."""
    found = {who: Curator(app) for who in PEOPLE}
    for who, curator in found.items():
        curator.client.set_cookie("atelier", cookies[who], path="/atelier")
        curator.get("/atelier/mon-compte")
    return {**found, "personne": Curator(app)}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, quick_passwords: None) -> Model:
    """One published case, three accounts, each logged in."""
    folder = tmp_path_factory.mktemp("atelier")
    (folder / "cases").mkdir()
    write_corpus(folder / "cases", {"atelier-du-pont": VALID})
    app = create_app(settings_of(folder))
    workspace: Workspace = app.extensions["atelier"].workspace
    workspace.prepare()
    cookies = {}
    for identifiant, (nom, role) in PEOPLE.items():
        workspace.accounts.add(identifiant, nom, role, PASSWORD)
        curator = Curator(app)
        assert curator.log_in(identifiant).status_code == 302
        cookies[identifiant] = cookie_of(curator)
    workspace.database.close()
    return Model(folder, cookies)


@pytest.fixture(scope="module")
def busy_model(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A draft of Claire's that waits for a reader (1), with a remark, one of Rachid's (2), two versions of a file."""
    folder = tmp_path_factory.mktemp("occupe") / "base"
    shutil.copytree(model.folder, folder)
    app = create_app(settings_of(folder))
    people = logged_in(app, model.cookies)
    assert write_verger(people["claire"]) == 1
    people["rachid"].post(f"{DRAFT}/remarques", partie="besoin", texte="Qui ?")
    people["rachid"].post(f"{FILE}/ouvrir")
    (folder / "cases" / "atelier-du-pont.md").write_text(VALID.replace("lieu: Redon", "lieu: Redon centre"))
    workspace: Workspace = app.extensions["atelier"].workspace
    workspace.publisher.observe()
    rachid = next(one for one in workspace.accounts.all() if one.identifiant == "rachid")
    make_set(workspace, folder / "cases" / "atelier-du-pont.md", rachid)
    make_imports(workspace, folder / "cases", rachid)
    workspace.database.close()
    return Model(folder, model.cookies)


def make_set(workspace: Workspace, path: Path, actor: Account) -> int:
    """A set that changes the public of one case."""
    before = path.read_text(encoding="utf-8")
    change = FileChange(path.name, before, before.replace("[habitants-ruraux]", "[familles]"))
    return workspace.sets.carry_out(Lot(BULK, "Publics revus", actor.nom, (change,)), actor)


def make_imports(workspace: Workspace, cases: Path, actor: Account) -> None:
    """A table that waits for its columns (1), a case that waits for a confirmation (2), a mapping that is kept (1)."""
    workspace.imports.start_table("t.csv", Table(("Nom",), (("Une alliance de plus",),)), actor)
    job = workspace.imports.start("f.zip", [Found("serre.md", "serre", "---\ntitre: La Serre\n---\n")], actor)
    workspace.imports.advance(job.id, load(cases), 10.0)
    workspace.imports.keep_mapping("Notre tableau", Columns.of({"Nom": "titre"}), actor)


def cookie_of(curator: Curator) -> str:
    cookie = curator.client.get_cookie("atelier", path="/atelier")
    assert cookie is not None
    return cookie.value


@pytest.fixture
def settings(model: Model, tmp_path: Path) -> Settings:
    shutil.copytree(model.folder, tmp_path / "base")
    return settings_of(tmp_path / "base")


@pytest.fixture
def app(settings: Settings) -> Flask:
    return create_app(settings)


@pytest.fixture
def workspace(app: Flask) -> Workspace:
    found: Workspace = app.extensions["atelier"].workspace
    return found


@pytest.fixture
def people(app: Flask, model: Model) -> dict[str, Curator]:
    return logged_in(app, model.cookies)


@pytest.fixture
def busy(busy_model: Model, tmp_path: Path) -> dict[str, Curator]:
    shutil.copytree(busy_model.folder, tmp_path / "occupe")
    return logged_in(create_app(settings_of(tmp_path / "occupe")), busy_model.cookies)


def write_verger(curator: Curator) -> int:
    """A new case, written as text and handed over; its number."""
    made = curator.post("/atelier/nouvelle", titre="Le Verger partagé, des fruits pour tous")
    address = made.headers["Location"]
    version = curator.open(address).all("input", name="version")[0]["value"]
    sent = curator.post(address, vue="texte", texte=NEW, version=version, faire="soumettre")
    assert sent.headers["Location"] == f"{address}/relecture", plain(parse(sent.get_data(as_text=True)).text)
    return int(address.rpartition("/")[2])


# Coming in


def test_the_workspace_asks_who_one_is_and_goes_on_where_one_wanted(app: Flask) -> None:
    curator = Curator(app)
    asked = curator.get("/atelier/fiches/atelier-du-pont/historique?de=1&a=1")
    assert asked.status_code == 302
    login = curator.open(asked.headers["Location"])
    suite = login.one("input", name="suite")["value"]
    assert suite == "/atelier/fiches/atelier-du-pont/historique?de=1&a=1"
    entered = curator.post("/atelier/connexion", identifiant="claire", passe=PASSWORD, suite=suite)
    assert entered.headers["Location"] == suite
    assert curator.get(suite).status_code == 200


@pytest.mark.parametrize(
    "suite",
    [
        "https://mechant.example/",
        "//mechant.example",
        "/recherche",
        "/atelier//mechant.example",
        "\\\\x",
        "/atelier/connexion",
    ],
)
def test_nobody_is_led_elsewhere_by_a_login(app: Flask, suite: str) -> None:
    assert Curator(app).log_in("claire", suite=suite).headers["Location"] == "/atelier/"


def test_the_cookie_is_kept_from_scripts_and_from_the_public_pages(app: Flask) -> None:
    curator = Curator(app)
    cookie = curator.log_in("claire").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/atelier" in cookie
    assert "Set-Cookie" not in curator.get("/").headers


def test_over_https_the_cookie_never_travels_in_clear(tmp_path: Path, settings: Settings) -> None:
    app = create_app(replace(settings, site_url="https://alliances.example"))
    answer = app.test_client().get("/atelier/connexion", base_url="https://alliances.example")
    assert answer.headers["Set-Cookie"].startswith("__Secure-atelier=")
    assert "Secure;" in answer.headers["Set-Cookie"]


def test_a_login_makes_a_new_session_and_a_logout_ends_it_everywhere_it_was_copied(app: Flask) -> None:
    curator, thief = Curator(app), Curator(app)
    curator.log_in("claire")
    thief.client.set_cookie("atelier", cookie_of(curator), path="/atelier")
    assert thief.get("/atelier/").status_code == 200
    assert curator.post("/atelier/deconnexion").status_code == 302
    assert thief.get("/atelier/").status_code == 302


def test_logging_out_everywhere_closes_the_other_browsers(app: Flask) -> None:
    here, elsewhere = Curator(app), Curator(app)
    here.log_in("claire")
    elsewhere.log_in("claire")
    here.post("/atelier/deconnexion", partout="1")
    assert elsewhere.get("/atelier/").status_code == 302


def test_wrong_passwords_are_told_apart_from_nothing_and_slowed_down(app: Flask) -> None:
    curator = Curator(app)
    answers = [curator.log_in("claire", "mauvais mot de passe") for _ in range(5)]
    unknown = Curator(app).log_in("personne", "mauvais mot de passe")
    assert {one.status_code for one in answers} == {unknown.status_code} == {401}
    assert "Identifiant ou mot de passe inconnu" in plain(parse(answers[0].get_data(as_text=True)).text)
    slowed = curator.log_in("claire")
    assert slowed.status_code == 429
    assert "Réessayez dans" in plain(parse(slowed.get_data(as_text=True)).text)


def test_a_password_is_changed_by_who_knows_it(people: dict[str, Curator], app: Flask) -> None:
    claire = people["claire"]
    other = Curator(app)
    other.log_in("claire")
    assert claire.post("/atelier/mon-compte", ancien="pas le bon", nouveau="une tout autre phrase").status_code == 400
    assert claire.post("/atelier/mon-compte", ancien=PASSWORD, nouveau="court").status_code == 400
    assert claire.post("/atelier/mon-compte", ancien=PASSWORD, nouveau="une tout autre phrase").status_code == 302
    assert claire.get("/atelier/").status_code == 200
    assert other.get("/atelier/").status_code == 302


# Who may do what

EVERYBODY = {"personne": 200, "claire": 200, "rachid": 200, "alma": 200}
CURATORS = {"personne": 302, "claire": 200, "rachid": 200, "alma": 200}
ADMINISTRATORS = {"personne": 302, "claire": 403, "rachid": 403, "alma": 200}
REVIEWERS = {"personne": 302, "claire": 403, "rachid": 200, "alma": 200}
DOING = {"personne": 401, "claire": 302, "rachid": 302, "alma": 302}
REVIEWING = {"personne": 401, "claire": 403, "rachid": 302, "alma": 302}
ADMINISTERING = {"personne": 401, "claire": 403, "rachid": 403, "alma": 302}
DRAFT = "/atelier/brouillons/1"
FILE = "/atelier/fiches/atelier-du-pont"

TYPED = {"vue": "texte", "texte": VALID + "\n", "version": "1"}
BULK_EDIT = {"champ": "publics", "action": "ajouter", "terme": "femmes", "raison": "Relu", "fiche": "atelier-du-pont"}
NEWCOMER = {"identifiant": "nouveau", "nom": "Nouveau", "role": "contributeur", "passe": PASSWORD}

# (method, address, what is sent, expected status by person). Each deed starts from the same state.
MATRIX: list[tuple[str, str, dict[str, str], dict[str, int]]] = [
    ("GET", "/atelier/connexion", {}, {**dict.fromkeys(PEOPLE, 302), "personne": 200}),
    ("POST", "/atelier/connexion", {"identifiant": "claire", "passe": PASSWORD}, dict.fromkeys(EVERYBODY, 302)),
    ("GET", "/atelier/connexion/code", {}, dict.fromkeys(EVERYBODY, 302)),
    ("POST", "/atelier/connexion/code", {"code": "000000"}, dict.fromkeys(EVERYBODY, 401)),
    ("GET", "/atelier/mon-compte/double-verification", {}, CURATORS),
    ("POST", "/atelier/mon-compte/double-verification", {}, {**DOING, **dict.fromkeys(PEOPLE, 400)}),
    ("POST", "/atelier/deconnexion", {}, dict.fromkeys(EVERYBODY, 302)),
    ("GET", "/atelier/", {}, CURATORS),
    ("GET", "/atelier/jeton", {}, CURATORS),
    ("GET", "/atelier/mon-compte", {}, CURATORS),
    ("POST", "/atelier/mon-compte", {"ancien": PASSWORD, "nouveau": "une autre phrase à elle"}, DOING),
    ("GET", "/atelier/nouvelle", {}, CURATORS),
    ("POST", "/atelier/nouvelle", {"titre": "Une alliance de plus"}, DOING),
    ("POST", f"{FILE}/ouvrir", {}, DOING),
    ("GET", DRAFT, {}, CURATORS),
    ("POST", "/atelier/brouillons/2", TYPED, DOING),
    ("POST", "/atelier/brouillons/2/auto", TYPED, {**DOING, **dict.fromkeys(PEOPLE, 200)}),
    ("GET", f"{DRAFT}/apercu", {}, CURATORS),
    ("GET", f"{DRAFT}/relecture", {}, CURATORS),
    ("POST", "/atelier/brouillons/2/soumettre", {"version": "1"}, {**DOING, **dict.fromkeys(PEOPLE, 400)}),
    ("POST", f"{DRAFT}/reprendre", {"version": "3"}, DOING),
    ("POST", "/atelier/brouillons/2/abandonner", {"version": "1"}, {**DOING, "claire": 403}),
    ("POST", "/atelier/brouillons/2/rapprocher", {"version": "1"}, DOING),
    ("POST", f"{DRAFT}/remarques", {"partie": "besoin", "texte": "Qui ?"}, DOING),
    ("POST", f"{DRAFT}/remarques/1", {"resolue": "oui"}, DOING),
    ("POST", f"{DRAFT}/publier", {"version": "3"}, REVIEWING),
    ("POST", f"{DRAFT}/renvoyer", {"version": "3", "raison": "Une virgule"}, REVIEWING),
    ("GET", "/atelier/relectures", {}, CURATORS),
    ("GET", f"{FILE}/historique", {}, CURATORS),
    ("GET", f"{FILE}/versions/1", {}, CURATORS),
    ("POST", f"{FILE}/retablir", {"version": "1"}, REVIEWING),
    ("POST", f"{FILE}/archiver", {"raison": "Fin"}, REVIEWING),
    ("POST", f"{FILE}/renommer", {"adresse": "garage-du-pont"}, REVIEWING),
    ("GET", "/atelier/lots", {}, CURATORS),
    ("GET", "/atelier/lots/1", {}, CURATORS),
    ("POST", "/atelier/lots/1/annuler", {"raison": "Erreur"}, REVIEWING),
    ("GET", "/atelier/imports", {}, REVIEWERS),
    ("GET", "/atelier/imports/modele.csv", {}, REVIEWERS),
    ("POST", "/atelier/imports", {}, {**REVIEWING, "rachid": 400, "alma": 400}),
    ("GET", "/atelier/imports/1", {}, REVIEWERS),
    ("POST", "/atelier/imports/1/colonnes", {"colonne.0": "titre"}, REVIEWING),
    ("POST", "/atelier/imports/2/confirmer", {"fiche": "1", "devenir": "brouillons"}, REVIEWING),
    ("POST", "/atelier/imports/1/abandonner", {}, REVIEWING),
    ("POST", "/atelier/imports/correspondances/1", {}, REVIEWING),
    ("GET", "/atelier/modifier?region=bretagne", {}, REVIEWERS),
    ("POST", "/atelier/modifier", BULK_EDIT, {**REVIEWING, "rachid": 409, "alma": 409}),
    ("GET", "/atelier/sante", {}, CURATORS),
    ("GET", "/atelier/guide", {}, CURATORS),
    ("GET", "/atelier/guide/captures/fiches.png", {}, CURATORS),
    ("GET", "/atelier/vocabulaires", {}, {**ADMINISTRATORS, "alma": 302}),
    ("GET", "/atelier/vocabulaires/public", {}, ADMINISTRATORS),
    ("POST", "/atelier/vocabulaires/public", {"id": "abc", "libelle": "Abc"}, {**ADMINISTERING, "alma": 200}),
    ("GET", "/atelier/vocabulaires/public/femmes", {}, ADMINISTRATORS),
    ("POST", "/atelier/vocabulaires/public/femmes", {"libelle": "Toutes"}, {**ADMINISTERING, "alma": 200}),
    ("GET", "/atelier/comptes", {}, ADMINISTRATORS),
    ("POST", "/atelier/comptes", NEWCOMER, ADMINISTERING),
    ("POST", "/atelier/comptes/claire", {"role": "relecteur"}, ADMINISTERING),
    ("GET", "/atelier/journal", {}, ADMINISTRATORS),
]  # fmt: skip


def test_the_matrix_holds_every_route(app: Flask) -> None:
    bound = app.url_map.bind("localhost")
    held = {(method, bound.match(urlsplit(address).path, method)[0]) for method, address, _, _ in MATRIX}
    routes = {
        (method, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("atelier.")
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "DELETE", "PATCH"}
    }
    assert held == routes


DENIED = {401, 403}


@pytest.mark.parametrize("who", [*PEOPLE, "personne"])
def test_each_role_reads_this_and_is_denied_that(busy: dict[str, Curator], who: str) -> None:
    curator = busy[who]
    curator.get("/atelier/connexion" if who == "personne" else "/atelier/mon-compte")
    for method, address, sent, expected in MATRIX:
        if method == "GET" or expected[who] in DENIED:
            response = curator.get(address) if method == "GET" else curator.post(address, **sent)
            assert response.status_code == expected[who], f"{method} {address}"


@pytest.mark.parametrize(
    ("who", "row"),
    [(who, row) for row in MATRIX for who, status in row[3].items() if row[0] == "POST" and status not in DENIED],
    ids=lambda value: value if isinstance(value, str) else value[1],
)
def test_each_role_may_do_this(
    busy: dict[str, Curator], who: str, row: tuple[str, str, dict[str, str], dict[str, int]]
) -> None:
    _, address, sent, expected = row
    busy[who].get("/atelier/connexion")
    response = busy[who].post(address, **sent)
    assert response.status_code == expected[who], plain(parse(response.get_data(as_text=True)).text)[:300]


@pytest.mark.parametrize("proof", ["", "inventé", "d'une autre"])
def test_a_form_without_its_own_proof_does_nothing(busy: dict[str, Curator], proof: str, tmp_path: Path) -> None:
    alma = busy["alma"]
    alma.token = busy["rachid"].token if proof == "d'une autre" else proof
    cases = tmp_path / "occupe" / "cases"
    before = {path: path.read_bytes() for path in cases.rglob("*.*")}
    for method, address, sent, _ in MATRIX:
        if method == "POST":
            stale = alma.client.post(address, data={"csrf_token": alma.token, **sent})
            assert stale.status_code == 403, address
    assert {path: path.read_bytes() for path in cases.rglob("*.*")} == before
    assert alma.get("/atelier/").status_code == 200


# Writing


@pytest.mark.parametrize("name", ["arpejeh", "reutiliz", "figeacteurs"])
def test_the_form_of_a_real_case_sent_back_as_it_is_changes_nothing(
    people: dict[str, Curator], settings: Settings, workspace: Workspace, name: str
) -> None:
    text = (ROOT / "tests" / "corpora" / "recherche" / f"{name}.md").read_text(encoding="utf-8")
    (settings.cases / f"{name}.md").write_text(text, encoding="utf-8")
    claire = people["claire"]
    address = claire.post(f"/atelier/fiches/{name}/ouvrir").headers["Location"]
    sent = claire.fields(claire.open(address), address)
    assert claire.client.post(address, data=sent).status_code == 302
    assert workspace.drafts.open()[0].text == text


def test_a_whole_case_is_written_by_the_form_alone(people: dict[str, Curator], workspace: Workspace) -> None:
    from kb.curation.form import LISTS, ROWS, read_form

    claire = people["claire"]
    address = claire.post("/atelier/nouvelle", titre="Le Verger partagé, des fruits pour tous").headers["Location"]
    wanted = read_form(NEW)
    for part in ("parcours", "chiffres"):
        sent = claire.fields(claire.open(address), address)
        added = claire.client.post(address, data={**sent, "ajouter": part})
        page = claire.open(added.headers["Location"].partition("#")[0])
    sent = claire.fields(page, address)
    for name, value in wanted.texts.items():
        sent[name] = [value]
    for name in LISTS:
        sent[name] = [", ".join(wanted.lists[name])] if name == "departements" else list(wanted.lists[name])
    for name in ROWS:
        for rank, row in enumerate(wanted.rows[name]):
            sent.update({f"{name}.{rank}.{key}": [value] for key, value in row.items()})
    for key, value in wanted.sections.items():
        sent[f"section.{key}"] = [value]
    page = parse(
        claire.client.post(address, data={**sent, "faire": "soumettre"}, follow_redirects=True).get_data(as_text=True)
    )
    draft = workspace.drafts.open()[0]
    assert draft.state == "a-relire", plain(page.text)[:2000]
    got = read_form(draft.text)
    assert (got.texts, got.lists, got.sections) == (wanted.texts, wanted.lists, wanted.sections)
    assert [dict(row) for row in got.rows["sources"]] == [dict(row) for row in wanted.rows["sources"]]


def test_rows_are_added_and_removed_with_plain_buttons(people: dict[str, Curator], workspace: Workspace) -> None:
    claire = people["claire"]
    address = claire.post(f"{FILE}/ouvrir").headers["Location"]
    sent = claire.fields(claire.open(address), address)
    added = claire.client.post(address, data={**sent, "ajouter": "organisations"})
    assert added.headers["Location"] == f"{address}?lignes=organisations#f-organisations"
    page = claire.open(f"{address}?lignes=organisations")
    sent = claire.fields(page, address)
    sent |= {
        "organisations.2.nom": ["Cycles du pont"],
        "organisations.2.type": ["entreprise"],
        "organisations.2.role": ["appui"],
    }
    claire.client.post(address, data={**sent, "retirer": "organisations.1"})
    draft = workspace.drafts.open()[0]
    assert "Cycles du pont" in draft.text
    assert "Ville de Redon\n    type" not in draft.text


def test_the_rules_speak_beside_the_fields_and_in_the_summary(people: dict[str, Curator]) -> None:
    claire = people["claire"]
    address = claire.post(f"{FILE}/ouvrir").headers["Location"]
    version = claire.open(address).all("input", name="version")[0]["value"]
    spoiled = VALID.replace("categorie: mecenat", "categorie: mecena").replace(
        "En 2016, peu", "En 2016 exemplaire, peu"
    )
    refused = claire.post(address, vue="texte", texte=spoiled, version=version, faire="soumettre")
    assert refused.status_code == 400
    page = claire.open(address)
    (said,) = [node for node in page.all("ul", cls="reproches") if node.get("data-part") == "categorie"]
    assert "vouliez-vous dire « mecenat » ?" in plain(said.text)
    assert "#f-categorie" in [link["href"] for link in page.by_id("a-reprendre").all("a")]
    assert parse(refused.get_data(as_text=True)).one("title").text.startswith("Erreur")


def test_saving_by_itself_answers_what_the_page_needs(people: dict[str, Curator]) -> None:
    claire = people["claire"]
    address = claire.post(f"{FILE}/ouvrir").headers["Location"]
    version = claire.open(address).all("input", name="version")[0]["value"]
    answer = claire.post(f"{address}/auto", vue="texte", texte=VALID.replace("mecenat", "mecena"), version=version)
    body = answer.get_json()
    assert body["version"] == int(version) + 1
    assert body["dit"].startswith("Brouillon enregistré à ")
    assert "mecena" in body["problemes"]["categorie"][0]
    assert claire.post(f"{address}/auto", vue="texte", texte="x" * 300_000, version=body["version"]).status_code == 400


def test_a_conflict_shows_both_texts_and_loses_none(people: dict[str, Curator], workspace: Workspace) -> None:
    claire, rachid = people["claire"], people["rachid"]
    address = claire.post(f"{FILE}/ouvrir").headers["Location"]
    version = claire.open(address).all("input", name="version")[0]["value"]
    rachid.post(address, vue="texte", texte=VALID.replace("Prête un local", "Prête un hangar"), version=version)
    mine = VALID.replace("Prête un local", "Prête une cave")
    assert claire.post(f"{address}/auto", vue="texte", texte=mine, version=version).status_code == 409
    conflict = claire.post(address, vue="texte", texte=mine, version=version)
    assert conflict.status_code == 409
    page = parse(conflict.get_data(as_text=True))
    assert "Rachid Benali a modifié cette fiche" in plain(page.text)
    assert "hangar" in " ".join(node.text for node in page.all("del"))
    assert raw(page.by_id("texte")).removeprefix("\n") == mine
    assert workspace.drafts.open()[0].text.count("hangar") == 1
    again = claire.fields(page, address)
    assert claire.client.post(address, data=again).status_code == 302
    assert "une cave" in workspace.drafts.open()[0].text


def test_what_was_typed_survives_an_expired_session(people: dict[str, Curator], workspace: Workspace) -> None:
    claire = people["claire"]
    address = claire.post(f"{FILE}/ouvrir").headers["Location"]
    page = claire.open(address)
    sent = claire.fields(page, address) | {"lieu": ["Redon, « près du pont » <b>"]}
    workspace.sessions.close_all(next(one for one in workspace.accounts.all() if one.identifiant == "claire"))
    assert claire.client.post(f"{address}/auto", data=sent).status_code == 401
    expired = claire._checked(claire.client.post(address, data=sent))
    assert expired.status_code == 401
    login = claire.fields(parse(expired.get_data(as_text=True)), "/atelier/connexion")
    back = claire.client.post("/atelier/connexion", data={**login, "identifiant": ["claire"], "passe": [PASSWORD]})
    assert back.status_code == 200
    assert workspace.drafts.open()[0].text == VALID, "nothing is saved before its author says so"
    resumed = claire.fields(parse(back.get_data(as_text=True)), address)
    assert claire.client.post(address, data=resumed).status_code == 302
    assert 'lieu: "Redon, « près du pont » <b>"' in workspace.drafts.open()[0].text


def test_two_megabytes_are_refused_with_a_sentence_and_the_text(people: dict[str, Curator]) -> None:
    claire = people["claire"]
    address = claire.post(f"{FILE}/ouvrir").headers["Location"]
    refused = claire.post(address, vue="texte", texte="mot " * 500_000, version="1")
    assert refused.status_code == 400
    page = parse(refused.get_data(as_text=True))
    assert "256 au plus" in plain(page.text)
    assert len(raw(page.by_id("texte"))) > 1_900_000


HOSTILE = "<script>alert(1)</script>{{7*7}}\"'><img src=x onerror=alert(1)>[x](javascript:alert(1))\x00\u202e"


def test_hostile_words_are_only_words_on_every_page(people: dict[str, Curator], workspace: Workspace) -> None:
    claire, rachid = people["claire"], people["rachid"]
    address = claire.post(f"{FILE}/ouvrir").headers["Location"]
    sent = claire.fields(claire.open(address), address)
    for name in sent:
        if name not in {"csrf_token", "version", "vue", "presents"} and "source" not in name and "date" not in name:
            sent[name] = [HOSTILE]
    assert claire.client.post(address, data=sent).status_code == 302
    rachid.post(f"{address}/remarques", partie="titre", texte=HOSTILE)
    for page in (address, f"{address}?vue=texte", f"{address}/relecture", "/atelier/", "/atelier/relectures"):
        html = rachid.get(page).get_data(as_text=True)
        assert "<script>alert" not in html, page
        assert "<img src=x" not in html, page
        assert 'href="javascript:' not in html, page
    assert "49" not in workspace.drafts.open()[0].text.partition("titre:")[2].partition("\n")[0]


@pytest.mark.parametrize(
    "address",
    [
        "/atelier/guide/captures/absente.png",
        "/atelier/brouillons/999999999999999999999",
        "/atelier/brouillons/77",
        "/atelier/fiches/inconnue/historique",
        f"{FILE}/versions/99",
        "/atelier/rien",
    ],
)
def test_what_is_not_there_is_said_so(people: dict[str, Curator], address: str) -> None:
    people["alma"].open(address, 404)


@pytest.mark.parametrize("sent", [{}, {"version": "x"}, {"version": "-1", "raison": "x" * 9000}, {"version": "1" * 40}])
@pytest.mark.parametrize(
    "deed",
    [
        "",
        "/auto",
        "/soumettre",
        "/reprendre",
        "/abandonner",
        "/rapprocher",
        "/remarques",
        "/remarques/9",
        "/publier",
        "/renvoyer",
    ],
)
def test_a_forged_form_is_refused_without_a_crash(busy: dict[str, Curator], deed: str, sent: dict[str, str]) -> None:
    assert busy["alma"].post(f"{DRAFT}{deed}", **sent).status_code in {400, 404, 409}


def test_a_forged_role_is_refused(busy: dict[str, Curator]) -> None:
    forged = busy["alma"].post("/atelier/comptes", identifiant="x", nom="X", role="empereur", passe=PASSWORD)
    assert forged.status_code == 400
    assert busy["alma"].post("/atelier/comptes/alma", faire="fermer").status_code == 400, "the last administrator stays"


# From draft to public page


def test_a_case_is_reviewed_published_found_archived_and_brought_back(
    people: dict[str, Curator], settings: Settings
) -> None:
    claire, rachid = people["claire"], people["rachid"]
    number = write_verger(claire)
    assert "Le Verger partagé" in plain(rachid.open("/atelier/relectures").text)
    review = rachid.open(f"/atelier/brouillons/{number}/relecture")
    assert review.all("ins")
    assert not claire.open(f"/atelier/brouillons/{number}/relecture").all("button", text="Publier")
    form = rachid.fields(review, f"/atelier/brouillons/{number}/publier")
    published = rachid.client.post(f"/atelier/brouillons/{number}/publier", data=form)
    assert published.headers["Location"] == f"/atelier/fiches/{VERGER}/historique"
    public = Curator(rachid.client.application)
    assert "Le Verger partagé" in plain(public.open(f"/cas/{VERGER}").text)
    assert f"/cas/{VERGER}?q=verger" in public.get("/recherche?q=verger").get_data(as_text=True)
    history = rachid.open(f"/atelier/fiches/{VERGER}/historique")
    assert "Claire Le Goff, relue par Rachid Benali" in plain(history.text)
    rachid.post(f"/atelier/fiches/{VERGER}/archiver", raison="Le verger est devenu un parc")
    gone = public.open(f"/cas/{VERGER}", 410)
    assert "Le verger est devenu un parc" in plain(gone.text)
    assert public.get("/recherche?q=verger").get_data(as_text=True).count(f"/cas/{VERGER}") == 0
    rachid.post(f"/atelier/fiches/{VERGER}/retablir", version="1", raison="Il est revenu")
    assert public.get(f"/cas/{VERGER}").status_code == 200


def test_a_renamed_case_is_found_at_its_old_address(people: dict[str, Curator]) -> None:
    rachid = people["rachid"]
    rachid.post(f"{FILE}/renommer", adresse="garage-du-pont", raison="")
    for suffix in ("", ".md", ".json"):
        moved = rachid.get(f"/cas/atelier-du-pont{suffix}")
        assert (moved.status_code, urlsplit(moved.headers["Location"]).path) == (301, f"/cas/garage-du-pont{suffix}")
    assert rachid.get("/cas/garage-du-pont").status_code == 200
    assert rachid.post("/atelier/fiches/garage-du-pont/renommer", adresse="atelier-du-pont").status_code == 302
    assert rachid.get("/cas/atelier-du-pont").status_code == 200


def test_a_publication_is_seen_by_every_process_at_its_next_request(
    people: dict[str, Curator], settings: Settings
) -> None:
    other = Curator(create_app(settings))
    assert other.get(f"/cas/{VERGER}").status_code == 404
    number = write_verger(people["claire"])
    people["rachid"].post(f"/atelier/brouillons/{number}/publier", version="3")
    assert other.get(f"/cas/{VERGER}").status_code == 200


def test_two_versions_are_compared_head_included(busy: dict[str, Curator]) -> None:
    page = busy["claire"].open(f"{FILE}/historique?de=1&a=2")
    assert "centre" in [node.text.split()[-1] for node in page.all("ins")]
    assert "Modifiée hors de l'atelier" in plain(page.text)
    assert "Lieu" in [node.text for node in page.all("h3")]


def test_a_probable_duplicate_is_told_before_the_draft_is_made(
    people: dict[str, Curator], workspace: Workspace
) -> None:
    claire = people["claire"]
    warned = claire.post("/atelier/nouvelle", titre="L’atelier du pont : des vélos")
    assert warned.status_code == 200
    assert "peut-être déjà racontée" in plain(parse(warned.get_data(as_text=True)).text)
    assert workspace.drafts.open() == []
    assert claire.post("/atelier/nouvelle", titre="L’atelier du pont : des vélos", malgre="1").status_code == 302


def test_the_preview_is_the_public_page_of_the_draft(people: dict[str, Curator]) -> None:
    number = write_verger(people["claire"])
    page = people["claire"].open(f"/atelier/brouillons/{number}/apercu")
    assert "Aperçu d'un brouillon" in plain(page.text)
    assert page.by_id("qui-apporte-quoi")
    assert page.one("h1").text.startswith("Le Verger")


def test_the_health_of_the_base_says_what_to_mend_what_is_old_and_what_is_missing(
    people: dict[str, Curator], settings: Settings
) -> None:
    spoiled = VALID.replace("La commune prête", "La commune exemplaire prête").replace(
        "verifie: 2024-11-22", "verifie: 2020"
    )
    spoiled = spoiled.replace("cree: 2024-11-21", "cree: 2020").replace(
        "situation_au: 2024-09", "situation_au: 2024-09"
    )
    (settings.cases / "atelier-du-pont.md").unlink()
    (settings.cases / "atelier-du-pont.md").write_text(spoiled)
    (settings.cases / "cassee.md").write_text("sans en-tête")
    page = people["claire"].open("/atelier/sante")
    text = plain(page.text)
    assert "mot de communiqué : « exemplaire »" in text.lower()
    assert "L'en-tête entre deux lignes « --- » est absent" in text
    assert "Vérifiée en 2020" in text
    actions = [form["action"] for form in page.all("form") if "ouvrir" in form["action"]]
    assert actions.count(f"{FILE}/ouvrir") == 2
    blind = page.all("tbody")[0]
    assert blind.all("tr")[0].one("th").text
    assert "Innovation sociétale" in plain(blind.text)
    people["claire"].open("/recherche?q=zygomatique")
    assert "« zygomatique » : 1 fois" in plain(people["claire"].open("/atelier/sante").text)


def test_the_health_of_the_base_tells_of_two_files_of_one_alliance(
    people: dict[str, Curator], settings: Settings
) -> None:
    assert "Doublons probables (0)" in plain(people["claire"].open("/atelier/sante").text)
    (settings.cases / "le-pont.md").write_text(VALID)
    section = people["claire"].open("/atelier/sante").by_id("h-doubles").parent
    assert "Doublons probables (1)" in plain(section.text)
    assert "Ressemble à « L'Atelier du pont, un garage tenu avec la commune » : un titre voisin" in plain(section.text)
    assert [form["action"] for form in section.all("form")] == [f"{FILE}/ouvrir"]


def test_the_health_of_the_base_tells_of_sources_and_of_regions_without_stages(
    people: dict[str, Curator], settings: Settings
) -> None:
    text = plain(people["claire"].open("/atelier/sante").text)
    assert "n'ont jamais été vérifiées" in text
    assert "Régions et étapes" in text
    day = datetime.date(2026, 11, 21)
    known = {"https://mairie.example.org/atelier": Known(State.ABSENTE, "page absente (réponse 404)", "", day)}
    known["https://journal.example.org/atelier"] = Known(
        State.DEPLACEE, "<b>ailleurs</b>", "https://x.example/<i>", day
    )
    LinkBook(settings.instance).write(known)
    page = people["claire"].open("/atelier/sante")
    assert "Sources qui ne répondent plus (1)" in plain(page.text)
    assert "« mairie » (https://mairie.example.org/atelier) : page absente (réponse 404), le 21 novembre 2026" in plain(
        page.text
    )
    assert not page.all("i")
    regions = {row.one("th").text: plain(row.text) for row in page.all("table")[1].one("tbody").all("tr")}
    assert "Expérimentation" not in regions["Bretagne"]
    assert "toutes" in regions["Corse"]


# When something fails


@pytest.mark.parametrize("failure", ["locked", "gone"])
def test_without_its_database_the_workspace_says_so_and_the_site_goes_on(
    people: dict[str, Curator], settings: Settings, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    if failure == "locked":
        people["claire"].client.application.extensions["atelier"].workspace.database.close()
        monkeypatch.setattr("kb.curation.database.BUSY_SECONDS", 0.1)
        other = sqlite3.connect(settings.instance / "atelier.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
    else:
        monkeypatch.setattr("kb.curation.database.Database.session", _broken)
    assert people["claire"].get("/atelier/").status_code == 503
    assert people["claire"].post("/atelier/nouvelle", titre="Une alliance").status_code == 503
    assert people["claire"].get("/").status_code == 200
    assert people["claire"].get("/cas/atelier-du-pont").status_code == 200
    if failure == "locked":
        other.execute("ROLLBACK")
        other.close()
        assert people["claire"].get("/atelier/").status_code == 200


def _broken(_self: object) -> object:
    from kb.errors import WorkspaceUnavailableError

    raise WorkspaceUnavailableError("La base de l'atelier ne répond pas.")


def test_a_folder_without_a_secret_closes_the_workspace_alone(settings: Settings) -> None:
    shutil.rmtree(settings.instance)
    settings.instance.write_text("pas un dossier")
    visitor = Curator(create_app(settings))
    assert visitor.get("/atelier/connexion").status_code == 503
    assert visitor.get("/").status_code == 200


def test_the_public_site_alone_makes_neither_secret_nor_database(settings: Settings) -> None:
    shutil.rmtree(settings.instance)
    visitor = Curator(create_app(settings))
    assert visitor.get("/recherche?q=pont").status_code == 200
    assert not settings.instance.exists()
