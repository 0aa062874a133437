from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.config import ROOT
from kb.corpus.case import SECTIONS
from kb.corpus.skeleton import skeleton
from kb.curation.editing import with_verified, write_form
from kb.curation.form import LISTS, ROWS, SCALARS, Form, names, obstacle, one_line, read_form, tidy
from tests.corpus.samples import VALID, read, spoiled

FILES = sorted((ROOT / "tests" / "corpora" / "recherche").glob("*.md"))


def changed(form: Form, **values: object) -> Form:
    """A form with some texts, lists, rows or sections replaced."""
    for name, value in values.items():
        kind = "texts" if name in SCALARS else "lists" if name in LISTS else "rows" if name in ROWS else "sections"
        form = replace(form, **{kind: {**getattr(form, kind), name: value}})  # type: ignore[arg-type]
    return form


def lines_changed(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_form_sent_back_unchanged_changes_not_one_byte(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    assert obstacle(text) == ""
    assert write_form(text, read_form(text)) == text


def test_a_changed_value_changes_its_line_alone() -> None:
    form = read_form(VALID)
    text = write_form(VALID, changed(form, debut="2018", lieu="Redon, près du pont"))
    assert lines_changed(VALID, text) == (["lieu: Redon", "debut: 2017"], ["lieu: Redon, près du pont".replace(
        "Redon, près du pont", '"Redon, près du pont"'), "debut: 2018"])  # fmt: skip
    assert "# Une fiche d'essai." in text


def test_a_changed_cell_changes_its_line_alone() -> None:
    form = read_form(VALID)
    organisations = [dict(row) for row in form.rows["organisations"]]
    organisations[1]["apport"] = "Prête un hangar"
    text = write_form(VALID, changed(form, organisations=tuple(organisations)))
    assert lines_changed(VALID, text) == (["    apport: Prête un local"], ["    apport: Prête un hangar"])


def test_rows_are_added_removed_and_moved() -> None:
    form = read_form(VALID)
    porteur, mairie = form.rows["organisations"]
    magasin = {
        "nom": "Cycles: du pont",
        "type": "entreprise",
        "role": "partenaire",
        "apport": "Pièces",
        "source": "journal, mairie",
    }
    text = write_form(VALID, changed(form, organisations=(mairie, magasin, porteur)))
    assert read_form(text).rows["organisations"] == (mairie, magasin, porteur)
    assert '  - nom: "Cycles: du pont"\n' in text
    assert "    source: [journal, mairie]\n" in text
    again = write_form(text, changed(read_form(text), organisations=(porteur, mairie)))
    assert read(again).case is not None
    assert read(again).case.organisations == read(VALID).case.organisations  # type: ignore[union-attr]


def test_a_source_is_added_and_renamed() -> None:
    form = read_form(VALID)
    journal, mairie = (dict(row) for row in form.rows["sources"])
    new = {"id": "rapport", "titre": "Rapport : l'année", "editeur": "Fondation", "url": "https://a.example.org/?x=1,2"}
    text = write_form(VALID, changed(form, sources=(journal, {**mairie, "id": "commune"}, new)))
    assert [row["id"] for row in read_form(text).rows["sources"]] == ["journal", "commune", "rapport"]
    assert read_form(text).rows["sources"][2] == new


def test_lists_are_written_as_the_format_wants_them() -> None:
    text = write_form(
        VALID, changed(read_form(VALID), departements=("2A", "01"), odd=("3", "11"), publics=(), domaines=())
    )
    assert 'departements: ["2A", "01"]\n' in text
    assert "odd: [3, 11]\n" in text
    assert "publics" not in text
    assert "domaines: []\n" in text


def test_a_key_that_was_not_there_takes_its_place_in_the_schema() -> None:
    text = write_form(VALID, changed(read_form(VALID), fin="2023", commune="35236"))
    keys = [line.partition(":")[0] for line in text.splitlines() if line[:1].isalpha() and ":" in line]
    assert keys.index("fin") == keys.index("debut") + 1
    assert keys.index("commune") == keys.index("lieu") + 1
    assert read(text).problems == ()


def test_the_summary_is_folded_and_reads_back() -> None:
    long = "Une association répare des vélos : « le pont », dans un local prêté par la commune #1 " * 3
    text = write_form(VALID, changed(read_form(VALID), resume=one_line(long)))
    assert read_form(text).texts["resume"] == one_line(long)
    assert max(map(len, text.split("\n---\n")[0].splitlines())) <= 116


def test_a_section_is_replaced_and_the_others_stay() -> None:
    form = read_form(VALID)
    text = write_form(VALID, changed(form, besoin="Rien de tel à Redon.\n\n- un\n- deux"))
    assert "## Le besoin\n\nRien de tel à Redon.\n\n- un\n- deux\n\n## L'alliance\n" in text
    assert text.partition("## L'alliance")[2] == VALID.partition("## L'alliance")[2]


@pytest.mark.parametrize("key", [key for key, _ in SECTIONS])
def test_a_section_that_was_not_there_is_put_in_its_place(key: str) -> None:
    heading = dict(SECTIONS)[key]
    form = read_form(VALID)
    start = VALID.index(f"## {heading}")
    end = VALID.find("\n## ", start + 5) + 1 or len(VALID)
    without = VALID[:start] + VALID[end:]
    assert read_form(without).sections[key] == ""
    again = write_form(without, form)
    assert read_form(again) == form
    assert [one.key for one in read(again).case.sections] == [one for one, _ in SECTIONS]  # type: ignore[union-attr]


def test_an_empty_model_can_be_filled_in_by_the_form() -> None:
    import datetime

    empty = skeleton("L'Atelier : du pont", datetime.date(2026, 11, 21))
    assert obstacle(empty) == ""
    wanted = read_form(VALID)
    filled = write_form(empty, wanted)
    assert read_form(filled) == wanted
    assert read(filled).problems == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("pas d'en-tête", "absent"),
        (spoiled("categorie: mecenat", "categorie: mecenat\ncategorie: mecenat"), "deux fois"),
        (spoiled("    role: porteur", "    role: porteur\n    couleur: bleu"), "organisations"),
        (spoiled("debut: 2017", "debut: [2017]"), "debut"),
        (spoiled("domaines: [mobilite, emploi-insertion]", "domaines: {a: b}"), "domaines"),
        (VALID + "\n## Le besoin\n\nEncore.\n", "section"),
    ],
)
def test_what_a_form_cannot_hold_is_said_so(text: str, why: str) -> None:
    assert why in obstacle(text)


@pytest.mark.parametrize(
    "redaction",
    [
        "redaction: {auteur: Équipe éditoriale, cree: 2024-11-21, verifie: 2024-11-22}",
        "redaction: {auteur: Équipe éditoriale, cree: 2024-11-21}",
        "redaction:\n  auteur: Équipe éditoriale\n  cree: 2024-11-21\n  verifie:",
        "redaction:\n  auteur: Équipe éditoriale\n  verifie: 2024-11-22  # relue\n  cree: 2024-11-21",
    ],
)
def test_the_day_of_the_second_reading_is_written(redaction: str) -> None:
    text = spoiled("redaction: {auteur: Équipe éditoriale, cree: 2024-11-21, verifie: 2024-11-22}", redaction)
    case = read(with_verified(text, "2025-01-02")).case
    assert case is not None
    assert case.redaction.verifie is not None
    assert case.redaction.verifie.iso == "2025-01-02"
    assert case.redaction.auteur == "Équipe éditoriale"


WORDS = st.text(min_size=0, max_size=80).map(one_line)
MARKDOWN = st.text(max_size=200).map(lambda text: tidy(text).strip("\n")).filter(
    lambda text: not any(line.startswith(("# ", "## ", "#\t", "##\t")) for line in text.splitlines())
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(titre=WORDS, resume=WORDS, nom=WORDS.filter(bool), libelle=WORDS.filter(bool), besoin=MARKDOWN, cles=MARKDOWN)
def test_whatever_is_typed_reads_back_the_same(
    titre: str, resume: str, nom: str, libelle: str, besoin: str, cles: str
) -> None:
    form = read_form(VALID)
    organisations = ({**form.rows["organisations"][0], "nom": nom}, *form.rows["organisations"][1:], {"nom": nom})
    chiffres = ({"valeur": "1", "libelle": libelle},)
    wanted = changed(
        form, titre=titre, resume=resume, organisations=organisations, chiffres=chiffres, besoin=besoin, cles=cles
    )
    text = write_form(VALID, wanted)
    assert obstacle(text) == ""
    got = read_form(text)
    assert (got.texts, got.rows) == (wanted.texts, wanted.rows)
    assert got.sections["besoin"].strip() == besoin.strip()
    assert got.sections["cles"].strip() == cles.strip()
    assert write_form(text, got) == text


def test_names_are_typed_with_commas_or_spaces() -> None:
    assert names(" mairie,journal  mairie;rapport ") == ("mairie", "journal", "rapport")
