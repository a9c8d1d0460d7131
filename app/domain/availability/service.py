"""Taking stock and giving it back: the only code that writes reservations.

A booking is one transaction: lock what it is about (`lock_stock`, in id order, so that two bookings never
wait for each other), write (`write_demand`), check what has grown (`require_free`). The check reads after the
write, so an event's own lines count, and a refusal rolls everything back. The database checks once more at
commit (`reservation_guard`), so code that forgets a step still cannot sell what is not there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from app.db.models import Availability, Reservation
from app.domain.availability.policy import Stretch, short_stretches
from app.domain.availability.queries import Window, steps_of, stock_of, takers_of
from app.domain.availability.shortage import EquipmentShortage, Shortage
from app.lib.periods import Period, beyond, known_end
from app.lib.unit_of_work import UnitOfWork

OPEN = ("pencil", "hold", "firm")


@dataclass(frozen=True, slots=True)
class Demand:
    """What one line of an event wants: `quantity` pieces for the effective `period`."""

    rental_id: int
    equipment_id: int
    quantity: int
    period: Period
    state: str
    kind: str = "rental"
    overbooked: bool = False


async def lock_stock(work: UnitOfWork, equipment_ids: Iterable[int]) -> None:
    """Hold the availability of these equipment until the transaction ends, in id order."""
    await work.session.execute(
        select(Availability.equipment_id)
        .where(Availability.equipment_id.in_(sorted(set(equipment_ids))))
        .order_by(Availability.equipment_id)
        .with_for_update(key_share=True)
    )


async def write_demand(work: UnitOfWork, event_id: int, wanted: Sequence[Demand]) -> list[Window]:
    """Make the reservations of an event say what is wanted. Returns where more is taken than before.

    What is out or back already is left as it is, and counts towards its line; but what is out is expected
    back at the end that is wanted now. The stock of every equipment concerned has to be locked.
    """
    rows = (
        await work.session.scalars(
            select(Reservation)
            .where(Reservation.event_id == event_id)
            .execution_options(populate_existing=True)
        )
    ).all()
    gone: dict[tuple[int | None, int], list[Reservation]] = {}
    present: dict[tuple[int | None, int], Reservation] = {}
    for row in rows:
        key = (row.rental_id, row.equipment_id)
        if row.state in OPEN:
            present[key] = row
        else:
            gone.setdefault(key, []).append(row)
    grown = list[Window]()
    for demand in wanted:
        key = (demand.rental_id, demand.equipment_id)
        left = gone.get(key, [])
        grown += _expect_back(left, demand)
        rest = replace(demand, quantity=demand.quantity - sum(row.quantity for row in left))
        row = present.pop(key, None)
        if rest.quantity <= 0:
            if row is not None:
                await work.session.delete(row)
        elif row is None:
            work.session.add(_reservation(event_id, rest))
            grown += _grown(None, rest)
        else:
            grown += _grown(row, rest)
            _change(row, rest)
    for row in present.values():
        await work.session.delete(row)
    await work.session.flush()
    return grown


async def require_free(work: UnitOfWork, windows: Sequence[Window], *, asking: int | None = None) -> None:
    """Raise Shortage when too much is taken in any of the windows. `asking` is the event that wants it."""
    steps = await steps_of(work.session, windows)
    stock = await stock_of(work.session, [window.equipment_id for window in windows])
    shortages = dict[int, EquipmentShortage]()
    for window, taken in zip(windows, steps, strict=True):
        owned = stock[window.equipment_id]
        stretches = short_stretches(taken, owned.quantity, window.period.end)
        if not stretches:
            continue
        takers = await takers_of(work.session, Window(window.equipment_id, stretches[0].period))
        known = shortages.get(window.equipment_id)
        shortages[window.equipment_id] = EquipmentShortage(
            equipment_id=window.equipment_id,
            name=owned.name,
            stock=owned.quantity,
            stretches=_together([*(known.stretches if known else ()), *stretches]),
            takers=tuple(
                taker
                for taker in dict.fromkeys([*(known.takers if known else ()), *takers])
                if taker.kind != "sub_hire" and (asking is None or taker.event_id != asking)
            ),
        )
    if shortages:
        raise Shortage([shortages[key] for key in sorted(shortages)])


async def hand_out(work: UnitOfWork, rental_id: int, quantity: int, at: datetime) -> None:
    """Record that so many pieces of a line left. They consume until they are back, however late that is.

    A fact: nothing is checked. Raises ValueError when the line has fewer that have not left yet.
    """
    row = await work.session.scalar(
        select(Reservation)
        .where(Reservation.rental_id == rental_id, Reservation.state.in_(OPEN))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None or row.quantity < quantity:
        raise ValueError("more leaves than the line has")
    await work.session.execute(
        insert(Reservation).values(
            equipment_id=row.equipment_id,
            kind=row.kind,
            state="out",
            quantity=quantity,
            start_at=min(row.start_at, at),
            end_at=row.end_at,
            until_back=row.kind == "rental",
            overbooked=row.overbooked,
            event_id=row.event_id,
            rental_id=rental_id,
        )
    )
    await _less(work, row, quantity)


async def take_back(
    work: UnitOfWork, rental_id: int, quantity: int, at: datetime, free_from: datetime
) -> None:
    """Record that so many pieces of a line came back at `at`; they are rentable again from `free_from`.

    Raises ValueError when fewer are out.
    """
    rows = (
        await work.session.scalars(
            select(Reservation)
            .where(Reservation.rental_id == rental_id, Reservation.state == "out")
            .order_by(Reservation.end_at, Reservation.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    ).all()
    if sum(row.quantity for row in rows) < quantity:
        raise ValueError("more comes back than is out")
    for row in rows:
        part = min(row.quantity, quantity)
        if part == 0:
            break
        await work.session.execute(
            insert(Reservation).values(
                equipment_id=row.equipment_id,
                kind=row.kind,
                state="returned",
                quantity=part,
                start_at=min(row.start_at, at),
                end_at=max(free_from, min(row.start_at, at) + timedelta(minutes=1)),
                event_id=row.event_id,
                rental_id=rental_id,
            )
        )
        await _less(work, row, part)
        quantity -= part


async def _less(work: UnitOfWork, row: Reservation, quantity: int) -> None:
    if row.quantity == quantity:
        await work.session.delete(row)
    else:
        row.quantity -= quantity
    await work.session.flush()


def _reservation(event_id: int, demand: Demand) -> Reservation:
    return Reservation(
        event_id=event_id,
        rental_id=demand.rental_id,
        equipment_id=demand.equipment_id,
        kind=demand.kind,
        state=demand.state,
        quantity=demand.quantity,
        start_at=demand.period.start,
        end_at=demand.period.end,
        overbooked=demand.overbooked,
    )


def _change(row: Reservation, demand: Demand) -> None:
    row.kind, row.state, row.quantity = demand.kind, demand.state, demand.quantity
    row.start_at, row.end_at = demand.period.start, demand.period.end
    row.overbooked = demand.overbooked


def _grown(row: Reservation | None, demand: Demand) -> list[Window]:
    """Where a line takes more than its present reservation does."""
    if demand.state == "pencil" or demand.overbooked:
        return []
    if row is None or row.state == "pencil" or demand.quantity > row.quantity:
        parts = [demand.period]
    else:
        parts = beyond(demand.period, Period(row.start_at, known_end(row.end_at)))
    return [Window(demand.equipment_id, part) for part in parts]


def _expect_back(out: Sequence[Reservation], demand: Demand) -> list[Window]:
    """Move the expected return of what is out. Returns where that takes more than before."""
    grown = list[Window]()
    for row in out:
        if row.state != "out" or row.end_at == demand.period.end or demand.period.end <= row.start_at:
            continue
        if demand.period.end > row.end_at and not demand.overbooked:
            grown.append(Window(row.equipment_id, Period(row.end_at, demand.period.end)))
        row.end_at = demand.period.end
    return grown


def _together(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Stretches of several windows as one list, in order, overlapping ones joined."""
    joined = list[Stretch]()
    for stretch in sorted(stretches, key=lambda one: one.period):
        last = joined[-1] if joined else None
        if last is not None and stretch.period.start <= last.period.end:
            period = Period(last.period.start, max(last.period.end, stretch.period.end))
            joined[-1] = Stretch(period, max(last.short, stretch.short))
        else:
            joined.append(stretch)
    return tuple(joined)
