"""Care of the vocabularies through HTTP: seen first, then done; old addresses and filters lead to the new ones."""

from __future__ import annotations

import pytest

from kb.config import Settings
from kb.curation.workspace import Workspace
from tests.corpus.samples import VALID
from tests.web.document import parse, plain
from tests.web.test_atelier import HOSTILE, Curator

VOCABULARIES = "/atelier/vocabulaires"


def confirm(curator: Curator, action: str, **sent: str) -> str:
    """Ask for a change, read what it would do, confirm; the page that follows."""
    asked = curator.post(action, **sent)
    assert asked.status_code == 200, plain(parse(asked.get_data(as_text=True)).text)
    page = parse(asked.get_data(as_text=True))
    assert "Rien n'est encore écrit" in plain(page.text)
    done = curator.client.post(action, data={**curator.fields(page, action), "raison": "Plus clair"})
    assert done.status_code == 302
    return done.headers["Location"]


def test_a_new_identifier_keeps_every_old_address(people: dict[str, Curator], settings: Settings) -> None:
    alma = people["alma"]
    assert confirm(alma, f"{VOCABULARIES}/domaine/mobilite", faire="identifiant", id="se-deplacer") == "/atelier/lots/1"
    assert "domaines: [se-deplacer, emploi-insertion]" in (settings.cases / "atelier-du-pont.md").read_text()
    moved = alma.get("/domaines/mobilite")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/domaines/se-deplacer")
    assert alma.get("/domaines/se-deplacer").status_code == 200
    search = alma.get("/recherche?q=pont&domaine=mobilite&sauf_public=femmes")
    assert search.status_code == 301
    assert search.headers["Location"] == "/recherche?q=pont&domaine=se-deplacer&sauf_public=femmes"
    assert alma.get("/recherche?sauf_domaine=mobilite").headers["Location"] == "/recherche?sauf_domaine=se-deplacer"
    assert "1 cas" in plain(alma.open("/atelier/modifier?domaine=se-deplacer").text)
    alma.post("/atelier/lots/1/annuler")
    assert (settings.cases / "atelier-du-pont.md").read_text() == VALID
    assert alma.get("/domaines/mobilite").status_code == 200
    assert alma.get("/domaines/se-deplacer").headers["Location"] == "/domaines/mobilite", "it was public"


def test_words_are_seen_before_they_change_and_on_the_site_after(people: dict[str, Curator]) -> None:
    alma = people["alma"]
    page = alma.open(f"{VOCABULARIES}/domaine/mobilite")
    action = f"{VOCABULARIES}/domaine/mobilite"
    form = next(one for one in page.all("form") if one.all("input", name="libelle"))
    sent = {
        "faire": "mots",
        "libelle": "Se déplacer : partout",
        "definition": "Pouvoir aller.",
        "synonymes": "bus\r\ncar",
    }
    assert form.get("action") == action
    confirm(alma, action, **sent)
    assert "Se déplacer : partout" in plain(alma.open("/domaines/mobilite").text)
    assert alma.open(action).by_id("synonymes").text.split() == ["bus", "car"]


def test_a_term_is_added_then_merged(people: dict[str, Curator], workspace: Workspace) -> None:
    alma = people["alma"]
    confirm(alma, f"{VOCABULARIES}/public", id="ruraux", libelle="Ruraux")
    assert "Ruraux" in alma.open(f"{VOCABULARIES}/public").text
    confirm(alma, f"{VOCABULARIES}/public/habitants-ruraux", faire="reunir", dans="ruraux")
    assert alma.get(f"{VOCABULARIES}/public/habitants-ruraux").status_code == 404
    assert alma.get("/recherche?public=habitants-ruraux").headers["Location"] == "/recherche?public=ruraux"
    assert workspace.history.of("atelier-du-pont")[0].reason == "« Habitants des campagnes » réuni à « Ruraux »"


def test_a_stale_preview_is_made_again(people: dict[str, Curator], settings: Settings) -> None:
    alma, action = people["alma"], f"{VOCABULARIES}/public/habitants-ruraux"
    page = parse(alma.post(action, faire="identifiant", id="ruraux").get_data(as_text=True))
    sent = alma.fields(page, action)
    (settings.cases / "atelier-du-pont.md").unlink()
    (settings.cases / "atelier-du-pont.md").write_text(VALID + "\n")
    assert alma.client.post(action, data=sent).status_code == 409
    assert "ruraux]" not in (settings.cases / "taxonomy.yaml").read_text()


@pytest.mark.parametrize(
    ("address", "sent", "status"),
    [
        ("public/femmes", {"faire": "mots", "libelle": HOSTILE}, 200),
        ("public/femmes", {"faire": "mots", "libelle": "x" * 2_000_000}, 400),
        ("public/femmes", {"faire": "mots", "libelle": ""}, 400),
        ("public/femmes", {"faire": "identifiant", "id": "../x"}, 400),
        ("public/femmes", {"faire": "reunir", "dans": "rien"}, 400),
        ("region/bretagne", {"faire": "identifiant", "id": "breizh"}, 400),
        ("public/rien", {"faire": "mots", "libelle": "x"}, 404),
        ("reperes", {"id": "abc", "libelle": "x"}, 404),
        ("public", {"id": HOSTILE, "libelle": "x"}, 400),
        ("public", {}, 400),
    ],
)
def test_hostile_and_forged_changes_are_refused(
    people: dict[str, Curator], settings: Settings, address: str, sent: dict[str, str], status: int
) -> None:
    before = (settings.cases / "taxonomy.yaml").read_bytes()
    answer = people["alma"].post(f"{VOCABULARIES}/{address}", **sent)
    assert answer.status_code == status
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert (settings.cases / "taxonomy.yaml").read_bytes() == before
