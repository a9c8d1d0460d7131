"""Units on lines: bound late, never promised twice, moving along."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.db.models import Allocation, Change, Company, Unit
from app.domain.events import allocation, rentals, service
from app.domain.inventory.units import add_units
from app.domain.maintenance.service import report
from app.lib import editing
from app.lib.errors import Conflict, InvalidInput
from tests.integration.booking import HOUR, MONDAY, a_rental, an_event, some_equipment


async def serialized(unit: Any, count: int) -> tuple[Any, list[int]]:
    equipment = await some_equipment(unit, 0, tracking="serialized")
    tags = [f"{equipment.sku}-{number}" for number in range(1, count + 1)]
    return equipment, [one.id for one in await add_units(unit, equipment.id, tags)]


async def held(unit: Any, equipment: Any, quantity: int, start: Any = MONDAY, **values: Any) -> Any:
    event = await an_event(unit, start)
    line = await a_rental(unit, event, equipment, quantity, **values)
    await service.hold(unit, event.id)
    return event, line


async def bound(unit: Any, rental_id: int) -> list[int]:
    rows = await unit.session.scalars(
        select(Allocation.unit_id).where(Allocation.rental_id == rental_id).order_by(Allocation.unit_id)
    )
    return list(rows)


async def test_units_are_bound_by_hand_and_made_any_again(work):
    async with work() as unit:
        equipment, units = await serialized(unit, 3)
        _, line = await held(unit, equipment, 2)
        await allocation.allocate(unit, line.id, units[:2])
        assert await bound(unit, line.id) == units[:2]
        change = await unit.session.scalar(
            select(Change).where(Change.entity == "rental", Change.action == "rental.units_bound")
        )
        assert change.fields == {"units": [[], [f"{equipment.sku}-1", f"{equipment.sku}-2"]]}
        await allocation.allocate(unit, line.id, [])
        assert await bound(unit, line.id) == []


async def test_what_does_not_fit_is_refused_in_words(work):
    async with work() as unit:
        equipment, units = await serialized(unit, 4)
        _, others = await serialized(unit, 1)
        event, line = await held(unit, equipment, 2)
        await allocation.allocate(unit, line.id, units[:2])
        _, second = await held(unit, equipment, 1)
        with pytest.raises(Conflict, match=f"{equipment.sku}-1 is promised to “{event.name}”"):
            await allocation.allocate(unit, second.id, units[:1])
        with pytest.raises(InvalidInput):
            await allocation.allocate(unit, second.id, others)
        with pytest.raises(InvalidInput):
            await allocation.allocate(unit, second.id, units[2:])
        draft = await an_event(unit, MONDAY + 96 * HOUR)
        pencil = await a_rental(unit, draft, equipment, 1)
        with pytest.raises(Conflict, match="draft"):
            await allocation.allocate(unit, pencil.id, units[:1])
        counted = await some_equipment(unit, 3)
        _, bulk = await held(unit, counted, 1)
        with pytest.raises(Conflict, match="counted"):
            await allocation.allocate_rest(unit, bulk.id)


async def test_the_rest_goes_to_those_used_longest_ago_and_not_to_those_in_repair(work):
    async with work() as unit:
        equipment, units = await serialized(unit, 4)
        _, earlier = await held(unit, equipment, 1, MONDAY - 100 * HOUR)
        await allocation.allocate(unit, earlier.id, units[:1])
        await report(
            unit,
            {
                "equipment_id": equipment.id,
                "unit_id": units[1],
                "title": "Fan",
                "blocks": True,
                "starts_at": MONDAY,
            },
        )
        _, line = await held(unit, equipment, 3)
        await allocation.allocate_rest(unit, line.id)
        assert await bound(unit, line.id) == [units[0], units[2], units[3]]


async def test_units_not_used_yet_come_first(work):
    async with work() as unit:
        equipment, units = await serialized(unit, 2)
        _, earlier = await held(unit, equipment, 1, MONDAY - 100 * HOUR)
        await allocation.allocate(unit, earlier.id, units[:1])
        _, line = await held(unit, equipment, 1)
        await allocation.allocate_rest(unit, line.id)
        assert await bound(unit, line.id) == units[1:]


async def test_units_move_along_and_are_let_go_where_they_are_promised_elsewhere(work):
    async with work() as unit:
        equipment, units = await serialized(unit, 2)
        event, line = await held(unit, equipment, 1)
        _, later = await held(unit, equipment, 1, MONDAY + 48 * HOUR)
        await allocation.allocate(unit, line.id, units[:1])
        await allocation.allocate(unit, later.id, units[:1])
        dates = {"out_start": MONDAY - 10 * HOUR, "out_end": MONDAY + 40 * HOUR}
        await service.edit_event(unit, event.id, dates, version=None)
        row = await unit.session.scalar(select(Allocation).where(Allocation.rental_id == line.id))
        assert (row.start_at, row.end_at) == (dates["out_start"], dates["out_end"])
        await service.edit_event(unit, event.id, {"out_end": MONDAY + 60 * HOUR}, version=None)
        assert await bound(unit, line.id) == []
        assert await bound(unit, later.id) == units[:1]


async def test_units_are_let_go_with_what_takes_them(work):
    async with work() as unit:
        equipment, units = await serialized(unit, 2)
        event, line = await held(unit, equipment, 2)
        await allocation.allocate_rest(unit, line.id)
        await rentals.edit_rental(unit, line.id, {"quantity": 1}, version=None)
        assert await bound(unit, line.id) == units[:1]
        await service.take_step(unit, event.id, "lose", reason="")
        assert await bound(unit, line.id) == []


async def race_for_one_unit(work: Any, clients: int) -> tuple[Counter[str], int]:
    async with work() as unit:
        equipment, units = await serialized(unit, clients)
        lines = [(await held(unit, equipment, 1))[1].id for _ in range(clients)]

    async def attempt(rental_id: int) -> str:
        try:
            async with work() as unit:
                await allocation.allocate(unit, rental_id, units[:1])
        except (Conflict, DBAPIError) as error:
            return type(error).__name__
        return "bound"

    outcome = Counter(await asyncio.gather(*map(attempt, lines)))
    async with work() as unit:
        count = await unit.session.scalar(
            select(func.count()).select_from(Allocation).where(Allocation.unit_id == units[0])
        )
    return outcome, count


async def test_a_unit_is_promised_once_however_many_want_it(work):
    outcome, count = await race_for_one_unit(work, 12)
    assert outcome == {"bound": 1, "Conflict": 11}
    assert count == 1


async def insert_twice(unit: Any) -> None:
    equipment, units = await serialized(unit, 1)
    event = await an_event(unit)
    lines = [await a_rental(unit, event, equipment, 1) for _ in range(2)]
    for line in lines:
        row = Allocation(rental_id=line.id, unit_id=units[0], start_at=MONDAY, end_at=MONDAY + HOUR)
        unit.session.add(row)
        await unit.session.flush()


async def test_code_that_asks_nobody_cannot_promise_a_unit_twice(work):
    with pytest.raises(IntegrityError, match="unit_promised_once"):
        async with work() as unit:
            await insert_twice(unit)


async def test_without_the_constraint_a_unit_is_promised_twice(work):
    """The control: it is the database that refuses."""
    async with work() as unit:
        await unit.session.execute(text("alter table allocation drop constraint unit_promised_once"))
        await insert_twice(unit)
        twice = await unit.session.scalar(select(func.count()).select_from(Allocation).join(Unit))
        assert twice >= 2
        await unit.session.rollback()


async def a_held_line(work: Any, units: int, quantity: int) -> tuple[Any, Any, list[int]]:
    async with work() as unit:
        equipment, ids = await serialized(unit, units)
        event, line = await held(unit, equipment, quantity)
    return event, line, ids


async def test_the_api_lists_binds_and_fills_up(work, sign_in):
    _, line, units = await a_held_line(work, 3, 2)
    api = await sign_in("manager")
    path = f"/api/rentals/{line.id}/units"
    answer = await api.put(path, json={"unit_ids": units[2:]})
    assert [one["id"] for one in answer.json()["data"] if one["bound"]] == units[2:]
    answer = await api.post(path)
    assert sum(one["bound"] for one in answer.json()["data"]) == 2
    assert (await api.put(path, json={"unit_ids": units})).status_code == 422
    assert len((await api.get(path)).json()["data"]) == 3


async def test_the_dialog_offers_units_and_keeps_the_choice_that_is_refused(work, sign_in):
    event, line, units = await a_held_line(work, 3, 1)
    client = await sign_in("manager")
    page = await client.get(f"/rentals/{line.id}/units")
    assert page.text.count('name="unit_ids"') == 3
    refused = await client.post(f"/rentals/{line.id}/units", data={"unit_ids": units[:2]})
    assert refused.status_code == 422
    assert "This line has 1 unit." in refused.text
    assert refused.text.count(" checked") == 2
    saved = await client.post(f"/rentals/{line.id}/units", data={"unit_ids": units[:1]})
    assert (saved.status_code, saved.headers["location"]) == (303, f"/events/{event.id}")
    filled = await client.post(f"/rentals/{line.id}/units/rest")
    assert filled.status_code == 303


async def test_units_are_bound_at_confirmation_where_the_company_wants_it(work, sign_in):
    async with work() as unit:
        equipment, units = await serialized(unit, 3)
    for choice, bound_then in (("later", []), ("confirmation", units[:2])):
        async with work() as unit:
            company = await editing.lock(unit, Company, 1)
            await editing.edit(unit, company, {"binds_units": choice}, version=None)
        async with work() as unit:
            event = await an_event(unit)
            line = await a_rental(unit, event, equipment, 2)
            await service.confirm(unit, event.id)
            assert await bound(unit, line.id) == bound_then
            await service.take_back(unit, event.id, "confirmed")
            assert await bound(unit, line.id) == []
    page = await (await sign_in("admin")).get("/settings")
    assert 'value="confirmation" selected' in page.text
