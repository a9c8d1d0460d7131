"""Contacts and addresses in the API."""

from typing import Any

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody

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
from app.web.api import Answer, EditTerms, ListAnswer, api_router, listing
from app.web.api_paging import PageRequest
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import CLIENT_READ, CLIENT_WRITE


@get("/clients/{client_id:int}/contacts", capability=CLIENT_READ, dependencies=listing())
async def list_contacts(
    reading: Connection, paging: NamedDependency[PageRequest], client_id: PathId
) -> Response[ListAnswer[ContactRecord]]:
    """List the people at a client."""
    await CLIENTS.by_id(reading, client_id)
    return await CONTACTS.page(reading, paging, [Contact.client_id == client_id])


@post("/clients/{client_id:int}/contacts", capability=CLIENT_WRITE)
async def create_contact(
    work: Work, client_id: PathId, data: JSONBody[NewContact]
) -> Response[Answer[ContactRecord]]:
    """Add a person to a client."""
    made = await parts.add_part(work, Contact, client_id, data.given())
    return await CONTACTS.created(work.session, made.id)


@get("/contacts/{contact_id:int}", capability=CLIENT_READ)
async def get_contact(reading: Connection, contact_id: PathId) -> Response[Answer[ContactRecord]]:
    """Get one contact; its version is the ETag."""
    return await CONTACTS.answer(reading, contact_id)


@patch("/contacts/{contact_id:int}", capability=CLIENT_WRITE)
async def change_contact(
    work: Work, contact_id: PathId, data: JSONBody[ChangedContact], terms: NamedDependency[EditTerms]
) -> Response[Answer[ContactRecord]]:
    """Change the fields given."""
    return await _edit_contact(work, contact_id, data.given(), terms.version(data.version), terms)


@put("/contacts/{contact_id:int}", capability=CLIENT_WRITE)
async def replace_contact(
    work: Work, contact_id: PathId, data: JSONBody[WholeContact], terms: NamedDependency[EditTerms]
) -> Response[Answer[ContactRecord]]:
    """Replace all fields; those left out go back to their defaults."""
    return await _edit_contact(work, contact_id, data.whole(), terms.version(data.version), terms)


@delete("/contacts/{contact_id:int}", capability=CLIENT_WRITE)
async def delete_contact(
    work: Work,
    contact_id: PathId,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Delete a contact; events keep it. What somebody just changed is not deleted."""
    await CONTACTS.by_id(work.session, contact_id)
    await parts.delete_part(work, Contact, contact_id, version=terms.version(version))


@get("/clients/{client_id:int}/addresses", capability=CLIENT_READ, dependencies=listing())
async def list_addresses(
    reading: Connection, paging: NamedDependency[PageRequest], client_id: PathId
) -> Response[ListAnswer[AddressRecord]]:
    """List the places of a client."""
    await CLIENTS.by_id(reading, client_id)
    return await ADDRESSES.page(reading, paging, [Address.client_id == client_id])


@post("/clients/{client_id:int}/addresses", capability=CLIENT_WRITE)
async def create_address(
    work: Work, client_id: PathId, data: JSONBody[NewAddress]
) -> Response[Answer[AddressRecord]]:
    """Add a place to a client."""
    made = await parts.add_part(work, Address, client_id, data.given())
    return await ADDRESSES.created(work.session, made.id)


@get("/addresses/{address_id:int}", capability=CLIENT_READ)
async def get_address(reading: Connection, address_id: PathId) -> Response[Answer[AddressRecord]]:
    """Get one address; its version is the ETag."""
    return await ADDRESSES.answer(reading, address_id)


@patch("/addresses/{address_id:int}", capability=CLIENT_WRITE)
async def change_address(
    work: Work, address_id: PathId, data: JSONBody[ChangedAddress], terms: NamedDependency[EditTerms]
) -> Response[Answer[AddressRecord]]:
    """Change the fields given."""
    return await _edit_address(work, address_id, data.given(), terms.version(data.version), terms)


@put("/addresses/{address_id:int}", capability=CLIENT_WRITE)
async def replace_address(
    work: Work, address_id: PathId, data: JSONBody[WholeAddress], terms: NamedDependency[EditTerms]
) -> Response[Answer[AddressRecord]]:
    """Replace all fields; those left out go back to their defaults."""
    return await _edit_address(work, address_id, data.whole(), terms.version(data.version), terms)


@delete("/addresses/{address_id:int}", capability=CLIENT_WRITE)
async def delete_address(
    work: Work,
    address_id: PathId,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Delete an address. What somebody just changed is not deleted."""
    await ADDRESSES.by_id(work.session, address_id)
    await parts.delete_part(work, Address, address_id, version=terms.version(version))


async def _edit_contact(
    work: UnitOfWork, contact_id: int, values: dict[str, Any], version: int, terms: EditTerms
) -> Response[Answer[ContactRecord]]:
    await CONTACTS.by_id(work.session, contact_id)
    await parts.edit_part(work, Contact, contact_id, values, version=version, strategy=terms.strategy)
    return await CONTACTS.answer(work.session, contact_id)


async def _edit_address(
    work: UnitOfWork, address_id: int, values: dict[str, Any], version: int, terms: EditTerms
) -> Response[Answer[AddressRecord]]:
    await ADDRESSES.by_id(work.session, address_id)
    await parts.edit_part(work, Address, address_id, values, version=version, strategy=terms.strategy)
    return await ADDRESSES.answer(work.session, address_id)


API = api_router(
    "Clients",
    [
        list_contacts,
        create_contact,
        get_contact,
        change_contact,
        replace_contact,
        delete_contact,
        list_addresses,
        create_address,
        get_address,
        change_address,
        replace_address,
        delete_address,
    ],
)
