"""The pages of cases and their API: what they show, who may change what, and what they cost."""

import re
from typing import Any

from app.db.models import Equipment
from app.domain.cases.queries import PAGE
from app.domain.cases.service import add_item, create_case
from app.domain.events import service as events
from app.domain.handovers.cases import parts_to_leave
from app.domain.handovers.dispatching import dispatch
from app.domain.prep.counting import count
from app.domain.prep.scanning import scan
from app.lib.clock import now
from tests.integration.bench import act, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment
from tests.statements import statements_for

PART = {"hx-request": "true", "hx-request-type": "partial"}


async def _packed(unit: Any, code: str, pieces: int = 3, kind: str = "temporary") -> tuple[Any, Any, Any]:
    """A case with so many pieces of one line in it: event, line, case."""
    gear = await some_equipment(unit, 20, weight_kg="1.5")
    event = await an_event(unit, now() + 2 * HOUR, 24)
    line = await a_rental(unit, event, gear, 10)
    await events.confirm(unit, event.id)
    case = await create_case(unit, {"code": code, "name": f"Trunk {code}", "kind": kind, "weight_kg": "14"})
    await count(unit, act(), event.id, line.id, step="packed", quantity=pieces, case_id=case.id)
    return event, line, case


async def test_the_list_is_searched_filtered_sorted_and_goes_on(sign_in: Any, work: Any) -> None:
    viewer = await sign_in("viewer")
    assert "No cases yet" in (await viewer.get("/cases")).text
    async with work() as unit:
        for number in range(PAGE + 3):
            kind = "permanent" if number % 2 else "temporary"
            await create_case(unit, {"code": f"L-{number}", "name": f"List {number:02}", "kind": kind})
        event, _, _ = await _packed(unit, "L-packed")
        away, _, gone = await _packed(unit, "L-out")
        await dispatch(unit, act(), away.id, await parts_to_leave(unit.session, away.id, gone.id))

    async def codes(query: str) -> list[str]:
        return re.findall(
            r'class="av-tag" href="/cases/\d+">([^<]+)<', (await viewer.get(f"/cases?{query}")).text
        )

    assert (await codes("q=list"))[:3] == ["L-0", "L-1", "L-2"]
    page = (await viewer.get("/cases?q=list&sort=-code")).text
    following = re.search(r'hx-get="([^"]*after=[^"]*)"', page)
    assert following
    rest = (await viewer.get(following[1].replace("&amp;", "&"), headers=PART)).text
    assert re.findall(r">(L-\d+)<", page)[0] == f"L-{PAGE + 2}"
    assert len(set(re.findall(r">(L-\d+)<", page + rest))) == PAGE + 3
    assert set(await codes("q=list&kind=permanent")) == {f"L-{one}" for one in range(1, PAGE + 3, 2)}
    assert await codes("place=packed") == ["L-packed"]
    assert await codes("place=out") == ["L-out"]
    assert "L-packed" not in await codes("place=free")
    shown = (await viewer.get("/cases?q=L-packed")).text
    assert event.name in shown
    assert "18.5 kg" in shown
    assert "Nothing matches" in (await viewer.get("/cases?q=nobody")).text
    assert len(await codes("after=nonsense&sort=nonsense&kind=x&place=x")) == PAGE
    assert 'href="/cases/new"' not in (await viewer.get("/cases")).text


async def test_lists_and_pages_cost_the_same_for_many_as_for_one(app: Any, sign_in: Any, work: Any) -> None:
    async with work() as unit:
        _, _, one = await _packed(unit, "ST-one")
        event, _, many = await _packed(unit, "ST-many", kind="permanent")
        for _ in range(6):
            gear = await some_equipment(unit, 9)
            await add_item(unit, many.id, gear.id, 2)
            extra = await a_rental(unit, event, gear, 4)
            await count(unit, act(), event.id, extra.id, step="packed", quantity=2, case_id=many.id)
    technician = await sign_in("technician")

    async def number(path: str) -> int:
        return await statements_for(app, technician, path)

    assert await number("/cases?q=ST-one") == await number("/cases?q=ST-")
    assert await number(f"/cases/{one.id}") == await number(f"/cases/{many.id}")


async def test_a_case_is_added_edited_deleted_and_brought_back(sign_in: Any, work: Any) -> None:
    technician, manager, viewer = (
        await sign_in("technician"),
        await sign_in("manager"),
        await sign_in("viewer"),
    )
    assert (await viewer.get("/cases/new")).status_code == 403
    assert 'value="NEW-7"' in (await technician.get("/cases/new?code=NEW-7")).text
    wrong = await technician.post("/cases/new", data={"code": "", "name": "Kept", "weight_kg": "many"})
    assert wrong.status_code == 422
    assert 'value="Kept"' in wrong.text
    assert 'value="many"' in wrong.text
    assert wrong.text.count("Give it a code.") >= 1
    typed = {"code": "C-031", "name": "Cable trunk", "kind": "permanent", "weight_kg": "14.5"}
    made = await technician.post("/cases/new", data=typed)
    assert made.status_code == 303
    path = made.headers["location"]
    twin = await technician.post("/cases/new", data=typed | {"code": "c-031"})
    assert twin.status_code == 422
    assert "is taken by Cable trunk" in twin.text
    assert (await viewer.get("/scan?code=c-031")).headers["location"] == path
    page = (await viewer.get(path)).text
    assert "C-031" in page
    assert f"{path}/edit" not in page
    saved = await technician.post(f"{path}/edit", data=typed | {"version": "1", "location": "D-02"})
    assert saved.status_code == 303
    merged = await manager.post(f"{path}/edit", data=typed | {"version": "1", "name": "Trunk"})
    assert merged.status_code == 303
    page = (await viewer.get(path)).text
    assert "D-02" in page
    assert "Trunk" in page
    clash = await manager.post(f"{path}/edit", data=typed | {"version": "1", "location": "E-01"})
    assert clash.status_code == 409
    assert "added" in (await viewer.get(f"{path}/history")).text
    assert (await technician.post(f"{path}/deletion", data={"version": "3"})).status_code == 403
    assert (await manager.post(f"{path}/deletion", data={"version": "3"})).status_code == 303
    assert (await viewer.get(path)).status_code == 404
    assert (await manager.post(f"/api{path}/restoration")).status_code == 200
    assert (await viewer.get(path)).status_code == 200


async def test_a_case_that_is_with_an_event_is_not_deleted(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        event, _, case = await _packed(unit, "KEEP-1")
    manager = await sign_in("manager")
    version = (await manager.get(f"/api/cases/{case.id}")).json()["data"]["version"]
    refused = await manager.post(f"/cases/{case.id}/deletion", data={"version": str(version)})
    assert refused.status_code == 409
    assert event.name in refused.text


async def test_what_should_be_in_a_case_is_said_and_what_lacks_is_told(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        event, line, case = await _packed(unit, "PERM-1", pieces=3, kind="permanent")
        gear = await unit.session.get_one(Equipment, line.equipment_id)
        tagged_id, _ = await with_units(unit, ["PM-1"])
        tagged = await a_rental(unit, event, await unit.session.get_one(Equipment, tagged_id), 1)
        await scan(unit, act(), event.id, "PM-1", step="packed", case_id=case.id)
    technician, viewer = await sign_in("technician"), await sign_in("viewer")
    items = f"/cases/{case.id}/items"
    body = {"equipment_id": str(gear.id), "quantity": "5"}
    assert (await viewer.post(items, data=body)).status_code == 403
    found = (await technician.get(f"/cases/{case.id}/gear?q={gear.sku}", headers=PART)).text
    assert gear.name in found
    answer = await technician.post(items, data=body, headers=PART)
    assert answer.status_code == 200
    assert "undo" in answer.text or "undo" in answer.headers.get("hx-trigger", "")
    assert (await technician.post(items, data=body, headers=PART)).status_code == 422
    page = (await viewer.get(f"/cases/{case.id}")).text
    assert "Missing from this case" in page
    assert f"2 × {gear.name}" in page
    assert "PM-1" in page
    item_id = re.search(r'id="case_item-(\d+)"', page)
    assert item_id
    change = {"quantity": "3", "version": "1"}
    changed = await technician.post(f"/case-items/{item_id[1]}/quantity", data=change, headers=PART)
    assert changed.status_code == 200
    assert "Missing from this case" not in (await viewer.get(f"/cases/{case.id}")).text
    wrong = await technician.post(f"/case-items/{item_id[1]}/quantity", data=change | {"quantity": "0"})
    assert wrong.status_code == 422
    off = await technician.post(f"/case-items/{item_id[1]}/deletion", data={"version": "2"}, headers=PART)
    assert off.status_code == 200
    assert "Nothing said yet" in off.text
    assert tagged.id


async def test_cases_in_the_api(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        event, line, case = await _packed(unit, "API-1", kind="permanent")
        gear = await some_equipment(unit, 5)
    technician, employee = await sign_in("technician"), await sign_in("employee")
    body = {"code": "API-2", "name": "Second", "weight_kg": "2.25"}
    assert (await employee.post("/api/cases", json=body)).status_code == 403
    made = await technician.post("/api/cases", json=body)
    assert made.status_code == 201
    assert (made.json()["data"]["weight_kg"], made.json()["data"]["kind"]) == ("2.250", "temporary")
    path = made.headers["location"]
    assert (await technician.post("/api/cases", json=body)).status_code == 422
    changed = await technician.patch(path, json={"version": 1, "kind": "permanent"})
    assert changed.json()["data"]["kind"] == "permanent"
    put = await technician.put(path, json={"version": 2, "code": "API-2", "name": "Again"})
    assert (put.json()["data"]["kind"], put.json()["data"]["weight_kg"]) == ("temporary", None)
    item = await technician.post(f"/api/cases/{case.id}/items", json={"equipment_id": gear.id, "quantity": 2})
    assert item.status_code == 201
    contents = (await employee.get(f"/api/cases/{case.id}/contents")).json()["data"]
    assert [(one["rental_id"], one["quantity"], one["weight_kg"]) for one in contents["contents"]] == [
        (line.id, 3, "4.500")
    ]
    assert contents["missing"] == [{"equipment_id": gear.id, "name": gear.name, "quantity": 2}]
    assert (contents["weight_kg"], contents["unweighed"]) == ("18.500", False)
    assert [one["id"] for one in (await employee.get("/api/cases?code=api-1")).json()["data"]] == [case.id]
    held = (await employee.get(f"/api/cases?event_id={event.id}&sort=-code")).json()["data"]
    assert [one["id"] for one in held] == [case.id]
    free = (await employee.get("/api/cases?free=true&q=API&limit=1&sort=code")).json()["data"]
    assert [one["code"] for one in free] == ["API-2"]
    items = f"/api/case-items/{item.json()['data']['id']}"
    assert (await technician.patch(items, json={"version": 1, "quantity": 4})).json()["data"]["quantity"] == 4
    assert (await technician.delete(f"{items}?version=2")).status_code == 204
    assert (await technician.post(f"{items}/restoration")).status_code == 200
    assert (await employee.get("/api/cases/99999/contents")).status_code == 404
