"""What stands on units: the lines they are promised to, and why one is out of service (once at most)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ARRAY, BigInteger, DateTime, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.availability.claims import Claim
from app.domain.availability.lateness import agreed_return
from app.lib.periods import FOREVER, Period, known_end

# a unit is out with a line when it is out and so is some of the line: then it may be late, too
_PROMISED = """
    select a.id, a.start_at, a.end_at, a.rental_id, coalesce(gone.is_out, false) as is_out
    from allocation a left join lateral (
      select true as is_out from reservation r
      where shown.state = 'out' and r.rental_id = a.rental_id and r.state = 'out' and r.until_back limit 1
    ) gone on true
    where a.unit_id = shown.id and a.start_at < :until
      and (a.end_at > :since or (gone.is_out and a.end_at <= :moment))
"""
_BLOCKED = """
    select r.* from (
      select r.* from reservation r where r.unit_id = shown.id and r.maintenance_id is null
      union all
      select r.* from maintenance m join reservation r on r.maintenance_id = m.id where m.unit_id = shown.id
    ) r
    where r.start_at < :until and (r.end_at > :since or (r.until_back and r.end_at <= :moment))
"""
UNIT_BOOKED = f"(exists ({_PROMISED}) or exists ({_BLOCKED}))"
"""Whether something stands on the unit `shown`, between :since and :until as of :moment."""

_CLAIMS = text(
    f"""
    select shown.id as unit_id, shown.equipment_id, a.id, 'rental' as kind, a.start_at, a.end_at, a.is_out,
      {agreed_return("l", "e")} as due_at,
      case when a.is_out then 'out' else coalesce(taken.state, 'returned') end as state, l.event_id,
      a.rental_id, null::bigint as maintenance_id, '' as title, shown.asset_tag, e.name as event_name,
      e.status as event_status, coalesce(c.name, '') as client_name,
      coalesce(taken.overbooked, false) as overbooked
    from unit shown cross join lateral ({_PROMISED}) a
    join rental l on l.id = a.rental_id
    join event e on e.id = l.event_id
    left join client c on c.id = e.client_id
    left join lateral (
      select r.state, r.overbooked from reservation r where r.rental_id = l.id and r.state <> 'out'
      order by r.state = 'returned', r.id limit 1
    ) taken on true
    where shown.id = any(:ids)
    union all
    select shown.id, shown.equipment_id, r.id, r.kind, r.start_at, r.end_at, r.until_back, r.end_at, r.state,
      null, null, r.maintenance_id, coalesce(m.title, ''), shown.asset_tag, '', '', '', false
    from unit shown cross join lateral ({_BLOCKED}) r left join maintenance m on m.id = r.maintenance_id
    where shown.id = any(:ids)
    order by unit_id, start_at, id
    """  # noqa: S608 - words of ours
).bindparams(
    bindparam("ids", type_=ARRAY(BigInteger)),
    bindparam("since", type_=DateTime(timezone=True)),
    bindparam("until", type_=DateTime(timezone=True)),
    bindparam("moment", type_=DateTime(timezone=True)),
)


async def unit_claims(
    reading: AsyncConnection, unit_ids: Sequence[int], period: Period, moment: datetime
) -> list[list[Claim]]:
    """For each unit, what stands on it at some moment of the period, by start."""
    values = {"ids": list(unit_ids), "since": period.start, "until": period.end, "moment": moment}
    found: dict[int, list[Claim]] = {key: [] for key in unit_ids}
    for row in (await reading.execute(_CLAIMS, values)).mappings():
        one = dict(row)
        end, due_at = known_end(one.pop("end_at")), known_end(one.pop("due_at"))
        is_out = one.pop("is_out")
        found[one["unit_id"]].append(
            Claim(
                **one,
                quantity=1,
                end_at=FOREVER if is_out and end <= moment else end,
                due_at=due_at if is_out else end,
                late=is_out and due_at <= moment,
                sub_hire_id=None,
                supplier_name="",
            )
        )
    return [found[key] for key in unit_ids]
