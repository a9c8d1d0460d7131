"""The pages of a client: adding, looking, editing, archiving, deleting."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromQuery
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Address, Client, Contact
from app.domain.clients import page_queries, part_queries, queries, service
from app.domain.clients.descriptions import ADDRESS_FIELDS, CLIENT_FIELDS, CONTACT_FIELDS, client_fields
from app.domain.clients.fields import (
    CLIENT_READERS,
    KIND_WORDS,
    LANGUAGE_WORDS,
    PURPOSE_WORDS,
    TERM_READERS,
    TREATMENT_WORDS,
)
from app.domain.events.fields import STATUS_STATES
from app.domain.pricing.page_queries import list_names, names_of_lists
from app.lib import editing
from app.lib.errors import NotFound
from app.lib.fields import Reader, clean, identifier, read_fields
from app.lib.history import about, changes, ids_in
from app.lib.unit_of_work import UnitOfWork
from app.web.change_entries import entries
from app.web.deletions import deleted_answer, keep_alive, refuse_deleted
from app.web.descriptions import typed_values
from app.web.edit_forms import EditForm, saving
from app.web.errors import Rejected
from app.web.forms import form_text, rejecting
from app.web.htmx import Toast, wants_partial
from app.web.merging import MergeAnswer, merge_answer, saved_toast, sent_version, undo_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import CLIENT_DELETE, CLIENT_READ, CLIENT_WRITE, MONEY_READ
from app.web.render import nothing, page, redirect
from app.web.state import viewer_of
from app.web.undo_permissions import operation_undo_url
from app.web.visibility import visible_to

_BLANK = dict.fromkeys([*CLIENT_READERS, *TERM_READERS], "") | {
    "kind": "company", "discount_percent": "0", "tax_treatment": "standard",
}  # fmt: skip


@get("/clients/new", capability=CLIENT_WRITE, include_in_schema=False)
async def new_client(
    request: Request[Any, Any, Any], reading: Connection, name: FromQuery[str] = ""
) -> Response[str]:
    """The form of a new client, as a dialog where one is needed in the form of something else."""
    lists = await _price_lists(request, reading)
    return _new_form(request, _BLANK | {"name": clean(name)[:200]}, {}, lists)


@post("/clients/new", capability=CLIENT_WRITE, include_in_schema=False)
async def add_client(request: Request[Any, Any, Any], work: Work) -> Response[str]:
    """Add a client, or show the form again with what needs another look."""
    typed = await form_text(request)
    lists = await _price_lists(request, work.session)
    with rejecting(lambda errors: _new_form(request, _BLANK | typed, errors, lists)):
        client = await service.create_client(work, read_fields(typed, _readers(request)).checked("name"))
    undo_url = operation_undo_url(viewer_of(request), work.operation, "client.created")
    toast = Toast("Added", client.name, undo_url=undo_url)
    if wants_partial(request):
        return nothing(toast=toast, made={"id": client.id, "name": client.name})
    return redirect(request, f"/clients/{client.id}", toast=toast)


@get("/clients/{client_id:int}", capability=CLIENT_READ, include_in_schema=False)
async def client_page(
    request: Request[Any, Any, Any], reading: Connection, client_id: PathId
) -> Response[str]:
    """A client with its facts, contacts and addresses, its events, and what it has now."""
    return await _client(
        request,
        reading,
        client_id,
        "overview",
        contacts=await part_queries.parts_of(reading, Contact, client_id),
        addresses=await part_queries.parts_of(reading, Address, client_id),
        upcoming=await page_queries.upcoming_events(reading, client_id),
        past=await page_queries.past_events(reading, client_id),
        totals=await page_queries.event_totals(reading, client_id),
        gear=await page_queries.gear_out(reading, client_id),
        purpose_words=PURPOSE_WORDS,
    )


@get("/clients/{client_id:int}/history", capability=CLIENT_READ, include_in_schema=False)
async def client_history(
    request: Request[Any, Any, Any], reading: Connection, client_id: PathId
) -> Response[str]:
    """Who changed what about a client."""
    before = identifier(request.query_params.get("before"))
    rows, older = await changes(
        reading, about("client", client_id), *visible_to(viewer_of(request)), before=before
    )
    lists = await names_of_lists(reading, ids_in(rows, "price_list_id"))
    described = {"client": client_fields(lists), "contact": CONTACT_FIELDS, "address": ADDRESS_FIELDS}
    found = entries(rows, viewer_of(request), described, page_of=("client", client_id))
    return await _client(request, reading, client_id, "history", entries=found, older=older, before=before)


@get("/clients/{client_id:int}/edit", capability=CLIENT_WRITE, include_in_schema=False)
async def edit_page(request: Request[Any, Any, Any], reading: Connection, client_id: PathId) -> Response[str]:
    """The form of a client as it stands."""
    client = await _present(request, reading, client_id)
    lists = await _price_lists(request, reading, client.price_list_id)
    form = EditForm(typed_values(client, CLIENT_FIELDS, _readers(request)), client.version)
    return _edit_form(request, client, form, lists)


@post("/clients/{client_id:int}/edit", capability=CLIENT_WRITE, include_in_schema=False)
async def edit(request: Request[Any, Any, Any], work: Work, client_id: PathId) -> Response[str]:
    """Save a client, merged with what others saved meanwhile."""
    answer = merge_answer(await form_text(request))
    await _refuse_merged(request, work, client_id, answer)
    await keep_alive(request, work, (Client, client_id), answer, CLIENT_FIELDS)
    client = await queries.client_by_id(work.session, client_id)
    lists = await _price_lists(request, work.session, client.price_list_id)
    fields = client_fields(lists)
    with saving(request, answer, fields, lambda form: _edit_form(request, client, form, lists)):
        values = read_fields(answer.typed, _readers(request)).checked()
        done = await service.edit_client(work, client_id, values, version=answer.version)
    return redirect(request, f"/clients/{client_id}", toast=saved_toast(request, done, fields))


@post("/clients/{client_id:int}/archive", capability=CLIENT_WRITE, include_in_schema=False)
async def archive(request: Request[Any, Any, Any], work: Work, client_id: PathId) -> Response[str]:
    """Put a client into the archive, or take it out again with `archived=0`."""
    archived = (await form_text(request)).get("archived") != "0"
    done = await service.edit_client(work, client_id, {"archived": archived}, version=None)
    title = "Archived" if archived else "Taken out of the archive"
    undo_url = undo_of(done)
    return redirect(request, f"/clients/{client_id}", toast=Toast(title, undo_url=undo_url))


@post("/clients/{client_id:int}/deletion", capability=CLIENT_DELETE, include_in_schema=False)
async def delete(request: Request[Any, Any, Any], work: Work, client_id: PathId) -> Response[str]:
    """Delete a client, unless somebody changed it since the page was loaded."""
    version = await sent_version(request)
    client = await service.delete_client(work, client_id, version=version)
    undo_url = operation_undo_url(viewer_of(request), work.operation, "client.deleted")
    return redirect(request, "/clients", toast=Toast("Deleted", client.name, undo_url=undo_url))


async def _client(
    request: Request[Any, Any, Any], reading: AsyncConnection, client_id: int, tab: str, **shown: Any
) -> Response[str]:
    client = await _present(request, reading, client_id)
    return page(
        request,
        "clients/client.html",
        partial="clients/_client.html",
        client=client,
        price_lists=dict(await _price_lists(request, reading, client.price_list_id)),
        tab=tab,
        status_words=STATUS_STATES,
        language_words=LANGUAGE_WORDS,
        treatment_words=TREATMENT_WORDS,
        **shown,
    )


async def _present(
    request: Request[Any, Any, Any], reading: AsyncConnection, client_id: int
) -> queries.ClientDetails:
    """One client; who asks for one that was merged into another is sent there, or told who deleted it.

    Raises NotFound, Rejected.
    """
    try:
        return await queries.client_by_id(reading, client_id)
    except NotFound:
        merged = await queries.merged_into(reading, client_id)
        if merged is None:
            await refuse_deleted(request, reading, (Client, client_id))
            raise
        toast = Toast(f"{merged.old_name} was merged into {merged.name}", tone="")
        raise Rejected(redirect(request, f"/clients/{merged.id}", toast=toast)) from None


async def _refuse_merged(
    request: Request[Any, Any, Any], work: UnitOfWork, client_id: int, answer: MergeAnswer
) -> None:
    """Answer the form of a client that was merged meanwhile with who did it, and what was typed: Rejected."""
    merged = await queries.merged_into(work.session, client_id)
    if merged is None:
        return
    client = await work.session.get_one(Client, client_id)
    error, moved = await editing.deletion_of(work, client), (merged.name, f"/clients/{merged.id}/edit")
    raise Rejected(deleted_answer(request, error, answer, CLIENT_FIELDS, client, moved=moved)) from error


def _readers(request: Request[Any, Any, Any]) -> dict[str, Reader]:
    return CLIENT_READERS | (TERM_READERS if viewer_of(request).can(MONEY_READ) else {})


async def _price_lists(
    request: Request[Any, Any, Any], reading: AsyncConnection | AsyncSession, but: int | None = None
) -> list[tuple[int, str]]:
    """The price lists that may be chosen by whoever reads prices, also the one `but` that is archived."""
    return await list_names(reading, but) if viewer_of(request).can(MONEY_READ) else []


def _new_form(
    request: Request[Any, Any, Any],
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    lists: Sequence[tuple[int, str]],
) -> Response[str]:
    return page(
        request,
        "clients/new.html",
        partial="clients/_new_dialog.html",
        status=422 if errors else 200,
        typed=typed,
        errors=errors,
        kind_words=KIND_WORDS,
        language_words=LANGUAGE_WORDS.items(),
        treatment_words=TREATMENT_WORDS.items(),
        price_lists=lists,
    )


def _edit_form(
    request: Request[Any, Any, Any],
    client: queries.ClientDetails,
    form: EditForm,
    lists: Sequence[tuple[int, str]],
) -> Response[str]:
    return page(
        request,
        "clients/edit.html",
        status=form.status,
        **form.context,
        client=client,
        typed=_BLANK | form.typed,
        kind_words=KIND_WORDS,
        language_words=LANGUAGE_WORDS.items(),
        treatment_words=TREATMENT_WORDS.items(),
        price_lists=lists,
    )


HANDLERS = [new_client, add_client, client_page, client_history, edit_page, edit, archive, delete]
