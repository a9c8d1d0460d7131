"""Who a paper is from and for, and what it is about, as they are called now."""

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Address, Client, Company, Contact, Event
from app.domain.documents.content import Occasion, Recipient, Sender

Connection = AsyncConnection | AsyncSession

_PURPOSES = {"billing": 0, "main": 1}


async def sender_of(connection: Connection) -> Sender:
    """The company."""
    fields = [getattr(Company, name) for name in Sender.__struct_fields__]
    row = (await connection.execute(select(*fields))).one()
    return Sender(*row)


async def recipient_of(connection: Connection, client_id: int, contact_id: int | None = None) -> Recipient:
    """A client at its billing address, else its main one, and the person a paper is for, if it is anybody."""
    person = select(Contact.name, Contact.email).where(Contact.id == contact_id).subquery()
    client = (
        await connection.execute(
            select(Client.name, Client.email, Client.tax_number, person.c.name, person.c.email)
            .outerjoin(person, true())
            .where(Client.id == client_id)
        )
    ).one()
    addresses = (
        await connection.execute(
            select(Address.purpose, Address.street, Address.postal_code, Address.city, Address.country)
            .where(Address.client_id == client_id, Address.deleted_at.is_(None))
            .order_by(Address.id)
        )
    ).all()
    place = min(addresses, key=lambda one: _PURPOSES.get(one.purpose, len(_PURPOSES)), default=None)
    return Recipient(
        client_id=client_id,
        name=client[0],
        contact=client[3] or "",
        address=_written(place.street, place.postal_code, place.city, place.country) if place else "",
        email=client[4] or client[1],
        tax_number=client[2],
    )


def _written(street: str, postal_code: str, city: str, country: str) -> str:
    """An address as it is written on a letter, line by line."""
    lines = (*street.splitlines(), f"{postal_code} {city}".strip(), country)
    return "\n".join(line for line in lines if line)


async def occasion_of(connection: Connection, event_id: int) -> Occasion:
    """An event: name, venue, and when."""
    fields = [getattr(Event, name) for name in Occasion.__struct_fields__ if name != "event_id"]
    row = (await connection.execute(select(*fields).where(Event.id == event_id))).one()
    return Occasion(event_id, *row)
