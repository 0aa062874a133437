"""The site served by gunicorn, as `kb serve` starts it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from kb.config import Settings
from kb.web import create_app

THREADS = 4
# gunicorn's own limit on the first line of a request answers without a page; the site refuses long addresses itself.
NO_LIMIT = 0


class _Server(BaseApplication):
    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings, self._options = settings, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override]  # gunicorn describes a WSGI callable more narrowly
        return create_app(self._settings)


def run(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until interrupted, each worker reading the same index through the page cache."""
    options = {
        "bind": f"{host}:{port}",
        "workers": workers,
        "threads": THREADS,
        "worker_class": "gthread",
        "limit_request_line": NO_LIMIT,
        "loglevel": "warning",
    }
    _Server(settings, options).run()
