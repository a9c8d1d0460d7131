"""Clients in the API."""

from typing import Annotated

from litestar.params import FromQuery, QueryParameter

from app.domain.clients import service
from app.domain.clients.api_queries import CLIENTS, client_conditions
from app.domain.clients.api_schemas import ChangedClient, ClientRecord, Kind, NewClient, WholeClient
from app.lib.conditions import Conditions
from app.lib.fields import clean
from app.web.api import FilterInstant, api_router, read_instant
from app.web.api_routes import Routes
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


CLIENT = Routes("client", ClientRecord, CLIENTS, read=CLIENT_READ, write=CLIENT_WRITE)

API = api_router(
    "Clients",
    [
        CLIENT.listing("List clients: filtered, sorted, page by page.", provide_client_filter),
        CLIENT.creation(NewClient, service.create_client, "Add a client."),
        CLIENT.single(),
        CLIENT.change(ChangedClient, service.edit_client),
        CLIENT.replacement(WholeClient, service.edit_client),
        CLIENT.deletion(
            service.delete_client,
            "Delete a client. What somebody just changed is not deleted.",
            capability=CLIENT_DELETE,
        ),
        CLIENT.restoration(service.restore_client, capability=CLIENT_DELETE),
    ],
)
