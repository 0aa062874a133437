"""What undoing a set changes: every file as it was, but for addresses, which stay good once they were public.

The files of redirections are not given back as they were, since others may have written in them: what came with the set
is taken out of them, and what it had made public is led to what is there now.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path

from kb.corpus.catalogue import TAXONOMY
from kb.corpus.moves import MOVES, Move, with_move, without_move
from kb.corpus.taxonomy import load_yaml
from kb.corpus.term_moves import TERM_MOVES, TermMoves, read_term_moves, term_moves_text
from kb.curation.form import obstacle, read_form
from kb.curation.sets import FileChange, text_of

REDIRECTIONS = (MOVES, TERM_MOVES)


def undoing(directory: Path, done: Sequence[FileChange], reason: str, day: datetime.date) -> tuple[FileChange, ...]:
    """The changes that undo those `done`, the redirections told anew."""
    back = [one.reversed() for one in done if one.name not in REDIRECTIONS]
    moves = text_of(directory / MOVES)
    told = _moves(moves or "", back, reason, day)
    changes = [*back, *([FileChange(MOVES, moves, told)] if told != (moves or "") else [])]
    terms = next((one for one in done if one.name == TERM_MOVES), None)
    if terms is not None:
        known = text_of(directory / TERM_MOVES)
        changes.append(FileChange(TERM_MOVES, known, _term_moves(directory, terms, back)))
    return tuple(changes)


def renamed_in(changes: Iterable[FileChange]) -> dict[str, str]:
    """Old address → new one, where a set takes a case away and brings the same text elsewhere."""
    known = list(changes)
    gone = {one.before: one.slug for one in known if one.slug and one.after is None}
    return {gone[one.after]: one.slug for one in known if one.slug and one.before is None and one.after in gone}


def _moves(text: str, back: list[FileChange], reason: str, day: datetime.date) -> str:
    """Cases that come back leave the file; those that go lead to where they went, or say why."""
    renamed = renamed_in(back)
    for one in back:
        if one.slug and one.before is None:
            text = without_move(text, one.slug)
    for one in back:
        if one.slug and one.after is None:
            target = renamed.get(one.slug, "")
            gone = Move(archivee=day.isoformat(), titre=_title(one.before or ""), motif=reason)
            text = with_move(text, one.slug, Move(vers=target) if target else gone)
    return text


def _term_moves(directory: Path, done: FileChange, back: list[FileChange]) -> str:
    """Terms that come back lead nowhere else; the identifiers that go lead to them."""
    present: TermMoves = read_term_moves(directory / TERM_MOVES)
    before = load_yaml(done.before or "") or {}
    after = load_yaml(done.after or "") or {}
    restored = next((one.after for one in back if one.name == TAXONOMY and one.after), "")
    taxonomy = load_yaml(restored) or {}
    moves = {name: dict(pairs) for name, pairs in present.items()}
    for name, pairs in after.items():
        terms = {str(term["id"]) for term in taxonomy.get(name, ())}
        for old, new in ((str(old), str(new)) for old, new in pairs.items() if str(old) not in before.get(name, {})):
            moves.setdefault(name, {}).pop(old, None)
            if new not in terms:
                moves[name][new] = old
    return term_moves_text(moves)


def _title(text: str) -> str:
    return "" if obstacle(text) else read_form(text).texts["titre"]
