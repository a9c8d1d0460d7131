"""Many people add kits at the same moment, in opposite orders of what is in them."""

from typing import Any

import pytest
from sqlalchemy import text

from app.db.engine import sessions_of
from app.domain.events import booking
from app.domain.events import service as events
from app.domain.kits.service import add_kit_to_event
from tests.integration.booking import an_event, some_equipment
from tests.integration.kits import a_kit, goes_along
from tests.integration.test_booking_races import Sessions, engine, free_of, no_lock, race, sessions

__all__ = ["engine", "sessions"]

CLIENTS = 40
STOCK = 12


async def kits_in_opposite_order(work: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """The gear, and held events that each want one kit: one holds the gear in one order, one in the other."""
    async with work() as unit:
        gear = [await some_equipment(unit, STOCK) for _ in range(4)]
        strap = await some_equipment(unit, STOCK)
        await goes_along(unit, gear[0], strap)
        one = await a_kit(unit, *[(part, 1) for part in gear])
        other = await a_kit(unit, *[(part, 1) for part in reversed(gear)])
        held = list[int]()
        for _ in range(CLIENTS):
            event = await an_event(unit)
            await events.hold(unit, event.id)
            held.append(event.id)
    attempts = [
        lambda unit, key=key, kit=(one, other)[number % 2]: add_kit_to_event(unit, key, kit.id, 1)
        for number, key in enumerate(held)
    ]
    return [*gear, strap], held, attempts


async def test_kits_in_opposite_order_do_not_wait_for_each_other(work: Any, sessions: Sessions) -> None:
    gear, _, attempts = await kits_in_opposite_order(work)
    assert await race(attempts, sessions) == {"booked": STOCK, "shortage": CLIENTS - STOCK}
    assert [await free_of(work, one.id) for one in gear] == [0] * len(gear)


async def test_control_without_locks_and_guard_kits_oversell(
    work: Any, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booking, "lock_stock", no_lock)
    gear, _, attempts = await kits_in_opposite_order(work)
    async with work() as unit:
        await unit.session.execute(text("alter table reservation disable trigger user"))
    try:
        outcome = await race(attempts, sessions_of(engine))
    finally:
        async with work() as unit:
            await unit.session.execute(text("alter table reservation enable trigger user"))
    assert outcome["booked"] > STOCK
    assert await free_of(work, gear[0].id) < 0
