"""A case that changes its address, with all that must follow: its redirection, and the cases that cite it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kb.corpus.catalogue import Corpus
from kb.corpus.frontmatter import Document
from kb.corpus.moves import MOVES, Move, with_move, without_move
from kb.curation.models import Account
from kb.curation.set_publishing import RENAMING
from kb.curation.sets import FileChange, Lot, text_of


def renaming(directory: Path, slug: str, target: str, actor: Account, corpus: Corpus, reason: str) -> Lot:
    """What a renaming changes, the files read as they are now. Raises ConflictError for a file that is no text."""
    moves = text_of(directory / MOVES)
    redirected = with_move(without_move(moves or "", target), slug, Move(vers=target))
    text = text_of(directory / f"{slug}.md")
    came = f"Adresse changée : c'était « {slug} ». {reason}".strip()
    went = f"Adresse changée : devenue « {target} ». {reason}".strip()
    changes = (
        FileChange(MOVES, moves, redirected),
        FileChange(f"{target}.md", None, text, came),
        *_citing(directory, slug, target, corpus),
        FileChange(f"{slug}.md", text, None, went),
    )
    return Lot(RENAMING, f"« {slug} » devient « {target} »", actor.nom, changes, reason, renamed={slug: target})


def _citing(directory: Path, slug: str, target: str, corpus: Corpus) -> Iterator[FileChange]:
    """The files of the cases that cite the old address, citing the new one."""
    for case in corpus.cases.values():
        if case.slug != slug and any(relation.cas == slug for relation in case.apparentes):
            text = text_of(directory / f"{case.slug}.md")
            if text is not None:
                reason = f"Suit le cas lié « {slug} », devenu « {target} »"
                yield FileChange(f"{case.slug}.md", text, _cited_anew(text, slug, target), reason)


def _cited_anew(text: str, slug: str, target: str) -> str:
    document = Document.parse(text)
    listed = document.root["apparentes"].value
    for rank, entry in enumerate(listed if isinstance(listed, list) else ()):
        cited = entry.value.get("cas") if isinstance(entry.value, dict) else None
        if cited is not None and cited.value == slug:
            document = document.with_text(("apparentes", rank, "cas"), target)
    return document.text
