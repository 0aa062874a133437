from __future__ import annotations

import datetime

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from kb.curation import audit, passwords
from kb.curation.accounts import Accounts, TooManyTriesError
from kb.curation.database import Database
from kb.curation.models import Account, LoginFailure, LoginSession, Role, now
from kb.curation.sessions import IDLE, LONGEST, Sessions
from kb.errors import RefusedError
from tests.curation.conftest import PASSWORD

HERE = "192.0.2.1"


def test_an_account_logs_in_with_its_password_only(accounts: Accounts, claire: Account) -> None:
    assert accounts.authenticate(" Claire ", PASSWORD, HERE).nom == "Claire Le Goff"
    for identifiant, password in (("claire", "autre chose du tout"), ("personne", PASSWORD), ("", "")):
        with pytest.raises(RefusedError, match="Identifiant ou mot de passe inconnu"):
            accounts.authenticate(identifiant, password, HERE)


def test_passwords_are_kept_as_argon2id_digests(claire: Account) -> None:
    assert claire.password_hash.startswith("$argon2id$")
    assert PASSWORD not in claire.password_hash


def test_a_digest_costs_what_the_rfc_asks_for() -> None:
    hasher = PasswordHasher()
    assert (hasher.memory_cost, hasher.time_cost, hasher.parallelism) >= (64 * 1024, 3, 4)
    digest = hasher.hash(PASSWORD)
    assert passwords.matches(digest, PASSWORD)
    assert passwords.is_old(digest), "the tests' own quick digests differ from the real ones"


@pytest.mark.parametrize(
    ("identifiant", "nom", "password", "why"),
    [
        ("Claire Le Goff", "Claire", PASSWORD, "Identifiant"),
        ("../claire", "Claire", PASSWORD, "Identifiant"),
        ("", "Claire", PASSWORD, "Identifiant"),
        ("claire", "", PASSWORD, "Nom"),
        ("claire", "Claire <admin>", PASSWORD, "Nom"),
        ("claire", "Claire\u202etset", PASSWORD, "Nom"),
        ("claire", "Claire", "court", "12"),
        ("claire", "Claire", "a" * 20, "se devine"),
        ("claire", "Claire Le Goff", "claire le goff", "se devine"),
        ("claire", "Claire", "x" * 300, "200"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(
    database: Database, identifiant: str, nom: str, password: str, why: str
) -> None:
    with pytest.raises(RefusedError, match=why):
        Accounts(database).add(identifiant, nom, Role.CONTRIBUTEUR, password)


def test_an_identifier_is_taken_once(accounts: Accounts, claire: Account) -> None:
    with pytest.raises(RefusedError, match="déjà pris"):
        accounts.add("CLAIRE", "Une autre", Role.RELECTEUR, PASSWORD)


def test_a_closed_account_neither_logs_in_nor_goes_on(database: Database, accounts: Accounts, claire: Account) -> None:
    token = Sessions(database).open(claire)
    accounts.set_active("claire", False)
    assert Sessions(database).find(token) is None
    with pytest.raises(RefusedError):
        accounts.authenticate("claire", PASSWORD, HERE)
    accounts.set_active("claire", True)
    assert accounts.authenticate("claire", PASSWORD, HERE).id == claire.id


def test_the_last_administrator_stays(accounts: Accounts, alma: Account, rachid: Account) -> None:
    for change in (lambda: accounts.set_active("alma", False), lambda: accounts.set_role("alma", Role.RELECTEUR)):
        with pytest.raises(RefusedError, match="au moins un compte d'administrateur"):
            change()
    accounts.set_active("rachid", False)
    assert {one.identifiant: one.active for one in accounts.all()} == {"alma": True, "rachid": False}


def test_failures_are_slowed_down_then_forgiven(accounts: Accounts, database: Database, claire: Account) -> None:
    for _ in range(5):
        with pytest.raises(RefusedError, match="inconnu"):
            accounts.authenticate("claire", "mauvais mot de passe", HERE)
    with pytest.raises(TooManyTriesError, match="Réessayez dans") as refused:
        accounts.authenticate("claire", PASSWORD, HERE)
    assert 0 < refused.value.seconds <= 16
    assert accounts.authenticate("claire", PASSWORD, "198.51.100.7").id == claire.id, "from elsewhere she comes in"
    _age_failures(database, datetime.timedelta(minutes=2))
    assert accounts.authenticate("claire", PASSWORD, HERE).id == claire.id
    with pytest.raises(RefusedError, match="inconnu"):
        accounts.authenticate("claire", "mauvais mot de passe", HERE)


def test_each_failure_past_the_free_ones_doubles_the_wait(
    accounts: Accounts, database: Database, claire: Account
) -> None:
    with database.session() as session:
        session.add_all(LoginFailure(identifiant="claire", address=HERE, at=now()) for _ in range(7))
    with pytest.raises(TooManyTriesError) as refused:
        accounts.authenticate("claire", PASSWORD, HERE)
    assert 50 < refused.value.seconds <= 61


def test_an_address_that_tries_every_name_is_slowed_down(
    accounts: Accounts, database: Database, claire: Account
) -> None:
    with database.session() as session:
        session.add_all(LoginFailure(identifiant=f"nom{n}", address=HERE, at=now()) for n in range(30))
    with pytest.raises(TooManyTriesError):
        accounts.authenticate("claire", PASSWORD, HERE)


def test_a_clock_set_back_never_locks_anybody_out_for_longer(
    accounts: Accounts, database: Database, claire: Account
) -> None:
    with database.session() as session:
        later = now() + datetime.timedelta(days=3)
        session.add_all(LoginFailure(identifiant="claire", address=HERE, at=later) for _ in range(9))
    with pytest.raises(TooManyTriesError) as refused:
        accounts.authenticate("claire", PASSWORD, HERE)
    assert refused.value.seconds <= 900


def test_a_session_lives_until_closed(database: Database, claire: Account) -> None:
    sessions = Sessions(database)
    here, elsewhere = sessions.open(claire), sessions.open(claire)
    assert here != elsewhere
    assert sessions.find(here) is not None
    sessions.close(here)
    assert sessions.find(here) is None
    assert sessions.find(elsewhere) is not None
    sessions.close_all(claire)
    assert sessions.find(elsewhere) is None
    assert sessions.find("un jeton inventé") is None


def test_the_table_of_sessions_opens_no_door(database: Database, claire: Account) -> None:
    token = Sessions(database).open(claire)
    with database.session() as session:
        kept = session.scalars(select(LoginSession.id)).one()
    assert token not in kept
    assert Sessions(database).find(kept) is None


@pytest.mark.parametrize(
    ("created", "seen"),
    [(-LONGEST, datetime.timedelta(0)), (-IDLE, -IDLE), (datetime.timedelta(days=2), datetime.timedelta(0))],
    ids=["too old", "unused for too long", "of the day after tomorrow"],
)
def test_a_session_out_of_its_time_is_closed(
    database: Database, claire: Account, created: datetime.timedelta, seen: datetime.timedelta
) -> None:
    token = Sessions(database).open(claire)
    with database.session() as session:
        session.execute(update(LoginSession).values(created_at=now() + created, seen_at=now() + seen))
    assert Sessions(database).find(token) is None


def test_changing_a_password_closes_every_session(database: Database, accounts: Accounts, claire: Account) -> None:
    token = Sessions(database).open(claire)
    accounts.change_password("claire", "une tout autre phrase")
    assert Sessions(database).find(token) is None
    assert accounts.authenticate("claire", "une tout autre phrase", HERE).id == claire.id


def test_the_journal_tells_who_did_what(database: Database, accounts: Accounts, alma: Account) -> None:
    accounts.add("claire", "Claire", Role.CONTRIBUTEUR, PASSWORD, by=alma.nom)
    accounts.set_role("claire", Role.RELECTEUR, by=alma.nom)
    told = [(one.actor, one.action, one.target, one.detail) for one in audit.entries(database, limit=2)]
    assert told == [
        ("Alma Costa", "rôle changé", "claire", "relecteur"),
        ("Alma Costa", "compte ouvert", "claire", "contributeur"),
    ]


def _age_failures(database: Database, by: datetime.timedelta) -> None:
    with database.session() as session:
        for failure in session.scalars(select(LoginFailure)):
            failure.at -= by
