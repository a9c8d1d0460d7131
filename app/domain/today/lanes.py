"""The two sides of the axis: each departure and return as a slot with its tone and its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.today.axis import Place, places
from app.domain.today.days import Days
from app.domain.today.plan_queries import Move, Overdue


@dataclass(frozen=True, slots=True)
class Slot:
    """An event at its place on the axis."""

    event_id: int
    name: str
    words: str
    tone: str
    place: Place


@dataclass(frozen=True, slots=True)
class Lane:
    """One side of the axis. `count` and `pieces` are of all that moves, `left_out` found no room."""

    slots: list[Slot]
    count: int
    pieces: int
    left_out: int


def lane_of(
    days: Days,
    moves: Sequence[Move],
    missing: Mapping[int, int],
    moment: datetime,
    late: Sequence[Overdue] = (),
) -> Lane:
    """A side of the axis. What is `late` from earlier days stands before everything else.

    `missing` says how many pieces an event is short of.
    """
    start = days.period.start
    waited_for = [one for one in late if one.due_at < start]
    found = places(days, [*(start for _ in waited_for), *(move.at for move in moves)])
    shown = [
        *((one.id, one.name, _due(days, one), "red") for one in waited_for),
        *((one.id, one.name, *_state(days, one, missing.get(one.id, 0), moment)) for one in moves),
    ]
    slots = [
        Slot(event_id, name, words, tone, place)
        for (event_id, name, words, tone), place in zip(shown, found, strict=True)
        if place is not None
    ]
    return Lane(slots, len(moves), sum(one.pieces for one in moves), len(shown) - len(slots))


def _due(days: Days, late: Overdue) -> str:
    due = days.clock(late.due_at)
    return f"due {due:%a} {due.day} {due:%b}, {due:%H:%M}"


def _state(days: Days, move: Move, missing: int, moment: datetime) -> tuple[str, str]:
    """Words and tone: when, and how far it is."""
    clock = f"{days.clock(move.at):%H:%M}"
    words, tone = _leaving(move, missing, moment) if move.way == "out" else _returning(move, moment)
    return f"{clock}, {words}", tone


def _leaving(move: Move, missing: int, moment: datetime) -> tuple[str, str]:
    if move.pieces and not move.here:
        return "gone", "cyan"
    if missing:
        return f"{missing} short", "red"
    if move.here < move.pieces:
        return f"{move.pieces - move.here} of {move.pieces} gone", "amber"
    if not move.pieces:
        return "no gear yet", "slate"
    return (_pieces(move.pieces), "green") if move.at > moment else ("not checked out", "slate")


def _returning(move: Move, moment: datetime) -> tuple[str, str]:
    if move.late:
        return "overdue", "red"
    if move.away:
        return ("still out", "cyan") if move.at > moment else (f"{move.away} not back yet", "amber")
    if not move.pieces:
        return "no gear yet", "slate"
    if move.here:
        return (_pieces(move.pieces) if move.at > moment else "not checked out"), "slate"
    return "back", "green"


def _pieces(count: int) -> str:
    return "1 piece" if count == 1 else f"{count} pieces"
