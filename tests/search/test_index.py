"""The index on disk: whatever happens to its files, a search answers."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.corpus.case import Case
from kb.corpus.organisations import Organisation
from kb.errors import IndexUnavailableError
from kb.search.documents import Material
from kb.search.index import clear, open_generation
from kb.search.snapshot import Snapshot
from tests.search import samples

CASES = [samples.case(f"cas-{number}", f"Vélo {number}", corps="Un garage solidaire.") for number in range(12)]


def material(*cases: object) -> Material:
    return Material({case.slug: case for case in cases or CASES}, samples.taxonomy())  # type: ignore[attr-defined]


def generations(folder: Path) -> list[Path]:
    return sorted(folder.glob("g-*"))


def works(snapshot: Snapshot, size: int = len(CASES)) -> bool:
    return snapshot.size == size and snapshot.terms.find("garag") is not None


def test_an_index_is_built_once_then_opened(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    for _ in range(2):
        assert works(open_generation(tmp_path, material(), lambda done, total: told.append((done, total))))
    assert told == [(done, len(CASES)) for done in range(1, len(CASES) + 1)]
    assert len(generations(tmp_path)) == 1


def files_of_a_generation() -> list[str]:
    return ["manifeste.json", "instantane.bin", *(f"whoosh/*{end}" for end in (".seg", ".toc"))]


@pytest.mark.parametrize("name", files_of_a_generation())
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "altered", "garbage", "folder"])
def test_a_damaged_file_means_a_new_index(tmp_path: Path, name: str, damage: str) -> None:
    open_generation(tmp_path, material())
    (generation,) = generations(tmp_path)
    for path in generation.glob(name):
        spoil(path, damage)
    assert works(open_generation(tmp_path, material()))
    told: list[int] = []
    open_generation(tmp_path, material(), lambda done, _total: told.append(done))
    assert told == []


def spoil(path: Path, damage: str) -> None:
    data = path.read_bytes()
    path.unlink()
    if damage == "folder":
        path.mkdir()
    elif damage != "missing":
        middle = len(data) // 2
        spoilt = {
            "empty": b"",
            "cut": data[:middle],
            "altered": data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :],
            "garbage": b"\xff" * len(data),
        }
        path.write_bytes(spoilt[damage])


def test_every_byte_of_a_snapshot_is_guarded(tmp_path: Path) -> None:
    open_generation(tmp_path, material())
    (generation,) = generations(tmp_path)
    path = generation / "instantane.bin"
    data = path.read_bytes()
    for place in range(0, len(data), 997):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x80]) + data[place + 1 :])
        snapshot = open_generation(tmp_path, material())
        assert works(snapshot), place
        (generation,) = generations(tmp_path)
        path = generation / "instantane.bin"


@pytest.mark.parametrize(
    "leftover",
    [
        lambda index: (index / "en-cours-mort").mkdir(),
        lambda index: (index / "en-cours-mort").write_text("x"),
        lambda index: (index / "g-0123456789abcdef").mkdir(),
        lambda index: (index / "g-0123456789abcdef").write_text("x"),
        lambda index: (index / "g-0123456789abcdef").symlink_to("/nulle/part"),
        lambda index: (index / "verrou").write_text("123456"),
    ],
)
def test_leftovers_of_a_dead_build_do_no_harm(tmp_path: Path, leftover: Callable[[Path], object]) -> None:
    leftover(tmp_path)
    assert works(open_generation(tmp_path, material()))
    assert not list(tmp_path.glob("en-cours-*"))


def test_a_file_in_the_place_of_the_generation_is_replaced(tmp_path: Path) -> None:
    open_generation(tmp_path, material())
    (generation,) = generations(tmp_path)
    clear(tmp_path)
    generation.write_text("not a folder")
    assert works(open_generation(tmp_path, material()))


def test_an_index_of_another_format_is_rebuilt(tmp_path: Path) -> None:
    open_generation(tmp_path, material())
    (generation,) = generations(tmp_path)
    manifest = json.loads((generation / "manifeste.json").read_text())
    (generation / "manifeste.json").write_text(json.dumps(manifest | {"format": "0"}))
    assert works(open_generation(tmp_path, material()))


def test_a_manifest_nested_beyond_reason_is_unreadable(tmp_path: Path) -> None:
    open_generation(tmp_path, material())
    (generation,) = generations(tmp_path)
    (generation / "manifeste.json").write_text("[" * 100_000)
    assert works(open_generation(tmp_path, material()))


def test_a_changed_case_is_updated_alone(tmp_path: Path) -> None:
    open_generation(tmp_path, material())
    changed = [samples.case("cas-3", "Trottinette"), *(case for case in CASES if case.slug not in ("cas-3", "cas-5"))]
    told: list[int] = []
    snapshot = open_generation(tmp_path, material(*changed), lambda _done, total: told.append(total))
    assert told == [1]
    assert snapshot.size == len(CASES) - 1
    assert snapshot.terms.find("trottinet") is not None
    assert "cas-5" not in snapshot.slugs


@pytest.mark.parametrize(
    "after",
    [
        [*CASES[2:], samples.case("cas-0", "Trottinette"), samples.case("nouveau", "Navette", debut=1998)],
        [*CASES[:11], samples.case("zzz", "Dernier à l'école"), samples.case("aaa", "Premier à l'ecole")],
        [samples.case("cas-7", corps="Rien."), *CASES[:7], *CASES[8:]],
        CASES[1:],
        CASES[:-2],
        [*CASES, samples.case("cas-10-bis", corps={"besoin": "Un garage.", "solution": "Zut, " * 300})],
    ],
    ids=["replaced and added", "at both ends", "edited", "first gone", "last gone", "long"],
)
def test_an_update_gives_the_same_arrays_as_a_new_index(tmp_path: Path, after: list[Case]) -> None:
    open_generation(tmp_path / "a", material())
    updated = open_generation(tmp_path / "a", material(*after))
    built = open_generation(tmp_path / "b", material(*after))
    assert_same(updated, built)


def assert_same(updated: Snapshot, built: Snapshot) -> None:
    assert updated.arrays.keys() == built.arrays.keys()
    for name, array in built.arrays.items():
        assert updated.arrays[name].dtype == array.dtype, name
        assert updated.arrays[name].tolist() == array.tolist(), name


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 14), st.sampled_from(["vélo", "école", "garage", ""])), max_size=8))
def test_any_series_of_changes_gives_the_arrays_of_a_new_index(changes: list[tuple[int, str]]) -> None:
    """Words are written in one way here: after an update, a known word keeps the writing it had."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cases = {case.slug: case for case in CASES}
        snapshot = open_generation(folder / "a", material(*cases.values()))
        for number, word in changes:
            slug = f"cas-{number}"
            if word:
                cases[slug] = samples.case(slug, word.title(), corps=f"{word} {word} partout")
            elif len(cases) > 1:
                cases.pop(slug, None)
            snapshot = open_generation(folder / "a", material(*cases.values()))
        assert_same(snapshot, open_generation(folder / "b", material(*cases.values())))


def test_a_damaged_previous_generation_is_not_built_upon(tmp_path: Path) -> None:
    open_generation(tmp_path, material())
    (generation,) = generations(tmp_path)
    for path in generation.glob("whoosh/*.toc"):
        spoil(path, "cut")
    assert works(open_generation(tmp_path, material(*CASES[1:])), len(CASES) - 1)


def test_a_new_vocabulary_means_a_new_index(tmp_path: Path) -> None:
    open_generation(tmp_path, material())
    told: list[int] = []
    known = Material({case.slug: case for case in CASES}, samples.taxonomy(), {"Alpha": ("Première lettre",)})
    snapshot = open_generation(tmp_path, known, lambda _done, total: told.append(total))
    assert told[:1] == [len(CASES)]
    assert snapshot.terms.find("lettr") is not None


def test_only_the_previous_generation_is_kept(tmp_path: Path) -> None:
    for dropped in range(5):
        open_generation(tmp_path, material(*CASES[dropped:]))
    assert len(generations(tmp_path)) == 2


def test_no_case_is_a_corpus_too(tmp_path: Path) -> None:
    assert open_generation(tmp_path, Material({}, samples.taxonomy())).size == 0


def test_a_disk_that_refuses_is_said_in_french(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("")
    with pytest.raises(IndexUnavailableError, match=r"ne peut être écrit dans .*KB_INDEX"):
        open_generation(tmp_path / "fichier" / "index", material())


def test_aliases_of_organisations_are_searched(tmp_path: Path) -> None:
    from kb.search.engine import open_engine

    organisations = [Organisation("Alpha", "alpha", "citoyens", ("Première Lettre",))]
    engine = open_engine(tmp_path, samples.holdings(CASES, organisations))
    assert samples.search(engine, "première lettre").total == len(CASES)


def _open(folder: Path, answers: multiprocessing.Queue[int]) -> None:
    answers.put(open_generation(folder, material()).size)


def test_several_processes_build_one_index(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[int] = context.Queue()
    workers = [context.Process(target=_open, args=(tmp_path, answers)) for _ in range(3)]
    for worker in workers:
        worker.start()
    assert [answers.get(timeout=60) for _ in workers] == [len(CASES)] * 3
    for worker in workers:
        worker.join(60)
    assert len(generations(tmp_path)) == 1


def _killed(folder: Path, step: int, edited: Material) -> None:
    """Bring the index up to date, and die as by `kill -9` at the given step that opens, moves or removes a file."""
    left = step

    def strike(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in {"open", "os.rename", "os.remove", "os.mkdir"} and str(folder) in repr(arguments):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(strike)
    open_generation(folder, edited)


def test_a_build_killed_at_any_step_loses_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    edited = material(*CASES[1:], samples.case("cas-0", "Un garage repeint", corps="Un garage solidaire."))
    steps = 0
    while True:
        folder = tmp_path / str(steps)
        folder.mkdir()
        open_generation(folder, material())
        child = context.Process(target=_killed, args=(folder, steps, edited))
        child.start()
        child.join(60)
        assert works(open_generation(folder, edited))
        assert works(open_generation(folder, material()))
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
        steps += 5
    assert steps >= 10, "nothing was killed"


def test_a_snapshot_cut_short_under_a_running_process_goes_on_answering(tmp_path: Path) -> None:
    snapshot = open_generation(tmp_path, material())
    for path in tmp_path.rglob("instantane.bin"):
        path.write_bytes(b"")
    assert works(snapshot)
    assert works(open_generation(tmp_path, material()))
