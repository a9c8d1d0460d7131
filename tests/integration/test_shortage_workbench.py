"""The workbench: what it shows, and that each way out of a shortage leads out of it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.db.models import Change, Equipment, Event, Rental, Substitute
from app.domain.availability.facts import hand_out
from app.domain.availability.shortages import shortages_between
from app.domain.events import rentals, service
from app.lib.clock import now
from app.lib.periods import Period
from app.lib.unit_of_work import UnitOfWork
from tests.integration.booking import a_confirmed_event, a_rental, an_event, some_equipment
from tests.integration.test_sub_hire import a_supplier, hired_in
from tests.integration.test_sub_hire_pages import PARTIAL
from tests.statements import statements_for

Work = Callable[..., Any]
SOON = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
WEEKS = Period(now(), now() + timedelta(weeks=8))


async def line_of(unit: UnitOfWork, event: Event) -> Rental:
    return (await unit.session.scalars(select(Rental).where(Rental.event_id == event.id))).one()


async def booked(unit: UnitOfWork) -> None:
    """Have the guard look at what was booked so far, not at what is overbooked after it."""
    for when in ("immediate", "deferred"):
        await unit.session.execute(text(f"set constraints all {when}"))


async def overbooked(
    unit: UnitOfWork, gear: Equipment, first: int, second: int, **values: Any
) -> tuple[Event, Event]:
    """Two confirmed events at once that have more than there is, the second on purpose."""
    one = await a_confirmed_event(unit, gear, first, SOON, name=values.get("one", "Lake stage"))
    await booked(unit)
    other = await an_event(unit, SOON + timedelta(hours=6), name=values.get("other", "Town hall ball"))
    await a_rental(unit, other, gear, second)
    await service.confirm(unit, other.id, overbook_reason="A friend lends some")
    return one, other


async def short(work: Work, gear: Equipment) -> int:
    async with work() as unit:
        found = await shortages_between(unit.session, WEEKS)
    return next((one.short for one in found if one.equipment_id == gear.id), 0)


async def actions_of(work: Work, rental_id: int) -> list[str]:
    async with work() as unit:
        found = select(Change.action).where(Change.entity == "rental", Change.entity_id == rental_id)
        return list(await unit.session.scalars(found.order_by(Change.id)))


async def take(client: Any, line: Rental, way: str, **form: Any) -> Any:
    sent = {"version": str(line.version), **{name: str(value) for name, value in form.items()}}
    return await client.post(f"/rentals/{line.id}/ways-out/{way}", data=sent, headers=PARTIAL)


async def test_it_shows_who_has_what_is_short(work: Work, sign_in: Any) -> None:
    async with work("manager") as unit:
        gear = await some_equipment(unit, 4, name="Fresnel lamp")
        _, beyond = await overbooked(unit, gear, 3, 3)
        await hired_in(unit, gear, 2, SOON, 48)
    page = (await (await sign_in("employee")).get("/shortages")).text
    for words in (
        "Fresnel lamp",
        "2 of 4 short",
        "Lake stage",
        "Town hall ball",
        "overbooked",
        "Hired in from",
    ):
        assert words in page
    assert f"/sub-hire/new?equipment={gear.id}&amp;quantity=2" in page
    assert f"&amp;event_id={beyond.id}&#34;" in page.replace('"', "&#34;")
    viewer = (await (await sign_in("viewer")).get("/shortages")).text
    assert "Fresnel lamp" in viewer
    assert "/ways-out/" not in viewer
    alone = (await (await sign_in("viewer")).get(f"/shortages?equipment={gear.id}&from=2031-01-01")).text
    assert "Fresnel lamp is not short" in alone


async def test_late_gear_is_seen_with_what_it_endangers(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 1, name="Follow spot")
        late = await a_confirmed_event(unit, gear, 1, now() - timedelta(days=3), 24, name="Not home yet")
        await hand_out(unit, (await line_of(unit, late)).id, 1, late.out_start)
    async with work() as unit:
        # booked in good faith, before it was late
        waits = await an_event(unit, SOON, name="Waits for it")
        await a_rental(unit, waits, gear, 1)
        await service.confirm(unit, waits.id, overbook_reason="It will be back")
    page = (await (await sign_in("employee")).get(f"/shortages?equipment={gear.id}")).text
    for words in ("Not home yet", "Overdue", "due ", "Waits for it"):
        assert words in page


async def test_less_of_a_line_is_a_way_out(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        _, other = await overbooked(unit, gear, 3, 3)
        line = await line_of(unit, other)
    client = await sign_in("employee")
    assert (await take(client, line, "reduction", pieces=4)).status_code == 422
    done = await take(client, line, "reduction", pieces=2)
    assert done.status_code == 200
    assert await short(work, gear) == 0
    assert (await actions_of(work, line.id))[-2:] == ["rental.reduced", "rental.overbooking_ended"]
    assert (
        "All is well" in (await client.get(f"/shortages?equipment={gear.id}")).text
        or gear.name not in (await client.get("/shortages")).text
    )


async def test_all_of_a_line_goes_and_comes_back_by_undo(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        _, other = await overbooked(unit, gear, 3, 3)
        line = await line_of(unit, other)
    client = await sign_in("manager")
    done = await take(client, line, "reduction", pieces=3)
    assert await short(work, gear) == 0
    undo = done.headers["hx-trigger"].split('"undo_url": "')[1].split('"')[0]
    assert (await client.post(undo, headers=PARTIAL)).status_code == 200
    assert await short(work, gear) == 2


async def test_approved_equipment_stands_in(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear, other_gear = await some_equipment(unit, 4), await some_equipment(unit, 2)
        unit.session.add(Substitute(equipment_id=gear.id, substitute_id=other_gear.id, name=other_gear.name))
        one, _ = await overbooked(unit, gear, 3, 4)
        line = await line_of(unit, one)
    live = Rental.deleted_at.is_(None)
    client = await sign_in("employee")
    form = (await client.get(f"/rentals/{line.id}/ways-out/substitution?pieces=3", headers=PARTIAL)).text
    assert other_gear.name in form
    assert "2 of 2 free" in form
    refused = await take(client, line, "substitution", substitute_id=other_gear.id, pieces=3)
    assert refused.status_code == 409
    assert f'1 × <a href="/inventory/{other_gear.id}">' in refused.text
    assert (await take(client, line, "substitution", substitute_id=gear.id, pieces=1)).status_code == 422
    assert await short(work, gear) == 3
    done = await take(client, line, "substitution", substitute_id=other_gear.id, pieces=2)
    assert done.status_code == 200
    assert await short(work, gear) == 1
    async with work() as unit:
        found = await unit.session.scalars(
            select(Rental).where(Rental.event_id == one.id).order_by(Rental.id)
        )
        assert [(row.equipment_id, row.quantity) for row in found] == [(gear.id, 1), (other_gear.id, 2)]
    assert (await actions_of(work, line.id))[-1] == "rental.substituted"
    history = (await client.get(f"/events/{one.id}/history")).text
    assert re.search(rf"found a substitute for\s.*2 of 3 × {gear.name}", history)
    undo = done.headers["hx-trigger"].split('"undo_url": "')[1].split('"')[0]
    assert (await client.post(undo, headers=PARTIAL)).status_code == 200
    # as short as it was before, and under a name
    assert await short(work, gear) == 3
    assert (await actions_of(work, line.id))[-1] == "rental.overbooked"
    async with work() as unit:
        found = await unit.session.scalars(select(Rental.quantity).where(Rental.event_id == one.id, live))
        assert list(found) == [3]


async def test_a_line_or_its_event_moves_to_where_it_fits(work: Work, sign_in: Any) -> None:
    client = await sign_in("employee")
    for scope in ("line", "event"):
        async with work() as unit:
            gear = await some_equipment(unit, 4)
            one, other = await overbooked(unit, gear, 3, 3)
            line = await line_of(unit, other)
        form = (await client.get(f"/rentals/{line.id}/ways-out/shift", headers=PARTIAL)).text
        assert "The next time that is free" in form
        wrong = await take(client, line, "shift", scope=scope, **_typed(SOON, SOON + timedelta(hours=9)))
        assert wrong.status_code == 409
        assert f">{gear.name}</a> short" in wrong.text
        assert await short(work, gear) == 2
        start = one.out_end + timedelta(hours=2)
        done = await take(client, line, "shift", scope=scope, **_typed(start, start + timedelta(hours=9)))
        assert done.status_code == 200
        assert await short(work, gear) == 0
        async with work() as unit:
            moved = await unit.session.get_one(Event, other.id)
            assert (moved.out_start == start) == (scope == "event")
        action = "rental.shifted" if scope == "line" else "event.shifted"
        async with work() as unit:
            assert await unit.session.scalar(select(Change.id).where(Change.action == action).limit(1))


def _typed(start: datetime, end: datetime) -> dict[str, str]:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Europe/Berlin")
    return {
        "start_at": f"{start.astimezone(zone):%Y-%m-%dT%H:%M}",
        "end_at": f"{end.astimezone(zone):%Y-%m-%dT%H:%M}",
    }


async def test_a_less_firm_event_gives_pieces_away(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        held = await an_event(unit, SOON, name="Only held")
        await a_rental(unit, held, gear, 2)
        await service.hold(unit, held.id)
        firm = await a_confirmed_event(unit, gear, 2, SOON, name="Firm one")
        wants = await an_event(unit, SOON, name="Wants it")
        line = await a_rental(unit, wants, gear, 2)
        giver = await line_of(unit, held)
    client = await sign_in("employee")
    form = (await client.get(f"/rentals/{line.id}/ways-out/swap?pieces=2", headers=PARTIAL)).text
    assert form.index("Only held") < form.index("Firm one")
    assert firm.name in form
    sent = {"giver_id": giver.id, f"version-{giver.id}": giver.version, "pieces": 2}
    assert (await take(client, line, "swap", **sent | {"giver_id": line.id})).status_code == 422
    assert (await take(client, line, "swap", **sent)).status_code == 200
    assert (await actions_of(work, giver.id))[-1] == "rental.given_up"
    async with work() as unit:
        await service.confirm(unit, wants.id)


async def news_of(client: Any) -> str:
    return (await client.get("/notifications")).text


async def test_the_people_of_both_events_hear_of_a_swap_and_of_its_undo(work: Work, sign_in: Any) -> None:
    async with work("manager") as unit:
        gear = await some_equipment(unit, 4, name="Profile spot")
        gives = await a_confirmed_event(unit, gear, 4, SOON, name="Gives away")
        giver = await line_of(unit, gives)
    async with work("technician") as unit:
        takes = await an_event(unit, SOON, name="Receives pieces")
        line = await a_rental(unit, takes, gear, 2)
    async with work("admin") as unit:
        # whoever asked for it hears of it as well
        admin_id = unit.actor.id
        await unit.session.execute(update(Event).where(Event.id == takes.id).values(requested_by_id=admin_id))
    asking = await sign_in("employee")
    sent = {"giver_id": giver.id, f"version-{giver.id}": giver.version, "pieces": 2}
    done = await take(asking, line, "swap", **sent)
    assert done.status_code == 200
    manager, technician, admin = [await sign_in(role) for role in ("manager", "technician", "admin")]
    assert "gave pieces of your event to another" in await news_of(manager)
    assert f"2 × {gear.name}, Gives away" in await news_of(manager)
    for client in (technician, admin):
        text_ = await news_of(client)
        assert "found pieces for your event" in text_
        assert f'href="/events/{takes.id}"' in text_
        assert "Gives away" not in text_
    for client in (asking, await sign_in("viewer")):
        assert "pieces" not in await news_of(client)
    assert "found pieces for" in (await technician.get(f"/events/{takes.id}/history")).text
    undo = done.headers["hx-trigger"].split('"undo_url": "')[1].split('"')[0]
    assert (await asking.post(undo, headers=PARTIAL)).status_code == 200
    assert "took back what was changed on your event" in await news_of(manager)
    assert "took back the pieces found for your event" in await news_of(technician)
    async with work() as unit:
        assert (await unit.session.get_one(Rental, giver.id)).quantity == 4


async def test_people_hear_that_their_event_was_shifted_or_lost_pieces(work: Work, sign_in: Any) -> None:
    asking, manager = await sign_in("employee"), await sign_in("manager")
    told = {
        "event": "shifted the dates of your event",
        "line": "shifted the dates of a line of your event",
    }
    for scope, words in told.items():
        async with work("manager") as unit:
            gear = await some_equipment(unit, 4)
            one, other = await overbooked(unit, gear, 3, 3)
            line = await line_of(unit, other)
        start = one.out_end + timedelta(hours=2)
        done = await take(asking, line, "shift", scope=scope, **_typed(start, start + timedelta(hours=9)))
        assert done.status_code == 200
        assert words in await news_of(manager)
        assert words not in await news_of(asking)
        async with work() as unit:
            line = await unit.session.get_one(Rental, line.id)
    assert (await take(asking, line, "reduction", pieces=1)).status_code == 200
    assert "took pieces off your event" in await news_of(manager)


async def test_what_an_event_would_make_short_is_shown_before_it_is_booked(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4, name="Hazer")
        await a_confirmed_event(unit, gear, 3, SOON, name="Came first")
        draft = await an_event(unit, SOON, name="Came second")
        line = await a_rental(unit, draft, gear, 3)
    client = await sign_in("employee")
    page = (await client.get(f"/shortages?event={draft.id}")).text
    for words in ("2 of 4 short if Came second is booked", "wants it", "Came first"):
        assert words in page
    assert "Hazer" not in (await client.get("/shortages")).text
    # another piece on no line yet
    more = (await client.get(f"/shortages?event={draft.id}&equipment={gear.id}&wanted=2")).text
    assert "4 of 4 short if Came second is booked with 2 more" in more
    await take(client, line, "reduction", pieces=2)
    assert "It fits now" in (await client.get(f"/shortages?event={draft.id}")).text


async def test_hired_in_pieces_close_a_shortage(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear, supplier = await some_equipment(unit, 4), await a_supplier(unit)
        await overbooked(unit, gear, 3, 3)
    client = await sign_in("employee")
    form = await client.get(f"/sub-hire/new?equipment={gear.id}&quantity=2", headers=PARTIAL)
    assert "<dialog" in form.text
    times = _typed(SOON - timedelta(hours=2), SOON + timedelta(days=3))
    sent = {"equipment_id": gear.id, "supplier_id": supplier.id, "quantity": 2, "status": "ordered", **times}
    made = await client.post("/sub-hire/new", data=sent, headers=PARTIAL)
    assert made.status_code == 200
    assert made.text == ""
    assert await short(work, gear) == 0


async def test_a_line_is_let_short_on_purpose_only_by_those_who_may(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        one, _ = await overbooked(unit, gear, 3, 3)
        line = await line_of(unit, one)
    assert (await take(await sign_in("employee"), line, "overbooking", reason="x")).status_code == 403
    manager = await sign_in("manager")
    assert (await take(manager, line, "overbooking", reason="")).status_code == 422
    assert (await take(manager, line, "overbooking", reason="They share the lamps")).status_code == 200
    async with work() as unit:
        assert (await unit.session.get_one(Rental, line.id)).overbook_reason == "They share the lamps"


async def test_a_line_that_was_changed_meanwhile_is_looked_at_again(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        _, other = await overbooked(unit, gear, 3, 3)
        line = await line_of(unit, other)
    async with work("manager") as unit:
        await rentals.edit_rental(unit, line.id, {"notes": "keep all"}, version=None)
    client = await sign_in("employee")
    refused = await take(client, line, "reduction", pieces=2)
    assert refused.status_code == 409
    assert "changed this line meanwhile" in refused.text
    assert f'name="version" value="{line.version + 1}"' in refused.text
    assert await short(work, gear) == 2


async def test_what_has_left_or_is_over_is_refused_with_the_reason(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        event = await a_confirmed_event(unit, gear, 3, SOON)
        line = await line_of(unit, event)
        await hand_out(unit, line.id, 3, now())
    client = await sign_in("employee")
    refused = await take(client, line, "reduction", pieces=1)
    assert refused.status_code == 409
    assert "have left already" in refused.text


@pytest.mark.parametrize("way", ["substitution", "reduction", "shift", "swap", "overbooking"])
async def test_nobody_takes_a_way_out_without_the_right(work: Work, sign_in: Any, way: str) -> None:
    async with work() as unit:
        line = await a_rental(unit, await an_event(unit), await some_equipment(unit, 1), 1)
    viewer = await sign_in("viewer")
    assert (await viewer.get(f"/rentals/{line.id}/ways-out/{way}")).status_code == 403
    assert (await take(viewer, line, way, pieces=1)).status_code == 403
    assert (await (await sign_in("manager")).get(f"/rentals/{line.id}/ways-out/{way}")).status_code == 200


async def test_it_asks_a_fixed_number_of_times(work: Work, sign_in: Any, app: Any) -> None:
    client = await sign_in("viewer")
    counts = list[list[int]]()
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        await overbooked(unit, gear, 3, 3)
        draft = await an_event(unit, SOON)
        await a_rental(unit, draft, gear, 3)
    for _ in range(2):
        paths = ("/shortages", f"/shortages?event={draft.id}")
        counts.append([await statements_for(app, client, path) for path in paths])
        async with work() as unit:
            for _ in range(3):
                more = await some_equipment(unit, 4)
                await overbooked(unit, more, 3, 3)
                await a_rental(unit, draft, more, 3)
    assert counts[0] == counts[1]


async def test_an_overbooking_is_marked_on_both_events_until_it_is_resolved(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4, name="Wind machine")
        one, other = await overbooked(unit, gear, 3, 3, one="Harbour tour", other="Pier theatre")
        line = await line_of(unit, other)
    client = await sign_in("employee")
    page = (await client.get(f"/events/{one.id}")).text
    assert "2 × Wind machine are short here because of" in page
    assert f'<a href="/events/{other.id}">Pier theatre</a>' in page
    assert f"/shortages?event={one.id}" in page
    marked = (await client.get(f"/events/{other.id}")).text
    assert ">overbooked</span>" in marked
    assert "short here because of" not in marked
    await take(client, line, "reduction", pieces=2)
    assert "short here because of" not in (await client.get(f"/events/{one.id}")).text
    assert ">overbooked</span>" not in (await client.get(f"/events/{other.id}")).text


async def test_a_refused_line_leads_into_the_workbench(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4, name="Loop pedal")
        await a_confirmed_event(unit, gear, 3, SOON, name="First in line")
        held = await an_event(unit, SOON, name="Wants more")
        line = await a_rental(unit, held, gear, 1)
        await service.hold(unit, held.id)
    client = await sign_in("employee")
    adding = {"equipment_id": str(gear.id), "quantity": "2"}
    refused = await client.post(f"/events/{held.id}/rentals", data=adding, headers=PARTIAL)
    address = f"/shortages?equipment={gear.id}&amp;event={held.id}&amp;wanted=2"
    assert refused.status_code == 409
    assert f'href="{address}"' in refused.text
    page = (await client.get(address.replace("&amp;", "&"))).text
    assert "2 of 4 short if Wants more is booked with 2 more" in page
    growing = {"quantity": "3", "version": str(line.version)}
    refused = await client.post(f"/rentals/{line.id}/quantity", data=growing, headers=PARTIAL)
    address = f"/shortages?equipment={gear.id}&amp;event={held.id}&amp;wanted=3&amp;line={line.id}"
    assert f'href="{address}"' in refused.text
    page = (await client.get(address.replace("&amp;", "&"))).text
    assert "2 of 4 short if Wants more is booked" in page
    assert "First in line" in page
