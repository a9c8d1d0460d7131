"""The pages of events: finding, adding, moving, booking, and every refusal where it happened."""

import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db.models import Event, Rental
from app.domain.availability.facts import hand_out
from app.domain.events import service
from app.lib.clock import now
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment
from tests.statements import statements_for

PART = {"hx-request": "true", "hx-request-type": "partial"}
# the company of the tests is in Hamburg: two hours ahead in June
DATES = {"out_start": "2031-06-02T10:00", "out_end": "2031-06-03T10:00"}


async def event_with(work: Any, pieces: int, of: Any, **values: Any) -> Event:
    async with work() as unit:
        event = await an_event(unit, **values)
        await a_rental(unit, event, of, pieces)
        return event


async def status_of(work: Any, event: Event) -> str:
    async with work() as unit:
        return (await unit.session.get_one(Event, event.id)).status


async def test_the_list_is_searched_filtered_and_read_page_by_page(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        for number in range(53):
            await an_event(unit, MONDAY + number * HOUR, name=f"Paged {number:02}", venue="Lange Halle")
        await service.take_step(unit, (await an_event(unit, name="Paged lost")).id, "lose")
    viewer = await sign_in("viewer")
    first = await viewer.get("/events", params={"q": "lange paged"})
    assert first.text.count('<th scope="row"') == 50
    assert "53 events" in first.text
    assert "Add event" not in first.text
    address = re.search(r'hx-get="(/events\?[^"]*after=[^"]*)"', first.text)
    assert address is not None
    second = await viewer.get(address[1].replace("&amp;", "&"), headers=PART)
    assert re.findall(r"Paged \d\d", second.text) == ["Paged 50", "Paged 51", "Paged 52"]
    refreshed = await viewer.get("/events?q=lange+paged&loaded=1", headers=PART)
    assert refreshed.text.count('<th scope="row"') == 53
    assert refreshed.text.count('name="loaded"') == 1
    ended = await viewer.get("/events?show=ended&q=paged")
    assert "Paged lost" in ended.text
    assert "Paged 01" not in ended.text
    assert "Nothing matches" in (await viewer.get("/events?q=nowhere")).text
    assert "Nothing matches" in (await viewer.get("/events?q=paged&since=2040-01-01")).text
    for odd in (
        "show=x&sort=y&client=z&since=31.1.",
        "after=9~9",
        f"after={'9' * 40}~1",
        "client=" + "9" * 19,
    ):
        assert (await viewer.get(f"/events?{odd}")).status_code == 200


async def test_an_event_is_added_with_times_of_the_shop(work: Any, sign_in: Any) -> None:
    employee = await sign_in("employee")
    empty = await employee.post("/events/new", data={"name": "", "out_start": "", "out_end": ""})
    assert empty.status_code == 422
    # all that is wrong at once
    for said in ("Give it a name.", "Say when the gear goes out.", "Say when the gear comes back."):
        assert empty.text.count(said) == 2
    backwards = await employee.post(
        "/events/new", data={"name": "Kept <b>", "out_start": DATES["out_end"], "out_end": DATES["out_start"]}
    )
    assert backwards.status_code == 422
    assert "comes back after it went out" in backwards.text
    assert "Kept &lt;b&gt;" in backwards.text
    added = await employee.post("/events/new", data={"name": "Added here", "tags": "a, b", **DATES})
    assert added.status_code == 303
    page = await employee.get(added.headers["location"])
    assert "Added here" in page.text
    async with work() as unit:
        event = await unit.session.get_one(Event, int(added.headers["location"].rsplit("/", 1)[1]))
    assert (event.out_start, event.tags, event.status) == (MONDAY, ["a", "b"], "draft")


async def test_dates_in_the_past_are_taken_with_a_warning(sign_in: Any) -> None:
    manager = await sign_in("manager")
    past = {"out_start": "2020-01-01T10:00", "out_end": "2020-01-02T10:00"}
    added = await manager.post("/events/new", data={"name": "Long ago", **past})
    assert added.status_code == 303
    assert "These dates are over." in (await manager.get(added.headers["location"])).text


async def test_moving_dates_into_a_shortage_keeps_what_was_typed(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        other = await a_confirmed_event(unit, desk, 1, MONDAY + 48 * HOUR, name="Took the desk")
        event = await a_confirmed_event(unit, desk, 1)
    manager = await sign_in("manager")
    typed = {
        "name": "Renamed too", "version": str(event.version),
        "out_start": "2031-06-04T10:00", "out_end": "2031-06-05T10:00",
    }  # fmt: skip
    refused = await manager.post(f"/events/{event.id}/edit", data=typed)
    assert refused.status_code == 409
    assert f'href="/events/{other.id}">Took the desk</a> (1)' in refused.text
    assert f'href="/inventory/{desk.id}"' in refused.text
    for text in ("Renamed too", "2031-06-04T10:00", "Not enough gear"):
        assert text in refused.text
    fits = typed | {"out_start": "2031-06-05T10:00", "out_end": "2031-06-06T10:00"}
    assert (await manager.post(f"/events/{event.id}/edit", data=fits)).status_code == 303


async def test_two_people_edit_one_event(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit, name="Shared")
    manager, employee = await sign_in("manager"), await sign_in("employee")
    address, version = f"/events/{event.id}/edit", str(event.version)
    base = {"name": "Shared", "version": version, **DATES}
    assert (await manager.post(address, data=base | {"venue": "Hall A"})).status_code == 303
    assert (await employee.post(address, data=base | {"notes": "By Ana", "venue": ""})).status_code == 303
    clash = await manager.post(address, data=base | {"venue": "Hall B"})
    assert clash.status_code == 409
    assert "Hall A" in clash.text
    async with work() as unit:
        assert (await unit.session.get_one(Event, event.id)).notes == "By Ana"


async def test_hold_confirm_and_undo_follow_the_rights(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 2)
    event = await event_with(work, 2, desk)
    manager, technician, viewer = [await sign_in(role) for role in ("manager", "technician", "viewer")]
    base = f"/events/{event.id}"
    assert (await viewer.post(f"{base}/hold")).status_code == 403
    assert (await technician.post(f"{base}/confirmation")).status_code == 403
    until = f"{now() + timedelta(days=3):%Y-%m-%dT%H:%M}"
    held = await technician.post(f"{base}/hold", data={"expires_at": until}, headers=PART)
    assert held.status_code == 200
    assert f"{base}/hold/deletion" in held.headers["hx-trigger"]
    assert "until" in (await viewer.get(base, headers=PART)).text
    confirmed = await manager.post(f"{base}/confirmation")
    assert (confirmed.status_code, await status_of(work, event)) == (303, "confirmed")
    assert (await manager.post(f"{base}/confirmation/deletion", headers=PART)).status_code == 200
    assert await status_of(work, event) == "held"
    assert (await technician.post(f"{base}/hold/deletion")).status_code == 303
    assert await status_of(work, event) == "draft"
    assert (await manager.post(f"{base}/steps/lose", data={"reason": "Too dear"})).status_code == 303
    lost = await manager.get(base)
    assert "Too dear" in lost.text
    assert "Reopen" in lost.text
    assert "Reopen" not in (await viewer.get(base)).text
    assert (await manager.get(f"{base}/steps/fly")).status_code == 404
    assert (await manager.post(f"{base}/steps/confirm")).status_code == 404


async def test_what_is_said_with_a_step_is_refused_at_its_field(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit)
    employee = await sign_in("employee")
    address = f"/events/{event.id}/hold"
    for typed, message in (
        ("2020-01-01T10:00", "A hold has to end in the future."),
        ("", "Say until when."),
        ("soon", "Write a date, like 2026-11-26."),
    ):
        for headers, shape in ((PART, "<dialog"), ({}, "<!doctype html>")):
            refused = await employee.post(address, data={"expires_at": typed}, headers=headers)
            assert (refused.status_code, shape in refused.text) == (422, True)
            assert 'id="expires_at-error"' in refused.text
            assert message in refused.text
            assert f'value="{typed}"' in refused.text
    assert await status_of(work, event) == "draft"
    manager = await sign_in("manager")
    await employee.post(f"/events/{event.id}/request")
    for step in ("steps/decline", "counter-offer"):
        refused = await manager.post(f"/events/{event.id}/{step}", data={"reason": ""}, headers=PART)
        assert (refused.status_code, 'id="reason-error"' in refused.text) == (422, True)


async def test_a_late_end_of_a_hold_is_asked_about_and_may_be(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit, now() + 48 * HOUR)
    employee = await sign_in("employee")
    address = f"/events/{event.id}/hold"
    form = await employee.get(f"/events/{event.id}/steps/hold", headers=PART)
    proposed = re.search(r'value="(\d{4}-[^"]+)"', form.text)
    assert proposed is not None
    assert datetime.fromisoformat(proposed[1]).replace(tzinfo=ZoneInfo("Europe/Berlin")) <= event.out_start
    during, after = (f"{now() + hours * HOUR:%Y-%m-%dT%H:%M}" for hours in (60, 99))
    asked = await employee.post(address, data={"expires_at": during}, headers=PART)
    assert (asked.status_code, "only after the gear goes out" in asked.text) == (200, True)
    assert "Hold anyway" in asked.text
    assert f'name="anyway" value="{during}"' in asked.text
    assert asked.headers["hx-retarget"] == "#modal"
    assert await status_of(work, event) == "draft"
    other = await employee.post(address, data={"expires_at": after, "anyway": during}, headers=PART)
    assert (other.status_code, 'id="expires_at-error"' in other.text) == (422, True)
    held = await employee.post(address, data={"expires_at": during, "anyway": during}, headers=PART)
    assert "Held" in held.headers["hx-trigger"]
    assert await status_of(work, event) == "held"


async def test_confirming_nothing_is_asked_about_and_may_be(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit)
        await a_rental(unit, event, await some_equipment(unit, 1), 1, optional=True)
    manager = await sign_in("manager")
    address = f"/events/{event.id}/confirmation"
    for headers in (PART, {}):
        asked = await manager.post(address, headers=headers)
        assert (asked.status_code, "There is no gear on this event" in asked.text) == (200, True)
        assert "Confirm anyway" in asked.text
    assert await status_of(work, event) == "draft"
    assert (await manager.post(address, data={"anyway": "1"})).status_code == 303
    assert await status_of(work, event) == "confirmed"


async def test_a_refused_confirmation_names_who_has_it_and_may_be_overbooked(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 4)
        other = await a_confirmed_event(unit, desk, 3, name="Gala <of> Rosenberg")
    event = await event_with(work, 2, desk)
    manager, employee = await sign_in("manager"), await sign_in("employee")
    address = f"/events/{event.id}/confirmation"
    refused = await employee.post(address, headers=PART)
    assert refused.status_code == 409
    assert 'hx-target="#refusal"' in refused.text
    assert f'<a href="/events/{other.id}">Gala &lt;of&gt; Rosenberg</a> (3)' in refused.text
    assert "1 × " in refused.text
    assert "Overbook" not in refused.text
    assert (await employee.post(address, data={"overbook_reason": "Because"})).status_code == 403
    as_page = await manager.post(address)
    assert as_page.status_code == 409
    assert "Overbook all the same" in as_page.text
    assert await status_of(work, event) == "draft"
    assert (await manager.post(address, data={"overbook_reason": "Partner lends"})).status_code == 303
    page = await manager.get(f"/events/{event.id}")
    assert "Partner lends" in page.text
    assert "One line is short." in page.text


async def test_gear_is_found_added_changed_and_taken_off(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 12, name="Findable <lamp>", prep_minutes=0, turnaround_minutes=0)
        await a_confirmed_event(unit, lamp, 5)
        event = await an_event(unit)
        later = await an_event(unit, MONDAY + 24 * HOUR)
    employee = await sign_in("employee")
    found = await employee.get(f"/events/{event.id}/gear?q=finda+lamp", headers=PART)
    assert "7 of 12 free" in found.text
    assert "Findable &lt;lamp&gt;" in found.text
    assert "12 of 12 free" in (await employee.get(f"/events/{later.id}/gear?q=findable")).text
    wrong = {"equipment_id": str(lamp.id), "quantity": "0"}
    assert (await employee.post(f"/events/{event.id}/rentals", data=wrong)).status_code == 422
    assert (await employee.post(f"/events/{event.id}/rentals", data={"quantity": "1"})).status_code == 422
    assert (
        await employee.post(f"/events/{event.id}/rentals", data=wrong | {"quantity": "6"})
    ).status_code == 303
    async with work() as unit:
        line = (await unit.session.scalars(select(Rental.id).order_by(Rental.id.desc()).limit(1))).one()
    await employee.post(f"/events/{event.id}/hold")
    more = await employee.post(
        f"/rentals/{line}/quantity", data={"version": "1", "quantity": "8"}, headers=PART
    )
    assert more.status_code == 409
    assert "short" in more.text
    less = await employee.post(
        f"/rentals/{line}/quantity", data={"version": "1", "quantity": "7"}, headers=PART
    )
    assert less.status_code == 200
    assert f'hx-target="#quantity-{line}"' in less.text
    assert 'name="version" value="2"' in less.text
    why = await employee.get(f"/rentals/{line}/availability", headers=PART)
    assert "Owned" in why.text
    assert "7 of 12 free for this line" in why.text
    gone = await employee.post(f"/rentals/{line}/deletion", data={"version": "2"}, headers=PART)
    assert f"/rentals/{line}/restoration" in gone.headers["hx-trigger"]
    assert "No gear yet" in (await employee.get(f"/events/{event.id}?part=lines", headers=PART)).text
    assert (await employee.get(f"/rentals/{line}/availability")).status_code == 404
    assert (await employee.post(f"/rentals/{line}/restoration")).status_code == 303
    assert "Findable" in (await employee.get(f"/events/{event.id}?part=lines", headers=PART)).text


async def test_row_and_explanation_have_the_same_figure(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 9)
        await a_confirmed_event(unit, desk, 3, name="Has three")
        await a_rental(unit, await an_event(unit, name="Only a quote"), desk, 2)
    event = await event_with(work, 7, desk)
    async with work() as unit:
        await a_rental(unit, event, desk, 1, heading="Spare")
        line = await unit.session.scalar(
            select(Rental.id).where(Rental.event_id == event.id, Rental.quantity == 7)
        )
    viewer = await sign_in("viewer")

    async def shown() -> tuple[str, str]:
        row = (await viewer.get(f"/events/{event.id}?part=lines", headers=PART)).text
        return row, (await viewer.get(f"/rentals/{line}/availability", headers=PART)).text

    row, why = await shown()
    assert "av-free is-short" in row
    assert "<b>5</b> <span>of 9</span>" in row
    assert "5 of 9 free for this line" in why
    assert "Other lines of this event, pencilled" in why
    assert "This event, pencilled" in why
    assert why.count("Pencilled on top") == 1
    async with work() as unit:
        await service.confirm(unit, event.id, overbook_reason="Two more are coming")
    row, why = await shown()
    assert "<b>5</b> <span>of 9</span>" in row
    assert "5 of 9 free for this line" in why
    assert "<td>This event</td>" in why


async def test_late_gear_is_told_and_deleting_is_refused_meanwhile(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 2)
        event = await a_confirmed_event(unit, desk, 2, now() - 48 * HOUR, 24, name="Late one")
        line = (await unit.session.scalars(select(Rental.id).order_by(Rental.id.desc()).limit(1))).one()
        await hand_out(unit, line, 1, now() - 48 * HOUR)
    manager = await sign_in("manager")
    assert "Overdue" in (await manager.get("/events?q=late+one")).text
    page = await manager.get(f"/events/{event.id}")
    assert "Overdue" in page.text
    assert "Undo confirmation" not in page.text
    assert (await manager.get(f"/rentals/{line}/availability")).status_code == 200
    deletion = f"/events/{event.id}/deletion"
    assert (await manager.post(deletion, data={"version": str(event.version)})).status_code == 409


async def test_delete_restore_and_history(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 2, name="Desk of history")
    event = await event_with(work, 1, desk, name="With a past")
    manager = await sign_in("manager")
    history = await manager.get(f"/events/{event.id}/history")
    assert "1 × Desk of history" in history.text
    assert "Undo this change" in history.text
    activity = await manager.get("/activity?record=event")
    assert "With a past" in activity.text
    data = {"version": str(event.version)}
    assert (await manager.post(f"/events/{event.id}/deletion", data=data)).status_code == 303
    assert (await manager.get(f"/events/{event.id}")).status_code == 404
    assert (await manager.post(f"/events/{event.id}/restoration")).status_code == 303
    assert (await manager.get(f"/events/{event.id}")).status_code == 200


async def test_a_fixed_number_of_statements(app: Any, work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit, name="Counted")
        await a_rental(unit, event, await some_equipment(unit, 5, name="Countable 1"), 1)
    viewer = await sign_in("viewer")

    paths = ("/events?q=counted", f"/events/{event.id}", f"/events/{event.id}/gear?q=countable")
    few = [await statements_for(app, viewer, path) for path in paths]
    async with work() as unit:
        for number in range(2, 7):
            more = await some_equipment(unit, 5, name=f"Countable {number}")
            await a_rental(unit, event, more, 1)
            await an_event(unit, name=f"Counted {number}")
    assert [await statements_for(app, viewer, path) for path in paths] == few
