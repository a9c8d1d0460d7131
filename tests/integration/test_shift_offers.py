"""What the dialog to shift a line offers goes through as it stands."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from app.db.models import Event
from app.domain.events import service
from tests.integration.booking import a_confirmed_event, a_rental, an_event, some_equipment
from tests.integration.test_shortage_workbench import SOON, line_of, overbooked, short, take
from tests.integration.test_sub_hire_pages import PARTIAL
from tests.integration.test_ways_taken_back import line_of_gear

Work = Callable[..., Any]


async def offered(client: Any, line: Any) -> dict[str, str]:
    """The fields of the dialog as they are preset."""
    form = (await client.get(f"/rentals/{line.id}/ways-out/shift", headers=PARTIAL)).text
    tags = {name: re.search(rf'<input[^>]*name="{name}"[^>]*>', form) for name in ("start_at", "end_at")}
    times = {name: re.search(r'value="([^"]+)"', tag[0]) for name, tag in tags.items() if tag is not None}
    scope = re.search(r'name="scope" value="(\w+)"[^>]* checked', form)
    assert scope is not None
    return {"scope": scope[1], **{name: found[1] for name, found in times.items() if found is not None}}


async def test_a_line_moves_by_itself_where_its_event_still_is(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        _, other = await overbooked(unit, gear, 3, 3)
        line = await line_of(unit, other)
    client = await sign_in("employee")
    preset = await offered(client, line)
    assert preset["scope"] == "line"
    answer = await take(client, line, "shift", **preset)
    assert answer.status_code == 200, (preset, answer.text)
    assert await short(work, gear) == 0


async def test_the_whole_event_moves_where_the_line_alone_would_be_refused(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear, second = await some_equipment(unit, 4), await some_equipment(unit, 1)
        first = await a_confirmed_event(unit, gear, 3, SOON, 72)
        later = await a_confirmed_event(unit, second, 1, SOON + timedelta(hours=74), 24)
    async with work() as unit:
        event = await an_event(unit, SOON + timedelta(hours=6), 24)
        line = await a_rental(unit, event, gear, 3)
        await a_rental(unit, event, second, 1)
        await service.confirm(unit, event.id, overbook_reason="It will be found")
    client = await sign_in("employee")
    preset = await offered(client, line)
    assert preset["scope"] == "event"
    async with work() as unit:
        line = await line_of_gear(unit, event, gear)
    answer = await take(client, line, "shift", **preset)
    assert answer.status_code == 200, (preset, answer.text)
    assert await short(work, gear) == 0
    async with work() as unit:
        moved = await unit.session.get_one(Event, event.id)
        # not into the gap behind the first: its other gear is taken there
        assert moved.out_start >= later.out_end > first.out_end
        assert moved.out_end - moved.out_start == timedelta(hours=24)
