"""Open sessions of curators: held here, so that closing one closes it wherever its cookie is."""

from __future__ import annotations

import datetime
import hashlib
import secrets

from sqlalchemy import delete

from kb.curation import audit
from kb.curation.database import Database
from kb.curation.models import Account, LoginSession, now

IDLE = datetime.timedelta(hours=4)
LONGEST = datetime.timedelta(hours=24)
_NOTED_EVERY = datetime.timedelta(minutes=5)
_CLOCK_MAY_GO_BACK = datetime.timedelta(hours=1)


class Sessions:
    """Opens, finds and closes sessions. A token is what the cookie holds; only its digest is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, account: Account) -> str:
        """A new token for an account that has just proved who it is."""
        token = secrets.token_urlsafe(32)
        moment = now()
        with self._database.session() as session:
            session.execute(delete(LoginSession).where(LoginSession.created_at < moment - LONGEST))
            session.add(LoginSession(id=_id(token), account_id=account.id, created_at=moment, seen_at=moment))
        return token

    def find(self, token: str) -> Account | None:
        """The account of a token; None when it is unknown, too old, unused for too long, or its account closed."""
        moment = now()
        with self._database.session() as session:
            found = session.get(LoginSession, _id(token))
            if found is None:
                return None
            if not _is_alive(found, moment):
                session.delete(found)
                return None
            if not found.account.active:
                return None
            if abs(moment - found.seen_at) > _NOTED_EVERY:
                found.seen_at = moment
            return found.account

    def close(self, token: str) -> None:
        """Close one session."""
        with self._database.session() as session:
            session.execute(delete(LoginSession).where(LoginSession.id == _id(token)))

    def close_all(self, account: Account) -> None:
        """« Me déconnecter partout »."""
        with self._database.session() as session:
            session.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
            audit.record(session, account.nom, "déconnexion partout", account.identifiant)


def _is_alive(found: LoginSession, moment: datetime.datetime) -> bool:
    """Neither too old nor unused for too long; a session of tomorrow is not believed, but for a clock set back."""
    return (
        -_CLOCK_MAY_GO_BACK < moment - found.created_at < LONGEST
        and -_CLOCK_MAY_GO_BACK < moment - found.seen_at < IDLE
    )


def _id(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
