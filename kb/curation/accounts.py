"""The curators' accounts: who exists, who may do what, who is who at login."""

from __future__ import annotations

import datetime
import re

from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb.curation import audit, passwords
from kb.curation.database import Database
from kb.curation.models import Account, LoginFailure, LoginSession, Role, now
from kb.errors import RefusedError

IDENTIFIER = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,78}[a-z0-9])?")
COMMAND_LINE = "ligne de commande"
_WINDOW = datetime.timedelta(hours=1)
_FREE_TRIES, _FREE_TRIES_FROM_ADDRESS = 5, 30
_LONGEST_WAIT = 900  # seconds


class TooManyTriesError(RefusedError):
    """Too many logins failed; `seconds` to wait before the next one."""

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        wait = f"{seconds} secondes" if seconds < 60 else f"{minutes} minute{'s' if minutes > 1 else ''}"
        super().__init__(f"Trop d'essais manqués. Réessayez dans {wait}.")
        self.seconds = seconds


class Accounts:
    """The accounts of one installation. `by` names who acts, for the journal."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self, identifiant: str, nom: str, role: Role, password: str, *, courriel: str = "", by: str = COMMAND_LINE
    ) -> Account:
        """Open an account. Raises RefusedError with what to change."""
        identifiant, nom = identifiant.strip().lower(), " ".join(nom.split())
        if not IDENTIFIER.fullmatch(identifiant):
            raise RefusedError("Identifiant : lettres sans accent, chiffres, points et tirets, 80 au plus.")
        if not nom or len(nom) > 120 or not nom.isprintable() or "<" in nom or ">" in nom:
            raise RefusedError("Nom : celui que les autres liront, de 1 à 120 caractères, sans < ni >.")
        if courriel and not re.fullmatch(r"[^@\s<>]{1,100}@[^@\s<>]{1,98}", courriel):
            raise RefusedError("Courriel : une adresse comme prenom@exemple.fr, ou rien.")
        account = Account(
            identifiant=identifiant, nom=nom, role=role, courriel=courriel,
            password_hash=passwords.digest(password, identifiant, nom),
        )  # fmt: skip
        with self._database.session() as session:
            session.add(account)
            try:
                session.flush()
            except IntegrityError as error:
                raise RefusedError(f"L'identifiant « {identifiant} » est déjà pris.") from error
            audit.record(session, by, "compte ouvert", identifiant, role)
        return account

    def all(self) -> list[Account]:
        """Every account, active ones first, by name."""
        with self._database.session() as session:
            return list(session.scalars(select(Account).order_by(Account.active.desc(), func.lower(Account.nom))))

    def change_password(self, identifiant: str, password: str, *, by: str = COMMAND_LINE) -> None:
        """Give a new password and close every session of the account. Raises RefusedError."""
        digest = passwords.digest(password, identifiant)
        with self._database.session() as session:
            account = find_account(session, identifiant)
            account.password_hash = digest
            session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
            audit.record(session, by, "mot de passe changé", identifiant)

    def set_active(self, identifiant: str, active: bool, *, by: str = COMMAND_LINE) -> None:
        """Close an account, with its sessions, or open it again; what it did stays. Raises RefusedError."""
        with self._database.session() as session:
            account = find_account(session, identifiant)
            account.active = active
            _keep_one_administrator(session, account)
            session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
            audit.record(session, by, "compte rouvert" if active else "compte fermé", identifiant)

    def set_role(self, identifiant: str, role: Role, *, by: str = COMMAND_LINE) -> None:
        """Change what an account may do, from its next request on. Raises RefusedError."""
        with self._database.session() as session:
            account = find_account(session, identifiant)
            account.role = role
            _keep_one_administrator(session, account)
            audit.record(session, by, "rôle changé", identifiant, role)

    def authenticate(self, identifiant: str, password: str, address: str) -> Account:
        """Who logs in. Raises TooManyTriesError, or RefusedError without saying which of the two was wrong."""
        identifiant, address = identifiant.strip().lower()[:80], address[:60]
        with self._database.session() as session:
            wait = seconds_to_wait(session, identifiant, address)
            account = session.scalar(select(Account).where(Account.identifiant == identifiant))
        if wait:
            raise TooManyTriesError(wait)
        known = account if account is not None and account.active else None
        if not passwords.matches(known.password_hash if known else None, password) or known is None:
            with self._database.session() as session:
                session.add(LoginFailure(identifiant=identifiant, address=address, at=now()))
                session.execute(delete(LoginFailure).where(LoginFailure.at < now() - datetime.timedelta(days=1)))
            raise RefusedError("Identifiant ou mot de passe inconnu.")
        self._welcome(known, password, address)
        return known

    def _welcome(self, account: Account, password: str, address: str) -> None:
        with self._database.session() as session:
            session.execute(
                delete(LoginFailure).where(
                    LoginFailure.identifiant == account.identifiant, LoginFailure.address == address
                )
            )
            if passwords.is_old(account.password_hash):
                session.merge(account).password_hash = passwords.digest(password)
            said = "mot de passe accepté" if account.totp_secret else "connexion"
            audit.record(session, account.nom, said, account.identifiant, address)


def find_account(session: Session, identifiant: str) -> Account:
    """The account of a name. Raises RefusedError."""
    account = session.scalar(select(Account).where(Account.identifiant == identifiant.strip().lower()))
    if account is None:
        raise RefusedError(f"Aucun compte ne s'appelle « {identifiant} ».")
    return account


def _keep_one_administrator(session: Session, changed: Account) -> None:
    """Refuse the change that would leave nobody to open accounts."""
    is_administrator = (Account.active.is_(True), Account.role == Role.ADMINISTRATEUR)
    with session.no_autoflush:
        before = set(session.scalars(select(Account.id).where(*is_administrator)))
    session.flush()
    left = session.scalar(select(func.count(Account.id)).where(*is_administrator))
    if changed.id in before and not left:
        raise RefusedError("Il faut au moins un compte d'administrateur ouvert : donnez d'abord ce rôle à un autre.")


def seconds_to_wait(session: Session, identifiant: str, address: str) -> int:
    """Back-off: after five failures of a name from an address, or thirty from an address, twice longer each time.

    A name tried from everywhere is slowed too, but only after as many failures as an address may have, so that nobody
    keeps a curator out by typing her name. A clock set back cannot lengthen the wait beyond its longest.
    """
    moment = now()
    recent = session.execute(
        select(LoginFailure.identifiant, LoginFailure.address, LoginFailure.at).where(
            LoginFailure.at > moment - _WINDOW,
            or_(LoginFailure.identifiant == identifiant, LoginFailure.address == address),
        )
    ).all()
    pair = [row.at for row in recent if row.identifiant == identifiant and row.address == address]
    place = [row.at for row in recent if row.address == address]
    name = [row.at for row in recent if row.identifiant == identifiant]
    return max(
        _wait(pair, _FREE_TRIES, moment),
        _wait(place, _FREE_TRIES_FROM_ADDRESS, moment),
        _wait(name, _FREE_TRIES_FROM_ADDRESS, moment),
    )


def _wait(failures: list[datetime.datetime], free: int, moment: datetime.datetime) -> int:
    if len(failures) < free:
        return 0
    delay = min(_LONGEST_WAIT, 15 * 2 ** min(len(failures) - free, 10))
    passed = (moment - max(failures)).total_seconds()
    return max(0, min(_LONGEST_WAIT, int(delay - passed) + (1 if passed < delay else 0)))
