"""Many people want the last ones at the same moment. Every race has a control without the protection."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db.engine import create_engine, sessions_of
from app.db.models import Allocation, Availability, Event, Reservation
from app.domain.availability.claims import figure_of
from app.domain.availability.queries import Window
from app.domain.availability.shortage import Shortage
from app.domain.events import booking, service
from app.domain.inventory.units import add_units
from app.lib.periods import Period
from app.lib.unit_of_work import SYSTEM, unit_of_work
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment

CLIENTS = 128
FEWER = 40
# another was faster, or on a busy machine so many were before that the wait for the lock was over
AGAIN = ("40001", "55P03")
DAY = Period(MONDAY, MONDAY + 24 * HOUR)
Sessions = async_sessionmaker[AsyncSession]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def engine(settings: Any, app: Any) -> AsyncGenerator[Any]:
    """A pool large enough that the clients really meet in the database."""
    made = create_engine(settings.database_url, pool_size=32, patience=60)
    yield made
    await made.dispose()


@pytest.fixture(params=["READ COMMITTED", "REPEATABLE READ"])
def sessions(engine: Any, request: pytest.FixtureRequest) -> Sessions:
    return sessions_of(engine.execution_options(isolation_level=request.param))


async def race(attempts: list[Callable[[Any], Any]], sessions: Sessions) -> Counter[str]:
    """Run all at once, each again while the database asks for it; count what became of them."""

    async def attempt(command: Callable[[Any], Any]) -> str:
        while True:
            try:
                async with unit_of_work(sessions, SYSTEM) as work:
                    await command(work)
            except Shortage as shortage:
                is_explained(shortage)
                return "shortage"
            except DBAPIError as error:
                cause: Any = error.orig.__cause__  # type: ignore[union-attr]
                if cause.sqlstate in AGAIN:
                    continue
                return getattr(cause, "constraint_name", None) or type(cause).__name__
            return "booked"

    return Counter(await asyncio.gather(*(attempt(command) for command in attempts)))


def is_explained(shortage: Shortage) -> None:
    """What a refusal says: of what, how many, from when to when, and because of whom."""
    for one in shortage.details["shortages"]:  # type: ignore[attr-defined]
        assert one["short"] >= 1, one
        assert MONDAY.isoformat()[:16] <= one["from"] < one["to"], one
        assert sum(taker["quantity"] for taker in one["competing"]) >= one["stock"], one
        assert all(taker["event_id"] and taker["name"] for taker in one["competing"]), one


async def events_wanting_one(work: Any, count: int, *equipment: Any) -> list[int]:
    ids = list[int]()
    async with work() as unit:
        for number in range(count):
            event = await an_event(unit)
            order = equipment if number % 2 else tuple(reversed(equipment))
            for one in order:
                await a_rental(unit, event, one, 1)
            ids.append(event.id)
    return ids


def confirming(ids: list[int]) -> list[Callable[[Any], Any]]:
    return [lambda work, key=key: service.confirm(work, key) for key in ids]


async def free_of(work: Any, equipment_id: int) -> int:
    async with work() as unit:
        figure = await figure_of(unit.session, Window(equipment_id, DAY))
        assert figure is not None
        return figure.free


async def ten_cables(work: Any) -> Any:
    """Counted gear of which seven are taken."""
    async with work() as unit:
        cable = await some_equipment(unit, 10)
        await a_confirmed_event(unit, cable, 7)
    return cable


async def ten_desks(work: Any) -> Any:
    """Gear with ten units of which seven are taken; units are chosen when an event is confirmed."""
    async with work() as unit:
        await unit.session.execute(text("update company set binds_units = 'confirmation'"))
        desk = await some_equipment(unit, 0, tracking="serialized")
        await add_units(unit, desk.id, [f"U{desk.id}-{number}" for number in range(10)], {})
        await a_confirmed_event(unit, desk, 7)
    return desk


async def confirmed_of(work: Any, ids: list[int]) -> int:
    async with work() as unit:
        confirmed = select(func.count()).where(Event.id.in_(ids), Event.status == "confirmed")
        return await unit.session.scalar(confirmed)


@pytest.mark.parametrize("ten_pieces", [ten_cables, ten_desks])
async def test_exactly_three_get_the_last_three(work: Any, sessions: Sessions, ten_pieces: Any) -> None:
    wanted = await ten_pieces(work)
    ids = await events_wanting_one(work, CLIENTS, wanted)
    assert await race(confirming(ids), sessions) == {"booked": 3, "shortage": CLIENTS - 3}
    assert await free_of(work, wanted.id) == 0
    assert await confirmed_of(work, ids) == 3
    async with work() as unit:  # and no unit is promised to two of them
        promised = select(func.count(), func.count(Allocation.unit_id.distinct())).where(
            Allocation.unit_id.in_(text("select id from unit where equipment_id = :id"))
        )
        bound, different = (await unit.session.execute(promised, {"id": wanted.id})).one()
        assert bound == different == (10 if wanted.tracking == "serialized" else 0)


@pytest.mark.parametrize("ten_pieces", [ten_cables, ten_desks])
async def test_programs_that_confirm_at_once_are_told_what_is_short(
    app: Any, work: Any, sign_in: Any, ten_pieces: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # on a busy machine they would be told to come again before it is their turn
    monkeypatch.setattr(app.app.state.runtime.engine.pool, "_timeout", 60)
    wanted = await ten_pieces(work)
    ids = await events_wanting_one(work, 32, wanted)
    api = await sign_in("manager")
    answers = await asyncio.gather(*(api.post(f"/api/events/{key}/confirmation", json={}) for key in ids))
    told = Counter((answer.status_code, answer.json().get("code")) for answer in answers)
    assert told == {(200, None): 3, (409, "SHORTAGE"): 29}
    for answer in answers:
        if answer.status_code == 409:
            (short,) = answer.json()["details"]["shortages"]
            assert (short["equipment_id"], short["stock"], short["short"]) == (wanted.id, 10, 1)
            assert (short["from"], short["to"]) == ("2031-06-02T08:00:00Z", "2031-06-03T08:00:00Z")
            assert sum(taker["quantity"] for taker in short["competing"]) == 10
    assert await confirmed_of(work, ids) == 3
    assert await free_of(work, wanted.id) == 0


async def test_opposite_orders_do_not_wait_for_each_other(work: Any, sessions: Sessions) -> None:
    async with work() as unit:
        several = [await some_equipment(unit, 20) for _ in range(5)]
    ids = await events_wanting_one(work, FEWER, *several)
    assert await race(confirming(ids), sessions) == {"booked": 20, "shortage": FEWER - 20}
    assert [await free_of(work, one.id) for one in several] == [0] * 5


async def test_control_locked_in_any_order_they_wait_in_circles(
    work: Any, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lock_as_it_comes(unit: Any, equipment_ids: set[int]) -> None:
        await unit.session.execute(text("set local deadlock_timeout = '20ms'"))
        for key in random.sample(sorted(equipment_ids), len(equipment_ids)):
            row = select(Availability).where(Availability.equipment_id == key)
            await unit.session.execute(row.with_for_update(key_share=True))

    monkeypatch.setattr(booking, "lock_stock", lock_as_it_comes)
    async with work() as unit:
        several = [await some_equipment(unit, 20) for _ in range(5)]
    ids = await events_wanting_one(work, 8, *several)
    outcome = await race(confirming(ids), sessions_of(engine))
    assert outcome["DeadlockDetectedError"] > 0


async def test_without_locks_the_guard_still_refuses(
    work: Any, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booking, "lock_stock", no_lock)
    async with work() as unit:
        cable = await some_equipment(unit, 3)
    ids = await events_wanting_one(work, FEWER, cable)
    outcome = await race(confirming(ids), sessions)
    assert outcome["booked"] == 3
    assert set(outcome) <= {"booked", "shortage", "no_overbooking"}
    assert await free_of(work, cable.id) == 0


@pytest.mark.parametrize("ten_pieces", [ten_cables, ten_desks])
async def test_control_without_locks_and_guard_it_oversells(
    work: Any, sessions: Sessions, ten_pieces: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booking, "lock_stock", no_lock)
    wanted = await ten_pieces(work)
    ids = await events_wanting_one(work, FEWER, wanted)
    async with work() as unit:
        await unit.session.execute(text("alter table reservation disable trigger user"))
        # units that are promised have a guard of their own
        await unit.session.execute(text("update company set binds_units = 'later'"))
    try:
        outcome = await race(confirming(ids), sessions)
    finally:
        async with work() as unit:
            await unit.session.execute(text("alter table reservation enable trigger user"))
    assert outcome["booked"] > 3
    assert await free_of(work, wanted.id) < 0


async def no_lock(*_: Any) -> None:
    """What booking without its lock looks like."""


async def test_rogue_inserts_meet_the_guard(work: Any, sessions: Sessions) -> None:
    """Code that knows nothing of locks or checks cannot commit what does not fit."""
    async with work() as unit:
        cable = await some_equipment(unit, 3)
        event = await an_event(unit)
        rental = await a_rental(unit, event, cable, 1)

    async def insert(unit: Any) -> None:
        unit.session.add(
            Reservation(
                equipment_id=cable.id,
                event_id=event.id,
                rental_id=rental.id,
                state="firm",
                quantity=1,
                start_at=MONDAY,
                end_at=MONDAY + HOUR,
            )
        )
        await unit.session.flush()

    assert await race([insert] * 32, sessions) == {"booked": 3, "no_overbooking": 29}
    assert await free_of(work, cable.id) == 0


@pytest.mark.parametrize("change", ["quantity = 4", "end_at = end_at + interval '2 days'", "state = 'firm'"])
async def test_rogue_updates_meet_the_guard(work: Any, change: str) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 3)
        event = await an_event(unit)
        await a_rental(unit, event, cable, 1)
        later = await an_event(unit, MONDAY + 48 * HOUR)
        await a_rental(unit, later, cable, 3)
        await service.confirm(unit, later.id)
        if "state" not in change:
            await service.confirm(unit, event.id)
        else:
            await unit.session.execute(
                text("update reservation set quantity = 9 where event_id = :id"), {"id": event.id}
            )
    with pytest.raises(DBAPIError, match="taken of 3"):
        async with work() as unit:
            await unit.session.execute(
                text(f"update reservation set {change} where event_id = :id"), {"id": event.id}
            )
