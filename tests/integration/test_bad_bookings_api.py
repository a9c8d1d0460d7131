"""What makes no sense in the API: the answer names the field, and nothing is changed."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.domain.events import rentals, service
from app.lib.errors import InvalidInput
from tests.integration.bad_bookings import END, NO_ID, START, refused_at, stored
from tests.integration.booking import MONDAY, a_rental, an_event, some_equipment

API_EVENTS = [
    ({"out_start": END, "out_end": START}, "out_end"),
    ({"out_end": START}, "out_end"),
    ({"out_end": "2041-06-02T08:00:00Z"}, "out_end"),
    ({"out_end": None}, "out_end"),
    ({"out_start": "2031-06-02T08:00:00"}, "out_start"),
    ({"out_start": "2031-06-02"}, "out_start"),
    ({"out_start": 1938153600}, "out_start"),
    ({"out_start": "0001-01-01T00:00:00Z"}, "out_start"),
    ({"out_end": "9999-12-31T23:59:59Z"}, "out_end"),
    ({"use_start": "2031-06-02T07:00:00Z", "use_end": END}, "use_start"),
    ({"use_start": START, "use_end": "2031-06-03T09:00:00Z"}, "use_end"),
    ({"use_start": START}, "use_end"),
    ({"client_id": NO_ID}, "client_id"),
    ({"client_id": 0}, "client_id"),
    ({"client_id": -1}, "client_id"),
    ({"client_id": 2**63}, "client_id"),
    ({"client_id": 10**40}, "client_id"),
    ({"client_id": True}, "client_id"),
    ({"client_id": "7"}, "client_id"),
    ({"client_id": 7.5}, "client_id"),
    ({"name": ""}, "name"),
    ({"name": None}, "name"),
    ({"surprise": 1}, "surprise"),
]


@pytest.mark.parametrize(("wrong", "field"), API_EVENTS)
async def test_the_api_of_events_names_the_field(
    work: Any, sign_in: Any, wrong: dict[str, Any], field: str
) -> None:
    async with work() as unit:
        event = await an_event(unit)
    api, before = await sign_in("manager"), await stored(work)
    made = await api.post("/api/events", json={"name": "Gala", "out_start": START, "out_end": END, **wrong})
    refused_at(made, field)
    refused_at(await api.patch(f"/api/events/{event.id}", json={**wrong, "version": 1}), field)
    assert await stored(work) == before


@pytest.mark.parametrize("quantity", [0, -1, 100_001, 2**63, 10**40, 1.5, "4", None, True])
async def test_the_api_of_lines_refuses_such_quantities(work: Any, sign_in: Any, quantity: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
        event = await an_event(unit)
        line = await a_rental(unit, event, lamp, 2)
    api, before = await sign_in("manager"), await stored(work)
    body = {"event_id": event.id, "equipment_id": lamp.id, "quantity": quantity}
    refused_at(await api.post("/api/rentals", json=body), "quantity")
    changed = {"quantity": quantity, "version": 1}
    refused_at(await api.patch(f"/api/rentals/{line.id}", json=changed), "quantity")
    assert await stored(work) == before


async def test_many_lines_at_their_limit_are_a_shortage_and_no_overflow(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
        event = await an_event(unit)
        for _ in range(30):
            await a_rental(unit, event, lamp, 100_000)
    manager = await sign_in("manager")
    refused = await manager.post(f"/api/events/{event.id}/confirmation", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "SHORTAGE")
    assert refused.json()["details"]["shortages"][0]["short"] == 30 * 100_000 - 5
    assert (await manager.get(f"/events/{event.id}")).status_code == 200


@pytest.mark.parametrize("odd", ["0", "-1", "9" * 19, "9" * 40, "x", "1.5", "%00"])
async def test_there_is_nothing_at_odd_addresses(sign_in: Any, odd: str) -> None:
    manager = await sign_in("manager")
    for path in (f"/events/{odd}", f"/rentals/{odd}/edit", f"/api/events/{odd}", f"/api/rentals/{odd}"):
        assert (await manager.get(path)).status_code == 404
    for path in (f"/events/{odd}/confirmation", f"/api/events/{odd}/confirmation"):
        assert (await manager.post(path, json={} if "api" in path else None)).status_code == 404


async def test_a_line_of_an_event_that_is_not_there(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
    api = await sign_in("manager")
    for key in (NO_ID, 2**63 - 1):
        body = {"event_id": key, "equipment_id": lamp.id, "quantity": 1}
        refused_at(await api.post("/api/rentals", json=body), "event_id")
    for key in (0, -1, 2**63, "x", None):
        body = {"event_id": key, "equipment_id": lamp.id, "quantity": 1}
        refused_at(await api.post("/api/rentals", json=body), "event_id")
    assert (await api.get(f"/api/events/{NO_ID}")).status_code == 404
    assert (await api.post(f"/api/events/{NO_ID}/confirmation", json={})).status_code == 404


async def test_a_naive_instant_is_refused_everywhere_in_the_api(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit)
        lamp = await some_equipment(unit, 5)
    api = await sign_in("manager")
    naive = "2031-06-02T08:00:00"
    body = {"event_id": event.id, "equipment_id": lamp.id, "quantity": 1, "start": naive, "end": END}
    refused_at(await api.post("/api/rentals", json=body), "start")
    refused_at(await api.post(f"/api/events/{event.id}/hold", json={"expires_at": naive}), "expires_at")
    asked = {"equipment_id": lamp.id, "start": naive, "end": END}
    for path in ("/api/availability", "/api/availability/explanation"):
        refused_at(await api.get(path, params=asked), "start")
    refused_at(await api.get("/api/events", params={"start": naive, "end": END}), "start")


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (END, START, "end"),
        (START, START, "end"),
        (START, "", "end"),
        ("", END, "start"),
        (START, "2042-01-01T00:00:00Z", "end"),
        ("yesterday", END, "start"),
    ],
)
async def test_asking_for_a_period_that_is_none(
    work: Any, sign_in: Any, start: str, end: str, field: str
) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
    api = await sign_in("viewer")
    asked = {"equipment_id": lamp.id, "start": start, "end": end}
    refused_at(await api.get("/api/availability", params=asked), field)


async def test_services_refuse_by_themselves_what_pages_and_programs_cannot_send(work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
        event = await an_event(unit)
    for values in ({"quantity": None}, {"quantity": "3"}, {"quantity": 2.0}):
        with pytest.raises(InvalidInput) as refused:
            async with work() as unit:
                await rentals.add_rental(unit, event.id, lamp.id, values)
        assert list(refused.value.fields) == ["quantity"]
    longest = timedelta(days=3652)
    for end, is_too_long in ((MONDAY + longest, True), (MONDAY + longest - timedelta(minutes=1), False)):
        assert (await too_long(work, event.id, end)) is is_too_long


async def too_long(work: Any, event_id: int, end: datetime) -> bool:
    try:
        async with work() as unit:
            await service.edit_event(unit, event_id, {"out_end": end}, version=None)
    except InvalidInput as refused:
        return list(refused.fields) == ["out_end"]
    return False
