"""Finding clients, and what a page about one shows."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Client, Event
from app.domain.clients.fields import KIND_WORDS
from app.domain.clients.filters import ClientFilter
from app.domain.search.policy import prefix_query
from app.lib.clock import now
from app.lib.conditions import Conditions, all_of, equal
from app.lib.cursors import is_id, pack, read_value, unpack
from app.lib.errors import NotFound

PAGE = 50
MOST_EVENTS = 50


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A client as a line of the list."""

    id: int
    version: int
    name: str
    kind: str
    email: str
    phone: str
    tags: list[str]
    supplier: bool
    blocked: bool
    block_reason: str
    archived: bool

    @property
    def kind_word(self) -> str:
        """Company or person."""
        return KIND_WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class ClientDetails(ClientRow):
    """A client as its page and its form show it."""

    website: str
    tax_number: str
    payment_terms_days: int | None
    notes: str
    created_at: datetime

    @property
    def site(self) -> str:
        """Where the website is linked to; empty for what is no address of the web."""
        return self.website if self.website.lower().startswith(("https://", "http://")) else ""


@dataclass(frozen=True, slots=True)
class ClientEvent:
    """An event of a client."""

    id: int
    name: str
    venue: str
    status: str
    out_start: datetime
    out_end: datetime

    @property
    def is_out(self) -> bool:
        """Whether its gear should be out right now."""
        return self.status == "confirmed" and self.out_start <= now() < self.out_end


def _columns(of: type[ClientRow]) -> list[Any]:
    return [getattr(Client, one.name) for one in fields(of)]


def _conditions(wanted: ClientFilter) -> Conditions:
    archived = {"": False, "yes": True}.get(wanted.archived)
    return [
        Client.deleted_at.is_(None),
        *_with_words(wanted.q),
        *all_of(
            equal(Client.kind, wanted.kind),
            equal(Client.blocked, {"yes": True, "no": False}.get(wanted.blocked)),
            equal(Client.supplier, {"yes": True, "no": False}.get(wanted.supplier)),
            equal(Client.archived, archived),
        ),
    ]


def _with_words(typed: str) -> Conditions:
    """Every word as the beginning of one of the client's, in any case and with any accents."""
    words = prefix_query(typed)
    if not words:
        return [false()] if typed else []
    return [Client.search.op("@@")(func.to_tsquery("simple", words))]


def _beyond(after: str) -> Conditions:
    name, client_id = unpack(after, 2) or ("", 0)
    try:
        return (
            [tuple_(Client.name_order, Client.id) > tuple_(literal(read_value(str, name)), client_id)]
            if is_id(client_id)
            else []
        )
    except ValueError:
        return []


def _sorted(wanted: ClientFilter, columns: Sequence[Any]) -> Select[*tuple[Any, ...]]:
    return select(*columns).where(*_conditions(wanted)).order_by(Client.name_order, Client.id)


async def list_clients(
    reading: AsyncConnection, wanted: ClientFilter, *, after: str = "", limit: int = PAGE
) -> tuple[list[ClientRow], str]:
    """The clients that match, by name, from a cursor on, and the cursor of those that follow ("" for none).

    A cursor that is none is the beginning.
    """
    statement = _sorted(wanted, [*_columns(ClientRow), Client.name_order]).where(*_beyond(after))
    rows = (await reading.execute(statement.limit(limit + 1))).all()
    following = pack([rows[limit - 1][-1], rows[limit - 1].id]) if len(rows) > limit else ""
    return [ClientRow(*row[:-1]) for row in rows[:limit]], following


async def count_clients(reading: AsyncConnection, wanted: ClientFilter) -> int:
    """How many clients match."""
    return (
        await reading.execute(select(func.count()).select_from(Client).where(*_conditions(wanted)))
    ).scalar_one()


async def clients_by_id(
    reading: AsyncConnection, wanted: ClientFilter, ids: Sequence[int]
) -> list[ClientRow]:
    """Those of these clients that match."""
    statement = _sorted(wanted, _columns(ClientRow)).where(Client.id.in_(ids))
    return [ClientRow(*row) for row in await reading.execute(statement)]


async def exported_clients(reading: AsyncConnection, wanted: ClientFilter) -> Sequence[Any]:
    """All fields of all clients that match, by name."""
    return (await reading.execute(_sorted(wanted, list(Client.__table__.columns)))).all()


async def client_by_id(reading: AsyncConnection | AsyncSession, client_id: int) -> ClientDetails:
    """One client. Raises NotFound."""
    statement = select(*_columns(ClientDetails)).where(Client.id == client_id, Client.deleted_at.is_(None))
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This client does not exist, or was deleted.")
    return ClientDetails(*row)


async def events_of(reading: AsyncConnection | AsyncSession, client_id: int) -> tuple[list[ClientEvent], int]:
    """The latest events of a client, the last to leave first, at most MOST_EVENTS; and how many there are."""
    columns = [getattr(Event, one.name) for one in fields(ClientEvent)]
    statement = (
        select(*columns, func.count().over())
        .where(Event.client_id == client_id, Event.deleted_at.is_(None))
        .order_by(Event.out_start.desc(), Event.id.desc())
        .limit(MOST_EVENTS)
    )
    rows = (await reading.execute(statement)).all()
    return [ClientEvent(*row[:-1]) for row in rows], rows[0][-1] if rows else 0
