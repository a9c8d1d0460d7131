"""The timeline: what stands on which row, where, and which rows a page has."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.db.models import Allocation, Equipment, Reservation
from app.domain.availability.facts import hand_out
from app.domain.events import service
from app.domain.inventory.units import add_units
from app.domain.maintenance.service import report
from app.lib.clock import now
from tests.integration.booking import (
    HOUR,
    MONDAY,
    a_category,
    a_confirmed_event,
    a_rental,
    an_event,
    some_equipment,
)

DAY = 24 * HOUR
AT = "zoom=month&on=2031-06-02"
_BAR = re.compile(
    r'class="av-bar (?P<classes>[^"]*)" id="bar-(?P<row>\d+)-(?P<key>[^"]*)"(?: href="(?P<href>[^"]*)")?'
    r'[^>]*aria-label="(?P<hint>[^"]*)"'
)


def bars(page: str, equipment: Equipment | None = None) -> list[dict[str, str]]:
    """The bars of a page, or of one row."""
    found = [match.groupdict() for match in _BAR.finditer(page)]
    return [one for one in found if equipment is None or one["row"] == str(equipment.id)]


def places(page: str, equipment: Equipment) -> list[tuple[str, int, int]]:
    """Tone, first column and length of the bars of a row, by lane."""
    found = list[tuple[int, str, int, int]]()
    for bar in bars(page, equipment):
        words = dict(part.rpartition("-")[::2] for part in bar["classes"].split())
        tone = "short" if "is-short" in bar["classes"] else bar["classes"].split()[0]
        found.append((int(words["lane"]), tone, int(words["from"]), int(words["len"])))
    return [(tone, first, length) for _, tone, first, length in sorted(found)]


def rows(page: str) -> list[int]:
    """The rows of a page, from above."""
    return [int(key) for key in re.findall(r'class="av-tl__row rows-\d+" id="row-(\d+)"', page)]


async def shown(client: Any, query: str) -> str:
    answer = await client.get(f"/timeline?{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_a_small_plan_stands_where_it_is(work: Any, sign_in: Any) -> None:
    # columns of the month are quarters of days in Berlin, where 08:00 UTC is 10:00: the second quarter
    async with work() as unit:
        lamp = await some_equipment(unit, 4, name="Plan lamp")
        firm = await a_confirmed_event(unit, lamp, 3, MONDAY, 24, name="Firm gala")
        held = await an_event(unit, MONDAY + 12 * HOUR, 24, name="Held show")
        await a_rental(unit, held, lamp, 1)
        await service.hold(unit, held.id)
        draft = await an_event(unit, MONDAY + 10 * DAY, 24, name="Draft <b>fair</b>")
        await a_rental(unit, draft, lamp, 2)
    viewer = await sign_in("viewer")
    before = await shown(viewer, f"{AT}&item={lamp.id}")
    assert places(before, lamp) == [("tone-green", 2, 5), ("tone-slate", 42, 5), ("tone-amber", 4, 5)]
    assert re.search(r"<span>0 of 4</span>", before)
    async with work() as unit:
        await unit.session.execute(text("update equipment set quantity = 2 where id = :id"), {"id": lamp.id})
    page = await shown(viewer, f"{AT}&item={lamp.id}")
    assert places(page, lamp) == [*places(before, lamp), ("short", 2, 5)]
    assert '<span class="av-red">\N{MINUS SIGN}2 short</span>' in page
    by_hint = {bar["hint"]: bar["href"] for bar in bars(page, lamp)}
    assert by_hint["3 Firm gala, confirmed, Mon 2 Jun 2031, 10:00 \N{EN DASH} Tue 3 Jun 2031, 10:00"] == (
        f"/events/{firm.id}"
    )
    assert by_hint["1 Held show, held, Mon 2 Jun 2031, 22:00 \N{EN DASH} Tue 3 Jun 2031, 22:00"] == (
        f"/events/{held.id}"
    )
    (short,) = [bar for bar in bars(page, lamp) if "is-short" in bar["classes"]]
    assert short["hint"].startswith("\N{MINUS SIGN}2 short, Mon 2 Jun 2031, 10:00")
    assert (await viewer.get(short["href"].replace("&amp;", "&"))).status_code == 200
    assert "is-soft" in next(bar["classes"] for bar in bars(page, lamp) if "Draft" in bar["hint"])
    assert "Draft &lt;b&gt;fair" in page
    assert "<b>fair" not in page


async def test_what_is_late_out_of_service_or_hired_in_is_shown(work: Any, sign_in: Any) -> None:
    start = now().replace(minute=0, second=0, microsecond=0) - 5 * DAY
    async with work() as unit:
        desk = await some_equipment(unit, 6, name="Late desk")
        event = await an_event(unit, start, 24, name="Long over")
        line = await a_rental(unit, event, desk, 1)
        await service.confirm(unit, event.id)
        await hand_out(unit, line.id, 1, start)
        job = await report(unit, {"equipment_id": desk.id, "quantity": 2, "title": "Hum"})
        unit.session.add(
            Reservation(
                equipment_id=desk.id, kind="sub_hire", state="firm", quantity=3, start_at=now(),
                end_at=now() + 2 * DAY,
            )
        )  # fmt: skip
    page = await shown(await sign_in("viewer"), f"item={desk.id}")
    by_tone = {bar["classes"].split()[0]: bar for bar in bars(page, desk)}
    assert by_tone["tone-red"]["hint"].startswith("1 Long over, 4 days late, overdue")
    assert by_tone["tone-red"]["hint"].endswith("open end")
    assert (by_tone["tone-slate"]["href"], "is-hatch" in by_tone["tone-slate"]["classes"]) == (
        f"/maintenance/{job.id}",
        True,
    )
    assert by_tone["tone-accent"]["hint"].startswith("+3 Hired in, hired in")
    # what is late reaches the end of every window, also of one that begins after it should have been back
    later = await shown(await sign_in("viewer"), f"zoom=day&on={(now() + 3 * DAY).date()}&item={desk.id}")
    assert ("tone-red", 1, 96) in places(later, desk)
    assert re.search(r"<span>3 of 6</span>", later)


async def test_days_on_which_the_clocks_change_have_their_true_width(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        # 29 to 31 March 2031: from 23:00 on the eve of summer time, eleven hours
        eve = MONDAY.replace(month=3, day=29, hour=22)
        await a_confirmed_event(unit, desk, 1, eve, 11)
    viewer = await sign_in("viewer")
    page = await shown(viewer, f"zoom=day&on=2031-03-30&item={desk.id}")
    assert 'class="av-tl__grid is-day cols-92"' in page
    # until 11:00 by the clock, which are ten hours since midnight
    assert places(page, desk) == [("tone-green", 1, 40)]
    week = await shown(viewer, f"zoom=week&on=2031-03-29&item={desk.id}")
    assert 'cols-167"' in week
    assert places(week, desk) == [("tone-green", 24, 11)]


async def test_rows_are_filtered_and_fetched_page_by_page(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        shelf, other = await a_category(unit), await a_category(unit)
        event = await an_event(unit, MONDAY + 40 * DAY, 24)
        many = [
            await some_equipment(unit, 1, name=f"Paged {number}", category_id=shelf if number < 30 else other)
            for number in range(1, 46)
        ]
        for one in many:
            await a_rental(unit, event, one, 1)
        free = await some_equipment(unit, 1, name="Paged but free", category_id=other)
    viewer = await sign_in("viewer")
    at = "zoom=week&on=2031-07-11"
    first = await shown(viewer, f"{at}&q=paged")
    following = re.search(r'hx-get="(/timeline\?[^"]*after=[^"]*)"', first)
    assert following
    second = await viewer.get(
        following[1].replace("&amp;", "&"), headers={"hx-request": "true", "hx-request-type": "partial"}
    )
    assert rows(first) + rows(second.text) == [one.id for one in many]
    assert 0 < len(rows(second.text)) < 10
    # the second page goes on in the same category, so its head is not said again
    assert (first.count("is-cat"), second.text.count("is-cat")) == (2, 0)
    assert "<html" not in second.text
    assert free.id not in rows(first)
    assert rows(await shown(viewer, f"{at}&q=paged+free&show=all")) == [free.id]
    assert rows(await shown(viewer, f"{at}&category={shelf}")) == [one.id for one in many[:29]]
    assert rows(await shown(viewer, f"{at}&item={many[3].id}")) == [many[3].id]
    assert "Nothing matches" in await shown(viewer, f"{at}&q=paged+free")
    assert "All is free" in await shown(viewer, "zoom=day&on=1950-01-01")


async def overbooked_lamp(unit: Any, name: str, start: datetime) -> Equipment:
    """Four pieces, of which three are taken twice at once."""
    lamp = await some_equipment(unit, 4, name=name)
    await a_confirmed_event(unit, lamp, 3, start, 24)
    await unit.session.execute(text("set constraints all immediate"))
    await unit.session.execute(text("set constraints all deferred"))
    event = await an_event(unit, start + HOUR, 24)
    await a_rental(unit, event, lamp, 3)
    await service.confirm(unit, event.id, overbook_reason="A friend lends some")
    return lamp


async def test_only_what_is_short_is_shown(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        short = await overbooked_lamp(unit, "Scarce lamp", MONDAY)
        await a_confirmed_event(unit, await some_equipment(unit, 4, name="Scarce but enough"), 4, MONDAY, 24)
        later = await overbooked_lamp(unit, "Scarce later", MONDAY + 60 * DAY)
    viewer = await sign_in("viewer")
    page = await shown(viewer, f"{AT}&q=scarce&show=short")
    assert rows(page) == [short.id]
    # the red bar opens what every figure opens
    (red,) = [bar for bar in bars(page, short) if "is-short" in bar["classes"]]
    assert f'href="{red["href"]}" hx-get="{red["href"]}" hx-target="#modal"' in page
    assert '<option value="short" selected>' in page
    assert "show=short" in re.findall(r'href="([^"]*)"[^>]*data-time="later"', page)[0]
    assert "No row that is short in this time fits" in await shown(viewer, f"{AT}&q=enough&show=short")
    assert "Nothing is short" in await shown(viewer, "zoom=day&on=1950-01-01&show=short")
    # what is short only now waits behind a line; a row that is short no more stays until the page is loaded
    query = f"{AT}&q=scarce&show=short&ids={short.id}"
    told = (await viewer.get(f"/timeline/rows/2031-06-02?{query}&new={later.id}")).text
    assert rows(told) == [short.id]
    assert "is short now" not in told
    async with work() as unit:
        new = await overbooked_lamp(unit, "Scarce as well", MONDAY)
    told = (await viewer.get(f"/timeline/rows/2031-06-02?{query}&new={new.id},{later.id}")).text
    assert "1 more row is short now." in told


async def test_units_have_rows_of_their_own(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 0, name="Serial desk", tracking="serialized")
        one, two = await add_units(unit, desk.id, ["TL-1", "TL-2"])
        event = await an_event(unit, MONDAY, 24, name="Promised")
        line = await a_rental(unit, event, desk, 1)
        await service.confirm(unit, event.id)
        unit.session.add(Allocation(rental_id=line.id, unit_id=one.id, start_at=MONDAY, end_at=MONDAY + DAY))
        await report(unit, {"equipment_id": desk.id, "unit_id": two.id, "title": "Crackles"})
    viewer = await sign_in("viewer")
    page = await shown(viewer, f"{AT}&rows=units&item={desk.id}")
    assert rows(page) == [one.id, two.id]
    promised, blocked = bars(page)
    assert (promised["href"], promised["classes"].split()[0]) == (f"/events/{event.id}", "tone-green")
    assert blocked["hint"].startswith("1 Crackles, out of service")
    assert rows(await shown(viewer, f"zoom=day&on=2031-06-10&rows=units&item={desk.id}")) == [two.id]


async def test_a_crowded_row_shows_sums(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 100, name="Crowded cable")
        for number in range(14):
            await a_confirmed_event(unit, cable, 2, MONDAY + number * HOUR, 24)
    viewer = await sign_in("viewer")
    page = await shown(viewer, f"{AT}&item={cable.id}")
    assert places(page, cable) == [("tone-slate", 1, 4), ("tone-slate", 5, 4)]
    first = bars(page, cable)[0]
    assert first["hint"].startswith("28 of 100 taken, Mon 2 Jun 2031, 00:00")
    closer = await viewer.get(first["href"].replace("&amp;", "&"))
    assert 'class="av-tl__grid is-week' in closer.text


async def test_rows_are_told_again_after_a_change(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 3, name="Live desk")
        other = await some_equipment(unit, 3, name="Live lamp")
        gone = await some_equipment(unit, 3, name="Live ghost")
        event = await a_confirmed_event(unit, desk, 1, MONDAY, 24)
        await a_confirmed_event(unit, gone, 1, MONDAY, 24)
    viewer = await sign_in("viewer")
    page = await shown(viewer, f"{AT}&q=live")
    assert rows(page) == [desk.id, gone.id]
    assert "data-live-whole" in page
    async with work() as unit:
        await a_confirmed_event(unit, other, 2, MONDAY, 24)
        await service.take_step(unit, event.id, "cancel", reason="Rain")
        await unit.session.execute(
            text("update equipment set deleted_at = now() where id = :id"), {"id": gone.id}
        )
    query = f"{AT}&q=live&ids={desk.id},{gone.id}&new={other.id}"
    answer = await viewer.get(f"/timeline/rows/2031-06-02?{query}")
    assert f'hx-target="#row-{desk.id}" hx-swap="outerMorph"' in answer.text
    assert places(answer.text, desk) == []
    assert f'hx-target="#row-{gone.id}" hx-swap="delete"' in answer.text
    assert "1 more row has something now." in answer.text
    versions = [int(found) for found in re.findall(r'data-version="(\d+)"', page + answer.text)]
    assert versions[-1] > versions[0]


async def test_a_fixed_number_of_statements(statements: list[str], work: Any, sign_in: Any) -> None:
    viewer = await sign_in("viewer")
    await shown(viewer, "on=2031-06-02")

    async def counted() -> list[int]:
        numbers: list[int] = []
        for query in (
            "q=counted",
            "q=counted&rows=units&show=all",
            "q=counted&show=all&zoom=quarter",
            "q=counted&show=short",
        ):
            statements.clear()
            await shown(viewer, f"on=2031-06-02&{query}")
            numbers.append(len(statements))
        return numbers

    async with work() as unit:
        await a_confirmed_event(unit, await some_equipment(unit, 5, name="Counted 1"), 1)
        await overbooked_lamp(unit, "Counted short", MONDAY)
    few = await counted()
    async with work() as unit:
        for number in range(2, 8):
            await overbooked_lamp(unit, f"Counted short {number}", MONDAY)
            await a_confirmed_event(unit, await some_equipment(unit, 5, name=f"Counted {number}"), 1)
            await add_units(
                unit,
                (await some_equipment(unit, 0, name=f"Counted s{number}", tracking="serialized")).id,
                [f"CT-{number}"],
            )
    # who asks, what is booked or short at all, the rows, what stands on them, what is short, categories
    assert await counted() == few
    assert few == [6, 4, 5, 6]


async def test_odd_addresses_show_something(sign_in: Any) -> None:
    viewer = await sign_in("viewer")
    for query in (
        "on=2026-02-30", "on=0001-01-01", "on=9999-12-31", "zoom=decade", "after=%00", "after=W10",
        "category=99999999999999999999", "item=0", "q=%27%3B--", "q=" + "x" * 3000, "rows=units&after=WzFd",
    ):  # fmt: skip
        await shown(viewer, query)
    for path in ("/timeline/rows/x", "/timeline/rows/2031-06-02?ids=,,x&new=-1"):
        assert (await viewer.get(path)).status_code == 200
