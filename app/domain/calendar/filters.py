"""What a calendar shows, as it stands in the address of the page."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date as calendar_day
from typing import Any
from urllib.parse import urlencode

from app.domain.calendar.policy import STATES, STATUSES, USUAL, VIEWS
from app.lib.fields import SENSIBLE_YEARS, clean, identifier

NO_STATE = "none"
FILTERED_BY = ("category", "equipment", "client", "person")
"""The filters that name a record."""


@dataclass(frozen=True, slots=True)
class CalendarFilter:
    """View, day and filters; an empty text means any, in `state` the usual ones.

    `state` has dots between its states.
    """

    view: str = ""
    date: str = ""
    state: str = ""
    category: str = ""
    equipment: str = ""
    client: str = ""
    person: str = ""

    def query(self, path: str = "/calendar", **changes: str) -> str:
        """The address of the calendar with some of it changed."""
        chosen = {name: value for name, value in asdict(replace(self, **changes)).items() if value}
        return path + (f"?{urlencode(chosen)}" if chosen else "")

    @property
    def states(self) -> tuple[str, ...]:
        """The states shown."""
        if not self.state:
            return USUAL
        return tuple(name for name in STATES if name in self.state.split("."))

    @property
    def statuses(self) -> list[str]:
        """The statuses of the events shown."""
        return [status for state in self.states for status in STATUSES.get(state, ())]

    @property
    def narrowed(self) -> bool:
        """Whether a filter is in force."""
        return bool(self.state or any(getattr(self, name) for name in FILTERED_BY))

    def id_of(self, name: str) -> int | None:
        """The id a filter asks for."""
        return identifier(getattr(self, name))

    def day(self, today: calendar_day) -> calendar_day:
        """The day the view is about."""
        return _day(self.date) or today


def read_filter(given: Any) -> CalendarFilter:
    """Read the address (a mapping with several values a name); what makes no sense is left out."""
    known = {field.name for field in fields(CalendarFilter)}
    values = {name: clean(given[name])[:200] for name in given if name in known}
    values["state"] = _states([part for text in given.getall("state", []) for part in text.split(".")], given)
    if values.get("view") not in VIEWS:
        values.pop("view", None)
    if _day(values.get("date", "")) is None:
        values.pop("date", None)
    for name in FILTERED_BY:
        if identifier(values.get(name)) is None:
            values.pop(name, None)
    return CalendarFilter(**values)


def _states(chosen: Sequence[str], given: Any) -> str:
    """The usual ones are nothing said; nothing chosen in the form, which says `shown`, is none."""
    names = [name for name in STATES if name in chosen]
    if tuple(names) == USUAL or (not names and NO_STATE not in chosen and "shown" not in given):
        return ""
    return ".".join(names) or NO_STATE


def _day(text: str) -> calendar_day | None:
    try:
        day = calendar_day.fromisoformat(text)
    except ValueError:
        return None
    # a month before and after it has to be a date as well
    return day if day.year in SENSIBLE_YEARS else None
