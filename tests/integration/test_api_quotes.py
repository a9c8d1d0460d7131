"""Quotes, their versions and lines in the API."""

from typing import Any

from tests.integration.booking import an_event
from tests.integration.quoting import a_quote
from tests.integration.test_quotes_together import sent


async def test_a_quote_is_begun_said_about_and_deleted(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
    manager = await sign_in("manager")
    key = {"Idempotency-Key": "quote-1"}
    begun = await manager.post("/api/quotes", json={"event_id": made.event.id}, headers=key)
    assert begun.status_code == 201
    again = await manager.post("/api/quotes", json={"event_id": made.event.id}, headers=key)
    assert again.json()["data"]["id"] == begun.json()["data"]["id"]
    quote, path = begun.json()["data"], begun.headers["location"]
    assert (quote["state"], quote["current_version"], quote["gross"], quote["version"]) == (
        "draft",
        1,
        None,
        1,
    )
    version = (await manager.get(f"{path}/versions/1")).json()["data"]
    assert version["document"]["net"] == "130.00"
    lines = (await manager.get(f"{path}/versions/1/lines")).json()["data"]
    assert [(one["key"], one["version"]) for one in lines] == [(made.key, 1), (made.other, 1)]
    line = f"{path}/versions/1/lines/{made.key}"
    changed = await manager.patch(line, json={"version": 1, "rate": "8.5"})
    assert (changed.json()["data"]["line"]["price"], changed.json()["data"]["by_hand"]) == ("68.00", True)
    assert changed.headers["etag"] == '"2"'
    stale = await manager.patch(line, json={"version": 1, "rate": "9"})
    assert stale.status_code == 409
    merged = await manager.patch(f"{line}?strategy=merge", json={"version": 1, "discount_percent": "10"})
    assert merged.json()["data"]["line"]["price"] == "61.20"
    back = await manager.patch(line, json={"version": 3, "rate": None, "discount_percent": "0"})
    assert (back.json()["data"]["line"]["price"], back.json()["data"]["by_hand"]) == ("80.00", False)
    noted = await manager.patch(path, json={"version": 1, "notes": "Call first"})
    assert noted.json()["data"]["notes"] == "Call first"
    assert (await manager.delete(f"{path}?version=2")).status_code == 204
    assert (await manager.get(path)).status_code == 404
    assert (await manager.post(f"{path}/restoration")).status_code == 200


async def test_free_lines_moves_and_groups(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
    employee = await sign_in("employee")
    there = f"/api/quotes/{made.version.quote_id}/versions/1"
    van = {"name": "Van", "quantity": "1", "rate": "60"}
    added = await employee.post(f"{there}/lines", json=van)
    assert added.status_code == 201
    key = added.json()["data"]["key"]
    assert added.headers["location"].endswith(key)
    assert (await employee.post(f"{there}/lines", json={"name": "Van"})).status_code == 422
    moved = await employee.post(f"{there}/lines/{key}/position", json={"before": made.key})
    assert [one["key"] for one in moved.json()["data"]] == [key, made.key, made.other]
    both = {"before": made.key, "step": "up"}
    assert (await employee.post(f"{there}/lines/{key}/position", json=both)).status_code == 422
    granted = await employee.patch(
        f"{there}/groups", json={"heading": "Sound", "discount_percent": "50", "version": 1}
    )
    assert [(one["heading"], one["total"]) for one in granted.json()["data"]] == [
        ("Sound", "70.00"),
        ("Control", "50.00"),
    ]
    assert (await employee.delete(f"{there}/lines/{key}?version=2")).status_code == 204
    assert (await employee.post(f"{there}/lines/{key}/restoration")).status_code == 200
    assert (await employee.delete(f"{there}/lines/{made.key}?version=1")).status_code == 422
    assert (await employee.get(f"{there}/lines/rental:999999")).status_code == 404
    assert (await employee.get(f"{there}/lines/nonsense")).status_code in {400, 404, 422}


async def test_versions_and_what_is_other_between_them(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
    manager = await sign_in("manager")
    there = f"/api/quotes/{made.version.quote_id}"
    assert (await manager.post(f"{there}/versions", json={})).status_code == 409
    async with work() as unit:
        await sent(unit, made.version.id)
    begun = await manager.post(f"{there}/versions", json={})
    assert (begun.status_code, begun.json()["data"]["number"]) == (201, 2)
    terms = {"version": 1, "discount_percent": "10", "title": "Gala"}
    changed = await manager.patch(f"{there}/versions/2", json=terms)
    assert changed.json()["data"]["document"]["net"] == "117.00"
    assert (await manager.patch(f"{there}/versions/1", json={"version": 1, "title": "No"})).status_code == 409
    other = (await manager.get(f"{there}/difference?before=1&after=2")).json()["data"]
    assert (other["net"], {one["kind"] for one in other["lines"]}) == ("-13.00", {"same"})
    assert {"Title", "Discount in percent"} <= {one["label"] for one in other["terms"]}
    listed = (await manager.get(f"{there}/versions")).json()["data"]
    assert [(one["number"], one["state"]) for one in listed] == [(1, "sent"), (2, "draft")]
    assert (await manager.delete(f"{there}/versions/2?version=2")).status_code == 204
    found = (await manager.get(f"/api/quotes?event_id={made.event.id}&state=sent")).json()["data"]
    assert [(one["id"], one["gross"]) for one in found] == [(made.version.quote_id, "130.000")]


async def test_who_may_and_what_is_refused(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        over = await an_event(unit)
        from app.domain.events import service as events

        await events.take_step(unit, over.id, "lose", reason="Too dear")
    viewer, manager = await sign_in("viewer"), await sign_in("manager")
    assert (await viewer.get("/api/quotes")).status_code == 403
    assert (await viewer.get(f"/api/quotes/{made.version.quote_id}/versions/1")).status_code == 403
    assert (await manager.post("/api/quotes", json={"event_id": over.id})).status_code == 409
    assert (await manager.post("/api/quotes", json={"event_id": 999_999_999})).status_code == 404
    assert (await manager.get("/api/quotes?state=nonsense")).status_code in {400, 422}
    wrong = await manager.patch(
        f"/api/quotes/{made.version.quote_id}/versions/1/lines/{made.key}",
        json={"version": 1, "discount_percent": "101", "rate": "-1"},
    )
    assert set(wrong.json()["details"]["fields"]) == {"discount_percent", "rate"}
