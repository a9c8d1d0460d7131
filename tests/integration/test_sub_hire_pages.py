"""The pages and the API of sub-hires."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.domain.sub_hire import policy
from app.domain.sub_hire.service import edit_sub_hire, take_step
from app.lib.clock import now
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, an_event, some_equipment
from tests.integration.test_sub_hire import a_supplier, free, hired_in
from tests.statements import statements_for

Work = Callable[..., Any]
PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}
FORM = {"quantity": "3", "start_at": "2031-06-02T10:00", "end_at": "2031-06-03T10:00"}


async def test_gear_is_hired_in_by_the_form(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear, supplier = await some_equipment(unit, 1), await a_supplier(unit)
        event = await an_event(unit, name="Quay concert")
    client = await sign_in("employee")
    address = f"/sub-hire/new?equipment={gear.id}&quantity=3&event_id={event.id}&start_at=2031-06-02T10:00"
    form = (await client.get(address)).text
    assert 'value="3"' in form
    assert 'value="2031-06-02T10:00"' in form
    sent = FORM | {
        "equipment_id": str(gear.id), "supplier_id": str(supplier.id), "event_id": str(event.id),
        "cost": "180,50", "reference": "AB-1", "status": "ordered",
    }  # fmt: skip
    wrong = await client.post("/sub-hire/new", data=sent | {"end_at": "2031-06-01T10:00"})
    assert wrong.status_code == 422
    assert "It goes back after it came." in wrong.text
    assert "AB-1" in wrong.text
    made = await client.post("/sub-hire/new", data=sent)
    assert made.status_code == 303
    page = (await client.get(made.headers["location"])).text
    for words in ("Ordered", "180.50", "AB-1", "Quay concert", supplier.name):
        assert words in page
    assert await free(work, gear, MONDAY + HOUR) == 4
    assert "AB-1" in (await client.get("/sub-hire?q=AB-1")).text
    assert f"3 × {gear.name}" in (await client.get(f"/events/{event.id}/sub-hires")).text


async def test_the_list_knows_what_is_due_back(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        late_gear, soon_gear = await some_equipment(unit, 0), await some_equipment(unit, 0)
        for gear, hours in ((late_gear, 20), (soon_gear, 48)):
            hire = await hired_in(unit, gear, 1, now() - timedelta(days=1), hours, status="ordered")
            await take_step(unit, hire.id, policy.RECEIVE)
    client = await sign_in("viewer")
    overdue, soon = [(await client.get(f"/sub-hire?show={tab}")).text for tab in ("overdue", "soon")]
    assert late_gear.name in overdue
    assert soon_gear.name not in overdue
    assert soon_gear.name in soon
    assert late_gear.name not in soon
    assert "Receive:" not in overdue  # a viewer has no steps
    assert (await client.get("/sub-hire?show=nonsense&page=-4&supplier=x")).status_code == 200


async def test_a_step_says_whom_it_leaves_short(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 0)
        hire = await hired_in(unit, gear, 2, status="ordered")
        await a_confirmed_event(unit, gear, 2, name="Pier festival")
    client = await sign_in("employee")
    done = await client.post(f"/sub-hire/{hire.id}/steps/cancel", headers=PARTIAL)
    assert "short now for Pier festival" in done.headers["hx-trigger"]
    assert "/operations/" in done.headers["hx-trigger"]
    assert (await client.post(f"/sub-hire/{hire.id}/steps/receive", headers=PARTIAL)).status_code == 409
    assert (await client.post(f"/sub-hire/{hire.id}/steps/fly", headers=PARTIAL)).status_code == 404


async def test_a_stale_form_is_merged_or_asks(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        hire = await hired_in(unit, await some_equipment(unit, 1), 1)
    async with work("manager") as unit:
        await edit_sub_hire(unit, hire.id, {"quantity": 5}, version=1)
    client = await sign_in("employee")
    sent = FORM | {"supplier_id": str(hire.supplier_id), "version": "1", "quantity": "1"}
    merged = await client.post(f"/sub-hire/{hire.id}/edit", data=sent | {"reference": "K-2"})
    assert merged.status_code == 303
    asked = await client.post(f"/sub-hire/{hire.id}/edit", data=sent | {"quantity": "7"})
    assert asked.status_code == 409


async def test_pages_ask_a_fixed_number_of_times(work: Work, sign_in: Any, app: Any) -> None:
    client = await sign_in("manager")
    counts = list[list[int]]()
    async with work() as unit:
        gear = await some_equipment(unit, 1)
        hire = await hired_in(unit, gear, 1)
    for _ in range(2):
        found = list[int]()
        for path in ("/sub-hire", f"/sub-hire/{hire.id}", f"/sub-hire/new?equipment={gear.id}"):
            found.append(await statements_for(app, client, path))
        counts.append(found)
        async with work() as unit:
            for _ in range(5):
                await hired_in(unit, gear, 1)
    assert counts[0] == counts[1]


async def test_the_api_takes_a_sub_hire_through_its_states(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear, supplier = await some_equipment(unit, 1), await a_supplier(unit)
    client = await sign_in("employee")
    start, end = now() - timedelta(hours=2), now() + timedelta(hours=20)
    body = {
        "equipment_id": gear.id, "supplier_id": supplier.id, "quantity": 2, "cost": "90.00",
        "start_at": start.isoformat(), "end_at": end.isoformat(),
    }  # fmt: skip
    made = await client.post("/api/sub-hires", json=body)
    assert made.status_code == 201
    record = made.json()["data"]
    assert (record["status"], record["cost"], record["name"]) == ("draft", "90.00", gear.name)
    path = f"/api/sub-hires/{record['id']}"
    for step, status in (("order", "ordered"), ("receipt", "received")):
        assert (await client.post(f"{path}/{step}")).json()["data"]["status"] == status
    assert await free(work, gear, now()) == 3
    assert (await client.post(f"{path}/order")).status_code == 409
    back = (await client.post(f"{path}/return", json={})).json()["data"]
    assert back["status"] == "returned"
    assert back["returned_at"]
    assert await free(work, gear, now() + timedelta(minutes=1)) == 1
    stale = await client.patch(path, json={"quantity": 4, "version": 1})
    assert stale.status_code == 409
    changed = await client.patch(path, json={"reference": "X", "version": back["version"]})
    assert changed.json()["data"]["reference"] == "X"
    listed = (await client.get(f"/api/sub-hires?equipment_id={gear.id}&status=returned")).json()["data"]
    assert [one["id"] for one in listed] == [record["id"]]
    assert (await (await sign_in("viewer")).post("/api/sub-hires", json=body)).status_code == 403
