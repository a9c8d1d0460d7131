"""Asking and answering, and who is told of what: holds that end, gear that is late elsewhere."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from app.db.models import Change, Event, Rental
from app.domain.availability.facts import hand_out
from app.domain.events import service
from app.domain.events.warnings import warn_of_holds, warn_of_late
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from tests.integration.booking import HOUR, a_confirmed_event, a_rental, an_event, some_equipment


async def requested(work: Any, role: str = "technician", **values: Any) -> Event:
    async with work(role) as unit:
        equipment = await some_equipment(unit, 4)
        event = await an_event(unit, now() + 48 * HOUR, **values)
        await a_rental(unit, event, equipment, 2)
        return await service.request(unit, event.id)


async def news(client: Any) -> str:
    return (await client.get("/notifications")).text


async def test_a_request_is_news_for_those_who_may_confirm(work, sign_in):
    await requested(work, name="Asked for news")
    for role, hears in (("manager", True), ("employee", True), ("technician", False), ("viewer", False)):
        assert ("Asked for news" in await news(await sign_in(role))) == hears, role


@pytest.mark.parametrize(
    ("path", "reason", "outcome"),
    [
        ("confirmation", "", ("confirmed", "confirmed what you asked for")),
        ("hold", "", ("held", "holds what you asked for")),
        ("steps/decline", "No truck", ("declined", "declined what you asked for")),
        ("counter-offer", "Six, not eight", ("held", "proposes something else")),
    ],
)
async def test_whoever_asked_hears_the_answer(work, sign_in, path, reason, outcome):
    status, sentence = outcome
    event = await requested(work, name=f"Answer {path}")
    manager, asker = await sign_in("manager"), await sign_in("technician")
    answer = await manager.post(f"/events/{event.id}/{path}", data={"reason": reason})
    assert answer.status_code == 303, answer.text[:300]
    async with work() as unit:
        assert (await unit.session.get(Event, event.id)).status == status
    text = await news(asker)
    assert sentence in text
    assert event.name in text
    assert reason in (await asker.get(f"/events/{event.id}")).text


async def test_a_request_is_declined_and_countered_with_a_reason_only(work):
    event = await requested(work)
    async with work("manager") as unit:
        with pytest.raises(InvalidInput):
            await service.take_step(unit, event.id, "decline")
        with pytest.raises(InvalidInput):
            await service.counter(unit, event.id, "")


async def test_a_counter_offer_holds_and_can_be_asked_for_again(work):
    event = await requested(work)
    async with work("manager") as unit:
        countered = await service.counter(unit, event.id, "A day later")
        assert (countered.status, countered.status_reason) == ("held", "A day later")
    async with work("technician") as unit:
        again = await service.request(unit, event.id)
        assert (again.status, again.status_reason) == ("requested", "")
    async with work("manager") as unit:
        with pytest.raises(Conflict):
            await service.counter(
                unit, (await a_confirmed_event(unit, await some_equipment(unit, 1), 1)).id, "x"
            )


async def test_only_whoever_asked_takes_a_request_back(work, sign_in):
    event = await requested(work)
    other = await (await sign_in("employee")).post(f"/events/{event.id}/request/deletion")
    assert other.status_code == 403
    own = await (await sign_in("technician")).post(f"/events/{event.id}/request/deletion")
    assert own.status_code == 303
    async with work() as unit:
        assert (await unit.session.get(Event, event.id)).status == "withdrawn"


async def test_programs_ask_counter_and_withdraw(work, sign_in):
    asker, manager = await sign_in("technician"), await sign_in("manager")
    event = await requested(work)
    path = f"/api/events/{event.id}"
    countered = await manager.post(f"{path}/counter-offer", json={"reason": "Four"})
    assert countered.json()["data"]["status"] == "held"
    assert (await asker.post(f"{path}/request")).json()["data"]["status"] == "requested"
    assert (await manager.delete(f"{path}/request")).status_code == 403
    assert (await asker.delete(f"{path}/request")).json()["data"]["status"] == "withdrawn"


async def test_people_are_told_once_before_a_hold_ends_and_again_after_it_was_extended(work, sign_in):
    async with work("manager") as unit:
        soon, later = await an_event(unit, name="Ends soon"), await an_event(unit, name="Ends later")
        await service.hold(unit, soon.id, expires_at=now() + 3 * HOUR)
        await service.hold(unit, later.id, expires_at=now() + 300 * HOUR)
    async with work() as unit:
        assert soon.id in await warn_of_holds(unit)
    async with work() as unit:
        assert await warn_of_holds(unit) == []
    text = await news(await sign_in("manager"))
    assert "The hold ends soon" in text
    assert "Ends later" not in text
    assert "Ends soon" not in await news(await sign_in("technician"))
    async with work("manager") as unit:
        await service.hold(unit, soon.id, expires_at=now() + 5 * HOUR)
    async with work() as unit:
        assert await warn_of_holds(unit) == [soon.id]


async def late_and_next(work: Any, stock: int) -> tuple[Event, Event]:
    """Two of an equipment went out and are overdue; somebody else has two from tomorrow on."""
    async with work("manager") as unit:
        equipment = await some_equipment(unit, stock)
        late = await a_confirmed_event(unit, equipment, 2, now() - 48 * HOUR, 47, name="Late gala")
        coming = await a_confirmed_event(unit, equipment, 2, now() + 24 * HOUR, name="Next gala")
    async with work("manager") as unit:
        rental_id = await unit.session.scalar(select(Rental.id).where(Rental.event_id == late.id))
        await hand_out(unit, rental_id, 2, now() - 47 * HOUR)
    return late, coming


async def test_those_who_wait_for_late_gear_are_told_once(work, sign_in):
    _, coming = await late_and_next(work, 3)
    async with work() as unit:
        assert await warn_of_late(unit) == [coming.id]
    async with work() as unit:
        assert await warn_of_late(unit) == []
        change = await unit.session.scalar(
            select(Change).where(Change.entity_id == coming.id, Change.action == "event.endangered")
        )
        assert "Late gala" in change.fields["missing"][1]
    assert "Gear that is late elsewhere is missing here" in await news(await sign_in("manager"))


async def test_nobody_is_told_where_enough_is_left(work):
    await late_and_next(work, 4)
    async with work() as unit:
        assert await warn_of_late(unit) == []


async def test_what_nobody_answers_for_is_told_to_those_who_may_confirm(work, sign_in):
    async with work("manager") as unit:
        event = await an_event(unit, name="Nobody's")
        await service.hold(unit, event.id, expires_at=now() + timedelta(hours=2))
        await unit.session.execute(update(Event).where(Event.id == event.id).values(responsible_id=None))
    async with work() as unit:
        await warn_of_holds(unit)
    assert "Nobody&#39;s" in await news(await sign_in("admin"))
    assert "Nobody&#39;s" not in await news(await sign_in("viewer"))


async def test_whoever_asked_goes_on_after_a_refusal(work, sign_in):
    event = await requested(work)
    manager, asker = await sign_in("manager"), await sign_in("technician")
    await manager.post(f"/events/{event.id}/steps/decline", data={"reason": "No truck"})
    assert f"/events/{event.id}/reopening" in (await asker.get(f"/events/{event.id}")).text
    assert (await asker.post(f"/events/{event.id}/reopening")).status_code == 303
    async with work() as unit:
        assert (await unit.session.get(Event, event.id)).status == "draft"
