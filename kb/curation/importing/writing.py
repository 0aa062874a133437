"""What a confirmed import writes: drafts, or files, under the rule of a review."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from kb.curation.drafts import require
from kb.curation.importing.report import Judged, Verdict
from kb.curation.models import Account, Origin, Role, State
from kb.curation.set_publishing import IMPORT
from kb.curation.sets import FileChange, Lot, digest
from kb.errors import RefusedError


class Mode(StrEnum):
    """What the chosen files become."""

    BROUILLONS = "brouillons"
    RELECTURE = "relecture"
    PUBLIER = "publier"


def import_lot(
    source: str, judged: Sequence[Judged], mode: Mode, actor: Account, reason: str, *, import_id: int | None = None
) -> Lot:
    """The set that an import makes. Raises ForbiddenError, RefusedError.

    Drafts wait for a reader as any other. To publish at once is to approve one's own text: an administrator may, with
    a reason that stays in history, what has nothing to mend and says the day of its second reading; the rest is drafts.
    """
    require(actor, Role.ADMINISTRATEUR if mode is Mode.PUBLIER else Role.RELECTEUR)
    taken = [one for one in judged if one.verdict in {Verdict.PRETE, Verdict.A_CORRIGER}]
    if not taken:
        raise RefusedError("Aucune fiche à importer n'est cochée.")
    if mode is Mode.PUBLIER and not reason:
        raise RefusedError("Pour publier sans passer par la relecture de l'atelier, dites pourquoi.")
    ready = [one for one in taken if mode is Mode.PUBLIER and _may_go_online(one)]
    why = f"Import de « {source} », publié par qui l'a importé : {reason}"
    return Lot(
        IMPORT, f"Import de « {source} »", actor.nom,
        tuple(FileChange(f"{one.slug}.md", one.base, one.text, why) for one in ready),
        reason, author=actor.nom, origin=Origin.IMPORT, owner_id=actor.id, import_id=import_id,
        opened=tuple(_draft(one, mode) for one in taken if one not in ready),
    )  # fmt: skip


def _may_go_online(one: Judged) -> bool:
    """Nothing to mend, read again by somebody, and over a file that was understood to the last character."""
    return one.verdict is Verdict.PRETE and one.verified and digest(one.base) == one.base_digest


def _draft(one: Judged, mode: Mode) -> dict[str, str | None]:
    waits = mode is Mode.RELECTURE and one.verdict is Verdict.PRETE
    return {
        "slug": one.slug, "text": one.text, "base_text": one.base or "", "base_digest": one.base_digest,
        "state": State.A_RELIRE if waits else State.BROUILLON,
    }  # fmt: skip
