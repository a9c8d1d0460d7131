"""What stands on a calendar."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.calendar.policy import MAINTENANCE, Kind, State


@dataclass(frozen=True, slots=True)
class Item:
    """Something that stands on a calendar: an event, gear of one that is late, or a repair.

    `end_at` is FOREVER where it is not known; `venue` is the equipment of a repair. Repairs come last a day:
    they go on for long, and hide nothing.
    """

    kind: Kind
    id: int
    version: int
    title: str
    client_name: str
    venue: str
    state: State
    start_at: datetime
    end_at: datetime
    quantity: int
    is_open: bool

    @property
    def url(self) -> str:
        """Its page."""
        return f"/maintenance/{self.id}" if self.kind == MAINTENANCE else f"/events/{self.id}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a calendar shows: the first items of each day, and how many each day has, from the first on.

    A day that has `at_least` that many was not counted further.
    """

    items: tuple[Item, ...]
    totals: tuple[int, ...]
    at_least: tuple[bool, ...]
