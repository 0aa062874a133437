from __future__ import annotations

from pathlib import Path

import pytest

from kb.corpus.catalogue import Corpus, load
from tests.corpus.samples import VALID, write_corpus


@pytest.fixture
def corpus_of_one(tmp_path: Path) -> Corpus:
    (tmp_path / "un").mkdir()
    return load(write_corpus(tmp_path / "un", {"atelier-du-pont": VALID}))
