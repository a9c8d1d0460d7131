"""What is owed: pieces that should be back and are not, by whom, since when, and what they are worth."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import text

from app.domain.availability.queries import Connection
from app.lib.errors import NotFound

PAGE: Final = 50
LATELY: Final = 5
SORTS: Final = {
    "since": "since, rental_id, unit_id",
    "-since": "since desc, rental_id, unit_id",
    "-value": "value desc nulls last, since",
    "client": "client_name, since, rental_id, unit_id",
    "name": "name, since, rental_id, unit_id",
}

_MISSING = """
    with open as (
      select m.rental_id, m.unit_id, sum(m.quantity)::integer as pieces,
        max(m.created_at) filter (where m.quantity > 0) as since,
        (array_agg(m.reason order by m.id desc) filter (where m.quantity > 0 and m.reason <> ''))[1] as note,
        (array_agg(m.photo order by m.id desc) filter (where m.photo is not null))[1] as photo
      from movement m where m.step = 'missing' group by m.rental_id, m.unit_id having sum(m.quantity) > 0
    ), owed as (
      select o.rental_id, o.unit_id, o.pieces, o.since, coalesce(o.note, '') as note, o.photo, r.name, e.sku,
        r.equipment_id, u.asset_tag, r.event_id, ev.name as event_name, ev.client_id,
        coalesce(c.name, '') as client_name, o.pieces * e.replacement_value as value
      from open o join rental r on r.id = o.rental_id join equipment e on e.id = r.equipment_id
      join event ev on ev.id = r.event_id left join client c on c.id = ev.client_id
      left join unit u on u.id = o.unit_id
      where (cast(:event_id as bigint) is null or r.event_id = :event_id)
        and (cast(:client_id as bigint) is null or ev.client_id = :client_id)
        and (cast(:rental_id as bigint) is null or o.rental_id = :rental_id)
        and (:q = '' or not exists (select from unnest(string_to_array(fold(:q), ' ')) word where
          position(word in fold(concat_ws(' ', r.name, e.sku, u.asset_tag, ev.name, c.name))) = 0))
    )
    select *, count(*) over () as all_rows, sum(pieces) over () as all_pieces, sum(value) over () as all_value
    from owed
"""

_SETTLED = text("""
    select m.action_id, r.name, u.asset_tag, m.quantity as pieces, m.settlement, m.reason, m.created_at as at,
      m.event_id, ev.name as event_name,
      coalesce(nullif(trim(p.first_name || ' ' || p.last_name), ''), p.username, '') as person
    from movement m join rental r on r.id = m.rental_id join event ev on ev.id = m.event_id
    join bench_action a on a.id = m.action_id
    left join unit u on u.id = m.unit_id left join user_account p on p.id = a.actor_id
    where m.step = 'settled' and m.quantity > 0
      and not exists (select from movement back where back.undoes_id = m.id)
      and (cast(:event_id as bigint) is null or m.event_id = :event_id)
      and (cast(:client_id as bigint) is null or ev.client_id = :client_id)
    order by m.id desc limit :limit
""")


@dataclass(frozen=True, slots=True)
class MissingFilter:
    """Which missing pieces are looked at, and in which order."""

    q: str = ""
    event_id: int | None = None
    client_id: int | None = None
    sort: str = "since"
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.q or self.event_id or self.client_id)

    @property
    def given(self) -> dict[str, Any]:
        """The parameters of the statements."""
        return {"q": self.q, "event_id": self.event_id, "client_id": self.client_id, "rental_id": None}


@dataclass(frozen=True, slots=True)
class MissingPieces:
    """Pieces of a line, or one unit of it, that are missing. `value` is what it costs to replace them."""

    rental_id: int
    unit_id: int | None
    pieces: int
    since: datetime
    note: str
    photo: str | None
    name: str
    sku: str
    equipment_id: int
    asset_tag: str | None
    event_id: int
    event_name: str
    client_id: int | None
    client_name: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Settled:
    """Pieces of a line, or one unit of it, that were charged or written off by an action of the bench."""

    action_id: int
    name: str
    asset_tag: str | None
    pieces: int
    settlement: str
    reason: str
    at: datetime
    event_id: int
    event_name: str
    person: str


@dataclass(frozen=True, slots=True)
class Owed:
    """How much is missing under a filter."""

    rows: int
    pieces: int
    value: Decimal


async def find_missing(
    connection: Connection, wanted: MissingFilter, *, limit: int | None = PAGE
) -> tuple[list[MissingPieces], Owed]:
    """A page of what is missing (all of it without a limit), and how much there is on all. One statement."""
    statement = text(f"{_MISSING} order by {SORTS[wanted.sort]} limit :limit offset :offset")
    offset = (wanted.page - 1) * PAGE if limit else 0
    rows = await connection.execute(statement, {**wanted.given, "limit": limit, "offset": offset})
    found, owed = list[MissingPieces](), Owed(0, 0, Decimal(0))
    for row in rows.mappings():
        values = dict(row)
        owed = Owed(values.pop("all_rows"), values.pop("all_pieces"), values.pop("all_value") or Decimal(0))
        found.append(MissingPieces(**values))
    return found, owed


async def missing_piece(connection: Connection, rental_id: int, unit_id: int | None) -> MissingPieces:
    """What is missing of a line, or that unit of it. Raises NotFound where nothing is any more."""
    given = {**MissingFilter().given, "rental_id": rental_id}
    for row in (await connection.execute(text(_MISSING), given)).mappings():
        if row["unit_id"] == unit_id:
            return MissingPieces(**{name: row[name] for name in MissingPieces.__dataclass_fields__})
    raise NotFound("This is not missing any more: it was found or settled.")


async def settled_lately(connection: Connection, wanted: MissingFilter) -> list[Settled]:
    """What was settled last of the filter's event or client and stands, at most LATELY. One statement."""
    given = {"event_id": wanted.event_id, "client_id": wanted.client_id, "limit": LATELY}
    return [Settled(**row) for row in (await connection.execute(_SETTLED, given)).mappings()]


async def event_of_action(connection: Connection, action_id: int) -> int:
    """The event an action of the bench was on. Raises NotFound."""
    given = {"action_id": action_id}
    found = await connection.scalar(text("select event_id from bench_action where id = :action_id"), given)
    if found is None:
        raise NotFound("This was never settled.")
    return found
