"""Commands on the parts of a client: the people to talk to there, and where it is."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import BigInteger, any_, cast, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.db.models import Address, Client, Contact
from app.lib.commands import Commands
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.rules import Rules, Write, register
from app.lib.unit_of_work import UnitOfWork

PartRecord = TypeVar("PartRecord", Contact, Address)

CONTACTS = Commands(Contact, ("name", "role", "email", "phone", "notes"))
ADDRESSES = Commands(Address, ("purpose", "name", "street", "postal_code", "city", "country"))


class ContactRules(Rules[Contact]):
    """A contact has a name and belongs to a client that is there."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Contact]]) -> None:
        """Raises InvalidInput, or Conflict for a client that was deleted."""
        if not all(write.after["name"] for write in writes):
            raise InvalidInput({"name": "Give the person a name."})
        await _check_clients(work, writes)


class AddressRules(Rules[Address]):
    """An address is somewhere and belongs to a client that is there."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Address]]) -> None:
        """Raises InvalidInput, or Conflict for a client that was deleted."""
        if not all(write.after["street"] or write.after["city"] for write in writes):
            raise InvalidInput({"street": "Write a street or a city."})
        await _check_clients(work, writes)


register(Contact.entity, ContactRules())
register(Address.entity, AddressRules())


async def add_part(
    work: UnitOfWork, commands: Commands[PartRecord], client_id: int, values: Mapping[str, Any]
) -> PartRecord:
    """Add a contact or an address to a client. Raises NotFound, InvalidInput."""
    client = await work.session.scalar(
        select(Client.id).where(Client.id == client_id, Client.deleted_at.is_(None))
    )
    if client is None:
        raise NotFound("This client does not exist, or was deleted.")
    return await commands.create(work, values, client_id=client_id)


async def _check_clients(work: UnitOfWork, writes: Sequence[Write[Any]]) -> None:
    wanted = {write.after["client_id"] for write in writes if write.sets("client_id")}
    if not wanted:
        return
    found = await work.session.scalars(
        select(Client.id)
        .where(Client.id == any_(cast(list(wanted), ARRAY(BigInteger))), Client.deleted_at.is_(None))
        .order_by(Client.id)
        .with_for_update(read=True, key_share=True)  # nobody merges the client into another meanwhile
    )
    if len(found.all()) < len(wanted):
        raise Conflict("Its client was deleted. Restore that first.")
