"""Half-open periods `[start, end)` of instants."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

FOREVER = datetime.max.replace(tzinfo=UTC)
"""The end of what never ends; the database stores it as infinity."""


def known_end(instant: datetime) -> datetime:
    """An end as it came out of the database, whose driver gives infinity as a naive instant."""
    return FOREVER if instant.year == FOREVER.year else instant


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` up to, not including, `end`; both aware, in UTC. Raises ValueError when it is empty."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("a period ends after its start")

    def overlaps(self, other: "Period") -> bool:
        """Whether some instant is in both; periods that merely touch do not overlap."""
        return self.start < other.end and other.start < self.end

    def widened(self, before: timedelta, after: timedelta) -> "Period":
        """The period with time added in front and behind; what is endless stays so."""
        return Period(self.start - before, self.end if self.end == FOREVER else self.end + after)


def beyond(new: Period, old: Period) -> list[Period]:
    """The parts of `new` that are not in `old`, in order."""
    if not new.overlaps(old):
        return [new]
    parts = list[Period]()
    if new.start < old.start:
        parts.append(Period(new.start, old.start))
    if old.end < new.end:
        parts.append(Period(old.end, new.end))
    return parts
