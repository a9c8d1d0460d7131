"""The story of a bench that has something else than the event wants: it stands in, the office hears, it goes back."""

import re
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.db.models import KnownLine, Rental, Unit
from app.domain.events import service
from app.domain.inventory.units import add_units
from app.domain.kits.accessories import add_substitute
from app.domain.prep.acknowledging import office_changes
from app.domain.prep.additions import add_piece
from app.domain.prep.counting import count
from app.domain.prep.queries import lines_of_event
from app.domain.prep.taking_back import take_back
from app.lib.clock import now
from tests.integration.bench import act, counts_of
from tests.integration.booking import HOUR, a_category, a_rental, an_event, some_equipment

PART = {"hx-request": "true", "hx-request-type": "partial"}


def tap(**values: Any) -> dict[str, str]:
    return {"nonce": str(uuid4()), "step": "picked", **{name: str(value) for name, value in values.items()}}


async def a_show(work: Any, *tags: str) -> Any:
    """An event that wants two cables, one of which is picked; and two of other equipment that are here."""
    async with work("employee") as unit:
        office = unit.actor.id
    async with work() as unit:
        kind = await a_category(unit)
        cable = await some_equipment(unit, 5, category_id=kind)
        approved, alike = [
            await some_equipment(unit, 0, tracking="serialized", category_id=kind) for _ in range(2)
        ]
        foreign = await some_equipment(unit, 5)
        units = [
            (await add_units(unit, one.id, [tag]))[0] for one, tag in ((approved, tags[0]), (alike, tags[1]))
        ]
        await add_substitute(unit, cable.id, approved.id, {})
        event = await an_event(unit, now() + 2 * HOUR, 24, responsible_id=office)
        line = await a_rental(unit, event, cable, 3)
        await service.confirm(unit, event.id)
        await count(unit, act(), event.id, line.id, step="picked", quantity=1)
    return event, line, units, foreign


async def stands_in(someone: Any, event: Any, line: Any, tag: str) -> tuple[str, str]:
    """Scan it, open what it may stand in for, and tap the line: the dialog and the answer."""
    scanned = await someone.post(f"/prep/{event.id}/scans", data=tap(code=tag), headers=PART)
    assert 'data-kind="not_on_list"' in scanned.text
    link = re.search(r'hx-get="(/prep/\d+/substitutions\?[^"]+)"', scanned.text)
    assert link
    address = link[1].replace("&amp;", "&")
    dialog = (await someone.get(address, headers=PART)).text
    fields = dict(re.findall(r'name="(equipment_id|unit_id)" value="(\d+)"', dialog))
    answer = await someone.post(address.split("?")[0], data=tap(rental_id=line.id, **fields), headers=PART)
    assert answer.status_code == 200, answer.text
    return dialog, answer.text


async def wanted(work: Any, event: Any) -> dict[int, tuple[int, int]]:
    """What every line wants, and how many are picked."""
    async with work() as unit:
        return {
            key: (one.wanted, one.picked) for key, one in (await counts_of(unit, event)).items() if one.wanted
        }


async def test_from_the_scan_to_the_office_and_back(sign_in: Any, work: Any) -> None:
    event, line, (approved, alike), foreign = await a_show(work, "SU-1", "SU-2")
    technician, employee = await sign_in("technician"), await sign_in("employee")
    path = f"/prep/{event.id}"

    dialog, answer = await stands_in(technician, event, line, "SU-1")
    assert "may stand in" in dialog
    assert 'data-kind="complete"' in answer
    dialog, answer = await stands_in(technician, event, line, "SU-2")
    assert f'value="{line.id}"' in dialog
    assert "may stand in" not in dialog, "of the same kind, but nobody said so"
    both = await wanted(work, event)
    assert both.pop(line.id) == (1, 1)
    assert list(both.values()) == [(1, 1), (1, 1)]
    wrong = tap(rental_id=line.id, equipment_id=foreign.id)
    assert (await technician.post(f"{path}/substitutions", data=wrong, headers=PART)).status_code == 409

    # the office hears of it, where it looks and on the event's page, and the bench has nothing to acknowledge
    assert "added gear to your event at the bench" in (await employee.get("/notifications")).text
    told = (await employee.get(f"{path}/approvals")).text
    assert told.count('/approval"') >= 2
    async with work() as unit:
        lines = await lines_of_event(unit.session, event.id)
        assert await office_changes(unit.session, event.id, lines) == []

    # it was the wrong one: what is on the page takes it back
    page = (await technician.get(path)).text
    offered = re.search(rf'href="{path}/undo\?[^"]*action=(\d+)"', page)
    assert offered
    undo = tap(action_id=offered[1], reason="Taken by mistake")
    back = await technician.post(f"{path}/undo", data=undo, headers=PART)
    assert (back.status_code, 'data-kind="back"' in back.text) == (200, True), back.text
    assert (await technician.post(f"{path}/undo", data=undo, headers=PART)).status_code == 200, "once"
    left = await wanted(work, event)
    assert left.pop(line.id) == (2, 1)
    assert list(left.values()) == [(1, 1)]
    async with work() as unit:
        states = await unit.session.scalars(
            select(Unit.state).where(Unit.id.in_([approved.id, alike.id])).order_by(Unit.id)
        )
        assert states.all() == ["prepped", "in_stock"]
        lines = await lines_of_event(unit.session, event.id)
        assert await office_changes(unit.session, event.id, lines) == []
        assert (
            await unit.session.scalar(select(KnownLine.quantity).where(KnownLine.rental_id == line.id)) == 2
        )
    assert (await employee.get(f"{path}/approvals")).text.count('/approval"') < told.count('/approval"')
    # and it may stand in again
    await stands_in(technician, event, line, "SU-2")
    assert (await wanted(work, event))[line.id] == (1, 1)


async def test_what_the_office_has_agreed_to_is_taken_off_there(sign_in: Any, work: Any) -> None:
    event, line, _, _ = await a_show(work, "SV-1", "SV-2")
    technician, employee = await sign_in("technician"), await sign_in("employee")
    await stands_in(technician, event, line, "SV-1")
    page = (await technician.get(f"/prep/{event.id}")).text
    offered = re.search(r"action=(\d+)\"", page)
    assert offered
    async with work() as unit:
        added = await unit.session.scalar(
            select(Rental.id).where(Rental.event_id == event.id, Rental.added_at_bench)
        )
    assert (await employee.post(f"/rentals/{added}/approval", headers=PART)).status_code == 200
    undo = tap(action_id=offered[1], reason="Taken by mistake")
    refused = await technician.post(f"/prep/{event.id}/undo", data=undo, headers=PART)
    assert refused.status_code == 409
    assert "The office has agreed" in refused.text
    assert (await wanted(work, event))[added] == (1, 1), "nothing of it was done"


async def test_the_last_of_a_line_that_is_replaced_and_one_more_come_back_whole(work: Any) -> None:
    event, line, (approved, _), _ = await a_show(work, "SW-1", "SW-2")
    async with work() as unit:
        more = await add_piece(unit, act(), event.id, line.equipment_id, step="picked")
    assert (await wanted(work, event))[line.id] == (4, 2)
    async with work("technician") as unit:
        back = await take_back(unit, act(), event.id, more.action_id or 0, reason="Test")
    assert (back.kind, await wanted(work, event)) == ("back", {line.id: (3, 1)})
    async with work() as unit:
        assert not (await unit.session.get_one(Rental, line.id)).added_at_bench
        added = await add_piece(
            unit, act(), event.id, approved.equipment_id, step="picked", unit_id=approved.id
        )
    assert len(await wanted(work, event)) == 2
    async with work() as unit:
        await take_back(unit, act(), event.id, added.action_id or 0, reason="Test")
    assert await wanted(work, event) == {line.id: (3, 1)}
