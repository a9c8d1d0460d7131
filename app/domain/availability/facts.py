"""What happened to booked gear: it left, came back, was used up. Facts are recorded, never refused.

Every function here expects the stock of the equipment to be locked (`lock_stock`).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select

from app.db.models import Reservation
from app.domain.availability.service import OPEN
from app.lib.periods import FOREVER
from app.lib.unit_of_work import UnitOfWork

_MOMENT = timedelta(minutes=1)
"""The shortest period a reservation may have: what it stands for takes nothing any more."""


async def hand_out(work: UnitOfWork, rental_id: int, quantity: int, at: datetime) -> None:
    """Record that so many pieces of a line left. They consume until they are back, however late that is.

    A fact: nothing is checked. Raises ValueError when the line has fewer that have not left yet.
    """
    row = await _open_row(work, rental_id, quantity)
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
    for row, part in _split(await _rows(work, rental_id, "out"), quantity):
        await work.session.execute(
            insert(Reservation).values(
                equipment_id=row.equipment_id,
                kind=row.kind,
                state="returned",
                quantity=part,
                start_at=min(row.start_at, at),
                end_at=max(free_from, min(row.start_at, at) + _MOMENT),
                event_id=row.event_id,
                rental_id=rental_id,
            )
        )
        await _less(work, row, part)


async def use_up(work: UnitOfWork, rental_id: int, quantity: int, at: datetime) -> None:
    """Record that so many consumables of a line left for good: the stock has to be lessened beside it.

    Raises ValueError when the line has fewer that have not left yet.
    """
    row = await _open_row(work, rental_id, quantity)
    start = min(row.start_at, at)
    await work.session.execute(
        insert(Reservation).values(
            equipment_id=row.equipment_id,
            kind=row.kind,
            state="returned",
            quantity=quantity,
            start_at=start,
            end_at=start + _MOMENT,
            event_id=row.event_id,
            rental_id=rental_id,
        )
    )
    await _less(work, row, quantity)


async def undo_hand_out(work: UnitOfWork, rental_id: int, quantity: int) -> None:
    """Take back that so many pieces left last: they wait to leave again. The event has to be booked anew.

    Raises ValueError when fewer are out.
    """
    await _wait_again(work, _split(await _rows(work, rental_id, "out", last_first=True), quantity))


async def undo_use_up(work: UnitOfWork, rental_id: int, quantity: int) -> None:
    """Take back that so many consumables left last. The event has to be booked anew after it.

    Raises ValueError when fewer left.
    """
    used = _split(await _rows(work, rental_id, "returned", last_first=True), quantity)
    await _wait_again(work, used, until=FOREVER)


async def undo_take_back(work: UnitOfWork, rental_id: int, quantity: int, until: datetime) -> None:
    """Take back that so many pieces came back last: they are out, and expected until then.

    A fact: nothing is checked. Raises ValueError when fewer came back.
    """
    for row, part in _split(await _rows(work, rental_id, "returned", last_first=True), quantity):
        again = _copy(row, part, "out")
        again.until_back, again.end_at = True, max(until, row.start_at + _MOMENT)
        work.session.add(again)
        await _less(work, row, part)


async def _wait_again(
    work: UnitOfWork, parts: Sequence[tuple[Reservation, int]], until: datetime | None = None
) -> None:
    """Have these parts wait to leave, in one row with what waits already.

    It takes nothing that was not taken before, so it begins as out: the guard would count it as new.
    """
    (first, _), *_ = parts
    rental_id, taken = first.rental_id, sum(part for _, part in parts)
    waiting = await _waiting(work, rental_id)
    together = [*(row for row, _ in parts), *waiting]
    again = _copy(first, taken + sum(row.quantity for row in waiting), "out")
    again.start_at = min(row.start_at for row in together)
    again.end_at = until or max(row.end_at for row in together)
    work.session.add(again)
    for row, part in parts:
        await _less(work, row, part)
    for row in waiting:
        await work.session.delete(row)
    await work.session.flush()
    again.state = "firm"
    await work.session.flush()


async def _waiting(work: UnitOfWork, rental_id: int | None) -> Sequence[Reservation]:
    rows = await work.session.scalars(
        select(Reservation)
        .where(Reservation.rental_id == rental_id, Reservation.state.in_(OPEN))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def _open_row(work: UnitOfWork, rental_id: int, quantity: int) -> Reservation:
    row = next(iter(await _waiting(work, rental_id)), None)
    if row is None or row.quantity < quantity:
        raise ValueError("more leaves than the line has")
    return row


async def _rows(
    work: UnitOfWork, rental_id: int, state: str, *, last_first: bool = False
) -> Sequence[Reservation]:
    order = (Reservation.id.desc(),) if last_first else (Reservation.end_at, Reservation.id)
    rows = await work.session.scalars(
        select(Reservation)
        .where(Reservation.rental_id == rental_id, Reservation.state == state)
        .order_by(*order)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.all()


def _split(rows: Sequence[Reservation], quantity: int) -> list[tuple[Reservation, int]]:
    """Which rows so many pieces are in, and how many in each. Raises ValueError when there are fewer."""
    if sum(row.quantity for row in rows) < quantity:
        raise ValueError("there are fewer")
    parts = list[tuple[Reservation, int]]()
    for row in rows:
        part = min(row.quantity, quantity)
        if part:
            parts.append((row, part))
        quantity -= part
    return parts


def _copy(row: Reservation, quantity: int, state: str) -> Reservation:
    return Reservation(
        equipment_id=row.equipment_id,
        kind=row.kind,
        state=state,
        quantity=quantity,
        start_at=row.start_at,
        end_at=row.end_at,
        overbooked=row.overbooked,
        event_id=row.event_id,
        rental_id=row.rental_id,
    )


async def _less(work: UnitOfWork, row: Reservation, quantity: int) -> None:
    if row.quantity == quantity:
        await work.session.delete(row)
    else:
        row.quantity -= quantity
    await work.session.flush()
