"""The lines of an event: everything they have of their own, their order and groups, many at once."""

import asyncio
import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.db.models import Event, Rental, Reservation
from app.domain.availability.facts import hand_out
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
    assert "Pickable spot: now 2" in scanned.headers["hx-trigger"]
    for odd in ("0x pick-spot", "-3x pick-spot", "200000x pick-spot"):
        doubted = await employee.post(address, data={"q": odd}, headers=PART)
        assert "hx-trigger" not in doubted.headers
        assert "Pickable spot" in doubted.text
        assert "av-amber" in doubted.text
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
        assert [gear.name for gear in found] == ["Zeta QZ58", "Alpha like a QZ58", "Alpha clip"]
        # signs of patterns are only signs: no name has these
        found = await find_gear(await unit.session.connection(), event, "qz5%_\\")
        assert [gear.name for gear in found] == ["Zeta QZ58", "Alpha clip", "Alpha like a QZ58"]


async def test_a_whole_word_goes_before_the_beginning_of_one_and_short_names_first(work: Any) -> None:
    async with work("manager") as unit:
        event = await an_event(unit)
        for name in ("Beam B-EYE QK20", "QK2 dolly for 4 boxes", "Acoustics QK2", "Beam XQK2"):
            await some_equipment(unit, 1, name=name, tags=["qk2"])
        found = await find_gear(await unit.session.connection(), event, "qk2")
        names = ["Acoustics QK2", "QK2 dolly for 4 boxes", "Beam B-EYE QK20", "Beam XQK2"]
        assert [gear.name for gear in found] == names


async def test_a_name_without_its_maker_is_added_where_nothing_else_is_called_so(
    work: Any, sign_in: Any
) -> None:
    async with work() as unit:
        await some_equipment(unit, 12, name="Sennhorn XK9")
        await some_equipment(unit, 12, name="Clip for Sennhorn XK9")
        event = await an_event(unit)
    employee = await sign_in("employee")
    address = f"/events/{event.id}/picks"
    await employee.post(address, data={"q": "10 xk9"}, headers=PART)
    assert [(line.name, line.quantity) for line in await lines_of(work, event)] == [("Sennhorn XK9", 10)]
    several = await employee.post(address, data={"q": "sennhorn"}, headers=PART)
    assert "This may mean several." in several.text


async def test_picking_by_hand_does_as_scanning_does(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        spot = await some_equipment(unit, 12, name="Raised spot", sku="RAISED")
        event = await an_event(unit)
        own = {"start_at": MONDAY + HOUR, "end_at": MONDAY + 2 * HOUR}
        for other in ({"heading": "Stage"}, own, {"optional": True}, {"prep_minutes": 5}):
            await a_rental(unit, event, spot, 1, **other)
    employee = await sign_in("employee")
    address = f"/events/{event.id}/rentals"
    added = await employee.post(address, data={"equipment_id": str(spot.id), "quantity": "4"}, headers=PART)
    assert "4 \\u00d7 Raised spot" in added.headers["hx-trigger"]
    assert len(await lines_of(work, event)) == 5
    await employee.post(f"/events/{event.id}/picks", data={"q": "raised"}, headers=PART)
    more = await employee.post(address, data={"equipment_id": str(spot.id), "quantity": "1"}, headers=PART)
    assert "Raised spot: now 6" in more.headers["hx-trigger"]
    assert [line.quantity for line in await lines_of(work, event)] == [1, 1, 1, 1, 6]
    undo = re.search(r"/operations/[0-9a-f-]+/undo", more.headers["hx-trigger"])
    assert undo is not None
    assert (await employee.post(undo[0], headers=PART)).status_code == 200
    assert [line.quantity for line in await lines_of(work, event)] == [1, 1, 1, 1, 5]


async def test_a_quantity_that_makes_no_sense_is_refused_where_it_was_typed(work: Any, sign_in: Any) -> None:
    event, (line,) = await event_with(work, "")
    employee = await sign_in("employee")
    for typed in ("0", "-3", "many", "", "9999999"):
        refused = await employee.post(
            f"/rentals/{line.id}/quantity", data={"version": "1", "quantity": typed}, headers=PART
        )
        assert refused.status_code == 422
        assert f'hx-target="#quantity-{line.id}"' in refused.text
        assert f'id="quantity-of-{line.id}" value="{typed}"' in refused.text
        assert f'id="quantity-of-{line.id}-error"' in refused.text
        assert "hx-trigger" not in refused.headers
        fields = {"equipment_id": str(line.equipment_id), "quantity": typed}
        refused = await employee.post(f"/events/{event.id}/rentals", data=fields, headers=PART)
        assert refused.status_code == 422
        assert f'hx-target="#hit-form-{line.equipment_id}"' in refused.text
        assert f'id="add-{line.equipment_id}" value="{typed}"' in refused.text
    page = await employee.post(f"/rentals/{line.id}/quantity", data={"version": "1", "quantity": "many"})
    assert (page.status_code, "<!doctype html>" in page.text) == (422, True)
    assert 'id="quantity-error"' in page.text
    assert [line.quantity for line in await lines_of(work, event)] == [1]


async def test_too_many_is_refused_in_the_panel_and_kept_in_the_field(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await a_confirmed_event(unit, await some_equipment(unit, 4), 3)
    (line,) = await lines_of(work, event)
    employee = await sign_in("employee")
    typed = {"version": str(line.version), "quantity": "9"}
    refused = await employee.post(f"/rentals/{line.id}/quantity", data=typed, headers=PART)
    assert refused.status_code == 409
    assert "5 × " in refused.text
    assert f'id="quantity-of-{line.id}" value="9"' in refused.text
    assert "that many are not free" in refused.text
    (as_it_was,) = await lines_of(work, event)
    assert as_it_was.quantity == 3


async def test_what_has_left_is_said_at_the_quantity(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await a_confirmed_event(unit, await some_equipment(unit, 9), 4)
    (line,) = await lines_of(work, event)
    async with work() as unit:
        await hand_out(unit, line.id, 3, MONDAY)
    employee = await sign_in("employee")
    typed = {"version": str(line.version), "quantity": "2"}
    refused = await employee.post(f"/rentals/{line.id}/quantity", data=typed, headers=PART)
    assert (refused.status_code, "have left already" in refused.text) == (422, True)
    assert f'id="quantity-of-{line.id}" value="2"' in refused.text
    dialog = await employee.post(f"/rentals/{line.id}/edit", data=typed | {"optional": "0"}, headers=PART)
    assert (dialog.status_code, 'id="quantity-error"' in dialog.text) == (422, True)


async def test_two_people_change_how_many_and_one_decides(work: Any, sign_in: Any) -> None:
    event, (line,) = await event_with(work, "")
    async with work() as unit:
        await service.confirm(unit, event.id)
    manager, employee = await sign_in("manager"), await sign_in("employee")
    address = f"/rentals/{line.id}/quantity"
    assert (await manager.post(address, data={"version": "1", "quantity": "3"}, headers=PART)).is_success
    clash = await employee.post(address, data={"version": "1", "quantity": "5"}, headers=PART)
    assert (clash.status_code, "data-merge" in clash.text) == (409, True)
    assert clash.headers["hx-retarget"] == "#modal"
    as_page = await employee.post(address, data={"version": "1", "quantity": "5"})
    assert (as_page.status_code, "data-merge" in as_page.text) == (409, True)
    decided = {
        "version": "2", "merge_base": "1", "merge_fields": "quantity", "merge_mine_quantity": "5",
        "merge_theirs_quantity": "3", "merge_choice_quantity": "mine", "quantity": "5",
    }  # fmt: skip
    saved = await employee.post(address, data=decided, headers=PART)
    assert saved.status_code == 200
    assert [line.quantity for line in await lines_of(work, event)] == [5]
    async with work() as unit:
        await rentals.remove_rental(unit, line.id, version=None)
    gone = await employee.post(address, data={"version": "3", "quantity": "6"}, headers=PART)
    assert (gone.status_code, "<dialog" in gone.text) == (409, True)


async def test_lines_without_a_heading_stand_apart_and_many_are_put_under_one(
    work: Any, sign_in: Any
) -> None:
    event, (first, second, third) = await event_with(work, "Kit", "", "")
    employee = await sign_in("employee")
    assert await shown(employee, event) == ["Kit", str(first.id), "No heading", str(second.id), str(third.id)]
    answer = await employee.post(
        f"/events/{event.id}/rentals/heading",
        data={"ids": [f"{second.id}:1", f"{third.id}:1"], "heading": "Kit"},
        headers=PART,
    )
    assert "2 lines" in answer.headers["hx-trigger"]
    assert await shown(employee, event) == ["Kit", str(first.id), str(second.id), str(third.id)]
    undo = re.search(r"/operations/[0-9a-f-]+/undo", answer.headers["hx-trigger"])
    assert undo is not None
    await employee.post(undo[0])
    assert [line.heading for line in await lines_of(work, event)] == ["Kit", "", ""]
    nothing = await employee.post(f"/events/{event.id}/rentals/heading", data={"heading": "Kit"})
    assert nothing.status_code == 422
    viewer = await sign_in("viewer")
    assert (await viewer.post(f"/events/{event.id}/rentals/heading", data={})).status_code == 403


async def test_a_page_that_says_what_it_shows_hears_of_the_other_rows_alone(work: Any, sign_in: Any) -> None:
    event, (first, second, third) = await event_with(work, "", "Light", "")
    employee = await sign_in("employee")
    address = f"/events/{event.id}?part=lines"
    whole = (await employee.get(address, headers=PART)).text
    frame = re.search(r'data-frame="(\w+)"', whole)
    seen = ".".join(re.findall(r'data-seen="(\w+)"', whole))
    assert frame is not None
    asked = f"{address}&frame={frame[1]}&seen={seen}"
    same = await employee.get(asked, headers=PART)
    assert same.headers["hx-reswap"] == "none"
    assert "<tr" not in same.text
    data = {"quantity": "4", "version": "1"}
    changed = await employee.post(f"/rentals/{second.id}/quantity", data=data, headers=PART)
    assert changed.text.count("<form") == 1
    others = (await employee.get(asked, headers=PART)).text
    assert re.findall(r'<tr id="rental-(\d+)"', others) == [str(second.id)]
    await employee.post(f"/rentals/{third.id}/deletion", data={"version": "1"})
    less = await employee.get(asked, headers=PART)
    assert "hx-reswap" not in less.headers
    assert re.findall(r'<tr id="rental-(\d+)"', less.text) == [str(first.id), str(second.id)]
