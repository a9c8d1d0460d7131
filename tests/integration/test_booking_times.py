"""Exact to the minute: back to back, turnaround, nights on which the clocks change, gear that is late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.db.models import Equipment, Event, Rental
from app.domain.availability.claims import figure_of
from app.domain.availability.facts import hand_out, take_back
from app.domain.availability.queries import Window
from app.domain.events import service
from app.domain.inventory.units import add_units
from app.lib.clock import now
from app.lib.periods import Period
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment
from tests.integration.kits import lines

MINUTE = timedelta(minutes=1)


async def wanting(work: Any, equipment: Equipment, quantity: int, start: datetime, hours: float) -> Event:
    async with work() as unit:
        event = await an_event(unit, start, hours)
        await a_rental(unit, event, equipment, quantity)
        return event


async def confirmed(api: httpx.AsyncClient, event: Event) -> httpx.Response:
    return await api.post(f"/api/events/{event.id}/confirmation", json={})


@pytest.mark.parametrize("tracking", ["bulk", "serialized"])
async def test_back_to_back_at_the_same_minute_fits(work: Any, sign_in: Any, tracking: str) -> None:
    async with work() as unit:
        desk = await one_piece(unit, tracking)
        await a_confirmed_event(unit, desk, 1, MONDAY, 4)
    api = await sign_in("manager")
    for hours in (4, -4):  # behind it, and in front of it
        beside = await wanting(work, desk, 1, MONDAY + hours * HOUR, 4)
        assert (await confirmed(api, beside)).status_code == 200
    for start, hours in ((MONDAY + 8 * HOUR - MINUTE, 1), (MONDAY - 5 * HOUR, 1 + 1 / 60)):
        overlapping = await confirmed(api, await wanting(work, desk, 1, start, hours))
        assert (overlapping.status_code, overlapping.json()["code"]) == (409, "SHORTAGE")
        (short,) = overlapping.json()["details"]["shortages"]
        length = datetime.fromisoformat(short["to"]) - datetime.fromisoformat(short["from"])
        assert length == MINUTE


async def one_piece(unit: Any, tracking: str, **values: Any) -> Equipment:
    if tracking == "bulk":
        return await some_equipment(unit, 1, **values)
    equipment = await some_equipment(unit, 0, tracking=tracking, **values)
    await add_units(unit, equipment.id, [f"T{equipment.id}"], {})
    return equipment


@pytest.mark.parametrize("tracking", ["bulk", "serialized"])
async def test_with_an_hour_of_turnaround_it_does_not(work: Any, sign_in: Any, tracking: str) -> None:
    async with work() as unit:
        desk = await one_piece(unit, tracking, turnaround_minutes=60)
        first = await a_confirmed_event(unit, desk, 1, MONDAY, 4)
    api = await sign_in("manager")
    for start in (MONDAY + 4 * HOUR, MONDAY + 5 * HOUR - MINUTE):
        refused = await confirmed(api, await wanting(work, desk, 1, start, 4))
        (short,) = refused.json()["details"]["shortages"]
        assert (short["to"], short["short"]) == ("2031-06-02T13:00:00Z", 1)
        assert [one["event_id"] for one in short["competing"]] == [first.id]
    assert (await confirmed(api, await wanting(work, desk, 1, MONDAY + 5 * HOUR, 4))).status_code == 200
    # its own turnaround counts before the first one just the same
    too_close = await wanting(work, desk, 1, MONDAY - 4 * HOUR, 3 + 1 / 60)
    assert (await confirmed(api, too_close)).status_code == 409
    assert (await confirmed(api, await wanting(work, desk, 1, MONDAY - 4 * HOUR, 3))).status_code == 200


@pytest.mark.parametrize(
    ("typed", "start", "hours"),
    [
        # the company is in Hamburg: in the spring an hour is missing, in the autumn one comes twice
        (("2031-03-29T20:00", "2031-03-30T08:00"), datetime(2031, 3, 29, 19, tzinfo=UTC), 11),
        (("2031-10-25T20:00", "2031-10-26T08:00"), datetime(2031, 10, 25, 18, tzinfo=UTC), 13),
        (("2031-06-02T20:00", "2031-06-03T08:00"), datetime(2031, 6, 2, 18, tzinfo=UTC), 12),
    ],
)
async def test_a_night_in_which_the_clocks_change_has_its_true_length(
    work: Any, sign_in: Any, typed: tuple[str, str], start: datetime, hours: int
) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
    manager = await sign_in("manager")
    form = {"name": "Night", "out_start": typed[0], "out_end": typed[1]}
    address = (await manager.post("/events/new", data=form)).headers["location"]
    line = {"equipment_id": str(desk.id), "quantity": "1"}
    assert (await manager.post(f"{address}/rentals", data=line)).status_code == 303
    assert (await manager.post(f"{address}/confirmation")).status_code == 303
    record = (await manager.get(f"/api{address}")).json()["data"]
    end = start + hours * HOUR
    assert [datetime.fromisoformat(record[name]) for name in ("out_start", "out_end")] == [start, end]
    shown = await manager.get(f"{address}/edit")
    for text in typed:
        assert f'value="{text}"' in shown.text
    for period, free in (
        (Period(start, end), 0),
        (Period(end - MINUTE, end), 0),
        (Period(end, end + MINUTE), 1),
        (Period(start - MINUTE, start), 1),
    ):
        asked = {"equipment_id": desk.id, "start": str(period.start), "end": str(period.end)}
        figure = (await manager.get("/api/availability", params=asked)).json()["data"]
        assert figure["free"] == free
    asked = {"from": typed[0], "to": typed[1]}
    explained = await manager.get(f"/inventory/{desk.id}/availability", params=asked)
    assert explained.status_code == 200
    assert "Night" in explained.text


async def test_one_of_four_that_is_late_takes_exactly_one_from_the_next_event_at_once(
    work: Any, sign_in: Any
) -> None:
    start = now().replace(microsecond=0) - timedelta(days=2)
    next_start = now() + timedelta(days=5)
    async with work() as unit:
        desk = await some_equipment(unit, 4, name="Late desk")
        first = await a_confirmed_event(unit, desk, 4, start, 24, name="Keeps one")
        (line,) = await lines(unit, first)
        following = await an_event(unit, next_start, 24, name="Comes next")
        await a_rental(unit, following, desk, 4)
        await service.confirm(unit, following.id)
    async with work() as unit:
        await hand_out(unit, line.id, 4, start)
        await take_back(unit, line.id, 3, start + 23 * HOUR, start + 23 * HOUR)
    due, window = start + 24 * HOUR, Window(desk.id, Period(next_start, next_start + 24 * HOUR))
    async with work() as unit:
        in_time = await figure_of(unit.session, window, moment=due - MINUTE / 60)
        at_once = await figure_of(unit.session, window, moment=due)
        today = await figure_of(unit.session, window)
    assert [figure.free for figure in (in_time, at_once, today) if figure] == [0, -1, -1]
    manager = await sign_in("manager")
    page = await manager.get(f"/events/{following.id}")
    assert "One line is short." in page.text
    why = await manager.get(f"/rentals/{await line_of(work, following)}/availability")
    assert f'<a href="/events/{first.id}">Keeps one</a>' in why.text
    assert "Late, due" in why.text
    other = await wanting(work, desk, 1, next_start + 24 * HOUR, 4)
    assert (await confirmed(manager, other)).status_code == 200  # three are left for it
    refused = await confirmed(manager, await wanting(work, desk, 3, next_start + 24 * HOUR, 4))
    (short,) = refused.json()["details"]["shortages"]
    assert (short["short"], {one["event_id"] for one in short["competing"]}) == (1, {first.id, other.id})
    async with work() as unit:
        await take_back(unit, line.id, 1, now(), now())
        back = await figure_of(unit.session, window)
    assert back is not None
    assert back.free == 0


async def line_of(work: Any, event: Event) -> int:
    async with work() as unit:
        found: list[Rental] = await lines(unit, event)
        return found[0].id
