"""The folder of case files: find them, read them once, notice what changed, write one safely."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from kb.corpus.case import Case
from kb.corpus.files import Stamp, write_atomically
from kb.corpus.kept import find_readings, keep_readings
from kb.corpus.lexicon import Entry, read_lexicon
from kb.corpus.moves import ARCHIVES, MOVES, Move, read_moves
from kb.corpus.organisations import Organisation, Registry, gather, read_registry
from kb.corpus.problems import Problem
from kb.corpus.taxonomy import Taxonomy, read_taxonomy
from kb.corpus.term_moves import TERM_MOVES, TermMoves, read_term_moves
from kb.corpus.validation import MAX_BYTES, MAX_SLUG, SLUG, Reading, read_case
from kb.errors import ConflictError

TAXONOMY, REGISTRY, LEXICON = "taxonomy.yaml", "organisations.yaml", "lexique.yaml"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything the folder holds at one moment. `digest` changes whenever a case or a vocabulary does."""

    taxonomy: Taxonomy
    registry: Registry
    cases: Mapping[str, Case]
    organisations: Mapping[str, Organisation]
    problems: tuple[Problem, ...]
    digest: str
    stamps: Mapping[str, Stamp]
    readings: Mapping[str, Reading] = field(repr=False)
    vocabulary_digest: str = ""
    moves: Mapping[str, Move] = field(default_factory=dict)
    term_moves: TermMoves = field(default_factory=dict)
    lexicon: tuple[Entry, ...] = ()


def scan(directory: Path) -> dict[str, Stamp]:
    """Modification time, size and inode of every file that matters, by name: what tells that something changed."""
    stamps: dict[str, Stamp] = {}
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name.endswith((".md", ".yaml")) and not entry.name.startswith("."):
                status = entry.stat(follow_symlinks=False)
                stamps[entry.name] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return stamps


def load(
    directory: Path, previous: Corpus | None = None, progress: Progress | None = None, kept: Path | None = None
) -> Corpus:
    """Read the folder, taking from `previous` the files that did not change. Raises TaxonomyError, OSError.

    At a start, when there is nothing before, the file `kept` holds what an earlier start read.
    """
    stamps = scan(directory)
    vocabulary_digest = _digest(_bytes(directory / name) for name in (TAXONOMY, REGISTRY, LEXICON))
    same_vocabulary = previous is not None and previous.vocabulary_digest == vocabulary_digest
    if previous is not None and same_vocabulary:
        taxonomy, registry, lexicon = previous.taxonomy, previous.registry, previous.lexicon
    else:
        taxonomy = read_taxonomy(directory / TAXONOMY)
        registry = read_registry(directory / REGISTRY, taxonomy["acteur"])
        lexicon = read_lexicon(directory / LEXICON)
    known: Mapping[str, tuple[Stamp, Reading]] = {}
    if previous is not None and same_vocabulary:
        known = {name: (previous.stamps[name], reading) for name, reading in previous.readings.items()}
    elif kept:
        known = find_readings(kept, directory, vocabulary_digest)
    readings = _read_all(directory, stamps, known, taxonomy, registry, progress)
    if (
        kept
        and previous is None
        and any(name not in known or known[name][1] is not readings[name] for name in readings)
    ):
        keep_readings(kept, directory, vocabulary_digest, stamps, readings)
    corpus = _corpus(directory, taxonomy, registry, readings, stamps, vocabulary_digest)
    return replace(
        corpus,
        moves=read_moves(directory / MOVES),
        term_moves=read_term_moves(directory / TERM_MOVES),
        lexicon=lexicon,
    )


def _read_all(
    directory: Path,
    stamps: Mapping[str, Stamp],
    known: Mapping[str, tuple[Stamp, Reading]],
    taxonomy: Taxonomy,
    registry: Registry,
    progress: Progress | None,
) -> dict[str, Reading]:
    """The reading of each file, taken from `known` when the file has not changed since."""
    names = sorted(name for name in stamps if name.endswith(".md"))
    readings: dict[str, Reading] = {}
    for done, name in enumerate(names, 1):
        stamp, reading = known.get(name, (None, None))
        same = reading is not None and stamp == stamps[name]
        readings[name] = reading if reading and same else read_file(directory / name, taxonomy, registry)
        if progress:
            progress(done, len(names))
    return readings


def read_file(path: Path, taxonomy: Taxonomy, registry: Registry) -> Reading:
    """Read one file of the folder, whatever it is; what is wrong with it is in the problems."""
    label = f"{path.parent.name}/{path.name}"
    refusal = _refusal(path)
    if refusal:
        return Reading(path.stem, None, (Problem(label, 0, "", *refusal, code="fichier"),))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
            size = path.stat().st_size if len(data) > MAX_BYTES else len(data)
    except OSError as error:
        message = f"fichier illisible ({error.strerror})"
        return Reading(path.stem, None, (Problem(label, 0, "", message, "vérifiez ses droits", code="fichier"),))
    if size > MAX_BYTES:
        message = f"fichier de {size // 1024} Kio, {MAX_BYTES // 1024} au plus"
        return Reading(path.stem, None, (Problem(label, 0, "", message, "allégez la fiche", code="taille"),))
    return read_case(label, path.stem, data, taxonomy, registry)


def write_case(directory: Path, slug: str, text: str, expected_digest: str | None) -> None:
    """Write a case file atomically, provided the file on disk is still the one of `expected_digest` (None: no file).

    Raises ConflictError when it is not, ValueError for a slug that is no file name of ours.
    """
    if not SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        raise ValueError(f"adresse de fiche mal formée : « {slug} »")
    path = directory / f"{slug}.md"
    current = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None
    if current != expected_digest:
        raise ConflictError(f"{path.name} a changé depuis sa lecture : relisez-la avant d'enregistrer.")
    write_atomically(path, text.encode("utf-8"))


def _refusal(path: Path) -> tuple[str, str] | None:
    """Why a directory entry cannot be a case file, and the cure."""
    if path.is_symlink():
        return "lien symbolique", "remplacez-le par le fichier lui-même"
    if path.is_dir():
        return "un dossier porte le nom d'une fiche", "renommez-le"
    if not path.is_file():
        return "ce n'est pas un fichier ordinaire", "retirez-le"
    if not SLUG.fullmatch(path.stem) or len(path.stem) > MAX_SLUG:
        cure = f"minuscules sans accent, chiffres et tirets, {MAX_SLUG} caractères au plus"
        return f"nom de fichier « {path.stem} » mal formé", cure
    return None


def _corpus(
    directory: Path,
    taxonomy: Taxonomy,
    registry: Registry,
    readings: Mapping[str, Reading],
    stamps: Mapping[str, Stamp],
    vocabulary_digest: str,
) -> Corpus:
    cases = {reading.slug: reading.case for reading in readings.values() if reading.case}
    problems = [problem for reading in readings.values() for problem in reading.problems]
    problems += _strays(directory, readings)
    digest = _digest([vocabulary_digest.encode(), *(f"{slug} {case.digest}".encode() for slug, case in cases.items())])
    organisations = gather(registry, cases.values())
    return Corpus(
        taxonomy, registry, cases, organisations, tuple(sorted(problems)), digest, stamps, readings, vocabulary_digest
    )  # fmt: skip


def _strays(directory: Path, readings: Mapping[str, Reading]) -> list[Problem]:
    """Case files lost in a subfolder: they are not published, and one may claim an address already taken."""
    problems = []
    for path in sorted(directory.glob("*/**/*.md")):
        inside = path.relative_to(directory).parts
        if inside[0] == ARCHIVES or any(part.startswith(".") for part in inside):
            continue
        label = f"{directory.name}/{path.relative_to(directory)}"
        taken = f" et porte la même adresse que {path.name}" if path.name in readings else ""
        message = f"fiche dans un sous-dossier{taken}"
        problems.append(Problem(label, 0, "", message, f"déplacez-la dans {directory.name}/", code="fichier"))
    return problems


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def _digest(parts: Iterable[bytes]) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()
