"""Pure rules of the calendar: its states, its views, the days they show, and what a move means."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

State = Literal["confirmed", "held", "requested", "pencil", "closed", "overdue", "maintenance"]
Kind = Literal["event", "overdue", "maintenance"]
CONFIRMED, REQUESTED, PENCIL, CLOSED = "confirmed", "requested", "pencil", "closed"
MAINTENANCE, OVERDUE = "maintenance", "overdue"
STATES: dict[str, tuple[str, str, str]] = {
    CONFIRMED: ("Confirmed", "green", ""),
    "held": ("Held", "amber", "half"),
    REQUESTED: ("Requested", "plum", "ring"),
    PENCIL: ("Pencil", "slate", "pencil"),
    CLOSED: ("Closed", "slate", ""),
    OVERDUE: ("Overdue", "red", "diamond"),
    MAINTENANCE: ("Maintenance", "slate", "bars"),
}
"""What stands on the calendar: word, tone and shape of each state, in the order of the legend."""
USUAL = tuple(state for state in STATES if state != MAINTENANCE)
"""What is shown unless somebody says otherwise: repairs without an end would fill every day."""

STATE_OF: dict[str, State] = {
    "draft": "pencil",
    "quoted": "pencil",
    "held": "held",
    "requested": "requested",
    "confirmed": "confirmed",
    "closed": "closed",
}
"""The state of each status of an event. Those that came to nothing do not stand on the calendar."""

STATUSES = {
    state: tuple(status for status, of in STATE_OF.items() if of == state) for state in STATE_OF.values()
}
"""The statuses behind each state."""

LONGEST = timedelta(days=62)
MOST_A_DAY = 200


@dataclass(frozen=True, slots=True)
class View:
    """One way to look: its word, what the library calls it, how many a day are sent, how far a step goes."""

    label: str
    library: str
    per_day: int
    days: int


VIEWS = {
    "month": View("Month", "dayGridMonth", 8, 31),
    "week": View("Week", "timeGridWeek", 40, 7),
    "list": View("List", "listWeek", 40, 7),
    "day": View("Day", "listDay", MOST_A_DAY, 1),
}


def stepped(view: str, day: date, steps: int) -> date:
    """The day that `steps` months, weeks or days further on stands for a view."""
    if view != "month":
        return day + timedelta(days=VIEWS[view].days * steps)
    months = day.year * 12 + day.month - 1 + steps
    return date(months // 12, months % 12 + 1, 1)


def day_bounds(start: date, days: int, zone: ZoneInfo) -> list[datetime]:
    """The instants at which `days` days begin on the clock in `zone`, and the one at which the last ends."""
    return [
        datetime.combine(start + timedelta(days=number), time(), zone).astimezone(UTC)
        for number in range(days + 1)
    ]


def wall(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock in `zone` shows at an instant, as a naive moment."""
    return instant.astimezone(zone).replace(tzinfo=None)


def moved_along(
    use: tuple[datetime, datetime],
    out: tuple[datetime, datetime],
    new: tuple[datetime, datetime],
    zone: ZoneInfo,
) -> tuple[datetime, datetime]:
    """The time of use of an event whose dates are dragged from `out` to `new`.

    Dragged as a whole it moves along, at the same hours of the clock; made longer or shorter it stays.
    """
    shift = wall(new[0], zone) - wall(out[0], zone)
    if wall(new[1], zone) - wall(out[1], zone) != shift:
        return use
    start, end = ((wall(instant, zone) + shift).replace(tzinfo=zone).astimezone(UTC) for instant in use)
    return start, end
