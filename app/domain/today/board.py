"""The page put together: figures that link, the axis of the day, and the lists under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.claims import Claim, claims_of
from app.domain.availability.shortages import ShortEquipment, shortages_between
from app.domain.events.filters import EventFilter
from app.domain.today.days import Days
from app.domain.today.lanes import Lane, lane_of
from app.domain.today.plan_queries import (
    Asker,
    Overdue,
    ToPrep,
    Waiting,
    moves_in,
    overdue,
    to_prep,
    waiting_for,
)
from app.lib.periods import Period

SHORT_AHEAD = timedelta(days=14)
HOLD_SOON = timedelta(days=3)
PLAN_SOON = timedelta(days=14)
SHOWN = 6
SHOWN_SHORT = 12


@dataclass(frozen=True, slots=True)
class Short:
    """An equipment that is short, and the names of what takes it then."""

    equipment: ShortEquipment
    names: list[str]


@dataclass(frozen=True, slots=True)
class Late:
    """An event whose gear is not back, and the names of those that will miss it."""

    event: Overdue
    endangers: list[str]


@dataclass(frozen=True, slots=True)
class Board:
    """What the page shows of the plan. Lists hold the first of each; the counts are of all.

    `waiting` is by kind.
    """

    leaving: Lane
    returning: Lane
    late: list[Late]
    late_count: int
    short: list[Short]
    short_count: int
    prep: list[ToPrep]
    prep_count: int
    waiting: list[tuple[str, list[Waiting]]]


async def board_of(reading: AsyncConnection, days: Days, asker: Asker, moment: datetime) -> Board:
    """Everything about these days, in six statements however much there is."""
    period = days.period
    moves = await moves_in(reading, period, moment)
    late = await overdue(reading, moment, SHOWN)
    short = await shortages_between(reading, Period(moment, moment + SHORT_AHEAD), moment=moment)
    claims = await claims_of(reading, [one.window for one in short], pencils=False, moment=moment)
    missing = _missing(short, claims)
    prep = await to_prep(reading, days.start_of(days.prepped_until + timedelta(days=1)), moment, SHOWN)
    waiting = await waiting_for(
        reading,
        asker,
        moment=moment,
        hold_ends=moment + HOLD_SOON,
        plans_start=moment + PLAN_SOON,
        most=SHOWN,
    )
    overdue_now = [] if days.is_week or days.first != days.today else late
    return Board(
        leaving=lane_of(days, [one for one in moves if one.way == "out"], missing, moment),
        returning=lane_of(days, [one for one in moves if one.way == "back"], missing, moment, overdue_now),
        late=[Late(one, _endangered(one.id, short, claims)) for one in late],
        late_count=late[0].total if late else 0,
        short=[Short(one, _names(one, its)) for one, its in zip(short, claims, strict=True)][:SHOWN_SHORT],
        short_count=len(short),
        prep=prep,
        prep_count=prep[0].total if prep else 0,
        waiting=[(kind, list(group)) for kind, group in groupby(waiting, lambda one: one.kind)],
    )


def addresses(days: Days) -> dict[str, str]:
    """For each figure about events the list of exactly those that it counts."""
    here = {"since": days.first.isoformat(), "until": days.last.isoformat()}
    confirmed = EventFilter(show="confirmed")
    return {
        "out_address": confirmed.query(move="out", **here),
        "back_address": confirmed.query(move="back", **here),
        "late_address": confirmed.query(move="late"),
        "prep_address": confirmed.query(move="prep", until=days.prepped_until.isoformat()),
    }


def _touching(short: ShortEquipment, claims: Sequence[Claim]) -> list[Claim]:
    """What takes the equipment while it is short."""
    return [one for one in claims if one.kind != "sub_hire" and short.short_within(one.start_at, one.end_at)]


def _missing(short: Sequence[ShortEquipment], claims: Sequence[Sequence[Claim]]) -> dict[int, int]:
    """How many pieces are missing at the worst for each event, all its equipment together."""
    found = dict[int, int]()
    for one, its in zip(short, claims, strict=True):
        worst = dict[int, int]()
        for claim in _touching(one, its):
            if claim.event_id is not None:
                missing = one.short_within(claim.start_at, claim.end_at)
                worst[claim.event_id] = max(worst.get(claim.event_id, 0), missing)
        for event_id, missing in worst.items():
            found[event_id] = found.get(event_id, 0) + missing
    return found


def _names(short: ShortEquipment, claims: Sequence[Claim]) -> list[str]:
    return list(dict.fromkeys(claim.name for claim in _touching(short, claims)))


def _endangered(
    event_id: int, short: Sequence[ShortEquipment], claims: Sequence[Sequence[Claim]]
) -> list[str]:
    """Who will miss what this event has not brought back: those that share a shortage with it."""
    found = dict[str, None]()
    for one, its in zip(short, claims, strict=True):
        touching = _touching(one, its)
        if any(claim.late and claim.event_id == event_id for claim in touching):
            others = (claim for claim in touching if claim.event_id not in (None, event_id))
            found |= {claim.event_name: None for claim in others if not claim.late}
    return list(found)
