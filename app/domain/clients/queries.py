"""Finding clients, and what a page about one shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import aliased

from app.db.models import Address, Client, Contact
from app.db.models.contact import PURPOSES
from app.domain.clients.fields import KIND_WORDS
from app.domain.clients.filters import ClientFilter
from app.domain.search.finding import with_words
from app.lib.conditions import Conditions, all_of, equal
from app.lib.cursors import beyond, following
from app.lib.errors import NotFound

PAGE = 50
ORDER_OF_PARTS: Mapping[type[Contact | Address], Sequence[Any]] = {
    Contact: (Contact.id,),
    Address: (case({word: place for place, word in enumerate(PURPOSES)}, value=Address.purpose), Address.id),
}
"""In which order the contacts and the addresses of a client are shown."""


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
    price_list_id: int | None
    discount_percent: Decimal
    language: str
    tax_treatment: str

    @property
    def site(self) -> str:
        """Where the website is linked to; empty for what is no address of the web."""
        return self.website if self.website.lower().startswith(("https://", "http://")) else ""


def _columns(of: type[ClientRow]) -> list[Any]:
    return [getattr(Client, one.name) for one in fields(of)]


def _conditions(wanted: ClientFilter) -> Conditions:
    archived = {"": False, "yes": True}.get(wanted.archived)
    return [
        Client.deleted_at.is_(None),
        *with_words(Client.search, wanted.q),
        *all_of(
            equal(Client.kind, wanted.kind),
            equal(Client.blocked, {"yes": True, "no": False}.get(wanted.blocked)),
            equal(Client.supplier, {"yes": True, "no": False}.get(wanted.supplier)),
            equal(Client.archived, archived),
        ),
    ]


def _sorted(wanted: ClientFilter, columns: Sequence[Any]) -> Select[*tuple[Any, ...]]:
    return select(*columns).where(*_conditions(wanted)).order_by(Client.name_order, Client.id)


async def list_clients(
    reading: AsyncConnection, wanted: ClientFilter, *, after: str = "", limit: int = PAGE
) -> tuple[list[ClientRow], str]:
    """The clients that match, by name, from a cursor on, and the cursor of those that follow ("" for none).

    A cursor that is none is the beginning.
    """
    statement = _sorted(wanted, [*_columns(ClientRow), Client.name_order]).where(
        *beyond(after, Client.name_order, Client.id)
    )
    rows = (await reading.execute(statement.limit(limit + 1))).all()
    return [ClientRow(*row[:-1]) for row in rows[:limit]], following(rows, limit)


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


async def exported_parts(
    reading: AsyncConnection, wanted: ClientFilter, model: type[Contact | Address]
) -> dict[int, list[Any]]:
    """The contacts or addresses of all clients that match, by client, in the order they are shown."""
    statement = (
        select(model.__table__)
        .join(Client, Client.id == model.client_id)
        .where(model.deleted_at.is_(None), *_conditions(wanted))
        .order_by(*ORDER_OF_PARTS[model])
    )
    found: dict[int, list[Any]] = {}
    for row in await reading.execute(statement):
        found.setdefault(row.client_id, []).append(row)
    return found


async def client_by_id(reading: AsyncConnection | AsyncSession, client_id: int) -> ClientDetails:
    """One client. Raises NotFound."""
    statement = select(*_columns(ClientDetails)).where(Client.id == client_id, Client.deleted_at.is_(None))
    row = (await reading.execute(statement)).one_or_none()
    if row is None:
        raise NotFound("This client does not exist, or was deleted.")
    return ClientDetails(*row)


async def merged_into(reading: AsyncConnection | AsyncSession, client_id: int) -> Any:
    """What a client is part of since a merge: `id`, `name` and its own `old_name`; None without one."""
    survivor = aliased(Client)
    statement = (
        select(survivor.id, survivor.name, Client.name.label("old_name"))
        .join(survivor, survivor.id == Client.merged_into_id)
        .where(Client.id == client_id)
    )
    return (await reading.execute(statement)).one_or_none()
