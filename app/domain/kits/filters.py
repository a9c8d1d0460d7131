"""What the list of kits shows, and for which dates, as it stands in the address of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from app.domain.availability.dates import AskedDates, days_period, read_dates
from app.lib.fields import clean
from app.lib.listings import Chip, SortedListing
from app.lib.periods import Period

LONGEST = 200
ARCHIVED = {"": "Not archived", "yes": "Archived", "all": "With archived"}
SORTS = ("name", "-name", "sku", "-sku", "daily_rate", "-daily_rate")


@dataclass(frozen=True, slots=True)
class KitFilter(SortedListing):
    """Words, the archive, the order, and the dates for which kits have to be free (none: today)."""

    usual: ClassVar[str] = "name"

    q: str = ""
    archived: str = ""
    dates: AskedDates = field(default_factory=AskedDates)

    def url(self, path: str = "/kits", **further: str) -> str:
        """An address with these filters, and with `further` parameters that are not empty."""
        given = {"q": self.q, "archived": self.archived, "sort": self.sort}
        chosen = {name: value for name, value in {**given, **further}.items() if value}
        return _address(path, [*chosen.items(), *self._dates])

    def dated(self, path: str) -> str:
        """An address with the dates alone."""
        return _address(path, self._dates)

    @property
    def chips(self) -> list[Chip]:
        """The filters in force, each with the way out of it."""
        found = list[Chip]()
        if self.q:
            found.append(Chip("Search", self.q, replace(self, q="").url()))
        if self.archived:
            word = {"yes": "yes", "all": "too"}[self.archived]
            found.append(Chip("Archived", word, replace(self, archived="").url()))
        return found

    @property
    def cleared(self) -> str:
        """The address without filters, for the same dates."""
        return self.dated("/kits")

    def period(self, zone: ZoneInfo, moment: datetime) -> Period:
        """The dates asked about, or the day of `moment` on the clock in `zone`."""
        if self.dates.dates:
            return self.dates.dates.period
        return days_period(moment.astimezone(zone).date(), 1, zone)

    @property
    def _dates(self) -> list[tuple[str, str]]:
        return self.dates.dates.pairs if self.dates.dates else []


def read_filter(given: Mapping[str, str], zone: ZoneInfo) -> KitFilter:
    """Read the address, dates on the clock in `zone`; what makes no sense is left out."""
    archived, sort = given.get("archived", ""), given.get("sort", "")
    return KitFilter(
        q=clean(given.get("q", ""))[:LONGEST],
        archived=archived if archived in ARCHIVED else "",
        sort=sort if sort in SORTS else "",
        dates=read_dates(given, zone),
    )


def _address(path: str, pairs: list[tuple[str, str]]) -> str:
    return path + (f"?{urlencode(pairs, safe=':')}" if pairs else "")
