"""The selects behind contacts and addresses in the API."""

from datetime import datetime

from sqlalchemy import select

from app.db.models import Address, Client, Contact
from app.domain.clients.part_schemas import AddressRecord, ContactRecord
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

# the parts of a client that was deleted are not there
CONTACTS = Records(
    statement=select(*columns_of(Contact, ContactRecord))
    .join(Client, (Client.id == Contact.client_id) & Client.deleted_at.is_(None))
    .where(Contact.deleted_at.is_(None)),
    order=Order(
        keys={
            "id": Key(Contact.id, int),
            "name": Key(Contact.name),
            "updated_at": Key(Contact.updated_at, datetime),
        },
        default="id",
        id=Contact.id,
    ),
    convert=converter(ContactRecord),
    path="/api/contacts",
    missing="This contact does not exist, or was deleted.",
)
ADDRESSES = Records(
    statement=select(*columns_of(Address, AddressRecord))
    .join(Client, (Client.id == Address.client_id) & Client.deleted_at.is_(None))
    .where(Address.deleted_at.is_(None)),
    order=Order(
        keys={"id": Key(Address.id, int), "updated_at": Key(Address.updated_at, datetime)},
        default="id",
        id=Address.id,
    ),
    convert=converter(AddressRecord),
    path="/api/addresses",
    missing="This address does not exist, or was deleted.",
)
