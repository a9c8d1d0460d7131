"""What is free for chosen dates, on the inventory table: figures, filter, order, export, bad dates."""

import csv
import io
import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from app.db.models import Equipment, SavedView
from app.domain.availability.queries import Window, peaks_of
from app.domain.availability.whole_stock import bound, free_of, peaks_of_all, taken_of
from app.domain.inventory.service import edit_equipment
from app.domain.inventory.table_cache import table_cache
from app.domain.maintenance.service import report
from app.lib.clock import now
from app.lib.periods import Period
from tests.integration.booking import (
    HOUR,
    MONDAY,
    a_category,
    a_confirmed_event,
    a_rental,
    an_event,
    some_equipment,
)
from tests.integration.test_inventory_table import HTMX, all_pages, shown

DATES = {"from": "2031-06-02T10:00", "to": "2031-06-03T10:00"}
PERIOD = Period(MONDAY, MONDAY + 24 * HOUR)
ITEMS = 60
FREE = re.compile(
    r'id="free-(\d+)".*?<b>(\N{MINUS SIGN}?\d+)</b> <span>of (\d+)</span><span class="sr"> free of [^<]*?'
    r"(?:, (\N{MINUS SIGN}?\d+) with pencils)?, explain"
)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stock(app: Any) -> list[int]:
    """Sixty items with bookings, pencils, repairs and an event on either side of the dates; all by seed."""
    from tests.conftest import work_of

    chance, items = random.Random(7), list[Equipment]()
    async with work_of(app.app.state.runtime, "admin") as unit:
        shelf = await a_category(unit)
        for number in range(ITEMS):
            items.append(await some_equipment(unit, number % 7, category_id=shelf, name=f"Free {number:02}"))
        for item in items:
            for _ in range(chance.randrange(3)):
                start = MONDAY + chance.randrange(-30, 30) * HOUR
                if item.quantity > 1:
                    await a_confirmed_event(unit, item, 1, start, hours=4)
            if chance.random() < 0.3:
                await a_rental(unit, await an_event(unit, hours=12), item, chance.randrange(1, 4))
            if item.quantity and chance.random() < 0.2:
                await report(unit, {"equipment_id": item.id, "quantity": 1, "title": "Hum"})
        await a_confirmed_event(unit, items[6], 1, MONDAY)
    # what was promised is not there any more: a shortage
    async with work_of(app.app.state.runtime, "admin") as unit:
        await edit_equipment(unit, items[6].id, {"quantity": 0}, version=None)
    return [item.id for item in items]


@pytest_asyncio.fixture(loop_scope="session")
async def manager(sign_in: Callable[[str], Any], stock: list[int]) -> httpx.AsyncClient:
    return await sign_in("manager")


def figures(html: str) -> dict[int, tuple[int, int, int]]:
    """Free, stock and free with pencils, by id, in the order of the page."""

    def number(text: str) -> int:
        return int(text.replace("\N{MINUS SIGN}", "-"))

    return {
        int(row): (number(free), int(owned), number(pencils or free))
        for row, free, owned, pencils in FREE.findall(html)
    }


async def engine_says(app: Any, ids: list[int]) -> dict[int, tuple[int, int, int]]:
    async with app.app.state.runtime.engine.connect() as reading:
        windows, moment = [Window(key, PERIOD) for key in ids], now()
        firm = await peaks_of(reading, windows, moment=moment)
        pencils = await peaks_of(reading, windows, pencils=True, moment=moment)
        rows = await reading.execute(select(Equipment.id, Equipment.quantity).where(Equipment.id.in_(ids)))
        owned = {row.id: row.quantity for row in rows}
    return {
        key: (owned[key] - peak, owned[key], owned[key] - pencilled)
        for key, peak, pencilled in zip(ids, firm, pencils, strict=True)
    }


async def test_figures_are_those_of_the_engine(
    manager: httpx.AsyncClient, app: Any, stock: list[int]
) -> None:
    first = await manager.get("/inventory", params=DATES)
    more = re.search(r'class="av-more" hx-get="([^"]+)"', first.text)
    assert more
    second = await manager.get(more[1].replace("&amp;", "&"), headers=HTMX)
    found = figures(first.text) | figures(second.text)
    assert found == await engine_says(app, stock)
    assert min(free for free, _, _ in found.values()) < 0
    assert any(free != pencils for free, _, pencils in found.values())
    assert 'title="' in first.text
    assert "Free 2\N{EN DASH}3 Jun" in re.sub(r"\s+", " ", first.text)


async def test_all_ways_of_asking_agree(app: Any, stock: list[int]) -> None:
    async with app.app.state.runtime.engine.connect() as reading:
        for hours, length in ((-40, 8), (-3, 1), (0, 24), (5, 400), (30, 2)):
            period, moment = Period(MONDAY + hours * HOUR, MONDAY + (hours + length) * HOUR), now()
            expected = {
                key: one.left for key, one in (await free_of(reading, stock, period, moment=moment)).items()
            }
            peaks = peaks_of_all("peak")
            whole = select(Equipment.id, Equipment.quantity - func.coalesce(peaks.c.peak, 0)).outerjoin(
                peaks, peaks.c.equipment_id == Equipment.id
            )
            each = select(Equipment.id, Equipment.quantity - taken_of(Equipment.__table__.c.id))
            for statement in (whole, each):
                rows = await reading.execute(statement, bound(period, moment))
                assert {row[0]: row[1] for row in rows} == expected


async def test_without_dates_there_is_no_column(manager: httpx.AsyncClient) -> None:
    page = (await manager.get("/inventory", params={"free": "yes", "sort": "-free"})).text
    assert not figures(page)
    assert "Only available" not in page
    assert len(shown(page)) == 50


@pytest.mark.parametrize("sort", ["free", "-free"])
@pytest.mark.parametrize("only", ["", "yes"])
async def test_sorted_by_free_page_by_page(
    manager: httpx.AsyncClient, app: Any, stock: list[int], sort: str, only: str
) -> None:
    ids = await all_pages(manager, sort=sort, free=only, **DATES)
    free = {key: figure[0] for key, figure in (await engine_says(app, stock)).items()}
    wanted = [key for key in stock if free[key] > 0 or not only]
    turned = -1 if sort.startswith("-") else 1
    assert ids == sorted(wanted, key=lambda key: (turned * free[key], turned * key))


@pytest.mark.parametrize("sort", ["name", "-sku", "category", "quantity", "-updated_at"])
async def test_only_what_is_free(manager: httpx.AsyncClient, app: Any, stock: list[int], sort: str) -> None:
    free = {key: figure[0] for key, figure in (await engine_says(app, stock)).items()}
    every = await all_pages(manager, sort=sort, **DATES)
    assert await all_pages(manager, sort=sort, free="yes", **DATES) == [key for key in every if free[key] > 0]


async def test_the_filter_is_a_chip_and_the_count_follows_bookings(
    manager: httpx.AsyncClient, app: Any, stock: list[int]
) -> None:
    page = await manager.get("/inventory", params={"free": "yes", "q": "free", **DATES})
    assert 'aria-label="Remove filter Free Only available"' in page.text
    free = await engine_says(app, stock)
    available = sum(figure[0] > 0 for figure in free.values())
    answer = await manager.get("/inventory/count", params={"free": "yes", "q": "free", **DATES}, headers=HTMX)
    assert f">{available} items" in re.sub(r"\s+", " ", answer.text).replace("> ", ">")
    cache = table_cache(app.app.state.runtime)
    counts = dict(cache.counts)
    assert cache.free_counts
    cache.forget([type("Signal", (), {"entity": "availability"})()])
    assert not cache.free_counts
    assert cache.counts == counts


async def test_only_the_figures_that_changed_are_answered(
    manager: httpx.AsyncClient, app: Any, stock: list[int]
) -> None:
    ids = stock[3:6]
    answer = await manager.get(
        "/inventory/free", params={"ids": ",".join(map(str, [*ids, 10**9])), **DATES}, headers=HTMX
    )
    assert figures(answer.text) == await engine_says(app, ids)
    assert "<tr" not in answer.text
    assert not figures((await manager.get("/inventory/free", params={"ids": str(ids[0])}, headers=HTMX)).text)


async def test_a_row_that_is_fetched_again_keeps_its_figure(
    manager: httpx.AsyncClient, app: Any, stock: list[int]
) -> None:
    address = {"hx-current-url": f"http://test/inventory?from={DATES['from']}&to={DATES['to']}"}
    one = await manager.get(f"/inventory/{stock[2]}/row", headers=HTMX | address)
    rows = await manager.get("/inventory/rows", params={"ids": str(stock[2]), **DATES}, headers=HTMX)
    async with app.app.state.runtime.engine.connect() as reading:
        version = (
            await reading.execute(select(Equipment.version).where(Equipment.id == stock[2]))
        ).scalar_one()
    saved = await manager.put(
        f"/inventory/{stock[2]}/cells/location",
        data={"value": "B-1", "version": str(version)},
        headers=HTMX | address,
    )
    expected = await engine_says(app, [stock[2]])
    for answer in (one, rows, saved):
        assert answer.status_code == 200
        assert figures(answer.text) == expected


async def test_dates_cost_one_statement_however_many_rows(
    manager: httpx.AsyncClient, statements: list[str]
) -> None:
    counts: dict[str, int] = {}
    for name, query in (
        ("none", {"q": "free"}),
        ("dates", {"q": "free", **DATES}),
        ("few", {"q": "free 2 eq", **DATES}),
        ("order", {"q": "free", "sort": "free", **DATES}),
    ):
        await manager.get("/inventory", params=query)
        statements.clear()
        await manager.get("/inventory", params=query)
        counts[name] = len(statements)
    assert counts["dates"] == counts["few"] == counts["none"] + 1
    # nothing can be found by its very name in another order
    assert counts["order"] == counts["dates"] - 1
    statements.clear()
    await manager.get("/inventory", params={"q": "free"})
    assert not any("availability_steps" in statement for statement in statements)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        (("2031-06-03T10:00", "2031-06-02T10:00"), "to", "after the start"),
        (("2031-06-03T10:00", "2031-06-03T10:00"), "to", "after the start"),
        (("2031-06-03T10:00", "2042-06-03T10:00"), "to", "ten years"),
        (("nonsense", "2031-06-03T10:00"), "from", "Write a date"),
        (("2031-02-30T10:00", "2031-06-03T10:00"), "from", "Write a date"),
        (("0001-01-01T00:00", "2031-06-03T10:00"), "from", "between 1900"),
        (("2031-06-03T10:00", ""), "to", "Say until when"),
        (("", "2031-06-03T10:00"), "from", "Say from when"),
        (('"><script>', "2031-06-03T10:00"), "from", "Write a date"),
    ],
)
async def test_bad_dates_are_told_at_their_field(
    manager: httpx.AsyncClient, stock: list[int], given: tuple[str, str], field: str, words: str
) -> None:
    start, end = given
    dates = {"from": start, "to": end}
    for path in ("/inventory", f"/inventory/{stock[0]}", f"/inventory/{stock[0]}/availability"):
        answer = await manager.get(path, params={"q": "free 1", **dates})
        assert answer.status_code == 422
        said = re.search(rf'id="(?:dates-)?{field}-error">.*?<span>([^<]*)</span>', answer.text)
        assert said
        assert words in said[1]
        assert "<script>" not in answer.text
    table = await manager.get("/inventory", params={"q": "free 1", **dates})
    assert shown(table.text) == shown((await manager.get("/inventory", params={"q": "free 1"})).text) != []
    assert 'name="q" value="free 1"' in table.text
    assert not figures(table.text)
    if start.startswith("2031-06"):
        assert f'value="{start}"' in table.text
    assert (await manager.get("/inventory/export", params=dates)).status_code == 422
    assert (await manager.get("/inventory/rows", params=dates, headers=HTMX)).status_code == 200


async def test_export_has_what_is_shown(manager: httpx.AsyncClient, app: Any, stock: list[int]) -> None:
    query = {"sort": "-free", "free": "yes", "format": "csv", **DATES}
    answer = await manager.get("/inventory/export", params=query)
    rows = list(csv.DictReader(io.StringIO(answer.text.lstrip("\ufeff"))))
    expected = await engine_says(app, stock)
    ids = await all_pages(manager, sort="-free", free="yes", **DATES)
    assert [(row["free"], row["free_with_pencils"]) for row in rows] == [
        (str(expected[key][0]), str(expected[key][2])) for key in ids
    ]
    assert {(row["free_from"], row["free_to"]) for row in rows} == {(DATES["from"], DATES["to"])}
    chosen = await manager.get(
        "/inventory/export", params={"ids": f"{ids[0]},{stock[1]}", "format": "csv", **DATES}
    )
    assert {row["free"] for row in csv.DictReader(io.StringIO(chosen.text))} == {
        str(expected[ids[0]][0]),
        str(expected[stock[1]][0]),
    }
    plain = await manager.get("/inventory/export", params={"format": "csv"})
    assert "free" not in plain.text.splitlines()[0]


async def test_a_bulk_action_on_all_that_match_takes_only_what_is_free(
    manager: httpx.AsyncClient, app: Any, stock: list[int], work: Callable[..., Any]
) -> None:
    query = f"q=free&free=yes&from={DATES['from']}&to={DATES['to']}"
    answer = await manager.post(
        "/inventory/bulk", data={"query": query, "matching": "1", "action": "location", "location": "X-1"}
    )
    assert answer.status_code == 303, answer.text[-2000:]
    free = await engine_says(app, stock)
    async with work() as unit:
        rows = await unit.session.execute(
            select(Equipment.id).where(Equipment.id.in_(stock), Equipment.location == "X-1")
        )
        assert {row.id for row in rows} == {key for key in stock if free[key][0] > 0}


async def test_a_saved_view_is_of_no_dates_and_tabs_keep_them(
    manager: httpx.AsyncClient, work: Callable[..., Any]
) -> None:
    query = f"q=free&free=yes&from={DATES['from']}&to={DATES['to']}&sort=-free"
    saved = await manager.post("/inventory/views", data={"name": "Frees", "query": query})
    assert saved.headers["location"] == f"/inventory?{query}"
    async with work() as unit:
        assert await unit.session.scalar(select(SavedView.query).where(SavedView.name == "Frees")) == "q=free"
    page = (await manager.get("/inventory", params={"q": "free", **DATES})).text
    tab = re.search(r'<a href="([^"]+)" aria-current="page">Frees', page)
    assert tab
    assert tab[1].replace("&amp;", "&") == f"/inventory?q=free&from={DATES['from']}&to={DATES['to']}"


async def test_late_gear_is_not_free(manager: httpx.AsyncClient, app: Any, work: Callable[..., Any]) -> None:
    from app.domain.availability.facts import hand_out

    async with work() as unit:
        item = await some_equipment(unit, 4, name="Late one")
        start = now() - timedelta(days=3)
        gone = await an_event(unit, start, hours=24)
        line = await a_rental(unit, gone, item, 1)
        from app.domain.events import service

        await service.confirm(unit, gone.id)
        await hand_out(unit, line.id, 1, start)
    for extra in ({}, {"sort": "free"}, {"free": "yes"}):
        page = await manager.get("/inventory", params={"q": "late one", **DATES, **extra})
        assert figures(page.text)[item.id] == (3, 4, 3)
    async with work() as unit:
        await edit_equipment(unit, item.id, {"quantity": 1}, version=None)
    assert not shown((await manager.get("/inventory", params={"q": "late one", "free": "yes", **DATES})).text)
