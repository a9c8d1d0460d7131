"""The days of a calendar, also when clocks change, and what dragging an event does to its time of use."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from app.domain.calendar.policy import day_bounds, moved_along, stepped

HAMBURG = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HAMBURG).astimezone(UTC)


def test_steps_go_by_what_is_shown() -> None:
    assert stepped("month", date(2031, 1, 31), 1) == date(2031, 2, 1)
    assert stepped("month", date(2031, 1, 31), -1) == date(2030, 12, 1)
    assert stepped("week", date(2031, 1, 31), 1) == date(2031, 2, 7)
    assert stepped("day", date(2031, 1, 31), 1) == date(2031, 2, 1)


def test_a_day_on_which_clocks_change_is_as_long_as_it_is() -> None:
    bounds = day_bounds(date(2031, 3, 29), 3, HAMBURG)
    lengths = [(after - before) / timedelta(hours=1) for before, after in pairwise(bounds)]
    assert lengths == [24, 23, 24]


def test_use_moves_along_at_the_same_hours_over_a_change_of_clocks() -> None:
    out = (at("2031-03-28T08:00"), at("2031-03-29T18:00"))
    new = (at("2031-03-30T08:00"), at("2031-03-31T18:00"))
    use = (at("2031-03-28T20:00"), at("2031-03-29T02:00"))
    assert moved_along(use, out, new, HAMBURG) == (at("2031-03-30T20:00"), at("2031-03-31T02:00"))


def test_use_stays_when_an_event_is_only_made_longer() -> None:
    out = (at("2031-06-02T08:00"), at("2031-06-03T18:00"))
    use = (at("2031-06-02T20:00"), at("2031-06-03T02:00"))
    assert moved_along(use, out, (out[0], at("2031-06-05T18:00")), HAMBURG) == use
