"""What a browser sends to resume, and what is kept to serve it."""

import pytest

from app.domain.live.positions import Position, parse_event_id
from app.domain.live.queries import ChangeSignal
from app.domain.live.recent import KEPT, RecentChanges

LARGEST = 2**63 - 1


@pytest.mark.parametrize("position", [Position(), Position(12, 3), Position(LARGEST, LARGEST)])
def test_an_event_id_is_read_back(position: Position) -> None:
    assert parse_event_id(position.event_id("7"), "7") == position


@pytest.mark.parametrize(
    "odd",
    [
        "7-\u00b2-1", "7-1-\u00b2", "7-\u0663-1", f"7-{LARGEST + 1}-1", f"7-1-{LARGEST + 1}", f"7-{'9' * 5000}-1",
        "7-1-1\n", " 7-1-1", "7--1-1", "7-1", "7-1-1-1", "7-+1-1", "7-1_0-1", "8-1-1", "", "--",
    ],
)  # fmt: skip
def test_what_is_no_event_id_is_no_position(odd: str) -> None:
    assert parse_event_id(odd, "7") is None


def signals(first: int, last: int) -> list[ChangeSignal]:
    return [
        ChangeSignal(Position(number, number), "unit", 1, number, "unit.updated", None, None, (), None, "")
        for number in range(first, last + 1)
    ]


def ids(recent: RecentChanges, start: int, end: int) -> list[int] | None:
    found = recent.between(Position(start, start), Position(end, end))
    return None if found is None else [signal.position.id for signal in found]


def test_a_log_that_is_kept_whole_serves_everybody() -> None:
    recent = RecentChanges()
    assert ids(recent, 0, 0) == []
    recent.begin(signals(5, 8))
    recent.add(signals(9, 10))
    assert ids(recent, 0, 10) == [5, 6, 7, 8, 9, 10]
    assert ids(recent, 7, 9) == [8, 9]
    assert ids(recent, 10, 10) == []


def test_who_is_too_far_behind_is_told_so() -> None:
    recent = RecentChanges()
    recent.begin(signals(1, KEPT))
    recent.add(signals(KEPT + 1, KEPT + 10))
    assert ids(recent, 10, KEPT + 10) is None
    assert ids(recent, 11, KEPT + 10) == list(range(12, KEPT + 11))
    recent.begin(signals(1, 2))
    assert ids(recent, 0, 2) == [1, 2]
