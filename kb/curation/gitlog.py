"""Commits a publication when the cases are in a git work tree: the curator is the author, history stays in git too."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterable
from pathlib import Path

from kb.corpus.moves import ARCHIVES, MOVES
from kb.curation.models import Account

logger = logging.getLogger(__name__)
_SECONDS = 20


def commit(directory: Path, slugs: Iterable[str], message: str, author: Account, others: Iterable[str] = ()) -> bool:
    """Commit the files of some cases, `others` by name, and nothing else; whether it was done.

    The files are published in any case.
    """
    email = author.courriel or f"{author.identifiant}@atelier.invalid"
    identity = ["-c", f"user.name={author.nom}", "-c", f"user.email={email}", "-c", "commit.gpgsign=false"]
    try:
        paths = _changed(directory, slugs, others)
        _git(directory, "add", "--all", "--", *paths)
        _git(directory, *identity, "commit", "--quiet", "--no-verify", f"--message={message}", "--", *paths)
    except (OSError, subprocess.SubprocessError):
        logger.exception("The publication is done but could not be committed to git.")
        return False
    return True


def _changed(directory: Path, slugs: Iterable[str], others: Iterable[str]) -> list[str]:
    """Paths that a publication may have touched, those that exist or that git knows."""
    names = [
        *dict.fromkeys((MOVES, *others)),
        *(name for slug in slugs for name in (f"{slug}.md", f"{ARCHIVES}/{slug}.md")),
    ]
    known = _git(directory, "ls-files", "-z", "--", *names).split("\0")
    return [name for name in names if (directory / name).exists() or name in known]


def _git(directory: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 — no shell; names and messages are single arguments
        ["git", "-C", str(directory), *arguments],  # noqa: S607
        check=True, capture_output=True, text=True, timeout=_SECONDS,
    )  # fmt: skip
    return done.stdout
