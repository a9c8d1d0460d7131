"""The pages of calendars put together, and what is sent to the library that draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from app.domain.calendar.filters import CalendarFilter
from app.domain.calendar.items import Item, Shown
from app.domain.calendar.policy import MAINTENANCE, OVERDUE, PENCIL, STATES, stepped, wall
from app.lib.periods import FOREVER
from app.lib.sentences import counted
from app.web.formatting import local_datetime

_A_DAY = timedelta(days=1)
_FILLS = {PENCIL: " is-soft", MAINTENANCE: " is-hatch"}
_RANKS = {OVERDUE: 0, "event": 1, MAINTENANCE: 2}
"""What stands above what on a day: late returns are never among those that are left out."""
LOOKS = {state: f"tone-{words[1]}{_FILLS.get(state, '')}" for state, words in STATES.items()}
"""The classes of each state on a calendar."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days a view shows around a day, in words, and the days it steps to."""

    view: str
    day: date
    today: date
    locale: str

    @property
    def title(self) -> str:
        """The days in words."""
        if self.view == "month":
            return format_date(self.day, "LLLL y", locale=self.locale)
        if self.view == "day":
            return format_date(self.day, "EEEE d MMMM y", locale=self.locale)
        start = self.day - timedelta(days=self.day.weekday())
        end = start + timedelta(days=6)
        first = "d" if start.month == end.month else "d MMM"
        last = format_date(end, "d MMM y", locale=self.locale)
        return f"{format_date(start, first, locale=self.locale)} \N{EN DASH} {last}"

    @property
    def before(self) -> str:
        """The day of the view before."""
        return stepped(self.view, self.day, -1).isoformat()

    @property
    def after(self) -> str:
        """The day of the view after."""
        return stepped(self.view, self.day, 1).isoformat()

    @property
    def noun(self) -> str:
        """What one step is called."""
        return "week" if self.view == "list" else self.view


def wire_items(shown: Shown, bounds: Sequence[datetime], zone: ZoneInfo, *, view: str) -> dict[str, Any]:
    """What the library is sent: items by the clock in `zone`, and how many each day has that are not sent.

    The library is told of a clock without a zone, so that every day has its hours, also when clocks change.
    """
    days = [wall(bound, zone).date() for bound in bounds]
    sent = [0] * len(shown.totals)
    for item in shown.items:
        for number in range(len(sent)):
            sent[number] += item.start_at < bounds[number + 1] and item.end_at > bounds[number]
    return {
        "items": [_wire_item(item, bounds[-1], zone, view=view) for item in shown.items],
        "more": {
            day.isoformat(): total - there
            for day, total, there in zip(days, shown.totals, sent, strict=False)
            if total > there
        },
        "busy": [day.isoformat() for day, more in zip(days, shown.at_least, strict=False) if more],
    }


def _wire_item(item: Item, until: datetime, zone: ZoneInfo, *, view: str) -> dict[str, Any]:
    start, end = wall(item.start_at, zone), wall(min(item.end_at, until), zone)
    sent: dict[str, Any] = {
        "id": f"{item.kind}-{item.id}",
        "title": _title(item),
        "start": start.isoformat(),
        "end": end.isoformat(),
        "url": item.url,
        "rank": _RANKS[item.kind],
        "look": LOOKS[item.state],
        "state": STATES[item.state],
        "words": _words(item),
    }
    if item.is_open:
        whole_end = wall(item.end_at, zone)
        sent |= {"eventId": item.id, "version": item.version, "open": True}
        sent |= {"outStart": start.isoformat(), "outEnd": whole_end.isoformat()}
    if view == "week" and end - start >= _A_DAY:
        # what takes a day or longer is a bar over the hours
        last = end.date() if end.time() == datetime.min.time() else end.date() + _A_DAY
        sent |= {"allDay": True, "start": start.date().isoformat(), "end": last.isoformat()}
    return sent


def _title(item: Item) -> str:
    if item.kind == OVERDUE:
        return f"{item.title}, {counted(item.quantity, 'piece')} late"
    return f"{item.title}, {item.client_name}" if item.client_name else item.title


def _words(item: Item) -> str:
    """What is said besides the title and the state: times and place."""
    end = "until it is done" if item.end_at == FOREVER else f"\N{EN DASH} {local_datetime(item.end_at)}"
    begin = local_datetime(item.start_at)
    times = f"due back {begin}" if item.kind == OVERDUE else f"{begin} {end}"
    return f"{times}, {item.venue}" if item.venue else times


def legend(chosen: CalendarFilter) -> list[tuple[str, str, str, str, bool]]:
    """Key, word, tone and shape of every state, and whether it is shown."""
    return [(key, *words, key in chosen.states) for key, words in STATES.items()]
