"""Dragging events on the calendar: the same checks as anywhere, refused in words, and taken back."""

import json
import re
from typing import Any

from app.db.models import Event
from app.domain.events import service
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment

PART = {"hx-request": "true", "hx-request-type": "partial"}
TUESDAY = {"out_start": "2031-06-03T10:00", "out_end": "2031-06-04T10:00"}


async def moved(client: Any, event: Event, version: int, **dates: str) -> Any:
    data = {"version": str(version), **dates}
    return await client.post(f"/calendar/events/{event.id}/period", data=data, headers=PART)


def toast_of(answer: Any) -> dict[str, Any]:
    return json.loads(answer.headers["hx-trigger"])["toast"]


async def stored(work: Any, event: Event) -> Event:
    async with work() as unit:
        return await unit.session.get_one(Event, event.id)


async def test_an_event_moves_with_its_time_of_use_and_back_again(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        use = {"use_start": MONDAY + 2 * HOUR, "use_end": MONDAY + 6 * HOUR}
        event = await an_event(unit, name="Movable", **use)
    manager = await sign_in("manager")
    answer = await moved(manager, event, 1, **TUESDAY)
    assert answer.status_code == 200
    toast = toast_of(answer)
    assert toast["text"] == "Movable: Tue 3 Jun 2031, 10:00 \N{EN DASH} Wed 4 Jun 2031, 10:00"
    after = await stored(work, event)
    assert (after.out_start, after.use_start) == (MONDAY + 24 * HOUR, MONDAY + 26 * HOUR)
    back = await manager.post(toast["undo_url"], headers=PART)
    assert back.status_code == 200
    again = await stored(work, event)
    assert (again.out_start, again.out_end, again.use_start) == (
        MONDAY,
        MONDAY + 24 * HOUR,
        MONDAY + 2 * HOUR,
    )


async def test_a_shortage_is_refused_with_its_reason_and_nothing_moves(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        event = await a_confirmed_event(unit, gear, 3, name="Wants to move")
        await a_confirmed_event(unit, gear, 3, MONDAY + 24 * HOUR, name="Is in the way")
    answer = await moved(await sign_in("manager"), event, event.version, **TUESDAY)
    assert answer.status_code == 409
    assert "Is in the way" in answer.text
    assert "2 ×" in re.sub(r"\s+", " ", answer.text)
    assert (await stored(work, event)).out_start == MONDAY


async def test_what_somebody_else_changed_is_not_overwritten(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit)
    async with work("employee") as unit:
        other = {"out_start": MONDAY + HOUR, "out_end": MONDAY + 30 * HOUR}
        await service.edit_event(unit, event.id, other, version=1)
        name = unit.actor.name
    manager = await sign_in("manager")
    refused = await moved(manager, event, 1, **TUESDAY)
    assert refused.status_code == 409
    assert name in refused.text
    again = await manager.post(
        f"/calendar/events/{event.id}/period",
        params={"version": 1, **TUESDAY},
        headers=PART,
    )
    assert (again.status_code, toast_of(again)["tone"]) == (409, "red")
    assert (await stored(work, event)).out_start == MONDAY + HOUR


async def test_too_short_for_its_use_is_said_at_once(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        use = {"use_start": MONDAY + 20 * HOUR, "use_end": MONDAY + 23 * HOUR}
        event = await an_event(unit, **use)
    manager = await sign_in("manager")
    shorter = {"out_start": "2031-06-02T10:00", "out_end": "2031-06-02T18:00"}
    answer = await moved(manager, event, 1, **shorter)
    assert answer.status_code == 422
    assert "The use lies between dispatch and return." in answer.text
    backwards = {"out_start": "2031-06-04T10:00", "out_end": "2031-06-02T18:00"}
    assert (await moved(manager, event, 1, **backwards)).status_code == 422
    assert (await moved(manager, event, 1, out_start="x", out_end="")).status_code == 422
    assert (await moved(manager, event, 1)).status_code == 422


async def test_who_may_only_look_moves_nothing(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit)
        gone = await an_event(unit)
        await service.delete_event(unit, gone.id, version=1)
    assert (await moved(await sign_in("viewer"), event, 1, **TUESDAY)).status_code == 403
    assert (await moved(await sign_in("manager"), gone, 2, **TUESDAY)).status_code == 404
    assert (await stored(work, event)).out_start == MONDAY


async def test_a_day_that_was_clicked_stands_in_the_form_of_a_new_event(sign_in: Any) -> None:
    manager = await sign_in("manager")
    page = await manager.get("/events/new", params={"out_start": "2031-06-02T08:00", "out_end": '"><b>'})
    assert 'value="2031-06-02T08:00"' in page.text
    assert '"><b>' not in page.text


async def test_drafts_move_freely_over_what_is_taken(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 1)
        await a_confirmed_event(unit, gear, 1, MONDAY + 24 * HOUR)
        draft = await an_event(unit)
        await a_rental(unit, draft, gear, 1)
    assert (await moved(await sign_in("manager"), draft, 1, **TUESDAY)).status_code == 200
