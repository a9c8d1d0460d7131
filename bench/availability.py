"""The availability engine at the size of a large shop: python -m bench.availability --rentals 1000000.

What counts are ratios of one run: against the index-only fetch of the same rows, the same page without the
figures, and the same answer over a plan of 10 000 lines. The tables are those of docs/availability.md.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.db.engine import create_engine, sessions_of
from app.domain.events import picker_queries, queries
from app.lib.clock import now
from bench.bookings import CONNECTIONS, HOT, Pace, pace_of
from bench.plan import fill, oversold
from bench.servers import serving
from bench.stock import Shop, database_server, migrate, open_shop

SMALL = 10_000
ROUNDS, REQUESTS, RUNS = 5, 30, 5
CLIENTS, BOOKINGS = (1, 8, 32, 128), 400

# many runs inside the database: neither the way there nor what EXPLAIN adds to each row is in the figures
_TIMED = """
create or replace function pg_temp.{name}(item bigint, since timestamptz, until timestamptz, times integer)
returns float8 language plpgsql as $$
declare
  began timestamptz := clock_timestamp();
  answer record;
begin
  for run in 1..times loop
    for answer in {statement} loop end loop;
  end loop;
  return extract(epoch from clock_timestamp() - began) * 1000 / times;
end $$
"""
_PEAK = "select availability_peak(item, since, until, now())"
_STEPS = "select max(load) from availability_steps(array[item], array[since], array[until], false, now())"
# what no query can do without: the rows themselves, through the same index, summed up and not swept
_FLOOR = """
    with class (number, longest) as (
      values (0::smallint, interval '8 hours'), (1::smallint, interval '32 hours'),
        (2::smallint, interval '128 hours'), (3::smallint, interval '512 hours'),
        (4::smallint, interval '2048 hours'), (5::smallint, interval '8192 hours'),
        (6::smallint, interval '876000 hours')
    )
    select count(*), sum(covering.load) from class cross join lateral (
      select r.load from reservation r
      where r.state <> 'pencil' and r.equipment_id = item and r.duration_class = class.number
        and r.start_at < until and r.start_at >= since - class.longest and r.end_at > since
      offset 0
    ) covering
"""
_ROWS = text("""
    select e.id, e.name, e.sku, e.location, e.photo, e.quantity, c.icon
    from equipment e join category c on c.id = e.category_id
    where e.search @@ to_tsquery('simple', 'megapointe:*') and e.deleted_at is null and not e.archived
    order by e.name_order, e.id limit 20
""")
_HELD = text("select max(id) from event where status = 'held'")
_LISTED = text("""
    select e.id from equipment e join category c on c.id = e.category_id
    where e.deleted_at is null and not e.archived
    order by c.position, natural_order(c.name), c.id, e.name_order, e.id limit 50
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
            plans.append(
                Plan(shop, rentals, create_engine(database.url(name), pool_size=CONNECTIONS, patience=600))
            )
            asyncio.run(_fill(plans[-1], given.seed))
        small, large = plans
        urls = [
            stack.enter_context(serving("app.asgi:create_app", plan.shop.environment, "/health/ready")).url
            for plan in plans
        ]
        print(f"\n{given.items:,} items, {given.rentals:,} lines, seed {given.seed}, medians\n")
        print("| | here | against | ratio | goal |\n|---|--:|--:|--:|--:|")
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
    """One item against the floor, and the statement of the picker against one that only finds its rows."""
    since = now() + timedelta(days=20)
    async with _autocommit(plan).connect() as connection:
        by_lines = list(await connection.scalars(_BY_LINES))
        for name, statement in (("peak", _PEAK), ("steps", _STEPS), ("floor", _FLOOR)):
            await connection.execute(text(_TIMED.format(name=name, statement=statement)))
        for what, item in (("hottest", by_lines[0]), ("median", by_lines[len(by_lines) // 2])):
            asked: dict[str, object] = {"item": item, "since": since, "until": since + timedelta(days=3)}
            peak, steps, floor = await _executed(connection, asked, "peak", "steps", "floor")
            _say(f"{what} item against the fetch of its rows", peak, floor, 3.5)
            _say(f"{what} item, its steps against the same", steps, floor)
        await _picker(connection)
    await plan.engine.dispose()


async def _executed(connection: AsyncConnection, asked: dict[str, object], *names: str) -> list[float]:
    """What PostgreSQL takes for each of these statements, in turns, as medians in milliseconds."""
    taken: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(ROUNDS * REQUESTS):
        for name, times in taken.items():
            timed = text(f"select pg_temp.{name}(:item, :since, :until, {RUNS})")
            times.append(float(await connection.scalar(timed, asked) or 0))
    return [statistics.median(times) for times in taken.values()]


async def _picker(connection: AsyncConnection) -> None:
    event = await queries.event_by_id(connection, int(await connection.scalar(_HELD) or 0))

    async def picker() -> object:
        return await picker_queries.find_gear(connection, event, "megapointe")

    async def rows() -> object:
        return (await connection.execute(_ROWS)).all()

    figure, floor = await _medians(picker, rows)
    _say("statement of the picker against a select of 20 rows", figure, floor)


async def _medians(*calls: Callable[[], Awaitable[object]]) -> tuple[float, float]:
    """The median of both in milliseconds, in turns, so that what else runs meets both of them."""
    taken: list[list[float]] = [[], []]
    for _ in range(ROUNDS * REQUESTS):
        for call, times in zip(calls, taken, strict=True):
            began = time.perf_counter()
            await call()
            times.append((time.perf_counter() - began) * 1000)
    return _both(taken)


def _both(taken: Sequence[list[float]]) -> tuple[float, float]:
    return statistics.median(taken[0]), statistics.median(taken[1])


def _pages(small: Plan, large: Plan, urls: list[str]) -> None:
    """What a person or a script gets, over HTTP."""
    since = now() + timedelta(days=20)
    dates = urlencode(
        {"from": f"{since:%Y-%m-%dT%H:%M}", "to": f"{since + timedelta(days=3):%Y-%m-%dT%H:%M}"}
    )
    event, hottest, median, fifty = asyncio.run(_asked_about(large))
    little, much = (
        httpx.Client(base_url=url, cookies={"av_session": plan.shop.session_token}, timeout=60)
        for url, plan in zip(urls, (small, large), strict=True)
    )
    found, fetched = f"/events/{event}/gear?q=megapointe", "/api/equipment?q=megapointe&limit=20"
    pages = [f"/inventory/{key}" for key in (hottest, median)]
    reasons = [f"{page}/availability?{dates}" for page in pages]
    with little, much:
        for what, path, other, goal in (
            ("inventory with dates against without", f"/inventory?{dates}", "/inventory", 1.5),
            ("answer of the picker against 20 rows of equipment", found, fetched, 2.0),
            ("page of the hottest item against the median one", *pages, None),
            ("explanation of the hottest item against the median one", *reasons, None),
        ):
            _say(what, *_page_medians((much, path), (much, other)), goal)
        for what, path, goal in (
            ("calendar, six weeks", f"/api/calendar?{_span(since.replace(day=1), 42)}", 1.3),
            ("calendar of what is held", f"/api/calendar?{_span(since.replace(day=1), 42)}&state=held", None),
            (
                "calendar of the hottest item",
                f"/api/calendar?{_span(since.replace(day=1), 42)}&equipment_id={hottest}",
                None,
            ),
            ("timeline, 50 items by 60 days", f"/api/availability/timeline?{_span(since, 60)}&{fifty}", 1.3),
            ("page of the timeline, 40 items by a quarter", "/timeline?zoom=quarter", None),
            ("first page of the day", "/", None),
        ):
            named = f"{what}, against {small.rentals:,} lines"
            _say(named, *_page_medians((much, path), (little, path)), goal)


async def _asked_about(plan: Plan) -> tuple[int, int, int, str]:
    """An event, the hottest and the median item, and the first 50 of the list as they stand in an address."""
    async with _autocommit(plan).connect() as connection:
        event = int(await connection.scalar(_HELD) or 0)
        by_lines = list(await connection.scalars(_BY_LINES))
        listed = await connection.scalars(_LISTED)
        fifty = urlencode({"equipment_ids": ",".join(map(str, listed))})
    await plan.engine.dispose()
    return event, by_lines[0], by_lines[len(by_lines) // 2], fifty


def _span(since: datetime, days: int) -> str:
    start = since.replace(hour=0, minute=0, second=0, microsecond=0)
    return urlencode({"start": start.isoformat(), "end": (start + timedelta(days=days)).isoformat()})


def _page_medians(*asked: tuple[httpx.Client, str]) -> tuple[float, float]:
    taken: list[list[float]] = [[], []]
    for number in range(ROUNDS * REQUESTS + 5):
        for (client, path), times in zip(asked, taken, strict=True):
            began = time.perf_counter()
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:200]}")
            # the first ones compile templates and statements
            if number >= 5:
                times.append((time.perf_counter() - began) * 1000)
    return _both(taken)


async def _bookings(plan: Plan, items: int, seed: int) -> None:
    sessions = sessions_of(plan.engine)
    columns = ("clients", "bookings/s, all items", "median", "short", f"of {HOT} items", "median", "short")
    print(f"\n| {' | '.join(columns)} |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for clients in CLIENTS:
        spread = await pace_of(sessions, clients, BOOKINGS, range(1, items + 1), seed)
        crowded = await pace_of(sessions, clients, BOOKINGS, range(items - HOT + 1, items + 1), seed)
        print(f"| {clients} | {_pace(spread)} | {_pace(crowded)} |")
    async with _autocommit(plan).connect() as connection:
        print(f"\nOversold: {await oversold(connection)}")
    await plan.engine.dispose()


def _pace(pace: Pace) -> str:
    return f"{pace.per_second:.0f} | {pace.milliseconds:.0f} ms | {pace.refused}"


def _say(what: str, value: float, base: float, goal: float | None = None) -> None:
    ratio = value / base
    verdict = "" if goal is None else f"{goal:g}{'' if ratio <= goal else ', missed'}"
    print(f"| {what} | {value:.2f} ms | {base:.2f} ms | {ratio:.2f} | {verdict} |", flush=True)


if __name__ == "__main__":
    main()
