"""Logging in with a second step, through HTTP."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from flask import Flask

from kb.curation.workspace import Workspace
from tests.corpus.samples import VALID
from tests.web.document import Node, parse, plain
from tests.web.test_atelier import FILE, PASSWORD, Curator

SECOND = "/atelier/mon-compte/double-verification"
CODE = "/atelier/connexion/code"


def code_of(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(time.time()) + 30 * steps)


def enrol(curator: Curator) -> tuple[str, list[str]]:
    page = curator.open(SECOND)
    sent = curator.fields(page, SECOND)
    (secret,) = sent["secret"]
    assert page.all("div", cls="qr")[0].all("svg")
    assert secret == re.sub(r"\s", "", page.one("code").text)
    done = curator.client.post(SECOND, data={**sent, "code": code_of(secret, -1), "ancien": PASSWORD})
    assert done.status_code == 200
    return secret, parse(done.get_data(as_text=True)).one("pre").text.split()


def first_step(curator: Curator, **more: str) -> Node:
    answer = curator.log_in("claire", **more)
    assert answer.status_code == 200
    page = parse(answer.get_data(as_text=True))
    assert page.one("h1").text == "Second code"
    return page


def test_a_telephone_is_enrolled_then_asked_for(people: dict[str, Curator], app: Flask) -> None:
    secret, codes = enrol(people["claire"])
    assert len(codes) == 10
    assert "Codes de secours restants : 10" in plain(people["claire"].open("/atelier/mon-compte").text)
    newcomer = Curator(app)
    first_step(newcomer, suite="/atelier/sante")
    assert newcomer.get("/atelier/").status_code == 302, "a password alone opens nothing"
    assert newcomer.post(CODE, code="000000").status_code == 401
    entered = newcomer.post(CODE, code=code_of(secret), suite="/atelier/sante")
    assert entered.headers["Location"] == "/atelier/sante"
    assert newcomer.get("/atelier/").status_code == 200
    thief = Curator(app)
    first_step(thief)
    assert thief.post(CODE, code=code_of(secret)).status_code == 401, "a code serves once"
    assert thief.post(CODE, code=codes[0]).status_code == 302


def test_the_second_step_needs_the_first_one_lately(
    people: dict[str, Curator], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, codes = enrol(people["claire"])
    visitor = Curator(app)
    visitor.get("/atelier/connexion")
    assert visitor.post(CODE, code=code_of(secret)).status_code == 401
    assert visitor.get(CODE).headers["Location"] == "/atelier/connexion"
    first_step(visitor)
    real = time.time
    monkeypatch.setattr("kb.web.atelier.access.time.time", lambda: real() + 700)
    assert visitor.post(CODE, code=codes[0]).status_code == 401
    monkeypatch.setattr("kb.web.atelier.access.time.time", real)
    assert visitor.post(CODE, code="x" * 100_000).status_code == 401


def test_what_was_typed_survives_both_steps(people: dict[str, Curator], workspace: Workspace) -> None:
    claire = people["claire"]
    _, codes = enrol(claire)
    claire.get("/atelier/")
    address = claire.post(f"{FILE}/ouvrir").headers["Location"]
    sent = claire.fields(claire.open(address), address) | {"lieu": ["Redon même"]}
    workspace.sessions.close_all(next(one for one in workspace.accounts.all() if one.identifiant == "claire"))
    expired = claire._checked(claire.client.post(address, data=sent))
    login = claire.fields(parse(expired.get_data(as_text=True)), "/atelier/connexion")
    second = claire.client.post("/atelier/connexion", data={**login, "identifiant": ["claire"], "passe": [PASSWORD]})
    kept = claire.fields(parse(second.get_data(as_text=True)), CODE)
    back = claire.client.post(CODE, data={**kept, "code": [codes[0]]})
    resumed = claire.fields(parse(back.get_data(as_text=True)), address)
    assert claire.client.post(address, data=resumed).status_code == 302
    assert workspace.drafts.open()[0].text == VALID.replace("lieu: Redon", "lieu: Redon même")


def test_enrolling_closes_the_other_sessions_and_asks_for_the_password(people: dict[str, Curator], app: Flask) -> None:
    other = Curator(app)
    other.log_in("claire")
    claire = people["claire"]
    sent = claire.fields(claire.open(SECOND), SECOND)
    (secret,) = sent["secret"]
    for wrong in ({"code": code_of(secret), "ancien": "pas le bon"}, {"code": "123", "ancien": PASSWORD},
                  {"code": code_of(secret), "ancien": PASSWORD, "secret": "<script>"}):  # fmt: skip
        refused = claire.client.post(SECOND, data={**sent, **wrong})
        assert refused.status_code == 400
        assert "<script>" not in refused.get_data(as_text=True)
    assert claire.client.post(SECOND, data={**sent, "code": code_of(secret), "ancien": PASSWORD}).status_code == 200
    assert other.get("/atelier/").status_code == 302
    assert claire.get("/atelier/").status_code == 200
    page = claire.open(SECOND)
    assert not page.all("div", cls="qr"), "the secret is never shown again"
    replayed = claire.post(SECOND, ancien=PASSWORD, secret=secret, code=code_of(secret, 1))
    assert replayed.status_code == 400, "a form sent twice neither removes nor replaces it"
    sent = claire.fields(claire.open(SECOND), SECOND)
    assert claire.client.post(SECOND, data={**sent, "ancien": PASSWORD}).status_code == 302
    assert claire.post(SECOND, ancien=PASSWORD, faire="retirer").status_code == 400, "nothing is left to remove"
    assert other.log_in("claire").status_code == 302
