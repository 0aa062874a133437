"""Where things are and how the program behaves: one frozen value, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.errors import ConfigurationError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the program; each has its environment variable, given in the README.

    `cases`, `index` and `instance` are folders: the files that win, the index that is always safe to delete, and the
    private data of this installation (its secret key, the curators' database). `database_url` replaces that database by
    another one; `git_commit` has each publication committed when `cases` is in a git work tree. `unanswered_days` is
    how long the words of searches without an answer are counted; 0 counts nothing. `links_allow` are the hosts, set
    apart by commas, that `kb links` may ask although they are inside a network.
    """

    cases: Path = ROOT / "cases"
    index: Path = ROOT / "index"
    instance: Path = ROOT / "instance"
    site_url: str = "http://127.0.0.1:8000"
    contact: str = ""
    database_url: str = ""
    git_commit: bool = False
    unanswered_days: int = 90
    links_allow: str = ""
    proxies: int = 0

    @property
    def link_hosts(self) -> frozenset[str]:
        """The hosts of `links_allow`."""
        return frozenset(host for one in self.links_allow.split(",") if (host := one.strip().lower()))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read every KB_… variable, one a field. Raises ConfigurationError."""
        default = cls()
        cases = Path(environment.get("KB_CASES", default.cases))
        if not cases.is_dir():
            raise ConfigurationError(f"KB_CASES : le dossier des fiches « {cases} » n'existe pas.")
        site_url = environment.get("KB_SITE_URL", default.site_url).rstrip("/")
        if not site_url.startswith(("http://", "https://")):
            raise ConfigurationError(f"KB_SITE_URL : « {site_url} » doit commencer par http:// ou https://.")
        return cls(
            cases=cases.resolve(),
            index=Path(environment.get("KB_INDEX", default.index)).resolve(),
            instance=Path(environment.get("KB_INSTANCE", default.instance)).resolve(),
            site_url=site_url,
            contact=environment.get("KB_CONTACT", default.contact),
            database_url=environment.get("KB_DATABASE_URL", default.database_url),
            git_commit=_flag(environment, "KB_GIT_COMMIT"),
            unanswered_days=_count(environment, "KB_UNANSWERED_DAYS", default.unanswered_days),
            links_allow=environment.get("KB_LINKS_ALLOW", default.links_allow),
            proxies=_count(environment, "KB_PROXIES", default.proxies),
        )


def _flag(environment: Mapping[str, str], name: str) -> bool:
    value = environment.get(name, "").strip().lower()
    if value not in {"", "0", "1", "non", "oui"}:
        raise ConfigurationError(f"{name} : « {value} » n'est ni 1 ni 0.")
    return value in {"1", "oui"}


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, "").strip() or str(default)
    if not value.isdecimal():
        raise ConfigurationError(f"{name} : « {value} » n'est pas un nombre.")
    return int(value)
