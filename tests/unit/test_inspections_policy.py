"""How long a test is valid, and how it stands on a day."""

from datetime import date

import pytest

from app.domain.inspections.policy import status_of, valid_until


@pytest.mark.parametrize(
    ("tested", "months", "until"),
    [
        (date(2026, 1, 15), 12, date(2027, 1, 14)),
        (date(2026, 8, 31), 6, date(2027, 2, 27)),
        (date(2027, 8, 31), 6, date(2028, 2, 28)),
        (date(2026, 12, 1), 1, date(2026, 12, 31)),
        (date(2024, 2, 29), 12, date(2025, 2, 27)),
        (date(2026, 11, 30), 240, date(2046, 11, 29)),
    ],
)
def test_a_test_is_valid_up_to_the_day_before_the_same_day(tested: date, months: int, until: date) -> None:
    assert valid_until(tested, months) == until


def test_the_last_day_still_counts() -> None:
    today = date(2026, 11, 21)
    assert status_of(date(2026, 11, 20), 30, today) == "expired"
    assert status_of(today, 0, today) == "due_soon"
    assert status_of(date(2026, 12, 21), 30, today) == "due_soon"
    assert status_of(date(2026, 12, 22), 30, today) == "valid"
