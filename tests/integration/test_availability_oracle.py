"""The engine against a brute-force count of every minute, over random plans."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.db.models import Reservation
from app.domain.availability.claims import figure_of
from app.domain.availability.policy import peaks_between
from app.domain.availability.queries import Window, steps_of
from app.domain.availability.service import hand_out, take_back
from app.domain.availability.shortage import Shortage
from app.domain.events import booking, rentals, service
from app.domain.maintenance.service import report, take_step
from app.lib.clock import now
from app.lib.periods import Period
from tests.integration.booking import a_rental, an_event, some_equipment

GRID = 400  # ten-minute cells around now: times fall on their edges, and now in the middle of one
CELL = timedelta(minutes=10)
PRESENT = 200
TAKING = ("held", "confirmed")


@dataclass
class PlannedEvent:
    """What the test believes about one event with one line."""

    id: int
    rental_id: int
    start: int
    end: int
    quantity: int
    status: str = "draft"
    out: list[tuple[int, int]] = field(default_factory=list)  # quantity, from
    back: list[tuple[int, int, int]] = field(default_factory=list)  # quantity, from, until

    @property
    def left(self) -> int:
        return sum(one[0] for one in self.out) + sum(one[0] for one in self.back)

    def planned(self, cell: int) -> int:
        """What it takes in a cell if everything goes to plan."""
        inside = self.start <= cell < self.end
        taken = self.quantity - self.left if self.status in TAKING and inside else 0
        taken += sum(quantity for quantity, since in self.out if since <= cell < self.end)
        return taken + sum(quantity for quantity, since, until in self.back if since <= cell < until)

    def late(self, cell: int) -> int:
        """What it takes beyond the plan, because it is not back."""
        overdue = self.end <= PRESENT and cell >= self.end
        return sum(quantity for quantity, _ in self.out) if overdue else 0


@dataclass
class Plan:
    """The whole belief: one equipment, counted cell by cell."""

    stock: int
    events: list[PlannedEvent] = field(default_factory=list)
    blocks: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # job: quantity, from, until
    hired: list[tuple[int, int, int]] = field(default_factory=list)

    def load(self, cell: int) -> int:
        taken = sum(event.planned(cell) + event.late(cell) for event in self.events)
        for quantity, since, until in self.blocks.values():
            taken += quantity if since <= cell < until or (until <= PRESENT and cell >= until) else 0
        return taken - sum(quantity for quantity, since, until in self.hired if since <= cell < until)

    def loads(self) -> list[int]:
        return [self.load(cell) for cell in range(GRID)]


cells = st.integers(0, GRID - 2)
lengths = st.integers(1, 120)
amounts = st.integers(1, 4)
picks = st.integers(0, 10**6)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("book"), cells, lengths, amounts, st.sampled_from(["draft", "held", "confirmed"])),
        st.tuples(st.just("move"), picks, cells, lengths),
        st.tuples(st.just("resize"), picks, amounts),
        st.tuples(st.just("confirm"), picks),
        st.tuples(st.just("give_up"), picks),
        st.tuples(st.just("expire"), picks),
        st.tuples(st.just("stock"), st.integers(0, 8)),
        st.tuples(st.just("block"), st.integers(PRESENT + 1, GRID - 2), lengths, amounts),
        st.tuples(st.just("unblock"), picks),
        st.tuples(st.just("hire"), cells, lengths, amounts),
        st.tuples(st.just("hand_out"), picks, amounts),
        st.tuples(st.just("take_back"), picks, amounts, st.integers(0, 30)),
        st.tuples(st.just("overdue"), st.integers(0, PRESENT - 30), st.integers(1, 29), amounts, amounts),
    ),
    min_size=8,
    max_size=25,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=STEPS, stock=st.integers(1, 6), windows=st.lists(st.tuples(cells, lengths), min_size=3, max_size=6)
)
async def test_random_plans_agree_with_counting_every_cell(
    work: Any, steps: list[Any], stock: int, windows: list[tuple[int, int]]
) -> None:
    start = now().replace(second=0, microsecond=0) - PRESENT * CELL - CELL / 2
    walk = Walk(work, start, Plan(stock))
    async with work() as unit:
        walk.equipment_id = (await some_equipment(unit, stock)).id
    for kind, *arguments in steps:
        await getattr(walk, kind)(*arguments)
    await walk.agrees()
    for cell, length in windows:
        await walk.figure_agrees(cell, min(cell + length, GRID))


class Walk:
    """Does every step in the application and in the plan, and compares what is refused."""

    equipment_id: int

    def __init__(self, work: Any, start: datetime, plan: Plan) -> None:
        self.work, self.start, self.plan = work, start, plan

    def at(self, cell: int) -> datetime:
        return self.start + cell * CELL

    def fits(self, event: PlannedEvent, before: list[int], *, whole: bool) -> bool:
        """Whether no cell is too full in which the event takes more than it did (or anything at all)."""
        return all(
            self.plan.load(cell) <= self.plan.stock
            for cell in range(GRID)
            if event.planned(cell) > (0 if whole else before[cell])
        )

    async def tries(
        self, event: PlannedEvent, change: dict[str, Any], command: Any, *, whole: bool = False
    ) -> None:
        """Do it in both, if the plan says it fits; else see it refused and leave the plan as it was."""
        before = [event.planned(cell) for cell in range(GRID)]
        old = {name: getattr(event, name) for name in change}
        for name, value in change.items():
            setattr(event, name, value)
        expected = event.status not in TAKING or self.fits(event, before, whole=whole)
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

    async def book(self, cell: int, length: int, quantity: int, status: str) -> None:
        end = min(cell + length, GRID - 1)
        end = max(end, cell + 1)
        async with self.work() as unit:
            made = await an_event(unit, self.at(cell), 1, out_end=self.at(end))
            equipment = await unit.session.get(_equipment(), self.equipment_id)
            rental = await a_rental(unit, made, equipment, quantity)
        event = PlannedEvent(made.id, rental.id, cell, end, quantity)
        self.plan.events.append(event)
        if status == "held":
            await self.tries(event, {"status": "held"}, lambda unit: service.hold(unit, event.id), whole=True)
        elif status == "confirmed":
            await self._confirm(event)

    async def _confirm(self, event: PlannedEvent) -> None:
        await self.tries(
            event, {"status": "confirmed"}, lambda unit: service.confirm(unit, event.id), whole=True
        )

    def pick(self, number: int, *statuses: str) -> PlannedEvent | None:
        fitting = [event for event in self.plan.events if event.status in statuses]
        return fitting[number % len(fitting)] if fitting else None

    async def move(self, number: int, cell: int, length: int) -> None:
        event = self.pick(number, "draft", "held", "confirmed")
        if event is None or event.left:
            return
        end = max(min(cell + length, GRID - 1), cell + 1)
        values = {"out_start": self.at(cell), "out_end": self.at(end)}
        await self.tries(
            event,
            {"start": cell, "end": end},
            lambda unit: service.edit_event(unit, event.id, values, version=None),
        )

    async def resize(self, number: int, quantity: int) -> None:
        event = self.pick(number, "draft", "held", "confirmed")
        if event is None or quantity < event.left:
            return
        await self.tries(
            event,
            {"quantity": quantity},
            lambda unit: rentals.edit_rental(unit, event.rental_id, {"quantity": quantity}, version=None),
        )

    async def confirm(self, number: int) -> None:
        event = self.pick(number, "draft", "held")
        if event is not None:
            await self._confirm(event)

    async def give_up(self, number: int) -> None:
        event = self.pick(number, "draft", "held", "confirmed")
        if event is None or event.out:
            return
        step = "cancel" if event.status == "confirmed" else "lose"
        async with self.work() as unit:
            await service.take_step(unit, event.id, step, reason="Test")
        event.status = "over"

    async def expire(self, number: int) -> None:
        event = self.pick(number, "held")
        if event is None:
            return
        async with self.work() as unit:
            await unit.session.execute(
                text("update event set hold_expires_at = now() - interval '1 minute' where id = :id"),
                {"id": event.id},
            )
        async with self.work() as unit:
            assert event.id in await booking.release_expired(unit)
        event.status = "draft"

    async def stock(self, quantity: int) -> None:
        async with self.work() as unit:
            await unit.session.execute(
                text("update equipment set quantity = :q where id = :id"),
                {"q": quantity, "id": self.equipment_id},
            )
        self.plan.stock = quantity

    async def block(self, cell: int, length: int, quantity: int) -> None:
        if quantity > self.plan.stock:
            return
        until = min(cell + length, GRID)
        values = {
            "equipment_id": self.equipment_id,
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
        async with self.work() as unit:
            unit.session.add(
                Reservation(
                    equipment_id=self.equipment_id,
                    kind="sub_hire",
                    state="firm",
                    quantity=quantity,
                    start_at=self.at(cell),
                    end_at=self.at(until),
                )
            )
        self.plan.hired.append((quantity, cell, until))

    async def hand_out(self, number: int, quantity: int) -> None:
        event = self.pick(number, "confirmed")
        if event is None or event.start > PRESENT or quantity > event.quantity - event.left:
            return
        async with self.work() as unit:
            await hand_out(unit, event.rental_id, quantity, self.at(event.start))
        event.out.append((quantity, event.start))

    async def overdue(self, cell: int, length: int, quantity: int, out: int) -> None:
        """Gear that left in the past and should be back."""
        await self.book(cell, length, quantity, "confirmed")
        event = self.plan.events[-1]
        if event.status == "confirmed":
            await self.hand_out(self._among("confirmed", event), min(out, quantity))

    def _among(self, status: str, event: PlannedEvent) -> int:
        return [one for one in self.plan.events if one.status == status].index(event)

    async def take_back(self, number: int, quantity: int, later: int) -> None:
        fitting = [event for event in self.plan.events if event.out]
        if not fitting:
            return
        event = fitting[number % len(fitting)]
        quantity = min(quantity, sum(one[0] for one in event.out))
        until = min(event.start + 1 + later, PRESENT)
        until = max(until, event.start + 1)
        async with self.work() as unit:
            await take_back(unit, event.rental_id, quantity, self.at(until), self.at(until))
        self._returned(event, quantity, until)

    @staticmethod
    def _returned(event: PlannedEvent, quantity: int, until: int) -> None:
        while quantity:
            have, since = event.out.pop(0)
            part = min(have, quantity)
            event.back.append((part, since, until))
            if have > part:
                event.out.insert(0, (have - part, since))
            quantity -= part

    async def agrees(self) -> None:
        """Every cell of the grid, as one strip."""
        window = Window(self.equipment_id, Period(self.at(0), self.at(GRID)))
        async with self.work() as unit:
            (steps,) = await steps_of(unit.session, [window])
        bounds = [self.at(cell) for cell in range(GRID + 1)]
        assert peaks_between(steps, bounds) == self.plan.loads()

    async def figure_agrees(self, cell: int, end: int) -> None:
        """One window, with its reasons adding up."""
        window = Window(self.equipment_id, Period(self.at(cell), self.at(end)))
        async with self.work() as unit:
            figure = await figure_of(unit.session, window)
        assert figure is not None
        loads = [self.plan.load(one) for one in range(cell, end)]
        assert figure.free == self.plan.stock - max(loads)
        assert figure.binding_at == self.at(cell + loads.index(max(loads)))
        reasons = sum(
            taker.quantity for taker in figure.claims if taker.kind != "sub_hire" and taker.state != "pencil"
        )
        assert figure.reserved == reasons
        assert figure.supply - figure.reserved == figure.free


def _equipment() -> Any:
    from app.db.models import Equipment

    return Equipment
