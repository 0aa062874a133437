"""The optional second step of a login: a code of the moment (TOTP, RFC 6238), or a recovery code, each used once."""

from __future__ import annotations

import datetime
import hashlib
import re
import secrets
from hmac import compare_digest

import pyotp
from sqlalchemy import ForeignKey, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kb.curation import audit
from kb.curation.accounts import COMMAND_LINE, TooManyTriesError, find_account, seconds_to_wait
from kb.curation.database import Database
from kb.curation.models import Account, Base, LoginFailure, LoginSession, now
from kb.errors import RefusedError

ISSUER = "Alliances en pratique"
CODES = 10
_STEP = 30  # Seconds that a code lasts; the one before and the one after are taken too, clocks being what they are.
_SECRET = re.compile(r"[A-Z2-7]{32}")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class RecoveryCode(Base):
    """A code for the day when the phone is lost; only its digest is kept, and no longer than until it is used."""

    __tablename__ = "recovery_codes"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)


class SecondFactor:
    """The second steps of one installation's accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def new_secret(self) -> str:
        """A secret to be shared with a telephone; nothing is kept before `enrol`."""
        return pyotp.random_base32(32)

    def address(self, account: Account, secret: str) -> str:
        """What the square drawing says to a telephone."""
        return pyotp.TOTP(secret).provisioning_uri(name=account.identifiant, issuer_name=ISSUER)

    def enrol(self, account: Account, secret: str, code: str) -> tuple[str, ...]:
        """Ask for a code from now on, once one shows that the telephone has the secret; the recovery codes.

        Every open session of the account is closed. Raises RefusedError.
        """
        if not _SECRET.fullmatch(secret):
            raise RefusedError("Cette page est trop ancienne : recommencez.")
        step = _matching_step(secret, code, -1)
        if step is None:
            raise RefusedError("Ce code n'est pas celui du moment : vérifiez l'heure du téléphone, puis réessayez.")
        codes = tuple(_readable_code() for _ in range(CODES))
        with self._database.session() as session:
            kept = session.get_one(Account, account.id)
            kept.totp_secret, kept.totp_step = secret, step
            session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
            session.add_all(RecoveryCode(digest=_digest(one), account_id=account.id) for one in codes)
            session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
            audit.record(session, account.nom, "double vérification activée", account.identifiant)
        return codes

    def verify(self, account_id: int, code: str, address: str) -> Account:
        """Who passes the second step. Raises TooManyTriesError, or RefusedError for a wrong or used code."""
        address = address[:60]
        with self._database.session() as session:
            account = session.get(Account, account_id)
            if account is None or not account.active or not account.totp_secret:
                raise RefusedError("Recommencez la connexion.")
            name = f"#{account.identifiant}"[:80]  # Counted apart: a good password forgives no wrong code.
            wait = seconds_to_wait(session, name, address)
            said = "" if wait else _accepted(session, account, code)
            if said:
                session.execute(delete(LoginFailure).where(LoginFailure.identifiant == name))
                audit.record(session, account.nom, said, account.identifiant, address)
            elif not wait:
                session.add(LoginFailure(identifiant=name, address=address, at=now()))
        if wait:
            raise TooManyTriesError(wait)
        if not said:
            raise RefusedError("Ce code n'est pas le bon, ou a déjà servi.")
        return account

    def codes_left(self, account: Account) -> int:
        """Recovery codes that were not used."""
        query = select(func.count(RecoveryCode.digest)).where(RecoveryCode.account_id == account.id)
        with self._database.session() as session:
            return session.scalar(query) or 0

    def remove(self, identifiant: str, *, by: str = COMMAND_LINE) -> None:
        """Ask for a password alone again. Raises RefusedError."""
        with self._database.session() as session:
            account = find_account(session, identifiant)
            if not account.totp_secret:
                raise RefusedError(f"« {account.identifiant} » n'a pas de double vérification.")
            account.totp_secret, account.totp_step = None, 0
            session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
            audit.record(session, by, "double vérification retirée", account.identifiant)


def _accepted(session: Session, account: Account, code: str) -> str:
    """What the journal says of a good code, which is used up; "" for another one."""
    step = _matching_step(account.totp_secret or "", code, account.totp_step)
    if step is not None:
        account.totp_step = step
        return "connexion"
    found = session.get(RecoveryCode, _digest(code))
    if found is not None and found.account_id == account.id:
        session.delete(found)
        return "connexion par un code de secours"
    return ""


def _matching_step(secret: str, code: str, used: int) -> int | None:
    """The step of time whose code this is, after the last one that was used; None otherwise."""
    typed = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", typed):
        return None
    here = int(now().timestamp()) // _STEP
    totp = pyotp.TOTP(secret, interval=_STEP)
    for step in (here - 1, here, here + 1):
        moment = datetime.datetime.fromtimestamp(step * _STEP, tz=datetime.UTC)
        if step > used and compare_digest(totp.at(moment), typed):
            return step
    return None


def _readable_code() -> str:
    letters = [secrets.choice(_ALPHABET) for _ in range(16)]
    return "-".join("".join(letters[n : n + 4]) for n in range(0, 16, 4))


def _digest(code: str) -> str:
    """Of eighty bits drawn by chance: a plain digest is enough."""
    return hashlib.sha256(re.sub(r"[\s-]", "", code).lower().encode()).hexdigest()
