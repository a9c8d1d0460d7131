"""Whoever acts sees it at once, also while a transaction elsewhere in the cluster holds back the news."""

import json
from typing import Any

import pytest

from app.db.engine import connect_directly
from app.domain.live.queries import changes_after, newest_position
from app.web.own_changes import MOST
from tests.integration.booking import a_rental, an_event, some_equipment
from tests.integration.test_sub_hire_pages import PARTIAL


def written(answer: Any) -> Any:
    """What an answer tells its page that was written."""
    return json.loads(answer.headers["hx-trigger"])["written"]["changes"]


@pytest.fixture
async def elsewhere(postgres: Any) -> Any:
    """A transaction that stays open in another database of the cluster."""
    connection = await connect_directly(postgres.url("postgres"))
    transaction = connection.transaction()
    await transaction.start()
    await connection.fetchval("select pg_current_xact_id()")
    yield connection
    await transaction.rollback()
    await connection.close()


async def test_a_step_is_told_with_its_answer_while_the_feed_waits(
    app: Any, work: Any, sign_in: Any, elsewhere: Any
) -> None:
    async with work() as unit:
        gear, event = await some_equipment(unit, 4), await an_event(unit)
        await a_rental(unit, event, gear, 1)
    client = await sign_in("manager")
    reading = await app.app.state.connect()
    before = await newest_position(reading)
    held = await client.post(f"/events/{event.id}/hold", headers=PARTIAL)
    assert json.loads(held.headers["hx-trigger"])["toast"]["title"] == "Held"
    assert ["event", event.id, event.version + 1, "event.held", None] in written(held)
    assert ["availability", gear.id, None, "availability.changed", None] in written(held)
    assert "Held" in (await client.get(f"/events/{event.id}?part=head", headers=PARTIAL)).text
    # meanwhile the stream has nothing to tell
    assert await changes_after(reading, before) == []
    await reading.close()


async def test_a_line_is_told_with_its_event(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        gear, event = await some_equipment(unit, 4), await an_event(unit)
        line = await a_rental(unit, event, gear, 1)
    gone = await (await sign_in("manager")).post(
        f"/rentals/{line.id}/deletion", data={"version": str(line.version)}, headers=PARTIAL
    )
    assert ["rental", line.id, line.version + 1, "rental.deleted", f"event-{event.id}"] in written(gone)


async def test_of_many_the_page_asks_for_all_it_shows(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        gear, event = await some_equipment(unit, 90), await an_event(unit)
        lines = [await a_rental(unit, event, gear, 1) for _ in range(MOST + 1)]
    removed = await (await sign_in("manager")).post(
        f"/events/{event.id}/rentals/deletion",
        data={"ids": [f"{line.id}:1" for line in lines]},
        headers=PARTIAL,
    )
    assert "21 lines removed" in removed.headers["hx-trigger"]
    assert written(removed) is None


async def test_only_pages_that_stay_are_told(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit)
    client = await sign_in("manager")
    assert "hx-trigger" not in (await client.post(f"/events/{event.id}/hold")).headers
    refused = await client.post(f"/events/{event.id}/request/deletion", headers=PARTIAL)
    assert "written" not in json.loads(refused.headers["hx-trigger"])
    assert "hx-trigger" not in (await client.get(f"/events/{event.id}?part=head", headers=PARTIAL)).headers
