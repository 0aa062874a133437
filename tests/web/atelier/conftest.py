"""The workspace with one published case and three curators, as in `tests/web/test_atelier.py`."""

from tests.web.test_atelier import (  # noqa: F401 — fixtures
    app,
    busy,
    busy_model,
    model,
    people,
    quick_passwords,
    settings,
    workspace,
)
