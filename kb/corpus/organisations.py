"""The registry of organisations: one name for each, its type, the other names it is known by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.corpus.case import Case
from kb.corpus.taxonomy import Vocabulary, read_yaml
from kb.errors import TaxonomyError

_KEYS = {"nom", "type", "alias", "siren", "rna", "site"}
_LONG = 8  # Letters from which two names one letter apart are probably one organisation.


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation of the authority list; `slug` is its address."""

    nom: str
    slug: str
    type: str
    alias: tuple[str, ...] = ()
    siren: str = ""
    rna: str = ""
    site: str = ""


@lru_cache(maxsize=1 << 14)
def slugify(name: str) -> str:
    """Address of a name: ASCII, lower case, hyphens; « L'Œuvre » gives `l-oeuvre`."""
    text = name.lower().replace("œ", "oe").replace("æ", "ae")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:80].rstrip("-")


class Registry(Mapping[str, Organisation]):
    """Organisations by their name; aliases lead to them too through `resolve`."""

    def __init__(self, organisations: Iterable[Organisation] = ()) -> None:
        self._by_name: dict[str, Organisation] = {}
        self._by_key: dict[str, Organisation] = {}
        self._by_trace: dict[str, Organisation] = {}
        for one in organisations:
            self.add(one)

    def __getitem__(self, name: str) -> Organisation:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def add(self, one: Organisation) -> None:
        """List one more organisation."""
        self._by_name[one.nom] = one
        for name in (*one.alias, one.nom):
            self._by_key[_key(name)] = one
            self._by_trace.update((trace, one) for trace in _traces(name))

    def resolve(self, name: str) -> Organisation | None:
        """The organisation of this name or alias, case, accents and punctuation aside."""
        return self._by_key.get(_key(name))

    def near(self, name: str) -> Organisation | None:
        """The listed organisation whose name is so close that one of the two is probably misspelt.

        Close: the same but for what stands in parentheses, or one letter added, dropped or changed in a long name.
        """
        found = self.resolve(name)
        for trace in () if found else _traces(name):
            if trace in self._by_trace and _digits(trace) == _digits(_key(name)):
                return self._by_trace[trace]
        return found


def read_registry(path: Path, types: Vocabulary) -> Registry:
    """Read the registry file; an absent file is an empty registry. Raises TaxonomyError with the entry at fault."""
    if not path.exists():
        return Registry()
    entries = read_yaml(path) or []
    if not isinstance(entries, list):
        raise TaxonomyError(f"{path} : une liste d'organisations est attendue.")
    organisations = [_organisation(path, entry, types) for entry in entries]
    seen: dict[str, str] = {}
    for one in organisations:
        for name in (one.nom, *one.alias):
            if _key(name) in seen:
                raise TaxonomyError(f"{path} : « {name} » désigne déjà « {seen[_key(name)]} ».")
            seen[_key(name)] = one.nom
    return Registry(organisations)


def gather(registry: Registry, cases: Iterable[Case]) -> dict[str, Organisation]:
    """Every named organisation of the registry and of the cases, by slug; unnamed groups are left out."""
    found = {one.slug: one for one in registry.values()}
    for case in cases:
        for one in case.organisations:
            if not one.collectif:
                found.setdefault(slugify(one.nom), Organisation(one.nom, slugify(one.nom), one.type))
    return found


def _organisation(path: Path, entry: Any, types: Vocabulary) -> Organisation:
    if not isinstance(entry, dict) or not entry.get("nom"):
        raise TaxonomyError(f"{path} : chaque organisation a un nom ({entry!r}).")
    where = f"{path} : « {entry['nom']} »"
    unknown = set(entry) - _KEYS
    if unknown:
        raise TaxonomyError(f"{where} : clé inconnue : {', '.join(sorted(unknown))}.")
    if entry.get("type") not in types:
        raise TaxonomyError(f"{where} : type inconnu « {entry.get('type')} » (permis : {', '.join(types)}).")
    nom = str(entry["nom"])
    alias = entry.get("alias", [])
    if not isinstance(alias, list):
        raise TaxonomyError(f"{where} : alias est une liste.")
    site = str(entry.get("site", ""))
    return Organisation(
        nom,
        slugify(nom),
        entry["type"],
        tuple(map(str, alias)),
        str(entry.get("siren", "")),
        str(entry.get("rna", "")),
        site,
    )


def _key(name: str) -> str:
    """What two spellings of one name share."""
    return slugify(name).replace("-", "")


def _traces(name: str) -> Iterator[str]:
    """Forms that two close names share: without parentheses, and with any one letter left out."""
    for key in dict.fromkeys((_key(name), _key(re.sub(r"\([^)]*\)", "", name)))):
        if key:
            yield key
        if len(key) >= _LONG:
            yield from (key[:place] + key[place + 1 :] for place in range(len(key)))


def _digits(key: str) -> str:
    return "".join(char for char in key if char.isdigit())
