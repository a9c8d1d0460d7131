"""What the list of shortages shows, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from app.domain.availability.dates import midnight
from app.domain.availability.shortages import COMING
from app.domain.sub_hire.fields import MOST
from app.lib.errors import InvalidInput
from app.lib.fields import day_in, identifier
from app.lib.periods import Period

AHEAD = COMING
LONGEST = timedelta(days=367)


@dataclass(frozen=True, slots=True)
class ShortageFilter:
    """Days of the shop, both included, and what alone is asked about; an empty text means any.

    `wanted` is how many pieces of the equipment the event would like besides what it has; with `line` how
    many there would be on that line of it.
    """

    since: str = ""
    until: str = ""
    equipment: str = ""
    event: str = ""
    wanted: str = ""
    line: str = ""

    @property
    def address(self) -> str:
        """The address of the list as it is."""
        names = {"from": self.since, "to": self.until, "equipment": self.equipment, "event": self.event}
        names |= {"wanted": self.wanted, "line": self.line}
        chosen = {name: text for name, text in names.items() if text}
        return "/shortages" + (f"?{urlencode(chosen)}" if chosen else "")

    @property
    def equipment_id(self) -> int | None:
        """The equipment asked about."""
        return identifier(self.equipment)

    @property
    def event_id(self) -> int | None:
        """The event asked about."""
        return identifier(self.event)

    @property
    def pieces(self) -> int:
        """How many pieces the event would like besides what it has."""
        return int(self.wanted) if self.wanted else 0

    @property
    def line_id(self) -> int | None:
        """The line that would have so many."""
        return identifier(self.line) if self.wanted else None

    @property
    def narrowed(self) -> bool:
        """Whether not every shortage is shown."""
        return bool(self.equipment or self.event)

    def period(self, moment: datetime, zone: ZoneInfo) -> Period:
        """From the start of the first day, or now, to the end of the last; eight weeks unless said.

        Raises InvalidInput at `to` for days that are over before they begin, or more than LONGEST.
        """
        first, last = day_in(self.since), day_in(self.until)
        start = midnight(first, zone) if first else moment
        end = midnight(last + timedelta(days=1), zone) if last else start + AHEAD
        if end <= start:
            message = "Choose a day that is not before the first." if first else "This day is over."
            raise InvalidInput({"to": message})
        if end - start > LONGEST:
            raise InvalidInput({"to": "Choose a day within a year of the first."})
        return Period(start, end)


def read_filter(given: Mapping[str, str]) -> ShortageFilter:
    """Read the address; what makes no sense is left out."""
    wanted = identifier(given.get("wanted"))
    return ShortageFilter(
        since=given.get("from", "") if day_in(given.get("from", "")) else "",
        until=given.get("to", "") if day_in(given.get("to", "")) else "",
        equipment=str(identifier(given.get("equipment")) or ""),
        event=str(identifier(given.get("event")) or ""),
        line=str(identifier(given.get("line")) or ""),
        wanted=str(wanted) if wanted and wanted <= MOST else "",
    )
