"""What a page at the bench shows beside the lines: the event, who did what last, what may be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.driver import Statement
from app.db.models import BenchAction
from app.domain.availability.queries import Connection
from app.domain.prep.policy import steps_of
from app.domain.prep.queries import BenchLine
from app.domain.prep.verdicts import Verdict, restored
from app.lib.errors import NotFound

MOST_RECENT = 100
"""Beyond this many changes of any kind all is news."""

# what was written by transactions that are not older than `since` may be news to who has read before;
# this one's own is not, as far as no older one is still open (docs/live.md)
_BENCH_EVENT = """
    select e.id, e.name, e.status, e.out_start, e.out_end, e.venue, coalesce(c.name, '') as client_name,
      company.prep_steps,
      (select count(*) from bench_action a
       where a.event_id = e.id and a.needs_a_look and a.looked_at is null) as waiting,
      case when pg_snapshot_xmin(snapshot.taken) = pg_current_xact_id_if_assigned()
        then pg_snapshot_xmin(snapshot.taken)::text::bigint + 1
        else pg_snapshot_xmin(snapshot.taken)::text::bigint end as since,
      box.code as case_code{more}
    from event e
    cross join company
    cross join (select pg_current_snapshot() as taken) snapshot
    left join client c on c.id = e.client_id
    left join gear_case box on box.id = cast(:case_id as bigint) and box.deleted_at is null
    where e.id = :event_id and e.deleted_at is null
"""
# no more of them than is planned once and for all: planning anew takes longer than finding them
_NEWS = f"""
    with recent as materialized (
      select entity, entity_id, action, parent_entity, parent_id from change
      where xid >= cast(cast(:since as text) as xid8)
      order by xid desc, id desc limit {MOST_RECENT})
    select c.entity, c.action,
      case when c.entity = 'movement' then all_of.rental_id else c.entity_id end as rental_id
    from recent c
    left join movement first on c.entity = 'movement' and first.id = c.entity_id
    left join movement all_of on all_of.action_id = first.action_id and all_of.event_id = :event_id
    where (c.parent_entity = 'event' and c.parent_id = :event_id)
      or (c.entity = 'event' and c.entity_id = :event_id)
    group by 1, 2, 3
    union all select 'change', 'too_many', null where (select count(*) from recent) = {MOST_RECENT}
"""  # noqa: S608 - a number of ours
_LAST_DONE = text(
    """
    select distinct on (m.rental_id) m.rental_id, m.created_at,
      coalesce(nullif(u.first_name, ''), u.username, '') as person
    from movement m
    join bench_action a on a.id = m.action_id
    left join user_account u on u.id = a.actor_id
    where m.event_id = :event_id and m.step = :step
      and (cast(:rental_ids as bigint[]) is null or m.rental_id = any(:rental_ids))
    order by m.rental_id, m.id desc
    """
).bindparams(bindparam("rental_ids", type_=ARRAY(BigInteger)))
# `offset 0`: they are looked at from the last one on, until one fits
_UNDOABLE = """
    select a.id, a.answer ->> 'label' as label, a.kind from bench_action a
    where a.event_id = :event_id and a.actor_id = :actor_id
      and a.kind in ('count', 'scan', 'add', 'substitute'){which}
      and exists (
        select from movement m where m.action_id = a.id and m.event_id = a.event_id
          and m.quantity > 0 and not exists (select from movement u where u.undoes_id = m.id)
        offset 0)
      and not exists (
        select from movement m where m.action_id = a.id
          and m.step not in ('picked', 'tested', 'packed', 'loaded')
        offset 0)
    order by a.id desc limit 1
"""
_EVENT = text(_BENCH_EVENT.format(more=""))
_LAST_UNDOABLE = text(_UNDOABLE.format(which=""))
_UNDOABLE_ACTION = text(_UNDOABLE.format(which=" and a.id = :action_id"))
_MORE = """,
      (select coalesce(jsonb_agg(jsonb_build_array(n.entity, n.action, n.rental_id)), '[]')
       from ({news}) n) as news,
      (select jsonb_build_array(a.id, a.label) from ({undoable}) a) as undoable
"""
_EVENT_AND_NEWS = Statement(
    _BENCH_EVENT.format(more=_MORE.format(news=_NEWS, undoable=_UNDOABLE.format(which="")))
)
# those that are picked, the last one first, and behind them what is known and still here
_UNITS = Statement(
    """
    select u.id, u.asset_tag, found.is_done, found.is_out
    from (
      (select m.unit_id, -max(m.id) as place,
        coalesce(sum(m.quantity) filter (where m.step = :step), 0) > 0 as is_done,
        coalesce(sum(m.quantity) filter (where m.step = 'dispatched'), 0) > 0 as is_out
      from movement m
      where m.rental_id = :rental_id and m.unit_id is not null
      group by m.unit_id
      having coalesce(sum(m.quantity) filter (where m.step = 'picked'), 0) > 0
      order by place
      limit :most)
      union all
      select known.id, known.place, null, null
      from unnest(cast(:known as bigint[])) with ordinality as known(id, place)
    ) found
    join unit u on u.id = found.unit_id
    where found.is_done is not null
      or (u.equipment_id = :equipment_id and u.deleted_at is null and u.state = any(:states))
    order by found.place
    """
)
_BOXES = text(
    """
    select m.rental_id, string_agg(distinct c.code, ', ' order by c.code) as codes
    from (select rental_id, case_id from movement
          where rental_id = any(cast(:rental_ids as bigint[])) and step = 'packed' and case_id is not null
          group by rental_id, case_id having sum(quantity) > 0) m
    join gear_case c on c.id = m.case_id
    group by m.rental_id
    """
)
_GONE = "This event does not exist, or was deleted."
_ACKNOWLEDGED = "rental.acknowledged"
# what changes lines that are there; anything else may add lines, or take them away
_OF_ROWS = ("movement", "bench_action")
MOST_ROWS = 40
"""Beyond this many changed rows the list is sent as a whole."""


@dataclass(frozen=True, slots=True)
class BenchEvent:
    """An event as the bench sees it. `waiting` actions are in its inbox; `since` is what news begin at.

    `case_code` is what is on the case things are packed into now, "" without one.
    """

    id: int
    name: str
    status: str
    out_start: datetime
    out_end: datetime
    venue: str
    client_name: str
    steps: tuple[str, ...]
    waiting: int
    since: int
    case_code: str


@dataclass(frozen=True, slots=True)
class News:
    """What was changed since a page was rendered: some lines, or more than that."""

    rental_ids: frozenset[int] = frozenset()
    whole: bool = False
    inbox: bool = False

    @property
    def nothing(self) -> bool:
        """Whether nothing that the page shows was changed."""
        return not self.rental_ids and not self.whole and not self.inbox


@dataclass(frozen=True, slots=True)
class Undoable:
    """The last thing somebody counted here that may be taken back."""

    id: int
    label: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A unit of a line: got at this step, or to take; `is_out` ones have left."""

    id: int
    asset_tag: str
    is_done: bool
    is_out: bool = False


async def bench_event(connection: Connection, event_id: int, case_id: int | None = None) -> BenchEvent:
    """The event, with the steps the shop takes. One statement. Raises NotFound."""
    given = {"event_id": event_id, "case_id": case_id}
    row = (await connection.execute(_EVENT, given)).mappings().one_or_none()
    if row is None:
        raise NotFound(_GONE)
    return _event(dict(row))


async def event_and_news(
    connection: Connection, event_id: int, viewer_id: int, *, case_id: int | None, since: int | None
) -> tuple[BenchEvent, News, Undoable | None]:
    """The event, what changed about it since `since` (of one read before), and what the viewer may undo.

    All is news where nothing is known of what was seen before. One statement. Raises NotFound.
    """
    given = {"event_id": event_id, "case_id": case_id, "actor_id": viewer_id}
    asked = given | {"since": None if since is None else str(since)}
    row = await _EVENT_AND_NEWS.row(connection, asked)
    if row is None:
        raise NotFound(_GONE)
    values: dict[str, Any] = dict(row)
    changes, undoable = values.pop("news"), values.pop("undoable")
    news = News(whole=True) if since is None else _news(changes)
    return _event(values), news, Undoable(undoable[0], undoable[1] or "") if undoable else None


def _event(values: dict[str, Any]) -> BenchEvent:
    values["steps"] = steps_of(values.pop("prep_steps") or ())
    values["case_code"] = values["case_code"] or ""
    return BenchEvent(**values)


def _news(rows: Sequence[tuple[str, str, int | None]]) -> News:
    lines = frozenset(key for entity, _, key in rows if entity in ("movement", "rental") and key)
    whole = any(entity not in _OF_ROWS and action != _ACKNOWLEDGED for entity, action, _ in rows)
    return News(lines, whole or len(lines) > MOST_ROWS, inbox="bench_action" in {row[0] for row in rows})


async def last_done(
    connection: Connection, event_id: int, step: str, rental_ids: Sequence[int] | None = None
) -> dict[int, tuple[str, datetime]]:
    """Who counted last at a step, and when, by line: of all lines, or of these. One statement, or none."""
    if rental_ids is not None and not rental_ids:
        return {}
    given = {"event_id": event_id, "step": step, "rental_ids": rental_ids}
    rows = await connection.execute(_LAST_DONE, given)
    return {row.rental_id: (row.person, row.created_at) for row in rows}


async def last_undoable(
    connection: Connection, event_id: int, actor_id: int, action_id: int | None = None
) -> Undoable | None:
    """What somebody counted last here and has not taken back, or this action of theirs; None for nothing."""
    given = {"event_id": event_id, "actor_id": actor_id}
    if action_id is None:
        row = (await connection.execute(_LAST_UNDOABLE, given)).one_or_none()
    else:
        row = (await connection.execute(_UNDOABLE_ACTION, given | {"action_id": action_id})).one_or_none()
    return Undoable(row.id, row.label or "") if row else None


async def units_of_bench_line(
    connection: Connection,
    line: BenchLine,
    step: str,
    most: int,
    *,
    known: Sequence[int] = (),
    states: Sequence[str] = (),
) -> tuple[list[Chip], list[Chip]]:
    """The units that are picked for a line, the last one first, at most so many; and what is still free.

    That is, of the `known` ones of its equipment, those that are in one of the `states`. One statement.
    """
    asked = {"rental_id": line.id, "equipment_id": line.equipment_id, "step": step, "most": most}
    rows = await _UNITS.rows(connection, asked | {"known": list(known), "states": list(states)})
    its = [Chip(*row) for row in rows if row["is_done"] is not None]
    return its, [Chip(*row[:2], is_done=False) for row in rows if row["is_done"] is None]


async def boxes_of(connection: Connection, rental_ids: Sequence[int]) -> dict[int, str]:
    """The codes of the cases that pieces of these lines are in, by line. One statement, or none."""
    if not rental_ids:
        return {}
    rows = await connection.execute(_BOXES, {"rental_ids": list(rental_ids)})
    return {row.rental_id: row.codes for row in rows}


async def verdict_given(connection: Connection, event_id: int, actor_id: int, nonce: UUID) -> Verdict | None:
    """The verdict that somebody's action was answered with; None for no such action."""
    answer = (
        await connection.execute(
            select(BenchAction.answer).where(
                BenchAction.nonce == nonce,
                BenchAction.event_id == event_id,
                BenchAction.actor_id == actor_id,
            )
        )
    ).scalar_one_or_none()
    return restored(answer) if answer else None
