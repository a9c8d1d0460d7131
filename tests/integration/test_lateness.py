"""Gear is overdue from the moment agreed for its return on, turnaround or not: all pages say so at once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.db.models import Equipment, Event, Rental, Reservation, Unit
from app.domain.availability.facts import hand_out
from app.domain.clients.service import create_client
from app.domain.events import service
from app.domain.events.allocation import allocate
from app.domain.events.warnings import warn_of_late
from app.domain.inventory.units import add_units
from app.lib.clock import now
from app.lib.unit_of_work import UnitOfWork
from tests.integration.booking import HOUR, a_confirmed_event, a_rental, an_event, some_equipment

Work = Callable[..., Any]
TURNAROUND = 10 * HOUR


async def sent_out(unit: UnitOfWork, back: timedelta, name: str) -> tuple[Event, Equipment]:
    """A unit that left two days ago with an event and should be back so long from now."""
    gear = await some_equipment(
        unit, 0, tracking="serialized", name=f"Gear of {name}", turnaround_minutes=TURNAROUND // HOUR * 60
    )
    (one,) = await add_units(unit, gear.id, [f"LATE-{gear.id}"])
    client = await create_client(unit, {"name": f"Client of {name}"})
    start = now() - 48 * HOUR
    event = await an_event(unit, start, (now() + back - start) / HOUR, name=name, client_id=client.id)
    line = await a_rental(unit, event, gear, 1)
    await service.confirm(unit, event.id)
    await allocate(unit, line.id, [one.id])
    await hand_out(unit, line.id, 1, start)
    await unit.session.execute(update(Unit).where(Unit.id == one.id).values(state="out"))
    return event, gear


def _part(page: str, begin: str, end: str) -> str:
    """What stands between two words of a page; nothing where the first is not there."""
    return page.partition(begin)[2].partition(end)[0]


async def said(client: Any, event: Event, gear: Equipment) -> dict[str, bool]:
    """Which of the pages say that the gear of the event is overdue."""
    day = timedelta(days=1)
    days = {"start": str((now() - 3 * day).date()), "end": str((now() + 3 * day).date())}

    async def text(path: str, **query: Any) -> str:
        answer = await client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    async def items(path: str, **query: Any) -> list[str]:
        found = (await client.get(path, params={**days, **query})).json()["items"]
        return [one["state"][0] for one in found if one.get("state")]

    window = {"start": (now() - HOUR / 2).isoformat(), "end": (now() + HOUR / 2).isoformat()}
    figure = (await client.get("/api/availability", params={"equipment_id": gear.id, **window})).json()[
        "data"
    ]
    return {
        "today": f'id="late-{event.id}"' in await text("/"),
        "events": f'id="event-{event.id}"' in await text("/events", move="late"),
        "badge of the list": "Overdue" in _part(await text("/events", q=event.name), "<tbody", "</tbody>"),
        "event": "Overdue" in _part(await text(f"/events/{event.id}"), "<h1", "</header>"),
        "client": "Overdue</span>" in await text(f"/clients/{event.client_id}"),
        "timeline": "late, overdue" in await text("/timeline", item=gear.id),
        "timeline of units": "late, overdue" in await text("/timeline", item=gear.id, rows="units"),
        "calendar": "Overdue" in await items("/calendar/items", equipment=gear.id),
        "calendar of the equipment": "Overdue" in await items(f"/inventory/{gear.id}/calendar/items"),
        "strip of days": "1 late" in await text(f"/inventory/{gear.id}"),
        "explanation": "Late, due" in await text(f"/inventory/{gear.id}/availability"),
        "program": any(cause["late"] for cause in figure["causes"]),
    }


@pytest.mark.parametrize(
    ("back", "overdue"),
    [(HOUR / 4, False), (-HOUR / 4, True), (-TURNAROUND - HOUR, True)],
    ids=["before it is due", "within the turnaround", "after it"],
)
async def test_all_pages_agree_when_gear_is_overdue(
    work: Work, sign_in: Any, back: timedelta, *, overdue: bool
) -> None:
    async with work("manager") as unit:
        event, gear = await sent_out(unit, back, f"Gala {back // HOUR}")
    found = await said(await sign_in("viewer"), event, gear)
    assert found == dict.fromkeys(found, overdue)


async def test_others_are_told_once_it_takes_something_from_them(work: Work, sign_in: Any) -> None:
    """Within the turnaround the plan still holds: nobody else is short on any page, and nobody is told."""
    async with work("manager") as unit:
        gear = await some_equipment(unit, 1, turnaround_minutes=TURNAROUND // HOUR * 60)
        event = await a_confirmed_event(unit, gear, 1, now() - 48 * HOUR, 47, name="Not back")
        line = await unit.session.scalar(select(Rental).where(Rental.event_id == event.id))
        await hand_out(unit, line.id, 1, event.out_start)
    async with work("manager") as unit:
        coming = await a_confirmed_event(unit, gear, 1, now() + 24 * HOUR, name="Comes after")
    manager = await sign_in("manager")
    async with work() as unit:
        assert coming.id not in await warn_of_late(unit)
    assert gear.name not in (await manager.get("/shortages")).text
    async with work() as unit:
        await unit.session.execute(
            update(Event).where(Event.id == event.id).values(out_end=now() - TURNAROUND - HOUR)
        )
        await unit.session.execute(
            update(Reservation).where(Reservation.event_id == event.id).values(end_at=now() - HOUR)
        )
    async with work() as unit:
        assert await warn_of_late(unit) == [coming.id]
    assert gear.name in (await manager.get("/shortages")).text
