"""Copies of events, and gear templates: the same gear on other dates."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.db.models import Event, GearTemplate, Rental, Reservation
from app.domain.events import service
from app.domain.inventory.service import edit_equipment
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment

PART = {"hx-request": "true", "hx-request-type": "partial"}
# the company of the tests is in Hamburg: two hours ahead in June
NEXT_WEEK = {"out_start": "2031-06-09T10:00", "out_end": "2031-06-10T10:00"}
WEEK = timedelta(days=7)


async def lines_of(work: Any, event_id: int) -> list[Rental]:
    async with work() as unit:
        statement = select(Rental).where(Rental.event_id == event_id, Rental.deleted_at.is_(None))
        return list(await unit.session.scalars(statement.order_by(Rental.position, Rental.id)))


async def test_a_copy_has_the_gear_on_other_dates_and_takes_nothing(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk, lamp = await some_equipment(unit, 2, name="Copied desk"), await some_equipment(unit, 9)
        gone = await some_equipment(unit, 9, name="Archived lamp")
        event = await an_event(
            unit, use_start=MONDAY + HOUR, use_end=MONDAY + 2 * HOUR, tags=["tour"], colour="plum",
            notes="As always", venue="Hall 3",
        )  # fmt: skip
        first = await a_rental(unit, event, desk, 2, heading="Audio", notes="Black")
        await a_rental(unit, event, lamp, 4, start_at=MONDAY + HOUR, end_at=MONDAY + 3 * HOUR)
        await a_rental(unit, event, lamp, 1, accessory_of_id=first.id, optional=True)
        await a_rental(unit, event, gone, 3)
        await service.confirm(unit, event.id)
        await edit_equipment(unit, gone.id, {"archived": True}, version=None)
    employee = await sign_in("employee")
    assert "Copy to other dates" in (await employee.get(f"/events/{event.id}/copies", headers=PART)).text
    address = f"/events/{event.id}/copies"
    wrong = await employee.post(address, data={"name": "Kept name", "out_start": NEXT_WEEK["out_end"],
                                               "out_end": NEXT_WEEK["out_start"]}, headers=PART)  # fmt: skip
    assert wrong.status_code == 422
    assert "comes back after it went out" in wrong.text
    assert "Kept name" in wrong.text
    copied = await employee.post(address, data={"name": "The copy", **NEXT_WEEK})
    assert copied.status_code == 303
    page = await employee.get(copied.headers["location"])
    assert "Left out: 3 × Archived lamp" in page.text
    copy_id = int(copied.headers["location"].rsplit("/", 1)[1])
    async with work() as unit:
        copy = await unit.session.get_one(Event, copy_id)
        taken = select(Reservation.state).where(Reservation.event_id == copy_id).distinct()
        assert (await unit.session.scalars(taken)).all() == ["pencil"]
    assert (copy.name, copy.status, copy.venue, copy.tags, copy.colour, copy.notes) == (
        "The copy", "draft", "Hall 3", ["tour"], "plum", "As always",
    )  # fmt: skip
    assert (copy.out_start, copy.use_start) == (MONDAY + WEEK, MONDAY + HOUR + WEEK)
    lines = await lines_of(work, copy_id)
    assert [(line.quantity, line.heading, line.notes, line.optional) for line in lines] == [
        (2, "Audio", "Black", False), (4, "", "", False), (1, "", "", True),
    ]  # fmt: skip
    assert lines[1].start_at == MONDAY + HOUR + WEEK
    assert lines[2].accessory_of_id == lines[0].id
    assert len(await lines_of(work, event.id)) == 4


async def test_a_copy_over_the_api(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await a_confirmed_event(unit, await some_equipment(unit, 2), 2)
    employee, viewer = await sign_in("employee"), await sign_in("viewer")
    body = {"name": "By program", "out_start": "2031-06-09T08:00:00Z", "out_end": "2031-06-10T08:00:00Z"}
    made = await employee.post(f"/api/events/{event.id}/copies", json=body)
    assert made.status_code == 201
    assert (made.json()["data"]["status"], made.json()["data"]["name"]) == ("draft", "By program")
    assert len(await lines_of(work, made.json()["data"]["id"])) == 1
    backwards = body | {"out_end": body["out_start"]}
    assert (await employee.post(f"/api/events/{event.id}/copies", json=backwards)).status_code == 422
    assert (await employee.post("/api/events/999999/copies", json=body)).status_code == 404
    assert (await viewer.post(f"/api/events/{event.id}/copies", json=body)).status_code == 403


async def test_a_template_is_kept_put_on_renamed_and_deleted(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 9, name="Templated desk")
        gone = await some_equipment(unit, 9, name="Gone by then")
        event, empty, target = await an_event(unit), await an_event(unit), await an_event(unit)
        await a_rental(unit, event, desk, 2, heading="Audio", notes="Black", optional=True)
        await a_rental(unit, event, gone, 1)
    employee = await sign_in("employee")
    keep = f"/events/{event.id}/template"
    assert "Save template" in (await employee.get(keep, headers=PART)).text
    saved = await employee.post(keep, data={"name": "Small show", "notes": "For 50"}, headers=PART)
    assert saved.status_code == 200
    again = await employee.post(keep, data={"name": "SMALL show", "notes": "Kept words"}, headers=PART)
    assert (again.status_code, "with this name already" in again.text) == (422, True)
    assert "Kept words" in again.text
    assert (await employee.post(f"/events/{empty.id}/template", data={"name": "None"})).status_code == 409
    async with work() as unit:
        template = (await unit.session.scalars(select(GearTemplate))).one()
        await edit_equipment(unit, gone.id, {"archived": True}, version=None)
    by_program = await employee.get("/api/gear-templates")
    assert [one["name"] for one in by_program.json()["data"]] == ["Small show"]
    listed = await employee.get("/gear-templates")
    assert "2 × Templated desk, 1 × Gone by then" in listed.text
    put = f"/events/{target.id}/templates"
    assert "Small show" in (await employee.get(put, headers=PART)).text
    added = await employee.post(put, data={"template_id": str(template.id)}, headers=PART)
    assert "Archived by now: Gone by then." in added.headers["hx-trigger"]
    assert [
        (one.quantity, one.heading, one.notes, one.optional) for one in await lines_of(work, target.id)
    ] == [(2, "Audio", "Black", True)]
    undo = re.search(r"/operations/[0-9a-f-]+/undo", added.headers["hx-trigger"])
    assert undo is not None
    assert (await employee.post(undo[0], headers=PART)).status_code == 200
    assert await lines_of(work, target.id) == []
    base = f"/gear-templates/{template.id}"
    assert "Small show" in (await employee.get(f"{base}/edit", headers=PART)).text
    data = {"version": "1", "name": "", "notes": ""}
    assert (await employee.post(f"{base}/edit", data=data)).status_code == 422
    assert (await employee.post(f"{base}/edit", data=data | {"name": "Tiny show"})).status_code == 303
    assert "Tiny show" in (await employee.get("/gear-templates")).text
    assert (await employee.post(f"{base}/deletion", data={"version": "1"})).status_code == 409
    deleted = await employee.post(f"{base}/deletion", data={"version": "2"}, headers=PART)
    assert f"{base}/restoration" in deleted.headers["hx-trigger"]
    assert "No templates yet" in (await employee.get("/gear-templates")).text
    assert (await employee.post(f"{base}/restoration")).status_code == 303
    assert "Tiny show" in (await employee.get("/gear-templates")).text
    viewer = await sign_in("viewer")
    assert "Delete Tiny show" not in (await viewer.get("/gear-templates")).text
    assert (await viewer.post(put, data={"template_id": str(template.id)})).status_code == 403


async def test_a_template_that_does_not_fit_is_refused_as_a_whole(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk, lamp = await some_equipment(unit, 2), await some_equipment(unit, 9)
        source = await an_event(unit)
        await a_rental(unit, source, lamp, 1)
        await a_rental(unit, source, desk, 2)
        await a_confirmed_event(unit, desk, 1, name="Has a desk")
        target = await a_confirmed_event(unit, lamp, 1)
    manager = await sign_in("manager")
    await manager.post(f"/events/{source.id}/template", data={"name": "Too much"})
    async with work() as unit:
        statement = select(GearTemplate.id).where(GearTemplate.name == "Too much")
        key = (await unit.session.scalars(statement)).one()
    address, data = f"/events/{target.id}/templates", {"template_id": str(key)}
    refused = await manager.post(address, data=data, headers=PART)
    assert refused.status_code == 409
    assert "Has a desk" in refused.text
    assert len(await lines_of(work, target.id)) == 1
    overbooked = await manager.post(address, data=data | {"overbook_reason": "Partner"}, headers=PART)
    assert overbooked.status_code == 200
    assert len(await lines_of(work, target.id)) == 3


async def test_the_colour_of_an_event_marks_it(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit, name="Colourful", colour="plum")
    employee = await sign_in("employee")
    for path in (f"/events/{event.id}", "/events?q=colourful"):
        assert "av-mark-dot tone-plum" in (await employee.get(path)).text
    form = {"name": "Colourful", "out_start": "2031-06-02T10:00", "out_end": "2031-06-03T10:00"}
    odd = await employee.post(f"/events/{event.id}/edit", data=form | {"version": "1", "colour": "pink"})
    assert (odd.status_code, "Choose one of the list." in odd.text) == (422, True)
    saved = await employee.post(f"/events/{event.id}/edit", data=form | {"version": "1", "colour": "cyan"})
    assert saved.status_code == 303
    assert "av-mark-dot tone-cyan" in (await employee.get(f"/events/{event.id}")).text
