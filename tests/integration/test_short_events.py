"""The list of events says which are short; the reasons of a figure name a few and lead to the rest."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from app.db.models import Equipment, Event, Rental
from app.domain.events import service
from app.lib.clock import now
from app.lib.unit_of_work import UnitOfWork
from tests.integration.booking import HOUR, a_confirmed_event, a_rental, an_event, some_equipment
from tests.integration.test_sub_hire_pages import PARTIAL, statements_for

Work = Callable[..., Any]
SOON = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=4)


async def overbooked(unit: UnitOfWork, name: str, start: datetime = SOON, kinds: int = 1) -> list[Event]:
    """Two events at once that have more than there is of so many equipment, the second on purpose."""
    gear = [await some_equipment(unit, 4) for _ in range(kinds)]
    first = await an_event(unit, start, name=f"{name} first")
    for one in gear:
        await a_rental(unit, first, one, 3)
    await service.confirm(unit, first.id)
    for when in ("immediate", "deferred"):
        await unit.session.execute(text(f"set constraints all {when}"))
    second = await an_event(unit, start + HOUR, name=f"{name} second")
    for one in gear:
        await a_rental(unit, second, one, 3)
    return [first, await service.confirm(unit, second.id, overbook_reason="A friend lends some")]


def badges(page: str) -> dict[int, str]:
    """What the list says of events that are short."""
    found = re.findall(r'<a class="av-badge tone-red" href="/shortages\?event=(\d+)"[^>]*>([^<]*)</a>', page)
    return {int(key): words for key, words in found}


def listed(page: str) -> list[int]:
    return [int(key) for key in re.findall(r'<tr id="event-(\d+)"', page)]


async def test_events_that_are_short_say_so(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        first, second = await overbooked(unit, "Badged", kinds=2)
        enough = await a_confirmed_event(unit, await some_equipment(unit, 1), 1, SOON, name="Badged not")
        far = await overbooked(unit, "Badged far", SOON + timedelta(weeks=30))
    viewer = await sign_in("viewer")
    page = (await viewer.get("/events?q=badged")).text
    assert set(listed(page)) == {first.id, second.id, enough.id, *(one.id for one in far)}
    # what is short in half a year is told when it comes closer, as on the page of shortages
    assert badges(page) == {first.id: "2 short", second.id: "2 short"}
    assert "Badged first" in (await viewer.get(f"/shortages?event={first.id}")).text
    short = (await viewer.get("/events?q=badged&move=short")).text
    assert listed(short) == [first.id, second.id]
    assert badges(short) == badges(page)
    assert '<option value="short" selected>' in short
    assert re.search(r'aria-current="page">All open <span>2</span>', short)
    async with work() as unit:
        line = await unit.session.scalar(select(Rental.id).where(Rental.event_id == second.id).limit(1))
        await service.take_step(unit, second.id, "cancel", reason=f"Rain on {line}")
    assert badges((await viewer.get("/events?q=badged")).text) == {}
    assert "Nothing matches" in (await viewer.get("/events?q=badged&move=short")).text


async def test_it_asks_a_fixed_number_of_times(app: Any, work: Work, sign_in: Any) -> None:
    viewer = await sign_in("viewer")

    async def asked() -> list[int]:
        return [await statements_for(app, viewer, f"/events?q=counted{more}") for more in ("", "&move=short")]

    async with work() as unit:
        await overbooked(unit, "Counted")
    few = await asked()
    async with work() as unit:
        for number in range(4):
            await overbooked(unit, f"Counted {number}", SOON + number * HOUR, kinds=2)
    # who asks, what is short, who takes it, the events, how many of each status, the clients
    assert await asked() == few == [6, 6]


async def crowded(unit: UnitOfWork, name: str) -> tuple[Equipment, list[Event]]:
    gear = await some_equipment(unit, 100, name=name)
    events = [
        await a_confirmed_event(
            unit, gear, 1 + (number == 0), SOON - number * HOUR, 48, name=f"Taker {number}"
        )
        for number in range(25)
    ]
    return gear, events


async def test_an_explanation_names_a_few_and_leads_to_the_rest(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear, events = await crowded(unit, "Wanted by all")
        other = await a_confirmed_event(unit, await some_equipment(unit, 1), 1, SOON, name="Has none of it")
    at = SOON + 2 * HOUR
    query = f"from={at:%Y-%m-%dT%H:%M}&to={at + HOUR:%Y-%m-%dT%H:%M}"
    viewer = await sign_in("viewer")
    page = (await viewer.get(f"/inventory/{gear.id}/availability?{query}")).text
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert len(set(re.findall(r'"/events/(\d+)"', table))) == 20
    # who takes most is named, and the sum still adds up
    assert f'"/events/{events[0].id}"' in table
    rest = re.search(r'<a href="(/events\?[^"]*)">5 more</a></td><td class="end">([^<]*)<', table)
    assert rest
    assert rest[2] == "\N{MINUS SIGN}5"
    there = (await viewer.get(rest[1].replace("&amp;", "&"))).text
    assert set(listed(there)) == {one.id for one in events}
    assert other.id not in listed(there)
    assert "With <b>Wanted by all</b>" in there
    assert f'name="equipment" value="{gear.id}"' in there


async def test_the_figure_of_a_line_opens_what_every_figure_does(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear, _ = await crowded(unit, "Wanted by a line")
        event = await an_event(unit, SOON, name="Asks for it")
        line = await a_rental(unit, event, gear, 2)
        used_up = await some_equipment(unit, 9, kind="consumable")
        for_good = await a_rental(unit, event, used_up, 2)
    viewer = await sign_in("viewer")
    path = f"/rentals/{line.id}/availability"
    link = rf'<a class="av-free[^"]*" href="{path}" hx-get="{path}"'
    assert re.search(link, (await viewer.get(f"/events/{event.id}")).text)
    popover = (await viewer.get(path, headers=PARTIAL)).text
    assert 'id="why" popover data-open' in popover
    assert "5 more</a>" in popover
    assert f'hx-get="{path}?part=now"' in popover
    assert '<tr class="me"><td>This event, pencilled</td>' in popover
    dates = re.search(r'href="(/inventory/\d+/availability\?[^"]*)"', popover)
    assert dates
    assert (await viewer.get(dates[1].replace("&amp;", "&"))).status_code == 200
    part = (await viewer.get(f"{path}?part=now", headers=PARTIAL)).text
    assert part.count('id="why-now"') == 1
    assert "popover" not in part
    whole = (await viewer.get(path)).text
    assert "<html" in whole
    assert 'id="why-now"' in whole
    assert "for good" in (await viewer.get(f"/rentals/{for_good.id}/availability", headers=PARTIAL)).text
