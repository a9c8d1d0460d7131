"""What the timeline shows, as it stands in the address of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from app.domain.timeline.scale import ZOOMS
from app.lib.addresses import address_of
from app.lib.cursors import is_id, pack, read_value, unpack
from app.lib.fields import SENSIBLE_YEARS, clean, identifier

_LONGEST = 200
_MARGIN = 2
_CHOICES: dict[str, tuple[str, ...]] = {
    "zoom": tuple(ZOOMS),
    "rows": ("equipment", "units"),
    "show": ("booked", "short", "all"),
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row a page goes on after: its category, the order of its name, its id; of a unit its tag, too."""

    category: int
    name: str
    equipment: int
    tag: str
    unit: int


@dataclass(frozen=True, slots=True)
class TimelineFilter:
    """Window, rows and filters. `on` is the first day shown, empty for around today; `item` one equipment.

    `show` is what something stands on, what alone is short in the window, or all there is.
    """

    zoom: str = "month"
    on: str = ""
    rows: str = "equipment"
    show: str = "booked"
    category: str = ""
    item: str = ""
    q: str = ""
    after: str = ""

    def query(self, path: str = "/timeline", **changes: str) -> str:
        """The address of the page with some of it changed; it starts at the top unless `after` is named."""
        return address_of(path, self, **{"after": "", **changes})

    @property
    def of_units(self) -> bool:
        """Whether rows are units rather than equipment."""
        return self.rows == "units"

    @property
    def narrowed(self) -> bool:
        """Whether some rows are left out by a filter."""
        return bool(self.category or self.item or self.q)

    @property
    def cursor(self) -> Cursor | None:
        """The row the last page ended with."""
        parts: Sequence[Any] | None = unpack(self.after, len(fields(Cursor))) if self.after else None
        if parts is None or not (is_id(parts[0]) and is_id(parts[2])):
            return None
        if type(parts[4]) is not int or not 0 <= parts[4] < 2**63:
            return None
        try:
            return Cursor(
                parts[0], str(read_value(str, parts[1])), parts[2], str(read_value(str, parts[3])), parts[4]
            )
        except ValueError:
            return None

    def first_day(self, today: date) -> date:
        """The first day shown."""
        return read_day(self.on) or today - timedelta(days=ZOOMS[self.zoom].before)

    def moved(self, today: date, windows: int) -> str:
        """The address so many windows later, or earlier; the same one at the ends of time."""
        there = self.first_day(today) + timedelta(days=windows * ZOOMS[self.zoom].days)
        return self.query(on=there.isoformat() if read_day(there.isoformat()) else self.on)

    def zoomed(self, zoom: str, today: date) -> str:
        """The address at another zoom: around today while today is shown, else from the same day on."""
        first = self.first_day(today)
        if first <= today < first + timedelta(days=ZOOMS[self.zoom].days):
            return self.query(zoom=zoom, on="")
        return self.query(zoom=zoom, on=first.isoformat())


def cursor_text(cursor: Cursor) -> str:
    """A cursor as text for an address."""
    return pack([cursor.category, cursor.name, cursor.equipment, cursor.tag, cursor.unit])


def read_filter(given: Mapping[str, str]) -> TimelineFilter:
    """Read the address; what makes no sense is left out."""
    known = {field.name for field in fields(TimelineFilter)}
    values = {name: clean(value) for name, value in given.items() if name in known}
    for name, options in _CHOICES.items():
        if values.get(name) not in options:
            values.pop(name, None)
    for name in ("category", "item"):
        if identifier(values.get(name)) is None:
            values.pop(name, None)
    if read_day(values.get("on", "")) is None:
        values.pop("on", None)
    values["q"] = values.get("q", "")[:_LONGEST]
    wanted = TimelineFilter(**values)
    return wanted if wanted.cursor else replace(wanted, after="")


def read_day(text: str) -> date | None:
    """A day the timeline can begin with; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    # the window has to end within them, too
    return day if day.year + _MARGIN in SENSIBLE_YEARS and day.year - _MARGIN in SENSIBLE_YEARS else None
