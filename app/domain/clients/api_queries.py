"""The selects behind clients in the API."""

from datetime import datetime

from sqlalchemy import select

from app.db.models import Client
from app.domain.clients.api_schemas import ClientRecord
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

_ORDER = Order(
    keys={
        "id": Key(Client.id, int),
        "name": Key(Client.name_order),
        "created_at": Key(Client.created_at, datetime),
        "updated_at": Key(Client.updated_at, datetime),
    },
    default="name",
    id=Client.id,
)

CLIENTS = Records(
    statement=select(*columns_of(Client, ClientRecord), Client.name_order).where(Client.deleted_at.is_(None)),
    order=_ORDER,
    convert=converter(ClientRecord),
    path="/api/clients",
    missing="This client does not exist, or was deleted.",
)


def client_conditions(
    *,
    q: str = "",
    kind: str | None = None,
    blocked: bool | None = None,
    supplier: bool | None = None,
    archived: bool | None = None,
    updated_since: datetime | None = None,
) -> Conditions:
    """Which clients a list shows; None and empty text are no filter."""
    return [
        *has_words(q, Client.name, Client.email, Client.phone, Client.tax_number),
        *all_of(
            equal(Client.kind, kind),
            equal(Client.blocked, blocked),
            equal(Client.supplier, supplier),
            equal(Client.archived, archived),
            not_before(Client.updated_at, updated_since),
        ),
    ]
