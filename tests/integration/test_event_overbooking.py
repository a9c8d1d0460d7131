"""What was overbooked on purpose: for as much as was agreed to, until it fits, and readable by everybody."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import Change, Equipment, Event, Rental, Reservation
from app.domain.availability.shortage import Shortage
from app.domain.events import rentals, service
from app.domain.events.booking import release_expired
from app.domain.inventory.service import edit_equipment
from app.lib.clock import now
from app.lib.undoing import undo_change, undo_operation
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment

REASON = "Partner lends some"


async def overbooked(
    work: Any, stock: int = 4, first: int = 3, second: int = 3, **values: Any
) -> tuple[Equipment, Event, Rental]:
    """Equipment of which somebody has some, an event that has more than the rest, and its line."""
    async with work("manager") as unit:
        gear = await some_equipment(unit, stock, prep_minutes=0, turnaround_minutes=0, name="Haze machine")
        await a_confirmed_event(unit, gear, first, name="Came first")
    async with work("manager") as unit:
        event = await an_event(unit, name="Came second", **values)
        line = await a_rental(unit, event, gear, second)
        await service.confirm(unit, event.id, overbook_reason=REASON)
    return gear, event, line


async def standing(work: Any, line: Rental) -> tuple[int, str, bool, list[str]]:
    """Quantity and reason of a line, whether its booking says overbooked, and what happened to it."""
    async with work() as unit:
        now_ = await unit.session.get_one(Rental, line.id)
        flag = await unit.session.scalar(
            select(Reservation.overbooked).where(Reservation.rental_id == line.id)
        )
        assert (now_.overbook_reason == "") == (now_.overbooked_by_id is None)
        actions = await unit.session.scalars(
            select(Change.action)
            .where(Change.entity == "rental", Change.entity_id == line.id)
            .order_by(Change.version)
        )
        return now_.quantity, now_.overbook_reason, bool(flag), list(actions)


async def set_quantity(work: Any, line: Rental, quantity: int, **values: Any) -> None:
    async with work("manager") as unit:
        await rentals.edit_rental(unit, line.id, {"quantity": quantity}, version=None, **values)


async def test_it_ends_when_the_line_fits_and_more_is_refused_then(work: Any) -> None:
    _, _, line = await overbooked(work)
    await set_quantity(work, line, 2)
    assert (await standing(work, line))[:3] == (2, REASON, True)
    await set_quantity(work, line, 1)
    quantity, reason, flag, actions = await standing(work, line)
    assert (quantity, reason, flag) == (1, "", False)
    assert actions[-2:] == ["rental.updated", "rental.overbooking_ended"]
    with pytest.raises(Shortage):
        await set_quantity(work, line, 3)


async def test_it_ends_when_the_event_is_booked_anew_and_there_is_more(work: Any) -> None:
    gear, event, line = await overbooked(work)
    async with work() as unit:
        await edit_equipment(unit, gear.id, {"quantity": 9}, version=None)
    assert (await standing(work, line))[1] == REASON
    async with work() as unit:
        await service.edit_event(unit, event.id, {"out_end": MONDAY + 25 * HOUR}, version=None)
    assert (await standing(work, line))[1:3] == ("", False)


async def test_more_of_it_takes_another_reason(work: Any, sign_in: Any) -> None:
    _, _, line = await overbooked(work)
    with pytest.raises(Shortage):
        await set_quantity(work, line, 4)
    assert (await standing(work, line))[:2] == (3, REASON)
    employee, manager = await sign_in("employee"), await sign_in("manager")
    more = {
        "quantity": 4,
        "version": (await employee.get(f"/api/rentals/{line.id}")).json()["data"]["version"],
    }
    refused = await employee.patch(f"/api/rentals/{line.id}", json=more)
    assert (refused.status_code, refused.json()["code"]) == (409, "SHORTAGE")
    again = more | {"overbook_reason": "Two more are bought"}
    assert (await employee.patch(f"/api/rentals/{line.id}", json=again)).status_code == 403
    assert (await manager.patch(f"/api/rentals/{line.id}", json=again)).status_code == 200
    assert (await standing(work, line))[:3] == (4, "Two more are bought", True)


async def test_longer_is_more_too_and_shorter_is_not(work: Any) -> None:
    async with work("manager") as unit:
        gear = await some_equipment(unit, 4)
        await a_confirmed_event(unit, gear, 3, hours=96)
    async with work("manager") as unit:
        event = await an_event(unit)
        line = await a_rental(unit, event, gear, 3)
        await service.confirm(unit, event.id, overbook_reason=REASON)
    with pytest.raises(Shortage):
        async with work("manager") as unit:
            await service.edit_event(unit, event.id, {"out_end": MONDAY + 48 * HOUR}, version=None)
    async with work("manager") as unit:
        await service.edit_event(unit, event.id, {"out_end": MONDAY + 20 * HOUR}, version=None)
    assert (await standing(work, line))[1] == REASON
    async with work("manager") as unit:
        longer = {"out_end": MONDAY + 48 * HOUR}
        await service.edit_event(unit, event.id, longer, version=None, overbook_reason="A day more")
    assert (await standing(work, line))[1:3] == ("A day more", True)


async def test_another_line_of_the_event_keeps_the_reason_it_has(work: Any) -> None:
    _, event, line = await overbooked(work)
    async with work("manager") as unit:
        other = await a_rental(unit, event, await some_equipment(unit, 2), 1)
    await set_quantity(work, other, 2)
    assert (await standing(work, line))[1] == REASON


async def test_what_takes_nothing_is_not_overbooked(work: Any) -> None:
    _, event, line = await overbooked(work)
    async with work("manager") as unit:
        await rentals.edit_rental(unit, line.id, {"optional": True}, version=None)
    assert (await standing(work, line))[1] == ""
    with pytest.raises(Shortage):
        async with work("manager") as unit:
            await rentals.edit_rental(unit, line.id, {"optional": False}, version=None)
    async with work("manager") as unit:
        await service.take_back(unit, event.id, "confirmed")
        await rentals.edit_rental(unit, line.id, {"optional": False}, version=None)
    with pytest.raises(Shortage):
        async with work("manager") as unit:
            await service.confirm(unit, event.id)


async def test_a_hold_that_ran_out_leaves_no_reason_behind(work: Any) -> None:
    async with work("manager") as unit:
        gear = await some_equipment(unit, 4)
        await a_confirmed_event(unit, gear, 3)
    async with work("manager") as unit:
        event = await an_event(unit)
        line = await a_rental(unit, event, gear, 3)
        await service.hold(unit, event.id, overbook_reason=REASON)
    async with work() as unit:
        (await unit.session.get_one(Event, event.id)).hold_expires_at = now() - timedelta(minutes=1)
        await unit.session.flush()
        assert event.id in await release_expired(unit)
    assert (await standing(work, line))[1:3] == ("", False)


async def test_it_comes_back_with_its_line_and_taking_an_end_back_asks_anew(work: Any) -> None:
    _, _, line = await overbooked(work)
    async with work("manager") as unit:
        await rentals.remove_rental(unit, line.id, version=None)
        removal = unit.operation
    async with work("manager") as unit:
        assert await undo_operation(unit, removal) == (1, [])
    assert (await standing(work, line))[:3] == (3, REASON, True)
    async with work("manager") as unit:
        edit = await rentals.edit_rental(unit, line.id, {"quantity": 1}, version=None)
    assert edit.change_id is not None
    with pytest.raises(Shortage):
        async with work("manager") as unit:
            await undo_change(unit, edit.change_id)


async def test_taking_other_lines_off_can_still_be_taken_back(work: Any, sign_in: Any) -> None:
    gear, event, line = await overbooked(work, stock=6, first=3, second=3)
    assert (await standing(work, line))[1] == ""
    async with work("manager") as unit:
        more = await rentals.add_rental(
            unit, event.id, gear.id, {"quantity": 2}, overbook_reason="Both of them"
        )
    assert (await standing(work, line))[1] == "Both of them"
    manager = await sign_in("manager")
    chosen = {"ids": f"{more.id}:{len((await standing(work, more))[3])}"}
    part = {"hx-request": "true", "hx-request-type": "partial"}
    removed = await manager.post(f"/events/{event.id}/rentals/deletion", data=chosen, headers=part)
    assert removed.status_code == 200
    assert (await standing(work, line))[1] == ""
    undo = re.search(r"/operations/[0-9a-f-]+/undo", removed.headers["hx-trigger"])
    assert undo is not None
    assert (await manager.post(undo[0], headers=part)).status_code == 200
    assert (await standing(work, more))[1] == "Both of them"


async def test_who_did_it_and_why_is_read_on_both_events(work: Any, sign_in: Any) -> None:
    _, event, line = await overbooked(work, colour="red")
    viewer = await sign_in("viewer")
    page = (await viewer.get(f"/events/{event.id}")).text
    assert ">overbooked</span>" in page
    assert f": {REASON}</small>" in page
    async with work() as unit:
        first = await unit.session.scalar(
            select(Rental.event_id).where(Rental.equipment_id == line.equipment_id, Rental.id != line.id)
        )
    beside = (await viewer.get(f"/events/{first}")).text
    assert "Came second" in beside
    assert f": “{REASON}”" in beside
    await set_quantity(work, line, 1)
    assert "ended the overbooking of" in (await viewer.get(f"/events/{event.id}/history")).text
    assert REASON not in (await viewer.get(f"/events/{event.id}")).text
