"""How long a change takes to reach every open page: `python -m bench.live [streams] [changes]`."""

import asyncio
import statistics
import sys
import time
from urllib.parse import urlsplit

from app.db.engine import create_engine, sessions_of
from app.db.models import Equipment
from app.lib import editing
from app.lib.unit_of_work import SYSTEM, unit_of_work
from bench.servers import Server, serving
from bench.stock import Shop, database_server, migrate, open_shop

ITEMS, STREAMS, CHANGES, PATIENCE = 1_000, 500, 20, 30.0


async def measure(server: Server, shop: Shop, streams: int, changes: int) -> None:
    """Open the streams, make the changes one after the other, print how long each took to arrive."""
    idle = server.memory()
    pages = [await _open(server, shop) for _ in range(streams)]
    held = server.memory() - idle
    engine = create_engine(shop.settings.database_url or "", pool_size=1)
    sessions = sessions_of(engine)
    medians, lasts = list[float](), list[float]()
    before = server.cpu_seconds()
    for number in range(changes):
        arrivals = [asyncio.create_task(_next_change(page)) for page in pages]
        async with unit_of_work(sessions, SYSTEM) as work:
            item = await editing.lock(work, Equipment, 1)
            await editing.edit(work, item, {"notes": f"change {number}"}, version=None)
        committed = time.perf_counter()
        delays = sorted(moment - committed for moment in await asyncio.gather(*arrivals))
        medians.append(statistics.median(delays))
        lasts.append(delays[-1])
    used = server.cpu_seconds() - before
    await engine.dispose()
    for _, writer in pages:
        writer.close()
    print(f"\n{streams} open pages on one process, {changes} changes one after the other\n")
    print(f"  commit to page, median       {statistics.median(medians) * 1000:7.1f} ms")
    last, worst = statistics.median(lasts) * 1000, max(lasts) * 1000
    print(f"  commit to the last page      {last:7.1f} ms   (worst {worst:.1f})")
    print(f"  worker CPU a change and page {used / changes / streams * 1e6:7.1f} µs")
    print(f"  memory a page                {held / streams / 1024:7.1f} KiB")


async def _open(server: Server, shop: Shop) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """One open page: its stream, joined."""
    address = urlsplit(server.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"GET /live HTTP/1.1\r\nHost: bench\r\nCookie: av_session={shop.session_token}\r\n\r\n"
    writer.write(head.encode())
    async with asyncio.timeout(PATIENCE):
        if b" 200 " not in await reader.readline():
            raise RuntimeError("the live stream was refused")
        while not (await reader.readline()).startswith(b"id: "):
            pass
    return reader, writer


async def _next_change(page: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> float:
    """The moment the next change arrives."""
    async with asyncio.timeout(PATIENCE):
        while not (line := await page[0].readline()).startswith(b"event: change"):
            if not line:
                raise RuntimeError("a live stream ended")
    return time.perf_counter()


def main() -> None:
    """Measure with as many streams and changes as asked for."""
    given = [int(argument) for argument in sys.argv[1:3]]
    streams, changes = [*given, *(STREAMS, CHANGES)[len(given) :]]
    with database_server() as (database, folder):
        migrate(database, "bench_live")
        shop = asyncio.run(open_shop(database, folder, ITEMS, "bench_live"))
        with serving("app.asgi:create_app", shop.environment, "/health/ready") as server:
            asyncio.run(measure(server, shop, streams, changes))


if __name__ == "__main__":
    main()
