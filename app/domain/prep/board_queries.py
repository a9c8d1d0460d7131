"""The events the bench has to do with in some days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import DateTime, bindparam, text

from app.domain.availability.lateness import is_overdue
from app.domain.availability.queries import CLASSES, Connection
from app.domain.prep.policy import steps_of
from app.lib.periods import Period
from app.web.viewer import Person

MOST = 200
_EVENTS = text(
    f"""
    with {CLASSES},
    wanted as (
      select e.id from class cross join lateral (
        select e.id from event e
        where e.deleted_at is null and e.status = 'confirmed' and e.duration_class = class.number
          and e.out_start < :until and e.out_start >= :since - class.longest and e.out_end >= :since
        offset 0
      ) e
      union
      select r.event_id from reservation r where {is_overdue("r")} and r.event_id is not null
      union
      select a.event_id from bench_action a
      where a.needs_a_look and a.looked_at is null and a.event_id is not null
    )
    select e.id, e.name, e.status, e.out_start, e.out_end, e.venue, coalesce(c.name, '') as client_name,
      e.responsible_id,
      coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, '') as person,
      (select count(*) from bench_action a
       where a.event_id = e.id and a.needs_a_look and a.looked_at is null) as waiting,
      (select prep_steps from company) as prep_steps
    from wanted join event e on e.id = wanted.id and e.deleted_at is null
    left join client c on c.id = e.client_id
    left join user_account u on u.id = e.responsible_id
    order by e.out_start, e.id limit :most
    """  # noqa: S608 - words of ours
).bindparams(*(bindparam(name, type_=DateTime(timezone=True)) for name in ("since", "until", "moment")))


@dataclass(frozen=True, slots=True)
class BoardEvent:
    """An event on the prep board; `waiting` actions are in its inbox."""

    id: int
    name: str
    status: str
    out_start: datetime
    out_end: datetime
    venue: str
    client_name: str
    responsible_id: int | None
    person: str
    waiting: int

    @property
    def responsible(self) -> Person | None:
        """Who answers for it."""
        return Person(self.responsible_id, self.person) if self.responsible_id else None


async def board_events(
    connection: Connection, period: Period, moment: datetime
) -> tuple[list[BoardEvent], Sequence[str]]:
    """Events out in the period, late or with something in the inbox, and the steps of prep. One statement."""
    given = {"since": period.start, "until": period.end, "moment": moment, "most": MOST}
    rows = [dict(row) for row in (await connection.execute(_EVENTS, given)).mappings()]
    steps = [steps_of(row.pop("prep_steps") or ()) for row in rows]
    return [BoardEvent(**row) for row in rows], steps[0] if steps else ()
