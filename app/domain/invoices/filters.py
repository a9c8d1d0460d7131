"""What the list of invoices shows, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from app.lib.addresses import address_of
from app.lib.fields import FieldError, clean, day, identifier

TABS: Final = {
    "all": "All",
    "draft": "Drafts",
    "open": "Open",
    "overdue": "Overdue",
    "paid": "Paid",
    "credit": "Credit notes",
}
"""The chips over the list."""
SORTS: Final = ("number", "client", "issued_on", "due_on", "gross")
PAGE, MOST_SHOWN = 50, 1000


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """A chip, words, a client, an event, days of issue, the order; an empty text means any.

    `sort` begins with a minus where the largest comes first. `shown` is how many are shown at most.
    """

    show: str = "all"
    q: str = ""
    client: str = ""
    event: str = ""
    first: str = ""
    last: str = ""
    sort: str = "-issued_on"
    shown: int = PAGE

    def url(self, path: str = "/invoices", **changes: str | int) -> str:
        """An address with these filters, some of them changed; how many are shown starts over."""
        return address_of(path, self, **{"shown": PAGE, **changes})

    def here(self) -> str:
        """The address of what is shown."""
        return self.url(shown=self.shown)

    def by(self, column: str) -> str:
        """The address of the list by a column, the other way round where it is so already."""
        return self.url(sort=f"-{column}" if self.sort == column else column)

    def direction(self, column: str) -> str:
        """How the column is sorted, as `aria-sort` has it; nothing where it is not."""
        if self.sort.removeprefix("-") != column:
            return ""
        return "descending" if self.sort.startswith("-") else "ascending"

    @property
    def narrowed(self) -> bool:
        """Whether a filter besides the chip is in force."""
        return bool(self.q or self.client or self.event or self.first or self.last)

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day of issue."""
        return _day(self.first), _day(self.last)

    @property
    def client_id(self) -> int | None:
        """Whose invoices."""
        return identifier(self.client)

    @property
    def event_id(self) -> int | None:
        """For which event."""
        return identifier(self.event)


def read_filter(given: Mapping[str, str]) -> InvoiceFilter:
    """Read the address; what makes no sense is left out."""
    known = {one.name for one in fields(InvoiceFilter)} - {"shown"}
    values = {name: clean(value)[:200] for name, value in given.items() if name in known}
    if values.get("show") not in TABS:
        values.pop("show", None)
    if values.get("sort", "").removeprefix("-") not in SORTS:
        values.pop("sort", None)
    for name in ("client", "event"):
        if identifier(values.get(name)) is None:
            values.pop(name, None)
    for name in ("first", "last"):
        if _day(values.get(name, "")) is None:
            values.pop(name, None)
    shown = min(max(identifier(given.get("shown")) or PAGE, PAGE), MOST_SHOWN)
    return InvoiceFilter(**values, shown=shown)


def _day(text: str) -> date | None:
    try:
        return day()(text)
    except FieldError:
        return None
