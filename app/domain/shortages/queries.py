"""What is short, who has it, and what an event that is not booked yet would make short."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Equipment, Rental
from app.domain.availability.claims import Claim, claims_of
from app.domain.availability.policy import short_stretches
from app.domain.availability.queries import Window, steps_of
from app.domain.availability.shortages import ShortEquipment, shortages_between
from app.domain.events import line_queries
from app.domain.events.demand import Line, block_period
from app.domain.events.fields import STATUS_STATES
from app.domain.events.policy import demand_state
from app.domain.events.queries import EventFacts
from app.domain.shortages.filters import ShortageFilter
from app.domain.shortages.line_queries import GEAR, LineFacts, lines_by_id
from app.domain.shortages.policy import FIRMNESS, Own, with_own
from app.lib.periods import Period

_GONE = frozenset({"out", "returned"})


@dataclass(frozen=True, slots=True)
class Taker:
    """Whoever has pieces while they are short: an event's line, a repair; or a sub-hire, which brings some.

    `gone` of them have left. `end_at` is FOREVER where no end is known; `late` means it should be back.
    """

    claim: Claim
    quantity: int
    gone: int
    start_at: datetime
    end_at: datetime
    late: bool
    line: LineFacts | None

    @property
    def state(self) -> tuple[str, str, str]:
        """Word, tone and shape of how firmly it stands."""
        if self.late:
            return "Overdue", "red", "diamond"
        if self.claim.kind == "sub_hire":
            return ("Draft", "slate", "pencil") if self.claim.state == "pencil" else ("Hired in", "green", "")
        if self.line is not None:
            return STATUS_STATES[self.line.event_status]
        return "Out of service", "slate", "bars"

    @property
    def may_give(self) -> bool:
        """Whether some of its pieces can still be planned otherwise."""
        return self.line is not None and self.line.event_status in FIRMNESS and self.gone < self.quantity


@dataclass(frozen=True, slots=True)
class Case:
    """An equipment that is short and who has it; with `wanted_by`, that would be if that event were booked.

    `wanted` are pieces it asks for that stand on no line yet.
    """

    short: ShortEquipment
    takers: tuple[Taker, ...]
    wanted_by: EventFacts | None = None
    wanted: int = 0

    @property
    def id(self) -> int:
        """The id of the equipment."""
        return self.short.equipment_id

    def hired_for(self, event_id: int | None) -> int | None:
        """The event that what is hired in is for: the one asked about, or the only one that it can be.

        That is who overbooked, or whoever has it at all.
        """
        if self.wanted_by is not None:
            return self.wanted_by.id
        booked = [one.claim for one in self.takers if one.claim.event_id]
        having = {claim.event_id for claim in booked}
        overbooked = {claim.event_id for claim in booked if claim.overbooked}
        if event_id in having:
            return event_id
        return next((ids.pop() for ids in (overbooked, having) if len(ids) == 1), None)


async def cases_of(
    reading: AsyncConnection,
    wanted: ShortageFilter,
    period: Period,
    event: EventFacts | None,
    moment: datetime,
) -> list[Case]:
    """Every shortage of the period, by when it begins; for an event also what it would make short.

    A fixed number of statements, however many there are.
    """
    asked = await _asked_for(reading, event, wanted, moment) if event is not None else []
    ids = {one.equipment_id for one, _ in asked}
    standing = [
        one
        for one in await shortages_between(reading, period, moment=moment)
        if one.equipment_id not in ids and wanted.equipment_id in (None, one.equipment_id)
    ]
    found = [one for one, _ in asked] + standing
    claims = await claims_of(reading, [one.window for one in found], moment=moment)
    own = [rental_id for _, rental_ids in asked for rental_id in rental_ids]
    lines = await lines_by_id(reading, [*own, *(claim.rental_id for its in claims for claim in its)])
    cases = list[Case]()
    for place, (short, its) in enumerate(zip(found, claims, strict=True)):
        is_asked = place < len(asked)
        takers = _takers(short, its, lines, set(asked[place][1]) if is_asked else set())
        if event is not None and not is_asked and all(one.claim.event_id != event.id for one in takers):
            continue
        asks_more = is_asked and not wanted.line_id and short.equipment_id == wanted.equipment_id
        pieces = wanted.pieces if asks_more else 0
        cases.append(Case(short, tuple(takers), event if is_asked else None, pieces))
    return cases


async def givers_for(
    reading: AsyncConnection, line: LineFacts, equipment_id: int, period: Period, moment: datetime
) -> list[Taker]:
    """Other lines that have the equipment while this one wants it: the least firm first, then the latest."""
    (claims,) = await claims_of(reading, [Window(equipment_id, period)], pencils=False, moment=moment)
    lines = await lines_by_id(reading, [claim.rental_id for claim in claims])
    takers = [one for one in _grouped(claims, lines) if one.may_give and one.line and one.line.id != line.id]
    return sorted(takers, key=lambda one: (FIRMNESS[one.claim.event_status], -one.start_at.timestamp()))


async def equipment_named(reading: AsyncConnection, equipment_id: int | None) -> str | None:
    """The name of the equipment asked about; None when there is none."""
    found = select(Equipment.name).where(Equipment.id == equipment_id, Equipment.deleted_at.is_(None))
    return await reading.scalar(found)


async def _asked_for(
    reading: AsyncConnection, event: EventFacts, wanted: ShortageFilter, moment: datetime
) -> list[tuple[ShortEquipment, list[int]]]:
    """What booking the event would make short, with the ids of its lines that ask for it."""
    own = dict[int, list[Own]]()
    ids = dict[int, list[int]]()
    gear = dict[int, Any]()
    is_pencil = demand_state(event.status) == "pencil"
    lines = await line_queries.lines_of_event(reading, event) if is_pencil or wanted.line_id else []
    for line in lines:
        pieces = line.rental.quantity if is_pencil else 0
        if line.id == wanted.line_id:
            pieces += max(0, wanted.pieces - line.rental.quantity)
        if pieces and not line.rental.optional and wanted.equipment_id in (None, line.equipment.id):
            gear[line.equipment.id] = line.equipment
            own.setdefault(line.equipment.id, []).append((pieces, line.period))
            ids.setdefault(line.equipment.id, []).append(line.rental.id)
    if wanted.pieces and wanted.equipment_id and not wanted.line_id and event.is_open:
        await _add_wanted(reading, event, wanted, gear, own)
    windows = [
        Window(key, Period(min(one.start for _, one in its), max(one.end for _, one in its)))
        for key, its in own.items()
    ]
    steps = await steps_of(reading, windows, moment=moment)
    found = list[tuple[ShortEquipment, list[int]]]()
    for window, taken in zip(windows, steps, strict=True):
        equipment = gear[window.equipment_id]
        load = with_own(taken, own[window.equipment_id])
        stretches = short_stretches(load, equipment.quantity, window.period.end)
        if stretches:
            short = ShortEquipment(equipment.id, equipment.name, equipment.quantity, tuple(stretches))
            found.append((short, ids.get(equipment.id, [])))
    return found


async def _add_wanted(
    reading: AsyncConnection,
    event: EventFacts,
    wanted: ShortageFilter,
    gear: dict[int, Any],
    own: dict[int, list[Own]],
) -> None:
    """Count pieces that stand on no line yet, for the dates of the event."""
    statement = select(*GEAR).where(Equipment.id == wanted.equipment_id, Equipment.deleted_at.is_(None))
    row = (await reading.execute(statement)).mappings().one_or_none()
    if row is None:
        return
    equipment = Equipment(**{str(key): value for key, value in row.items()})
    period = block_period(line_queries.transient_event(event), Line(Rental(), equipment))
    gear[equipment.id] = equipment
    own.setdefault(equipment.id, []).append((wanted.pieces, period))


def _takers(
    short: ShortEquipment, claims: Sequence[Claim], lines: dict[int, LineFacts], own: set[int]
) -> list[Taker]:
    """Who has it while it is short: the firmest first; of pencils only those that ask for it themselves."""
    touching = [
        claim
        for claim in claims
        if short.short_within(claim.start_at, claim.end_at)
        and (claim.state != "pencil" or claim.kind == "sub_hire" or claim.rental_id in own)
    ]
    return sorted(_grouped(touching, lines), key=lambda one: (-_rank(one), one.start_at, one.claim.id))


def _rank(taker: Taker) -> int:
    if taker.claim.kind == "sub_hire":
        return -1
    return FIRMNESS.get(taker.claim.event_status, len(FIRMNESS)) if taker.line else len(FIRMNESS)


def _grouped(claims: Sequence[Claim], lines: dict[int, LineFacts]) -> list[Taker]:
    """One taker for each line, whether parts of it have left or not, and for everything else."""
    keyed = sorted(claims, key=_key)
    takers = list[Taker]()
    for _, group in groupby(keyed, key=_key):
        its = list(group)
        takers.append(
            Taker(
                claim=its[0],
                quantity=sum(one.quantity for one in its),
                gone=sum(one.quantity for one in its if one.state in _GONE),
                start_at=min(one.start_at for one in its),
                end_at=max(one.end_at for one in its),
                late=any(one.late for one in its),
                line=lines.get(its[0].rental_id) if its[0].rental_id is not None else None,
            )
        )
    return takers


def _key(claim: Claim) -> tuple[int, int]:
    return (claim.rental_id or 0, 0 if claim.rental_id is not None else claim.id)
