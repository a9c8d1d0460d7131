"""How long a scan takes to be judged: python -m bench.bench_verdicts --rentals 1000000.

The service in one transaction, the API and the page of the bench over HTTP, each beside the bare queries
that it needs, on one connection in one transaction; then that page in a browser, from the last key to the
painted verdict. The table is that of docs/bench.md.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles
from uuid import uuid4

import asyncpg
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
from app.web.tokens import token_hash
from bench import bare_scans
from bench.device import Device
from bench.painting import painted
from bench.plan import fill
from bench.servers import serving
from bench.stock import Shop, database_server, migrate, open_shop

SCANS, WARM_UP = 300, 40
PAUSE = 0.03
GOAL = 3.0
_WAYS = {
    "bare": "the bare queries of a scan, one transaction",
    "service": "the service, one transaction (goal 3)",
    "bare_api": "the bare queries of an answer: those, and who asks",
    "http": "the API over HTTP, the whole answer",
    "bare_page": "the bare queries of the page: those, and what it shows",
    "page": "the page over HTTP, with all that changed on it",
    "share": "in a browser, from the request of the page to the answer",
    "screen": "in a browser, from the last key of a scan to the painted verdict",
}
_FLOORS = {
    "bare_api": "bare_api",
    "http": "bare_api",
    "bare_page": "bare_page",
    "page": "bare_page",
    "share": "bare_page",
}
Sessions = async_sessionmaker[AsyncSession]
Scanned = Callable[[int, str], Awaitable[object]]


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
        print("| | p50 | p95 | of a scan's bare queries | of its own |\n|---|--:|--:|--:|--:|")
        taken = asyncio.run(_measured(engine, shop, pile, server.url))
        seen = painted(server.url, pile.events["screen"], shop.session_token, pile.tags["screen"])
        _tell(taken | {"share": seen.server[WARM_UP:], "screen": seen.screen[WARM_UP:]})


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
        for way in ("bare", "service", "bare_api", "http", "bare_page", "page", "screen"):
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
    device = Device(url, shop.session_token, csrf_token(shop.settings.secret_key, shop.session_token))

    token = token_hash(shop.session_token)

    async def queries(event_id: int, tag: str) -> None:
        await bare_scans.scan(bare, event_id, tag)

    async def with_who_asks(event_id: int, tag: str) -> None:
        await bare_scans.look_up(bare, token)
        await bare_scans.scan(bare, event_id, tag)

    async def with_what_is_shown(event_id: int, tag: str) -> None:
        await bare_scans.look_up(bare, token)
        await bare_scans.scan(bare, event_id, tag, shown=True)

    async def transaction(event_id: int, tag: str) -> None:
        async with unit_of_work(sessions, SYSTEM) as work:
            given = await scan(work, Act(uuid4()), event_id, tag, step="picked")
        if not given.counted:
            raise RuntimeError(f"{tag}: {given.text}")

    async def request(event_id: int, tag: str) -> None:
        device.scan_by_api(event_id, tag)

    async def page(event_id: int, tag: str) -> None:
        device.scan_on_page(event_id, tag)

    ways = {"bare": queries, "service": transaction, "bare_api": with_who_asks, "http": request}
    ways |= {"bare_page": with_what_is_shown, "page": page}
    taken = await _in_turns(pile, ways)
    device.close()
    await bare.close()
    await engine.dispose()
    return taken


async def _in_turns(pile: Pile, ways: Mapping[str, Scanned]) -> dict[str, list[float]]:
    """Milliseconds of every scan, the ways in turns so that all of them meet the same machine.

    With a pause: what follows from one scan, as the live news of it, is no part of the next.
    """
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(WARM_UP + SCANS):
        for way, scanned in ways.items():
            await asyncio.sleep(PAUSE)
            began = time.perf_counter()
            await scanned(pile.events[way], pile.tags[way][number])
            if number >= WARM_UP:
                taken[way].append((time.perf_counter() - began) * 1000)
    return taken


def _tell(taken: dict[str, list[float]]) -> None:
    for way, said in _WAYS.items():
        times, floor = taken[way], median(taken[_FLOORS.get(way, "bare")])
        p50, p95, ratio = median(times), quantiles(times, n=20)[18], median(times) / median(taken["bare"])
        own = "" if way == "screen" else f"{p50 / floor:.2f}"
        missed = "" if way != "service" or ratio <= GOAL else f", goal {GOAL:g} missed"
        print(f"| {said} | {p50:.1f} ms | {p95:.1f} ms | {ratio:.2f}{missed} | {own} |", flush=True)


if __name__ == "__main__":
    main()
