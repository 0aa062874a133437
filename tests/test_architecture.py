"""The architecture, kept: each heavy library has one home, imports go one way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.config import ROOT

HOMES = {
    "flask": "kb/web", "jinja2": "kb/web", "markupsafe": "kb/web", "werkzeug": "kb/web", "flask_compress": "kb/web",
    "flask_wtf": "kb/web", "gunicorn": "kb/web", "whoosh": "kb/search", "numpy": "kb/search",
    "Stemmer": "kb/search", "rapidfuzz": ("kb/search", "kb/curation"),
    "sqlalchemy": "kb/curation", "alembic": "kb/curation", "argon2": "kb/curation", "openpyxl": "kb/curation",
    "pyotp": "kb/curation", "segno": "kb/web",
    "yaml": "kb/corpus", "markdown": "kb/corpus", "nh3": "kb/corpus", "msgspec": "kb/corpus", "click": "kb/cli",
}  # fmt: skip
# What each room may import, besides itself: errors ← config ← corpus ← search ← knowledge_base ← web, cli.
MAY_IMPORT = {
    "kb/errors.py": set(),
    "kb/config.py": {"kb.errors"},
    "kb/corpus": {"kb.errors", "kb.config"},
    "kb/search": {"kb.errors", "kb.config", "kb.corpus"},
    "kb/knowledge_base.py": {"kb.errors", "kb.config", "kb.corpus", "kb.search"},
    "kb/curation": {"kb.errors", "kb.config", "kb.corpus"},
    "kb/web": {"kb.errors", "kb.config", "kb.corpus", "kb.search", "kb.knowledge_base", "kb.curation"},
    "kb/cli_curation.py": {"kb.errors", "kb.config", "kb.curation"},
    "kb/cli_import.py": {"kb.errors", "kb.config", "kb.corpus", "kb.curation"},
    "kb/cli_links.py": {"kb.errors", "kb.config", "kb.corpus", "kb.curation"},
    "kb/cli_facets.py": {"kb.errors", "kb.config", "kb.corpus"},
    "kb/cli.py": {
        "kb.errors",
        "kb.config",
        "kb.corpus",
        "kb.search",
        "kb.knowledge_base",
        "kb.curation",
        "kb.web",
        "kb.cli_curation",
        "kb.cli_facets",
        "kb.cli_import",
        "kb.cli_links",
    },
    "kb/__init__.py": set(),
}
MODULES = sorted((ROOT / "kb").rglob("*.py"))


def room(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return "/".join(parts[:2])


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    here = room(path)
    own = here.removesuffix(".py").replace("/", ".")
    for name in imported(path):
        top = name.split(".")[0]
        if top in HOMES:
            assert here.startswith(HOMES[top]), f"{path}: {top} lives in {HOMES[top]}"
        if top == "kb" and name != "kb":
            target = ".".join(name.split(".")[:2])
            assert target == own or target in MAY_IMPORT[here], f"{path} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300, "one room or two?"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, f"{path.name}: {node.name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


@pytest.mark.parametrize("name", ["groupedby", "FieldFacet", "RamStorage", "optimize", "Searcher", "QueryParser"])
def test_what_whoosh_does_slowly_or_wrongly_is_not_used(name: str) -> None:
    """Counts (wrong or slow), merging in a request (1.7 s), shared searchers, its grammar (hours on some texts)."""
    for path in MODULES:
        assert name not in path.read_text(encoding="utf-8"), path
