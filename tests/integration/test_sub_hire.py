"""Gear hired in: what it brings in each state, when it goes back, and whom it leaves short."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import Change, Client, Equipment, Event, Reservation, SubHire
from app.domain.availability.claims import figure_of
from app.domain.availability.queries import Window
from app.domain.availability.shortage import Shortage
from app.domain.clients.service import create_client
from app.domain.events import rentals, service
from app.domain.sub_hire import policy
from app.domain.sub_hire.service import (
    create_sub_hire,
    delete_sub_hire,
    edit_sub_hire,
    restore_sub_hire,
    take_step,
)
from app.lib.clock import now
from app.lib.errors import Conflict, EditConflict, InvalidInput
from app.lib.periods import Period
from app.lib.undoing import undo_change, undo_operation
from app.lib.unit_of_work import UnitOfWork
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment

Work = Callable[..., Any]
DAY = timedelta(days=1)


async def a_supplier(unit: UnitOfWork) -> Client:
    return await create_client(unit, {"name": "Bühne und Ton", "supplier": True})


async def hired_in(
    unit: UnitOfWork, gear: Equipment, quantity: int, start: datetime = MONDAY, hours: float = 24, **more: Any
) -> SubHire:
    given = {
        "equipment_id": gear.id,
        "supplier_id": more.pop("supplier_id", None) or (await a_supplier(unit)).id,
        "quantity": quantity,
        "start_at": start,
        "end_at": start + timedelta(hours=hours),
    }
    return await create_sub_hire(unit, given | more)


async def figure(work: Work, gear: Equipment, start: datetime = MONDAY, hours: float = 1) -> Any:
    async with work() as unit:
        period = Period(start, start + timedelta(hours=hours))
        return await figure_of(unit.session, Window(gear.id, period))


async def free(work: Work, gear: Equipment, start: datetime = MONDAY, hours: float = 1) -> int:
    return (await figure(work, gear, start, hours)).free


async def test_only_what_is_ordered_or_here_adds_to_the_stock(work: Work) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 2)
        hire = await hired_in(unit, gear, 3)
    assert await free(work, gear) == 2
    found = await figure(work, gear)
    assert [(claim.kind, claim.state, claim.quantity) for claim in found.claims] == [
        ("sub_hire", "pencil", 3)
    ]
    for step, expected in ((policy.ORDER, 5), (policy.RECEIVE, 5)):
        async with work() as unit:
            await take_step(unit, hire.id, step)
        assert (await free(work, gear), await free(work, gear, MONDAY - HOUR)) == (expected, 2)
        assert (await free(work, gear, MONDAY + DAY), await free(work, gear, MONDAY, 25)) == (2, 2)
    assert (await figure(work, gear)).supply == 5


async def test_what_is_cancelled_or_deleted_brings_nothing_until_it_is_back(work: Work) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 1)
        hire = await hired_in(unit, gear, 1, status="ordered")
    assert await free(work, gear) == 2
    async with work() as unit:
        await delete_sub_hire(unit, hire.id, version=1)
    assert await free(work, gear) == 1
    async with work() as unit:
        await restore_sub_hire(unit, hire.id)
    assert await free(work, gear) == 2
    async with work() as unit:
        await take_step(unit, hire.id, policy.CANCEL)
    assert await free(work, gear) == 1
    async with work() as unit:
        await take_step(unit, hire.id, policy.REOPEN)
        await take_step(unit, hire.id, policy.ORDER)
    assert await free(work, gear) == 2


async def test_it_goes_back_at_the_moment_it_goes_back(work: Work) -> None:
    start = now() - 2 * DAY
    async with work() as unit:
        gear = await some_equipment(unit, 0)
        early = await hired_in(unit, gear, 2, start, hours=96, status="ordered")
        await take_step(unit, early.id, policy.RECEIVE)
    assert await free(work, gear, now() + HOUR) == 2
    async with work() as unit:
        await take_step(unit, early.id, policy.RETURN)
    assert (await free(work, gear, now() + HOUR), await free(work, gear, start + HOUR)) == (0, 2)


async def test_what_goes_back_late_was_here_until_then_and_promises_nothing_meanwhile(work: Work) -> None:
    start = now() - 3 * DAY
    async with work() as unit:
        gear = await some_equipment(unit, 0)
        late = await hired_in(unit, gear, 2, start, hours=24, status="ordered")
        await take_step(unit, late.id, policy.RECEIVE)
    # it should be back with the supplier: nobody may count on it
    assert await free(work, gear, now() + HOUR) == 0
    assert await free(work, gear, start + DAY + HOUR) == 0
    async with work() as unit:
        await take_step(unit, late.id, policy.RETURN, {"returned_at": start + 2 * DAY})
    assert await free(work, gear, start + DAY + HOUR) == 2
    assert await free(work, gear, start + 2 * DAY) == 0


async def test_taking_supply_away_is_recorded_and_says_who_is_short(work: Work) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 1)
        hire = await hired_in(unit, gear, 3, status="ordered")
        await a_confirmed_event(unit, gear, 4, name="Harbour gala")
    async with work() as unit:
        done = await edit_sub_hire(unit, hire.id, {"quantity": 2}, version=None)
        assert done.missing == f"1 × {gear.name} short now for Harbour gala."
    assert await free(work, gear) == -1
    async with work() as unit:
        done = await take_step(unit, hire.id, policy.CANCEL)
        assert done.missing == f"3 × {gear.name} short now for Harbour gala."
    assert await free(work, gear) == -3
    async with work() as unit:
        await take_step(unit, hire.id, policy.REOPEN)
        assert (await take_step(unit, hire.id, policy.ORDER)).missing == ""


async def test_other_equipment_moves_its_supply(work: Work) -> None:
    async with work() as unit:
        gear, other = await some_equipment(unit, 0), await some_equipment(unit, 0)
        hire = await hired_in(unit, gear, 2, status="ordered")
    async with work() as unit:
        await edit_sub_hire(unit, hire.id, {"equipment_id": other.id}, version=1)
    assert (await free(work, gear), await free(work, other)) == (0, 2)
    async with work() as unit:
        assert (await unit.session.get_one(SubHire, hire.id)).name == other.name


async def test_a_step_is_taken_back_with_all_it_did(work: Work) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 0)
        hire = await hired_in(unit, gear, 2, now() - HOUR, hours=48, status="ordered")
        await take_step(unit, hire.id, policy.RECEIVE)
    async with work() as unit:
        await take_step(unit, hire.id, policy.RETURN)
        operation = unit.operation
    assert await free(work, gear, now() + HOUR) == 0
    async with work() as unit:
        await undo_operation(unit, operation)
    assert await free(work, gear, now() + HOUR) == 2
    async with work() as unit:
        assert (await unit.session.get_one(SubHire, hire.id)).status == "received"


async def test_undoing_a_creation_takes_the_supply_away(work: Work) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 0)
        hire = await hired_in(unit, gear, 2, status="ordered")
    async with work() as unit:
        change = await unit.session.scalar(
            select(Change.id).where(Change.entity == "sub_hire", Change.entity_id == hire.id)
        )
        await undo_change(unit, change)
    assert await free(work, gear) == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": 100_001}, "quantity"),
        ({"end_at": MONDAY}, "end_at"),
        ({"end_at": MONDAY + 4000 * DAY}, "end_at"),
        ({"start_at": None}, "start_at"),
        ({"equipment_id": 999_999}, "equipment_id"),
        ({"supplier_id": 999_999}, "supplier_id"),
        ({"event_id": 999_999}, "event_id"),
    ],
)
async def test_what_makes_no_sense_is_refused_at_its_field(
    work: Work, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        async with work() as unit:
            gear = await some_equipment(unit, 1)
            await hired_in(unit, gear, **{"quantity": 1} | values)
    assert list(refused.value.fields) == [field]


async def test_only_suppliers_supply_and_only_what_is_there_goes_back(work: Work) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 1)
        hire = await hired_in(unit, gear, 1)
        nobody = await create_client(unit, {"name": "Rents only"})
    with pytest.raises(InvalidInput) as refused:
        async with work() as unit:
            await edit_sub_hire(unit, hire.id, {"supplier_id": nobody.id}, version=None)
    assert "no supplier" in refused.value.fields["supplier_id"]
    with pytest.raises(Conflict):
        async with work() as unit:
            await take_step(unit, hire.id, policy.RETURN)
    with pytest.raises(InvalidInput):
        async with work() as unit:
            await edit_sub_hire(unit, hire.id, {"returned_at": now() - HOUR}, version=None)


async def test_two_edits_of_different_fields_are_merged_and_of_the_same_are_not(work: Work) -> None:
    async with work() as unit:
        hire = await hired_in(unit, await some_equipment(unit, 1), 1)
    async with work("manager") as unit:
        await edit_sub_hire(unit, hire.id, {"reference": "B-17"}, version=1)
    async with work("employee") as unit:
        done = await edit_sub_hire(unit, hire.id, {"reference": "", "quantity": 4}, version=1)
        assert done.edit.changed == ("quantity",)
    with pytest.raises(EditConflict):
        async with work("employee") as unit:
            await edit_sub_hire(unit, hire.id, {"reference": "C-9"}, version=1)


async def test_bookings_race_for_what_is_hired_in_and_nobody_oversells(work: Work) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 1)
        await hired_in(unit, gear, 2, status="ordered")
        events = [await an_event(unit) for _ in range(12)]
        for event in events:
            await a_rental(unit, event, gear, 1)

    async def confirm(event: Event) -> bool:
        try:
            async with work() as unit:
                await service.confirm(unit, event.id)
        except Shortage:
            return False
        return True

    assert sum(await asyncio.gather(*(confirm(event) for event in events))) == 3
    assert await free(work, gear) == 0


async def test_a_cancellation_and_a_booking_at_once_leave_a_shortage_or_a_refusal(work: Work) -> None:
    for _ in range(6):
        async with work() as unit:
            gear = await some_equipment(unit, 0)
            hire = await hired_in(unit, gear, 1, status="ordered")
            event = await an_event(unit)
            await a_rental(unit, event, gear, 1)

        async def cancel(key: int = hire.id) -> str:
            async with work() as unit:
                return (await take_step(unit, key, policy.CANCEL)).missing

        async def confirm(key: int = event.id) -> bool:
            try:
                async with work() as unit:
                    await service.confirm(unit, key)
            except Shortage:
                return False
            return True

        told, booked = await asyncio.gather(cancel(), confirm())
        # whoever came second knew of the first
        assert bool(told) == booked
        assert await free(work, gear) == -booked


async def test_an_event_keeps_what_is_hired_in_for_it_when_its_gear_changes(work: Work) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 1)
        event = await an_event(unit)
        hire = await hired_in(unit, gear, 1, status="ordered", event_id=event.id)
        line = await a_rental(unit, event, gear, 2)
        await service.confirm(unit, event.id)
        await rentals.remove_rental(unit, line.id, version=None)
        rows = await unit.session.scalars(
            select(Reservation.sub_hire_id).where(Reservation.equipment_id == gear.id)
        )
        assert list(rows) == [hire.id]
