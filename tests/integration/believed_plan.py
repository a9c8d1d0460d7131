"""What a test believes about the plan of one equipment, counted cell by cell without the engine."""

from dataclasses import dataclass, field
from datetime import timedelta

GRID = 400  # ten-minute cells: times fall on their edges, and now in the middle of one
CELL = timedelta(minutes=10)
PRESENT = 200  # the cell that is now, as the plan begins
LATEST = 330  # how far time goes on
TAKING = ("held", "confirmed")


@dataclass
class PlannedEvent:
    """One event with one line of the equipment. `lead` is the line that it goes along with."""

    id: int
    rental_id: int
    start: int
    end: int
    quantity: int
    lead: int | None = None
    status: str = "draft"
    expires: int = 0
    out: list[tuple[int, int]] = field(default_factory=list)  # quantity, from
    back: list[tuple[int, int, int]] = field(default_factory=list)  # quantity, from, until

    @property
    def left(self) -> int:
        """How many pieces left, whether they are back or not."""
        return sum(one[0] for one in self.out) + sum(one[0] for one in self.back)

    def planned(self, cell: int) -> int:
        """What it takes in a cell if everything goes to plan."""
        inside = self.start <= cell < self.end
        taken = self.quantity - self.left if self.status in TAKING and inside else 0
        taken += sum(quantity for quantity, since in self.out if since <= cell < self.end)
        return taken + sum(quantity for quantity, since, until in self.back if since <= cell < until)

    def late(self, cell: int, present: int) -> int:
        """What it takes beyond the plan, because it is not back."""
        overdue = self.end <= present and cell >= self.end
        return sum(quantity for quantity, _ in self.out) if overdue else 0

    def returned(self, quantity: int, until: int) -> None:
        """So many of those that are out are rentable again from `until` on."""
        while quantity:
            have, since = self.out.pop(0)
            part = min(have, quantity)
            self.back.append((part, since, until))
            if have > part:
                self.out.insert(0, (have - part, since))
            quantity -= part


@dataclass
class Plan:
    """Everything about one equipment."""

    stock: int
    present: int = PRESENT
    events: list[PlannedEvent] = field(default_factory=list)
    blocks: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # job: quantity, from, until
    hired: dict[int, tuple[int, int, int]] = field(default_factory=dict)  # sub-hire: the same

    def load(self, cell: int) -> int:
        """How many pieces are taken in a cell."""
        taken = sum(event.planned(cell) + event.late(cell, self.present) for event in self.events)
        for quantity, since, until in self.blocks.values():
            overdue = until <= self.present and cell >= until
            taken += quantity if since <= cell < until or overdue else 0
        brought = (quantity for quantity, since, until in self.hired.values() if since <= cell < until)
        return taken - sum(brought)

    def loads(self) -> list[int]:
        """All cells."""
        return [self.load(cell) for cell in range(GRID)]

    def pick(self, number: int, *statuses: str) -> PlannedEvent | None:
        """One of the events in these statuses."""
        fitting = [event for event in self.events if event.status in statuses]
        return fitting[number % len(fitting)] if fitting else None

    def fits(self, event: PlannedEvent, before: list[int], *, whole: bool) -> bool:
        """Whether no cell is too full in which the event takes more than it did (or anything at all)."""
        return all(
            self.load(cell) <= self.stock
            for cell in range(GRID)
            if event.planned(cell) > (0 if whole else before[cell])
        )

    def let_go(self, besides: PlannedEvent | None = None) -> list[PlannedEvent]:
        """End the holds whose time is over."""
        over = [
            event
            for event in self.events
            if event.status == "held" and event.expires <= self.present and event is not besides
        ]
        for event in over:
            event.status = "draft"
        return over
