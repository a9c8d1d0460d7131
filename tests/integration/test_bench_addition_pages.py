"""Offers taken at the bench: one more, something instead, and the office that agrees to it."""

import re
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.db.models import Event, Rental, User
from app.domain.cases.service import create_case
from app.domain.events import service
from app.domain.kits.accessories import add_substitute
from app.domain.prep.case_contents import packed_in
from app.domain.prep.counting import count
from app.lib.clock import now
from tests.integration.bench import act, counts_of, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment
from tests.statements import statements_for

PART = {"hx-request": "true", "hx-request-type": "partial"}


async def _confirmed(unit: Any, gear: Any, quantity: int = 2) -> tuple[Any, Any]:
    event = await an_event(unit, now() + 2 * HOUR, 24)
    line = await a_rental(unit, event, gear, quantity)
    await service.confirm(unit, event.id)
    return event, line


def _tap(**values: Any) -> dict[str, str]:
    return {"nonce": str(uuid4()), "step": "picked", **{name: str(value) for name, value in values.items()}}


async def test_the_offer_of_an_extra_adds_it_and_the_office_approves(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 5)
        event, line = await _confirmed(unit, cable)
        await count(unit, act(), event.id, line.id, step="picked", quantity=2)
    technician, employee, viewer = (
        await sign_in("technician"),
        await sign_in("employee"),
        await sign_in("viewer"),
    )
    extra = await technician.post(f"/prep/{event.id}/scans", data=_tap(code=cable.sku), headers=PART)
    assert 'data-kind="extra"' in extra.text
    assert f"/prep/{event.id}/additions" in extra.text
    add = _tap(equipment_id=cable.id)
    assert (await employee.post(f"/prep/{event.id}/additions", data=add)).status_code == 403
    added = await technician.post(f"/prep/{event.id}/additions", data=add, headers=PART)
    assert added.status_code == 200
    assert 'data-kind="complete"' in added.text
    assert f'hx-target="#line-{line.id}"' in added.text or 'hx-target="#pick-list"' in added.text
    again = await technician.post(f"/prep/{event.id}/additions", data=add, headers=PART)
    assert again.status_code == 200
    async with work() as unit:
        assert (await counts_of(unit, event))[line.id].wanted == 3
    office = await viewer.get(f"/events/{event.id}")
    assert office.status_code == 200
    assert f'hx-get="/prep/{event.id}/approvals"' in office.text
    shown = (await viewer.get(f"/prep/{event.id}/approvals")).text
    assert "added at the bench by" in shown
    assert "approval" not in shown.replace("event-approvals", "").replace("/approvals", "")
    assert f"/rentals/{line.id}/approval" in (await employee.get(f"/prep/{event.id}/approvals")).text
    assert (await technician.post(f"/rentals/{line.id}/approval")).status_code == 403
    agreed = await employee.post(f"/rentals/{line.id}/approval", headers=PART)
    assert agreed.status_code == 200
    assert cable.name not in agreed.text
    async with work() as unit:
        assert not (await unit.session.get_one(Rental, line.id)).added_at_bench


async def test_what_others_need_is_refused_with_their_names(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 3)
        event, line = await _confirmed(unit, cable, 2)
        other, _ = await _confirmed(unit, cable, 1)
        await count(unit, act(), event.id, line.id, step="picked", quantity=2)
    technician = await sign_in("technician")
    path = f"/prep/{event.id}/additions"
    refused = await technician.post(path, data=_tap(equipment_id=cable.id), headers=PART)
    assert refused.status_code == 409
    assert "1 short of 3" in refused.text
    assert other.name in refused.text
    body = {"nonce": str(uuid4()), "equipment_id": cable.id}
    wire = await technician.post(f"/api{path}", json=body)
    assert (wire.status_code, wire.json()["code"]) == (409, "SHORTAGE")
    nameless = await technician.post(
        path, data={"equipment_id": str(cable.id), "step": "picked"}, headers=PART
    )
    assert nameless.status_code == 422


async def test_a_piece_stands_in_for_a_line_that_is_chosen_and_goes_into_the_case(
    sign_in: Any, work: Any
) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 5)
        event, line = await _confirmed(unit, cable)
        other_id, (one,) = await with_units(unit, ["IN-1"])
        await add_substitute(unit, cable.id, other_id, {})
        case = await create_case(unit, {"code": "SUB-C", "name": "Trunk"})
    technician, viewer = await sign_in("technician"), await sign_in("viewer")
    scanned = await technician.post(f"/prep/{event.id}/scans", data=_tap(code="IN-1"), headers=PART)
    assert 'data-kind="not_on_list"' in scanned.text
    choose = re.search(r'hx-get="(/prep/\d+/substitutions\?[^"]+)"', scanned.text)
    assert choose
    address = choose[1].replace("&amp;", "&")
    assert (await viewer.get(address)).status_code == 403
    dialog = (await technician.get(address, headers=PART)).text
    assert "may stand in" in dialog
    assert f'value="{line.id}"' in dialog
    assert "IN-1" in (await technician.get(address)).text
    tap = _tap(equipment_id=other_id, unit_id=one.id, rental_id=line.id, case_id=case.id) | {"step": "packed"}
    done = await technician.post(f"/prep/{event.id}/substitutions", data=tap, headers=PART)
    assert done.status_code == 200
    async with work() as unit:
        assert (await counts_of(unit, event))[line.id].wanted == 1
        inside = await packed_in(unit.session, case.id, event.id)
        assert [held.unit_id for held in inside] == [one.id]
    missing = f"/prep/{event.id}/substitutions?equipment_id=99999"
    assert (await technician.get(missing)).status_code == 404


async def test_the_case_that_is_open_shows_what_is_in_it_and_gives_it_back(
    app: Any, sign_in: Any, work: Any
) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 9, weight_kg="0.5")
        event, line = await _confirmed(unit, cable, 6)
        case = await create_case(unit, {"code": "OPEN-1", "name": "Trunk", "weight_kg": "10"})
    technician, viewer = await sign_in("technician"), await sign_in("viewer")
    opened = await technician.post(
        f"/prep/{event.id}/scans", data=_tap(code="OPEN-1") | {"step": "packed"}, headers=PART
    )
    assert f"case_id={case.id}" in opened.headers["hx-replace-url"]
    assert "Case OPEN-1" in opened.text
    packed = _tap(rental_id=line.id, quantity=4, case_id=case.id) | {"step": "packed"}
    await technician.post(f"/prep/{event.id}/counts", data=packed, headers=PART)
    sheet = f"/prep/{event.id}/cases/{case.id}"
    one = await statements_for(app, technician, sheet)
    shown = (await technician.get(f"{sheet}?step=packed", headers=PART)).text
    assert "4 pieces" in shown
    assert "12 kg" in shown
    assert "removals" not in (await viewer.get(sheet)).text
    removal = _tap(rental_id=line.id, pieces=3)
    assert (await viewer.post(f"{sheet}/removals", data=removal)).status_code == 403
    taken = await technician.post(f"{sheet}/removals", data=removal, headers=PART)
    assert taken.status_code == 200
    assert 'data-kind="back"' in taken.text
    async with work() as unit:
        (left,) = await packed_in(unit.session, case.id, event.id)
        assert left.here == 1
        counts = (await counts_of(unit, event))[line.id]
        assert (counts.picked, counts.packed) == (4, 1)
    too_many = await technician.post(
        f"{sheet}/removals", data=_tap(rental_id=line.id, pieces=9), headers=PART
    )
    assert too_many.status_code == 409
    assert await statements_for(app, technician, sheet) == one
    assert (await technician.get(f"/prep/{event.id}/cases/99999")).status_code == 404


async def test_whoever_answers_for_an_event_hears_of_what_the_bench_added(sign_in: Any, work: Any) -> None:
    employee, technician = await sign_in("employee"), await sign_in("technician")
    async with work() as unit:
        cable = await some_equipment(unit, 5)
        event, _ = await _confirmed(unit, cable)
        me = await unit.session.scalar(select(User).where(User.username == "employee"))
        (await unit.session.get_one(Event, event.id)).responsible_id = me.id
    added = await technician.post(f"/prep/{event.id}/additions", data=_tap(equipment_id=cable.id))
    assert added.status_code == 303
    news = (await employee.get("/notifications")).text
    assert "added gear to your event at the bench" in news
    assert event.name in news
    assert "added gear to your event" not in (await technician.get("/notifications")).text


async def test_additions_and_approvals_in_the_api(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 5)
        lamp = await some_equipment(unit, 5)
        event, line = await _confirmed(unit, cable)
        await add_substitute(unit, cable.id, lamp.id, {})
    technician, employee = await sign_in("technician"), await sign_in("employee")
    body = {"nonce": str(uuid4()), "equipment_id": lamp.id, "rental_id": line.id}
    path = f"/api/prep/{event.id}/substitutions"
    assert (await employee.post(path, json=body)).status_code == 403
    given = (await technician.post(path, json=body)).json()["data"]
    assert (given["kind"], given["count"], given["wanted"]) == ("complete", 1, 1)
    assert (await technician.post(path, json=body)).json()["data"] == given
    added = await technician.post(
        f"/api/prep/{event.id}/additions", json={"nonce": str(uuid4()), "equipment_id": lamp.id}
    )
    assert added.json()["data"]["wanted"] == 2
    approval = f"/api/rentals/{given['rental_id']}/approval"
    assert (await technician.post(approval)).status_code == 403
    assert (await employee.post(approval)).json()["data"]["quantity"] == 2
    assert (await employee.post("/api/rentals/99999/approval")).status_code == 404
