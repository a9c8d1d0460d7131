"""What is here and undecided: jobs that were reported, gear nobody has looked at, units put aside."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import TextClause, text

from app.domain.availability.queries import Connection
from app.lib.errors import NotFound

MOST: Final = 300

# a unit that is out or missing is not on the shelf, whatever was reported about it
_DESK = """
    with jobs as (
      select m.id as job_id, null::bigint as rental_id, m.unit_id, m.equipment_id,
        m.quantity as pieces, m.title, m.description as note, m.created_at as since,
        checked.event_id, checked.photo
      from maintenance m left join unit u on u.id = m.unit_id
      left join lateral (
        select c.event_id, c.photo from movement c
        where c.maintenance_id = m.id
        order by c.id desc limit 1
      ) checked on true
      where m.state = 'reported' and m.blocks and m.deleted_at is null
        and (u.state = 'quarantine'
          or (m.unit_id is null and (m.due_at is null or m.due_at <= now() or m.kind = 'repair')))
    ), units as (
      select null::bigint, back.rental_id, u.id, u.equipment_id, 1, 'To be checked', back.reason,
        back.created_at, back.event_id, back.photo
      from unit u join lateral (
        select b.rental_id, b.reason, b.created_at, b.event_id, b.photo from movement b
        where b.unit_id = u.id and b.step = 'returned' and b.quantity > 0 order by b.id desc limit 1
      ) back on true
      where u.state = 'returned' and u.deleted_at is null
    ), counted as (
      select null::bigint, r.id, null::bigint, r.equipment_id, s.pieces, 'To be checked', back.reason,
        back.created_at, r.event_id, back.photo
      from (
        select m.rental_id,
          sum(case when m.step = 'returned' then m.quantity else -m.quantity end)::integer as pieces
        from movement m where m.unit_id is null and m.step in ('returned', 'checked') group by m.rental_id
        having sum(case when m.step = 'returned' then m.quantity else -m.quantity end) > 0
      ) s join rental r on r.id = s.rental_id join lateral (
        select b.reason, b.created_at, b.photo from movement b
        where b.rental_id = r.id and b.step = 'returned' and b.quantity > 0 order by b.id desc limit 1
      ) back on true
    ), aside as (
      select null::bigint, null::bigint, u.id, u.equipment_id, 1, 'Put aside by hand', u.notes, u.updated_at,
        null::bigint, null::text
      from unit u
      where u.state = 'quarantine' and u.deleted_at is null and not exists (
        select from maintenance m where m.unit_id = u.id and m.blocks and m.deleted_at is null
          and m.state in ('reported', 'in_progress', 'waiting'))
    ), desk as (
      select d.*, e.name, e.sku, e.location, u.asset_tag, ev.name as event_name,
        e.replacement_value * d.pieces as value
      from (select * from jobs union all select * from units union all select * from counted
        union all select * from aside) d
      join equipment e on e.id = d.equipment_id left join unit u on u.id = d.unit_id
      left join event ev on ev.id = d.event_id
      where (:q = '' or not exists (select from unnest(string_to_array(fold(:q), ' ')) word where
        position(word in
          fold(concat_ws(' ', e.name, e.sku, u.asset_tag, u.serial_number, ev.name, d.title))) = 0))
    )
"""
_ROWS = _DESK + "select * from desk where "  # noqa: S608 - words of ours
_ALL = text(
    _ROWS + ":kind = '' or (job_id is not null) = (:kind = 'job')"
    " order by since, job_id, rental_id, unit_id limit :most"
)
_COUNTS = text(_DESK + "select count(*) as every, count(job_id) as jobs from desk")  # noqa: S608 - words of ours
_JOB = text(_ROWS + "job_id = :job_id")
_PIECE = text(
    _ROWS + "job_id is null and rental_id = :rental_id"
    " and unit_id is not distinct from cast(:unit_id as bigint)"
)


@dataclass(frozen=True, slots=True)
class Undecided:
    """Something on the desk: a reported job that blocks gear, or pieces (one unit) nobody has looked at.

    `value` is what it costs to replace.
    """

    job_id: int | None
    rental_id: int | None
    unit_id: int | None
    equipment_id: int
    pieces: int
    title: str
    note: str
    since: datetime
    event_id: int | None
    photo: str | None
    name: str
    sku: str
    location: str
    asset_tag: str | None
    event_name: str | None
    value: Decimal | None

    @property
    def address(self) -> str:
        """Where it is decided about."""
        if self.job_id:
            return f"/quarantine/jobs/{self.job_id}/decisions"
        return f"/quarantine/pieces/{self.rental_id}/decisions"

    @property
    def query(self) -> str:
        """Which unit of the line it is, for the address."""
        return f"?unit={self.unit_id}" if self.unit_id and not self.job_id else ""

    @property
    def key(self) -> str:
        """What names it on the page."""
        return f"job-{self.job_id}" if self.job_id else f"piece-{self.rental_id or 0}-{self.unit_id or 0}"

    @property
    def is_aside(self) -> bool:
        """Whether somebody put the unit aside without a job: it is decided about on its own page."""
        return self.job_id is None and self.rental_id is None


async def on_the_desk(connection: Connection, q: str = "", kind: str = "") -> list[Undecided]:
    """What is undecided, what waits longest first, at most MOST. One statement.

    `kind` leaves only reported jobs ("job"), or only what nobody has looked at ("piece").
    """
    rows = await connection.execute(_ALL, {"q": q, "kind": kind, "most": MOST})
    return [Undecided(**row) for row in rows.mappings()]


async def desk_counts(connection: Connection, q: str = "") -> dict[str, int]:
    """How much is undecided, by kind as `on_the_desk` takes it. One statement."""
    row = (await connection.execute(_COUNTS, {"q": q})).one()
    return {"": row.every, "job": row.jobs, "piece": row.every - row.jobs}


async def job_on_desk(connection: Connection, job_id: int) -> Undecided:
    """A job that is undecided. Raises NotFound."""
    return await _one(connection, _JOB, {"job_id": job_id})


async def piece_on_desk(connection: Connection, rental_id: int, unit_id: int | None) -> Undecided:
    """Pieces of a line, or one unit, that nobody has looked at. Raises NotFound."""
    return await _one(connection, _PIECE, {"rental_id": rental_id, "unit_id": unit_id})


async def _one(connection: Connection, statement: TextClause, given: dict[str, int | None]) -> Undecided:
    row = (await connection.execute(statement, {"q": "", **given})).mappings().one_or_none()
    if row is None:
        raise NotFound("Somebody has decided about this already.")
    return Undecided(**row)
