"""The site behind gunicorn, however it is started."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kb.config import ROOT
from kb.web.server import SETTINGS


def test_gunicorn_started_by_hand_takes_the_settings_of_the_site(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "gunicorn", "--print-config", "app:app"]
    environment = {"KB_INDEX": str(tmp_path / "index"), "KB_INSTANCE": str(tmp_path / "instance")}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=120)
    settings = dict(line.split("=", 1) for line in told.stdout.replace(" ", "").splitlines() if "=" in line)
    for name, value in SETTINGS.items():
        assert value.__name__ in settings[name] if callable(value) else settings[name] == str(value)
