"""Several at the bench, and the office, at the same moment: exact counts, and refusals in words."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.db.engine import create_engine, sessions_of
from app.db.models import Equipment, Rental, Unit
from app.domain.events import service
from app.domain.events.rentals import edit_rental
from app.domain.handovers.checking_in import check_in
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.prep import counting
from app.domain.prep.acknowledging import acknowledge
from app.domain.prep.counting import count, undo
from app.domain.prep.queries import lines_by_id
from app.domain.prep.scanning import scan
from app.lib.clock import now
from app.lib.database_errors import translate_database_error
from app.lib.errors import DomainError
from app.lib.unit_of_work import SYSTEM, unit_of_work
from tests.integration.bench import act, counts_of, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment

TABLETS = 16
Sessions = async_sessionmaker[AsyncSession]
Command = Callable[[Any], Any]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sessions(settings: Any, app: Any) -> AsyncGenerator[Sessions]:
    """A pool large enough that the tablets really meet in the database."""
    engine = create_engine(settings.database_url, pool_size=TABLETS, patience=60)
    yield sessions_of(engine)
    await engine.dispose()


async def race(commands: list[Command], sessions: Sessions) -> Counter[str]:
    """Do all at once; count the verdicts, and what was refused in words."""

    async def attempt(command: Command) -> str:
        try:
            async with unit_of_work(sessions, SYSTEM) as work:
                given = await command(work)
        except DomainError as error:
            return error.code
        except DBAPIError as error:
            told = translate_database_error(error)
            if told is None:
                raise
            return told.message
        return getattr(given, "kind", "done")

    return Counter(await asyncio.gather(*(attempt(command) for command in commands)))


async def a_show(work: Any, quantity: int = 4, tags: tuple[str, ...] = (), wanted: int = 0) -> Any:
    """A confirmed event, its line of cables, and, with tags, that of units."""
    async with work() as unit:
        event = await an_event(unit, now() + HOUR, 24)
        lines = [await a_rental(unit, event, await some_equipment(unit, 100), quantity)]
        if tags:
            equipment_id, _ = await with_units(unit, tags)
            equipment = await unit.session.get_one(Equipment, equipment_id)
            lines.append(await a_rental(unit, event, equipment, wanted or len(tags)))
        await service.confirm(unit, event.id)
    return event, lines


async def stands(work: Any, event: Any, line: Any) -> Any:
    async with work() as unit:
        return (await counts_of(unit, event))[line.id]


async def test_the_same_unit_scanned_on_many_tablets_is_counted_once(work: Any, sessions: Sessions) -> None:
    event, (_, light) = await a_show(work, tags=("RA-1", "RA-2"))
    outcome = await race(
        [lambda unit: scan(unit, act(), event.id, "RA-1", step="packed") for _ in range(TABLETS)], sessions
    )
    assert outcome == {"right": 1, "again": TABLETS - 1}
    counts = await stands(work, event, light)
    assert (counts.picked, counts.packed) == (1, 1)


async def test_one_nonce_from_many_tablets_at_once_counts_once(work: Any, sessions: Sessions) -> None:
    event, (cable,) = await a_show(work)
    tap = act()
    outcome = await race(
        [lambda unit: count(unit, tap, event.id, cable.id, step="picked", quantity=1)] * TABLETS, sessions
    )
    assert outcome == {"right": TABLETS}
    assert (await stands(work, event, cable)).picked == 1


async def test_the_last_pieces_are_counted_by_as_many_as_there_are(work: Any, sessions: Sessions) -> None:
    event, (cable,) = await a_show(work, quantity=5)
    one_more = [
        lambda unit: count(unit, act(), event.id, cable.id, step="picked", quantity=1) for _ in range(TABLETS)
    ]
    assert await race(one_more, sessions) == {"right": 4, "complete": 1, "CONFLICT": TABLETS - 5}
    assert (await stands(work, event, cable)).picked == 5


@pytest.mark.parametrize("number", range(4))
async def test_what_is_dispatched_is_not_undone_and_what_is_undone_leaves_as_prepped(
    work: Any, sessions: Sessions, number: int
) -> None:
    """Dispatch counts what was not prepped as prepped, so either order is whole: nothing out is unpicked."""
    tag = f"RB-{number}"
    event, (cable, light) = await a_show(work, quantity=4, tags=(tag,))
    async with work() as unit:
        cables = await count(unit, act(), event.id, cable.id, step="packed", quantity=4)
        lamp = await scan(unit, act(), event.id, tag, step="packed")
    parts = [Part(cable.id, 4), Part(light.id, 1, lamp.unit_id)]
    outcome = await race(
        [
            lambda unit: undo(unit, act(), event.id, cables.action_id, reason="Wrong"),
            lambda unit: dispatch(unit, act(), event.id, parts),
            lambda unit: undo(unit, act(), event.id, lamp.action_id, reason="Wrong"),
        ],
        sessions,
    )
    assert outcome["complete"] == 1
    assert set(outcome) <= {"complete", "back", "CONFLICT"}
    async with work() as unit:
        one = await unit.session.get_one(Unit, lamp.unit_id)
    assert (one.state, one.rental_id) == ("out", light.id)
    for line, pieces in ((cable, 4), (light, 1)):
        counts = await stands(work, event, line)
        assert (counts.picked, counts.packed, counts.dispatched) == (pieces, pieces, pieces)


async def test_the_office_changes_a_quantity_while_the_bench_counts(work: Any, sessions: Sessions) -> None:
    event, (cable,) = await a_show(work, quantity=10)
    async with work() as unit:
        await count(unit, act(), event.id, cable.id, step="picked", quantity=1)
    bench = [
        lambda unit: count(unit, act(), event.id, cable.id, step="picked", quantity=1) for _ in range(16)
    ]
    office = [
        lambda unit, quantity=quantity: edit_rental(unit, cable.id, {"quantity": quantity}, version=None)
        for quantity in (12, 11, 12, 11)
    ]
    outcome = await race([*bench[:8], *office, *bench[8:]], sessions)
    assert outcome["done"] == 4
    assert set(outcome) <= {"done", "right", "complete", "CONFLICT"}
    async with work() as unit:
        line = (await lines_by_id(unit.session, [cable.id]))[cable.id]
    assert line.counts.picked == 1 + outcome["right"] + outcome["complete"]
    assert line.counts.picked <= 12
    assert (line.known, line.counts.wanted in (11, 12)) == (10, True)
    # all of the bench acknowledges at once
    knows = [lambda unit: acknowledge(unit, event.id, cable.id, line.counts.wanted) for _ in range(6)]
    assert await race(knows, sessions) == {"done": 6}


async def test_benches_that_take_each_others_units_do_not_wait_in_circles(
    work: Any, sessions: Sessions
) -> None:
    tags = tuple(f"RC-{number}" for number in range(8))
    one, (_, ours) = await a_show(work, tags=tags, wanted=4)
    async with work() as unit:
        equipment = await unit.session.get_one(Equipment, ours.equipment_id)
        other = await an_event(unit, now() + HOUR, 24)
        theirs = await a_rental(unit, other, equipment, 4)
        await service.confirm(unit, other.id)
        for number, tag in enumerate(tags):
            await scan(unit, act(), (one if number < 4 else other).id, tag, step="picked")
    for _ in range(3):
        taking = [
            lambda unit, tag=tag, event=event: scan(
                unit, act(), event.id, tag, step="picked", force="wrong_event"
            )
            for tag in tags
            for event in (one, other)
        ]
        outcome = await race(taking, sessions)
        assert set(outcome) <= {"right", "complete", "again", "extra", "CONFLICT"}, outcome
        async with work() as unit:
            rows = await unit.session.execute(
                select(Unit.asset_tag, Unit.rental_id).where(Unit.asset_tag.in_(tags))
            )
            with_line = {row.asset_tag: row.rental_id for row in rows}
            lines = await lines_by_id(unit.session, [ours.id, theirs.id])
        for line in (ours, theirs):
            assert lines[line.id].counts.picked == sum(1 for key in with_line.values() if key == line.id)
            assert lines[line.id].counts.picked <= 4


async def test_gear_that_is_scanned_and_checked_in_at_once_is_where_the_ledger_says(
    work: Any, sessions: Sessions
) -> None:
    """Units of the same equipment come back damaged while others are picked: nobody waits in circles."""
    tags = tuple(f"RD-{number}" for number in range(12))
    event, (_, light) = await a_show(work, tags=tags, wanted=6)
    async with work() as unit:
        equipment = await unit.session.get_one(Equipment, light.equipment_id)
        other = await an_event(unit, now() + HOUR, 24)
        theirs = await a_rental(unit, other, equipment, 6)
        await service.confirm(unit, other.id)
        scanned = [await scan(unit, act(), event.id, tag, step="packed") for tag in tags[:6]]
        await dispatch(unit, act(), event.id, [Part(light.id, 1, one.unit_id) for one in scanned])
    back = [
        lambda unit, key=one.unit_id: check_in(
            unit, act(), event.id, [Part(light.id, 1, key, condition="damaged")]
        )
        for one in scanned
    ]
    picked = [lambda unit, tag=tag: scan(unit, act(), other.id, tag, step="picked") for tag in tags[6:]]
    outcome = await race([one for pair in zip(back, picked, strict=True) for one in pair], sessions)
    assert sum(outcome.values()) == outcome["complete"] + outcome["right"] == 12
    async with work() as unit:
        lines = await lines_by_id(unit.session, [light.id, theirs.id])
        states = Counter(await unit.session.scalars(select(Unit.state).where(Unit.asset_tag.in_(tags))))
    assert (lines[light.id].counts.returned, lines[theirs.id].counts.picked) == (6, 6)
    assert states == {"quarantine": 6, "prepped": 6}


async def test_control_without_locks_and_guard_the_last_piece_is_counted_twice(
    work: Any, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, (cable,) = await a_show(work, quantity=5)
    async with work() as unit:
        await count(unit, act(), event.id, cable.id, step="picked", quantity=1)
    monkeypatch.setattr(counting, "hold_lines", read_only)
    taking = [
        lambda unit: count(unit, act(), event.id, cable.id, step="picked", quantity=4) for _ in range(TABLETS)
    ]
    back = [
        lambda unit: count(unit, act(), event.id, cable.id, step="picked", quantity=-4)
        for _ in range(TABLETS)
    ]
    async with work() as unit:
        await unit.session.execute(text("alter table movement disable trigger movement_guard"))
    try:
        await race(taking, sessions)
        over = (await stands(work, event, cable)).picked
        await race(back * 4, sessions)
        below = (await stands(work, event, cable)).picked
    finally:
        async with work() as unit:
            await unit.session.execute(text("alter table movement enable trigger movement_guard"))
    assert over > 5 or below < 0


async def test_without_the_lock_the_guard_still_refuses_what_cannot_be(
    work: Any, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, (cable,) = await a_show(work, quantity=5)
    async with work() as unit:
        await count(unit, act(), event.id, cable.id, step="picked", quantity=5)
    monkeypatch.setattr(counting, "hold_lines", read_only)
    back = [
        lambda unit: count(unit, act(), event.id, cable.id, step="picked", quantity=-5)
        for _ in range(TABLETS)
    ]
    outcome = await race(back, sessions)
    assert outcome["back"] == 1
    assert set(outcome) <= {
        "back", "CONFLICT", "Somebody else counted the same gear at the same moment. Look again.",
    }  # fmt: skip
    assert (await stands(work, event, cable)).picked == 0


async def read_only(unit: Any, _event_id: int, rental_ids: Any) -> Any:
    """What holding lines looks like without the lock; and everybody reads before anybody writes."""
    lines = await lines_by_id(unit.session, list(rental_ids))
    await unit.session.execute(select(Rental.id).where(Rental.id.in_(rental_ids)))
    await asyncio.sleep(0)
    return lines
