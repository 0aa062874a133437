"""Searches without an answer: counted, anonymous, forgotten in time."""

from __future__ import annotations

import datetime
import os
import threading
from pathlib import Path

import pytest

from kb.search.unanswered import MAX_DAY_BYTES, Unanswered, UnansweredLog, without_private

TODAY = datetime.date(2026, 11, 21)


def test_searches_are_counted_by_their_words(tmp_path: Path) -> None:
    log = UnansweredLog(tmp_path / "journal", 90)
    for text in ("Licorne", "licorne ?", "dahu"):
        log.note(text, TODAY)
    assert log.most(TODAY) == (Unanswered("licorne", 2), Unanswered("dahu", 1))
    assert log.most(TODAY, limit=1) == (Unanswered("licorne", 2),)


def test_days_past_the_limit_are_forgotten(tmp_path: Path) -> None:
    log = UnansweredLog(tmp_path, 30)
    log.note("vieux", TODAY - datetime.timedelta(30))
    log.note("récent", TODAY - datetime.timedelta(29))
    assert log.most(TODAY) == (Unanswered("récent", 1),)
    log.note("neuf", TODAY)
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["2026-10-23", "2026-11-21"]


def test_the_log_can_be_off(tmp_path: Path) -> None:
    UnansweredLog(tmp_path, 30).note("licorne", TODAY)
    off = UnansweredLog(tmp_path, 0)
    off.note("dahu", TODAY)
    assert off.most(TODAY) == ()
    off.forget(TODAY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Aide à jean.dupont@exemple.fr", "aide à"),
        ("appeler 06 12 34 56 78 vite", "appeler vite"),
        ("en 2023, 119 lieux", "en 2023 119 lieux"),
        ("<script>\n\tlicorne\0", "script licorne"),
        ("???", ""),
        (" ".join(["mot"] * 100), " ".join(["mot"] * 12)),
    ],
)
def test_only_words_are_written(typed: str, written: str) -> None:
    assert without_private(typed) == written


def test_a_day_has_a_limit(tmp_path: Path) -> None:
    path = tmp_path / f"{TODAY.isoformat()}.txt"
    path.write_text("x\n" * MAX_DAY_BYTES)
    UnansweredLog(tmp_path, 30).note("licorne", TODAY)
    assert path.stat().st_size == 2 * MAX_DAY_BYTES


def test_a_disk_that_refuses_costs_no_page(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    log = UnansweredLog(tmp_path / "fichier" / "journal", 30)
    log.note("licorne", TODAY)
    assert log.most(TODAY) == ()


def test_strange_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "9999-99-99.txt").write_text("x\n")
    (tmp_path / f"{TODAY.isoformat()}.txt").write_bytes(b"\xff\xfe\nlicorne\n")
    assert Unanswered("licorne", 1) in UnansweredLog(tmp_path, 30).most(TODAY)


def test_threads_and_processes_do_not_cut_lines(tmp_path: Path) -> None:
    log = UnansweredLog(tmp_path, 30)
    threads = [threading.Thread(target=lambda: [log.note("licorne bleue", TODAY) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.most(TODAY) == (Unanswered("licorne bleue", 200),)
    (path,) = tmp_path.iterdir()
    assert os.stat(path).st_mode & 0o077 == 0  # noqa: PTH116 — the bits themselves are what is tested.
