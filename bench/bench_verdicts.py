"""How long a scan takes to be judged: python -m bench.bench_verdicts --rentals 1000000.

The service in one transaction and the whole way over HTTP, each beside the bare queries that counting a piece
needs, on one connection in one transaction; then the page of the bench in a browser, from the last key of a
scan to the painted verdict. The table is that of docs/bench.md.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles
from uuid import uuid4

import asyncpg
import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker

from app.db.engine import create_engine, sessions_of
from app.domain.events import rentals, service
from app.domain.inventory.service import create_equipment
from app.domain.inventory.units import add_units
from app.domain.prep.ledger import Act
from app.domain.prep.scanning import scan
from app.lib.clock import now
from app.lib.unit_of_work import SYSTEM, unit_of_work
from app.web.csrf import csrf_token
from bench.painting import painted
from bench.plan import fill
from bench.servers import serving
from bench.stock import Shop, database_server, migrate, open_shop

SCANS, WARM_UP = 300, 40
GOAL = 3.0
_WAYS = {
    "bare": "the bare queries, one transaction",
    "service": "the service, one transaction",
    "http": "over HTTP, the whole answer",
    "share": "a scan on the page: from its request to the answer, with all that changed on it",
    "screen": "from the last key of a scan to the painted verdict",
}
Sessions = async_sessionmaker[AsyncSession]
Scanned = Callable[[int, str], Awaitable[object]]

# what no scan can do without: know the code, hold the line and the unit, read what stands against it and
# where the line stands, and write the action, the movement, the unit, its promise and the change
_ACTION = """
    insert into bench_action (nonce, event_id, kind, step, code, answer)
    values ($1, $2, 'scan', 'picked', $3, '{"kind": "right"}') returning id
"""
_UNIT = """
    select u.id, u.equipment_id from unit u where fold(u.asset_tag) = fold($1) and u.deleted_at is null
"""
_LINE = """
    select id from rental where event_id = $1 and equipment_id = $2 order by id for no key update
"""
_COUNTS = """
    select step, sum(quantity) from movement where rental_id = $1 group by step
"""
_FACTS = """
    select u.state, u.rental_id,
      exists (select from allocation a join rental r on r.id = a.rental_id
        where a.unit_id = u.id and r.event_id <> $2 and a.start_at < $4 and a.end_at > $3),
      exists (select from maintenance m where m.unit_id = u.id and m.blocks and m.deleted_at is null
        and m.state in ('reported', 'in_progress', 'waiting')),
      exists (select from unit_inspection t where t.unit_id = u.id and t.valid_until < current_date)
    from unit u where u.id = $1 for no key update of u
"""
_PROMISE = "insert into allocation (rental_id, unit_id, start_at, end_at) values ($1, $2, $3, $4)"
_MOVE = """
    insert into movement (action_id, event_id, rental_id, equipment_id, unit_id, step, quantity)
    values ($1, $2, $3, $4, $5, 'picked', 1)
"""
_PLACE = "update unit set state = 'prepped', rental_id = $2, version = version + 1 where id = $1"
_CHANGE = """
    insert into change
      (action, entity, entity_id, version, label, fields, parent_entity, parent_id, operation)
    values ('prep.scan', 'movement', $1, 1, 'Lamp', '{"picked": [0, 1]}', 'event', $2, $3)
"""


@dataclass(frozen=True, slots=True)
class Pile:
    """Gear to scan: for each way an event with a line, and tags that are still on the shelf."""

    events: dict[str, int]
    tags: dict[str, list[str]]


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--rentals", type=int, default=1_000_000)
    given = parser.parse_args()
    with database_server() as (database, folder), ExitStack() as stack:
        migrate(database, "bench_scans")
        shop = asyncio.run(open_shop(database, folder, given.items, "bench_scans"))
        engine = create_engine(database.url("bench_scans"), pool_size=4, patience=600)
        pile = asyncio.run(_filled(engine, shop, given.rentals))
        server = stack.enter_context(serving("app.asgi:create_app", shop.environment, "/health/ready"))
        print(f"\n{given.items:,} items, {given.rentals:,} lines, {SCANS} scans each\n")
        print("| | p50 | p95 | against the bare queries |\n|---|--:|--:|--:|")
        taken = asyncio.run(_measured(engine, shop, pile, server.url))
        floor = median(taken["bare"])
        _tell(taken, floor)
        seen = painted(server.url, pile.events["screen"], shop.session_token, pile.tags["screen"])
        _tell({"share": seen.server[WARM_UP:], "screen": seen.screen[WARM_UP:]}, floor)


async def _filled(engine: AsyncEngine, shop: Shop, lines: int) -> Pile:
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await fill(connection, shop.count, lines, 0.001)
    sessions = sessions_of(engine)
    async with unit_of_work(sessions, SYSTEM) as work:
        await work.session.execute(text("update company set prep_steps = '{picked}'"))
        category = await work.session.scalar(text("select min(id) from category where parent_id is null"))
        lamp = await create_equipment(
            work, {"name": "Lamp", "sku": "SCAN-1", "category_id": category, "tracking": "serialized"}
        )
        events, tags = dict[str, int](), dict[str, list[str]]()
        for way in ("bare", "service", "http", "screen"):
            tags[way] = [f"{way}-{number:04}" for number in range(SCANS + WARM_UP)]
            await add_units(work, lamp.id, tags[way])
            start = now() + timedelta(hours=2)
            event = await service.create_event(
                work, {"name": way, "out_start": start, "out_end": start + timedelta(days=2)}
            )
            await rentals.add_rental(work, event.id, lamp.id, {"quantity": len(tags[way])})
            await service.confirm(work, event.id)
            events[way] = event.id
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text("vacuum analyze"))
    await engine.dispose()
    return Pile(events, tags)


async def _measured(engine: AsyncEngine, shop: Shop, pile: Pile, url: str) -> dict[str, list[float]]:
    address = (shop.settings.database_url or "").replace("+asyncpg", "")
    bare = await asyncpg.connect(address)
    sessions = sessions_of(engine)
    client = httpx.AsyncClient(base_url=url, cookies={"av_session": shop.session_token}, timeout=30)
    client.headers["x-csrftoken"] = csrf_token(shop.settings.secret_key, shop.session_token)

    async def queries(event_id: int, tag: str) -> None:
        await _bare(bare, event_id, tag)

    async def transaction(event_id: int, tag: str) -> None:
        async with unit_of_work(sessions, SYSTEM) as work:
            given = await scan(work, Act(uuid4()), event_id, tag, step="picked")
        if not given.counted:
            raise RuntimeError(f"{tag}: {given.text}")

    async def request(event_id: int, tag: str) -> None:
        body = {"nonce": str(uuid4()), "code": tag}
        answer = await client.post(f"/api/prep/{event_id}/scans", json=body)
        if answer.status_code != 200 or not answer.json()["data"]["counted"]:
            raise RuntimeError(answer.text)

    taken = await _in_turns(pile, {"bare": queries, "service": transaction, "http": request})
    await client.aclose()
    await bare.close()
    await engine.dispose()
    return taken


async def _in_turns(pile: Pile, ways: dict[str, Scanned]) -> dict[str, list[float]]:
    """Milliseconds of every scan, the ways in turns so that all of them meet the same machine."""
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(WARM_UP + SCANS):
        for way, scanned in ways.items():
            began = time.perf_counter()
            await scanned(pile.events[way], pile.tags[way][number])
            if number >= WARM_UP:
                taken[way].append((time.perf_counter() - began) * 1000)
    return taken


def _tell(taken: dict[str, list[float]], floor: float) -> None:
    for way, times in taken.items():
        p50, p95, ratio = median(times), quantiles(times, n=20)[18], median(times) / floor
        missed = "" if way != "service" or ratio <= GOAL else f", goal {GOAL:g} missed"
        print(f"| {_WAYS[way]} | {p50:.1f} ms | {p95:.1f} ms | {ratio:.2f}{missed} |", flush=True)


async def _bare(connection: "asyncpg.Connection[asyncpg.Record]", event_id: int, tag: str) -> None:
    nonce = uuid4()
    async with connection.transaction():
        action = await connection.fetchval(_ACTION, nonce, event_id, tag)
        event = await connection.fetchrow(
            "select out_start, out_end from event where id = $1 for share", event_id
        )
        unit = await connection.fetchrow(_UNIT, tag)
        if unit is None or event is None:
            raise LookupError(tag)
        line = await connection.fetchval(_LINE, event_id, unit["equipment_id"])
        await connection.fetch(_COUNTS, line)
        period: Sequence[object] = (event["out_start"], event["out_end"])
        await connection.fetchrow(_FACTS, unit["id"], event_id, *period)
        await connection.execute(_PROMISE, line, unit["id"], *period)
        await connection.execute(_MOVE, action, event_id, line, unit["equipment_id"], unit["id"])
        await connection.execute(_PLACE, unit["id"], line)
        await connection.execute(_CHANGE, action, event_id, nonce)


if __name__ == "__main__":
    main()
