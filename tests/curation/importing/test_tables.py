"""Tables: bounded, believed in nothing, and turned into the text of cases."""

from __future__ import annotations

import datetime
import io

import pytest

from kb.curation.checking import check_text
from kb.curation.form import read_form
from kb.curation.importing.columns import Columns, case_text, guess, slug_of, targets, template
from kb.curation.importing.tables import read_table
from kb.errors import RefusedError
from tests.corpus.samples import TAXONOMY, VALID
from tests.curation.importing.samples import altered, archive, workbook

DAY = datetime.date(2026, 11, 21)
ROWS = [["Titre", "Domaines", "debut"], ["Une alliance", "Éducation ; Santé", 2017], ["Une autre", None, 2018.0]]
SHEET = "xl/worksheets/sheet1.xml"


def csv_file(text: str, encoding: str = "utf-8") -> io.BytesIO:
    return io.BytesIO(text.encode(encoding))


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_csv_is_read_whatever_spreadsheet_wrote_it(delimiter: str, encoding: str) -> None:
    text = (
        delimiter.join(["Titre", "Résumé", "Titre", ""])
        + "\r\n"
        + delimiter.join(["Été", '"un; ""deux"",\nlignes"', "x", "y"])
    )
    table = read_table("t.csv", csv_file(text + "\r\n\r\n", encoding))
    assert table.headers == ("Titre", "Résumé", "Titre (3)")
    assert table.rows == (("Été", 'un; "deux",\nlignes', "x"),)


def test_a_workbook_is_read_with_its_numbers_and_dates() -> None:
    table = read_table("t.XLSX", workbook([*ROWS, ["Une dernière", datetime.date(2024, 9, 2), True]]))
    assert table.headers == ("Titre", "Domaines", "debut")
    assert table.rows == (
        ("Une alliance", "Éducation ; Santé", "2017"), ("Une autre", "", "2018"),
        ("Une dernière", "2024-09-02", "True"),
    )  # fmt: skip


def test_what_a_workbook_says_of_its_size_is_not_believed() -> None:
    lying = altered(workbook(ROWS), SHEET, b'<dimension ref="A1:C3"', b'<dimension ref="A1:XFD1048576"')
    assert len(read_table("t.xlsx", lying).rows) == 2
    far = altered(workbook(ROWS), SHEET, b'<row r="3"', b'<row r="1048576"')
    assert len(read_table("t.xlsx", far).rows) == 1


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused_before_anything_reads_them(part: str, encoding: str) -> None:
    book = workbook(ROWS)
    import zipfile

    with zipfile.ZipFile(book) as made:
        parts = {entry.filename: made.read(entry) for entry in made.infolist()}
    parts[part] = (BOMB + parts[part]).decode().encode(encoding)
    with pytest.raises(RefusedError, match="déclarations interdites"):
        read_table("t.xlsx", archive(parts))


def test_a_workbook_that_unpacks_to_too_much_is_refused() -> None:
    book = archive({"xl/workbook.xml": b" " * 60_000_000})
    assert len(book.getvalue()) < 100_000
    with pytest.raises(RefusedError, match="trop volumineux"):
        read_table("t.xlsx", book)
    with pytest.raises(RefusedError, match="trop volumineux"):
        read_table("t.xlsx", archive({f"{n}.xml": "" for n in range(400)}))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("t.xlsx", b"pas un classeur"), ("t.xlsx", archive({"a.txt": "x"}).getvalue()), ("t.csv", b"\0\0\0"),
        ("t.csv", b""), ("t.csv", b"titre\n"), ("t.exe", b"MZ"), ("t.csv", b"a;b\n" + b"x;y\n" * 600),
        ("t.csv", (";".join("abc") + "\n" + ";".join(["x"] * 200)).encode()), ("t.csv", b'a,"' + b"x" * 200_000),
    ],
)  # fmt: skip
def test_what_is_no_fit_table_is_said_so(name: str, data: bytes) -> None:
    with pytest.raises(RefusedError):
        read_table(name, io.BytesIO(data))


def test_headers_are_recognised_by_name_or_label_each_once() -> None:
    headers = ["TITRE", "Résumé", "organisations.1.nom", "Organisation 2, nom", "Besoin", "Le besoin", "titre "]
    assert guess(headers) == {
        "TITRE": "titre", "Résumé": "resume", "organisations.1.nom": "organisations.1.nom",
        "Organisation 2, nom": "organisations.2.nom", "Le besoin": "section.besoin",
    }  # fmt: skip


def test_the_template_needs_no_mapping() -> None:
    assert set(guess(template()).values()) == set(template())
    assert {one.name for one in targets()} >= set(template())


def full_row() -> dict[str, str]:
    """Every value of the valid file, as the cells of a table."""
    form = read_form(VALID)
    values = {name: text for name, text in form.texts.items() if text}
    values |= {name: ", ".join(held) for name, held in form.lists.items() if held}
    for name, rows in form.rows.items():
        for rank, row in enumerate(rows, 1):
            place = name if name == "redaction" else f"{name}.{rank}"
            values |= {f"{place}.{key}": cell for key, cell in row.items()}
    return values | {f"section.{key}": text for key, text in form.sections.items()}


def test_a_whole_row_makes_a_case_that_has_nothing_to_mend(corpus_of_one: object) -> None:
    text = case_text(full_row(), TAXONOMY, "Claire", DAY)
    got, wanted = read_form(text), read_form(VALID)
    assert (got.texts, got.lists, got.sections) == (wanted.texts, wanted.lists, wanted.sections)
    assert [dict(row) for row in got.rows["organisations"]] == [dict(row) for row in wanted.rows["organisations"]]
    assert check_text("nouvelle", text, corpus_of_one, crossed=False).all == ()  # type: ignore[arg-type]


def test_terms_are_understood_by_their_labels_even_with_commas() -> None:
    row = {
        "titre": "T", "categorie": "Mécénat", "etape": "EXPÉRIMENTATION", "publics": "Femmes, Familles",
        "domaines": "Emploi, chômage, insertion professionnelle", "regions": "Bretagne|pays de la loire",
    }  # fmt: skip
    form = read_form(case_text(row, TAXONOMY, "Claire", DAY))
    assert (form.texts["categorie"], form.texts["etape"]) == ("mecenat", "experimentation")
    assert form.lists["domaines"] == ("emploi-insertion",)
    assert form.lists["publics"] == ("femmes", "familles")
    assert form.lists["regions"] == ("bretagne", "pays-de-la-loire")
    assert form.rows["redaction"][0] == {"auteur": "Claire", "cree": "2026-11-21"}


def test_a_row_that_names_a_published_case_changes_what_it_says_and_no_more() -> None:
    text = case_text({"adresse": "atelier-du-pont", "lieu": "Redon centre"}, TAXONOMY, "Claire", DAY, VALID)
    assert text == VALID.replace("lieu: Redon", "lieu: Redon centre", 1)


@pytest.mark.parametrize(
    ("values", "slug"),
    [({"titre": "L'Œuvre : été"}, "l-oeuvre-ete"), ({"adresse": "../x", "titre": "T"}, "x"), ({"titre": "!!"}, "")],
)
def test_an_address_is_made_of_a_title(values: dict[str, str], slug: str) -> None:
    assert slug_of(values) == slug


def test_forged_targets_are_left_out_and_none_is_used_twice() -> None:
    columns = Columns.of({"a": "titre", "b": "titre", "c": "../x", "d": "organisations.9.nom"})
    assert columns.chosen == {"a": "titre"}
    assert columns.values(("a", "b"), ("T", "U")) == {"titre": "T"}


HOSTILE = "<script>alert(1)</script>: [x] {y} # \"'\n---\n\x00\u202e"


def test_hostile_cells_stay_cells() -> None:
    row = {one.name: HOSTILE for one in targets() if one.name != "adresse"}
    form = read_form(case_text(row, TAXONOMY, "Claire", DAY))
    assert form.texts["titre"].startswith("<script>alert(1)</script>: [x] {y} #")
    assert len(form.rows["organisations"]) == 5
