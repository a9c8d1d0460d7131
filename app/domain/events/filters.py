"""What the list of events shows, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from app.domain.availability.dates import midnight
from app.domain.events import policy
from app.lib.fields import clean, day_in, identifier

SHOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("All open", policy.OPEN),
    "draft": ("Draft", (policy.DRAFT,)),
    "requested": ("Requested", (policy.REQUESTED,)),
    "quoted": ("Quoted", (policy.QUOTED,)),
    "held": ("Held", (policy.HELD,)),
    "confirmed": ("Confirmed", (policy.CONFIRMED,)),
    "closed": ("Closed", (policy.CLOSED,)),
    "ended": (
        "Came to nothing",
        (policy.LOST, policy.CANCELLED, policy.DECLINED, policy.WITHDRAWN, policy.EXPIRED),
    ),
}
"""The chips over the list: their words and the statuses behind them."""

MOVES = {"out": "Going out", "back": "Coming back", "late": "Overdue", "prep": "To prep", "short": "Short"}
"""What the days of the list are about, unless it is simply that the gear is out then."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Filters and order of the list; an empty text means any. `since` and `until` are days, both included.

    `move` is one of MOVES: the days are those on which the gear goes out, or comes back.
    """

    show: str = "open"
    q: str = ""
    client: str = ""
    equipment: str = ""
    move: str = ""
    since: str = ""
    until: str = ""
    sort: str = "out_start"
    after: str = ""

    def query(self, **changes: str) -> str:
        """The address of the list with some of it changed; it starts over unless `after` is named."""
        other = replace(self, **{"after": "", **changes})
        plain = EventFilter()
        chosen = {name: value for name, value in asdict(other).items() if value != getattr(plain, name)}
        return "/events" + (f"?{urlencode(chosen)}" if chosen else "")

    @property
    def statuses(self) -> tuple[str, ...]:
        """The statuses shown."""
        return SHOWN[self.show][1]

    @property
    def problem(self) -> str:
        """What is wrong with the days; empty where nothing is."""
        since, until = day_in(self.since), day_in(self.until)
        return "Choose a day that is not before the first." if since and until and until < since else ""

    @property
    def direction(self) -> str:
        """How the list is sorted, in the words of the table head."""
        return "descending" if self.sort.startswith("-") else "ascending"

    @property
    def narrowed(self) -> bool:
        """Whether a filter besides the status is in force."""
        return bool(self.q or self.client or self.equipment or self.move or self.since or self.until)

    @property
    def cursor(self) -> tuple[datetime, int] | None:
        """The event the last page ended with."""
        moment, _, key = self.after.partition("~")
        number = identifier(key)
        if number is None or not moment.lstrip("-").isdigit():
            return None
        return datetime.fromtimestamp(int(moment) / 1_000_000, UTC), number

    def period(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """From the start of `since` to the end of `until`, on the clock in `zone`."""
        since, until = day_in(self.since), day_in(self.until)
        return (
            midnight(since, zone) if since else None,
            midnight(until + timedelta(days=1), zone) if until else None,
        )


def cursor_of(out_start: datetime, event_id: int) -> str:
    """The place of an event in the list, for the address of the page after it."""
    return f"{round(out_start.timestamp() * 1_000_000)}~{event_id}"


def read_filter(given: Mapping[str, str]) -> EventFilter:
    """Read the address; what makes no sense is left out."""
    known = {field.name for field in fields(EventFilter)}
    called = {"from": "since", "to": "until"}
    values = {
        called.get(name, name): clean(value)[:200]
        for name, value in given.items()
        if called.get(name, name) in known
    }
    if values.get("show") not in SHOWN:
        values.pop("show", None)
    if values.get("sort") not in {"out_start", "-out_start"}:
        values.pop("sort", None)
    if values.get("move") not in MOVES:
        values.pop("move", None)
    for name in ("client", "equipment"):
        if identifier(values.get(name)) is None:
            values.pop(name, None)
    for name in ("since", "until"):
        if day_in(values.get(name, "")) is None:
            values.pop(name, None)
    wanted = EventFilter(**values)
    return wanted if _is_place(wanted) else replace(wanted, after="")


def _is_place(wanted: EventFilter) -> bool:
    try:
        return wanted.cursor is not None
    except (ValueError, OverflowError, OSError):
        return False
