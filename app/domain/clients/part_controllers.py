"""The dialogs of contacts and addresses; pages of their own without scripts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get, post

from app.db.models import Address, Contact
from app.domain.clients import part_queries, queries
from app.domain.clients.descriptions import ADDRESS_FIELDS, CONTACT_FIELDS
from app.domain.clients.fields import ADDRESS_READERS, CONTACT_READERS, PURPOSE_WORDS
from app.domain.clients.parts import ADDRESSES, CONTACTS, add_part
from app.domain.events.queries import block_of_client
from app.lib.commands import Commands
from app.lib.fields import Reader, identifier, read_fields
from app.web.deletions import keep_alive
from app.web.descriptions import Fields, typed_values
from app.web.edit_forms import EditForm, saving
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, wants_partial
from app.web.merging import merge_answer, saved_toast, sent_version
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import CLIENT_READ, CLIENT_WRITE
from app.web.render import page, partial, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url

PageRequest = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of part: its commands, how its fields are read and shown, and where its forms are."""

    commands: Commands[Any]
    readers: Mapping[str, Reader]
    fields: Fields
    path: str
    template: str

    @property
    def word(self) -> str:
        """What it is called within a sentence."""
        return self.model.entity

    @property
    def model(self) -> type[Contact | Address]:
        """Its record."""
        return self.commands.model


CONTACT = Kind(CONTACTS, CONTACT_READERS, CONTACT_FIELDS, "/contacts", "clients/_contact_fields.html")
ADDRESS = Kind(ADDRESSES, ADDRESS_READERS, ADDRESS_FIELDS, "/addresses", "clients/_address_fields.html")


@get("/clients/{client_id:int}/contacts/new", capability=CLIENT_WRITE, include_in_schema=False)
async def new_contact(request: PageRequest, reading: Connection, client_id: PathId) -> Response[str]:
    """The form of a new contact."""
    return _new_form(request, CONTACT, await queries.client_by_id(reading, client_id), {}, {})


@post("/clients/{client_id:int}/contacts/new", capability=CLIENT_WRITE, include_in_schema=False)
async def add_contact(request: PageRequest, work: Work, client_id: PathId) -> Response[str]:
    """Add a contact."""
    return await _add(request, work, CONTACT, client_id)


@get("/clients/{client_id:int}/addresses/new", capability=CLIENT_WRITE, include_in_schema=False)
async def new_address(request: PageRequest, reading: Connection, client_id: PathId) -> Response[str]:
    """The form of a new address."""
    return _new_form(request, ADDRESS, await queries.client_by_id(reading, client_id), {}, {})


@post("/clients/{client_id:int}/addresses/new", capability=CLIENT_WRITE, include_in_schema=False)
async def add_address(request: PageRequest, work: Work, client_id: PathId) -> Response[str]:
    """Add an address."""
    return await _add(request, work, ADDRESS, client_id)


@get("/contacts/{contact_id:int}", capability=CLIENT_READ, include_in_schema=False)
async def show_contact(request: PageRequest, reading: Connection, contact_id: PathId) -> Response[str]:
    """The contact on the page of its client."""
    client_id = await part_queries.client_of(reading, Contact, contact_id)
    return redirect(request, f"/clients/{client_id}#contact-{contact_id}")


@get("/addresses/{address_id:int}", capability=CLIENT_READ, include_in_schema=False)
async def show_address(request: PageRequest, reading: Connection, address_id: PathId) -> Response[str]:
    """The address on the page of its client."""
    client_id = await part_queries.client_of(reading, Address, address_id)
    return redirect(request, f"/clients/{client_id}#address-{address_id}")


@get("/clients/contact-choices", capability=CLIENT_READ, include_in_schema=False)
async def contact_choices(request: PageRequest, reading: Connection) -> Response[str]:
    """The people at the client chosen in the form of an event, and whether it is blocked, for that form."""
    client_id = identifier(request.query_params.get("client_id"))
    contacts = await part_queries.parts_of(reading, Contact, client_id) if client_id else ()
    names = [(contact.id, contact.name) for contact in contacts]
    block = await block_of_client(reading, client_id)
    return partial(
        request, "events/_client_chosen.html", contacts=names, typed={}, errors={}, client_block=block
    )


@get("/contacts/{contact_id:int}/edit", capability=CLIENT_WRITE, include_in_schema=False)
async def edit_contact_form(request: PageRequest, reading: Connection, contact_id: PathId) -> Response[str]:
    """The form of a contact as it stands."""
    part = await part_queries.part_by_id(reading, Contact, contact_id)
    return _edit_form(request, CONTACT, part, EditForm({}, part.version))


@post("/contacts/{contact_id:int}/edit", capability=CLIENT_WRITE, include_in_schema=False)
async def save_contact(request: PageRequest, work: Work, contact_id: PathId) -> Response[str]:
    """Save a contact, merged with what others saved meanwhile."""
    return await _save(request, work, CONTACT, contact_id)


@get("/addresses/{address_id:int}/edit", capability=CLIENT_WRITE, include_in_schema=False)
async def edit_address_form(request: PageRequest, reading: Connection, address_id: PathId) -> Response[str]:
    """The form of an address as it stands."""
    part = await part_queries.part_by_id(reading, Address, address_id)
    return _edit_form(request, ADDRESS, part, EditForm({}, part.version))


@post("/addresses/{address_id:int}/edit", capability=CLIENT_WRITE, include_in_schema=False)
async def save_address(request: PageRequest, work: Work, address_id: PathId) -> Response[str]:
    """Save an address, merged with what others saved meanwhile."""
    return await _save(request, work, ADDRESS, address_id)


@post("/contacts/{contact_id:int}/deletion", capability=CLIENT_WRITE, include_in_schema=False)
async def delete_contact(request: PageRequest, work: Work, contact_id: PathId) -> Response[str]:
    """Delete a contact, unless somebody changed it since the page was loaded."""
    return await _delete(request, work, CONTACT, contact_id)


@post("/addresses/{address_id:int}/deletion", capability=CLIENT_WRITE, include_in_schema=False)
async def delete_address(request: PageRequest, work: Work, address_id: PathId) -> Response[str]:
    """Delete an address, unless somebody changed it since the page was loaded."""
    return await _delete(request, work, ADDRESS, address_id)


async def _add(request: PageRequest, work: Work, kind: Kind, client_id: int) -> Response[str]:
    client, typed = await queries.client_by_id(work.session, client_id), await form_text(request)
    with rejecting(lambda errors: _new_form(request, kind, client, typed, errors)):
        values = read_fields(typed, kind.readers).checked()
        part = await add_part(work, kind.commands, client_id, values)
    undo_url = operation_undo_url(viewer_of(request), work.operation, f"{kind.word}.created")
    return redirect(request, f"/clients/{client_id}", toast=Toast("Added", part.label, undo_url=undo_url))


async def _save(request: PageRequest, work: Work, kind: Kind, part_id: int) -> Response[str]:
    answer = merge_answer(await form_text(request))
    await keep_alive(request, work, (kind.model, part_id), answer, kind.fields)
    part = await part_queries.part_by_id(work.session, kind.model, part_id)
    target = "#modal" if wants_partial(request) else ""
    with saving(
        request, answer, kind.fields, lambda form: _edit_form(request, kind, part, form), target=target
    ):
        values = read_fields(answer.typed, kind.readers).checked()
        edit = await kind.commands.edit(work, part_id, values, version=answer.version)
    return redirect(request, f"/clients/{part.client_id}", toast=saved_toast(request, edit, kind.fields))


async def _delete(request: PageRequest, work: Work, kind: Kind, part_id: int) -> Response[str]:
    version = await sent_version(request)
    part = await kind.commands.delete(work, part_id, version=version)
    undo_url = operation_undo_url(viewer_of(request), work.operation, f"{kind.word}.deleted")
    toast = Toast("Deleted", part.label, undo_url=undo_url)
    return redirect(request, f"/clients/{part.client_id}", toast=toast)


def _new_form(
    request: PageRequest, kind: Kind, client: Any, typed: dict[str, str], errors: dict[str, str]
) -> Response[str]:
    return page(
        request,
        "clients/part.html",
        partial="clients/_part_dialog.html",
        status=422 if errors else 200,
        kind=kind,
        purposes=list(PURPOSE_WORDS.items()),
        client_id=client.id,
        client_name=client.name,
        title=f"Add {kind.word}",
        action=f"/clients/{client.id}{kind.path}/new",
        typed=dict.fromkeys(kind.readers, "") | typed,
        topic="",
        version=None,
        errors=errors,
        merge=None,
    )


def _edit_form(request: PageRequest, kind: Kind, part: Any, form: EditForm) -> Response[str]:
    return page(
        request,
        "clients/part.html",
        partial="clients/_part_dialog.html",
        status=form.status,
        **form.context,
        kind=kind,
        purposes=list(PURPOSE_WORDS.items()),
        client_id=part.client_id,
        client_name=part.client_name,
        title=f"Edit {kind.word}",
        action=f"{kind.path}/{part.id}/edit",
        typed=typed_values(part, kind.fields, kind.readers) | form.typed,
        topic=f"{kind.word}-{part.id}",
    )


HANDLERS = [
    new_contact,
    add_contact,
    new_address,
    add_address,
    contact_choices,
    show_contact,
    show_address,
    edit_contact_form,
    save_contact,
    edit_address_form,
    save_address,
    delete_contact,
    delete_address,
]
