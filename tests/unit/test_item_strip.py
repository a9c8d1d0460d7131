"""What is written under the strip of the days ahead: every month's first day, and nothing over another."""

from datetime import date, timedelta

import pytest

from app.domain.inventory.item_dates import DAYS, axis_of

YEAR = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
# how wide a label is, in days of a strip of 90 days on a telephone
_WITH_MONTH, _ALONE = 10, 4


@pytest.mark.parametrize("first", YEAR, ids=str)
def test_every_first_of_a_month_is_named_and_no_label_lies_over_another(first: date) -> None:
    days = [first + timedelta(days=number) for number in range(DAYS)]
    marks = axis_of(days, "en_GB")
    named = {mark.place for mark in marks}
    assert {place for place, day in enumerate(days) if day.day == 1} <= named
    end = 0
    for mark in marks:
        wide = _ALONE if mark.label.isdigit() else _WITH_MONTH
        start = mark.place - wide + 1 if mark.ends_here else mark.place
        assert start >= end
        end = start + wide
    assert end <= DAYS + 1


def test_a_month_that_begins_soon_shortens_the_first_label() -> None:
    def labels(first: date) -> list[tuple[int, str]]:
        days = [first + timedelta(days=number) for number in range(DAYS)]
        return [(mark.place, mark.label) for mark in axis_of(days, "en_GB")][:2]

    assert labels(date(2026, 11, 20)) == [(0, "20 Nov"), (11, "1 Dec")]
    assert labels(date(2026, 11, 21)) == [(0, "21"), (10, "1 Dec")]
    assert labels(date(2026, 11, 28)) == [(3, "1 Dec"), (17, "15")]
