"""The availability engine at the size of a large shop: python -m bench.availability --rentals 1000000.

All figures are ratios of one run: against the index-only fetch of the same rows, the same page without the
figures, and the same page over a plan of 10 000 lines. docs/availability.md has the tables.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.engine import create_engine, sessions_of
from app.domain.events import picker_queries, queries
from app.lib.clock import now
from bench.bookings import HOT, Pace, pace_of
from bench.plan import fill, oversold
from bench.servers import serving
from bench.stock import Shop, database_server, migrate, open_shop

SMALL = 10_000
ROUNDS, REQUESTS = 5, 30
CLIENTS, BOOKINGS = (1, 8, 32, 128), 400

_PEAK = text("""
    explain (analyze, timing off, format json)
    select max(load) from availability_steps(
      array[cast(:item as bigint)], array[cast(:since as timestamptz)], array[cast(:until as timestamptz)],
      false, now())
""")
# what no query can do without: the rows themselves, through the same index, summed up and not swept
_FLOOR = text("""
    explain (analyze, timing off, format json)
    with class (number, longest) as (
      values (0::smallint, interval '8 hours'), (1::smallint, interval '32 hours'),
        (2::smallint, interval '128 hours'), (3::smallint, interval '512 hours'),
        (4::smallint, interval '2048 hours'), (5::smallint, interval '8192 hours'),
        (6::smallint, interval '876000 hours')
    )
    select count(*), sum(covering.load) from class cross join lateral (
      select r.load from reservation r
      where r.state <> 'pencil' and r.equipment_id = :item and r.duration_class = class.number
        and r.start_at < :until and r.start_at >= cast(:since as timestamptz) - class.longest
        and r.end_at > :since
      offset 0
    ) covering
""")
_ROWS = text("""
    select e.id, e.name, e.sku, e.location, e.photo, e.quantity, c.icon
    from equipment e join category c on c.id = e.category_id
    where e.search @@ to_tsquery('simple', 'megapointe:*') and e.deleted_at is null and not e.archived
    order by e.name_order, e.id limit 20
""")
_BY_LINES = text("""
    select equipment_id from reservation where state <> 'pencil'
    group by equipment_id order by count(*) desc, equipment_id
""")


@dataclass(frozen=True, slots=True)
class Plan:
    """A shop with a plan of so many lines."""

    shop: Shop
    rentals: int
    engine: AsyncEngine


def main() -> None:
    """Fill, measure, print."""
    given = _arguments()
    with database_server() as (database, folder), ExitStack() as stack:
        plans = list[Plan]()
        for rentals in (min(SMALL, given.rentals), given.rentals):
            name = f"bench_{given.items}_{rentals}"
            migrate(database, name)
            shop = asyncio.run(open_shop(database, folder, given.items, name))
            plans.append(Plan(shop, rentals, create_engine(database.url(name), pool_size=32, patience=600)))
            asyncio.run(_fill(plans[-1], given.seed))
        small, large = plans
        urls = [
            stack.enter_context(serving("app.asgi:create_app", plan.shop.environment, "/health/ready")).url
            for plan in plans
        ]
        print(f"\n{given.items} items, {given.rentals} lines, seed {given.seed}\n")
        asyncio.run(_engine(large))
        _pages(small, large, urls)
        asyncio.run(_bookings(large, given.items, given.seed))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--rentals", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


async def _fill(plan: Plan, seed: int) -> None:
    async with _autocommit(plan).connect() as connection:
        await fill(connection, plan.shop.count, plan.rentals, (seed % 1000) / 1000)
    await plan.engine.dispose()


def _autocommit(plan: Plan) -> AsyncEngine:
    return plan.engine.execution_options(isolation_level="AUTOCOMMIT")


async def _engine(plan: Plan) -> None:
    """One item against the floor, and what the picker answers against a plain fetch of its rows."""
    since = now() + timedelta(days=20)
    async with _autocommit(plan).connect() as connection:
        by_lines = list(await connection.scalars(_BY_LINES))
        for what, item in (("hottest", by_lines[0]), ("median", by_lines[len(by_lines) // 2])):
            asked = {"item": item, "since": since, "until": since + timedelta(days=3)}
            _say(f"{what} item against its rows", *await _executed(connection, asked), 3.5)
        await _picker(connection)
    await plan.engine.dispose()


async def _executed(connection: AsyncConnection, asked: dict[str, object]) -> list[float]:
    """What PostgreSQL itself takes for the peak of an item and for its rows, in turns, as medians."""
    taken: list[list[float]] = [[], []]
    for _ in range(ROUNDS * REQUESTS):
        for statement, times in zip((_PEAK, _FLOOR), taken, strict=True):
            explained = await connection.scalar(statement, asked)
            times.append(explained[0]["Execution Time"])
    return [statistics.median(times) for times in taken]


async def _picker(connection: AsyncConnection) -> None:
    event_id = await connection.scalar(text("select max(id) from event where status = 'held'"))
    event = await queries.event_by_id(connection, int(event_id or 0))

    async def picker() -> object:
        return await picker_queries.find_gear(connection, event, "megapointe")

    async def rows() -> object:
        return (await connection.execute(_ROWS)).all()

    figure, floor = await _medians(picker, rows)
    _say("picker against fetching 20 rows", figure, floor, 2.0)


async def _medians(*calls: Callable[[], Awaitable[object]]) -> list[float]:
    """The median of each in milliseconds, in turns, so that what else runs meets all of them."""
    taken: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS * REQUESTS):
        for call, times in zip(calls, taken, strict=True):
            began = time.perf_counter()
            await call()
            times.append((time.perf_counter() - began) * 1000)
    return [statistics.median(times) for times in taken]


def _pages(small: Plan, large: Plan, urls: list[str]) -> None:
    since = now() + timedelta(days=20)
    dates = urlencode(
        {"from": f"{since:%Y-%m-%dT%H:%M}", "to": f"{since + timedelta(days=3):%Y-%m-%dT%H:%M}"}
    )
    month = urlencode(
        {"start": f"{since:%Y-%m-01T00:00:00Z}", "end": f"{since + timedelta(days=42):%Y-%m-01T00:00:00Z}"}
    )
    little, much = (
        httpx.Client(base_url=url, cookies={"av_session": plan.shop.session_token}, timeout=60)
        for url, plan in zip(urls, (small, large), strict=True)
    )
    with little, much:
        with_dates, without = _page_medians((much, f"/inventory?{dates}"), (much, "/inventory"))
        _say("inventory with dates against without", with_dates, without, 1.5)
        for what, path in (
            ("calendar, a month", f"/api/calendar?{month}"),
            ("timeline, a quarter", "/timeline?zoom=quarter"),
        ):
            grown, base = _page_medians((much, path), (little, path))
            _say(f"{what}, against {small.rentals} lines", grown, base, 1.3)


def _page_medians(*asked: tuple[httpx.Client, str]) -> list[float]:
    taken: list[list[float]] = [[] for _ in asked]
    for number in range(ROUNDS * REQUESTS + 5):
        for (client, path), times in zip(asked, taken, strict=True):
            began = time.perf_counter()
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:200]}")
            # the first ones compile templates and statements
            if number >= 5:
                times.append((time.perf_counter() - began) * 1000)
    return [statistics.median(times) for times in taken]


async def _bookings(plan: Plan, items: int, seed: int) -> None:
    sessions = sessions_of(plan.engine)
    print(f"\n  {'clients':>8}  {'bookings/s, all items':>22}  {f'bookings/s, {HOT} items':>20}")
    for clients in CLIENTS:
        spread = await pace_of(sessions, clients, BOOKINGS, range(1, items + 1), seed)
        crowded = await pace_of(sessions, clients, BOOKINGS, range(items - HOT + 1, items + 1), seed)
        print(f"  {clients:>8}  {_pace(spread):>22}  {_pace(crowded):>20}")
    async with _autocommit(plan).connect() as connection:
        print(f"\n  oversold: {await oversold(connection)}")
    await plan.engine.dispose()


def _pace(pace: Pace) -> str:
    return f"{pace.per_second:.0f} ({pace.milliseconds:.0f} ms, {pace.refused} short)"


def _say(what: str, value: float, base: float, goal: float) -> None:
    ratio = value / base
    verdict = "ok" if ratio <= goal else "MISSED"
    print(f"  {what:<44} {value:8.2f} / {base:7.2f} ms = {ratio:5.2f} x   goal {goal:g} x  {verdict}")


if __name__ == "__main__":
    main()
