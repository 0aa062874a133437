"""Every address of the workspace, built here and nowhere else."""

from __future__ import annotations

HOME = "/atelier/"
LOGIN = "/atelier/connexion"
CODE = "/atelier/connexion/code"
LOGOUT = "/atelier/deconnexion"
ACCOUNT = "/atelier/mon-compte"
SECOND = "/atelier/mon-compte/double-verification"
NEW = "/atelier/nouvelle"
QUEUE = "/atelier/relectures"
SETS = "/atelier/lots"
IMPORTS = "/atelier/imports"
TEMPLATE = "/atelier/imports/modele.csv"
VOCABULARIES = "/atelier/vocabulaires"
BULK = "/atelier/modifier"
HEALTH = "/atelier/sante"
GUIDE = "/atelier/guide"
CAPTURES = "/atelier/guide/captures"
ACCOUNTS = "/atelier/comptes"
JOURNAL = "/atelier/journal"
TOKEN = "/atelier/jeton"  # noqa: S105 — an address


def draft(draft_id: int, view: str = "", anchor: str = "") -> str:
    query = f"?vue={view}" if view else ""
    return f"/atelier/brouillons/{draft_id}{query}{f'#{anchor}' if anchor else ''}"


def deed(draft_id: int, name: str) -> str:
    """What can be done to a draft: `auto`, `apercu`, `relecture`, `soumettre`, `publier`…"""
    return f"/atelier/brouillons/{draft_id}/{name}"


def resolve(draft_id: int, comment_id: int) -> str:
    return f"/atelier/brouillons/{draft_id}/remarques/{comment_id}"


def file(slug: str, name: str) -> str:
    """What can be done to a file: `ouvrir`, `historique`, `retablir`, `archiver`, `renommer`."""
    return f"/atelier/fiches/{slug}/{name}"


def version(slug: str, number: int) -> str:
    return f"/atelier/fiches/{slug}/versions/{number}"


def comparison(slug: str, before: int, after: int) -> str:
    return f"/atelier/fiches/{slug}/historique?de={before}&a={after}#differences"


def account(identifiant: str) -> str:
    return f"/atelier/comptes/{identifiant}"


def one_set(set_id: int) -> str:
    return f"{SETS}/{set_id}"


def set_deed(set_id: int, name: str) -> str:
    return f"{SETS}/{set_id}/{name}"


def one_import(job_id: int, name: str = "") -> str:
    """An import, or what can be done to it: `colonnes`, `confirmer`, `abandonner`."""
    return f"{IMPORTS}/{job_id}/{name}" if name else f"{IMPORTS}/{job_id}"


def forget_mapping(mapping_id: int) -> str:
    return f"{IMPORTS}/correspondances/{mapping_id}"


def vocabulary(name: str, term: str = "") -> str:
    return f"{VOCABULARIES}/{name}/{term}" if term else f"{VOCABULARIES}/{name}"
