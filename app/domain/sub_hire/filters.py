"""What the list of sub-hires shows, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from app.lib.addresses import address_of
from app.lib.fields import clean, identifier

TABS = {
    "open": "All open",
    "draft": "Draft",
    "ordered": "Ordered",
    "received": "Here",
    "soon": "Due back soon",
    "overdue": "Overdue",
    "done": "Done",
}
"""The chips over the list."""
MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class SubHireFilter:
    """A tab, words, a supplier and the page; an empty text means any."""

    show: str = "open"
    q: str = ""
    supplier: str = ""
    page: int = 1

    def query(self, **changes: str | int) -> str:
        """The address of the list with some of it changed; the page starts over unless it is named."""
        return address_of("/sub-hire", self, **{"page": 1, **changes})

    @property
    def narrowed(self) -> bool:
        """Whether a filter besides the tab is in force."""
        return bool(self.q or self.supplier)


def read_filter(given: Mapping[str, str]) -> SubHireFilter:
    """Read the address; what makes no sense is left out."""
    known = {one.name for one in fields(SubHireFilter)} - {"page"}
    values = {name: clean(value)[:200] for name, value in given.items() if name in known}
    if values.get("show") not in TABS:
        values.pop("show", None)
    if identifier(values.get("supplier")) is None:
        values.pop("supplier", None)
    return SubHireFilter(**values, page=min(identifier(given.get("page")) or 1, MOST_PAGES))
