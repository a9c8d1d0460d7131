"""The columns of the timeline: places in them, and days on which the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.domain.timeline.bars import Bar, in_lanes
from app.domain.timeline.filters import Cursor, TimelineFilter, cursor_text, read_filter
from app.domain.timeline.scale import ZOOMS, Place, scale_of

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN, PLAIN = date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 26)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (PLAIN, 24)])
def test_a_day_is_as_wide_as_it_is_long(day: date, hours: int) -> None:
    scale = scale_of("day", day, BERLIN)
    assert scale.columns == 4 * hours
    _, heads = scale.heads(day, "en_GB")
    assert len(heads) == hours
    assert sum(head.place.length for head in heads) == scale.columns
    week = scale_of("week", day, BERLIN)
    assert week.columns == 6 * 24 + hours
    upper, _ = week.heads(day, "en_GB")
    assert [head.place.length for head in upper] == [hours, *[24] * 6]


def test_an_hour_that_comes_twice_has_two_heads() -> None:
    _, heads = scale_of("day", AUTUMN, BERLIN).heads(AUTUMN, "en_GB")
    assert [head.words for head in heads[:5]] == ["00", "01", "02", "02", "03"]


@pytest.mark.parametrize("day", [SPRING, AUTUMN, PLAIN])
def test_a_day_of_quarters_has_four_however_long_it_is(day: date) -> None:
    scale = scale_of("month", day, BERLIN)
    assert scale.columns == 120
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN).astimezone(UTC)
    assert scale.place(noon, noon + timedelta(hours=6)) == Place(3, 1)
    assert scale_of("quarter", day, BERLIN).columns == 182


def test_a_day_that_a_place_skipped_breaks_nothing() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert scale_of("day", date(2011, 12, 30), apia).columns == 96
    assert scale_of("month", date(2011, 12, 28), apia).columns == 116


def test_places_are_cut_off_at_both_ends_and_never_empty() -> None:
    scale = scale_of("month", PLAIN, BERLIN)
    start, end = scale.period.start, scale.period.end
    hour = timedelta(hours=1)
    assert scale.place(start - hour, end + hour) == Place(1, 120)
    assert scale.place(start - hour, start + hour) == Place(1, 1)
    assert scale.place(start + hour, start + 2 * hour) == Place(1, 1)
    assert scale.place(start, start + 6 * hour) == Place(1, 1)
    assert scale.place(start, start + 6 * hour + timedelta(minutes=1)) == Place(1, 2)
    assert scale.place(end - hour, end + hour) == Place(120, 1)
    assert scale.column_of(start) == 1
    assert scale.column_of(end) is None
    assert scale.column_of(end - hour) == 120


def test_weekends_are_whole_days() -> None:
    scale = scale_of("month", PLAIN, BERLIN)  # a Thursday
    assert scale.weekends()[0] == Place(9, 8)
    assert scale_of("day", PLAIN, BERLIN).weekends() == []


def a_bar(first: int, length: int) -> Bar:
    return Bar(f"{first}-{length}", "", "1", "", "", "green", "", Place(first, length))


def test_bars_share_a_lane_only_where_they_do_not_meet() -> None:
    placed, lanes = in_lanes([a_bar(1, 4), a_bar(5, 2), a_bar(4, 3), a_bar(1, 1), a_bar(7, 1)])
    assert lanes == 2
    taken = [(bar.lane, column) for bar in placed for column in range(bar.place.first, sum(bar.place))]
    assert len(taken) == len(set(taken))
    assert in_lanes([]) == ([], 0)


def test_the_address_survives_a_round_trip_and_garbage_is_left_out() -> None:
    cursor = Cursor(3, "shure sm00058", 42, "", 0)
    chosen = TimelineFilter(zoom="week", on="2026-11-26", category="3", q="sm58", after=cursor_text(cursor))
    given = dict(pair.split("=") for pair in chosen.query(after=chosen.after).partition("?")[2].split("&"))
    assert read_filter(given) == chosen
    assert chosen.cursor == cursor
    garbage = {"zoom": "year", "on": "9999-12-31", "category": "x", "item": "-1", "after": "!!", "show": "?"}
    assert read_filter(garbage) == TimelineFilter()
    assert read_filter({"on": "0001-01-01"}) == TimelineFilter()


@pytest.mark.parametrize("zoom", list(ZOOMS))
def test_windows_follow_each_other_without_a_gap(zoom: str) -> None:
    chosen = TimelineFilter(zoom=zoom, on="2026-10-20")
    later = read_filter({"zoom": zoom, "on": chosen.moved(PLAIN, 1).rpartition("on=")[2]})
    here = scale_of(zoom, chosen.first_day(PLAIN), BERLIN)
    there = scale_of(zoom, later.first_day(PLAIN), BERLIN)
    assert here.period.end == there.period.start
    assert later.moved(PLAIN, -1) == chosen.query()
