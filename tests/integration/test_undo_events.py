"""Changes of events and of their lines are taken back under the rules of booking."""

from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import Change, Event, Rental, Reservation
from app.domain.availability.shortage import Shortage
from app.domain.events import rentals, service
from app.lib.errors import Conflict, InvalidInput
from app.lib.undoing import undo_change, undo_operation
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


async def moved_event(work: Any, hours: float) -> tuple[Event, list[Rental], Any]:
    """A confirmed event with two lines of dates of their own, moved by hours; the operation of the move."""
    async with work() as unit:
        event = await an_event(unit)
        own = {"start_at": MONDAY + 2 * HOUR, "end_at": MONDAY + 4 * HOUR}
        lines = [await a_rental(unit, event, await some_equipment(unit, 4), 1, **own) for _ in range(2)]
        await service.confirm(unit, event.id)
    async with work() as unit:
        later = {"out_start": MONDAY + hours * HOUR, "out_end": MONDAY + (24 + hours) * HOUR}
        await service.edit_event(unit, event.id, later, version=None)
        return event, lines, unit.operation


async def starts_of(work: Any, event: Event) -> list[float]:
    """When the event goes out and its lines do, in hours after the first dates."""
    async with work() as unit:
        statement = select(Rental.start_at).where(Rental.event_id == event.id).order_by(Rental.id)
        own = await unit.session.scalars(statement)
        moments = [(await unit.session.get_one(Event, event.id)).out_start, *own]
        return [(moment - MONDAY) / HOUR for moment in moments if moment]


@pytest.mark.parametrize("hours", [1, 48])
@pytest.mark.parametrize("way", ["by itself", "with all that was done"])
async def test_lines_with_dates_of_their_own_go_back_with_their_event(
    work: Any, hours: float, way: str
) -> None:
    event, _, operation = await moved_event(work, hours)
    assert await starts_of(work, event) == [hours, 2 + hours, 2 + hours]
    change = await newest(work, "event", event.id)
    async with work() as unit:
        if way != "by itself":
            assert await undo_operation(unit, operation) == (3, [])
        else:
            await undo_change(unit, change)
    assert await starts_of(work, event) == [0, 2, 2]
    assert {start for _, start in await booked(work, event)} == {MONDAY + 2 * HOUR}
    again = await newest(work, "event", event.id)
    async with work() as unit:
        await undo_change(unit, again)
    assert await starts_of(work, event) == [hours, 2 + hours, 2 + hours]


async def test_a_line_that_was_changed_since_the_move_stays(work: Any) -> None:
    event, (one, _), _ = await moved_event(work, 1)
    async with work() as unit:
        own = {"start_at": MONDAY + 5 * HOUR, "end_at": MONDAY + 6 * HOUR}
        await rentals.edit_rental(unit, one.id, own, version=None)
    change = await newest(work, "event", event.id)
    async with work() as unit:
        await undo_change(unit, change)
    assert await starts_of(work, event) == [0, 5, 2]


async def test_a_move_stays_where_a_line_changed_since_would_be_left_outside(work: Any) -> None:
    event, (one, _), _ = await moved_event(work, 48)
    async with work() as unit:
        own = {"start_at": MONDAY + 60 * HOUR, "end_at": MONDAY + 62 * HOUR}
        await rentals.edit_rental(unit, one.id, own, version=None)
    change = await newest(work, "event", event.id)
    with pytest.raises(InvalidInput, match="cannot be used") as refused:
        async with work() as unit:
            await undo_change(unit, change)
    assert one.name in refused.value.fields["out_end"]
    assert await starts_of(work, event) == [48, 60, 50]
