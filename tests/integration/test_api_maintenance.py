"""Maintenance through the JSON API."""

import itertools

import pytest

_numbers = itertools.count(1)


@pytest.fixture
async def technician(sign_in):
    return await sign_in("technician")


@pytest.fixture
async def unit(sign_in):
    """A serialized item and one unit of it."""
    admin, number = await sign_in("admin"), next(_numbers)
    category = (await admin.post("/api/categories", json={"name": f"Wireless {number}"})).json()["data"]["id"]
    item = await admin.post(
        "/api/equipment",
        json={"name": "ULX-D", "sku": f"M-{number}", "category_id": category, "tracking": "serialized"},
    )
    added = await admin.post(
        f"/api/equipment/{item.json()['data']['id']}/units", json={"asset_tag": f"M-{number}"}
    )
    assert added.status_code == 201, added.text
    return added.json()["data"][0]


async def report(client, unit, **fields):
    body = {"equipment_id": unit["equipment_id"], "unit_id": unit["id"], "title": "Crackles"} | fields
    answer = await client.post("/api/maintenance", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


async def test_a_job_from_report_to_resolution(technician, unit):
    job = await report(technician, unit, due_at="2026-11-26T09:00:00+01:00", description="a\nb")
    assert (job["state"], job["kind"], job["due_at"]) == ("reported", "repair", "2026-11-26T08:00:00Z")
    path = f"/api/maintenance/{job['id']}"

    async def unit_state():
        return (await technician.get(f"/api/units/{unit['id']}")).json()["data"]["state"]

    assert await unit_state() == "quarantine"
    started = await technician.post(f"{path}/transition", json={"state": "in_progress", "version": 1})
    assert started.status_code == 200, started.text
    assert (started.json()["data"]["state"], await unit_state()) == ("in_progress", "in_repair")
    stale = await technician.post(f"{path}/transition", json={"state": "waiting", "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "CONFLICT")
    for state in ("waiting", "in_progress"):
        assert (await technician.post(f"{path}/transition", json={"state": state})).status_code == 200
    foreign = await technician.post(f"{path}/transition", json={"state": "waiting", "cost": "1"})
    assert set(foreign.json()["details"]["fields"]) == {"cost"}
    done = await technician.post(
        f"{path}/transition", json={"state": "resolved", "cost": "45", "resolution": "Cleaned."}
    )
    data = done.json()["data"]
    assert (data["cost"], data["resolution"], data["state"]) == ("45.00", "Cleaned.", "resolved")
    assert data["resolved_at"].endswith("Z")
    assert await unit_state() == "in_stock"
    assert (await technician.post(f"{path}/transition", json={"state": "in_progress"})).status_code == 409


async def test_change_replace_delete_restore(technician, unit):
    job = await report(technician, unit, description="old", expected_back="2126-12-01T00:00:00Z")
    path = f"/api/maintenance/{job['id']}"
    changed = await technician.patch(path, json={"title": "Hums", "cost": 12.5, "version": 1})
    assert (changed.json()["data"]["title"], changed.json()["data"]["cost"]) == ("Hums", "12.50")
    assert changed.json()["data"]["description"] == "old"
    assert (await technician.patch(path, json={"title": "Late", "version": 1})).status_code == 409
    replaced = await technician.put(path, json={"title": "Hums", "version": 2})
    data = replaced.json()["data"]
    assert (data["description"], data["cost"], data["expected_back"]) == ("", None, None)
    assert (await technician.delete(path)).status_code == 422
    assert (await technician.delete(path, headers={"If-Match": '"3"'})).status_code == 204
    assert (await technician.get(path)).status_code == 404
    assert (await technician.post(f"{path}/restoration")).json()["data"]["title"] == "Hums"


@pytest.mark.parametrize(
    "fields",
    [
        {"due_at": "2026-11-26T09:00:00"},
        {"due_at": "2026-11-26"},
        {"due_at": "0001-01-01T00:00:00+14:00"},
        {"due_at": 5},
        {"title": " "},
        {"state": "resolved"},
        {"equipment_id": 987654321},
        {"unit_id": 987654321},
        {"assignee_id": 987654321},
        {"quantity": 0},
        {"blocks": "yes"},
    ],
)
async def test_what_cannot_be_reported(technician, unit, fields):
    body = {"equipment_id": unit["equipment_id"], "unit_id": unit["id"], "title": "Crackles"} | fields
    answer = await technician.post("/api/maintenance", json=body)
    assert answer.status_code == 422, answer.text
    assert set(answer.json()["details"]["fields"]) == set(fields)


async def test_filters(technician, unit):
    first = await report(technician, unit, title="Übersteuert", due_at="2030-01-01T00:00:00Z", blocks=False)
    await report(technician, unit, title="Inspect", kind="inspection", blocks=False)

    async def ids(query):
        answer = await technician.get(f"/api/maintenance?unit_id={unit['id']}&{query}")
        assert answer.status_code == 200, answer.text
        return [job["id"] for job in answer.json()["data"]]

    assert len(await ids("")) == 2
    for query in ("q=uber", "kind=repair", "due_before=2030-01-02T00:00:00Z"):
        assert await ids(query) == [first["id"]]
    assert await ids("due_before=2030-01-01T00:00:00Z") == []
    assert await ids("state=resolved") == []
    assert await ids("blocks=true") == []
    assert (await ids("sort=due_at"))[0] == first["id"]
    assert (await technician.get("/api/maintenance?state=gone")).status_code == 422


async def test_nothing_is_expected_back_in_the_past(technician, unit):
    body = {"equipment_id": unit["equipment_id"], "unit_id": unit["id"], "title": "Crackles"}
    answer = await technician.post("/api/maintenance", json={**body, "expected_back": "2001-01-01T00:00:00Z"})
    assert answer.status_code == 422
    assert set(answer.json()["details"]["fields"]) == {"expected_back"}
