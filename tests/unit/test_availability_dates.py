"""Dates in an address: read, written, offered; and the drawing that goes with them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.availability.dates import dates_of, read_dates, short_range, usual_dates
from app.domain.availability.drawing import GROUND, TOP, WIDTH, drawing_of
from app.domain.availability.sweeps import Change, Layer
from app.lib.periods import Period

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 11, 26, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_an_address_is_read_on_the_readers_clock_and_written_the_same() -> None:
    asked = read_dates({"from": "2026-11-26T07:00", "to": " 2026-11-28 "}, BERLIN)
    assert asked.dates is not None
    assert asked.dates.period == Period(START, datetime(2026, 11, 27, 23, tzinfo=UTC))
    assert asked.dates.query == "from=2026-11-26T07:00&to=2026-11-28T00:00"
    assert read_dates(dict(asked.dates.pairs), BERLIN).dates == asked.dates
    assert read_dates({"q": "x"}, BERLIN).errors == {}


def test_seconds_are_no_part_of_a_question() -> None:
    asked = read_dates({"from": "2026-11-26T07:00:30", "to": "2026-11-26T07:01:59"}, BERLIN)
    assert asked.dates == dates_of(Period(START, START + timedelta(minutes=1)), BERLIN)
    same = read_dates({"from": "2026-11-26T07:00:10", "to": "2026-11-26T07:00:50"}, BERLIN)
    assert set(same.errors) == {"to"}


def test_an_hour_that_the_clocks_leave_out_does_not_turn_a_period_round() -> None:
    asked = read_dates({"from": "2027-03-28T02:50", "to": "2027-03-28T03:10"}, BERLIN)
    assert set(asked.errors) == {"to"}


@pytest.mark.parametrize(
    ("today", "weekend", "week"),
    [
        (date(2026, 11, 19), "2026-11-21", "2026-11-23"),
        (date(2026, 11, 20), "2026-11-21", "2026-11-23"),
        (date(2026, 11, 21), "2026-11-21", "2026-11-23"),
        (date(2026, 11, 22), "2026-11-21", "2026-11-23"),
        (date(2026, 11, 23), "2026-11-28", "2026-11-30"),
    ],
)
def test_usual_dates(today: date, weekend: str, week: str) -> None:
    found = {choice.label: choice.dates for choice in usual_dates(today, BERLIN)}
    assert found["Today"].start == f"{today}T00:00"
    assert found["Tomorrow"].start == found["Today"].end
    assert found["This weekend"].start == f"{weekend}T00:00"
    assert found["This weekend"].end == f"{date.fromisoformat(weekend) + timedelta(days=2)}T00:00"
    assert found["Next week"].start == f"{week}T00:00"
    assert found["Next week"].end == f"{date.fromisoformat(week) + timedelta(days=7)}T00:00"


@pytest.mark.parametrize(
    ("hours", "label"),
    [(3, "26 Nov"), (17, "26 Nov"), (18, "26\N{EN DASH}27 Nov"), (150, "26 Nov \N{EN DASH} 2 Dec")],
)
def test_the_head_of_the_column(hours: int, label: str) -> None:
    assert short_range(Period(START, START + hours * HOUR), BERLIN, "en_GB") == label


def changes(layer: Layer, quantity: int, first: int, last: int, hours: int = 20) -> list[Change]:
    """A quantity from the first to the last hour of a period of so many."""
    begin, end = (WIDTH * hour // hours for hour in (max(first, 0), last))
    left = [Change(end, layer, -quantity)] if last < hours else []
    return [Change(begin, layer, quantity), *left]


def test_the_drawing_has_what_is_wanted_under_what_is_here() -> None:
    wanted = [
        *changes("firm", 3, -5, 10), *changes("hold", 2, 5, 20), *changes("here", -1, 0, 30),
        *changes("late", 1, -9, 20),
    ]  # fmt: skip
    period = Period(START, START + 20 * HOUR)
    drawing = drawing_of(wanted, 6, period, START + 5 * HOUR, zone=BERLIN, locale="en_GB")
    layers = dict(drawing.layers)
    step = (GROUND - TOP) / 6
    quarter, half = WIDTH // 4, WIDTH // 2
    assert layers["late"].startswith(f"M0 {GROUND}V{GROUND - round(step)}H{quarter}")
    assert layers["firm"].count("M") == 2
    assert layers["hold"].startswith(f"M{quarter} {GROUND - round(4 * step)}V{TOP}H{half}")
    # six are wanted, five are here
    assert drawing.over == f"M{quarter} {GROUND - round(5 * step)}V{TOP}H{half}V{GROUND - round(5 * step)}z"
    assert (drawing.here, drawing.binding) == (5, (quarter, half - quarter))
    assert [tick.label for tick in drawing.ticks] == ["12:00", "18:00", "Fri 27"]


def test_a_drawing_of_nothing_and_of_many() -> None:
    period = Period(START, START + timedelta(days=30))
    empty = drawing_of([], 0, period, START, zone=BERLIN, locale="en_GB")
    assert empty.layers == ()
    assert empty.over == ""
    full = [one for number in range(0, 700, 3) for one in changes("firm", 1, number, number + 2, 720)]
    many = drawing_of(full, 1, period, START, zone=BERLIN, locale="en_GB")
    assert len(many.layers[0][1]) < 10_000
    assert not many.over
