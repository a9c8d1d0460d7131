"""The pure rules of a stock take: what a count differs by, and what applying it changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

STATUS_WORDS: Final = {
    "open": ("Counting", "accent", "half"),
    "applied": ("Applied", "green", "disc"),
    "cancelled": ("Cancelled", "slate", ""),
}
_PRESENT: Final = ("in_stock", "returned", "quarantine", "in_repair", "prepped", "allocated")


@dataclass(frozen=True, slots=True)
class CountedBulk:
    """Counted gear: how many pieces should be here, and how many were counted. `here`: it belongs here.

    `photo` is what it looks like, `icon` that of its category.
    """

    equipment_id: int
    name: str
    sku: str
    location: str
    expected: int
    counted: int
    here: bool
    photo: str | None = None
    icon: str = "packages"

    @property
    def difference(self) -> int:
        """How many more were counted than should be here; negative where some are missing."""
        return self.counted - self.expected

    @property
    def changes(self) -> bool:
        """Whether applying the count changes its quantity."""
        return self.here and self.difference != 0

    @property
    def is_found(self) -> bool:
        """Whether some of it was counted here although all of it is kept elsewhere."""
        return not self.here and self.counted > 0

    @property
    def belongs(self) -> str:
        """Where it is kept, in a sentence."""
        return f"It is kept at {self.location or 'no location'}: take it there."


@dataclass(frozen=True, slots=True)
class CountedUnit:
    """A unit that should be here, or was counted here all the same. `with_event` is whose line has it.

    `photo` is what its equipment looks like, `icon` that of the category.
    """

    unit_id: int
    equipment_id: int
    asset_tag: str
    name: str
    sku: str
    state: str
    location: str
    with_event: str | None
    counted: bool
    here: bool
    photo: str | None = None
    icon: str = "packages"

    @property
    def expected(self) -> bool:
        """Whether it should be here: it belongs here and is not out."""
        return self.here and self.state in _PRESENT

    @property
    def is_missing(self) -> bool:
        """Whether it should be here and was not counted."""
        return self.expected and not self.counted

    @property
    def is_found(self) -> bool:
        """Whether it was counted although it should be elsewhere."""
        return self.counted and not self.expected

    @property
    def belongs(self) -> str:
        """Where it should be instead, in a sentence."""
        if self.with_event is not None:
            return f"It is with “{self.with_event}”: left to the bench."
        if not self.here:
            return f"It was kept at {self.location or 'no location'}; from now on it is kept here."
        return f"It was {self.state.replace('_', ' ')}."

    @property
    def is_lost(self) -> bool:
        """Whether applying the count makes it missing; what is packed for an event is left to the bench."""
        return self.is_missing and self.with_event is None

    @property
    def is_taken_in(self) -> bool:
        """Whether applying the count says that it is here; what is with an event is left to the bench."""
        return self.is_found and self.with_event is None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What applying a count does, and what it leaves for a person to decide."""

    bulk: Sequence[CountedBulk]
    lost: Sequence[CountedUnit]
    taken_in: Sequence[CountedUnit]
    elsewhere: Sequence[CountedBulk]
    with_events: Sequence[CountedUnit]

    @property
    def changes(self) -> int:
        """How many records change."""
        return len(self.bulk) + len(self.lost) + len(self.taken_in)


def outcome_of(bulk: Sequence[CountedBulk], units: Sequence[CountedUnit]) -> Outcome:
    """What applying a count would do as things stand."""
    return Outcome(
        bulk=[one for one in bulk if one.changes],
        lost=[one for one in units if one.is_lost],
        taken_in=[one for one in units if one.is_taken_in],
        elsewhere=[one for one in bulk if one.is_found],
        with_events=[one for one in units if (one.is_missing or one.is_found) and one.with_event],
    )
