from __future__ import annotations

import datetime

import pytest

from kb.corpus.case import SECTIONS
from kb.corpus.organisations import Organisation, Registry
from kb.corpus.problems import Severity
from kb.corpus.schema import FIELDS
from kb.corpus.skeleton import skeleton
from tests.corpus.samples import VALID, read, spoiled


def test_a_valid_file_becomes_a_case_without_a_word() -> None:
    reading = read(VALID)
    assert reading.problems == ()
    case = reading.case
    assert case is not None
    assert case.domaines == ("mobilite", "emploi-insertion")
    assert case.chiffres[0].valeur == "1 200"
    assert case.situation_au.iso == "2024-09"
    assert case.organisations[1].source == ("mairie", "journal")
    assert [section.key for section in case.sections] == [
        "besoin", "alliance", "solution", "etapes", "resultats", "cles", "inspiration",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "field", "message", "cure"),
    [
        ("categorie: mecenat", "categorie: mecenatt", "categorie", "vocabulaire", "« mecenat »"),
        (
            "categorie: mecenat",
            "categorie: Coopération économique",
            "categorie",
            "vocabulaire",
            "cooperation-economique",
        ),
        ("echelle: local", "echele: local", "echele", "clé inconnue", "« echelle »"),
        ("echelle: local", "echelle:", "echelle", "absent", "ajoutez une valeur : local, regional"),
        ("etape: experimentation\n", "", "etape", "absent", "ajoutez"),
        ("debut: 2017", "debut: l'an passé", "debut", "n'est pas une année", "2017"),
        ("debut: 2017", "debut: 2025", "situation_au", "avant le début", "corrigez"),
        ("debut: 2017", "debut: 2017\nfin: 2015", "fin", "avant le début", "corrigez"),
        ("situation_au: 2024-09", "situation_au: 2024-13", "situation_au", "n'est pas une date", "vers 2024"),
        ("situation_au: 2024-09", "situation_au: 2999", "situation_au", "avenir", "corrigez"),
        ("titre: L'Atelier", "titre: " + "très long " * 12 + "L'Atelier", "titre", "90 au plus", "raccourcissez"),
        ("lieu: Redon", "lieu: [Redon, Rennes]", "lieu", "un texte est attendu", "guillemets"),
        ("domaines: [mobilite", "domaines: [mobilite, mobilite", "domaines", "deux fois", "retirez"),
        ("domaines: [mobilite", "domaines: [sante, education, mobilite", "domaines", "3 au plus", "principales"),
        ("regions: [bretagne]", "regions: [nationale, bretagne]", "regions", "nationale", "gardez"),
        ("regions: [bretagne]", "regions: [corse]", "departements", "bretagne", "accordez"),
        ('departements: ["35"]', 'departements: ["99"]', "departements", "vocabulaire", "valeurs permises"),
        ("    type: association\n", "", "organisations.type", "type inconnu", "organisations.yaml"),
        ("type: collectivite", "type: association", "organisations", "même type", "différents"),
        ("role: porteur", "role: appui", "organisations", "aucun porteur", "porteur"),
        ("    apport: Prête un local\n", "", "organisations", "aucun apport", "sa source"),
        ("    source: [mairie, journal]\n", "", "organisations", "sans source", "source"),
        ("[mairie, journal]", "[mairie, gazette]", "organisations.source", "non déclarée", "journal"),
        ("nature: constat", "nature: espoir", "chiffres.nature", "vocabulaire", "constat"),
        ("date: 2023, ", "", "chiffres.date", "absent", "ajoutez"),
        ("https://journal.example.org/atelier", "journal.example.org", "sources.journal.url", "adresse web", "https"),
        ("https://journal.example.org/atelier", "javascript:alert(1)", "sources.journal.url", "adresse web", "https"),
        ("date: 2024-09-02", "date: 2025-09-02", "sources", "après sa lecture", "corrigez"),
        ("verifie: 2024-11-22", "verifie: 2023-11-22", "redaction", "avant d'être écrite", "corrigez"),
        (", verifie: 2024-11-22", "", "redaction.verifie", "non relue", "relit"),
        ("[^mairie].\n\n## L'alliance", "[^maire].\n\n## L'alliance", "corps", "note [^maire]", "déclarez"),
        ("## La solution", "## La réponse", "corps", "section absente", "## La solution"),
        ("## La solution", "## Les solution", "corps", "titre inconnu", "## La solution"),
        ("## Les étapes", "## Les étapes\n\n## Les étapes", "corps", "deux fois", "réunissez"),
        ("lieu: Redon", "lieu: Redon\nlieu: Rennes", "lieu", "clé écrite deux fois", "une seule"),
        ("lieu: Redon", "commune: Redon", "commune", "code INSEE", "35236"),
    ],
)
def test_each_mistake_gets_its_sentence(old: str, new: str, field: str, message: str, cure: str) -> None:
    found = [problem for problem in read(spoiled(old, new)).problems if problem.field == field]
    assert any(message in problem.message and cure in problem.cure for problem in found), read(
        spoiled(old, new)
    ).problems


def test_the_sentence_gives_path_line_field_message_and_cure() -> None:
    problem = read(spoiled("categorie: mecenat", "categorie: mecena")).problems[0]
    line = VALID.splitlines().index("categorie: mecenat") + 1
    assert str(problem) == (
        f"cases/atelier-du-pont.md:{line}: categorie: « mecena » n'est pas dans le vocabulaire "
        "(vouliez-vous dire « mecenat » ?)"
    )


def test_every_problem_is_told_not_only_the_first() -> None:
    text = (
        spoiled("categorie: mecenat", "categorie: don")
        .replace("etape: experimentation", "etape: essai")
        .replace("Les résultats", "Bilan")
    )
    assert {"categorie", "etape", "corps"} <= {problem.field for problem in read(text).problems}


def test_sections_out_of_order_are_told() -> None:
    swapped = (
        VALID.replace("## Le besoin", "## X")
        .replace("## La solution", "## Le besoin")
        .replace("## X", "## La solution")
    )
    assert any("désordre" in problem.message for problem in read(swapped).problems)


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"", 0, "vide"),
        (b"  \n\n", 0, "vide"),
        (b"x" * 5_000_000, 0, "256 au plus"),
        ("---\ntitre: d\xe9but\n---\n".encode("latin-1"), 2, "UTF-8"),
        (b"\xff\xfe---", 1, "UTF-8"),
        (
            VALID.replace("Redon\n", "Re\0don\n", 1).encode(),
            VALID[: VALID.index("Redon\n")].count("\n") + 1,
            "invisible (U+0000)",
        ),
        (
            VALID.replace("## La solution\n", "## La solution\n\x08\n").encode(),
            VALID.split("## La solution")[0].count("\n") + 2,
            "invisible (U+0008)",
        ),
    ],
)
def test_a_file_that_is_no_text_of_ours_is_refused_with_its_cure(data: bytes, line: int, message: str) -> None:
    reading = read(data)
    assert reading.case is None
    assert [problem.line for problem in reading.problems] == [line]
    assert message in reading.problems[0].message
    assert reading.problems[0].cure


@pytest.mark.parametrize(("data", "message"), [("\ufeff" + VALID, "octets"), (VALID.replace("\n", "\r\n"), "CRLF")])
def test_a_harmless_oddity_of_encoding_is_told_and_the_case_kept(data: str, message: str) -> None:
    reading = read(data)
    assert reading.case is not None
    assert [problem.severity for problem in reading.problems] == [Severity.WARNING]
    assert message in reading.problems[0].message


def test_comments_are_the_writers_own_and_fill_no_section() -> None:
    commented = spoiled("## La solution\n", "## La solution\n<!-- demander\nà la mairie [^oubli] -->\n")
    case = read(commented).case
    assert case is not None
    assert "mairie [^oubli]" not in case.section("solution").markdown
    assert "demander" not in case.section("solution").markdown
    start, end = VALID.index("## La solution") + len("## La solution"), VALID.index("## Les étapes")
    blank = VALID[:start] + "\n\n<!-- Que font-ils ? -->\n\n" + VALID[end:]
    assert [problem.message for problem in read(blank).problems] == ["section vide : « La solution »"]


def test_comments_move_no_line() -> None:
    found = read(spoiled("## La solution\n", "## La solution\n<!-- un\ndeux -->\nFait[^rien].\n")).problems[0]
    assert (found.message, found.line) == ("note [^rien] sans source", VALID.split("## La solution")[0].count("\n") + 4)


def test_an_empty_model_is_kept_out_until_everything_is_written() -> None:
    text = skeleton("Un essai", datetime.date(2024, 11, 21)).replace(
        "cree: 2024-11-21", "cree: 2024-11-21, verifie: 2024-11-22"
    )
    told = {(problem.field, problem.message) for problem in read(text).problems}
    required = {spec.name for spec in FIELDS if spec.required} - {
        "titre",
        "consulte",
        "sources",
        "redaction",
        "organisations",
    }
    assert {
        (name, "obligatoire et absent") for name in {*required, "organisations.nom", "sources.source-a.titre"}
    } <= told
    assert {("corps", f"section vide : « {heading} »") for _, heading in SECTIONS} <= told


def test_the_registry_gives_types_and_refuses_near_spellings() -> None:
    registry = Registry([Organisation("Atelier du Pont", "atelier-du-pont", "association", ("APR",))])
    problems = read(VALID, registry=registry).problems
    assert [(problem.field, problem.cure) for problem in problems] == [
        ("organisations.nom", "vouliez-vous dire « Atelier du Pont » ? Sinon, ajoutez ce nom au registre")
    ]
    named = VALID.replace("nom: Atelier du pont\n    type: association\n", "nom: Atelier du Pont\n")
    reading = read(named, registry=registry)
    assert reading.problems == ()
    assert reading.case is not None
    assert reading.case.organisations[0].type == "association"


def test_a_type_that_contradicts_the_registry_is_an_error() -> None:
    registry = Registry([Organisation("Atelier du pont", "atelier-du-pont", "ess")])
    assert any("« ess » dans le registre" in problem.message for problem in read(VALID, registry=registry).problems)
