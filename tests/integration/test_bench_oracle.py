"""The bench against plain counting, over random shifts: every count, unit, figure and state, after every step.

BENCH_EXAMPLES=1000 walks through more of them than the suite does.
"""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.availability.shortage import Shortage
from app.domain.events import rentals, service
from app.domain.events.allocation import allocate
from app.domain.maintenance.service import take_step
from app.domain.prep.acknowledging import acknowledge
from app.lib.errors import DomainError
from tests.integration.believed_bench import (
    PREP,
    Gear,
)
from tests.integration.bench_moves import Moves
from tests.integration.booking import HOUR

EXAMPLES = int(os.environ.get("BENCH_EXAMPLES", "5"))

pick = st.integers(0, 10**6)
few = st.integers(1, 3)
step = st.integers(0, 3)
conditions = st.sampled_from(["fine", "fine", "dirty", "damaged", "missing", "unchecked"])
forces = st.sampled_from(["", "", "promised", "wrong_event", "either"])
TAPS = st.lists(
    st.one_of(
        st.tuples(st.just("count"), pick, step, few),
        st.tuples(st.just("put_back"), pick, step, few),
        st.tuples(st.just("scan"), pick, pick, step, forces),
        st.tuples(st.just("scan"), pick, pick, step, forces),
        st.tuples(st.just("scan_sku"), pick, step),
        st.tuples(st.just("again"), pick),
        st.tuples(st.just("undo"), pick),
        st.tuples(st.just("dispatch"), pick, pick, st.booleans()),
        st.tuples(st.just("dispatch"), pick, pick, st.just(value=True)),
        st.tuples(st.just("check_in"), pick, few, conditions, conditions),
        st.tuples(st.just("check_in"), pick, few, conditions, conditions),
        st.tuples(st.just("check"), pick, few, st.sampled_from(["fine", "damaged"])),
        st.tuples(st.just("settle"), pick, few),
        st.tuples(st.just("undo_settlement"), pick),
        st.tuples(st.just("undo_handover"), pick),
        st.tuples(st.just("acknowledge"), pick),
        st.tuples(st.just("resolve"), pick),
        st.tuples(st.just("resize"), pick, st.integers(1, 5)),
        st.tuples(st.just("cancel"), pick),
        st.tuples(st.just("confirm"), pick),
        st.tuples(st.just("extend"), pick, st.integers(1, 6)),
        st.tuples(st.just("promise"), pick, pick),
    ),
    min_size=10,
    max_size=30,
)
# all of the first event has left; what is owed is settled, found and settled again
ALL_OUT = [
    ("count", 0, 2, 3), ("scan", 0, 0, 2, ""), ("scan", 0, 1, 2, ""), ("count", 1, 2, 4),
    ("dispatch", 0, 173, True),
]  # fmt: skip
OWED = st.lists(
    st.one_of(
        st.tuples(st.just("check_in"), st.just(0), few, conditions, conditions),
        st.tuples(st.just("settle"), st.sampled_from([0, 2, 3]), few),
        st.tuples(st.just("settle"), st.sampled_from([0, 2, 3]), few),
        st.tuples(st.just("undo_settlement"), pick),
        st.tuples(st.just("undo_settlement"), pick),
        st.tuples(st.just("undo_handover"), pick),
        st.tuples(st.just("scan"), pick, pick, step, forces),
        st.tuples(st.just("promise"), pick, pick),
        st.tuples(st.just("resize"), pick, st.integers(1, 5)),
        st.tuples(st.just("cancel"), pick),
        st.tuples(st.just("confirm"), pick),
        st.tuples(st.just("extend"), pick, st.integers(1, 6)),
        st.tuples(st.just("again"), pick),
    ),
    min_size=5,
    max_size=20,
).map(lambda taps: ALL_OUT + taps)
SHOPS = st.sampled_from([("picked",), ("picked", "packed"), ("picked", "packed"), PREP])


# cables are lines 0, 4, 7, tape 1, 5, 8, lamps 2, 3, 6, 9
A_WHOLE_DAY = [
    ("count", 0, 0, 3), ("count", 0, 2, 3), ("undo", 0),
    ("scan", 0, 0, 2, ""), ("scan", 0, 1, 2, ""), ("count", 1, 2, 4), ("count", 0, 2, 3),
    ("dispatch", 0, 173, True), ("undo_handover", 0), ("dispatch", 0, 173, True),
    ("resize", 0, 4), ("acknowledge", 0),
    ("check_in", 0, 1, "damaged", "missing"), ("check_in", 0, 3, "fine", "fine"), ("undo_handover", 3),
    ("settle", 0, 1), ("undo_settlement", 0), ("undo_settlement", 0), ("settle", 2, 1), ("settle", 0, 1),
    ("undo_settlement", 1), ("settle", 2, 1), ("again", 1), ("resolve", 0),
    ("scan", 1, 2, 0, ""), ("dispatch", 1, 25, True), ("check_in", 1, 1, "unchecked", "unchecked"),
    ("scan", 2, 2, 0, ""), ("check", 6, 1, "damaged"), ("put_back", 9, 0, 1),
    ("cancel", 2), ("confirm", 0), ("extend", 0, 2),
]  # fmt: skip


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(taps=st.one_of(TAPS, OWED), enabled=SHOPS)
@example(taps=A_WHOLE_DAY, enabled=("picked", "packed"))
async def test_random_shifts_agree_with_plain_counting(
    work: Any, taps: list[Any], enabled: tuple[str, ...]
) -> None:
    shift = await Day.begun(work, enabled)
    for kind, *arguments in taps:
        await getattr(shift, kind)(*arguments)
        await shift.agrees(kind)


class Day(Moves):
    """What the office does meanwhile."""

    async def acknowledge(self, number: int) -> None:
        line = self.lines[number % len(self.lines)]

        async with self.work() as unit:
            await acknowledge(unit, line.show.id, line.id, line.wanted)
        if line.show.begun:
            line.known = line.wanted

    async def resolve(self, number: int) -> None:
        jobs = [(one, job) for one in (*self.gear, *self.pieces) for job in sorted(one.jobs)]
        if not jobs:
            return
        where, job = jobs[number % len(jobs)]
        async with self.work() as unit:
            await take_step(unit, job, "resolve")
        if isinstance(where, Gear):
            del where.jobs[job]
            return
        where.jobs.discard(job)
        if where.state == "quarantine" and not where.jobs:
            where.state = "in_stock"

    async def office(self, command: Callable[[Any], Any], *, refused: bool) -> bool:
        """Whether it was done; a shortage is for the engine to tell, anything else for the belief."""
        told = ""
        try:
            async with self.work() as unit:
                await command(unit)
        except Shortage:
            return False
        except DomainError as error:
            told = error.message
        assert bool(told) == refused, told
        return not refused

    async def resize(self, number: int, quantity: int) -> None:
        line = self.lines[number % len(self.lines)]
        refused = quantity < line.sums["dispatched"] and quantity != line.quantity
        done = await self.office(
            lambda unit: rentals.edit_rental(unit, line.id, {"quantity": quantity}, version=None),
            refused=refused or not line.show.confirmed,
        )
        if done:
            line.quantity = quantity

    async def cancel(self, number: int) -> None:
        show = self.shows[number % len(self.shows)]
        out = any(line.outstanding for line in show.lines if line.gear.kind != "consumable")
        done = await self.office(
            lambda unit: service.take_step(unit, show.id, "cancel"), refused=out or not show.confirmed
        )
        if done:
            show.confirmed = False

    async def confirm(self, number: int) -> None:
        """A cancelled event is on again."""
        cancelled = [one for one in self.shows if not one.confirmed]
        if not cancelled:
            return
        show = cancelled[number % len(cancelled)]

        async def again(unit: Any) -> None:
            await service.take_step(unit, show.id, "reopen")
            await service.confirm(unit, show.id)

        if await self.office(again, refused=False):
            show.confirmed = True

    async def extend(self, number: int, hours: int) -> None:
        show = self.shows[number % len(self.shows)]
        end = show.end + hours * HOUR
        if await self.office(
            lambda unit: service.edit_event(unit, show.id, {"out_end": end}, version=None), refused=False
        ):
            show.end = end

    async def promise(self, number: int, which: int) -> None:
        """The desk binds one unit to a line, where it may."""
        lines = [line for line in self.lines if line.gear.kind == "serialized"]
        line, piece = lines[number % len(lines)], self.pieces[which % len(self.pieces)]
        if not any(line.of(one)["picked"] for one in self.pieces):
            try:
                async with self.work() as unit:
                    await allocate(unit, line.id, [piece.id])
            except DomainError:
                return
