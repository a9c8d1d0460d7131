"""What a scan asks of the database, and in which order it takes hold of what it moves."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.db.models import Change, Equipment, Rental, Unit
from app.domain.events import service
from app.domain.prep.scanning import scan
from app.lib.clock import now
from tests.integration.bench import act, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment
from tests.statements import noted

_WAITS_FOR_ME = text(
    "select exists (select from pg_locks where not granted and pg_backend_pid() = any(pg_blocking_pids(pid)))"
)


async def a_show(work: Any, tags: tuple[str, ...], more: int = 0) -> tuple[Any, Any]:
    """A confirmed event with a line of these units, and so many other lines: the event, and the line."""
    async with work() as unit:
        equipment_id, _ = await with_units(unit, tags)
        event = await an_event(unit, now() + HOUR, 24)
        line = await a_rental(unit, event, await unit.session.get_one(Equipment, equipment_id), len(tags))
        for _ in range(more):
            await a_rental(unit, event, await some_equipment(unit, 3), 1)
        await service.confirm(unit, event.id)
    return event, line


async def test_a_right_scan_is_ten_statements_whatever_there_is(work: Any) -> None:
    counts = list[int]()
    for tags, more in ((("CA-1", "CA-2", "CA-3"), 0), (tuple(f"CB-{number}" for number in range(9)), 12)):
        event, _ = await a_show(work, tags, more)
        for tag in tags[:-1]:
            async with work() as unit:
                statements = await noted(unit)
                assert (await scan(unit, act(), event.id, tag, step="picked")).kind == "right"
            counts.append(len(statements))
        # the first one also notes what every line wants
        assert counts.pop(-len(tags) + 1) == counts[-1] + 1
    assert set(counts) == {10}


async def test_a_scan_logs_the_unit_and_what_was_counted_as_one_intent(work: Any) -> None:
    event, line = await a_show(work, ("CC-1", "CC-2"))
    async with work() as unit:
        given = await scan(unit, act(), event.id, "CC-1", step="packed")
        operation = unit.operation
    async with work() as unit:
        rows = (await unit.session.scalars(select(Change).where(Change.operation == operation))).all()
        one = await unit.session.get_one(Unit, given.unit_id)
    assert (one.state, one.rental_id) == ("prepped", line.id)
    told = {row.entity: row for row in rows}
    assert len(rows) == len(told) == 2
    assert (told["unit"].entity_id, told["unit"].version) == (one.id, one.version)
    assert told["unit"].fields == {"state": ["in_stock", "prepped"]}
    assert (told["movement"].action, told["movement"].parent_id) == ("prep.scan", event.id)
    assert told["movement"].fields["packed"] == [0, 1]


async def test_a_later_step_leaves_the_unit_as_it_is(work: Any) -> None:
    event, line = await a_show(work, ("CE-1", "CE-2"))
    async with work() as unit:
        first = await scan(unit, act(), event.id, "CE-1", step="picked")
    async with work() as unit:
        before = await unit.session.get_one(Unit, first.unit_id)
    async with work() as unit:
        assert (await scan(unit, act(), event.id, "CE-1", step="packed")).counted
        operation = unit.operation
    async with work() as unit:
        told = (await unit.session.scalars(select(Change.entity).where(Change.operation == operation))).all()
        after = await unit.session.get_one(Unit, first.unit_id)
    assert told == ["movement"]
    assert (after.state, after.rental_id) == ("prepped", line.id)
    assert (after.version, after.updated_at) == (before.version, before.updated_at)


@pytest.mark.parametrize("held_first", [Rental, Unit])
async def test_a_scan_holds_the_lines_before_the_unit(work: Any, held_first: type[Any]) -> None:
    """Waiting for a line it has no unit yet; waiting for the unit it has the lines."""
    tag = f"CD-{held_first.__name__}"
    event, line = await a_show(work, (tag, f"{tag}-2"))
    async with work() as other:
        unit_id = await other.session.scalar(select(Unit.id).where(Unit.asset_tag == tag))
        keys = {Rental: line.id, Unit: unit_id}
        await other.session.execute(_held(held_first, keys[held_first]))

        async def scanned() -> Any:
            async with work() as unit:
                return await scan(unit, act(), event.id, tag, step="picked")

        waiting = asyncio.create_task(scanned())
        async with asyncio.timeout(5):
            while not await other.session.scalar(_WAITS_FOR_ME):
                await asyncio.sleep(0)
        async with work() as third:
            if held_first is Rental:
                await third.session.execute(_held(Unit, unit_id))
            else:
                with pytest.raises(DBAPIError, match="could not obtain lock"):
                    async with third.session.begin_nested():
                        await third.session.execute(_held(Rental, line.id))
    assert (await waiting).kind == "right"


def _held(model: type[Any], key: int) -> Any:
    return select(model.id).where(model.id == key).with_for_update(key_share=True, nowait=True)
