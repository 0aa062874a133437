"""Passwords: what is asked of one, and its argon2id digest."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from kb.errors import RefusedError

MIN_LENGTH, MAX_LENGTH = 12, 200
_HASHER = PasswordHasher()  # argon2id, with the parameters of RFC 9106 for small memory.


def digest(password: str, *names: str) -> str:
    """The digest of a new password. Raises RefusedError when it is too weak; `names` are what it may not repeat."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise RefusedError(f"Un mot de passe compte de {MIN_LENGTH} à {MAX_LENGTH} caractères : prenez une phrase.")
    if len(set(password)) < 5 or password.casefold() in {name.casefold() for name in names}:
        raise RefusedError("Ce mot de passe se devine : prenez une phrase de plusieurs mots.")
    return _HASHER.hash(password)


def matches(password_digest: str | None, password: str) -> bool:
    """Whether a password is the one of a digest; as long to answer when there is no digest."""
    try:
        return _HASHER.verify(password_digest or _nobody(), password[:MAX_LENGTH]) and password_digest is not None
    except (Argon2Error, InvalidHashError):
        return False


def is_old(password_digest: str) -> bool:
    """Whether a digest was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(password_digest)


@cache
def _nobody() -> str:
    """A digest that no password gives back: an unknown name costs the same time as a wrong password."""
    import secrets

    return _HASHER.hash(secrets.token_hex(32))
