"""A way out is taken back into the shortage that stood before, and no further."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.db.models import Equipment, Event, Rental, Reservation, Substitute
from app.domain.events import rentals, service
from app.domain.inventory.service import edit_equipment
from app.domain.shortages.standing import Missing, beyond_standing, read, written
from app.lib.periods import Period
from tests.integration.booking import a_confirmed_event, a_rental, an_event, some_equipment
from tests.integration.test_shortage_workbench import SOON, _typed, line_of, short, take
from tests.integration.test_sub_hire_pages import PARTIAL

Work = Callable[..., Any]


async def short_by_a_cut(work: Work, **values: Any) -> tuple[Equipment, Event, Rental]:
    """An event of four, firm in good faith, of which two are missing since two broke."""
    async with work("manager") as unit:
        gear = await some_equipment(unit, 4, **values)
        event = await a_confirmed_event(unit, gear, 4, SOON, name="Firm and short")
    async with work() as unit:
        await edit_equipment(unit, gear.id, {"quantity": 2}, version=None)
        line = await line_of(unit, event)
    assert await short(work, gear) == 2
    return gear, event, line


def undo_of(answer: Any) -> str:
    assert answer.status_code == 200
    return json.loads(answer.headers["hx-trigger"])["toast"]["undo_url"]


async def taken_back(work: Work, client: Any, gear: Equipment, event: Event, done: Any) -> None:
    """Undo a way; the event then has again what it had, and is as short as it was."""
    undone = await client.post(undo_of(done), headers=PARTIAL)
    assert undone.status_code == 200, undone.headers["hx-trigger"]
    assert await short(work, gear) == 2
    async with work() as unit:
        line = await line_of_gear(unit, event, gear)
        assert line.quantity == 4
        assert line.start_at is None
        assert line.overbook_reason.startswith("As short as it was before")
        assert line.overbooked_by_id is not None
        standing = select(Reservation).where(Reservation.event_id == event.id)
        rows = (await unit.session.scalars(standing)).all()
        assert [(row.quantity, row.state, row.start_at) for row in rows] == [(4, "firm", event.out_start)]
    # nobody else gets in, and the workbench still shows it
    assert "Firm and short" in (await client.get(f"/shortages?equipment={gear.id}")).text
    # when the gear is back, the name goes
    async with work() as unit:
        await edit_equipment(unit, gear.id, {"quantity": 4}, version=None)
        await rentals.edit_rental(unit, line.id, {"quantity": 3}, version=None)
        assert (await line_of_gear(unit, event, gear)).overbook_reason == ""


async def line_of_gear(unit: Any, event: Event, gear: Equipment) -> Rental:
    statement = select(Rental).where(
        Rental.event_id == event.id, Rental.equipment_id == gear.id, Rental.deleted_at.is_(None)
    )
    return (await unit.session.scalars(statement.execution_options(populate_existing=True))).one()


async def test_less_is_taken_back(work: Work, sign_in: Any) -> None:
    client = await sign_in("employee")
    for pieces in (2, 1, 4):
        gear, event, line = await short_by_a_cut(work)
        done = await take(client, line, "reduction", pieces=pieces)
        await taken_back(work, client, gear, event, done)


async def test_a_substitute_is_taken_back(work: Work, sign_in: Any) -> None:
    client = await sign_in("employee")
    gear, event, line = await short_by_a_cut(work)
    async with work() as unit:
        other = await some_equipment(unit, 2)
        unit.session.add(Substitute(equipment_id=gear.id, substitute_id=other.id, name=other.name))
    done = await take(client, line, "substitution", substitute_id=other.id, pieces=2)
    await taken_back(work, client, gear, event, done)


async def test_a_shift_is_taken_back(work: Work, sign_in: Any) -> None:
    client = await sign_in("employee")
    for scope in ("line", "event"):
        async with work() as unit:
            gear = await some_equipment(unit, 6)
            event = await a_confirmed_event(unit, gear, 4, SOON, 24, name="Firm and short")
            await a_confirmed_event(unit, gear, 2, SOON, 6, name="Only at first")
        async with work() as unit:
            await edit_equipment(unit, gear.id, {"quantity": 4}, version=None)
            line = await line_of(unit, event)
        assert await short(work, gear) == 2
        start = SOON + timedelta(hours=12)
        moved = _typed(start, start + timedelta(hours=11))
        done = await take(client, line, "shift", scope=scope, **moved)
        assert done.status_code == 200, done.text
        assert await short(work, gear) == 0
        undone = await client.post(undo_of(done), headers=PARTIAL)
        assert undone.status_code == 200, undone.headers["hx-trigger"]
        assert await short(work, gear) == 2
        async with work() as unit:
            back = await unit.session.get_one(Event, event.id)
            assert (back.out_start, back.out_end) == (event.out_start, event.out_end)
            assert (await line_of(unit, event)).start_at is None


async def test_pieces_given_to_another_come_back_unless_they_are_taken(work: Work, sign_in: Any) -> None:
    client = await sign_in("employee")
    gear, event, line = await short_by_a_cut(work)
    async with work() as unit:
        wants = await an_event(unit, SOON, name="Wants it")
        asking = await a_rental(unit, wants, gear, 1)
    sent = {"giver_id": line.id, f"version-{line.id}": line.version, "pieces": 3}
    await taken_back(work, client, gear, event, await take(client, asking, "swap", **sent))
    gear, event, line = await short_by_a_cut(work, name="Contested desk")
    async with work() as unit:
        wants = await an_event(unit, SOON, name="Wants it, too")
        asking = await a_rental(unit, wants, gear, 1)
    sent = {"giver_id": line.id, f"version-{line.id}": line.version, "pieces": 3}
    done = await take(client, asking, "swap", **sent)
    async with work() as unit:
        await service.confirm(unit, wants.id)
    refused = await client.post(undo_of(done), headers=PARTIAL)
    assert refused.status_code == 409
    toast = json.loads(refused.headers["hx-trigger"])["toast"]
    assert toast["title"] == "Not possible as things are"
    assert "3 × Contested desk would be short: “Wants it, too” has it now." in toast["text"]
    assert await short(work, gear) == 0


async def test_what_was_missing_before_cannot_be_made_up(work: Work, sign_in: Any) -> None:
    client = await sign_in("employee")
    _, _, line = await short_by_a_cut(work)
    undo = undo_of(await take(client, line, "reduction", pieces=2))
    bare, _, signed = undo.partition("?missing=")
    forged = signed.replace(signed.split("-")[1], "9", 1)
    for address in (bare, f"{bare}?missing={forged}", f"{bare}?missing=rubbish"):
        refused = await client.post(address, headers=PARTIAL)
        assert refused.status_code == 409
        assert "there is less of it now" in json.loads(refused.headers["hx-trigger"])["toast"]["text"]
    assert (await client.post(undo, headers=PARTIAL)).status_code == 200


def test_only_what_was_missing_before_may_be_missing_again() -> None:
    hour = timedelta(hours=1)
    before = [Missing(1, 2, Period(SOON, SOON + 4 * hour)), Missing(2, 9, Period(SOON, SOON + 9 * hour))]
    assert read(written(before)) == before
    assert beyond_standing(before, before) == []
    assert beyond_standing([Missing(1, 1, Period(SOON, SOON + hour))], before) == []
    more = Missing(1, 3, Period(SOON, SOON + hour))
    assert beyond_standing([more], before) == [more]
    longer = beyond_standing([Missing(1, 2, Period(SOON, SOON + 5 * hour))], before)
    assert longer == [Missing(1, 2, Period(SOON + 4 * hour, SOON + 5 * hour))]
