"""The inventory table: searching, filtering, sorting, paging, counting."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from app.db.models import Unit
from app.domain.inventory.categories import create_category
from app.domain.inventory.listing import SORTS
from app.domain.inventory.service import create_equipment, delete_equipment, edit_equipment
from app.domain.inventory.table_cache import table_cache
from app.lib import editing

Stock = dict[str, int]
HTMX = {"hx-request": "true", "hx-request-type": "partial"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stock(app: Any) -> Stock:
    """A few things to find, and sixty to page through, with ties and gaps."""
    from tests.conftest import work_of

    ids: Stock = {}
    async with work_of(app.app.state.runtime, "admin") as unit:
        audio = await create_category(unit, "Audio")
        light = await create_category(unit, "Lighting")
        microphones = await create_category(unit, "Microphones", audio.id)
        ids["audio"], ids["light"], ids["microphones"] = audio.id, light.id, microphones.id
        special = [
            {"name": "Shure SM58", "sku": "MIC/SM58-A", "category_id": audio.id, "tags": ["Vocal", "dynamic"],
             "subcategory_id": microphones.id, "location": "A-02-3"},
            {"name": "Übergröße Scheinwerfer", "sku": "LGT-1", "category_id": light.id, "status": "damaged"},
            {"name": "Robe MegaPointe", "sku": "MOV-MP", "category_id": light.id, "tracking": "serialized"},
            {"name": "Gaffer tape", "sku": "CON-1", "category_id": light.id, "kind": "consumable"},
            {"name": "Old desk", "sku": "OLD-1", "category_id": audio.id, "archived": True},
            {"name": "Deleted thing", "sku": "DEL-1", "category_id": audio.id},
        ]  # fmt: skip
        for values in special:
            ids[values["sku"]] = (await create_equipment(unit, values)).id
        await delete_equipment(unit, ids["DEL-1"], version=None)
        for tag, serial in (("MP-0113", "SN99/7"), ("MP-0114", "")):
            await editing.create(unit, Unit(equipment_id=ids["MOV-MP"], asset_tag=tag, serial_number=serial))
        for number in range(60):
            values = {
                "name": f"Par {number % 7} can",
                "sku": f"PAR-{number}",
                "category_id": light.id if number % 2 else audio.id,
                "subcategory_id": None if number % 2 or number % 3 else microphones.id,
                "kind": "consumable" if number % 11 == 0 else "equipment",
                "quantity": number % 5,
                "status": ("good", "damaged", "maintenance")[number % 3],
                "location": "" if number % 4 == 0 else f"B-{number % 6}",
                "daily_rate": None if number % 5 == 0 else number % 3,
                "replacement_value": None if number % 3 == 0 else 100 + number % 4,
                "weight_kg": None if number % 2 else number % 6,
                "power_w": None if number % 7 == 0 else number % 4,
            }
            ids[values["sku"]] = (await create_equipment(unit, values)).id
    return ids


@pytest_asyncio.fixture(loop_scope="session")
async def manager(sign_in: Callable[[str], Any], stock: Stock) -> httpx.AsyncClient:
    return await sign_in("manager")


def shown(html: str) -> list[int]:
    return [int(found) for found in re.findall(r'<tr id="equipment-(\d+)"', html)]


def total(html: str) -> int | None:
    found = re.search(r'id="total"[^>]*>(\d+) item', html)
    return int(found[1]) if found else None


async def found_by(client: httpx.AsyncClient, **query: str) -> set[int]:
    answer = await client.get("/inventory", params=query)
    assert answer.status_code == 200, answer.text[-2500:]
    return set(shown(answer.text))


async def all_pages(
    client: httpx.AsyncClient, between: Callable[[int], Any] | None = None, **query: str
) -> list[int]:
    answer = await client.get("/inventory", params=query)
    ids, page = shown(answer.text), 0
    while more := re.search(r'class="av-more" hx-get="([^"]+)"', answer.text):
        if between:
            await between(page)
        page += 1
        answer = await client.get(more[1].replace("&amp;", "&"), headers=HTMX)
        assert answer.status_code == 200, answer.text[-2500:]
        ids += shown(answer.text)
    return ids


@pytest.mark.parametrize(
    ("words", "sku"),
    [
        ("ubergrosse", "LGT-1"),
        ("ÜBERGRÖSSE schein", "LGT-1"),
        ("scheinw", "LGT-1"),
        ("sm58", "MIC/SM58-A"),
        ("shure 58", "MIC/SM58-A"),
        ("mic/sm58-a", "MIC/SM58-A"),
        ("MIC SM58", "MIC/SM58-A"),
        ("vocal", "MIC/SM58-A"),
        ("mp-0113", "MOV-MP"),
        ("MP-0114", "MOV-MP"),
        ("sn99/7", "MOV-MP"),
        ("pointe", "MOV-MP"),
    ],
)
async def test_search_finds(manager: httpx.AsyncClient, stock: Stock, words: str, sku: str) -> None:
    assert await found_by(manager, q=words) == {stock[sku]}


async def test_every_word_must_match_and_operators_mean_nothing(
    manager: httpx.AsyncClient, stock: Stock
) -> None:
    assert await found_by(manager, q="shure robe") == set()
    assert await found_by(manager, q="shure | robe") == set()
    assert await found_by(manager, q="shure & !sm57 <-> ':*") == set()
    assert await found_by(manager, q="shure & 'sm58':*") == {stock["MIC/SM58-A"]}
    assert await found_by(manager, q="---") == set()


async def test_filters(manager: httpx.AsyncClient, stock: Stock) -> None:
    assert await found_by(manager, category=str(stock["audio"]), q="shure") == {stock["MIC/SM58-A"]}
    assert await found_by(manager, category=str(stock["light"]), q="shure") == set()
    assert stock["MIC/SM58-A"] in await found_by(manager, category=f"{stock['audio']}-{stock['microphones']}")
    assert await found_by(manager, tracking="serialized") == {stock["MOV-MP"]}
    assert await found_by(manager, status="damaged", q="schein") == {stock["LGT-1"]}
    assert stock["CON-1"] in await found_by(manager, kind="consumable")
    assert await found_by(manager, location="a-02") == {stock["MIC/SM58-A"]}
    assert await found_by(manager, tag="vocal") == {stock["MIC/SM58-A"]}
    assert await found_by(manager, tag="voc") == set()
    assert await found_by(manager, archived="yes") == {stock["OLD-1"]}
    assert await found_by(manager, q="desk") == set()
    assert await found_by(manager, q="desk", archived="all") == {stock["OLD-1"]}
    assert await found_by(manager, q="deleted", archived="all") == set()


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
async def test_every_order_pages_through_all_rows_once(
    manager: httpx.AsyncClient, stock: Stock, sort: str
) -> None:
    ids = await all_pages(manager, sort=sort, archived="all")
    expected = {number for key, number in stock.items() if key.isupper() or "/" in key} - {stock["DEL-1"]}
    assert len(ids) == len(set(ids))
    assert set(ids) == expected


@pytest.mark.parametrize("sort", ["daily_rate", "-daily_rate", "location", "-location"])
async def test_rows_without_a_value_come_last(manager: httpx.AsyncClient, stock: Stock, sort: str) -> None:
    ids = await all_pages(manager, sort=sort, q="par")
    blank = [n for n in range(60) if (n % 5 == 0 if "rate" in sort else n % 4 == 0)]
    assert set(ids[-len(blank) :]) == {stock[f"PAR-{number}"] for number in blank}


async def test_natural_order(manager: httpx.AsyncClient, stock: Stock) -> None:
    ids = await all_pages(manager, sort="sku", q="par")
    assert ids == [stock[f"PAR-{number}"] for number in range(60)]


@pytest.mark.parametrize("sort", ["name", "-name", "daily_rate", "category", "-location"])
async def test_pages_stay_right_while_rows_change(
    manager: httpx.AsyncClient, stock: Stock, work: Callable[..., Any], sort: str
) -> None:
    before = set(await all_pages(manager, sort=sort, q="par"))
    added: list[int] = []

    async def disturb(page: int) -> None:
        async with work("admin") as unit:
            values = {"name": f"Par {page}", "sku": f"NEW-{sort}-{page}", "category_id": stock["audio"]}
            added.append((await create_equipment(unit, values)).id)
            await edit_equipment(
                unit, stock["PAR-3"], {"notes": f"seen on page {page} by {sort}"}, version=None
            )

    ids = await all_pages(manager, disturb, sort=sort, q="par")
    assert len(ids) == len(set(ids))
    assert before <= set(ids) <= before | set(added)
    async with work("admin") as unit:
        for one in added:
            await delete_equipment(unit, one, version=None)


async def test_count_is_asked_for_and_then_known(
    manager: httpx.AsyncClient, app: Any, stock: Stock, work: Callable[..., Any]
) -> None:
    cache = table_cache(app.app.state.runtime)
    cache.counts.clear()
    first = (await manager.get("/inventory", params={"q": "par"})).text
    assert total(first) is None
    assert 'hx-get="/inventory/count?q=par' in first
    counted = await manager.get("/inventory/count", params={"q": "par", "shown": "50"}, headers=HTMX)
    assert total(counted.text) == 60
    assert total((await manager.get("/inventory", params={"q": "par"})).text) == 60
    async with work("admin") as unit:
        values = {"name": "Par count", "sku": "PAR-COUNT", "category_id": stock["audio"]}
        added = (await create_equipment(unit, values)).id
    await _until_forgotten(app)
    assert total((await manager.get("/inventory/count", params={"q": "par"}, headers=HTMX)).text) == 61
    async with work("admin") as unit:
        await delete_equipment(unit, added, version=None)
    await _until_forgotten(app)


async def _until_forgotten(app: Any) -> None:
    """The live feed has delivered the change that was committed last."""
    import asyncio

    cache = table_cache(app.app.state.runtime)
    async with asyncio.timeout(5):
        while cache.counts:
            await asyncio.sleep(0.005)


async def test_a_count_read_before_a_change_is_not_kept(app: Any) -> None:
    from app.domain.inventory.listing import Listing

    cache = table_cache(app.app.state.runtime)
    generation = cache.generation
    cache.forget([type("Signal", (), {"entity": "equipment"})()])
    cache.keep_count(Listing(q="late"), 7, generation)
    assert cache.known_count(Listing(q="late")) is None


async def test_address_is_what_is_shown(manager: httpx.AsyncClient, stock: Stock) -> None:
    query = {
        "q": "  par ",
        "category": str(stock["light"]),
        "status": "nonsense",
        "sort": "-daily_rate",
        "x": "y",
    }
    answer = await manager.get("/inventory", params=query, headers=HTMX)
    address = answer.headers["hx-replace-url"]
    assert address == f"/inventory?q=par&category={stock['light']}&sort=-daily_rate"
    assert shown((await manager.get(address)).text) == shown(answer.text)
    assert "<html" not in answer.text


async def test_chips_and_empty_states(manager: httpx.AsyncClient, stock: Stock) -> None:
    page = (await manager.get("/inventory", params={"q": "shure", "status": "good"})).text
    assert 'aria-label="Remove filter Status Good"' in page
    assert 'href="/inventory?q=shure" aria-label="Remove filter Status Good"' in page
    empty = (await manager.get("/inventory", params={"q": "shure", "status": "damaged"})).text
    assert "Nothing matches 2 filters" in empty
    assert "Drop “Damaged”, 1 item<" in empty


@pytest.mark.parametrize(
    "query",
    [
        "sort=-", "sort=password", "after=%%%", "after=bnVsbA", "after=W10", "category=abc", "category=-1",
        "category=99999999999999999999", "status=' or 1=1 --", "q=%00", "q=%ff%fe", "q=%ed%a0%80",
        "location=%25", "tag=%27", "after=WyJuYW1lIixmYWxzZSxudWxsLDFd", "shown=-5", "q=" + "a " * 300,
        "after=WyJuYW1lIixmYWxzZSwiXHUwMDAwIiwxXQ", "after=WyJuYW1lIixmYWxzZSwiXHVkODAwIiwxXQ",
        "sort=updated_at&after=WyJ1cGRhdGVkX2F0IixmYWxzZSwibm9wZSIsMV0", "columns=x,y",
        "sort=daily_rate&after=WyJkYWlseV9yYXRlIixmYWxzZSwiTmFOIiwxXQ", "archived=maybe",
        "ids=1,x,99999999999999999999&new=abc", "q=%F0%9D%94%98", "q=²³½", "q=a%3A%2A%26%7C",
    ],
)  # fmt: skip
async def test_garbage_is_answered(manager: httpx.AsyncClient, query: str) -> None:
    for path in ("/inventory", "/inventory/rows", "/inventory/count", "/inventory/export"):
        answer = await manager.get(f"{path}?{query}")
        assert answer.status_code < 500, path
        assert answer.status_code in {200, 400, 422}


async def test_what_is_shown_is_escaped(
    manager: httpx.AsyncClient, stock: Stock, work: Callable[..., Any]
) -> None:
    async with work("admin") as unit:
        values = {
            "name": '<script>alert(1)</script>"',
            "sku": "XSS-1",
            "category_id": stock["audio"],
            "location": '"><img src=x>',
            "tags": ["<b>"],
        }
        added = (await create_equipment(unit, values)).id
    page = (await manager.get("/inventory", params={"q": "xss"})).text
    assert shown(page) == [added]
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert '"><x' not in (await manager.get("/inventory", params={"q": '"><x', "tag": "<b>"})).text
    async with work("admin") as unit:
        await delete_equipment(unit, added, version=None)


async def test_as_many_statements_for_five_rows_as_for_sixty(
    manager: httpx.AsyncClient, stock: Stock, statements: list[str]
) -> None:
    for query in ({"q": "par 3"}, {"q": "par"}):
        await manager.get("/inventory", params=query)
    statements.clear()
    few = shown(
        (await manager.get("/inventory", params={"q": "par", "tracking": "bulk", "status": "good"})).text
    )
    number = len(statements)
    statements.clear()
    many = shown((await manager.get("/inventory", params={"q": "par", "tracking": "bulk"})).text)
    assert len(few) < len(many) == 50
    assert len(statements) == number <= 4
