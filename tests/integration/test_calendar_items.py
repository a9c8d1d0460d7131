"""What stands on the calendar: which days, which states, how many, and that asking costs no more for more."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.db.models import Event
from app.domain.availability.facts import hand_out
from app.domain.clients.service import create_client
from app.domain.events import service
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
from tests.statements import statements_for

_RANDOM_EVENTS = text("""
    insert into event (name, out_start, out_end, status, responsible_id)
    select 'Drawn', start_at, start_at + (1 + floor(random() * :hours)) * interval '1 hour', 'confirmed', :person
    from (
      select timestamptz '2035-03-20 06:00Z' + floor((random() - 0.6) * :days * 24) * interval '1 hour' as start_at
      from generate_series(1, :events)
      offset 0
    ) drawn
""")
JUNE = {"start": "2031-05-26", "end": "2031-07-07"}
MONTH = {"start": "2031-06-01T00:00:00+02:00", "end": "2031-07-01T00:00:00+02:00"}
DAY = timedelta(days=1)


async def items(asking: Any, **query: Any) -> list[dict[str, Any]]:
    answer = await asking.get("/calendar/items", params={**JUNE, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def titles(asking: Any, **query: Any) -> list[str]:
    return [item["title"] for item in await items(asking, **query)]


async def test_events_stand_by_the_clock_of_whoever_looks(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        made = await an_event(unit, MONDAY, 48, name="Clock")
    (item,) = [one for one in await items(await sign_in("viewer")) if one["title"] == "Clock"]
    assert (item["start"], item["end"]) == ("2031-06-02T10:00:00", "2031-06-04T10:00:00")
    assert (item["eventId"], item["version"], item["state"][0]) == (made.id, 1, "Pencil")
    (in_week,) = [one for one in await items(await sign_in("viewer"), view="week") if one["title"] == "Clock"]
    assert (in_week["allDay"], in_week["start"], in_week["end"]) == (True, "2031-06-02", "2031-06-05")


async def test_filters_keep_what_they_name(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        shelf, other = await a_category(unit), await a_category(unit)
        lamp = await some_equipment(unit, 4, category_id=shelf)
        mixer = await some_equipment(unit, 4, category_id=other)
        client = await create_client(unit, {"name": "Filterhaus"})
        mine = await a_confirmed_event(unit, lamp, 1, MONDAY + DAY, name="Lamp event", client_id=client.id)
        await a_confirmed_event(unit, mixer, 1, MONDAY + DAY, name="Mixer event")
    viewer = await sign_in("viewer")
    only = ["Lamp event, Filterhaus"]
    assert await titles(viewer, category=shelf) == only
    assert await titles(viewer, equipment=lamp.id) == only
    assert await titles(viewer, client=client.id) == only
    assert await titles(viewer, client=client.id, state="held.pencil") == []
    assert await titles(viewer, client=client.id, state="none") == []
    assert "Mixer event" in await titles(viewer, person=mine.responsible_id)
    assert await titles(viewer, person=10**12) == []


async def test_a_busy_day_sends_the_first_eight_and_counts_the_rest(work: Any, sign_in: Any) -> None:
    start = MONDAY + 10 * DAY
    async with work() as unit:
        client = await create_client(unit, {"name": "Busy"})
        for number in range(20):
            await an_event(unit, start + number * HOUR / 4, 2, name=f"Busy {number:02}", client_id=client.id)
    viewer = await sign_in("viewer")
    month = (await viewer.get("/calendar/items", params={**JUNE, "client": client.id})).json()
    assert [one["title"] for one in month["items"]] == [f"Busy {number:02}, Busy" for number in range(8)]
    assert month["more"] == {"2031-06-12": 12}
    day = {"start": "2031-06-12", "end": "2031-06-13", "view": "day", "client": client.id}
    assert len((await viewer.get("/calendar/items", params=day)).json()["items"]) == 20
    twin = await viewer.get("/api/calendar", params={**MONTH, "client_id": client.id})
    data = twin.json()["data"]
    assert len(data["days"]) == 30
    assert {day["date"]: day["count"] for day in data["days"] if day["count"]} == {"2031-06-12": 20}
    assert len(data["items"]) == 8
    assert data["items"][0]["start"] == "2031-06-12T08:00:00Z"
    wide = await viewer.get("/api/calendar", params={**MONTH, "client_id": client.id, "per_day": 100})
    assert len(wide.json()["data"]["items"]) == 20


async def test_the_plan_as_a_whole_shows_what_one_walk_over_it_finds(work: Any, sign_in: Any) -> None:
    """Day by day, as without filters, against all days at once, as with one; in a month nothing else is in."""
    async with work() as unit:
        for days, hours in ((40, 3000), (40, 2000), (70, 400), (60, 90), (30, 12)):
            drawn = {"person": unit.actor.id, "events": 80, "days": days, "hours": hours}
            await unit.session.execute(_RANDOM_EVENTS, drawn)
        person = unit.actor.id
    viewer = await sign_in("viewer")
    for per_day in (1, 8, 100):
        days = {"start": "2035-03-01T00:00:00Z", "end": "2035-04-20T00:00:00Z", "per_day": per_day}
        whole = (await viewer.get("/api/calendar", params=days)).json()["data"]
        walked = (await viewer.get("/api/calendar", params={**days, "responsible_id": person})).json()["data"]
        assert whole["items"] == walked["items"]
        most = per_day + 99
        for told, true in zip(whole["days"], walked["days"], strict=True):
            assert (told["count"], told["at_least"]) == (min(true["count"], most), true["count"] > most)
        assert per_day == 100 or any(day["at_least"] for day in whole["days"])
    shown = {"start": "2035-03-01", "end": "2035-04-12"}
    month = (await viewer.get("/calendar/items", params=shown)).json()
    assert month["busy"]
    assert set(month["busy"]) <= set(month["more"])


async def test_long_events_stand_on_every_day_they_touch(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        client = await create_client(unit, {"name": "Long"})
        await an_event(unit, MONDAY - 400 * DAY, 24 * 500, name="Residency", client_id=client.id)
        await an_event(unit, MONDAY.replace(hour=0) - 2 * HOUR, 24, name="Midnight", client_id=client.id)
    viewer = await sign_in("viewer")
    data = (await viewer.get("/api/calendar", params={**MONTH, "client_id": client.id})).json()["data"]
    counts = {day["date"]: day["count"] for day in data["days"]}
    # from midnight to midnight in Hamburg: one day, not two
    assert (counts["2031-06-01"], counts["2031-06-02"], counts["2031-06-03"]) == (1, 2, 1)
    assert sum(counts.values()) == 31


async def test_late_gear_and_repairs_stand_beside_the_events(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        speaker = await some_equipment(unit, 4)
        event = await a_confirmed_event(unit, speaker, 3, now() - 3 * DAY, 24, name="Late show")
        line = await unit.session.scalar(_rental_of(event))
        await hand_out(unit, line.id, 3, now() - 3 * DAY)
        job = {"equipment_id": speaker.id, "title": "Hum", "quantity": 1, "expected_back": now() + 2 * DAY}
        await report(unit, job)
    viewer = await sign_in("viewer")
    today = now().date()
    shown = {"start": str(today - 7 * DAY), "end": str(today + 7 * DAY), "equipment": speaker.id}
    usual = (await viewer.get("/calendar/items", params=shown)).json()["items"]
    assert [item["title"] for item in usual] == ["Late show", "Late show, 3 pieces late"]
    everything = {**shown, "state": "confirmed.overdue.maintenance"}
    found = (await viewer.get("/calendar/items", params=everything)).json()["items"]
    states = {item["title"]: item["state"][0] for item in found}
    assert states == {"Late show": "Confirmed", "Late show, 3 pieces late": "Overdue", "Hum": "Maintenance"}
    assert [item["title"] for item in found][-1] == "Hum"
    without = (await viewer.get("/calendar/items", params={**shown, "state": "confirmed"})).json()["items"]
    assert [item["title"] for item in without] == ["Late show"]


async def test_what_came_to_nothing_or_was_deleted_is_not_shown(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        client = await create_client(unit, {"name": "Gone"})
        lost = await an_event(unit, MONDAY, name="Lost one", client_id=client.id)
        await service.take_step(unit, lost.id, "lose")
        deleted = await an_event(unit, MONDAY, name="Deleted one", client_id=client.id)
        await service.delete_event(unit, deleted.id, version=1)
    assert await titles(await sign_in("viewer"), client=client.id) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start": "2031-06-01"}, "end"),
        ({"start": "x", "end": "2031-06-01"}, "start"),
        ({"start": "2031-06-01", "end": "2031-06-01"}, "end"),
        ({"start": "2031-06-01", "end": "2031-09-01"}, "end"),
        ({"start": "9999-12-30", "end": "9999-12-31"}, "start"),
    ],
)
async def test_days_that_make_no_sense_are_refused(sign_in: Any, query: dict[str, str], field: str) -> None:
    viewer = await sign_in("viewer")
    answer = await viewer.get("/calendar/items", params=query, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert field in answer.json()["details"]["fields"]


async def test_the_twin_refuses_what_it_does_not_understand(sign_in: Any) -> None:
    viewer = await sign_in("viewer")
    for query in ({**MONTH, "start": ""}, {**MONTH, "end": "2040-01-01T00:00:00Z"}, {**MONTH, "stat": "held"},
                  {**MONTH, "state": "lost"}, {**MONTH, "per_day": 0}, {**MONTH, "start": "2031-06-01T00:00:00"}):  # fmt: skip
        assert (await viewer.get("/api/calendar", params=query)).status_code == 422, query


async def test_the_address_keeps_view_day_and_filters(sign_in: Any) -> None:
    viewer = await sign_in("viewer")
    page = await viewer.get("/calendar?view=week&date=2031-06-04&state=held&person=1")
    assert "2 \N{EN DASH} 8 Jun 2031" in page.text
    assert "date=2031-06-11" in page.text
    assert 'data-view="timeGridWeek"' in page.text
    assert "Add event" not in page.text
    assert 'data-editable=""' in page.text
    for odd in (
        "view=x&date=31.1.&state=y&client=z",
        "date=0001-01-01",
        "date=9999-12-31",
        "client=" + "9" * 20,
    ):
        assert (await viewer.get(f"/calendar?{odd}")).status_code == 200


async def test_statements_do_not_grow_with_the_plan(work: Any, sign_in: Any, app: Any) -> None:
    viewer = await sign_in("manager")
    counts = [
        await statements_for(app, viewer, path)
        for path in ("/calendar", "/calendar/items?start=2031-06-01&end=2031-07-01")
    ]
    async with work() as unit:
        gear = await some_equipment(unit, 500)
        for number in range(30):
            event = await an_event(unit, MONDAY + number * HOUR, name=f"More {number}")
            await a_rental(unit, event, gear, 1)
    again = [
        await statements_for(app, viewer, path)
        for path in ("/calendar", "/calendar/items?start=2031-06-01&end=2031-07-01")
    ]
    # one for the session, one for the notifications of the page; then its choices, or the items
    assert again == counts
    assert counts[1] == 2


def _rental_of(event: Event) -> Any:
    from sqlalchemy import select

    from app.db.models import Rental

    return select(Rental).where(Rental.event_id == event.id)
