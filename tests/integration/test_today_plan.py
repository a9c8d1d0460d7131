"""The plan on the first page: every figure counts what its link leads to; each role sees what it may."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest_asyncio
from sqlalchemy import select

from app.db.models import Event, User
from app.domain.availability.facts import hand_out, take_back
from app.domain.events import booking, service
from app.domain.inspections import service as inspections
from app.domain.inventory.units import add_units, edit_unit
from app.domain.maintenance import service as maintenance
from app.domain.today.days import DAY, days_shown
from app.lib.clock import now
from tests.conftest import work_of
from tests.integration.booking import HOUR, a_confirmed_event, a_rental, an_event, some_equipment
from tests.statements import statements_for

Work = Callable[..., Any]
SHOP = ZoneInfo("Europe/Berlin")


def noon(days: int = 0) -> datetime:
    """Noon in the shop, so many days from today: never near the edge of a day."""
    day = days_shown("", now(), SHOP).today + days * DAY
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHOP)


def hours_until_the_last_second_of_today(start: datetime) -> float:
    """How long gear is out that is due back today, and not overdue at whatever hour the test runs."""
    end = noon().replace(hour=23, minute=59, second=59)
    return (end.astimezone(UTC) - start.astimezone(UTC)) / HOUR


def figures(page: str) -> dict[str, tuple[int, str]]:
    """The figures of a page by their word, with where they lead."""
    found = re.findall(r'<a href="([^"]+)"><b[^>]*>(\d+)</b><span>([^<]+)</span>', page)
    return {word: (int(count), href.replace("&amp;", "&")) for href, count, word in found}


def listed(page: str) -> set[str]:
    """The events in a list."""
    return set(re.findall(r'<tr id="event-(\d+)"', page))


async def gone(unit: Any, event: Any) -> Any:
    for line in await booking.lines_of(unit, event):
        await hand_out(unit, line.rental.id, line.rental.quantity, event.out_start)
    return event


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def plan(app: Any) -> dict[str, str]:
    """A small plan around today; the ids of its events by what they are."""

    def work(role: str) -> Any:
        return work_of(app.app.state.runtime, role)

    ids = dict[str, int]()
    async with work("manager") as unit:
        lamp = await some_equipment(unit, 20, name="Lamp", prep_minutes=0, turnaround_minutes=0)
        desk = await some_equipment(unit, 2, name="Desk", prep_minutes=0, turnaround_minutes=0)
        case = await some_equipment(unit, 9, name="Case", tracking="bulk")
        leaves = await a_confirmed_event(unit, lamp, 3, noon(), 48, name="Leaves today")
        ids["out"] = leaves.id
        ids["tomorrow"] = (await a_confirmed_event(unit, lamp, 1, noon(1), 30, name="Leaves tomorrow")).id
        ids["far"] = (await a_confirmed_event(unit, lamp, 1, noon(9), 30, name="Leaves later")).id
        hours = hours_until_the_last_second_of_today(noon(-1))
        back = await a_confirmed_event(unit, lamp, 4, noon(-1), hours, name="Comes back today")
        ids["back"] = (await gone(unit, back)).id
        ids["late"] = (
            await gone(unit, await a_confirmed_event(unit, desk, 2, noon(-5), 48, name="Never came back"))
        ).id
        held = await an_event(unit, noon(5), name="Held for long")
        await a_rental(unit, held, case, 1)
        ids["held"] = (await service.hold(unit, held.id, expires_at=now() + timedelta(hours=30))).id
        draft = await an_event(unit, noon(4), name="Half a plan")
        ids["draft"] = draft.id
    async with work("technician") as unit:
        asked = await an_event(unit, noon(6), name="May we have this")
        await a_rental(unit, asked, case, 2)
        ids["requested"] = (await service.request(unit, asked.id)).id
    async with work("manager") as unit:
        misses = await an_event(unit, noon(2), name="Misses its desk")
        await a_rental(unit, misses, desk, 1)
        await service.confirm(unit, misses.id, overbook_reason="It will turn up")
        ids["misses"] = misses.id
    return {name: str(key) for name, key in ids.items()}


async def test_every_figure_counts_what_its_link_leads_to(
    work: Work, sign_in: Any, plan: dict[str, str]
) -> None:
    async with work("admin") as unit:
        serialized = await some_equipment(unit, 0, tracking="serialized")
        one, two = await add_units(unit, serialized.id, ["QU-1", "QU-2"])
        await edit_unit(unit, one.id, {"state": "quarantine"}, version=one.version)
        await edit_unit(unit, two.id, {"state": "in_repair"}, version=two.version)
        counted = await some_equipment(unit, 4)
        job = {
            "equipment_id": counted.id,
            "quantity": 2,
            "title": "Rattles",
            "kind": "repair",
            "blocks": True,
        }
        await maintenance.report(unit, job)
        rule = {"name": "PAT", "equipment_id": serialized.id, "interval_months": 12, "warn_days": 30}
        await inspections.create_rule(unit, rule | {"starts_on": date(2020, 1, 31)})
    viewer = await sign_in("viewer")
    page = (await viewer.get("/")).text
    shown = figures(page)

    async def leads_to(word: str) -> set[str]:
        count, href = shown[word]
        found = listed((await viewer.get(href)).text)
        assert len(found) == count, word
        return found

    assert await leads_to("going out") == {plan["out"]}
    assert await leads_to("coming back") == {plan["back"]}
    assert await leads_to("overdue") == {plan["late"]}
    assert await leads_to("to prep") == {plan["out"], plan["tomorrow"]}
    count, href = shown["in quarantine"]
    desk = (await viewer.get(href)).text
    assert (count, "QU-1" in desk, "QU-2" in desk) == (desk.count('<tr id="'), True, False)
    # what was reported is as undecided as what was put aside
    assert count == 1 + 1
    assert '<a class="av-red" href="/inspections?status=expired">2 expired</a>' in page
    assert ">QU-1<" in (await viewer.get("/inspections?status=expired")).text
    assert shown["shortage"][0] == 1
    assert shown["going out"][1] == (
        f"/events?show=confirmed&move=out&since={noon():%Y-%m-%d}&until={noon():%Y-%m-%d}"
    )


async def test_the_page_says_who_misses_what(sign_in: Any, plan: dict[str, str]) -> None:
    page = (await (await sign_in("viewer")).get("/")).text
    assert "Endangers Misses its desk" in page
    shortages = page[page.index('id="shortages"') : page.index('id="overdue"')]
    assert "Desk" in shortages
    assert "\u22121" in shortages
    axis = page[page.index('id="dock-out"') : page.index('id="to-prep"')]
    assert ("3 pieces" if now() < noon() else "12:00, not checked out") in axis
    assert "still out" in axis or "not back yet" in axis
    assert "due " in axis


async def test_tomorrow_and_the_week_are_addresses(sign_in: Any, plan: dict[str, str]) -> None:
    viewer = await sign_in("viewer")
    tomorrow = (await viewer.get("/?show=tomorrow")).text
    assert figures(tomorrow)["going out"][0] == 1
    assert "Leaves tomorrow" in tomorrow[tomorrow.index('id="dock-out"') : tomorrow.index('id="to-prep"')]
    assert 'hx-get="/?show=tomorrow"' in tomorrow
    week = (await viewer.get("/?show=week")).text
    count, href = figures(week)["going out"]
    assert len(listed((await viewer.get(href)).text)) == count >= 1
    assert "av-day--week" in week
    assert "av-day--week" not in (await viewer.get("/?show=nonsense")).text


async def test_what_waits_depends_on_what_one_may_do(work: Work, sign_in: Any, plan: dict[str, str]) -> None:
    async with work("technician") as unit:
        technician = await unit.session.scalar(select(User.id).where(User.username == "technician"))
        fan = await some_equipment(unit, 1)
        report = {"equipment_id": fan.id, "title": "Fan howls", "assignee_id": technician}
        await maintenance.report(unit, report)
    seen = dict[str, str]()
    for role in ("manager", "employee", "technician", "viewer"):
        page = (await (await sign_in(role)).get("/")).text
        start = page.find('id="waiting"')
        seen[role] = page[start : page.index('id="today-jobs"')] if start >= 0 else ""
    assert all(name in seen["manager"] for name in ("May we have this", "Held for long", "Half a plan"))
    assert "May we have this" in seen["employee"]
    assert "Half a plan" not in seen["employee"]
    assert "Fan howls" in seen["technician"]
    assert "May we have this" not in seen["technician"]
    assert seen["viewer"] == ""


async def test_gear_that_came_back_is_overdue_no_more(work: Work, sign_in: Any, plan: dict[str, str]) -> None:
    viewer = await sign_in("viewer")
    before = figures((await viewer.get("/")).text)["overdue"][0]
    async with work() as unit:
        event = await unit.session.get_one(Event, int(plan["late"]))
        (line,) = await booking.lines_of(unit, event)
        await take_back(unit, line.rental.id, 2, now(), now() + HOUR)
    assert figures((await viewer.get("/")).text)["overdue"][0] == before - 1


async def test_the_number_of_statements_is_fixed(
    work: Work, sign_in: Any, app: Any, plan: dict[str, str]
) -> None:
    manager = await sign_in("manager")

    async def asked_for(address: str) -> int:
        return await statements_for(app, manager, address)

    async def more_of_everything() -> None:
        async with work("manager") as unit:
            for number in range(4):
                scarce = await some_equipment(unit, 1)
                await gone(unit, await a_confirmed_event(unit, scarce, 1, noon(-4), 24))
                misses = await an_event(unit, noon(number))
                await a_rental(unit, misses, scarce, 1)
                await service.confirm(unit, misses.id, overbook_reason="For the test")
                await an_event(unit, noon(3))

    await more_of_everything()
    await manager.get("/")
    few = await asked_for("/")
    await more_of_everything()
    assert await asked_for("/") == few
    assert await asked_for("/?show=week") == few
    assert few <= 12


async def test_what_the_days_of_the_list_are_about_can_be_chosen(sign_in: Any, plan: dict[str, str]) -> None:
    viewer = await sign_in("viewer")
    day = f"{noon(9):%Y-%m-%d}"
    leaving = listed((await viewer.get(f"/events?move=out&since={day}&until={day}")).text)
    assert leaving == {plan["far"]}
    assert listed((await viewer.get(f"/events?move=out&since={noon(10):%Y-%m-%d}")).text) == set()
    returning = await viewer.get(f"/events?move=back&since={noon(10):%Y-%m-%d}")
    assert listed(returning.text) == {plan["far"]}
    everything = listed((await viewer.get("/events")).text)
    assert listed((await viewer.get("/events?move=nonsense")).text) == everything
    assert '<option value="back" selected>' in returning.text
