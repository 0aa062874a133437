"""Why a YAML text cannot be read, in French: the parser's own words are English and name its inner workings."""

from __future__ import annotations

from pathlib import Path

import yaml

_ALIGNMENT = "vérifiez l'alignement, les guillemets et les crochets"

# (what the parser says, what it means, the cure), the first that fits.
_MEANINGS: tuple[tuple[str, str, str], ...] = (
    (
        "mapping values are not allowed",
        "deux-points « : » dans une valeur sans guillemets",
        "mettez-la entre guillemets",
    ),
    (
        "could not find expected ':'",
        "ligne qui n'est pas « clé: valeur »",
        "ajoutez « : » et une espace après la clé, ou des guillemets",
    ),
    ("special characters", "caractère de contrôle", "retirez-le"),
    ("control characters", "caractère de contrôle", "retirez-le"),
    ("cannot start any token", "valeur qui commence par un signe réservé (@ ` %)", "mettez-la entre guillemets"),
    ("unknown escape character", "barre oblique « \\ » entre guillemets doubles", "prenez des guillemets simples '…'"),
    ("expected ',' or ']'", "crochet « [ » jamais fermé", "fermez-le"),
    ("expected ',' or '}'", "accolade « { » jamais fermée", "fermez-la"),
    ("end of stream", "guillemet ou crochet jamais fermé", "fermez-le"),
    ("expected '-' indicator", "ligne qui ne continue pas la liste", "commencez-la par « - », ou alignez-la à gauche"),
    (
        "block sequence entries",
        "tiret « - » après une clé, sur la même ligne",
        "commencez la liste à la ligne suivante",
    ),
    ("node content", "crochet ou accolade de trop, ou jamais fermé", _ALIGNMENT),
    ("expected key", "texte après un guillemet fermé, ou ligne mal alignée", _ALIGNMENT),
    ("expected <block end>", "ligne mal alignée", _ALIGNMENT),
    ("document start", "ligne mal alignée", "commencez les clés au bord gauche"),
)
_OPENED = ("while scanning a quoted scalar", "while parsing a flow")


def explain(error: yaml.MarkedYAMLError) -> tuple[int, str, str]:
    """Line (from 0), message and cure. What was opened and never closed is told where it was opened."""
    context = (error.context or "").lower()
    opened = error.context_mark if context.startswith(_OPENED) else None
    mark = opened or error.problem_mark or error.context_mark
    said = (error.problem or "").lower()
    found = ((message, cure) for part, message, cure in _MEANINGS if part in said)
    message, cure = next(found, ("YAML illisible", _ALIGNMENT))
    return (mark.line if mark else 0), message, cure


def sentence(path: Path, error: OSError | UnicodeDecodeError | yaml.YAMLError) -> str:
    """`path:line: message (cure)` for a file of vocabularies that cannot be read."""
    if isinstance(error, yaml.MarkedYAMLError):
        line, message, cure = explain(error)
        return f"{path}:{line + 1}: {message} ({cure})."
    if isinstance(error, OSError):
        return f"{path} : fichier illisible ({error.strerror})."
    if isinstance(error, UnicodeDecodeError):
        return f"{path} : caractère qui n'est pas de l'UTF-8 (enregistrez le fichier en UTF-8)."
    return f"{path} : caractère interdit (retirez-le)."
