"""The secret of this installation: made at first need, kept in `instance/`, never by default."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from kb.errors import ConfigurationError

NAME = "secret-key"
_BYTES = 32


def secret_key(instance: Path) -> bytes:
    """Read the secret, or make it, readable by its owner alone. Raises ConfigurationError."""
    path = instance / NAME
    try:
        instance.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make(path)
        found = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} : secret ni lu ni créé ({error.strerror}).") from error
    if len(found) < _BYTES:
        raise ConfigurationError(f"{path} : secret trop court ; supprimez ce fichier, un autre sera fait.")
    return found


def _make(path: Path) -> None:
    """Write the file whole under its name, once: of two processes starting together, one wins and both read it."""
    if path.exists():
        return
    temporary = path.with_name(f".{NAME}.{os.getpid()}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
