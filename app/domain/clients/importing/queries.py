"""The clients a list speaks of, as they are there."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, any_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.models import Address, Client, Contact
from app.domain.clients.importing.fields import OF_CLIENT
from app.domain.clients.importing.known import (
    KnownClient,
    KnownClients,
    address_key,
    email_key,
    name_key,
    tax_key,
)
from app.domain.importing.kinds import Connected
from app.domain.importing.mapping import ColumnMapping
from app.lib.tabular import Table

# as known.py compares them
_NAME = func.btrim(func.regexp_replace(func.fold(Client.name), r"\s+", " ", "g"))
_TAX_NUMBER = func.regexp_replace(func.fold(Client.tax_number), r"[\s.]+", "", "g")
_EMAIL = func.fold(Client.email)


async def load_known(reading: Connected, table: Table, mapping: ColumnMapping) -> KnownClients:
    """The clients with a name, a tax number or an e-mail address that is in the file."""
    keys = (
        (_NAME, "name", name_key), (_TAX_NUMBER, "tax_number", tax_key), (_EMAIL, "email", email_key),
    )  # fmt: skip
    wanted = [
        _among(key, {compared(text) for text in table.column(column)} - {""})
        for key, target, compared in keys
        for column in mapping.columns(target)[:1]
    ]
    return KnownClients.of(await _clients(reading, or_(*wanted)) if wanted else ())


async def clients_now(
    reading: Connected, ids: Collection[int], names: Collection[str]
) -> Sequence[KnownClient]:
    """The clients with these ids, and those with these names as known.py compares them."""
    by_id = Client.id == any_(cast(list(ids), ARRAY(BigInteger)))
    # through its index: inner white space is not tidied here
    return await _clients(reading, or_(by_id, _among(func.fold(Client.name), names)))


def _among(key: Any, values: Iterable[str]) -> ColumnElement[bool]:
    return key == any_(cast(list(values), ARRAY(Text)))


async def _clients(reading: Connected, wanted: ColumnElement[bool]) -> list[KnownClient]:
    statement = select(Client.id, *(getattr(Client, name) for name in OF_CLIENT)).order_by(Client.id)
    rows = (await reading.execute(statement.where(wanted, Client.deleted_at.is_(None)))).mappings().all()
    contacts: dict[int, set[str]] = {}
    addresses: dict[int, set[tuple[str, str]]] = {}
    ids = [row["id"] for row in rows]
    for one in await reading.execute(_parts(Contact, ids)):
        contacts.setdefault(one.client_id, set()).add(name_key(one.name))
    for one in await reading.execute(_parts(Address, ids)):
        addresses.setdefault(one.client_id, set()).add(address_key({"street": one.street, "city": one.city}))
    return [
        KnownClient(
            row["id"],
            {name: row[name] for name in OF_CLIENT},
            frozenset(contacts.get(row["id"], ())),
            frozenset(addresses.get(row["id"], ())),
        )
        for row in rows
    ]


def _parts(model: type[Contact | Address], ids: Sequence[int]) -> Any:
    belongs = model.client_id == any_(cast(list(ids), ARRAY(BigInteger)))
    return select(model.__table__).where(belongs, model.deleted_at.is_(None))
