"""Serves the site with gunicorn, for one machine behind the loopback or a reverse proxy."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from kb.config import Settings
from kb.web import create_app


def run(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until interrupted. The base is read once, before the workers are forked, and its memory shared."""
    application = create_app(settings)
    _Server(application, {"bind": f"{host}:{port}", "workers": workers, "threads": 4, "preload_app": True}).run()


class _Server(BaseApplication):
    def __init__(self, application: Flask, options: dict[str, Any]) -> None:
        self._application, self._options = application, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)
        self.cfg.set("loglevel", "warning")
        self.cfg.set("worker_tmp_dir", None)
        self.cfg.set("graceful_timeout", 5)

    def load(self) -> Any:
        return self._application
