from __future__ import annotations

import pytest

from kb.corpus.case import PartialDate


@pytest.mark.parametrize(
    ("text", "iso", "read"),
    [
        ("2024", "2024", "2024"),
        ("2024-09", "2024-09", "septembre 2024"),
        ("2024-05-01", "2024-05-01", "1er mai 2024"),
        ("vers 2024", "2024", "vers 2024"),
        ("2024-12-31", "2024-12-31", "31 décembre 2024"),
    ],
)
def test_a_date_keeps_its_precision(text: str, iso: str, read: str) -> None:
    date = PartialDate.parse(text)
    assert date is not None
    assert (date.iso, str(date)) == (iso, read)


@pytest.mark.parametrize("text", ["", "24", "2024-13", "2023-02-29", "2024-9", "09/2024", "page non datée"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert PartialDate.parse(text) is None
