"""The orders of the inventory table: page by page the same rows as at once, each read off an index."""

from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import event, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Category, Equipment
from app.domain.inventory.list_queries import exported_rows, page_of
from app.domain.inventory.listing import SORTS, Listing, read_cursor, read_listing, write_cursor

ORDERS = [*SORTS, *(f"-{name}" for name in SORTS)]
INDEXES = {
    **{sort: f"ix_equipment_{sort}" for sort in SORTS},
    "name": "ix_equipment_name_order",
    "sku": "ix_equipment_sku_order",
    "category": "ix_equipment_shelf",
}
FILTERS = {
    "all": {},
    "category": {"category": "1"},
    "subcategory": {"category": "1", "subcategory": "3"},
    "status": {"status": "damaged"},
    "search": {"q": "par"},
    "empty": {"location": "nowhere"},
}
SEVERAL = 7


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stock(app: Any) -> AsyncGenerator[AsyncConnection]:
    """Sixty items with many alike and many blank, and a connection to read them."""
    shelves = [
        {"id": 1, "name": "Sound", "parent_id": None, "position": 1},
        {"id": 2, "name": "Light", "parent_id": None, "position": 2},
        {"id": 3, "name": "Wireless", "parent_id": 1, "position": 1},
    ]
    items: list[dict[str, Any]] = [
        {
            "name": f"Par {number % 9}",
            "sku": f"PAR-{number}",
            "category_id": 1 if number % 3 else 2,
            "subcategory_id": 3 if number % 3 and number % 5 == 0 else None,
            "quantity": number % 4,
            "status": "damaged" if number % 2 else "good",
            "location": "" if number % 4 == 0 else f"B-{number % 3}",
            "daily_rate": None if number % 5 == 0 else number % 3,
            "replacement_value": None if number % 3 == 0 else 100,
            "weight_kg": None if number % 2 else number % 6,
            "power_w": None if number % 7 else number,
        }
        for number in range(60)
    ]
    engine = app.app.state.runtime.engine
    async with engine.begin() as writing:
        await writing.execute(insert(Category), shelves)
        await writing.execute(insert(Equipment), items)
    async with engine.connect() as reading:
        yield reading


async def paged(reading: AsyncConnection, listing: Listing) -> list[int]:
    """The ids of all rows, a few at a time."""
    ids, after = list[int](), None
    while True:
        rows, more = await page_of(reading, listing, after, SEVERAL)
        ids += [row.id for row in rows]
        if not more:
            return ids
        assert len(rows) == SEVERAL
        after = read_cursor(listing, write_cursor(listing, rows[-1].sort_value, rows[-1].id))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("filters", FILTERS)
async def test_pages_are_the_rows_of_an_export(stock: AsyncConnection, filters: str, order: str) -> None:
    listing = read_listing({**FILTERS[filters], "sort": order})
    assert await paged(stock, listing) == [row.id async for row in exported_rows(stock, listing)]


@pytest.mark.parametrize("order", ORDERS)
async def test_every_order_is_read_off_an_index(stock: AsyncConnection, order: str) -> None:
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    engine = stock.engine.sync_engine
    listing = read_listing({"sort": order})
    event.listen(engine, "before_cursor_execute", note)
    rows, _ = await page_of(stock, listing, None, SEVERAL)
    after = read_cursor(listing, write_cursor(listing, rows[-1].sort_value, rows[-1].id))
    await page_of(stock, listing, after, SEVERAL)
    event.remove(engine, "before_cursor_execute", note)
    # a table this small is faster read as a whole and sorted: the planner is asked whether it could do without
    for way in ("seqscan", "bitmapscan", "sort"):
        await stock.execute(text(f"set local enable_{way} = off"))
    driver: Any = (await stock.get_raw_connection()).driver_connection
    for statement, parameters in sent:
        plan = "\n".join(row[0] for row in await driver.fetch(f"explain {statement}", *parameters))
        assert f"using {INDEXES[listing.sort]} on equipment" in plan
