"""Kits, accessories and substitutes in the API."""

from typing import Any

from app.domain.events import service as events
from tests.integration.booking import MONDAY, an_event, some_equipment
from tests.integration.kits import a_kit, goes_along


async def test_a_kit_is_made_filled_changed_and_deleted(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        lamp, stand = await some_equipment(unit, 5), await some_equipment(unit, 5)
    manager = await sign_in("manager")
    made = await manager.post("/api/kits", json={"name": "API kit", "sku": "API-1", "daily_rate": "9.5"})
    assert made.status_code == 201
    kit = made.json()["data"]
    assert (kit["daily_rate"], kit["version"], kit["archived"]) == ("9.50", 1, False)
    path = made.headers["location"]
    parts = f"{path}/components"
    first = (await manager.post(parts, json={"equipment_id": lamp.id, "quantity": 2})).json()["data"]
    second = (await manager.post(parts, json={"equipment_id": stand.id})).json()["data"]
    assert (await manager.post(parts, json={"equipment_id": stand.id})).status_code == 422
    assert (await manager.post(parts, json={"equipment_id": stand.id, "quantity": 0})).status_code == 422
    moved = await manager.patch(
        f"/api/kit-components/{second['id']}", json={"version": 1, "quantity": 3, "move": -1}
    )
    assert moved.status_code == 200
    listed = (await manager.get(parts)).json()["data"]
    assert [(one["equipment_id"], one["quantity"]) for one in listed] == [(stand.id, 3), (lamp.id, 2)]
    window = "start=2031-06-02T08:00:00Z&end=2031-06-03T08:00:00Z"
    free = (await manager.get(f"{path}/availability?{window}")).json()["data"]
    assert (free["free"], free["lacking"]) == (1, stand.name)
    assert (await manager.get(f"{path}/availability?start=2031-06-02T08:00:00Z")).status_code in (400, 422)
    gone = f"/api/kit-components/{first['id']}"
    version = (await manager.get(gone)).json()["data"]["version"]
    assert (await manager.delete(f"{gone}?version={version}")).status_code == 204
    assert (await manager.get(gone)).status_code == 404
    assert (await manager.post(f"{gone}/restoration")).json()["data"]["quantity"] == 2
    stale = await manager.patch(path, json={"version": 9, "name": "x"})
    assert stale.status_code == 422
    put = await manager.put(path, json={"version": 1, "name": "API kit 2", "sku": "API-1"})
    assert (put.json()["data"]["daily_rate"], put.json()["data"]["version"]) == (None, 2)
    assert (await manager.patch(path, json={"version": 1, "name": "Else"})).status_code == 409
    assert [one["id"] for one in (await manager.get("/api/kits?q=api%20kit")).json()["data"]] == [kit["id"]]
    assert (await manager.get("/api/kits?sort=-daily_rate,name")).status_code == 200
    assert (await manager.delete(f"{path}?version=2")).status_code == 204
    assert (await manager.post(f"{path}/restoration")).status_code == 200


async def test_kits_go_on_events_as_a_whole_or_not_at_all(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await some_equipment(unit, 4), await some_equipment(unit, 9)
        await goes_along(unit, lamp, clamp, 2)
        kit = await a_kit(unit, (lamp, 2), name="Two lamps")
        event = await an_event(unit, MONDAY)
        await events.hold(unit, event.id)
    employee, viewer = await sign_in("employee"), await sign_in("viewer")
    path = f"/api/events/{event.id}/kits"
    assert (await viewer.post(path, json={"kit_id": kit.id})).status_code == 403
    refused = await employee.post(path, json={"kit_id": kit.id, "quantity": 3})
    assert (refused.status_code, refused.json()["code"]) == (409, "SHORTAGE")
    short = {one["equipment_id"]: one["short"] for one in refused.json()["details"]["shortages"]}
    assert short == {lamp.id: 2, clamp.id: 3}
    made = await employee.post(path, json={"kit_id": kit.id, "quantity": 2})
    assert made.status_code == 201
    added = [(one["equipment_id"], one["quantity"], one["heading"]) for one in made.json()["data"]]
    assert added == [(lamp.id, 4, "Two lamps"), (clamp.id, 8, "Two lamps")]
    reason = {"kit_id": kit.id, "overbook_reason": "because"}
    assert (await employee.post(path, json=reason)).status_code == 403
    for body in ({"kit_id": kit.id, "quantity": 0}, {"kit_id": 2**40}, {"quantity": 1}):
        assert (await employee.post(path, json=body)).status_code == 422


async def test_what_goes_along_and_what_may_stand_in(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await some_equipment(unit, 4), await some_equipment(unit, 9)
    technician, employee = await sign_in("technician"), await sign_in("employee")
    for kind, body, change in (
        ("accessories", {"accessory_id": clamp.id, "quantity": 2}, {"per": 3, "included": False}),
        ("substitutes", {"substitute_id": clamp.id}, {"notes": "Darker"}),
    ):
        path = f"/api/equipment/{lamp.id}/{kind}"
        assert (await employee.post(path, json=body)).status_code == 403
        made = await technician.post(path, json=body)
        assert made.status_code == 201
        assert (await technician.post(path, json=body)).status_code == 422
        here = made.headers["location"]
        changed = await technician.patch(here, json={"version": 1, **change})
        assert change.items() <= changed.json()["data"].items()
        listed = (await employee.get(f"/api/{kind}?equipment_id={lamp.id}")).json()["data"]
        assert [one["version"] for one in listed] == [2]
        assert (await technician.delete(f"{here}?version=1")).status_code == 409
        assert (await technician.delete(f"{here}?version=2")).status_code == 204
        assert (await technician.get(here)).status_code == 404
        assert (await technician.post(f"{here}/restoration")).status_code == 200
    assert (await technician.post(f"/api/equipment/{lamp.id}/substitutes", json={})).status_code == 422
