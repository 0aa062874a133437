from __future__ import annotations

from pathlib import Path

import pytest

from kb.corpus import crosscheck, editorial
from kb.corpus.catalogue import Corpus, load
from kb.corpus.problems import Severity
from tests.corpus.samples import VALID, read, spoiled, write_corpus


def test_a_well_written_case_is_not_criticised() -> None:
    assert editorial.check(read(VALID)) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("sur place[^mairie].", "sur place.", "sans-note"),
        ("- **2017** : ouverture[^journal].", "- **2017** : ouverture.", "sans-note"),
        ("En 2023, 1 200 vélos", "En tout, 1 200 vélos", "sans-annee"),
        ("En 2023, 1 200 vélos", "Selon une page non datée, 1 200 vélos", None),
        ("On pourrait commencer", "On[^mairie] pourrait commencer", "inspiration"),
        ("parcours:\n  - {etape: conception, debut: 2016, source: mairie}\n", "", None),
        ("consulte: 2024-11-21", "consulte: 2024-11-21", None),
        ("    editeur: Ville de Redon", "    editeur: Le Journal", "editeurs"),
        ("https://mairie.example.org/atelier", "https://docplayer.fr/1234", "hebergeur"),
        ("example.org/atelier\n  mairie", "example.org/atelier?id=3&utm_source=x\n  mairie", "suivi"),
        ("date: 2024-09-02", "date: 2024-09-02", None),
        ("situation_au: 2024-09", "situation_au: 2023", "situation"),
        ("situation_au: 2024-09", "situation_au: 2018", "ancienne"),
        ("La commune prête", "La commune exemplaire prête", "style"),
        ("La commune prête", "La commune « exemplaire » prête", None),
        (
            "Une association répare des vélos",
            "L'Atelier du pont, un garage tenu avec la commune, répare des vélos",
            "resume",
        ),
        ("En 2023, 1 200 vélos ont été réparés[^journal].", "Une centaine de vélos a été réparée.", "sans-note"),
        ("En 2023, 1 200 vélos ont été réparés[^journal].", "Le bilan de 2023 : Non documenté.", None),
    ],
)
def test_each_rule_of_writing_is_kept(old: str, new: str, code: str | None) -> None:
    problems = editorial.check(read(spoiled(old, new)))
    assert {problem.severity for problem in problems} <= {Severity.WARNING}
    assert code in {problem.code for problem in problems} if code else problems == []


def test_an_unsourced_paragraph_is_told_at_its_line() -> None:
    bare = "Les élus et les habitants se retrouvent souvent pour parler ensemble de la suite à donner."
    text = spoiled("## La solution\n", f"## La solution\n\n{bare}\n")
    problem = next(problem for problem in editorial.check(read(text)) if problem.code == "sans-source")
    assert text.splitlines()[problem.line - 1] == bare


def test_a_source_never_called_is_told() -> None:
    extra = "  autre:\n    titre: Rien\n    editeur: Autre\n    url: https://autre.example.org/\n"
    problems = editorial.check(read(spoiled("redaction:", f"{extra}redaction:")))
    assert [(problem.code, problem.field) for problem in problems] == [("inutilisee", "sources.autre")]


@pytest.mark.parametrize(("words", "told"), [("court", True), ("long", True)])
def test_a_body_too_short_or_too_long_is_told(words: str, told: bool) -> None:
    text = VALID[: VALID.index("## Le besoin")] + "".join(
        f"## {heading}\n\nRien de plus.\n\n"
        for heading in ("Le besoin", "L'alliance", "La solution", "Les étapes", "Les résultats")
    )
    text += "## Clés de réussite et points de vigilance\n\nRien.\n\n## Pour s'en inspirer\n\nRien.\n"
    if words == "long":
        text = VALID.replace("- **Commencer petit**", "mot " * 600 + "[^journal]\n\n- **Commencer petit**")
    assert any(problem.code == "longueur" for problem in editorial.check(read(text))) is told


def test_digits_in_the_name_of_an_organisation_are_no_figure() -> None:
    text = VALID.replace("Atelier du pont", "Les 3 Ponts").replace("La commune prête un local", "Les 3 Ponts ouvrent")
    text = text.replace("Les 3 Ponts ouvrent à l'association[^mairie].", "Les 3 Ponts ouvrent à tous.")
    assert not [problem for problem in editorial.check(read(text)) if problem.code == "sans-note"]


def test_titles_and_long_sentences_are_written_once(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"un": VALID, "deux": VALID})
    codes = {problem.code for problem in crosscheck.check(load(tmp_path))}
    assert {"double", "copie"} <= codes


def test_what_two_cases_share_is_told_of_both(tmp_path: Path) -> None:
    write_corpus(tmp_path, {"un": VALID, "deux": VALID})
    told = {(problem.path, problem.message) for problem in crosscheck.check(load(tmp_path)) if problem.code == "double"}
    assert told == {("cases/un.md", "même titre que deux"), ("cases/deux.md", "même titre que un")}


def test_a_link_to_no_case_and_a_link_to_itself_are_told(tmp_path: Path) -> None:
    linked = VALID.replace(
        "redaction:", "apparentes:\n  - {cas: rien, lien: meme-reponse}\n  - {cas: un, lien: meme-reponse}\nredaction:"
    )
    write_corpus(tmp_path, {"un": linked})
    messages = [problem.message for problem in crosscheck.check(load(tmp_path)) if problem.code == "lien"]
    assert messages == ["« rien » n'est pas une fiche publiée", "la fiche se cite elle-même"]


def test_one_organisation_has_one_spelling_and_one_type(tmp_path: Path) -> None:
    other = VALID.replace("Ville de Redon\n    type: collectivite", "Ville de Redonn\n    type: collectivite")
    third = VALID.replace("nom: Atelier du pont\n    type: association", "nom: Atelier du pont\n    type: ess")
    write_corpus(tmp_path, {"un": VALID, "deux": other, "trois": third})
    messages = [problem.message for problem in crosscheck.check(load(tmp_path)) if problem.code == "registre"]
    assert "« Ville de Redonn » ressemble à « Ville de Redon »" in messages or (
        "« Ville de Redon » ressemble à « Ville de Redonn »" in messages
    )
    assert "« Atelier du pont » a plusieurs types : association, ess" in messages


def test_a_bearer_of_more_than_six_cases_is_told(tmp_path: Path) -> None:
    write_corpus(tmp_path, {f"cas-{number}": VALID for number in range(7)})
    corpus: Corpus = load(tmp_path)
    assert [problem.code for problem in crosscheck.check(corpus)].count("porteur") == 1


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("La ville saisit le CZTR.", ["CZTR"]),
        ("La ville saisit le CZTR, puis encore le CZTR.", ["CZTR"]),
        ("La ville saisit le conseil de zone (CZTR), puis le CZTR.", []),
        ("La ville saisit le CZTR (conseil de zone).", []),
        ("La ville saisit le conseil de zone, le CZTR.", []),
        ("La ville saisit la CZTR, caisse de zone.", []),
        ("La ville saisit CZTR Grand Ouest et la Fondation CZTS.", []),
        ("La ville mène le projet CZTR et le programme « CZTS ».", []),
        ("La ville, au XXI siècle, reçoit la TVA par SMS.", []),
        ("La ville saisit le QPVX du lexique.", []),
    ],
)
def test_an_acronym_is_explained_once(sentence: str, told: list[str], tmp_path: Path) -> None:
    write_corpus(tmp_path, {"a": spoiled("## Le besoin\n", f"## Le besoin\n\n{sentence}\n")})
    (tmp_path / "lexique.yaml").write_text("- {terme: QPVX, equivalents: [quartier]}\n", encoding="utf-8")
    problems = [problem for problem in crosscheck.check(load(tmp_path)) if problem.code == "sigle"]
    assert [problem.message for problem in problems] == [f"sigle jamais expliqué : « {word} »" for word in told]
    lines = (tmp_path / "a.md").read_text(encoding="utf-8").splitlines()
    assert all(lines[problem.line - 1].startswith("## ") for problem in problems)


def test_a_local_version_shares_a_category_with_what_it_comes_from(tmp_path: Path) -> None:
    link = "apparentes:\n  - {cas: autre, lien: version-locale}\n"
    other = VALID.replace("categorie: mecenat", "categorie: cooperation-economique")
    assert other != VALID
    alone = VALID.replace("redaction:", link + "redaction:")
    write_corpus(tmp_path, {"a": alone, "autre": other.replace("titre: ", "titre: Autre ")})
    assert [problem.code for problem in crosscheck.check(load(tmp_path)) if problem.code == "jumelle"] == ["jumelle"]
    both = other.replace("domaines:", "autres_categories: [mecenat]\ndomaines:")
    write_corpus(tmp_path, {"autre": both.replace("titre: ", "titre: Autre ")})
    assert [problem.code for problem in crosscheck.check(load(tmp_path)) if problem.code == "jumelle"] == []
