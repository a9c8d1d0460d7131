"""The live feed: everything committed is delivered, once, in an order that can be resumed."""

import asyncio
import json
from typing import Any

import asyncpg
import pytest

from app.db.models import Category, Equipment
from app.domain.live.feed import LiveFeed, Subscriber
from app.domain.live.positions import Position, parse_event_id
from app.lib import editing

READER = frozenset({"equipment.read"})
# what happens to the person ends the stream, which these tests are not about
NOBODY = 10_000


def signals(event: bytes) -> list[dict[str, Any]]:
    for line in event.decode().splitlines():
        if line.startswith("data: "):
            return json.loads(line[6:])["changes"]
    return []


def gear(event: bytes) -> list[dict[str, Any]]:
    return [signal for signal in signals(event) if signal["entity"] in ("category", "equipment")]


async def collect(subscriber: Subscriber, count: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(30):
        while len(found) < count:
            found += gear(await subscriber.queue.get() or b"")
    return found


@pytest.fixture
def feed(app: Any) -> LiveFeed:
    return app.app.state.feed


async def test_a_committed_change_reaches_every_page(app, feed, work):
    pages = [Subscriber(NOBODY, 0, READER) for _ in range(20)]
    for page in pages:
        feed.subscribe(page)
    async with work() as unit:
        category = await editing.create(unit, Category(name="Audio"))
    for page in pages:
        signal = (await collect(page, 1))[-1]
        assert (signal["entity"], signal["id"], signal["version"]) == ("category", category.id, 1)
        feed.unsubscribe(page)


async def test_a_rolled_back_change_reaches_nobody(app, feed, work):
    page = Subscriber(NOBODY, 0, READER)
    feed.subscribe(page)
    with pytest.raises(RuntimeError):
        async with work() as unit:
            await editing.create(unit, Category(name="Never"))
            raise RuntimeError
    async with work() as unit:
        await editing.create(unit, Category(name="Kept"))
    (signal,) = await collect(page, 1)
    assert signal["action"] == "category.created"
    assert page.queue.empty()
    feed.unsubscribe(page)


async def test_commits_out_of_order_lose_nothing(app, feed, work):
    """The first to write commits last: a reader by id alone would never see it."""
    page = Subscriber(NOBODY, 0, READER)
    feed.subscribe(page)
    seen_by_id: list[int] = []
    async with work() as slow:
        late = await editing.create(slow, Category(name="Late"))
        async with work() as fast:
            early = await editing.create(fast, Category(name="Early"))
        connection = await app.app.state.connect()
        last = 0
        rows = await connection.fetch(
            "select id, entity_id from change where id > $1 and entity = 'category' order by id", last
        )
        seen_by_id += [row["entity_id"] for row in rows if row["entity_id"] in (late.id, early.id)]
        last = rows[-1]["id"]
    rows = await connection.fetch(
        "select id, entity_id from change where id > $1 and entity = 'category' order by id", last
    )
    seen_by_id += [row["entity_id"] for row in rows]
    await connection.close()
    assert late.id not in seen_by_id, "the control: going by id alone skips the late commit"
    found = await collect(page, 2)
    assert {signal["id"] for signal in found} == {late.id, early.id}
    feed.unsubscribe(page)


async def test_many_writers_nothing_lost_nothing_doubled(app, feed, work):
    async with work() as unit:
        category = await editing.create(unit, Category(name="Busy"))
        items = [
            await editing.create(unit, Equipment(name=f"Item {n}", sku=f"BUSY-{n}", category_id=category.id))
            for n in range(4)
        ]
    page = Subscriber(NOBODY, 0, READER)
    joined = feed.subscribe(page)
    start = await app.app.state.connect()
    while feed.position < await _newest(start):
        await asyncio.sleep(0)
    await start.close()
    while not page.queue.empty():
        page.queue.get_nowait()
    assert joined <= feed.position

    async def writer(number: int) -> None:
        for turn in range(10):
            async with work() as unit:
                subject = await editing.lock(unit, Equipment, items[number % 4].id)
                await editing.edit(unit, subject, {"notes": f"{number}.{turn}"}, version=None)

    await asyncio.gather(*(writer(number) for number in range(8)))
    found = await collect(page, 80)
    seen = [(signal["id"], signal["version"]) for signal in found]
    assert len(seen) == len(set(seen)) == 80
    feed.unsubscribe(page)


async def _newest(connection: asyncpg.Connection) -> Position:
    from app.domain.live.queries import newest_position

    return await newest_position(connection)


async def test_a_page_that_does_not_keep_up_is_cut_off(feed):
    page = Subscriber(NOBODY, 0, READER)
    for _ in range(1000):
        page.offer(b"x")
    assert page.ended
    assert page.queue.get_nowait() is None


def test_an_event_id_of_another_database_means_start_anew():
    assert parse_event_id("7-12-3", "7") == Position(12, 3)
    assert parse_event_id("8-12-3", "7") is None
    assert parse_event_id("rubbish", "7") is None
