"""Open pages hear that what is free of an equipment has changed, whoever changed it and however."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import text

from app.domain.events import service
from app.domain.live.queries import changes_after, newest_position
from app.domain.maintenance.service import report
from tests.integration.booking import MONDAY, a_confirmed_event, a_rental, an_event, some_equipment


async def moved(app: Any, work: Any, act: Callable[[Any], Any]) -> set[int]:
    """The equipment whose availability moves while `act` runs in a transaction of its own."""
    connection = await app.app.state.connect()
    try:
        before = await newest_position(connection)
        async with work() as unit:
            await act(unit)
        signals = await changes_after(connection, before)
        again = await changes_after(connection, signals[-1].position) if signals else []
    finally:
        await connection.close()
    assert again == []
    assert [signal.position for signal in signals] == sorted(signal.position for signal in signals)
    return {signal.entity_id for signal in signals if signal.entity == "availability"}


async def test_whatever_moves_the_stock_is_told_once(app: Any, work: Any) -> None:
    async with work() as unit:
        desk, lamp, other = [await some_equipment(unit, 4) for _ in range(3)]
        event = await an_event(unit)
        await a_rental(unit, event, desk, 1)
        await a_rental(unit, event, lamp, 2)
        await a_confirmed_event(unit, other, 1)
    assert await moved(app, work, lambda unit: service.confirm(unit, event.id)) == {desk.id, lamp.id}
    later = {"out_start": MONDAY.replace(hour=6)}
    assert await moved(app, work, lambda unit: service.edit_event(unit, event.id, later, version=None)) == {
        desk.id,
        lamp.id,
    }
    job = {"equipment_id": other.id, "quantity": 1, "title": "Hum"}
    assert await moved(app, work, lambda unit: report(unit, job)) == {other.id}
    less = text("update equipment set quantity = 3 where id = :id")
    assert await moved(app, work, lambda unit: unit.session.execute(less, {"id": lamp.id})) == {lamp.id}
    name = {"name": "Another name"}
    assert (
        await moved(app, work, lambda unit: service.edit_event(unit, event.id, name, version=None)) == set()
    )


async def test_a_refused_booking_is_not_told(app: Any, work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        event = await an_event(unit)
        await a_rental(unit, event, desk, 2)

    async def refused(unit: Any) -> None:
        await unit.session.rollback()

    assert await moved(app, work, refused) == set()
