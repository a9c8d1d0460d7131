"""The lines of an event: everything they have of their own, their order and groups, many at once."""

import asyncio
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.db.models import Event, Rental, Reservation
from app.domain.events import rentals, service
from app.domain.events.picker_queries import find_gear
from app.domain.events.rentals import NewLine
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment

PART = {"hx-request": "true", "hx-request-type": "partial"}


async def lines_of(work: Any, event: Event) -> list[Rental]:
    async with work() as unit:
        statement = select(Rental).where(Rental.event_id == event.id, Rental.deleted_at.is_(None))
        return list(await unit.session.scalars(statement.order_by(Rental.position, Rental.id)))


async def event_with(work: Any, *headings: str, stock: int = 10) -> tuple[Event, list[Rental]]:
    async with work() as unit:
        event = await an_event(unit)
        lines = [
            await a_rental(unit, event, await some_equipment(unit, stock), 1, heading=heading)
            for heading in headings
        ]
        return event, lines


async def shown(client: Any, event: Event) -> list[str]:
    """Headings, and the ids of lines, as the page has them."""
    page = await client.get(f"/events/{event.id}?part=lines", headers=PART)
    return [
        one or two for one, two in re.findall(r'scope="rowgroup"[^>]*>([^<]*)<|id="rental-(\d+)"', page.text)
    ]


async def test_a_line_is_edited_in_a_form_of_its_own(work: Any, sign_in: Any) -> None:
    event, (line,) = await event_with(work, "")
    employee = await sign_in("employee")
    form = await employee.get(f"/rentals/{line.id}/edit", headers=PART)
    assert "<dialog" in form.text
    assert 'name="quantity"' in form.text
    typed = {
        "version": "1", "quantity": "3", "heading": "Stage <left>", "start_at": "2031-06-02T12:00",
        "end_at": "2031-06-02T18:00", "prep_minutes": "30", "turnaround_minutes": "", "notes": "With clamps",
        "optional": "0",
    }  # fmt: skip
    saved = await employee.post(f"/rentals/{line.id}/edit", data=typed, headers=PART)
    assert saved.status_code == 200
    assert "/undo" in saved.headers["hx-trigger"]
    (after,) = await lines_of(work, event)
    assert (after.quantity, after.heading, after.notes) == (3, "Stage <left>", "With clamps")
    assert (after.start_at, after.end_at) == (MONDAY + 2 * HOUR, MONDAY + 8 * HOUR)
    assert (after.prep_minutes, after.turnaround_minutes, after.optional) == (30, None, False)
    async with work() as unit:
        statement = select(Reservation.start_at).where(Reservation.rental_id == line.id)
        assert await unit.session.scalar(statement) == MONDAY + 1.5 * HOUR
    page = await employee.get(f"/events/{event.id}")
    for text in ("Stage &lt;left&gt;", "With clamps", "30 min prep"):
        assert text in page.text


async def test_a_line_that_cannot_be_saved_keeps_what_was_typed(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 4)
        await a_confirmed_event(unit, desk, 3, name="Has most of it")
        event = await a_confirmed_event(unit, desk, 1)
    (line,) = await lines_of(work, event)
    manager, employee = await sign_in("manager"), await sign_in("employee")
    address = f"/rentals/{line.id}/edit"
    typed = {"version": "1", "quantity": "2", "notes": "Kept words", "optional": "0"}
    wrong = await employee.post(address, data=typed | {"start_at": "2031-06-02T12:00"}, headers=PART)
    assert wrong.status_code == 422
    assert "Say both, or neither." in wrong.text
    assert "Kept words" in wrong.text
    short = await employee.post(address, data=typed, headers=PART)
    assert short.status_code == 409
    assert "Has most of it" in short.text
    assert "Kept words" in short.text
    assert "overbook_reason" not in short.text
    assert "overbook_reason" in (await manager.post(address, data=typed, headers=PART)).text
    assert (await employee.post(address, data=typed | {"overbook_reason": "x"})).status_code == 403
    booked = await manager.post(address, data=typed | {"overbook_reason": "Partner lends"}, headers=PART)
    assert booked.status_code == 200
    (after,) = await lines_of(work, event)
    assert (after.quantity, after.overbook_reason) == (2, "Partner lends")


async def test_two_people_edit_one_line(work: Any, sign_in: Any) -> None:
    event, (line,) = await event_with(work, "")
    manager, employee = await sign_in("manager"), await sign_in("employee")
    address, typed = f"/rentals/{line.id}/edit", {"version": "1", "quantity": "1", "optional": "0"}
    assert (await manager.post(address, data=typed | {"notes": "By her"}, headers=PART)).status_code == 200
    merged = await employee.post(
        address, data=typed | {"quantity": "4", "notes": "", "heading": ""}, headers=PART
    )
    assert merged.status_code == 200
    (after,) = await lines_of(work, event)
    assert (after.quantity, after.notes) == (4, "By her")
    clash = await manager.post(address, data=typed | {"quantity": "9"}, headers=PART)
    assert clash.status_code == 409
    assert "data-merge" in clash.text


async def test_lines_and_groups_are_moved_and_renamed(work: Any, sign_in: Any) -> None:
    event, lines = await event_with(work, "Audio", "Light", "Audio")
    one, two, three = (str(line.id) for line in lines)
    employee = await sign_in("employee")
    assert await shown(employee, event) == ["Audio", one, three, "Light", two]
    moved = await employee.post(f"/rentals/{three}/position", data={"step": "up"}, headers=PART)
    assert moved.status_code == 200
    assert f'id="rental-{three}"' in moved.text
    assert await shown(employee, event) == ["Audio", three, one, "Light", two]
    await employee.post(f"/rentals/{three}/position", data={"after": two}, headers=PART)
    assert await shown(employee, event) == ["Audio", one, "Light", two, three]
    data = {"heading": "Light", "step": "up"}
    await employee.post(f"/events/{event.id}/groups/position", data=data, headers=PART)
    assert await shown(employee, event) == ["Light", two, three, "Audio", one]
    assert "Rename Light" in (await employee.get(f"/events/{event.id}/groups/name?heading=Light")).text
    data = {"heading": "Light", "name": "Lighting"}
    renamed = await employee.post(f"/events/{event.id}/groups/name", data=data, headers=PART)
    assert "2 lines" in renamed.headers["hx-trigger"]
    assert (await shown(employee, event))[0] == "Lighting"
    undo = re.search(r"/operations/[0-9a-f-]+/undo", renamed.headers["hx-trigger"])
    assert undo is not None
    assert (await employee.post(undo[0], headers=PART)).status_code == 200
    assert (await shown(employee, event))[0] == "Light"
    for path, wrong in (
        (f"/rentals/{one}/position", {"step": "sideways"}),
        (f"/events/{event.id}/groups/name", {"heading": "Light", "name": "x" * 201}),
    ):
        assert (await employee.post(path, data=wrong, headers=PART)).status_code == 422
    gone = {"heading": "Never was", "name": "x"}
    assert (await employee.post(f"/events/{event.id}/groups/name", data=gone)).status_code == 404
    viewer = await sign_in("viewer")
    assert (await viewer.post(f"/rentals/{one}/position", data={"step": "up"})).status_code == 403
    assert "data-move" not in (await viewer.get(f"/events/{event.id}")).text


async def test_many_people_reorder_at_once_and_no_line_is_lost(work: Any, sign_in: Any) -> None:
    event, lines = await event_with(work, *[""] * 6)
    ids = [line.id for line in lines]
    manager, employee = await sign_in("manager"), await sign_in("employee")
    answers = await asyncio.gather(
        *(
            client.post(f"/rentals/{line_id}/position", data=data, headers=PART)
            for client, line_id, data in (
                (manager, ids[5], {"before": str(ids[0])}),
                (employee, ids[0], {"after": str(ids[3])}),
                (manager, ids[2], {"step": "up"}),
                (employee, ids[1], {"step": "down"}),
                (manager, ids[4], {"before": str(ids[1])}),
            )
        )
    )
    assert [answer.status_code for answer in answers] == [200] * 5
    after = await lines_of(work, event)
    assert sorted(line.id for line in after) == ids
    assert len({line.position for line in after}) == len(ids)


async def test_chosen_lines_are_removed_together_and_come_back(work: Any, sign_in: Any) -> None:
    event, lines = await event_with(work, "", "", "")
    async with work() as unit:
        await service.confirm(unit, event.id)
    employee = await sign_in("employee")
    address = f"/events/{event.id}/rentals/deletion"
    chosen = [f"{line.id}:1" for line in lines[:2]]
    removed = await employee.post(address, data={"ids": chosen}, headers=PART)
    assert "2 lines removed" in removed.headers["hx-trigger"]
    assert [line.id for line in await lines_of(work, event)] == [lines[2].id]
    assert (await employee.post(address, data={"ids": "rubbish"})).status_code == 422
    undo = re.search(r"/operations/[0-9a-f-]+/undo", removed.headers["hx-trigger"])
    assert undo is not None
    assert (await employee.post(undo[0], headers=PART)).status_code == 200
    assert len(await lines_of(work, event)) == 3
    async with work() as unit:
        booked = select(Reservation.rental_id).where(Reservation.event_id == event.id)
        assert len((await unit.session.scalars(booked)).all()) == 3
    stale = [f"{lines[2].id}:1", f"{lines[0].id}:1"]
    assert (await employee.post(address, data={"ids": stale}, headers=PART)).status_code == 409
    assert len(await lines_of(work, event)) == 3


async def test_removed_lines_stay_off_where_their_gear_went_elsewhere(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        event = await a_confirmed_event(unit, desk, 1)
    (line,) = await lines_of(work, event)
    employee = await sign_in("employee")
    removed = await employee.post(
        f"/events/{event.id}/rentals/deletion", data={"ids": f"{line.id}:1"}, headers=PART
    )
    async with work() as unit:
        await a_confirmed_event(unit, desk, 1)
    undo = re.search(r"/operations/[0-9a-f-]+/undo", removed.headers["hx-trigger"])
    assert undo is not None
    answer = await employee.post(undo[0], headers=PART)
    assert "Short of 1" in answer.headers["hx-trigger"]
    assert await lines_of(work, event) == []


async def test_the_picker_says_why_not_more_and_adds_what_is_scanned(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        spot = await some_equipment(unit, 12, name="Pickable spot", sku="PICK-SPOT", tracking="bulk")
        await some_equipment(unit, 3, name="Pickable wash", sku="PICK-WASH")
        await a_confirmed_event(unit, spot, 5, name="Rosenberg Festival")
        event = await an_event(unit)
    employee = await sign_in("employee")
    found = await employee.get(f"/events/{event.id}/gear?q=pickable", headers=PART)
    assert "7 of 12 free" in found.text
    assert "5 at Rosenberg Festival" in found.text
    six = await employee.get(f"/events/{event.id}/gear?q=6x+pickable+spot", headers=PART)
    assert 'value="6"' in six.text
    address = f"/events/{event.id}/picks"
    unclear = await employee.post(address, data={"q": "pickable"}, headers=PART)
    assert "This may mean several" in unclear.text
    assert await lines_of(work, event) == []
    for _ in range(2):
        scanned = await employee.post(address, data={"q": "pick-spot"}, headers=PART)
        assert '"picked"' in scanned.headers["hx-trigger"]
    await employee.post(address, data={"q": "4x Pickable Wash"}, headers=PART)
    assert [(line.name, line.quantity) for line in await lines_of(work, event)] == [
        ("Pickable spot", 2),
        ("Pickable wash", 4),
    ]
    assert (await (await sign_in("viewer")).post(address, data={"q": "pick-spot"})).status_code == 403


async def test_a_scanned_unit_adds_its_equipment(work: Any, sign_in: Any) -> None:
    from app.domain.inventory.units import add_units

    async with work() as unit:
        desk = await some_equipment(unit, 0, tracking="serialized")
        await add_units(unit, desk.id, ["TAG-4711"])
        event = await an_event(unit)
    await (await sign_in("employee")).post(f"/events/{event.id}/picks", data={"q": "tag-4711"})
    assert [line.equipment_id for line in await lines_of(work, event)] == [desk.id]


async def test_many_lines_are_added_or_none(work: Any) -> None:
    async with work() as unit:
        event, desk = await an_event(unit), await some_equipment(unit, 5)
        added = await rentals.add_rentals(
            unit, event.id, [NewLine(desk.id, {"quantity": 2}), NewLine(desk.id, {"heading": "More"})]
        )
        assert [(line.quantity, line.heading) for line in added] == [(2, ""), (1, "More")]
        assert added[0].position < added[1].position


async def test_two_lines_one_after_the_other_take_one_piece_of_a_draft(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        event = await an_event(unit)
        noon = MONDAY + timedelta(hours=12)
        await a_rental(unit, event, desk, 1, start_at=MONDAY, end_at=noon)
        await a_rental(unit, event, desk, 1, start_at=noon, end_at=MONDAY + 24 * HOUR)
        await a_rental(unit, event, await some_equipment(unit, 2), 1)
    page = await (await sign_in("viewer")).get(f"/events/{event.id}")
    assert "is-short" not in page.text


async def test_what_bears_the_words_in_its_name_is_offered_first(work: Any) -> None:
    async with work("manager") as unit:
        event = await an_event(unit)
        await some_equipment(unit, 1, name="Alpha like a QZ58", tags=["x"])
        await some_equipment(unit, 1, name="Alpha clip", tags=["qz58"])
        await some_equipment(unit, 1, name="Zeta QZ58")
        found = await find_gear(await unit.session.connection(), event, "qz58")
        assert [gear.name for gear in found] == ["Alpha like a QZ58", "Zeta QZ58", "Alpha clip"]
        # signs of patterns are only signs: no name has these
        found = await find_gear(await unit.session.connection(), event, "qz5%_\\")
        assert [gear.name for gear in found] == ["Alpha clip", "Alpha like a QZ58", "Zeta QZ58"]
