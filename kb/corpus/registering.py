"""Adds organisations to the registry file without touching what is there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from kb.corpus.files import write_atomically
from kb.corpus.frontmatter import quoted
from kb.corpus.organisations import Organisation

_HEAD = """\
# Le registre des organisations : un nom et un type pour chacune, ses autres noms dans `alias`.
# Facultatifs : siren, rna, site. Une fiche qui nomme une organisation du registre n'a pas à redire son type.
"""


def complete(path: Path, organisations: Iterable[Organisation]) -> None:
    """Append organisations at the end of the registry, in alphabetical order of their addresses."""
    text = path.read_text(encoding="utf-8") if path.exists() else _HEAD
    entries = [f"- nom: {quoted(one.nom)}\n  type: {one.type}\n" for one in sorted(organisations, key=lambda o: o.slug)]
    if entries:
        write_atomically(path, (text.rstrip("\n") + "\n" + "".join(entries)).encode("utf-8"))
