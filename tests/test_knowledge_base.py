from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kb.config import Settings
from kb.corpus.catalogue import write_case
from kb.errors import TaxonomyError
from kb.knowledge_base import RESCAN_SECONDS, KnowledgeBase
from kb.search.query import SearchQuery
from tests.corpus.samples import VALID, write_corpus


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    cases = tmp_path / "cases"
    cases.mkdir()
    write_corpus(cases, {"atelier-du-pont": VALID})
    return Settings(cases=cases, index=tmp_path / "index", instance=tmp_path / "instance")


def found(base: KnowledgeBase, words: str) -> tuple[str, ...]:
    return base.current().search(SearchQuery(texte=words)).slugs


def test_a_published_change_is_seen_by_every_process_at_its_next_request(settings: Settings) -> None:
    bases = [KnowledgeBase(settings), KnowledgeBase(settings)]
    assert [found(base, "verger") for base in bases] == [(), ()]
    write_case(settings.cases, "verger", VALID.replace("L'Atelier du pont", "Le Verger du pont"), None)
    assert [found(base, "verger") for base in bases] == [("verger",), ("verger",)]
    (settings.cases / "verger.md").unlink()
    assert [found(base, "verger") for base in bases] == [(), ()]


def test_a_file_edited_in_place_is_seen_within_the_rescan_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = KnowledgeBase(settings)
    assert found(base, "chapelle") == ()
    with (settings.cases / "atelier-du-pont.md").open("w", encoding="utf-8") as file:
        file.write(VALID.replace("un garage", "une chapelle"))
    clock = base._scanned_at + RESCAN_SECONDS
    monkeypatch.setattr("kb.knowledge_base.time.monotonic", lambda: clock)
    assert found(base, "chapelle") == ("atelier-du-pont",)


def test_an_edition_stays_what_it_was_for_the_request_that_holds_it(settings: Settings) -> None:
    base = KnowledgeBase(settings)
    held = base.current()
    (settings.cases / "atelier-du-pont.md").unlink()
    assert base.current().cases == {}
    assert list(held.cases) == ["atelier-du-pont"]
    assert held.search(SearchQuery(texte="garage")).total == 1


def test_a_vocabulary_broken_under_a_running_site_leaves_the_last_good_edition(settings: Settings) -> None:
    base = KnowledgeBase(settings)
    before = base.current()
    (settings.cases / "organisations.yaml").write_text("- nom: X\n  type: licorne\n")
    assert base.current() is before
    (settings.cases / "organisations.yaml").unlink()
    write_case(settings.cases, "verger", VALID.replace("L'Atelier du pont", "Le Verger du pont"), None)
    assert found(base, "verger") == ("verger",)


def test_what_is_kept_out_is_said_once_in_the_log(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    base = KnowledgeBase(settings)
    base.current()
    (settings.cases / "faux.md").write_text("---\ntitre: [\n---\n")
    base.current()
    (settings.cases / "autre.md").write_text(VALID)
    base.current()
    assert [message.partition(" : ")[2].partition(": ")[0] for message in caplog.messages] == ["cases/faux.md:2"]
    caplog.clear()
    (settings.cases / "taxonomy.yaml").write_text("- rien\n")
    base.current()
    (settings.cases / "encore.md").write_text(VALID)
    base.current()
    assert len(caplog.messages) == 1
    assert "La dernière édition bonne reste en ligne" in caplog.text
    assert "taxonomy.yaml" in caplog.text


def test_a_vocabulary_broken_at_the_start_is_said(settings: Settings) -> None:
    (settings.cases / "taxonomy.yaml").write_text("categorie: []\n")
    with pytest.raises(TaxonomyError, match="vocabulaire absent"):
        KnowledgeBase(settings).current()


def test_the_index_can_be_deleted_under_a_running_site(settings: Settings) -> None:
    base = KnowledgeBase(settings)
    assert found(base, "garage") == ("atelier-du-pont",)
    shutil.rmtree(settings.index)
    assert found(base, "garage") == ("atelier-du-pont",)
    assert found(KnowledgeBase(settings), "garage") == ("atelier-du-pont",)


def test_organisations_lead_to_their_cases(settings: Settings) -> None:
    edition = KnowledgeBase(settings).current()
    slug = edition.organisation_slug("Ville de Redon")
    assert slug == "ville-de-redon"
    assert [(case.slug, part.role) for case, part in edition.cases_of(slug)] == [("atelier-du-pont", "partenaire")]
    assert edition.organisation_slug("Personne") is None
