"""Several benches that want the same free unit at the same moment: for it, or for those they take one from."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import Allocation, Equipment, Unit
from app.domain.events import service
from app.domain.events.allocation import allocate
from app.domain.prep import promised_units, scanning
from app.domain.prep.ledger import place_unit
from app.domain.prep.promised_units import swap, take_instead
from app.domain.prep.queries import lines_by_id
from app.domain.prep.unit_queries import HERE
from app.lib.clock import now
from tests.integration.bench import act, with_units
from tests.integration.booking import HOUR, a_rental, an_event
from tests.integration.test_bench_races import Sessions, race, sessions

__all__ = ["sessions"]

BENCHES = 8


async def benches(work: Any, prefix: str, free: int, *, shows: int = BENCHES) -> Any:
    """So many events of one lamp each, each holding one that another event is promised; so many are free.

    There are lamps for all of them, but the others are in other hands.
    """
    made = []
    async with work() as unit:
        tags = [f"{prefix}-{number}" for number in range(2 * shows)]
        gear, units = await with_units(unit, tags)
        equipment = await unit.session.get_one(Equipment, gear)
        for taken in units[:shows]:
            ours, theirs = [await an_event(unit, now() + HOUR, 24) for _ in range(2)]
            lines = [await a_rental(unit, event, equipment, 1) for event in (ours, theirs)]
            await service.confirm(unit, theirs.id)
            await service.confirm(unit, ours.id)
            await allocate(unit, lines[1].id, [taken.id])
            made.append((ours, lines[0], taken.asset_tag, lines[1]))
        later = await a_rental(unit, await an_event(unit, now() + 100 * HOUR, 24), equipment, 1)
        for one in units[shows + free :]:
            await place_unit(unit, one, "prepped", later.id)
    return made, tags[: shows + free]


async def stands(work: Any, made: Any, tags: list[str]) -> tuple[int, Counter[str], list[int]]:
    """How many lamps our lines count, the states of all lamps, and to how many lines each lamp is promised."""
    async with work() as unit:
        lines = await lines_by_id(unit.session, [line.id for _, line, *_ in made])
        states = Counter(await unit.session.scalars(select(Unit.state).where(Unit.asset_tag.in_(tags))))
        promised = Counter(
            await unit.session.scalars(select(Allocation.unit_id).join(Unit).where(Unit.asset_tag.in_(tags)))
        )
    return sum(line.counts.picked for line in lines.values()), states, sorted(promised.values())


def instead(made: Any, tag: str) -> list[Any]:
    """What all benches tap: each was offered the same free lamp."""
    return [
        lambda unit, ours=ours, scanned=scanned: take_instead(
            unit, act(), ours.id, tag, instead_of=scanned, step="picked"
        )
        for ours, _, scanned, _ in made
    ]


async def test_the_last_free_one_is_taken_by_one_bench(work: Any, sessions: Sessions) -> None:
    made, tags = await benches(work, "RA", 1)
    outcome = await race(instead(made, tags[-1]), sessions)
    assert outcome == {"complete": 1, "promised": BENCHES - 1}
    picked, states, promised = await stands(work, made, tags)
    assert (picked, states["prepped"], set(promised)) == (1, 1, {1})


async def test_who_was_too_late_is_offered_the_next_one_until_all_have_one(
    work: Any, sessions: Sessions
) -> None:
    made, tags = await benches(work, "RB", BENCHES)
    waiting = [(ours, scanned, tags[BENCHES]) for ours, _, scanned, _ in made]
    rounds = 0
    while waiting:
        rounds += 1
        told = await asyncio.gather(*(one_tap(work, *one) for one in waiting))
        waiting = [
            (ours, scanned, given.offers[0].values["code"])
            for (ours, scanned, _), given in zip(waiting, told, strict=True)
            if not given.counted
        ]
        assert rounds <= BENCHES, "every round somebody gets one"
    picked, states, promised = await stands(work, made, tags)
    assert (picked, states["prepped"], set(promised)) == (BENCHES, BENCHES, {1})


async def one_tap(work: Any, ours: Any, scanned: str, tag: str) -> Any:
    async with work() as unit:
        return await take_instead(unit, act(), ours.id, tag, instead_of=scanned, step="picked")


async def test_the_same_tap_sent_by_a_device_again_and_again_counts_once(
    work: Any, sessions: Sessions
) -> None:
    ((ours, line, scanned, _), *_), tags = await benches(work, "RC", 2, shows=1)
    tap = act()
    again = [
        lambda unit: take_instead(unit, tap, ours.id, tags[-1], instead_of=scanned, step="picked")
    ] * BENCHES
    assert await race(again, sessions) == {"complete": BENCHES}
    assert (await stands(work, [(ours, line, scanned, None)], tags))[0] == 1


def swaps(made: Any) -> list[Any]:
    return [
        lambda unit, ours=ours, line=line, scanned=scanned, other=other: swap(
            unit, act(), ours.id, scanned, rental_id=line.id, with_rental_id=other.id, step="picked"
        )
        for ours, line, scanned, other in made
    ]


async def test_swaps_that_want_the_same_free_one_for_the_others_give_it_once(
    work: Any, sessions: Sessions
) -> None:
    made, tags = await benches(work, "RD", 2)
    outcome = await race(swaps(made), sessions)
    assert outcome == {"complete": 2, "promised": BENCHES - 2}
    picked, states, promised = await stands(work, made, tags)
    assert (picked, states["prepped"], set(promised)) == (2, 2, {1})


async def test_two_events_that_swap_with_each_other_do_not_wait_in_circles(
    work: Any, sessions: Sessions
) -> None:
    for number in range(6):
        async with work() as unit:
            tags = [f"RE-{number}-{one}" for one in range(4)]
            gear, units = await with_units(unit, tags)
            equipment = await unit.session.get_one(Equipment, gear)
            events = [await an_event(unit, now() + HOUR, 24) for _ in range(2)]
            lines = [await a_rental(unit, event, equipment, 2) for event in events]
            for event, line, own in zip(events, lines, (units[:2], units[2:]), strict=True):
                await service.confirm(unit, event.id)
                await allocate(unit, line.id, [one.id for one in own])
        crossing = [
            lambda unit, ours=ours, own=own, other=other, tag=tag: swap(
                unit, act(), ours.id, tag, rental_id=own.id, with_rental_id=other.id, step="picked"
            )
            for ours, own, other, theirs in (
                (events[0], *lines, tags[2:]),
                (events[1], *lines[::-1], tags[:2]),
            )
            for tag in theirs
        ]
        outcome = await race([*crossing, *crossing], sessions)
        assert set(outcome) <= {"right", "complete", "again", "promised", "wrong_event", "extra", "CONFLICT"}
        async with work() as unit:
            promised = await unit.session.scalars(
                select(Allocation.unit_id).where(Allocation.rental_id.in_([line.id for line in lines]))
            )
            assert sorted(promised.all()) == sorted(one.id for one in units)


async def test_control_without_the_lock_on_the_unit_two_benches_take_the_same_one(
    work: Any, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All read before anybody writes: what is left is refused by the database, if at all, and not in words."""
    made, tags = await benches(work, "RF", 1)
    all_of = asyncio.Barrier(BENCHES)

    async def unlocked(unit: Any, _event_id: int, found: Any, *, taken_from: int | None) -> Unit:
        one = (await unit.session.scalars(select(Unit).where(Unit.id == found.id))).one()
        if one.asset_tag == tags[-1] and one.state in HERE and not all_of.broken:
            await all_of.wait()
        return one

    monkeypatch.setattr(scanning, "hold_to_scan", unlocked)
    outcome = await race(instead(made, tags[-1]), sessions)
    assert outcome != {"complete": 1, "promised": BENCHES - 1}, outcome


async def test_control_without_the_locks_a_swap_runs_into_the_database(
    work: Any, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, tags = await benches(work, "RG", 1)
    all_of = asyncio.Barrier(BENCHES)

    async def unlocked(unit: Any, unit_ids: Any) -> dict[int, Unit]:
        found = await unit.session.scalars(select(Unit).where(Unit.id.in_(unit_ids)))
        units = {one.id: one for one in found}
        await all_of.wait()
        return units

    monkeypatch.setattr(promised_units, "hold_units", unlocked)
    outcome = await race(swaps(made), sessions)
    assert outcome != {"complete": 1, "promised": BENCHES - 1}, outcome
    assert (await stands(work, made, tags))[2]
