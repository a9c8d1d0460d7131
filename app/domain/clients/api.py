"""Clients in the API."""

from app.domain.clients import service
from app.domain.clients.api_queries import CLIENTS, provide_client_filter
from app.domain.clients.api_schemas import ChangedClient, ClientRecord, NewClient, WholeClient
from app.web.api import api_router
from app.web.api_routes import Routes
from app.web.permissions import CLIENT_DELETE, CLIENT_READ, CLIENT_WRITE

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
