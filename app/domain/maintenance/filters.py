"""What the list of jobs shows, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from app.db.models.maintenance import KINDS, STATES
from app.lib.addresses import address_of
from app.lib.fields import clean, identifier

TABS = ("open", "due", "waiting", "resolved")
SORTS = ("due", "title", "equipment", "state", "kind", "back", "reported", "cost")
MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Filters, order and page; an empty text means any, a sort with "-" in front is descending."""

    tab: str = "open"
    q: str = ""
    kind: str = ""
    state: str = ""
    blocks: str = ""
    assignee: str = ""
    sort: str = "due"
    page: int = 1

    def query(self, **changes: str | int) -> str:
        """The address of the list with some of it changed; the page starts over unless it is named."""
        return address_of("/maintenance", self, **{"page": 1, **changes})

    def sorted_by(self, name: str) -> str:
        """How the column is sorted now, in the words of the table head."""
        return {name: "ascending", f"-{name}": "descending"}.get(self.sort, "")

    def sort_url(self, name: str) -> str:
        """The address with this column sorted, or turned round when it is already."""
        return self.query(sort=f"-{name}" if self.sort == name else name)

    @property
    def narrowed(self) -> int:
        """How many filters are in force within the tab."""
        return sum(1 for value in (self.q, self.kind, self.state, self.blocks, self.assignee) if value)


def read_filter(given: Mapping[str, str]) -> JobFilter:
    """Read the address; what makes no sense is left out."""
    known = {name.name for name in fields(JobFilter)} - {"page"}
    values = {name: clean(value)[:200] for name, value in given.items() if name in known}
    allowed = {
        "tab": TABS, "kind": KINDS, "state": STATES, "blocks": ("1", "0"),
        "sort": (*SORTS, *(f"-{name}" for name in SORTS)),
    }  # fmt: skip
    kept = {name: value for name, value in values.items() if value in allowed.get(name, (value,))}
    if identifier(kept.get("assignee", "0")) is None:
        del kept["assignee"]
    page = identifier(given.get("page")) or 1
    return JobFilter(**kept, page=min(page, MOST_PAGES))
