"""What the list of tests shows, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from app.domain.inspections.policy import DUE_SOON, EXPIRED, STATUS_WORDS, VALID
from app.lib.fields import clean, identifier
from app.lib.listings import Chip

LONGEST = 200
TABS = {"": "All", EXPIRED: "Expired", DUE_SOON: "Due soon", VALID: "Valid"}


@dataclass(frozen=True, slots=True)
class DueFilter:
    """Words, how a test stands, which test, and where the unit is."""

    q: str = ""
    status: str = ""
    rule_id: int | None = None
    location: str = ""

    def url(self, path: str = "/inspections", **further: str) -> str:
        """An address with these filters, and with `further` parameters that are not empty."""
        own = {
            "q": self.q,
            "status": self.status,
            "rule": str(self.rule_id or ""),
            "location": self.location,
        }
        chosen = {name: value for name, value in {**own, **further}.items() if value}
        return path + (f"?{urlencode(chosen)}" if chosen else "")

    def with_status(self, status: str) -> str:
        """The address of the list with another status."""
        return replace(self, status=status).url()

    def chips(self, rule_names: Mapping[int, str]) -> list[Chip]:
        """The filters in force beside the status, each with the way out of it."""
        found = list[Chip]()
        if self.q:
            found.append(Chip("Search", self.q, replace(self, q="").url()))
        if self.rule_id:
            name = rule_names.get(self.rule_id, "unknown")
            found.append(Chip("Test", name, replace(self, rule_id=None).url()))
        if self.location:
            found.append(Chip("Location", self.location, replace(self, location="").url()))
        return found

    @property
    def narrowed(self) -> bool:
        """Whether it leaves anything out."""
        return self != DueFilter()


def read_filter(given: Mapping[str, str]) -> DueFilter:
    """Read the address; what makes no sense is left out."""
    status = given.get("status", "")
    return DueFilter(
        q=clean(given.get("q", ""))[:LONGEST],
        status=status if status in STATUS_WORDS else "",
        rule_id=identifier(given.get("rule")),
        location=clean(given.get("location", ""))[:LONGEST],
    )
