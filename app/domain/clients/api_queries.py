"""The selects behind clients in the API, and their filters."""

from typing import Annotated

from litestar.params import FromQuery, QueryParameter

from app.db.models import Client
from app.domain.clients.api_schemas import ClientRecord, Kind
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant
from app.web.api_paging import Key, Order
from app.web.api_records import records_of

CLIENTS = records_of(
    Client,
    ClientRecord,
    order=Order.of(Client, "name", name=Key(Client.name_order)),
    path="/api/clients",
    missing="This client does not exist, or was deleted.",
)


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
    return [
        *has_words(clean(q), Client.name, Client.email, Client.phone, Client.tax_number),
        *all_of(
            equal(Client.kind, kind),
            equal(Client.blocked, blocked),
            equal(Client.supplier, supplier),
            equal(Client.archived, archived),
            not_before(Client.updated_at, read_instant(updated_since, "updated_since")),
        ),
    ]
