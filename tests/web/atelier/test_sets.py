"""Several cases at once, through HTTP: found, previewed, changed, undone."""

from __future__ import annotations

from kb.config import Settings
from kb.curation.workspace import Workspace
from tests.corpus.samples import VALID
from tests.web.document import parse, plain
from tests.web.test_atelier import FILE, HOSTILE, Curator

ASKED = "/atelier/modifier?region=bretagne&champ=publics&action=ajouter&terme=femmes&par="


def test_from_a_search_to_a_set_undone(people: dict[str, Curator], settings: Settings, workspace: Workspace) -> None:
    rachid = people["rachid"]
    found = rachid.open("/recherche?region=bretagne")
    (way,) = [link["href"] for link in found.all("a") if link.text == "modifier ces fiches"]
    assert way == "/atelier/modifier?region=bretagne"
    first = rachid.open(way)
    assert "1 cas" in plain(first.text)
    assert "Bretagne" in first.text
    preview = rachid.open(ASKED)
    assert [plain(node.text) for node in preview.all("ins")] == ["ajouté : , Femmes"]
    assert (settings.cases / "atelier-du-pont.md").read_text() == VALID, "nothing is written before the confirmation"
    sent = rachid.fields(preview, "/atelier/modifier")
    assert sent["fiche"] == ["atelier-du-pont"]
    assert rachid.client.post("/atelier/modifier", data=sent).status_code == 400, "a reason is asked"
    done = rachid.client.post("/atelier/modifier", data={**sent, "raison": "Public oublié"})
    assert done.headers["Location"] == "/atelier/lots/1"
    assert "publics: [habitants-ruraux, femmes]" in (settings.cases / "atelier-du-pont.md").read_text()
    page = rachid.open("/atelier/lots/1")
    assert "Ajouter « Femmes » à « Publics »" in plain(page.one("h1").text)
    assert "Public oublié" in plain(rachid.open(f"{FILE}/historique").text)
    assert "publics=" not in way
    assert rachid.post("/atelier/lots/1/annuler", raison="").headers["Location"] == "/atelier/lots/2"
    assert (settings.cases / "atelier-du-pont.md").read_text() == VALID
    assert "annulé" in plain(rachid.open("/atelier/lots").text)
    assert rachid.post("/atelier/lots/1/annuler").status_code == 400, "not twice"


def test_what_was_read_is_what_is_done(people: dict[str, Curator], settings: Settings) -> None:
    rachid = people["rachid"]
    sent = rachid.fields(rachid.open(ASKED), "/atelier/modifier")
    (settings.cases / "atelier-du-pont.md").unlink()
    (settings.cases / "atelier-du-pont.md").write_text(VALID.replace("lieu: Redon", "lieu: Redon centre"))
    again = rachid.client.post("/atelier/modifier", data={**sent, "raison": "Relu"})
    assert again.status_code == 409
    assert "Des fiches ont changé depuis cet aperçu" in plain(parse(again.get_data(as_text=True)).text)
    assert "femmes" not in (settings.cases / "atelier-du-pont.md").read_text()


def test_forged_and_hostile_edits_are_refused_without_a_crash(people: dict[str, Curator]) -> None:
    rachid = people["rachid"]
    for query in (
        "champ=titre",
        "champ=publics&terme=x&action=ajouter",
        f"champ=publics&terme={HOSTILE[:40]}&action=retirer",
    ):
        page = rachid.get(f"/atelier/modifier?{query}")
        assert page.status_code in {200, 400}
        assert "<script>alert" not in page.get_data(as_text=True)
    assert rachid.post("/atelier/modifier", champ="publics", action="ajouter", terme="x" * 2_000_000).status_code == 400
    assert rachid.post("/atelier/modifier").status_code == 400
    assert (
        rachid.post(
            "/atelier/modifier", champ="publics", action="ajouter", terme="femmes", preuve="inventée"
        ).status_code
        == 409
    )
    for number in (0, 99, 10**20):
        assert rachid.get(f"/atelier/lots/{number}").status_code == 404
        assert rachid.post(f"/atelier/lots/{number}/annuler").status_code == 404


def test_a_draft_open_on_a_case_is_told_before_and_after(people: dict[str, Curator]) -> None:
    people["claire"].post(f"{FILE}/ouvrir")
    rachid = people["rachid"]
    preview = rachid.open(ASKED)
    assert "Un brouillon est ouvert sur ces fiches" in plain(preview.text)
    rachid.client.post("/atelier/modifier", data={**rachid.fields(preview, "/atelier/modifier"), "raison": "Relu"})
    draft = rachid.open("/atelier/brouillons/1")
    assert "Le fichier publié a changé depuis l'ouverture de ce brouillon" in plain(draft.text)
