"""What a search answers: words, order, pages, excerpts, and calm before anything typed."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from kb.corpus.case import PartialDate, Redaction
from kb.search.engine import Engine
from kb.search.query import PAGE_SIZE, SearchQuery
from kb.search.results import Matching
from tests.search import samples
from tests.search.samples import case, search, shown


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return samples.engine(tmp_path_factory.mktemp("index"), samples.worked_cases())


def test_the_worked_files_are_found_by_their_subject(worked: Engine) -> None:
    assert search(worked, "consigne du verre").slugs[:2] == ("reutiliz", "bout-a-bout")
    assert search(worked, "garage solidaire corse").slugs[0] == "corse-mobilite-solidaire"
    assert search(worked, "épicerie Mayotte").slugs == ("yes-we-can-nette",)


def test_without_words_the_freshest_come_first(tmp_path: Path) -> None:
    engine = samples.engine(
        tmp_path,
        [
            case("a", situation_au=PartialDate(2023, 5)),
            case("b", situation_au=PartialDate(2024)),
            case("c", situation_au=PartialDate(2024), redaction=redaction(2025)),
            case("d", situation_au=PartialDate(2024)),
        ],
    )
    results = search(engine)
    assert results.slugs == ("c", "b", "d", "a")
    assert results.matching is Matching.NO_WORDS


def redaction(year: int) -> Redaction:
    return Redaction("Équipe éditoriale", PartialDate(year), PartialDate(year, 6, 1))


def test_other_orders(tmp_path: Path) -> None:
    engine = samples.engine(
        tmp_path,
        [
            case("a", "Zèbre vélo", etape="conception"),
            case("b", "Âne vélo", etape="essaimage"),
            case("c", "Mule vélo", etape="essaimage"),
        ],
    )
    assert search(engine, tri="titre").slugs == ("b", "c", "a")
    assert search(engine, "vélo", tri="etape").slugs == ("b", "c", "a")


def test_ties_are_broken_by_slug(tmp_path: Path) -> None:
    engine = samples.engine(tmp_path, [case(slug, "Vélo") for slug in ("c", "a", "b")])
    assert search(engine, "vélo").slugs == ("a", "b", "c")


@pytest.mark.parametrize("typed", ["Les vélos du Nord", "les velos du nord", "vélos nord", "« Les vélos du Nord »"])
def test_the_exact_or_nearly_exact_title_is_first(tmp_path: Path, typed: str) -> None:
    wordy = {"besoin": "Vélos du nord, vélos au nord, vélos vers le nord. " * 20, "solution": "vélo nord " * 50}
    engine = samples.engine(
        tmp_path,
        [case("bavard", "Vélos, vélos et vélos du Nord au nord", corps=wordy), case("z", "Les vélos du Nord")],
    )
    assert search(engine, typed).slugs[0] == "z"


@pytest.mark.parametrize(("typed", "first"), [("ehop", "z-nom"), ("Les Ehops", "z-nom"), ("Mayotte", "bavard")])
def test_the_name_that_a_title_begins_with_is_a_title(tmp_path: Path, typed: str, first: str) -> None:
    wordy = {"besoin": "Ehop à Mayotte, ehop encore à Mayotte. " * 20, "solution": "ehop Mayotte " * 50}
    engine = samples.engine(
        tmp_path,
        [
            case("bavard", "Mayotte roule avec Ehop vers Mayotte", corps=wordy),
            case("z-lieu", "À Mayotte, un campus connecté"),
            case("z-nom", "Ehop, une association qui organise le covoiturage des salariés de Rennes"),
        ],
    )
    assert search(engine, typed).slugs[0] == first


def test_all_words_first_then_most_words_saying_so(tmp_path: Path) -> None:
    engine = samples.engine(
        tmp_path,
        [
            case("a", corps="Un garage prête un vélo aux apprentis."),
            case("b", corps="Un garage ouvert."),
            case("c", corps="Rien de tel."),
        ],
    )
    everything = search(engine, "garage vélo")
    assert (everything.matching, everything.slugs, everything.mots_ignores) == (Matching.ALL_WORDS, ("a",), ())
    widened = search(engine, "garage vélo apprentis")
    assert (widened.matching, widened.slugs, widened.complets) == (Matching.MOST_WORDS, ("a", "b"), 1)
    assert search(engine, "garage vélo apprentis", region="corse").complets == 0
    most = search(engine, "garage vélo licorne")
    assert (most.matching, most.slugs, most.mots_ignores) == (Matching.MOST_WORDS, ("a",), ("licorne",))
    nothing = search(engine, "licorne dahu")
    assert (nothing.matching, nothing.total) == (Matching.ALL_WORDS, 0)


def test_a_question_is_answered_by_its_subject(worked: Engine) -> None:
    question = "Comment peut-on faire réparer les voitures en Corse, et qui a fait quoi pour l'emploi ?"
    assert search(worked, question).slugs[0] == "corse-mobilite-solidaire"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("vélo OU garage", {"a", "b"}),
        ("vélo SAUF garage", {"a"}),
        ("-garage", {"a", "c"}),
        ('"garage ouvert"', {"b"}),
        ('"ouvert garage"', set()),
        ('"garage du soir"', set()),
        ("gar*", {"b"}),
        ("moi", {"c"}),
        ("toit à moi", {"c"}),
        ("de la", set()),
    ],
)
def test_syntax(tmp_path: Path, typed: str, expected: set[str]) -> None:
    engine = samples.engine(
        tmp_path,
        [case("a", corps="Un vélo."), case("b", corps="Un garage ouvert le soir."), case("c", "Toit à moi")],
    )
    assert set(search(engine, typed).slugs) == expected


def test_a_page_out_of_range_is_the_last_one(tmp_path: Path) -> None:
    engine = samples.engine(tmp_path, [case(f"cas-{number:02}", "Vélo") for number in range(PAGE_SIZE + 3)])
    results = search(engine, "vélo", page=9999)
    assert (results.query.page, len(results.hits), results.total) == (2, 3, PAGE_SIZE + 3)
    assert search(engine, "licorne", page=7).query.page == 1
    assert [hit.slug for hit in search(engine, page=2).hits] == list(search(engine).slugs[PAGE_SIZE:])


def test_an_empty_base_answers(tmp_path: Path) -> None:
    engine = samples.engine(tmp_path, [])
    for typed in ("", "vélo", '"un vélo"', "vél*", "-vélo", "vélo OU garage"):
        assert search(engine, typed, region="bretagne", de=2010).total == 0
    assert engine.similar("rien") == ()


def test_words_are_marked_where_they_stand(tmp_path: Path) -> None:
    passage = "Des **vélos**[^a] prêtés par l’auto-école du garage. "
    texts = {"besoin": "Une ville sans garage.", "solution": "Rien de cela. " * 30 + passage + "Et après. " * 40}
    engine = samples.engine(tmp_path, [case("a", "Les vélos de l'auto-école", corps=texts)])
    hit = search(engine, "vélo auto-école garage").hits[0]
    assert shown(hit.titre) == "Les [vélos] de l'[auto-école]"
    assert shown(hit.resume) == "Zygote."
    assert hit.excerpt is not None
    assert hit.excerpt.section == "solution"
    text = shown(hit.excerpt.fragments)
    assert "Des [vélos] prêtés par l’[auto-école] du [garage]." in text
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert 120 <= len(text) <= 240


def test_an_excerpt_is_cut_between_words(worked: Engine) -> None:
    for typed in ("verre", "emploi", "association", "jeunes", "entreprises partenaires", "2020"):
        for hit in search(worked, typed).hits:
            if hit.excerpt:
                text = worked_text(hit.slug, hit.excerpt.section)
                inside = "".join(one.text for one in hit.excerpt.fragments).removeprefix("… ").removesuffix(" …")
                place = text.find(inside)
                assert place >= 0
                assert place == 0 or text[place - 1] == " "
                assert place + len(inside) == len(text) or text[place + len(inside)] == " "
                assert any(one.marked for one in hit.excerpt.fragments)
                assert len(inside) <= 230
                assert "[^" not in inside


def worked_text(slug: str, section: str) -> str:
    from kb.corpus.prose import plain_text

    found = next(one for one in samples.worked_cases() if one.slug == slug)
    return plain_text(found.section(section).markdown).replace("\n", " ")


def test_words_found_only_in_names_give_no_excerpt(tmp_path: Path) -> None:
    engine = samples.engine(tmp_path, [case("a", lieu="Concarneau")])
    assert search(engine, "concarneau").hits[0].excerpt is None


HOSTILE = [
    "*",
    "???",
    '"',
    '"""((([[[{{{',
    "a" * 10_000,
    "a " * 5_000,
    "(" * 10_000,
    "mot OU " * 2_000,
    "-" * 400,
    "a* b* c* aa* bb*",
    "\0",
    "vélo\0garage",
    "🚲🏠",
    "\u202eolév",
    "'; DROP TABLE cas; --",
    "<script>alert(1)</script>",
    ".*(a+)+$",
    "id:1 OR categorie:x",
    "[a TO z] {a..z}",
    "vélo^1000 garage~99",
    "\ud800",
    "%00%ff",
    "é" * 400,
    "l'" * 200,
    "1 000 000 000 000 000",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_gets_an_answer_at_once(worked: Engine, typed: str) -> None:
    for query in (SearchQuery(texte=typed), SearchQuery.parse([("q", typed)], samples.taxonomy())):
        begun = time.process_time()
        results = worked.search(query)
        assert time.process_time() - begun < 1
        assert results.pages >= 1
        assert len(results.hits) <= PAGE_SIZE


def test_threads_share_an_engine(worked: Engine) -> None:
    typed = ["verre", "emploi jeunes", '"main d\'œuvre"', "inser*", "corse OU mayotte", "", "association -verre"]
    expected = [search(worked, text).slugs for text in typed]
    wrong: list[str] = []

    def work() -> None:
        for _ in range(20):
            for text, slugs in zip(typed, expected, strict=True):
                if search(worked, text).slugs != slugs:
                    wrong.append(text)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
