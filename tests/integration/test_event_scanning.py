"""Scanned tags: each unit counts once, a draft remembers them, and what takes stock has them bound."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import Allocation, Equipment, Event, Rental, Unit
from app.domain.events import rentals, service
from app.domain.events.noted_units import tags_on_event, unit_tagged
from app.domain.events.picking import pick_unit
from app.domain.inventory.units import add_units
from app.lib.errors import Conflict
from tests.integration.booking import an_event, some_equipment

PART = {"hx-request": "true", "hx-request-type": "partial"}


async def units_of(work: Any, prefix: str, count: int) -> tuple[Equipment, Event]:
    async with work() as unit:
        mic = await some_equipment(unit, 0, tracking="serialized", name=f"Mic {prefix}")
        await add_units(unit, mic.id, [f"{prefix}-{number:02}" for number in range(1, count + 1)])
        return mic, await an_event(unit)


async def scan(work: Any, event: Event, tag: str) -> str:
    async with work() as unit:
        found = await unit_tagged(await unit.session.connection(), tag)
        assert found is not None
        return (await pick_unit(unit, event.id, found)).words


async def quantities(work: Any, event: Event) -> list[int]:
    async with work() as unit:
        statement = select(Rental.quantity).where(Rental.event_id == event.id, Rental.deleted_at.is_(None))
        return list(await unit.session.scalars(statement.order_by(Rental.position)))


async def bound(work: Any, event: Event) -> list[str]:
    async with work() as unit:
        statement = (
            select(Unit.asset_tag)
            .join(Allocation, Allocation.unit_id == Unit.id)
            .join(Rental, Rental.id == Allocation.rental_id)
            .where(Rental.event_id == event.id)
        )
        return sorted(await unit.session.scalars(statement))


async def test_a_draft_counts_each_unit_once_and_binds_it_when_held(work: Any, sign_in: Any) -> None:
    mic, event = await units_of(work, "SCA", 2)
    assert await scan(work, event, "sca-01") == "SCA-01: 1 \N{MULTIPLICATION SIGN} Mic SCA"
    with pytest.raises(Conflict, match="SCA-01 is on the list already"):
        await scan(work, event, "SCA-01")
    await scan(work, event, "SCA-02")
    assert await quantities(work, event) == [2]
    assert await bound(work, event) == []
    assert "SCA-01, SCA-02" in (await (await sign_in("viewer")).get(f"/events/{event.id}")).text
    async with work() as unit:
        await service.hold(unit, event.id)
    assert await bound(work, event) == ["SCA-01", "SCA-02"]
    with pytest.raises(Conflict, match="already"):
        await scan(work, event, "SCA-02")
    async with work() as unit:
        tags = await tags_on_event(await unit.session.connection(), event.id, mic.id)
        assert list(tags.values()) == [["SCA-01", "SCA-02"]]


async def test_a_unit_fills_a_place_where_the_line_has_as_many_as_there_are(work: Any) -> None:
    mic, event = await units_of(work, "SCB", 2)
    async with work() as unit:
        await rentals.add_rental(unit, event.id, mic.id, {"quantity": 2})
    await scan(work, event, "SCB-02")
    assert await quantities(work, event) == [2]


async def test_what_takes_stock_has_a_scanned_unit_bound_unless_it_is_promised(work: Any) -> None:
    _mic, event = await units_of(work, "SCC", 3)
    async with work() as unit:
        other = await an_event(unit, name="Was first")
        await service.hold(unit, other.id)
        await service.hold(unit, event.id)
    await scan(work, other, "SCC-01")
    await scan(work, event, "SCC-02")
    assert (await bound(work, other), await bound(work, event)) == (["SCC-01"], ["SCC-02"])
    with pytest.raises(Conflict, match="SCC-01 is promised to “Was first”"):
        await scan(work, event, "SCC-01")
    assert await quantities(work, event) == [1]


async def test_scans_are_answered_in_words_and_taken_back(work: Any, sign_in: Any) -> None:
    _mic, event = await units_of(work, "SCD", 2)
    employee = await sign_in("employee")
    address = f"/events/{event.id}/picks"
    unknown = await employee.post(address, data={"q": "NOPE-99"}, headers=PART)
    assert unknown.status_code == 422
    assert "“NOPE-99” is not the name, SKU or tag of anything." in unknown.text
    first = await employee.post(address, data={"q": "SCD-01"}, headers=PART)
    assert "SCD-01: 1" in json.loads(first.headers["hx-trigger"])["toast"]["text"]
    again = await employee.post(address, data={"q": "SCD-01"}, headers=PART)
    assert "SCD-01 is on the list already." in again.text
    second = await employee.post(address, data={"q": "SCD-02"}, headers=PART)
    assert await quantities(work, event) == [2]
    undo = re.search(r"/operations/[0-9a-f-]+/undo", second.headers["hx-trigger"])
    assert undo is not None
    assert (await employee.post(undo[0])).status_code < 400
    assert await quantities(work, event) == [1]
    # the second is off the list again, the first is not
    assert await scan(work, event, "SCD-02") == "SCD-02: 2 \N{MULTIPLICATION SIGN} Mic SCD"
