"""Who asks, behind other servers: believed only as far as the settings say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.config import Settings
from kb.web import create_app
from tests.web.test_atelier import Curator


@pytest.mark.parametrize(
    ("proxies", "said", "addresses"),
    [
        (0, ["203.0.113.7", "203.0.113.8"], ["127.0.0.1"] * 2),
        (1, ["203.0.113.7", "203.0.113.8"], ["203.0.113.7", "203.0.113.8"]),
        (1, ["6.6.6.6, 203.0.113.7", "7.7.7.7, 203.0.113.7"], ["203.0.113.7"] * 2),
        (2, ["203.0.113.7, 10.0.0.1", "203.0.113.8, 10.0.0.1"], ["203.0.113.7", "203.0.113.8"]),
    ],
)
def test_failed_logins_are_counted_by_the_address_that_can_be_believed(
    settings: Settings, proxies: int, said: list[str], addresses: list[str]
) -> None:
    app = create_app(replace(settings, proxies=proxies))
    curator = Curator(app)
    for one in said:
        curator.get("/atelier/connexion")
        sent = {"csrf_token": curator.token, "identifiant": "claire", "passe": "mauvais mot de passe"}
        answer = curator.client.post("/atelier/connexion", data=sent, headers={"X-Forwarded-For": one})
        assert answer.status_code == 401
    with app.extensions["atelier"].workspace.database.session() as session:
        from kb.curation.models import LoginFailure

        assert [row.address for row in session.query(LoginFailure).order_by(LoginFailure.id)] == addresses
