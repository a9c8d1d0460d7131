"""Clients in the API."""

from typing import Annotated, Any

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from app.domain.clients import service
from app.domain.clients.api_queries import CLIENTS, client_conditions
from app.domain.clients.api_schemas import ChangedClient, ClientRecord, Kind, NewClient, WholeClient
from app.lib.conditions import Conditions
from app.lib.fields import clean
from app.lib.unit_of_work import UnitOfWork
from app.web.api import Answer, EditTerms, FilterInstant, ListAnswer, api_router, listing, read_instant
from app.web.api_paging import PageRequest
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import CLIENT_DELETE, CLIENT_READ, CLIENT_WRITE


def provide_client_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in name, e-mail, phone.", max_length=200)] = "",
    kind: FromQuery[Kind | None] = None,
    blocked: FromQuery[bool | None] = None,
    supplier: FromQuery[bool | None] = None,
    archived: FromQuery[bool | None] = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which clients are wanted. Raises InvalidInput."""
    return client_conditions(
        q=clean(q),
        kind=kind,
        blocked=blocked,
        supplier=supplier,
        archived=archived,
        updated_since=read_instant(updated_since, "updated_since"),
    )


@get("/clients", capability=CLIENT_READ, dependencies=listing(provide_client_filter))
async def list_clients(
    reading: Connection,
    paging: NamedDependency[PageRequest],
    wanted: NamedDependency[Conditions],
) -> Response[ListAnswer[ClientRecord]]:
    """List clients: filtered, sorted, page by page."""
    return await CLIENTS.page(reading, paging, wanted)


@post("/clients", capability=CLIENT_WRITE)
async def create_client(work: Work, data: JSONBody[NewClient]) -> Response[Answer[ClientRecord]]:
    """Add a client."""
    made = await service.create_client(work, data.given())
    return await CLIENTS.created(work.session, made.id)


@get("/clients/{client_id:int}", capability=CLIENT_READ)
async def get_client(reading: Connection, client_id: PathId) -> Response[Answer[ClientRecord]]:
    """Get one client; its version is the ETag."""
    return await CLIENTS.answer(reading, client_id)


@patch("/clients/{client_id:int}", capability=CLIENT_WRITE)
async def change_client(
    work: Work, client_id: PathId, data: JSONBody[ChangedClient], terms: NamedDependency[EditTerms]
) -> Response[Answer[ClientRecord]]:
    """Change the fields given."""
    return await _edit(work, client_id, data.given(), terms.version(data.version), terms)


@put("/clients/{client_id:int}", capability=CLIENT_WRITE)
async def replace_client(
    work: Work, client_id: PathId, data: JSONBody[WholeClient], terms: NamedDependency[EditTerms]
) -> Response[Answer[ClientRecord]]:
    """Replace all fields; those left out go back to their defaults."""
    return await _edit(work, client_id, data.whole(), terms.version(data.version), terms)


@delete("/clients/{client_id:int}", capability=CLIENT_DELETE)
async def delete_client(
    work: Work,
    client_id: PathId,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Delete a client. What somebody just changed is not deleted."""
    await service.delete_client(work, client_id, version=terms.version(version))


@post("/clients/{client_id:int}/restoration", capability=CLIENT_DELETE, status_code=200)
async def restore_client(work: Work, client_id: PathId) -> Response[Answer[ClientRecord]]:
    """Take a delete back."""
    await service.restore_client(work, client_id)
    return await CLIENTS.answer(work.session, client_id)


async def _edit(
    work: UnitOfWork, client_id: int, values: dict[str, Any], version: int, terms: EditTerms
) -> Response[Answer[ClientRecord]]:
    await service.edit_client(work, client_id, values, version=version, strategy=terms.strategy)
    return await CLIENTS.answer(work.session, client_id)


API = api_router(
    "Clients",
    [
        list_clients,
        create_client,
        get_client,
        change_client,
        replace_client,
        delete_client,
        restore_client,
    ],
)
