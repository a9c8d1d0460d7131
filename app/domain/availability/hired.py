"""What is there to take from: what we own, and what is hired in at the moment that decides a figure."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, bindparam, text

from app.domain.availability.queries import Connection, Window
from app.domain.availability.sweeps import deciding_of
from app.lib.clock import now
from app.lib.periods import Period

# found through the sub-hires, of which an equipment has few
_HIRED = text(
    """
    select r.equipment_id, r.quantity, r.start_at, r.end_at
    from sub_hire h join reservation r on r.sub_hire_id = h.id
    where h.equipment_id = any(:ids) and r.state <> 'pencil' and r.start_at < :until and r.end_at > :since
    """
).bindparams(
    bindparam("ids", type_=ARRAY(BigInteger)),
    *(bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until")),
)


async def supplies_of(
    connection: Connection,
    windows: Sequence[Window],
    owned: Sequence[int],
    *,
    moment: datetime | None = None,
) -> list[int]:
    """For each window, of how many pieces its figure is: those `owned` and those hired in when most is taken.

    Two statements, one where nothing is hired in.
    """
    if not windows:
        return []
    asked = {
        "ids": [window.equipment_id for window in windows],
        "since": min(window.period.start for window in windows),
        "until": max(window.period.end for window in windows),
    }
    hired: dict[int, list[tuple[Period, int]]] = {}
    for row in await connection.execute(_HIRED, asked):
        period = Period(row.start_at, row.end_at)
        hired.setdefault(row.equipment_id, []).append((period, row.quantity))
    concerned = [place for place, window in enumerate(windows) if window.equipment_id in hired]
    deciding = await deciding_of(connection, [windows[place] for place in concerned], moment=moment or now())
    found = list(owned)
    for place, one in zip(concerned, deciding, strict=True):
        brought = hired[windows[place].equipment_id]
        found[place] += sum(quantity for period, quantity in brought if period.start <= one.at < period.end)
    return found
