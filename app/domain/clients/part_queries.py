"""Finding the contacts and addresses of a client."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Address, Client, Contact
from app.domain.clients.queries import ORDER_OF_PARTS
from app.lib.errors import NotFound

MOST = 100

Reading = AsyncConnection | AsyncSession


async def parts_of(reading: Reading, model: type[Contact | Address], client_id: int) -> Sequence[Any]:
    """The contacts or addresses of a client in the order they are shown, at most MOST."""
    statement = select(model.__table__).where(model.client_id == client_id, model.deleted_at.is_(None))
    return (await reading.execute(statement.order_by(*ORDER_OF_PARTS[model]).limit(MOST))).all()


async def part_by_id(reading: Reading, model: type[Contact | Address], part_id: int) -> Any:
    """A contact or an address that is there, with `client_name`. Raises NotFound."""
    row = (await reading.execute(_part(model, part_id).where(model.deleted_at.is_(None)))).one_or_none()
    if row is None:
        raise NotFound(f"This {model.entity} does not exist, or was deleted.")
    return row


async def client_of(reading: Reading, model: type[Contact | Address], part_id: int) -> int:
    """The client a contact or an address belongs to, also one that was deleted. Raises NotFound."""
    found = (await reading.execute(select(model.client_id).where(model.id == part_id))).scalar_one_or_none()
    if found is None:
        raise NotFound(f"This {model.entity} does not exist.")
    return found


def _part(model: type[Contact | Address], part_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(model.__table__, Client.name.label("client_name"))
        .join(Client, (Client.id == model.client_id) & Client.deleted_at.is_(None))
        .where(model.id == part_id)
    )
