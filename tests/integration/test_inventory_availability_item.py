"""Why so many are free, and the days ahead of one item."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest_asyncio

from app.domain.availability.claims import figure_of
from app.domain.availability.days import days_ahead
from app.domain.availability.facts import hand_out
from app.domain.availability.queries import Window, peaks_of
from app.domain.events import service
from app.domain.inventory.service import edit_equipment
from app.domain.maintenance.service import report
from app.lib.clock import now
from app.lib.periods import Period
from tests.integration.booking import (
    HOUR,
    MONDAY,
    a_confirmed_event,
    a_rental,
    an_event,
    some_equipment,
)
from tests.statements import statements_for

BERLIN = ZoneInfo("Europe/Berlin")
QUERY = "from=2031-06-02T10:00&to=2031-06-04T10:00"
PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}


@pytest_asyncio.fixture(loop_scope="session")
async def manager(sign_in: Callable[[str], Any]) -> httpx.AsyncClient:
    return await sign_in("manager")


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


async def test_the_explanation_names_everything_at_the_binding_moment(
    manager: httpx.AsyncClient, work: Callable[..., Any]
) -> None:
    async with work() as unit:
        item = await some_equipment(unit, 12)
        early = await a_confirmed_event(unit, item, 4, hours=20, name="Early gala")
        late = await a_confirmed_event(unit, item, 5, MONDAY + 10 * HOUR, hours=40, name="Long <b>fair</b>")
        after = await a_confirmed_event(unit, item, 1, MONDAY + 44 * HOUR, hours=2, name="Afterwards")
        held = await an_event(unit, MONDAY + 12 * HOUR, hours=4, name="Held one")
        await a_rental(unit, held, item, 1)
        await service.hold(unit, held.id)
        quote = await an_event(unit, MONDAY + 11 * HOUR, hours=30, name="Maybe")
        await a_rental(unit, quote, item, 3)
        job = await report(unit, {"equipment_id": item.id, "quantity": 1, "title": "Hum"})
    page = await manager.get(f"/inventory/{item.id}/availability?{QUERY}")
    assert page.status_code == 200
    said = words(page.text)
    assert "1 of 12 free" in said
    assert "Most is taken from Mon 2 Jun 2031, 22:00 on." in said
    for key in (early.id, late.id, held.id, quote.id):
        assert f'<a href="/events/{key}">' in page.text
    assert f"/events/{after.id}" not in page.text
    assert f'<a href="/maintenance/{job.id}">Hum</a>' in page.text
    assert "<b>fair" not in page.text
    assert re.search(r"Pencilled on top: Maybe 3\b", said)
    assert "If every quote for these dates came true \N{MINUS SIGN}2" in said
    assert 'class="av-why"' in page.text
    async with work() as unit:
        period = Period(datetime(2031, 6, 2, 8, tzinfo=UTC), datetime(2031, 6, 4, 8, tzinfo=UTC))
        figure = await figure_of(unit.session, Window(item.id, period))
        assert figure is not None
        assert (figure.free, figure.free_with_pencils) == (1, -2)


async def test_it_is_a_popover_a_page_and_a_live_part(
    manager: httpx.AsyncClient, work: Callable[..., Any]
) -> None:
    async with work() as unit:
        item = await some_equipment(unit, 3)
    path = f"/inventory/{item.id}/availability"
    popover = await manager.get(f"{path}?{QUERY}", headers=PARTIAL)
    assert 'id="why" popover data-open' in popover.text
    assert "<html" not in popover.text
    part = await manager.get(f"{path}?{QUERY}&part=now", headers=PARTIAL)
    assert part.text.count('id="why-now"') == 1
    assert "popover" not in part.text
    assert f'data-live-region="availability-{item.id}"' in part.text
    assert "3 of 3 free" in words((await manager.get(path)).text)
    refused = await manager.get(f"{path}?from=x&to=y", headers=PARTIAL)
    assert refused.status_code == 422
    assert "not understood" in refused.text
    assert (await manager.get("/inventory/999999999/availability")).status_code == 404


async def test_a_shortage_says_when(manager: httpx.AsyncClient, work: Callable[..., Any]) -> None:
    async with work() as unit:
        item = await some_equipment(unit, 4)
        await a_confirmed_event(unit, item, 4, MONDAY + 6 * HOUR, hours=4)
    async with work() as unit:
        await edit_equipment(unit, item.id, {"quantity": 1}, version=None)
    said = words((await manager.get(f"/inventory/{item.id}/availability?{QUERY}")).text)
    assert "3 short" in said
    assert "Short Mon 2 Jun 2031, 16:00 \N{EN DASH} Mon 2 Jun 2031, 20:00." in said


async def test_days_are_those_of_the_shop_also_when_the_clocks_change(
    app: Any, work: Callable[..., Any]
) -> None:
    spring = datetime(2031, 3, 28, 12, tzinfo=UTC)
    async with work() as unit:
        item = await some_equipment(unit, 9)
        for number in range(7):
            await a_confirmed_event(unit, item, 1 + number % 3, spring + number * 15 * HOUR, hours=11)
        pencil = await an_event(unit, spring, hours=100)
        await a_rental(unit, pencil, item, 2)
        # exactly one day of the shop, the one that has 23 hours
        day = datetime(2031, 3, 30, tzinfo=BERLIN)
        await a_confirmed_event(unit, item, 1, day.astimezone(UTC), hours=23)
    async with app.app.state.runtime.engine.connect() as reading:
        ahead = await days_ahead(reading, item.id, 9, date(2031, 3, 27), count=10, zone=BERLIN)
        windows = [Window(item.id, one.period) for one in ahead.days]
        firm = await peaks_of(reading, windows)
        pencils = await peaks_of(reading, windows, pencils=True)
    assert [one.date.day for one in ahead.days] == [27, 28, 29, 30, 31, 1, 2, 3, 4, 5]
    assert [one.free for one in ahead.days] == [9 - peak for peak in firm]
    assert [one.with_pencils for one in ahead.days] == [9 - peak for peak in pencils]
    lengths = [(one.period.end - one.period.start) / HOUR for one in ahead.days]
    assert lengths == [24, 24, 24, 23, 24, 24, 24, 24, 24, 24]
    assert ahead.days[0].free == 9
    assert [one.is_weekend for one in ahead.days[2:5]] == [True, True, False]


async def test_the_strip_shows_repairs_and_what_is_late(
    manager: httpx.AsyncClient, work: Callable[..., Any]
) -> None:
    async with work() as unit:
        item = await some_equipment(unit, 10)
        back = now() + timedelta(days=20)
        await report(unit, {"equipment_id": item.id, "quantity": 2, "title": "Fan", "expected_back": back})
        start = now() - timedelta(days=3)
        gone = await an_event(unit, start, hours=24)
        line = await a_rental(unit, gone, item, 1)
        await service.confirm(unit, gone.id)
        await hand_out(unit, line.id, 1, start)
    page = (await manager.get(f"/inventory/{item.id}")).text
    strip = page.split('<ol class="av-strip"')[1].split("</ol>")[0]
    days = strip.split("<li ")[1:]
    assert len(days) == 90
    assert "is-today" in days[0]
    assert "7 free, 2 out of service, 1 late" in days[0]
    assert '<i class="h-14"></i><u class="at-14 h-4"></u><u class="is-late at-18 h-2"></u>' in days[0]
    assert "9 free, 1 late" in days[40]
    assert f'data-live-region="availability-{item.id}"' in page
    link = re.search(r'<a href="(/inventory/\d+/availability\?[^"]+)"', days[40])
    assert link
    assert "9 of 10 free" in words((await manager.get(link[1].replace("&amp;", "&"))).text)
    part = await manager.get(f"/inventory/{item.id}?part=strip&{QUERY}", headers=PARTIAL)
    assert 'id="item-strip"' in part.text
    assert "<b>9</b> <span>of 10</span>" in part.text
    assert "<html" not in part.text


async def test_the_explanation_costs_the_same_however_much_is_booked(
    manager: httpx.AsyncClient, work: Callable[..., Any], app: Any
) -> None:
    async with work() as unit:
        calm, busy = await some_equipment(unit, 40), await some_equipment(unit, 40)
        for number in range(12):
            await a_confirmed_event(unit, busy, 1, MONDAY + number * HOUR, hours=9)
    for path, most in (("/availability", 9), ("", 10)):
        pages = [f"/inventory/{item.id}{path}?{QUERY}" for item in (calm, busy)]
        counts = [await statements_for(app, manager, page) for page in pages]
        assert counts[0] == counts[1] <= most
