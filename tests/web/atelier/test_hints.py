"""Suggested terms: what close cases have and a draft does not, with the reason, added by a plain button."""

from __future__ import annotations

from kb.config import Settings
from kb.curation.workspace import Workspace
from tests.corpus.samples import VALID
from tests.web.document import plain
from tests.web.test_atelier import FILE, HOSTILE, Curator


def fill(settings: Settings) -> None:
    """Three close cases that speak of families, which the first one does not."""
    for name in ("Moulin", "Lavoir", "Four"):
        text = VALID.replace("L'Atelier du pont", f"Le {name} du pont").replace("Atelier du pont", f"{name} du pont")
        text = text.replace("[habitants-ruraux]", "[habitants-ruraux, familles]")
        (settings.cases / f"{name.lower()}-du-pont.md").write_text(text)


def test_terms_of_close_cases_are_suggested_with_the_reason_and_added_by_a_button(
    people: dict[str, Curator], settings: Settings, workspace: Workspace
) -> None:
    fill(settings)
    claire = people["claire"]
    address = claire.post(f"{FILE}/ouvrir").headers["Location"]
    page = claire.open(address)
    (button,) = page.all("button", name="proposer")
    assert (button["value"], button.text) == ("publics:familles", "Familles")
    assert "3 fiches proches sur 3 : " in plain(page.by_id("f-publics").text)
    assert {link["href"] for link in page.by_id("f-publics").all("a")} == {
        "/cas/moulin-du-pont", "/cas/lavoir-du-pont", "/cas/four-du-pont",
    }  # fmt: skip
    added = claire.client.post(address, data={**claire.fields(page, address), "proposer": "publics:familles"})
    assert added.headers["Location"] == f"{address}#f-publics"
    assert workspace.drafts.open()[0].text == VALID.replace("[habitants-ruraux]", "[habitants-ruraux, familles]")
    assert not claire.open(address).all("button", name="proposer")


def test_a_new_draft_is_close_to_what_its_words_find(people: dict[str, Curator], settings: Settings) -> None:
    fill(settings)
    claire = people["claire"]
    claire.get("/atelier/")
    made = claire.post("/atelier/nouvelle", titre="Un garage de vélos tenu avec une commune", malgre="1")
    page = claire.open(made.headers["Location"])
    suggested = {button["value"] for button in page.all("button", name="proposer")}
    assert {"domaines:mobilite", "publics:familles", "odd:11"} <= suggested
    empty = claire.post("/atelier/nouvelle", titre="Zygomatique", malgre="1")
    assert not claire.open(empty.headers["Location"]).all("button", name="proposer")


def test_a_forged_suggestion_adds_nothing(people: dict[str, Curator], workspace: Workspace) -> None:
    claire = people["claire"]
    address = claire.post(f"{FILE}/ouvrir").headers["Location"]
    for forged in ("publics:inconnu", "titre:x", "departements:35", HOSTILE[:60], "publics:", ":"):
        sent = claire.fields(claire.open(address), address)
        assert claire.client.post(address, data={**sent, "proposer": forged}).status_code == 302
    assert workspace.drafts.open()[0].text == VALID
