"""What the pages of handing over show: what may leave, what is out, and what one handover moved."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import BigInteger, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.domain.availability.queries import Connection
from app.domain.company.policy import TODAY
from app.domain.handovers.policy import HANDOVER_WORDS, is_open, left_to_go, ready_to_go
from app.domain.prep.queries import BenchLine
from app.lib.errors import NotFound

# prepped for the line, or promised to it by name and on the shelf
_TO_LEAVE = text(
    """
    select u.id, u.asset_tag, coalesce(u.rental_id, a.rental_id) as rental_id,
      u.state = 'prepped' as is_prepped, u.state
    from unit u
    left join allocation a on a.unit_id = u.id and a.rental_id = any(:rental_ids)
    where u.deleted_at is null and (
      (u.rental_id = any(:rental_ids) and u.state = 'prepped')
      or (u.rental_id is null and a.id is not null and u.state in ('in_stock', 'returned')
        and not exists (select from movement m
          where m.unit_id = u.id and m.rental_id = a.rental_id and m.step = 'dispatched')))
    order by u.tag_order
    """
).bindparams(bindparam("rental_ids", type_=ARRAY(BigInteger)))
_OUT = text(
    """
    select u.id, u.asset_tag, u.rental_id, false as is_prepped, u.state from unit u
    where u.rental_id = any(:rental_ids) and u.state in ('out', 'missing') order by u.tag_order
    """
).bindparams(bindparam("rental_ids", type_=ARRAY(BigInteger)))
_EXPIRED = text(
    f"""
    select u.id, u.asset_tag, t.name, t.valid_until from unit_inspection t join unit u on u.id = t.unit_id
    where t.unit_id = any(:unit_ids) and t.valid_until < {TODAY} order by u.tag_order
    """  # noqa: S608 - words of ours
).bindparams(bindparam("unit_ids", type_=ARRAY(BigInteger)))
_HANDOVER = text(
    """
    select h.id, h.event_id, h.kind, h.number, h.at, h.created_at, h.vehicle, h.signed_name, h.signature,
      h.notes, h.override_reason, h.actor_id, e.name as event_name, coalesce(c.name, '') as client_name,
      coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username, 'AV-RENTALS') as person
    from handover h join event e on e.id = h.event_id left join client c on c.id = e.client_id
    left join user_account u on u.id = h.actor_id
    """
)
_BY_ID = text(f"{_HANDOVER.text} where h.id = :handover_id")
_OF_EVENT = text(f"{_HANDOVER.text} where h.event_id = :event_id order by h.id desc limit 60")
_MOVED = text(
    """
    select m.rental_id, r.name, m.step, m.condition, m.quantity, u.asset_tag, m.reason,
      m.photo, m.maintenance_id
    from movement m join rental r on r.id = m.rental_id left join unit u on u.id = m.unit_id
    where m.handover_id = :handover_id and m.step in ('dispatched', 'returned', 'checked', 'missing')
      and m.undoes_id is null and not exists (select from movement o where o.undoes_id = m.id)
    order by r.position, r.id, m.id
    """
)
_LAST_TAPS = text(
    """
    select m.rental_id, max(m.action_id) as action_id from movement m
    where m.handover_id = :handover_id and m.step in ('returned', 'missing') and m.quantity > 0
      and m.undoes_id is null and not exists (select from movement o where o.undoes_id = m.id)
    group by m.rental_id
    """
)


@dataclass(frozen=True, slots=True)
class HandedUnit:
    """A unit that may leave with a line, or is out with it."""

    id: int
    asset_tag: str
    rental_id: int
    is_prepped: bool
    state: str


@dataclass(frozen=True, slots=True)
class HandedLine:
    """A line of an event and its units that may leave, or are out."""

    line: BenchLine
    units: tuple[HandedUnit, ...]

    @property
    def id(self) -> int:
        """The id of the line."""
        return self.line.id

    @property
    def left(self) -> int:
        """How many pieces may still leave."""
        return left_to_go(self.line.counts)

    @property
    def ready(self) -> int:
        """How many of them are prepped."""
        if self.line.serialized:
            return sum(unit.is_prepped for unit in self.units)
        return min(ready_to_go(self.line.counts), self.left)

    @property
    def unscanned(self) -> int:
        """How many units have to be scanned at the bench before they can leave."""
        return max(self.left - len(self.units), 0) if self.line.serialized else 0

    @property
    def expected(self) -> int:
        """How many are out and not said to be missing."""
        return self.line.counts.outstanding - self.line.counts.missing


@dataclass(frozen=True, slots=True)
class Expired:
    """A unit whose inspection is not valid any more."""

    id: int
    asset_tag: str
    name: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """A dispatch or a session of checking in."""

    id: int
    event_id: int
    kind: str
    number: int
    at: datetime
    created_at: datetime
    vehicle: str
    signed_name: str
    signature: str | None
    notes: str
    override_reason: str
    actor_id: int | None
    event_name: str
    client_name: str
    person: str

    @property
    def title(self) -> str:
        """What it is called on its event."""
        return f"{HANDOVER_WORDS[self.kind]} {self.number}"

    @property
    def is_dispatch(self) -> bool:
        """Whether gear left in it."""
        return self.kind == "dispatch"


@dataclass(slots=True)
class Moved:
    """What a handover moved of one line: pieces by what became of them, tags, and what was said."""

    rental_id: int
    name: str
    pieces: dict[str, int] = field(default_factory=dict[str, int])
    tags: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    notes: list[tuple[str, str | None, int | None]] = field(
        default_factory=list[tuple[str, str | None, int | None]]
    )


async def lines_to_leave(connection: Connection, lines: Sequence[BenchLine]) -> list[HandedLine]:
    """The lines that have something to leave still, with the units that may. One statement."""
    return await _with_units(connection, [one for one in lines if left_to_go(one.counts)], _TO_LEAVE)


async def lines_out(connection: Connection, lines: Sequence[BenchLine]) -> list[HandedLine]:
    """The lines that left, whole or in part, with the units that are out or missing. One statement."""
    return await _with_units(connection, [one for one in lines if one.counts.dispatched], _OUT)


async def expired_of(connection: Connection, unit_ids: Collection[int]) -> list[Expired]:
    """Those of the units whose inspection is not valid today. One statement."""
    rows = await connection.execute(_EXPIRED, {"unit_ids": list(unit_ids)})
    return [Expired(**row) for row in rows.mappings()]


async def handover_by_id(connection: Connection, handover_id: int) -> HandoverFacts:
    """One handover. Raises NotFound."""
    row = (await connection.execute(_BY_ID, {"handover_id": handover_id})).mappings().one_or_none()
    if row is None:
        raise NotFound("This handover does not exist.")
    return HandoverFacts(**row)


async def handovers_of(connection: Connection, event_id: int) -> list[HandoverFacts]:
    """The handovers of an event, the last one first."""
    rows = await connection.execute(_OF_EVENT, {"event_id": event_id})
    return [HandoverFacts(**row) for row in rows.mappings()]


async def open_session(
    connection: Connection, event_id: int, handover_id: int, actor_id: int
) -> HandoverFacts | None:
    """A session of checking in that somebody may add to; None for any other. One statement."""
    row = (await connection.execute(_BY_ID, {"handover_id": handover_id})).mappings().one_or_none()
    found = HandoverFacts(**row) if row else None
    if found is None or found.event_id != event_id:
        return None
    return found if is_open(found.kind, found.actor_id, found.created_at, actor_id) else None


async def moved_in(connection: Connection, handover_id: int) -> list[Moved]:
    """What a handover moved, by line, without what was taken back of it. One statement.

    Pieces are counted under dispatched, fine, dirty, damaged, unchecked and missing.
    """
    found = dict[int, Moved]()
    for row in await connection.execute(_MOVED, {"handover_id": handover_id}):
        one = found.setdefault(row.rental_id, Moved(row.rental_id, row.name))
        kind = row.condition or ("unchecked" if row.step == "returned" else row.step)
        one.pieces[kind] = one.pieces.get(kind, 0) + row.quantity
        if row.step == "checked":
            one.pieces["unchecked"] = one.pieces.get("unchecked", 0) - row.quantity
        if row.asset_tag and row.quantity > 0:
            tags = one.tags.setdefault(kind, [])
            tags.append(row.asset_tag)
            if row.step == "checked":
                one.tags["unchecked"].remove(row.asset_tag)
        if row.step != "returned" and (row.reason or row.photo or row.maintenance_id):
            one.notes.append((row.reason, row.photo, row.maintenance_id))
    return [one for one in found.values() if any(count > 0 for count in one.pieces.values())]


async def last_taps(connection: Connection, handover_id: int | None) -> dict[int, int]:
    """The last action of a session on each line that brought something back. One statement."""
    rows = await connection.execute(_LAST_TAPS, {"handover_id": handover_id})
    return {row.rental_id: row.action_id for row in rows}


async def _with_units(
    connection: Connection, lines: Sequence[BenchLine], statement: TextClause
) -> list[HandedLine]:
    rows = await connection.execute(statement, {"rental_ids": [line.id for line in lines]})
    units = [HandedUnit(**row) for row in rows.mappings()]
    return [HandedLine(line, tuple(unit for unit in units if unit.rental_id == line.id)) for line in lines]
