"""The engine against a brute-force count of every minute, over random plans.

ORACLE_EXAMPLES=1000 walks through more of them than the suite does.
"""

import os
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Interval, bindparam, select, text

from app.db.models import Rental
from app.domain.availability.claims import figure_of
from app.domain.availability.facts import hand_out, take_back
from app.domain.availability.policy import peaks_between
from app.domain.availability.queries import Window, steps_of
from app.domain.availability.shortage import Shortage
from app.domain.clients.service import create_client
from app.domain.events import booking, rentals, service
from app.domain.events.policy import pieces_along
from app.domain.inventory.service import edit_equipment
from app.domain.kits.service import add_kit_to_event
from app.domain.maintenance.service import report, take_step
from app.domain.sub_hire import service as sub_hires
from app.lib.clock import now
from app.lib.periods import Period
from tests.integration.believed_plan import CELL, GRID, LATEST, PRESENT, TAKING, Plan, PlannedEvent
from tests.integration.booking import a_rental, an_event, some_equipment
from tests.integration.kits import a_kit, goes_along

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "30"))
IN_KIT = 2
PER = 2  # one goes along with every two

cells = st.integers(0, GRID - 2)
lengths = st.integers(1, 120)
amounts = st.integers(1, 4)
picks = st.integers(0, 10**6)
soon = st.integers(1, 40)
ways = st.sampled_from(["line", "line", "kit", "along"])
statuses = st.sampled_from(["draft", "held", "confirmed"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("book"), cells, lengths, amounts, statuses, ways, soon),
        st.tuples(st.just("move"), picks, cells, lengths),
        st.tuples(st.just("extend"), picks, soon),
        st.tuples(st.just("shorten"), picks, soon),
        st.tuples(st.just("resize"), picks, amounts),
        st.tuples(st.just("hold"), picks, soon),
        st.tuples(st.just("confirm"), picks),
        st.tuples(st.just("give_up"), picks),
        st.tuples(st.just("time_goes_on"), soon),
        st.tuples(st.just("sweep")),
        st.tuples(st.just("outlast"), cells, lengths, amounts, st.integers(1, 12)),
        st.tuples(st.just("change_stock"), st.integers(0, 8)),
        st.tuples(st.just("block"), cells, lengths, amounts),
        st.tuples(st.just("unblock"), picks),
        st.tuples(st.just("hire"), cells, lengths, amounts),
        st.tuples(st.just("send_back"), picks, cells),
        st.tuples(st.just("hand_out"), picks, amounts),
        st.tuples(st.just("take_back"), picks, amounts, st.integers(0, 30)),
        st.tuples(st.just("overdue"), st.integers(0, PRESENT - 30), st.integers(1, 29), amounts, amounts),
    ),
    min_size=8,
    max_size=30,
)
WINDOWS = st.lists(st.tuples(cells, lengths), min_size=3, max_size=6)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, stock=st.integers(1, 6), windows=WINDOWS)
async def test_random_plans_agree_with_counting_every_cell(
    work: Any, steps: list[Any], stock: int, windows: list[tuple[int, int]]
) -> None:
    walk = await Walk.begun(work, stock)
    for kind, *arguments in steps:
        await getattr(walk, kind)(*arguments)
    await walk.agrees()
    for cell, length in windows:
        await walk.figure_agrees(cell, min(cell + length, GRID))


class Walk:
    """Does every step in the application and in the plan, and compares what is refused.

    Three ways lead to the same equipment: a line of it, a kit that holds it, and a lamp it goes along with.
    """

    equipment: Any
    lamp: Any
    kit_id: int
    supplier_id: int

    def __init__(self, work: Any, stock: int) -> None:
        self.work, self.plan = work, Plan(stock)
        self.start = now().replace(second=0, microsecond=0) - PRESENT * CELL - CELL / 2

    @classmethod
    async def begun(cls, work: Any, stock: int) -> "Walk":
        """A walk over equipment of its own."""
        walk = cls(work, stock)
        async with work() as unit:
            walk.equipment = await some_equipment(unit, stock)
            walk.lamp = await some_equipment(unit, 100_000, category_id=walk.equipment.category_id)
            await goes_along(unit, walk.lamp, walk.equipment, 1, PER)
            walk.kit_id = (await a_kit(unit, (walk.equipment, IN_KIT))).id
            walk.supplier_id = (await create_client(unit, {"name": "Lender", "supplier": True})).id
        return walk

    def at(self, cell: int) -> datetime:
        """The instant at which a cell begins."""
        return self.start + cell * CELL

    async def tries(
        self, event: PlannedEvent, change: dict[str, Any], command: Any, *, whole: bool = False
    ) -> None:
        """Do it in both, if the plan says it fits; else see it refused and leave the plan as it was.

        Every booking first lets go of holds that are over, and does not when it is refused.
        """
        before = [event.planned(cell) for cell in range(GRID)]
        old = {name: getattr(event, name) for name in change}
        released = self.plan.let_go(besides=event)
        for name, value in change.items():
            setattr(event, name, value)
        expected = event.status not in TAKING or self.plan.fits(event, before, whole=whole)
        try:
            async with self.work() as unit:
                await command(unit)
            done = True
        except Shortage:
            done = False
        assert done == expected, (change, event)
        if not done:
            for name, value in old.items():
                setattr(event, name, value)
            for one in released:
                one.status = "held"

    async def book(self, cell: int, length: int, quantity: int, *said: Any) -> None:
        """An event that wants the equipment: with which status, in which way, held for how long."""
        status, way, soon = said
        end = max(min(cell + length, GRID - 1), cell + 1)
        async with self.work() as unit:
            made = await an_event(unit, self.at(cell), 1, out_end=self.at(end))
            event = await getattr(self, f"_with_{way}")(unit, made, quantity)
        event.start, event.end = cell, end
        self.plan.let_go()
        self.plan.events.append(event)
        if status == "held":
            await self._hold(event, soon)
        elif status == "confirmed":
            await self._confirm(event)

    async def _with_line(self, unit: Any, made: Any, quantity: int) -> PlannedEvent:
        rental = await a_rental(unit, made, self.equipment, quantity)
        return PlannedEvent(made.id, rental.id, 0, 0, quantity)

    async def _with_kit(self, unit: Any, made: Any, quantity: int) -> PlannedEvent:
        (rental,) = await add_kit_to_event(unit, made.id, self.kit_id, quantity)
        return PlannedEvent(made.id, rental.id, 0, 0, IN_KIT * quantity)

    async def _with_along(self, unit: Any, made: Any, quantity: int) -> PlannedEvent:
        lamps = await a_rental(unit, made, self.lamp, quantity)
        key = await unit.session.scalar(select(Rental.id).where(Rental.accessory_of_id == lamps.id))
        return PlannedEvent(made.id, key, 0, 0, pieces_along(1, PER, quantity), lead=lamps.id)

    async def confirm(self, number: int) -> None:
        event = self.plan.pick(number, "draft", "held")
        if event is not None:
            await self._confirm(event)

    async def _confirm(self, event: PlannedEvent) -> None:
        await self.tries(
            event, {"status": "confirmed"}, lambda unit: service.confirm(unit, event.id), whole=True
        )

    async def hold(self, number: int, soon: int) -> None:
        event = self.plan.pick(number, "draft", "held")
        if event is not None:
            await self._hold(event, soon)

    async def _hold(self, event: PlannedEvent, soon: int) -> None:
        expires = self.plan.present + soon
        if event.end > self.plan.present:
            # a hold ends with its event at the latest
            expires = min(expires, event.end)
        await self.tries(
            event,
            {"status": "held", "expires": expires},
            lambda unit: service.hold(unit, event.id, expires_at=self.at(expires)),
            whole=True,
        )

    async def move(self, number: int, cell: int, length: int) -> None:
        event = self.plan.pick(number, "draft", "held", "confirmed")
        if event is not None and not event.left:
            await self._to(event, cell, max(min(cell + length, GRID - 1), cell + 1))

    async def extend(self, number: int, by: int) -> None:
        event = self.plan.pick(number, "draft", "held", "confirmed")
        if event is not None:
            await self._to(event, event.start, min(event.end + by, GRID - 1))

    async def shorten(self, number: int, by: int) -> None:
        event = self.plan.pick(number, "draft", "held", "confirmed")
        if event is not None:
            await self._to(event, event.start, max(event.end - by, event.start + 1))

    async def _to(self, event: PlannedEvent, start: int, end: int) -> None:
        if (start, end) == (event.start, event.end):
            return
        values = {"out_start": self.at(start), "out_end": self.at(end)}
        await self.tries(
            event,
            {"start": start, "end": end},
            lambda unit: service.edit_event(unit, event.id, values, version=None),
        )

    async def resize(self, number: int, quantity: int) -> None:
        event = self.plan.pick(number, "draft", "held", "confirmed")
        if event is None:
            return
        wanted = pieces_along(1, PER, quantity) if event.lead else quantity
        if wanted < event.left or wanted == event.quantity:
            return
        key, values = event.lead or event.rental_id, {"quantity": quantity}
        await self.tries(
            event,
            {"quantity": wanted},
            lambda unit: rentals.edit_rental(unit, key, values, version=None),
        )

    async def give_up(self, number: int) -> None:
        event = self.plan.pick(number, "draft", "held", "confirmed")
        if event is None or event.out:
            return
        step = "cancel" if event.status == "confirmed" else "lose"
        await self.tries(
            event, {"status": "over"}, lambda unit: service.take_step(unit, event.id, step, reason="Test")
        )

    async def time_goes_on(self, by: int) -> None:
        """Nobody does anything. For all that is written the same as if it were so much earlier."""
        by = min(by, LATEST - self.plan.present)
        gear = [self.equipment.id, self.lamp.id]
        events = [event.id for event in self.plan.events]
        written = [
            ("event", ("out_start", "out_end", "hold_expires_at"), "id", events),
            ("reservation", ("start_at", "end_at"), "equipment_id", gear),
            ("maintenance", ("due_at", "expected_back"), "equipment_id", gear),
            ("sub_hire", ("start_at", "end_at", "returned_at"), "equipment_id", gear),
        ]
        async with self.work() as unit:
            await unit.session.execute(text("set local session_replication_role = replica"))
            for table, columns, name, keys in written:
                earlier = ", ".join(f"{column} = {column} - :by" for column in columns)
                statement = text(f"update {table} set {earlier} where {name} = any(:keys)")
                typed = statement.bindparams(bindparam("by", by * CELL, Interval), bindparam("keys", keys))
                await unit.session.execute(typed)
        self.start -= by * CELL
        self.plan.present += by

    async def outlast(self, cell: int, length: int, quantity: int, soon: int) -> None:
        """Somebody wants what is held, once the hold is over, before anybody let go of it."""
        await self.book(cell, length, quantity, "held", "line", soon)
        await self.time_goes_on(soon)
        await self.book(cell, length, quantity, "confirmed", "line", 1)

    async def sweep(self) -> None:
        async with self.work() as unit:
            released = await booking.release_expired(unit)
        assert {event.id for event in self.plan.let_go()} <= set(released)

    async def change_stock(self, quantity: int) -> None:
        async with self.work() as unit:
            await edit_equipment(unit, self.equipment.id, {"quantity": quantity}, version=None)
        self.plan.stock = quantity

    async def block(self, cell: int, length: int, quantity: int) -> None:
        cell = max(cell, self.plan.present + 1)
        if quantity > self.plan.stock:
            return
        until = min(cell + length, GRID)
        values = {
            "equipment_id": self.equipment.id,
            "quantity": quantity,
            "title": "Service",
            "kind": "preventive",
            "due_at": self.at(cell),
            "expected_back": self.at(until),
        }
        async with self.work() as unit:
            job = await report(unit, values)
        self.plan.blocks[job.id] = (quantity, cell, until)

    async def unblock(self, number: int) -> None:
        if not self.plan.blocks:
            return
        job = sorted(self.plan.blocks)[number % len(self.plan.blocks)]
        async with self.work() as unit:
            await take_step(unit, job, "resolve")
        del self.plan.blocks[job]

    async def hire(self, cell: int, length: int, quantity: int) -> None:
        until = min(cell + length, GRID)
        values = {
            "equipment_id": self.equipment.id,
            "supplier_id": self.supplier_id,
            "quantity": quantity,
            "start_at": self.at(cell),
            "end_at": self.at(until),
        }
        async with self.work() as unit:
            made = await sub_hires.create_sub_hire(unit, values)
        await self.agrees()  # a draft brings nothing
        async with self.work() as unit:
            await sub_hires.take_step(unit, made.id, "order")
        self.plan.hired[made.id] = (quantity, cell, until)

    async def send_back(self, number: int, cell: int) -> None:
        """What was hired in goes back, in time or not; what has not come yet is cancelled."""
        waiting = [key for key in self.plan.hired if key > 0]
        if not waiting:
            return
        key = waiting[number % len(waiting)]
        quantity, since, _ = self.plan.hired.pop(key)
        until = min(cell, self.plan.present)
        async with self.work() as unit:
            if until <= since:
                await sub_hires.take_step(unit, key, "cancel")
                return
            await sub_hires.take_step(unit, key, "receive")
            await sub_hires.take_step(unit, key, "return", {"returned_at": self.at(until)})
        self.plan.hired[-key] = (quantity, since, until)  # done with

    async def hand_out(self, number: int, quantity: int) -> None:
        event = self.plan.pick(number, "confirmed")
        if event is None or event.start > self.plan.present or quantity > event.quantity - event.left:
            return
        async with self.work() as unit:
            await hand_out(unit, event.rental_id, quantity, self.at(event.start))
        event.out.append((quantity, event.start))

    async def overdue(self, cell: int, length: int, quantity: int, out: int) -> None:
        """Gear that left in the past and should be back."""
        await self.book(cell, length, quantity, "confirmed", "line", 1)
        event = self.plan.events[-1]
        if event.status == "confirmed":
            confirmed = [one for one in self.plan.events if one.status == "confirmed"]
            await self.hand_out(confirmed.index(event), min(out, quantity))

    async def take_back(self, number: int, quantity: int, later: int) -> None:
        fitting = [event for event in self.plan.events if event.out]
        if not fitting:
            return
        event = fitting[number % len(fitting)]
        quantity = min(quantity, sum(one[0] for one in event.out))
        until = max(min(event.start + 1 + later, self.plan.present), event.start + 1)
        async with self.work() as unit:
            await take_back(unit, event.rental_id, quantity, self.at(until), self.at(until))
        event.returned(quantity, until)

    async def agrees(self) -> None:
        """Every cell of the grid, as one strip."""
        window = Window(self.equipment.id, Period(self.at(0), self.at(GRID)))
        async with self.work() as unit:
            (steps,) = await steps_of(unit.session, [window])
        bounds = [self.at(cell) for cell in range(GRID + 1)]
        assert peaks_between(steps, bounds) == self.plan.loads()

    async def figure_agrees(self, cell: int, end: int) -> None:
        """One window, with its reasons adding up."""
        window = Window(self.equipment.id, Period(self.at(cell), self.at(end)))
        async with self.work() as unit:
            figure = await figure_of(unit.session, window)
        assert figure is not None
        loads = [self.plan.load(one) for one in range(cell, end)]
        assert figure.free == self.plan.stock - max(loads)
        assert figure.binding_at == self.at(cell + loads.index(max(loads)))
        reasons = sum(
            claim.quantity for claim in figure.claims if claim.kind != "sub_hire" and claim.state != "pencil"
        )
        assert figure.reserved == reasons
        assert figure.supply - figure.reserved == figure.free
