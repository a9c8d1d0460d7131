"""What is over, or was taken away after it was booked: it is recorded, and everybody is told."""

from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.db.models import Equipment, Event, Unit
from app.domain.availability.shortage import Shortage
from app.domain.events import rentals, service
from app.domain.inventory.service import edit_equipment
from app.domain.inventory.units import add_units
from app.lib.periods import Period
from tests.integration.bad_bookings import DATES, DAY, END, PART, START, free, refused_at
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, some_equipment
from tests.integration.kits import a_kit, lines


async def test_what_is_over_is_recorded_with_a_warning(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
    manager = await sign_in("manager")
    past = {"out_start": "2020-01-01T10:00", "out_end": "2020-01-02T10:00"}
    added = await manager.post("/events/new", data={"name": "Long ago", **past})
    assert added.status_code == 303
    address = added.headers["location"]
    assert "These dates are over." in (await manager.get(address)).text
    line = {"equipment_id": str(lamp.id), "quantity": "6"}
    assert (await manager.post(f"{address}/rentals", data=line)).status_code == 303
    # the past has no more gear than there was either
    short = await manager.post(f"/api{address}/confirmation", json={})
    assert (short.status_code, short.json()["code"]) == (409, "SHORTAGE")
    key = (await manager.get("/api/rentals", params={"event_id": address.rsplit("/")[-1]})).json()["data"][0]
    fewer = {"quantity": 5, "version": key["version"]}
    assert (await manager.patch(f"/api/rentals/{key['id']}", json=fewer)).status_code == 200
    assert (await manager.post(f"{address}/confirmation")).status_code == 303
    made = await manager.post(
        "/api/events",
        json={"name": "By a program", "out_start": "2020-01-01T10:00:00Z", "out_end": "2020-01-02T10:00:00Z"},
    )
    assert made.status_code == 201
    expired = {"expires_at": "2020-01-01T10:00:00Z"}
    refused_at(
        await manager.post(f"/api/events/{made.json()['data']['id']}/hold", json=expired), "expires_at"
    )


async def test_what_can_be_done_with_an_event_whose_gear_was_archived_meanwhile(
    work: Any, sign_in: Any
) -> None:
    """It keeps what it has, in all it does; nobody gets it anew."""
    async with work() as unit:
        lamp = await some_equipment(unit, 4, name="Discontinued lamp")
        event = await a_confirmed_event(unit, lamp, 2, MONDAY, 24, name="Has it still")
        (line,) = await lines(unit, event)
        kit = await a_kit(unit, (lamp, 1))
        await edit_equipment(unit, lamp.id, {"archived": True}, version=None)
    manager = await sign_in("manager")
    page = await manager.get(f"/events/{event.id}")
    assert "Discontinued lamp" in page.text
    typed = {"name": "Has it still", "version": str(event.version), "out_start": DATES["out_start"],
             "out_end": "2031-06-04T10:00"}  # fmt: skip
    assert (await manager.post(f"/events/{event.id}/edit", data=typed)).status_code == 303  # extended
    assert await free(work, lamp.id, Period(MONDAY + DAY, MONDAY + 2 * DAY)) == 2
    async with work() as unit:
        await service.edit_event(unit, event.id, {"out_end": MONDAY + 12 * HOUR}, version=None)  # shortened
    for quantity, status in ((4, 200), (5, 409), (3, 200)):
        version = (await manager.get(f"/api/rentals/{line.id}")).json()["data"]["version"]
        changed = await manager.patch(
            f"/api/rentals/{line.id}", json={"quantity": quantity, "version": version}
        )
        assert changed.status_code == status
    undone = await manager.delete(f"/api/events/{event.id}/confirmation")
    assert undone.json()["data"]["status"] == "draft"
    for step in ("hold", "confirmation"):
        assert (await manager.post(f"/api/events/{event.id}/{step}", json={})).status_code == 200
    assert await free(work, lamp.id, Period(MONDAY, MONDAY + HOUR)) == 1
    async with work() as unit:
        await rentals.remove_rental(unit, line.id, version=None)
    assert await free(work, lamp.id, Period(MONDAY, MONDAY + HOUR)) == 4
    assert (await manager.post(f"/api/rentals/{line.id}/restoration")).status_code == 200
    body = {"event_id": event.id, "equipment_id": lamp.id, "quantity": 1}
    refused_at(await manager.post("/api/rentals", json=body), "equipment_id")
    with_kit = await manager.post(
        f"/events/{event.id}/kits", data={"kit_id": str(kit.id), "quantity": "1"}, headers=PART
    )
    assert with_kit.status_code == 422
    assert "Discontinued lamp" in with_kit.headers["hx-trigger"]
    again = {"name": "Again", "out_start": "2031-07-02T10:00", "out_end": "2031-07-03T10:00"}
    copied = await manager.post(f"/events/{event.id}/copies", data=again)
    assert copied.status_code == 303
    assert "Left out: 3 × Discontinued lamp" in (await manager.get(copied.headers["location"])).text
    assert (await manager.post(f"/events/{event.id}/steps/cancel")).status_code == 303
    assert await free(work, lamp.id, Period(MONDAY, MONDAY + HOUR)) == 4


async def test_a_stock_cut_below_what_is_booked_is_recorded_and_shown(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 10, name="Cut cable")
        event = await a_confirmed_event(unit, cable, 8)
    manager = await sign_in("manager")
    cut = await manager.patch(f"/api/equipment/{cable.id}", json={"quantity": 3, "version": cable.version})
    assert cut.status_code == 200
    await shows_a_shortage(manager, event, cable, supply=3, free=-5)
    with pytest.raises(Shortage):
        async with work() as unit:
            await a_confirmed_event(unit, cable, 1)
    # what is given back is taken, also while too little is there
    async with work() as unit:
        (line,) = await lines(unit, event)
        await rentals.edit_rental(unit, line.id, {"quantity": 7}, version=None)
    await shows_a_shortage(manager, event, cable, supply=3, free=-4)
    none = await manager.patch(
        f"/api/equipment/{cable.id}", json={"quantity": 0, "version": cable.version + 1}
    )
    assert none.status_code == 200
    await shows_a_shortage(manager, event, cable, supply=0, free=-7)


@pytest.mark.parametrize("how", ["deleted", "written off", "lost"])
async def test_units_that_go_away_are_recorded_and_shown(work: Any, sign_in: Any, how: str) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 0, name="Serialized desk", tracking="serialized")
        made = await add_units(unit, desk.id, [f"D{desk.id}-{number}" for number in range(3)], {})
        gone = [one.id for one in made[:2]]
        event = await a_confirmed_event(unit, desk, 3)
    manager = await sign_in("manager")
    for key in gone:
        if how == "deleted":
            answer = await manager.delete(f"/api/units/{key}", params={"version": 1})
            assert answer.status_code == 204
        else:
            state = {"state": how.replace(" ", "_"), "version": 1}
            assert (await manager.patch(f"/api/units/{key}", json=state)).status_code == 200
    async with work() as unit:
        assert (await unit.session.get_one(Equipment, desk.id)).quantity == 1
        kept_units = select(func.count()).where(Unit.equipment_id == desk.id, Unit.deleted_at.is_(None))
        assert await unit.session.scalar(kept_units) == (1 if how == "deleted" else 3)
    await shows_a_shortage(manager, event, desk, supply=1, free=-2)


async def shows_a_shortage(
    api: httpx.AsyncClient, event: Event, equipment: Equipment, *, supply: int, free: int
) -> None:
    """Where people and programs look, it is told; the event stays as it was confirmed."""
    asked = {"equipment_id": equipment.id, "start": START, "end": END}
    figure = (await api.get("/api/availability", params=asked)).json()["data"]
    assert (figure["supply"], figure["free"]) == (supply, free)
    assert [cause["event_id"] for cause in figure["causes"]] == [event.id]
    assert (await api.get(f"/api/events/{event.id}")).json()["data"]["status"] == "confirmed"
    page = await api.get(f"/events/{event.id}")
    assert "One line is short." in page.text
    assert "av-free is-short" in page.text
