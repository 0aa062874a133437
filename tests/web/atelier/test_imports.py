"""Importing through HTTP: what is sent is read, reported, confirmed, undone."""

from __future__ import annotations

import io
import re

import pytest
from werkzeug.test import TestResponse

from kb.config import Settings
from kb.curation.workspace import Workspace
from tests.corpus.samples import VALID
from tests.curation.importing.samples import SERRE, archive, workbook
from tests.web.document import Node, parse, plain
from tests.web.test_atelier import HOSTILE, Curator

IMPORTS = "/atelier/imports"


def send(curator: Curator, name: str, data: bytes) -> TestResponse:
    curator.get(IMPORTS)
    return curator.post(IMPORTS, fichier=(io.BytesIO(data), name))


def report(curator: Curator, name: str, data: bytes) -> tuple[str, Node]:
    """Send a file and look until its report is ready."""
    address = send(curator, name, data).headers["Location"]
    for _ in range(20):
        page = curator.open(address)
        if not page.all("meta", **{"http-equiv": "refresh"}):
            return address, page
    raise AssertionError("the report never comes")


def test_an_archive_is_read_reported_confirmed_and_undone(
    people: dict[str, Curator], settings: Settings, workspace: Workspace
) -> None:
    alma = people["alma"]
    files = {"serre-commune.md": SERRE, "abimee.md": HOSTILE, "atelier-du-pont.md": VALID, "../x.md": VALID}
    address, page = report(alma, "nos fiches.zip", archive(files).getvalue())
    text = plain(page.text)
    assert "Prêtes : 1, à corriger : 1, refusées : 1, déjà en ligne : 1 ; doublons probables : 1." in text
    assert "chemin qui sort de l'archive" in text
    assert "L'en-tête entre deux lignes « --- » est absent" in text
    assert sorted(path.name for path in settings.cases.glob("*.md")) == ["atelier-du-pont.md"]
    confirm = f"{address}/confirmer"
    sent = alma.fields(page, confirm)
    assert "fiche" not in sent, "a probable duplicate is not ticked by itself"
    boxes = [box["value"] for box in page.all("input", name="fiche")]
    assert alma.post(confirm, fiche=boxes, devenir="publier").status_code == 400, "a reason is asked"
    done = alma.post(confirm, fiche=boxes, devenir="publier", raison="Reprise")
    assert done.headers["Location"] == "/atelier/lots/1"
    assert (settings.cases / "serre-commune.md").read_text() == SERRE
    assert alma.get("/cas/serre-commune").status_code == 200
    assert [draft.slug for draft in workspace.drafts.open()] == ["abimee"]
    assert alma.get(address).headers["Location"] == "/atelier/lots/1"
    assert alma.post(confirm, fiche=boxes, devenir="brouillons").status_code == 400, "not twice"
    assert alma.post("/atelier/lots/1/annuler").status_code == 302
    assert not (settings.cases / "serre-commune.md").exists()
    assert workspace.drafts.open() == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_asks_for_its_columns_and_keeps_them(
    people: dict[str, Curator], workspace: Workspace, kind: str
) -> None:
    rachid = people["rachid"]
    rows = [
        ["Intitulé", "Domaines", "Notes"],
        ["Une alliance de plus", "Éducation ; Santé", HOSTILE.replace("\x00", "")],
    ]
    data = workbook(rows).getvalue() if kind == "xlsx" else "\n".join("\t".join(row) for row in rows).encode()
    address = send(rachid, f"tableau.{kind}", data).headers["Location"]
    page = rachid.open(address)
    chosen = [one.get("value") for one in page.all("option") if "selected" in one.attributes]
    assert chosen == ["domaines"], "known names are recognised"
    assert "<script>alert" not in rachid.get(address).get_data(as_text=True)
    refused = rachid.post(f"{address}/colonnes", **{"colonne.1": "domaines"})
    assert refused.status_code == 400
    told = {"colonne.0": "titre", "colonne.1": "domaines", "colonne.2": "inventé", "garder": "Notre tableau"}
    assert rachid.post(f"{address}/colonnes", **told).status_code == 302
    assert "Une alliance de plus" in rachid.open(address).text
    again = send(rachid, f"tableau.{kind}", data).headers["Location"]
    page = rachid.open(f"{again}?correspondance=1")
    assert [one.get("value") for one in page.all("option") if "selected" in one.attributes] == [
        "1",
        "titre",
        "domaines",
    ]
    boxes = [box["value"] for box in rachid.open(address).all("input", name="fiche")]
    rachid.post(f"{address}/confirmer", fiche=boxes, devenir="relecture")
    (draft,) = workspace.drafts.open()
    assert (draft.slug, draft.state) == ("une-alliance-de-plus", "brouillon")
    assert "domaines: [education, sante]" in draft.text


def test_long_work_shows_where_it_is_without_javascript(
    people: dict[str, Curator], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.web.atelier.rooms.imports._BATCH", 0.0)
    rachid = people["rachid"]
    files = {f"fiche-{n}.md": f"---\ntitre: Fiche {n}\n---\n" for n in range(3)}
    address = send(rachid, "f.zip", archive(files).getvalue()).headers["Location"]
    first = rachid.get(address).get_data(as_text=True)
    assert '<meta http-equiv="refresh" content="0">' in first
    assert re.search(r"Fiches lues\s*: 1 sur 3", first)
    assert "2 sur 3" in rachid.get(address).get_data(as_text=True)
    assert "Rien n’est encore écrit" in rachid.get(address).get_data(as_text=True)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.exe", b"MZ"), ("x.zip", b"PK"), ("x.xlsx", b"\0" * 50), ("x.csv", b""), ("", b""), ("x.md", b"---"),
        ("../../x.zip", archive({"a.txt": "x"}).getvalue()), ("x.csv", b"a;b\n" * 400),
    ],
)  # fmt: skip
def test_an_upload_of_any_other_kind_is_refused_with_a_sentence(
    people: dict[str, Curator], name: str, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.curation.importing.tables.MOST_CSV", 1_000)
    refused = send(people["rachid"], name, data)
    assert refused.status_code == 400
    assert parse(refused.get_data(as_text=True)).one("title").text.startswith("Erreur")


def test_an_upload_beyond_the_limit_is_cut_short(people: dict[str, Curator]) -> None:
    kind = "multipart/form-data; boundary=limite"
    assert people["rachid"].client.post(IMPORTS, data=b"0" * 25_000_000, content_type=kind).status_code == 413


def test_forged_confirmations_are_refused(people: dict[str, Curator]) -> None:
    rachid = people["rachid"]
    address, page = report(rachid, "f.zip", archive({"a.md": "---\ntitre: A\n---\n"}).getvalue())
    for sent in ({}, {"devenir": "brouillons"}, {"devenir": "tout"}, {"devenir": "brouillons", "fiche": "x" * 50},
                 {"devenir": "brouillons", "fiche": "99999"}):  # fmt: skip
        assert rachid.post(f"{address}/confirmer", **sent).status_code == 400, sent
    (box,) = [box["value"] for box in page.all("input", name="fiche")]
    assert rachid.post(f"{address}/confirmer", fiche=box, devenir="publier", raison="x").status_code == 403
    for number in (77, 10**20):
        for deed in ("", "/colonnes", "/confirmer", "/abandonner"):
            method = rachid.post if deed else rachid.get
            sent = {"devenir": "brouillons"} if deed else {}
            assert method(f"{IMPORTS}/{number}{deed}", **sent).status_code == 404
    assert rachid.post(f"{IMPORTS}/correspondances/99").status_code == 404


def test_an_import_is_its_senders_and_administrators(people: dict[str, Curator]) -> None:
    address = send(people["alma"], "f.zip", archive({"a.md": "---\ntitre: A\n---\n"}).getvalue()).headers["Location"]
    assert people["rachid"].get(address).status_code == 404
    assert people["alma"].post(f"{address}/abandonner").headers["Location"] == IMPORTS
    assert people["alma"].get(address).status_code == 400
