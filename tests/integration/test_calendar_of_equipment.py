"""The calendar of one equipment: what is free on which day, and the form that books it."""

from typing import Any

from sqlalchemy import select

from app.db.models import Event, Rental
from app.domain.events import service
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment
from tests.integration.test_sub_hire import hired_in

PART = {"hx-request": "true", "hx-request-type": "partial"}
DATES = {"out_start": "2031-06-02T10:00", "out_end": "2031-06-03T10:00"}


async def booked(client: Any, equipment: Any, **values: str) -> Any:
    return await client.post(f"/inventory/{equipment.id}/calendar", data={"quantity": "1", **DATES, **values})


async def lines_of(work: Any, event_id: int) -> list[Rental]:
    async with work() as unit:
        return list(await unit.session.scalars(select(Rental).where(Rental.event_id == event_id)))


async def test_every_day_says_how_many_are_free_and_what_takes_the_rest(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        await a_confirmed_event(unit, gear, 3, name="Firm")
        await a_rental(unit, await an_event(unit, name="Maybe"), gear, 2)
        await hired_in(unit, gear, 5)
    viewer = await sign_in("viewer")
    shown = {"start": "2031-06-01", "end": "2031-06-05"}
    found = (await viewer.get(f"/inventory/{gear.id}/calendar/items", params=shown)).json()["items"]
    days = {one["start"]: one["title"] for one in found if one.get("display") == "background"}
    assert list(days.values()) == ["4 free", "1 free", "1 free", "4 free"]
    bars = {one["title"]: one["state"][0] for one in found if "display" not in one}
    (hired,) = (title for title in bars if "Hired in from" in title)
    assert bars == {"3 × Firm": "Confirmed", "2 × Maybe": "Pencil", hired: "Sub-hire, draft"}
    ((url, look),) = ((one["url"], one["look"]) for one in found if one["title"] == hired)
    assert url.startswith("/sub-hire/")
    assert look == "tone-accent is-soft"
    assert 'aria-label="Legend"' in (await viewer.get(f"/inventory/{gear.id}/calendar")).text


async def test_a_request_looks_as_it_does_everywhere(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 9)
        for name, step in (("Asked", service.request), ("Kept", service.hold)):
            event = await an_event(unit, name=name)
            await a_rental(unit, event, gear, 2)
            await step(unit, event.id)
    viewer = await sign_in("viewer")
    address = f"/inventory/{gear.id}"
    shown = {"start": "2031-06-01", "end": "2031-06-05"}
    found = (await viewer.get(f"{address}/calendar/items", params=shown)).json()["items"]
    bars = {one["title"]: (one["state"][0], one["look"]) for one in found if "display" not in one}
    assert bars == {"2 × Asked": ("Requested", "tone-plum"), "2 × Kept": ("Held", "tone-amber")}
    why = await viewer.get(f"{address}/availability?from=2031-06-02T10:00&to=2031-06-02T14:00")
    assert "Requested until" in why.text
    assert "Held until" in why.text
    legend = (await viewer.get(f"{address}/calendar")).text.split('aria-label="Legend"')[1]
    assert [legend.index(f"{word}</span>") for word in ("Held", "Requested")]


async def test_the_box_is_green_or_red_and_says_why(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        await a_confirmed_event(unit, gear, 3, name="Took three")
    manager = await sign_in("manager")
    address = f"/inventory/{gear.id}/calendar/availability"

    async def box(**values: str) -> str:
        return (await manager.get(address, params={**DATES, **values}, headers=PART)).text

    fits, short = await box(quantity="1"), await box(quantity="2")
    assert "tone-green" in fits
    assert "disabled" not in fits
    assert "1 short." in short
    assert "Took three" in short
    assert "tone-red" in short
    assert "disabled" in short
    assert "Choose dates" in (await manager.get(address, headers=PART)).text
    assert "The gear comes back after it went out." in await box(out_end="2031-06-01T10:00")
    assert "tone-green" not in await box(quantity="-1")


async def test_a_new_event_or_one_that_is_there_gets_the_gear(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        event = await an_event(unit)
    manager = await sign_in("manager")
    new = await booked(manager, gear, name="From the calendar", quantity="2")
    assert new.status_code == 303
    made = int(new.headers["location"].split("/")[-1])
    (line,) = await lines_of(work, made)
    assert (line.quantity, line.start_at) == (2, None)
    assert (await stored(work, made)).out_start == MONDAY
    same = await booked(manager, gear, event_id=str(event.id))
    assert same.headers["location"] == f"/events/{event.id}"
    shorter = await booked(manager, gear, event_id=str(event.id), out_end="2031-06-02T20:00")
    assert shorter.status_code == 303
    whole, part = sorted(await lines_of(work, event.id), key=lambda one: one.id)
    assert (whole.start_at, part.start_at, part.end_at) == (None, MONDAY, MONDAY + 10 * HOUR)


async def stored(work: Any, event_id: int) -> Event:
    async with work() as unit:
        return await unit.session.get_one(Event, event_id)


async def test_what_is_not_free_or_not_said_is_refused_and_kept(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        await a_confirmed_event(unit, gear, 3, name="Took three")
        over = await an_event(unit)
        await service.take_step(unit, over.id, "lose")
    manager = await sign_in("manager")
    short = await booked(manager, gear, name="Too much", quantity="2")
    assert short.status_code == 409
    assert "Took three" in short.text
    assert 'value="Too much"' in short.text
    nameless = await booked(manager, gear)
    assert nameless.status_code == 422
    assert "Give the new event a name." in nameless.text
    for wrong in ({"quantity": "0"}, {"quantity": "x"}, {"out_start": ""}, {"event_id": str(over.id)},
                  {"event_id": "999999999"}, {"out_end": "2050-01-01T00:00"}):  # fmt: skip
        answer = await booked(manager, gear, **{"name": "Wrong", **wrong})
        assert answer.status_code == 422, wrong
    async with work() as unit:
        assert (
            await unit.session.scalar(select(Event.id).where(Event.name.in_(("Wrong", "Too much")))) is None
        )


async def test_the_page_is_for_all_and_the_form_for_those_who_book(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
    viewer, manager = await sign_in("viewer"), await sign_in("manager")
    assert "Book it" in (await manager.get(f"/inventory/{gear.id}/calendar", params=DATES)).text
    seen = await viewer.get(f"/inventory/{gear.id}/calendar", params=DATES)
    assert seen.status_code == 200
    assert "Book it" not in seen.text
    assert "4 of 4 are free" in seen.text
    assert (await booked(viewer, gear, name="No")).status_code == 403
    assert (await viewer.get("/inventory/999999/calendar")).status_code == 404
    assert f'href="/inventory/{gear.id}/calendar"' in (await viewer.get(f"/inventory/{gear.id}")).text
