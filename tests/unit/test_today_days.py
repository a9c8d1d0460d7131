"""The days of the first page and its axis: the shop's calendar, through changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.today.axis import MOST_LANES, NowLine, column_of, now_line, places, ticks
from app.domain.today.days import days_shown

BERLIN, SANTIAGO = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Santiago")
HOUR = timedelta(hours=1)


def berlin(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=BERLIN)  # type: ignore[arg-type]


def test_the_day_is_that_of_the_shop() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert days_shown("", late, BERLIN).first == date(2026, 11, 21)
    assert days_shown("tomorrow", late, BERLIN).first == date(2026, 11, 22)
    assert days_shown("", late, ZoneInfo("UTC")).first == date(2026, 11, 20)
    assert days_shown("nonsense", late, BERLIN).address == "/"


def test_the_week_runs_from_monday_to_sunday() -> None:
    for day in (16, 18, 22):
        days = days_shown("week", berlin(2026, 11, day, 12), BERLIN)
        assert (days.first, days.last) == (date(2026, 11, 16), date(2026, 11, 22))


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        ((2026, 3, 29), BERLIN, 23), ((2026, 10, 25), BERLIN, 25), ((2026, 6, 1), BERLIN, 24),
        # there midnight itself is left out
        ((2026, 9, 6), SANTIAGO, 23),
    ],
)  # fmt: skip
def test_a_day_is_as_long_as_its_clock_says(day: tuple[int, int, int], zone: ZoneInfo, hours: int) -> None:
    year, month, number = day
    noon = datetime(year, month, number, 12, tzinfo=zone)
    today, tomorrow = days_shown("", noon, zone).period, days_shown("tomorrow", noon, zone).period
    assert today.end - today.start == hours * HOUR
    assert today.end == tomorrow.start
    assert today.start.astimezone(zone).date() == noon.date()
    assert (today.start - timedelta(seconds=1)).astimezone(zone).date() == noon.date() - timedelta(days=1)


def test_a_week_with_a_change_of_the_clock_is_whole() -> None:
    days = days_shown("week", berlin(2026, 3, 25, 12), BERLIN)
    assert days.period.end - days.period.start == 7 * 24 * HOUR - HOUR


@pytest.mark.parametrize(
    ("hour", "minute", "column"), [(6, 0, 1), (6, 14, 1), (6, 15, 2), (14, 0, 33), (23, 59, 72), (2, 0, 1)]
)
def test_quarters_of_an_hour_on_the_axis(hour: int, minute: int, column: int) -> None:
    for day in ((2026, 11, 21), (2026, 3, 29), (2026, 10, 25)):
        days = days_shown("", berlin(*day, 12), BERLIN)
        assert column_of(days, berlin(*day, hour, minute)) == column


def test_what_is_on_other_days_stands_at_the_edge() -> None:
    days = days_shown("", berlin(2026, 11, 21, 12), BERLIN)
    assert column_of(days, berlin(2026, 11, 20, 18)) == 1
    assert column_of(days, berlin(2026, 11, 22, 8)) == 72


def test_nothing_covers_anything_else_and_nothing_hangs_over() -> None:
    days = days_shown("", berlin(2026, 11, 21, 12), BERLIN)
    instants = [berlin(2026, 11, 21, 6) + count * 20 * timedelta(minutes=1) for count in range(54)]
    found = [place for place in places(days, instants) if place]
    columns = [
        (place.lane, column) for place in found for column in range(place.start, place.start + place.length)
    ]
    assert len(columns) == len(set(columns))
    assert max(column for _, column in columns) <= 72
    assert max(place.lane for place in found) <= MOST_LANES


def test_what_finds_no_lane_is_left_out() -> None:
    days = days_shown("", berlin(2026, 11, 21, 12), BERLIN)
    found = places(days, [berlin(2026, 11, 21, 10)] * (MOST_LANES + 3))
    assert found.count(None) == 3


def test_a_week_stacks_each_day_at_its_column() -> None:
    days = days_shown("week", berlin(2026, 11, 18, 12), BERLIN)
    found = places(days, [berlin(2026, 11, 16, 8), berlin(2026, 11, 16, 20), berlin(2026, 11, 22, 23, 59)])
    assert [(place.start, place.length, place.lane) for place in found if place] == [
        (1, 12, 1), (1, 12, 2), (73, 12, 1),
    ]  # fmt: skip
    assert [tick.word for tick in ticks(days)][:2] == ["Mon 16", "Tue 17"]
    assert column_of(days, berlin(2026, 11, 22, 23, 59)) == 84


def test_the_line_of_the_present_is_on_its_day_only() -> None:
    moment = berlin(2026, 11, 18, 9, 20)
    assert now_line(days_shown("", moment, BERLIN), moment) == NowLine(14, -23, 15)
    assert now_line(days_shown("week", moment, BERLIN), moment) == NowLine(29, 25, 120)
    assert now_line(days_shown("tomorrow", moment, BERLIN), moment) is None
