"""Equipment that events count on is not deleted: who has it is said, and archiving offered."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.db.models import Equipment
from app.domain.events import service as events
from app.domain.inventory.service import delete_equipment
from app.lib.clock import now
from app.lib.errors import Conflict
from tests.integration.booking import a_confirmed_event, a_rental, an_event, some_equipment

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]


async def test_booked_equipment_stays(sign_in: SignIn, work: Any) -> None:
    admin = await sign_in("admin")
    async with work() as unit:
        item = await some_equipment(unit, 4, name="Booked lamp")
        later = await a_confirmed_event(unit, item, 1, now() + timedelta(days=9), name="Second night")
        held = await an_event(unit, now() + timedelta(days=2), name="First <night>")
        await a_rental(unit, held, item, 1)
        await events.hold(unit, held.id)
        draft = await an_event(unit, now() + timedelta(days=1), name="Only thought of")
        await a_rental(unit, draft, item, 1)

    asked = await admin.get(f"/inventory/{item.id}/deletion")
    assert "Booked lamp is booked" in asked.text
    assert "Booked by 2 events" in asked.text
    assert asked.text.index("First &lt;night&gt;") < asked.text.index("Second night")
    assert f'href="/events/{held.id}"' in asked.text
    assert f'href="/events/{later.id}"' in asked.text
    assert "Only thought of" not in asked.text
    assert "Archive it instead" in asked.text
    assert f'action="/inventory/{item.id}/deletion"' not in asked.text

    refused = await admin.delete(f"/api/equipment/{item.id}", params={"version": 1})
    assert refused.status_code == 409
    assert refused.json()["error"].startswith("Booked lamp is booked by 2 events, next by First <night>.")
    assert [one["id"] for one in refused.json()["details"]["events"]] == [held.id, later.id]
    assert (await admin.post(f"/inventory/{item.id}/deletion", data={"version": "1"})).status_code == 409

    archived = await admin.post(
        f"/inventory/{item.id}/archive", data={"archived": "1"}, follow_redirects=True
    )
    assert "booked by 2 events" in archived.text
    async with work() as unit:
        row = await unit.session.get_one(Equipment, item.id)
        assert (row.archived, row.deleted_at) == (True, None)


async def test_what_is_over_or_called_off_keeps_nothing(sign_in: SignIn, work: Any) -> None:
    admin = await sign_in("admin")
    async with work() as unit:
        item = await some_equipment(unit, 4)
        event = await a_confirmed_event(unit, item, 1, now() + timedelta(days=2))
        with pytest.raises(Conflict):
            await delete_equipment(unit, item.id, version=None)
        await events.take_step(unit, event.id, "cancel", reason="Rain")
    asked = await admin.get(
        f"/inventory/{item.id}/deletion", headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    )
    assert "<dialog" in asked.text
    assert "It can be brought back." in asked.text
    done = await admin.post(f"/inventory/{item.id}/deletion", data={"version": "1"})
    assert done.status_code == 303
