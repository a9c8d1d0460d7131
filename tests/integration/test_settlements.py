"""Taking back that missing gear was charged or written off."""

from uuid import uuid4

import pytest

from app.domain.handovers.checking_in import check_in, settle
from app.domain.handovers.policy import Part
from app.domain.handovers.undoing import undo_settlement
from app.lib.errors import Conflict, InvalidInput, NotFound
from tests.integration.bench import act, counts_of
from tests.integration.test_bench_undoing import a_show, everything, leaves

WHY = "It was in the truck"


async def owed(work, tags):
    """A show that has left, of which two cables and one lamp are missing, and what was settled of it."""
    event, (cable, lamp) = await a_show(work, tags)
    _, units = await leaves(work, event, cable, lamp, tags)
    async with work() as unit:
        parts = [Part(cable.id, 2, condition="missing"), Part(lamp.id, 1, units[0], condition="missing")]
        await check_in(unit, act(), event.id, parts)
    return event, cable, lamp, units


async def test_everything_is_as_before_it_was_settled(work):
    tags = ("SE-1", "SE-2")
    event, cable, lamp, units = await owed(work, tags)
    before = await everything(work, event, tags)
    # two cables were missing, the third was not yet; the second lamp is settled without having been missed
    parts = [Part(cable.id, 3), Part(lamp.id, 1, units[0]), Part(lamp.id, 1, units[1])]
    async with work() as unit:
        settled = await settle(unit, act(), event.id, parts, reason="Lost on tour")
    assert await everything(work, event, tags) != before
    async with work() as unit:
        tap = act()
        given = await undo_settlement(unit, tap, event.id, settled.action_id, reason=WHY)
        assert given.text.endswith("5 pieces owed again.")
    assert await everything(work, event, tags) == before
    async with work() as unit:
        again = await undo_settlement(unit, tap, event.id, settled.action_id, reason=WHY)
        assert again.action_id == given.action_id
        with pytest.raises(NotFound, match="already"):
            await undo_settlement(unit, act(), event.id, settled.action_id, reason=WHY)


async def test_what_went_on_since_stands_in_the_way(work):
    tags = ("SF-1", "SF-2")
    event, cable, _, _ = await owed(work, tags)
    async with work() as unit:
        settled = await settle(unit, act(), event.id, [Part(cable.id, 1)], reason="Lost")
        await check_in(unit, act(), event.id, [Part(cable.id, 1)])
    for action_id, reason, error in (
        (settled.action_id, WHY, Conflict),
        (settled.action_id, "", InvalidInput),
        (999_999, WHY, NotFound),
    ):
        with pytest.raises(error):
            async with work() as unit:
                await undo_settlement(unit, act(), event.id, action_id, reason=reason)
    async with work() as unit:
        assert (await counts_of(unit, event))[cable.id].settled == 1


async def test_it_is_offered_where_it_was_settled_and_after(work, sign_in):
    event, cable, _, _ = await owed(work, ("SG-1", "SG-2"))
    employee, viewer = await sign_in("employee"), await sign_in("viewer")
    form = {"nonce": str(uuid4()), "quantity": "2", "settlement": "charged", "reason": "invoice 12"}
    answer = await employee.post(f"/missing/{cable.id}/settlements", data=form)
    assert answer.status_code == 303
    page = (await employee.get(f"/missing?event={event.id}")).text
    assert "invoice 12" in page
    (path,) = {part.split('"')[0] for part in page.split('hx-post="')[1:] if "/settlements/" in part}
    assert path not in (await viewer.get(f"/missing?event={event.id}")).text
    assert (await viewer.post(path)).status_code == 403
    assert (await employee.post(path)).status_code == 303
    assert (await employee.post(path)).status_code == 404
    assert "invoice 12" not in (await employee.get(f"/missing?event={event.id}")).text
    async with work() as unit:
        counts = (await counts_of(unit, event))[cable.id]
    assert (counts.missing, counts.settled) == (2, 0)


async def test_the_api_takes_it_back(work, sign_in):
    event, cable, _, _ = await owed(work, ("SH-1", "SH-2"))
    api = await sign_in("technician")
    path = f"/api/events/{event.id}/settlements"
    asked = {"nonce": str(uuid4()), "parts": [{"rental_id": cable.id, "quantity": 2}], "reason": "Lost"}
    action_id = (await api.post(path, json=asked)).json()["data"]["action_id"]
    undo = {"nonce": str(uuid4()), "reason": WHY}
    assert (await api.request("DELETE", f"{path}/{action_id}", json=undo)).status_code == 200
    more = undo | {"nonce": str(uuid4())}
    assert (await api.request("DELETE", f"{path}/{action_id}", json=more)).status_code == 404
