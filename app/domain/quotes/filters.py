"""What the list of quotes shows, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from app.lib.addresses import address_of
from app.lib.fields import SENSIBLE_YEARS, clean, identifier

SHOWN = {
    "all": "All",
    "draft": "Drafts",
    "sent": "Sent",
    "accepted": "Accepted",
    "declined": "Declined",
    "expired": "Expired",
}
"""The tabs over the list."""
SORTS = ("-number", "number", "valid_until", "-valid_until", "-gross", "gross")
MOST_PAGES = 200


@dataclass(frozen=True, slots=True)
class QuoteFilter:
    """Filters and order; an empty text means any. `since` and `until` are days of making, both included.

    `page` is how many pages are shown at once.
    """

    show: str = "all"
    q: str = ""
    client: str = ""
    person: str = ""
    since: str = ""
    until: str = ""
    sort: str = "-number"
    page: int = 1

    def query(self, **changes: str | int) -> str:
        """The address of the list with some of it changed; it starts over unless the page is named."""
        return address_of("/quotes", self, **{"page": 1, **changes})

    @property
    def export(self) -> str:
        """The address of the same quotes as a file."""
        return address_of("/quotes/export", self, page=1)

    @property
    def direction(self) -> str:
        """How the list is sorted, for the head of its column."""
        return "descending" if self.sort.startswith("-") else "ascending"

    @property
    def column(self) -> str:
        """What the list is sorted by."""
        return self.sort.removeprefix("-")

    def sorted_by(self, column: str) -> str:
        """The address when the head of a column is pressed."""
        return self.query(sort=column if self.sort != column else f"-{column}")

    @property
    def narrowed(self) -> bool:
        """Whether a filter besides the tab is in force."""
        return bool(self.q or self.client or self.person or self.since or self.until)

    def period(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """From when until when they were made, on the shop's calendar."""
        since, until = _day(self.since), _day(self.until)
        end = None if until is None else until + timedelta(days=1)
        return _midnight(since, zone), _midnight(end, zone)


def read_filter(given: Mapping[str, str]) -> QuoteFilter:
    """Read the address; what makes no sense is left out."""
    known = {one.name for one in fields(QuoteFilter)} - {"page"}
    values = {name: clean(value)[:200] for name, value in given.items() if name in known}
    allowed = {"show": SHOWN, "sort": SORTS}
    for name, options in allowed.items():
        if values.get(name) not in options:
            values.pop(name, None)
    for name in ("client", "person"):
        if identifier(values.get(name)) is None:
            values.pop(name, None)
    for name in ("since", "until"):
        if _day(values.get(name, "")) is None:
            values.pop(name, None)
    return QuoteFilter(**values, page=min(max(identifier(given.get("page")) or 1, 1), MOST_PAGES))


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in SENSIBLE_YEARS else None


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
