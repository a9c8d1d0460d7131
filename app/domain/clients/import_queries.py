"""The clients a list speaks of, as they are there."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Address, Client, Contact
from app.domain.clients.import_checking import Known, address_key, contact_key, key_of
from app.domain.clients.import_fields import OF_CLIENT


async def known_clients(reading: AsyncConnection, names: Sequence[str]) -> dict[str, list[Known]]:
    """The clients with these names (as import_checking.key_of has them), by name."""
    key = func.btrim(func.regexp_replace(func.fold(Client.name), r"\s+", " ", "g"))
    wanted = key == any_(cast(list(names), ARRAY(Text)))
    clients = select(Client.id, *(getattr(Client, name) for name in OF_CLIENT))
    rows = (await reading.execute(clients.where(wanted, Client.deleted_at.is_(None)))).mappings().all()
    contacts: dict[int, set[str]] = {}
    addresses: dict[int, set[tuple[str, str]]] = {}
    for row in await reading.execute(_of_clients(Contact, wanted)):
        contacts.setdefault(row.client_id, set()).add(contact_key({"name": row.name}))
    for row in await reading.execute(_of_clients(Address, wanted)):
        addresses.setdefault(row.client_id, set()).add(address_key({"street": row.street, "city": row.city}))
    found: dict[str, list[Known]] = {}
    for row in rows:
        one = Known(
            row["id"],
            dict(row),
            frozenset(contacts.get(row["id"], ())),
            frozenset(addresses.get(row["id"], ())),
        )
        found.setdefault(key_of(row["name"]), []).append(one)
    return found


def _of_clients(model: type[Contact | Address], wanted: Any) -> Any:
    joined = select(model.__table__).join(Client, Client.id == model.client_id)
    return joined.where(wanted, Client.deleted_at.is_(None), model.deleted_at.is_(None))
