"""The second step: a code of the moment, once; recovery codes, once; guesses slowed."""

from __future__ import annotations

import datetime
import re

import pyotp
import pytest
from sqlalchemy import select

import kb.curation.accounts
from kb.curation import audit, second_factor
from kb.curation.accounts import Accounts, TooManyTriesError
from kb.curation.database import Database
from kb.curation.models import Account
from kb.curation.second_factor import RecoveryCode, SecondFactor
from kb.errors import RefusedError

NOON = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)
PLACE = "192.0.2.1"


class Clock:
    """A clock that the test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.moment = NOON
        for module in (second_factor, kb.curation.accounts):
            monkeypatch.setattr(module, "now", lambda: self.moment)

    def wait(self, seconds: float) -> None:
        self.moment += datetime.timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def second(database: Database) -> SecondFactor:
    return SecondFactor(database)


def code(secret: str, clock: Clock, seconds: float = 0) -> str:
    return pyotp.TOTP(secret).at(clock.moment + datetime.timedelta(seconds=seconds))


@pytest.fixture
def enrolled(second: SecondFactor, claire: Account, clock: Clock) -> tuple[str, tuple[str, ...]]:
    secret = second.new_secret()
    codes = second.enrol(claire, secret, code(secret, clock))
    clock.wait(60)
    return secret, codes


def test_a_telephone_shows_that_it_has_the_secret(second: SecondFactor, claire: Account, clock: Clock) -> None:
    secret = second.new_secret()
    assert second.address(claire, secret).startswith("otpauth://totp/Alliances%20en%20pratique:claire?secret=")
    for wrong in ("", "000000", "abcdef", code(secret, clock, 300), "1" * 5000):
        with pytest.raises(RefusedError, match="n'est pas celui du moment"):
            second.enrol(claire, secret, wrong)
    with pytest.raises(RefusedError, match="recommencez"):
        second.enrol(claire, "COURT", code(secret, clock))
    codes = second.enrol(claire, secret, f" {code(secret, clock)[:3]} {code(secret, clock)[3:]} ")
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([a-z0-9]{4}-){3}[a-z0-9]{4}", one) for one in codes)
    assert second.codes_left(claire) == 10


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_a_code_is_taken_once_and_clocks_may_drift(
    second: SecondFactor, claire: Account, clock: Clock, enrolled: tuple[str, tuple[str, ...]], drift: int
) -> None:
    typed = code(enrolled[0], clock, drift)
    assert second.verify(claire.id, typed, PLACE).id == claire.id
    with pytest.raises(RefusedError, match="déjà servi"):
        second.verify(claire.id, typed, PLACE)


def test_the_code_that_enrolled_opens_nothing(second: SecondFactor, claire: Account, clock: Clock) -> None:
    secret = second.new_secret()
    second.enrol(claire, secret, code(secret, clock))
    with pytest.raises(RefusedError):
        second.verify(claire.id, code(secret, clock), PLACE)


def test_a_recovery_code_serves_once_however_it_is_typed(
    second: SecondFactor, claire: Account, database: Database, enrolled: tuple[str, tuple[str, ...]]
) -> None:
    first = enrolled[1][0]
    with database.session() as session:
        kept = [one.digest for one in session.scalars(select(RecoveryCode))]
    assert not any(first.replace("-", "") in one for one in kept), "only digests are kept"
    second.verify(claire.id, f" {first.upper().replace('-', ' ')} ", PLACE)
    assert second.codes_left(claire) == 9
    assert audit.entries(database, 1)[0].action == "connexion par un code de secours"
    with pytest.raises(RefusedError):
        second.verify(claire.id, first, PLACE)


def test_a_recovery_code_is_its_owners(
    second: SecondFactor, claire: Account, rachid: Account, clock: Clock, enrolled: tuple[str, tuple[str, ...]]
) -> None:
    secret = second.new_secret()
    second.enrol(rachid, secret, code(secret, clock))
    with pytest.raises(RefusedError):
        second.verify(rachid.id, enrolled[1][0], PLACE)
    assert second.codes_left(claire) == 10


def test_guesses_are_slowed_and_a_good_password_forgives_none(
    second: SecondFactor, accounts: Accounts, claire: Account, clock: Clock, enrolled: tuple[str, tuple[str, ...]]
) -> None:
    from tests.curation.conftest import PASSWORD

    for _ in range(5):
        accounts.authenticate("claire", PASSWORD, PLACE)
        with pytest.raises(RefusedError, match="pas le bon"):
            second.verify(claire.id, "000000", PLACE)
    accounts.authenticate("claire", PASSWORD, PLACE)
    with pytest.raises(TooManyTriesError):
        second.verify(claire.id, code(enrolled[0], clock), PLACE)


def test_without_it_the_password_is_enough_again(
    second: SecondFactor, database: Database, claire: Account, clock: Clock, enrolled: tuple[str, tuple[str, ...]]
) -> None:
    second.remove("claire")
    with pytest.raises(RefusedError, match="Recommencez"):
        second.verify(claire.id, code(enrolled[0], clock), PLACE)
    with pytest.raises(RefusedError, match="pas de double vérification"):
        second.remove("claire")
    assert second.codes_left(claire) == 0
    assert audit.entries(database, 1)[0].action == "double vérification retirée"


def test_nobody_else_is_verified(second: SecondFactor, claire: Account) -> None:
    for number in (claire.id, 999):
        with pytest.raises(RefusedError, match="Recommencez"):
            second.verify(number, "000000", PLACE)
