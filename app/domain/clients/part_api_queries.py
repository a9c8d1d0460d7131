"""The selects behind contacts and addresses in the API."""

from datetime import datetime

from app.db.models import Address, Client, Contact
from app.domain.clients.part_schemas import AddressRecord, ContactRecord
from app.web.api_paging import Key, Order
from app.web.api_records import records_of

CONTACTS = records_of(
    Contact,
    ContactRecord,
    within=(Client, Contact.client_id),
    order=Order(
        keys={
            "id": Key(Contact.id, int),
            "name": Key(Contact.name),
            "updated_at": Key(Contact.updated_at, datetime),
        },
        default="id",
        id=Contact.id,
    ),
    path="/api/contacts",
    missing="This contact does not exist, or was deleted.",
)
ADDRESSES = records_of(
    Address,
    AddressRecord,
    within=(Client, Address.client_id),
    order=Order(
        keys={"id": Key(Address.id, int), "updated_at": Key(Address.updated_at, datetime)},
        default="id",
        id=Address.id,
    ),
    path="/api/addresses",
    missing="This address does not exist, or was deleted.",
)
