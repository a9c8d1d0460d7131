"""What the list of payments shows, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from app.domain.payments.policy import METHOD_WORDS
from app.lib.addresses import address_of
from app.lib.fields import FieldError, clean, day, identifier

KINDS = {"all": "All", "in": "Came in", "back": "Given back"}
"""The chips over the list."""
MOST_PAGES = 1000
_DAYS = ("first", "last")


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """A kind, words, a method, days (both included), a client, an event, the page; empty means any."""

    show: str = "all"
    q: str = ""
    method: str = ""
    first: str = ""
    last: str = ""
    client: str = ""
    event: str = ""
    page: int = 1

    def url(self, path: str = "/payments", **changes: str | int) -> str:
        """The address of the list with some of it changed; the page starts over unless it is named."""
        return address_of(path, self, **{"page": 1, **changes})

    @property
    def narrowed(self) -> bool:
        """Whether a filter besides the tab is in force."""
        return any((self.q, self.method, self.first, self.last, self.client, self.event))

    @property
    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day."""
        first, last = (date.fromisoformat(text) if text else None for text in (self.first, self.last))
        return first, last


def read_filter(given: Mapping[str, str]) -> PaymentFilter:
    """Read the address; what makes no sense is left out."""
    known = {one.name for one in fields(PaymentFilter)} - {"page"}
    values = {name: clean(value)[:200] for name, value in given.items() if name in known}
    if values.get("show") not in KINDS:
        values.pop("show", None)
    if values.get("method") not in METHOD_WORDS:
        values.pop("method", None)
    for name in ("client", "event"):
        if identifier(values.get(name)) is None:
            values.pop(name, None)
    for name in _DAYS:
        if not _is_day(values.get(name, "")):
            values.pop(name, None)
    return PaymentFilter(**values, page=min(identifier(given.get("page")) or 1, MOST_PAGES))


def _is_day(text: str) -> bool:
    try:
        return day()(text) is not None
    except FieldError:
        return False
