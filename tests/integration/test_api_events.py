"""Clients, events, rentals and availability as programs see them."""

import asyncio
from collections import Counter
from typing import Any

import httpx

from app.lib.clock import now
from tests.integration.booking import some_equipment

START, END = "2032-05-03T08:00:00Z", "2032-05-05T20:00:00Z"


async def an_item(work: Any, quantity: int, **values: Any) -> int:
    async with work() as unit:
        return (await some_equipment(unit, quantity, **values)).id


async def post(api: httpx.AsyncClient, path: str, expected: int = 201, **body: Any) -> Any:
    answer = await api.post(f"/api{path}", json=body)
    assert answer.status_code == expected, answer.text
    return answer.json()["data"] if expected < 400 else answer.json()


async def an_event(api: httpx.AsyncClient, **values: Any) -> dict[str, Any]:
    return await post(api, "/events", **{"name": "Gala", "out_start": START, "out_end": END, **values})


async def a_line(
    api: httpx.AsyncClient, event: dict[str, Any], equipment_id: int, quantity: int, **values: Any
) -> Any:
    return await post(
        api, "/rentals", event_id=event["id"], equipment_id=equipment_id, quantity=quantity, **values
    )


async def availability(api: httpx.AsyncClient, equipment_id: int, start: str = START, end: str = END) -> Any:
    answer = await api.get(
        "/api/availability", params={"equipment_id": equipment_id, "start": start, "end": end}
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_from_client_to_confirmed_event(sign_in: Any, work: Any) -> None:
    api = await sign_in("manager")
    equipment_id = await an_item(work, 12)
    client = await post(api, "/clients", name="Rosenberg Events", payment_terms_days=14)
    event = await an_event(api, client_id=client["id"], use_start=START, use_end=END)
    assert (event["status"], event["version"]) == ("draft", 1)
    line = await a_line(api, event, equipment_id, 5)
    assert (await availability(api, equipment_id))["free_with_pencils"] == 7
    held = await post(api, f"/events/{event['id']}/hold", 200)
    assert held["status"] == "held"
    assert held["hold_expires_at"] > now().isoformat()
    confirmed = await post(api, f"/events/{event['id']}/confirmation", 200)
    assert (confirmed["status"], confirmed["hold_expires_at"]) == ("confirmed", None)
    figure = await availability(api, equipment_id)
    assert {name: figure[name] for name in ("supply", "reserved", "free", "free_with_pencils", "binding_at")} == {
        "supply": 12, "reserved": 5, "free": 7, "free_with_pencils": 7, "binding_at": START,
    }  # fmt: skip
    (cause,) = figure["causes"]
    assert (cause["event_id"], cause["name"], cause["client"], cause["quantity"], cause["state"]) == (
        event["id"], "Gala", "Rosenberg Events", 5, "firm",
    )  # fmt: skip
    undone = await api.delete(f"/api/events/{event['id']}/confirmation")
    assert undone.json()["data"]["status"] == "held"
    undone = await api.delete(f"/api/events/{event['id']}/hold")
    assert undone.json()["data"]["status"] == "draft"
    assert (await api.get("/api/rentals", params={"event_id": event["id"]})).json()["data"][0]["id"] == line[
        "id"
    ]


async def test_a_booking_that_does_not_fit_is_a_structured_409(sign_in: Any, work: Any) -> None:
    api = await sign_in("manager")
    equipment_id = await an_item(work, 4)
    first, second = await an_event(api, name="First"), await an_event(api, name="Second")
    await a_line(api, first, equipment_id, 3)
    await post(api, f"/events/{first['id']}/confirmation", 200)
    await post(api, f"/events/{second['id']}/hold", 200)
    refused = await api.post(
        "/api/rentals", json={"event_id": second["id"], "equipment_id": equipment_id, "quantity": 2}
    )
    assert refused.status_code == 409
    body = refused.json()
    assert (body["success"], body["code"]) == (False, "SHORTAGE")
    (short,) = body["details"]["shortages"]
    assert (short["equipment_id"], short["short"], short["from"], short["to"]) == (
        equipment_id,
        1,
        START,
        END,
    )
    assert [(one["event_id"], one["name"], one["quantity"]) for one in short["competing"]] == [
        (first["id"], "First", 3)
    ]
    assert (await api.get("/api/rentals", params={"event_id": second["id"]})).json()["data"] == []


async def test_128_programs_race_for_the_last_three(sign_in: Any, work: Any) -> None:
    api = await sign_in("manager")
    equipment_id = await an_item(work, 3)
    event = await an_event(api)
    await post(api, f"/events/{event['id']}/confirmation", 200)
    events = [await an_event(api) for _ in range(40)]
    for one in events:
        await post(api, f"/events/{one['id']}/confirmation", 200)

    async def book(target: dict[str, Any]) -> int:
        body = {"event_id": target["id"], "equipment_id": equipment_id, "quantity": 1}
        return (await api.post("/api/rentals", json=body)).status_code

    answers = await asyncio.gather(*(book(events[number % len(events)]) for number in range(128)))
    counted = Counter(answers)
    # when the pool is full for two seconds a request is told to come again: it booked nothing
    assert counted[201] == 3
    assert set(counted) <= {201, 409, 503}
    assert (await availability(api, equipment_id))["free"] == 0


async def test_stale_edits_of_events_and_lines(sign_in: Any, work: Any) -> None:
    api = await sign_in("manager")
    event = await an_event(api)
    path = f"/api/events/{event['id']}"
    assert (await api.patch(path, json={"venue": "Hall 2", "version": 1})).status_code == 200
    stale = await api.patch(path, json={"name": "Ball", "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "CONFLICT")
    merged = await api.patch(f"{path}?strategy=merge", json={"name": "Ball", "version": 1})
    assert (merged.json()["data"]["venue"], merged.json()["data"]["name"]) == ("Hall 2", "Ball")
    line = await a_line(api, event, await an_item(work, 2), 1)
    changed = await api.patch(f"/api/rentals/{line['id']}", json={"quantity": 2, "version": 1})
    assert changed.json()["data"]["version"] == 2
    stale = await api.patch(f"/api/rentals/{line['id']}", json={"quantity": 1, "version": 1})
    assert stale.status_code == 409


async def test_who_may_confirm_and_overbook(sign_in: Any, work: Any) -> None:
    manager, employee, technician, viewer = [
        await sign_in(role) for role in ("manager", "employee", "technician", "viewer")
    ]
    equipment_id = await an_item(work, 1)
    event = await an_event(technician)
    await a_line(technician, event, equipment_id, 2)
    confirmation = f"/events/{event['id']}/confirmation"
    for api in (technician, viewer):
        await post(api, confirmation, 403)
    await post(employee, confirmation, 409)
    await post(employee, confirmation, 403, overbook_reason="Please")
    confirmed = await post(manager, confirmation, 200, overbook_reason="Second one is being bought")
    assert confirmed["status"] == "confirmed"
    assert (await availability(manager, equipment_id))["free"] == -1
    (line,) = (await manager.get("/api/rentals", params={"event_id": event["id"]})).json()["data"]
    assert line["overbook_reason"] == "Second one is being bought"


async def test_what_makes_no_sense_is_refused_at_its_field(sign_in: Any, work: Any) -> None:
    api = await sign_in("manager")
    event, equipment_id = await an_event(api), await an_item(work, 1)
    line = {"event_id": event["id"], "equipment_id": equipment_id, "quantity": 1}
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("/events", {"name": "X", "out_start": END, "out_end": START}, "out_end"),
        ("/events", {"name": "X", "out_start": START, "out_end": "2044-01-01T00:00:00Z"}, "out_end"),
        ("/events", {"name": "X", "out_start": "2032-05-03T08:00:00", "out_end": END}, "out_start"),
        ("/events", {"name": " ", "out_start": START, "out_end": END}, "name"),
        ("/rentals", {**line, "quantity": 0}, "quantity"),
        ("/rentals", {**line, "quantity": -1}, "quantity"),
        ("/rentals", {**line, "quantity": 10**12}, "quantity"),
        ("/rentals", {**line, "equipment_id": 10**9}, "equipment_id"),
        ("/rentals", {**line, "event_id": 10**9}, "event_id"),
        ("/rentals", {**line, "start": START}, "end"),
        (f"/events/{event['id']}/hold", {"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ("/clients", {"name": "X", "blocked": True}, "block_reason"),
    ]
    for path, body, field in cases:
        answer = await post(api, path, 422, **body)
        assert list(answer["details"]["fields"]) == [field], (path, body, answer)
    for query in ({"end": START, "start": END}, {"start": START}, {"start": "x", "end": END}):
        answer = await api.get("/api/availability", params={"equipment_id": equipment_id, **query})
        assert answer.status_code in (400, 422), query
    assert (
        await api.get("/api/availability", params={"equipment_id": 10**9, "start": START, "end": END})
    ).status_code == 404


async def test_steps_tell_when_how_many_are_free(sign_in: Any, work: Any) -> None:
    api = await sign_in("manager")
    equipment_id = await an_item(work, 3)
    event = await an_event(api, out_start="2032-05-04T00:00:00Z", out_end="2032-05-04T12:00:00Z")
    await a_line(api, event, equipment_id, 2)
    await post(api, f"/events/{event['id']}/confirmation", 200)
    answer = await api.get(
        "/api/availability/steps", params={"equipment_id": equipment_id, "start": START, "end": END}
    )
    assert [(one["at"], one["free"]) for one in answer.json()["data"]] == [
        (START, 3), ("2032-05-04T00:00:00Z", 1), ("2032-05-04T12:00:00Z", 3),
    ]  # fmt: skip


async def test_steps_need_no_body(sign_in: Any) -> None:
    api = await sign_in("manager")
    event = await an_event(api)
    for path, status in (("hold", "held"), ("confirmation", "confirmed")):
        answer = await api.post(f"/api/events/{event['id']}/{path}")
        assert answer.status_code == 200, answer.text
        assert answer.json()["data"]["status"] == status


async def test_what_is_odd_is_said_and_done_all_the_same(sign_in: Any) -> None:
    manager = await sign_in("manager")
    past = {"name": "Long ago", "out_start": "2020-01-01T10:00:00Z", "out_end": "2020-01-02T10:00:00Z"}
    made = (await manager.post("/api/events", json=past)).json()
    assert made["warnings"] == ["These dates are over."]
    coming = {"name": "Odd", "out_start": "2031-06-02T10:00:00Z", "out_end": "2031-06-03T10:00:00Z"}
    made = (await manager.post("/api/events", json=coming)).json()
    assert "warnings" not in made
    address = f"/api/events/{made['data']['id']}"
    for end, said in (
        ("2031-06-02T10:00:00Z", None),
        ("2031-06-02T11:00:00Z", ["The hold ends only after the gear goes out."]),
    ):
        held = (await manager.post(f"{address}/hold", json={"expires_at": end})).json()
        assert (held["data"]["status"], held.get("warnings")) == ("held", said)
    beyond = await manager.post(f"{address}/hold", json={"expires_at": "2090-06-04T10:00:00Z"})
    assert beyond.status_code == 422
    assert "its gear is back before" in beyond.json()["details"]["fields"]["expires_at"]
    confirmed = (await manager.post(f"{address}/confirmation", json={})).json()
    assert confirmed["data"]["status"] == "confirmed"
    assert confirmed["warnings"] == ["There is no gear on this event: nothing is booked by confirming it."]
    assert "warnings" not in (await manager.get(address)).json()


async def test_who_may_not_confirm_holds_for_a_week_and_answers_no_request(sign_in: Any) -> None:
    technician, manager = await sign_in("technician"), await sign_in("manager")
    event = {"name": "Week", "out_start": "2031-06-02T10:00:00Z", "out_end": "2031-06-03T10:00:00Z"}
    address = f"/api/events/{(await technician.post('/api/events', json=event)).json()['data']['id']}"
    long = await technician.post(f"{address}/hold", json={"expires_at": "2031-06-01T10:00:00Z"})
    assert long.status_code == 422
    assert "At most 7 days" in long.json()["details"]["fields"]["expires_at"]
    assert (await technician.post(f"{address}/hold", json={})).status_code == 200
    assert (await technician.post(f"{address}/request")).json()["data"]["status"] == "requested"
    assert (await technician.post(f"{address}/hold", json={})).status_code == 403
    page = (await technician.get(address.removeprefix("/api"))).text
    assert "/steps/hold" not in page
    assert (await manager.post(f"{address}/hold", json={})).json()["data"]["status"] == "held"
