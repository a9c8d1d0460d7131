"""Changes of events and of their lines are taken back under the rules of booking."""

from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import Change, Event, Rental, Reservation
from app.domain.availability.shortage import Shortage
from app.domain.events import rentals, service
from app.lib.errors import Conflict
from app.lib.undoing import undo_change
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment


async def newest(work: Any, entity: str, entity_id: int) -> int:
    async with work() as unit:
        statement = select(Change.id).where(Change.entity == entity, Change.entity_id == entity_id)
        return (await unit.session.scalars(statement.order_by(Change.id.desc()).limit(1))).one()


async def only_line(work: Any, event: Event) -> Rental:
    async with work() as unit:
        return (await unit.session.scalars(select(Rental).where(Rental.event_id == event.id))).one()


async def booked(work: Any, event: Event) -> list[tuple[int, Any]]:
    async with work() as unit:
        rows = await unit.session.scalars(select(Reservation).where(Reservation.event_id == event.id))
        return [(row.quantity, row.start_at) for row in rows]


async def test_a_quantity_comes_back_with_its_booking(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 4, prep_minutes=0)
        event = await a_confirmed_event(unit, desk, 3)
    line = await only_line(work, event)
    async with work() as unit:
        await rentals.edit_rental(unit, line.id, {"quantity": 1}, version=1)
    async with work() as unit:
        await undo_change(unit, await newest(work, "rental", line.id))
    assert await booked(work, event) == [(3, MONDAY)]


async def test_a_quantity_stays_where_the_gear_went_elsewhere(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 4, prep_minutes=0)
        event = await a_confirmed_event(unit, desk, 3)
    line = await only_line(work, event)
    async with work() as unit:
        await rentals.edit_rental(unit, line.id, {"quantity": 1}, version=1)
    async with work() as unit:
        await a_confirmed_event(unit, desk, 3)
    change = await newest(work, "rental", line.id)
    with pytest.raises(Shortage):
        async with work() as unit:
            await undo_change(unit, change)
    assert await booked(work, event) == [(1, MONDAY)]
    refused = await (await sign_in("employee")).post(f"/api/changes/{change}/undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "SHORTAGE")


async def test_dates_come_back_with_the_bookings_or_stay(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1, prep_minutes=0)
        event = await a_confirmed_event(unit, desk, 1)
        later = {"out_start": MONDAY + 48 * HOUR, "out_end": MONDAY + 72 * HOUR}
    async with work() as unit:
        await service.edit_event(unit, event.id, later, version=None)
    moved = await newest(work, "event", event.id)
    async with work() as unit:
        other = await a_confirmed_event(unit, desk, 1)
    with pytest.raises(Shortage):
        async with work() as unit:
            await undo_change(unit, moved)
    assert await booked(work, event) == [(1, MONDAY + 48 * HOUR)]
    async with work() as unit:
        await service.delete_event(unit, other.id, version=None)
    async with work() as unit:
        await undo_change(unit, moved)
    assert await booked(work, event) == [(1, MONDAY)]
    with pytest.raises(Shortage):
        async with work() as unit:
            await undo_change(unit, await newest(work, "event", other.id))


async def test_an_addition_is_taken_back_and_a_removal_too(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 4, prep_minutes=0)
        event = await a_confirmed_event(unit, desk, 2)
    line = await only_line(work, event)
    async with work() as unit:
        await rentals.remove_rental(unit, line.id, version=1)
    async with work() as unit:
        await undo_change(unit, await newest(work, "rental", line.id))
    assert await booked(work, event) == [(2, MONDAY)]
    async with work() as unit:
        more = await a_rental(unit, event, desk, 1)
    async with work() as unit:
        await undo_change(unit, await newest(work, "rental", more.id))
    assert await booked(work, event) == [(2, MONDAY)]


async def test_steps_and_overbookings_have_ways_back_of_their_own(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        event = await an_event(unit)
        await a_rental(unit, event, desk, 2)
        await service.confirm(unit, event.id, overbook_reason="Partner lends")
    line = await only_line(work, event)
    manager = await sign_in("manager")
    for entity, key in (("event", event.id), ("rental", line.id)):
        change = await newest(work, entity, key)
        assert (await manager.post(f"/api/changes/{change}/undo")).status_code == 403
        with pytest.raises(Conflict):
            async with work() as unit:
                await undo_change(unit, change)


async def test_lines_of_an_event_that_is_over_stay(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 4)
        event = await a_confirmed_event(unit, desk, 2)
    line = await only_line(work, event)
    async with work() as unit:
        await rentals.edit_rental(unit, line.id, {"quantity": 1}, version=1)
    async with work() as unit:
        await service.take_step(unit, event.id, "close")
    with pytest.raises(Conflict, match="closed"):
        async with work() as unit:
            await undo_change(unit, await newest(work, "rental", line.id))


async def test_who_may_not_delete_events_cannot_take_their_addition_back(work: Any, sign_in: Any) -> None:
    async with work("employee") as unit:
        event = await an_event(unit)
    change = await newest(work, "event", event.id)
    assert (await (await sign_in("employee")).post(f"/api/changes/{change}/undo")).status_code == 403
    assert (await (await sign_in("manager")).post(f"/api/changes/{change}/undo")).status_code == 200
