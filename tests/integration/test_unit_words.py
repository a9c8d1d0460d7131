"""The words of units behind the search, when several people work on units of one item at the same moment."""

import asyncio
from typing import Any

import asyncpg
from sqlalchemy import text

from tests.integration.item_steps import add_item


async def two_units(work: Any) -> tuple[int, list[int]]:
    """Serialized equipment with two units: its id and theirs."""
    item_id = await add_item(work, tracking="serialized")
    async with work() as unit:
        rows = await unit.session.scalars(
            text("""
                insert into unit (equipment_id, asset_tag) values (:id, 'OLD-1'), (:id, 'OLD-2')
                returning id
            """),
            {"id": item_id},
        )
        return item_id, list(rows)


async def until_blocked(watching: asyncpg.Connection, connection: asyncpg.Connection) -> None:
    """Return once a connection waits for a lock that another one holds."""
    async with asyncio.timeout(10):
        while not await watching.fetchval("select pg_blocking_pids($1) <> '{}'", connection.get_server_pid()):
            await asyncio.sleep(0)


async def test_two_units_of_one_item_changed_at_once(app: Any, work: Any) -> None:
    item_id, units = await two_units(work)
    connect = app.app.state.connect
    first, second, watching = await connect(), await connect(), await connect()
    earlier, later = first.transaction(), second.transaction()
    await earlier.start()
    await later.start()
    await first.execute("update unit set asset_tag = 'NEW-1' where id = $1", units[0])
    waiting = asyncio.create_task(
        second.execute("update unit set asset_tag = 'NEW-2', state = 'lost' where id = $1", units[1])
    )
    await until_blocked(watching, second)
    await earlier.commit()
    await waiting
    await later.commit()
    row = await watching.fetchrow("select unit_words, quantity from equipment where id = $1", item_id)
    for connection in (first, second, watching):
        await connection.close()
    assert sorted(row["unit_words"].split()) == ["NEW-1", "NEW-2"]
    assert row["quantity"] == 1
