"""What is free of one equipment day by day, with what keeps it away besides its bookings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.domain.availability.claims import shortfalls_of
from app.domain.availability.dates import midnight
from app.domain.availability.lateness import is_overdue
from app.domain.availability.policy import Step, Stretch, peaks_between
from app.domain.availability.queries import Window
from app.domain.availability.sweeps import day_peaks_of
from app.lib.clock import now
from app.lib.periods import Period, known_end

Connection = AsyncConnection | AsyncSession

FEW: Final = 5
_PARTS: Final = 20
_LONGEST_BELOW: Final = 4
_INSTANT: Final = DateTime(timezone=True)
_ASKED = (
    bindparam("id", type_=BigInteger),
    *(bindparam(name, type_=_INSTANT) for name in ("since", "until", "moment")),
)
# found through what they are about: among all that is booked they are few
_AWAY = text(
    f"""
    select start_at, quantity, late, kind,
      case when until_back and end_at <= :moment then 'infinity' else end_at end as end_at
    from (
      select r.*, false as late from maintenance m join reservation r on r.maintenance_id = m.id
      where m.equipment_id = :id and r.equipment_id = :id
      union all
      select r.*, false from unit u join reservation r on r.unit_id = u.id and r.maintenance_id is null
      where u.equipment_id = :id and r.equipment_id = :id
      union all
      select r.*, true from reservation r
      where {is_overdue("r")} and r.equipment_id = :id and r.kind <> 'block'
    ) away
    where start_at < :until and (end_at > :since or until_back and end_at <= :moment)
    """  # noqa: S608 - words of ours
).bindparams(*_ASKED)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the shop: the fewest that are free in it, also with every pencil, and how many are away.

    `blocked` are out of service, `late` should be back. `whole` is what the drawing is scaled to.
    """

    date: date
    period: Period
    free: int
    with_pencils: int
    blocked: int
    late: int
    stock: int
    whole: int

    @property
    def tone(self) -> str:
        """The class of its bar: short, few left, or plain."""
        if self.free < 0:
            return "is-short"
        return "is-low" if self.free * FEW <= self.stock else ""

    @property
    def is_weekend(self) -> bool:
        """Whether it is a Saturday or Sunday."""
        return self.date.isoweekday() > FEW

    @property
    def bars(self) -> tuple[int, int, int]:
        """How high free, blocked and late stand on each other, in twentieths; what is short hangs below."""
        if self.free < 0:
            return min(max(self._part(-self.free), 1), _LONGEST_BELOW), 0, 0
        free, blocked, late = self._part(self.free), self._part(self.blocked), self._part(self.late)
        blocked = min(blocked, _PARTS - free)
        return free, blocked, min(late, _PARTS - free - blocked)

    def _part(self, quantity: int) -> int:
        if quantity == 0:
            return 0
        return min(max(round(quantity * _PARTS / self.whole), 1), _PARTS)


@dataclass(frozen=True, slots=True)
class Away:
    """Pieces that are out of service, or late, for a time."""

    period: Period
    quantity: int
    late: bool


@dataclass(frozen=True, slots=True)
class DaysAhead:
    """A row of days, and when more is taken in them than there is."""

    days: tuple[Day, ...]
    short: tuple[Stretch, ...]


async def days_ahead(
    connection: Connection, equipment_id: int, stock: int, first: date, *, count: int, zone: ZoneInfo
) -> DaysAhead:
    """So many days from `first` on the calendar of `zone`: two statements, three where it is short."""
    bounds = [midnight(first + timedelta(days=number), zone) for number in range(count + 1)]
    moment, whole = now(), Period(bounds[0], bounds[-1])
    asked = {"id": equipment_id, "since": whole.start, "until": whole.end, "moment": moment}
    (peaks,) = await day_peaks_of(connection, [equipment_id], bounds, moment=moment)
    short = tuple[Stretch, ...]()
    if any(peak > stock for peak, _ in peaks):
        (found,) = await shortfalls_of(connection, [Window(equipment_id, whole)], moment=moment)
        short = found.stretches
    away = [
        Away(
            Period(max(row.start_at, bounds[0]), min(known_end(row.end_at), bounds[-1])),
            row.quantity,
            row.late,
        )
        for row in await connection.execute(_AWAY, asked)
    ]
    blocked, late = (peaks_between(_steps_of(away, bounds[0], late=late), bounds) for late in (False, True))
    most = max(stock, *(stock - peak for peak, _ in peaks), 1)
    days = tuple(
        Day(
            date=first + timedelta(days=number),
            period=Period(bounds[number], bounds[number + 1]),
            free=stock - peaks[number][0],
            with_pencils=stock - peaks[number][1],
            blocked=blocked[number],
            late=late[number],
            stock=stock,
            whole=most,
        )
        for number in range(count)
    )
    return DaysAhead(days, short)


def _steps_of(away: Sequence[Away], start: datetime, *, late: bool) -> list[Step]:
    """How many are away from when on, of those that are late or of those that are not."""
    changes: dict[datetime, int] = {start: 0}
    for one in away:
        if one.late is late:
            changes[one.period.start] = changes.get(one.period.start, 0) + one.quantity
            changes[one.period.end] = changes.get(one.period.end, 0) - one.quantity
    steps, load = list[Step](), 0
    for at in sorted(changes):
        load += changes[at]
        steps.append(Step(at, load))
    return steps
