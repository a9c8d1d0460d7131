"""Looking for clients that are there twice, and at two of them side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Address, Client, Contact, Event, SubHire
from app.domain.clients.filters import ClientFilter
from app.domain.clients.queries import ClientRow, list_clients

MOST_GROUPS = 50
MOST_CANDIDATES = 20
_FEWEST_DIGITS = 6

REASONS = {
    "name": "Same name",
    "email": "Same e-mail",
    "phone": "Same phone",
    "tax_number": "Same tax number",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Clients that may be one, the oldest first, and why: names of REASONS."""

    clients: tuple[Any, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Belongings:
    """How much belongs to a client."""

    contacts: int
    addresses: int
    events: int
    sub_hires: int


def _digits(column: Any) -> ColumnElement[str]:
    return func.regexp_replace(column, r"\D", "", "g", type_=String)


def _key(name: str, source: Any) -> ColumnElement[str]:
    """What is compared of a field: however it is spelt in case, accents, spaces and points."""
    if name == "name":
        return func.regexp_replace(func.fold(source.name), r"[\s.,]+", " ", "g", type_=String)
    if name == "phone":
        return _digits(source.phone)
    column = source.email if name == "email" else source.tax_number
    return func.regexp_replace(
        func.fold(column), r"[\s.]+", "" if name != "email" else " ", "g", type_=String
    )


def _comparable(name: str, source: Any) -> ColumnElement[bool]:
    """Whether there is enough in a field to compare by."""
    if name == "phone":
        return func.length(_digits(source.phone)) >= _FEWEST_DIGITS
    return getattr(source, name) != ""


async def find_groups(reading: AsyncConnection) -> list[Group]:
    """Clients that share a name, an e-mail address, a phone or a tax number, at most MOST_GROUPS groups."""
    keys = union_all(
        *(
            select(Client.id, literal(name).label("reason"), _key(name, Client).label("key")).where(
                Client.deleted_at.is_(None), _comparable(name, Client)
            )
            for name in REASONS
        )
    ).subquery()
    ids = func.array_agg(keys.c.id, type_=ARRAY(BigInteger)).label("ids")
    grouped = (
        select(keys.c.reason, ids)
        .group_by(keys.c.reason, keys.c.key)
        .having(func.count() > 1)
        .order_by(func.min(keys.c.id), keys.c.reason)
        .limit(MOST_GROUPS * len(REASONS))
    )
    reasons: dict[tuple[int, ...], list[str]] = {}
    for row in await reading.execute(grouped):
        reasons.setdefault(tuple(sorted(row.ids)), []).append(row.reason)
    chosen = dict(list(reasons.items())[:MOST_GROUPS])
    known = await _by_ids(reading, {key for ids in chosen for key in ids})
    return [
        Group(tuple(known[key] for key in ids if key in known), tuple(why)) for ids, why in chosen.items()
    ]


async def candidates(reading: AsyncConnection, client_id: int) -> list[tuple[Any, tuple[str, ...]]]:
    """Other clients that may be the same, with the reasons, at most MOST_CANDIDATES."""
    this, other = Client.__table__.alias("this"), Client.__table__.alias("other")
    alike = {
        name: (_key(name, this.c) == _key(name, other.c)) & _comparable(name, this.c) for name in REASONS
    }
    statement = (
        select(other, *(condition.label(f"same_{name}") for name, condition in alike.items()))
        .join_from(this, other, (other.c.id != this.c.id) & other.c.deleted_at.is_(None))
        .where(this.c.id == client_id, or_(*alike.values()))
        .order_by(other.c.name_order, other.c.id)
        .limit(MOST_CANDIDATES)
    )
    rows = (await reading.execute(statement)).all()
    return [(row, tuple(name for name in REASONS if getattr(row, f"same_{name}"))) for row in rows]


async def find_others(reading: AsyncConnection, client_id: int, words: str) -> Sequence[ClientRow]:
    """Other clients with these words, at most MOST_CANDIDATES."""
    if not words:
        return []
    found, _ = await list_clients(reading, ClientFilter(q=words, archived="all"), limit=MOST_CANDIDATES)
    return [one for one in found if one.id != client_id]


async def belongings(reading: AsyncConnection, client_id: int) -> Belongings:
    """What would move along with a client."""
    counts: Select[*tuple[Any, ...]] = select(
        *(
            select(func.count()).where(column == client_id, deleted_at.is_(None)).scalar_subquery()
            for column, deleted_at in (
                (Contact.client_id, Contact.deleted_at),
                (Address.client_id, Address.deleted_at),
                (Event.client_id, Event.deleted_at),
                (SubHire.supplier_id, SubHire.deleted_at),
            )
        )
    )
    return Belongings(*(await reading.execute(counts)).one())


async def _by_ids(reading: AsyncConnection, ids: Iterable[int]) -> dict[int, Any]:
    events = select(func.count()).where(Event.client_id == Client.id, Event.deleted_at.is_(None))
    statement = select(
        Client.id, Client.name, Client.email, Client.phone, Client.created_at, Client.archived,
        events.scalar_subquery().label("events"),
    ).where(Client.id.in_(sorted(ids)))  # fmt: skip
    return {row.id: row for row in await reading.execute(statement)}
