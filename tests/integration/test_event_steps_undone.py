"""Undoing what was done with an event by a slip: cancelled, lost, declined, closed, quoted."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import Allocation, Company, Equipment, Event, Rental, Reservation
from app.domain.events import service
from app.domain.inventory.units import add_units
from app.lib.clock import now
from tests.integration.booking import MONDAY, a_confirmed_event, a_rental, an_event, some_equipment

Work = Callable[..., Any]
PART = {"hx-request": "true", "hx-request-type": "partial"}


async def as_it_is(work: Work, event_id: int) -> tuple[str, str, Any, list[tuple[str, int]]]:
    """The status of an event, what was said of it, until when it is held, and what it takes."""
    async with work() as unit:
        event = await unit.session.get(Event, event_id)
        taken = await unit.session.execute(
            select(Reservation.state, Reservation.quantity).where(Reservation.event_id == event_id)
        )
        rows = [(row.state, row.quantity) for row in taken]
        return event.status, event.status_reason, event.hold_expires_at, rows


async def at_status(unit: Any, status: str) -> Event:
    gear = await some_equipment(unit, 2)
    event = await an_event(unit, name="Slip of the hand")
    await a_rental(unit, event, gear, 2)
    if status == "held":
        await service.hold(unit, event.id, expires_at=now() + timedelta(days=3))
    elif status == "requested":
        await service.request(unit, event.id)
    elif status == "confirmed":
        await service.confirm(unit, event.id)
    return event


@pytest.mark.parametrize(
    ("status", "step"),
    [
        ("confirmed", "cancel"),
        ("confirmed", "close"),
        ("held", "lose"),
        ("held", "quote"),
        ("draft", "quote"),
        ("requested", "decline"),
    ],
)
async def test_the_receipt_offers_to_undo_and_all_is_as_before(
    work: Work, sign_in: Any, status: str, step: str
) -> None:
    async with work() as unit:
        event = await at_status(unit, status)
    before = await as_it_is(work, event.id)
    assert before[0] == status
    manager, technician = await sign_in("manager"), await sign_in("technician")
    base = f"/events/{event.id}/steps/{step}"
    done = await manager.post(base, data={"reason": "A slip"}, headers=PART)
    undo = f"{base}/deletion"
    assert undo in done.headers["hx-trigger"]
    assert await as_it_is(work, event.id) != before
    assert (await technician.post(undo)).status_code == 403
    undone = await manager.post(undo, headers=PART)
    assert "Taken back" in undone.headers["hx-trigger"]
    assert await as_it_is(work, event.id) == before
    again = await manager.post(undo, headers=PART)
    assert again.status_code == 409
    words = "opened again" if step == "close" else "took back the"
    assert words in (await manager.get(f"/events/{event.id}/history")).text


async def test_a_counter_offer_is_taken_back_to_the_request(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await at_status(unit, "requested")
    before = await as_it_is(work, event.id)
    manager = await sign_in("manager")
    until = f"{now() + timedelta(days=3):%Y-%m-%dT%H:%M}"
    sent = {"reason": "One day later", "expires_at": until}
    done = await manager.post(f"/events/{event.id}/counter-offer", data=sent, headers=PART)
    undo = f"/events/{event.id}/hold/deletion"
    assert undo in done.headers["hx-trigger"]
    assert (await as_it_is(work, event.id))[0] == "held"
    assert (await manager.post(undo)).status_code == 303
    assert await as_it_is(work, event.id) == before


async def test_a_closed_event_is_opened_again_on_its_page(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await at_status(unit, "confirmed")
        await service.take_step(unit, event.id, "close")
    manager = await sign_in("manager")
    page = await manager.get(f"/events/{event.id}")
    assert "Open again" in page.text
    assert "Open again" not in (await (await sign_in("technician")).get(f"/events/{event.id}")).text
    assert (await manager.post(f"/events/{event.id}/steps/close/deletion")).status_code == 303
    assert (await as_it_is(work, event.id))[0] == "confirmed"
    assert "opened again" in (await manager.get(f"/events/{event.id}/history")).text


async def test_what_was_taken_meanwhile_is_named_and_nothing_is_undone(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await at_status(unit, "confirmed")
        await service.take_step(unit, event.id, "cancel", reason="Rain")
        find = select(Equipment).join(Rental).where(Rental.event_id == event.id)
        gear = (await unit.session.scalars(find)).one()
        other = await an_event(unit, MONDAY, name="Was quicker")
        await a_rental(unit, other, gear, 1)
        await service.confirm(unit, other.id)
    manager = await sign_in("manager")
    undo = f"/events/{event.id}/steps/cancel/deletion"
    for headers in (PART, {}):
        refused = await manager.post(undo, headers=headers)
        assert refused.status_code == 409
        assert "Was quicker" in refused.text
    assert (await as_it_is(work, event.id))[:2] == ("cancelled", "Rain")


async def test_units_are_bound_again_where_the_company_binds_them(work: Work) -> None:
    async with work() as unit:
        company = await unit.session.scalar(select(Company))
        company.binds_units = "confirmation"
        gear = await some_equipment(unit, 0, tracking="serialized")
        await add_units(unit, gear.id, ["UB-1", "UB-2"])
        event = await a_confirmed_event(unit, gear, 2)
        bound = select(Allocation.unit_id).join(Rental).where(Rental.event_id == event.id)
        assert len((await unit.session.scalars(bound)).all()) == 2
        await service.take_step(unit, event.id, "cancel")
        assert not (await unit.session.scalars(bound)).all()
        await service.take_back(unit, event.id, "cancelled")
        assert len((await unit.session.scalars(bound)).all()) == 2
