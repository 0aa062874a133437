"""The site served by gunicorn, as `kb serve` starts it."""

from __future__ import annotations

import contextlib
import gc
import socket
from collections.abc import Mapping
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from kb.config import Settings
from kb.errors import ConfigurationError, KnowledgeBaseError
from kb.web import create_app
from kb.web.state import state_of


def _get_ready(worker: Any) -> None:
    """Read the base before the first visitor comes, then leave it out of the garbage collector's rounds.

    Going through its half a million objects again and again cost a fifth of the time of a page.
    """
    with contextlib.suppress(KnowledgeBaseError, OSError):  # Whatever is wrong, the first page says it.
        state_of(worker.wsgi).knowledge_base.current()
    gc.collect()
    gc.freeze()


# gunicorn's own limit on the first line of a request answers without a page; the site refuses long addresses itself.
SETTINGS: Mapping[str, Any] = {
    "threads": 4,
    "worker_class": "gthread",
    "limit_request_line": 0,
    "post_worker_init": _get_ready,
}
"""What the site asks of gunicorn, whoever starts it (`kb serve`, or `gunicorn app:app` by `gunicorn.conf.py`)."""


class _Server(BaseApplication):
    def __init__(self, settings: Settings, options: dict[str, Any]) -> None:
        self._settings, self._options = settings, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:  # type: ignore[override]  # gunicorn describes a WSGI callable more narrowly
        return create_app(self._settings)


def check_free(host: str, port: int) -> None:
    """Say at once that an address cannot be listened on. Raises ConfigurationError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        cure = f"choisissez un autre port, par exemple « kb serve --port {port + 1 if port < 65535 else 8000} »"
        raise ConfigurationError(f"{host}:{port} : adresse indisponible ({error.strerror}) ; {cure}.") from error


def run(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until interrupted, each worker reading the same index through the page cache."""
    options = {**SETTINGS, "bind": f"{host}:{port}", "workers": workers, "loglevel": "warning"}
    _Server(settings, options).run()
