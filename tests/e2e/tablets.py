"""What the tests of the bench share: an event to prep, a hand scanner, and what was counted."""

import asyncio
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import httpx
from playwright.sync_api import Page
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import create_async_engine

from bench.painting import TABLET, Scanner
from tests.conftest import in_thread

__all__ = ["TABLET", "Scanner"]

_MOVED = text("""
    select count(*), coalesce(sum(m.quantity), 0)::integer, count(distinct a.nonce)
    from movement m join bench_action a on a.id = m.action_id where m.event_id = :event_id
""")
_PACKED = text("""
    select case_id, sum(quantity)::integer from movement
    where event_id = :event_id and step = 'packed' group by case_id
""")


def an_event_with(api: httpx.Client, wanted: int) -> tuple[int, str]:
    """A confirmed event that wants so many pieces of one thing: its id, and the code to scan."""
    sku = f"TABLET-{uuid4().hex[:8].upper()}"
    category_id = api.get("/categories").json()["data"][0]["id"]
    thing = {"name": f"Stand {sku}", "sku": sku, "category_id": category_id, "quantity": wanted}
    equipment = api.post("/equipment", json=thing | {"tracking": "bulk"}).json()["data"]
    dates = {"out_start": "2036-05-03T08:00:00Z", "out_end": "2036-05-03T20:00:00Z"}
    event_id = api.post("/events", json={"name": f"Bench {sku}"} | dates).json()["data"]["id"]
    line = {"event_id": event_id, "equipment_id": equipment["id"], "quantity": wanted}
    assert api.post("/rentals", json=line).status_code == 201
    assert api.post(f"/events/{event_id}/confirmation", json={}).is_success
    return event_id, sku


def moved(environment: dict[str, str], event_id: int) -> tuple[int, int, int]:
    """Of an event: how many movements there are, how many pieces they come to, of how many actions."""
    return _asked(environment, _MOVED, event_id)[0]


def packed(environment: dict[str, str], event_id: int) -> dict[int | None, int]:
    """Of an event: how many pieces are packed into each case, or into none."""
    return dict(_asked(environment, _PACKED, event_id))


def _asked(environment: dict[str, str], statement: TextClause, event_id: int) -> list[Any]:
    async def ask() -> list[Any]:
        engine = create_async_engine(environment["DATABASE_URL"])
        async with engine.connect() as connection:
            rows = (await connection.execute(statement, {"event_id": event_id})).all()
        await engine.dispose()
        return [tuple(row) for row in rows]

    return in_thread(lambda: asyncio.run(ask()))


def waiting(page: Page) -> int:
    """How many taps and scans wait on the device."""
    return page.evaluate("() => av.bench.waiting().length")


# a promise counts as true: each look takes what the one before it found on the disk
_ARE_KEPT = """(count) => {
    const { viewer } = document.body.dataset;
    av.store.all().then((all) => { window.kept = all.filter(({ user }) => user === viewer).length; });
    return window.kept === count;
}"""
_IS_ALL_SENT = f"""() => {{
    dispatchEvent(new Event("online"));
    return ({_ARE_KEPT})(0) && av.bench.waiting().length === 0;
}}"""


def all_kept(page: Page, count: int) -> None:
    """Wait until so many taps and scans are on the device's disk: from then on the page may be gone."""
    page.wait_for_function(_ARE_KEPT, arg=count, polling=50)


def all_sent(page: Page) -> None:
    """Wait until nothing waits, neither here nor left behind by a page that is gone.

    The browser is told meanwhile that the network is there, as it would be.
    """
    page.wait_for_function(_IS_ALL_SENT, polling=150)


def field_of(body: str | None, name: str) -> str:
    """A field of a form that was sent."""
    return parse_qs(body or "").get(name, [""])[0]
