"""Contacts and addresses in the API."""

from typing import Any

from app.db.models import Address, Contact
from app.domain.clients import parts
from app.domain.clients.api_queries import CLIENTS
from app.domain.clients.part_api_queries import ADDRESSES, CONTACTS
from app.domain.clients.part_schemas import (
    AddressRecord,
    ChangedAddress,
    ChangedContact,
    ContactRecord,
    NewAddress,
    NewContact,
    WholeAddress,
    WholeContact,
)
from app.lib.unit_of_work import UnitOfWork
from app.web.api import api_router
from app.web.api_routes import Routes
from app.web.permissions import CLIENT_READ, CLIENT_WRITE

CONTACT = Routes("contact", ContactRecord, CONTACTS, read=CLIENT_READ, write=CLIENT_WRITE, sought=True)
ADDRESS = Routes("address", AddressRecord, ADDRESSES, read=CLIENT_READ, write=CLIENT_WRITE, sought=True)
OF_CLIENT = "/clients/{client_id:int}"


async def _add_contact(work: UnitOfWork, client_id: int, values: dict[str, Any]) -> Contact:
    return await parts.add_part(work, parts.CONTACTS, client_id, values)


async def _add_address(work: UnitOfWork, client_id: int, values: dict[str, Any]) -> Address:
    return await parts.add_part(work, parts.ADDRESSES, client_id, values)


API = api_router(
    "Clients",
    [
        CONTACT.listing_in(
            f"{OF_CLIENT}/contacts", CLIENTS, Contact.client_id, "List the people at a client."
        ),
        CONTACT.creation_in(f"{OF_CLIENT}/contacts", NewContact, _add_contact, "Add a person to a client."),
        CONTACT.single(),
        CONTACT.change(ChangedContact, parts.CONTACTS.edit),
        CONTACT.replacement(WholeContact, parts.CONTACTS.edit),
        CONTACT.deletion(
            parts.CONTACTS.delete,
            "Delete a contact; events keep it. What somebody just changed is not deleted.",
        ),
        ADDRESS.listing_in(
            f"{OF_CLIENT}/addresses", CLIENTS, Address.client_id, "List the places of a client."
        ),
        ADDRESS.creation_in(f"{OF_CLIENT}/addresses", NewAddress, _add_address, "Add a place to a client."),
        ADDRESS.single(),
        ADDRESS.change(ChangedAddress, parts.ADDRESSES.edit),
        ADDRESS.replacement(WholeAddress, parts.ADDRESSES.edit),
        ADDRESS.deletion(
            parts.ADDRESSES.delete, "Delete an address. What somebody just changed is not deleted."
        ),
    ],
)
