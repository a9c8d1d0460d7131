"""Merging two clients in the API."""

from typing import Annotated, Literal

from litestar import Response, post
from litestar.params import JSONBody
from msgspec import UNSET, Meta

from app.domain.clients import policy, queries
from app.domain.clients.api_queries import CLIENTS
from app.domain.clients.api_schemas import ClientRecord
from app.domain.clients.merging import Side, merge_clients
from app.web.api import Answer, api_router
from app.web.api_bodies import Body, Given, RecordId, Version
from app.web.parameters import PathId, Work
from app.web.permissions import CLIENT_DELETE

Compared = Literal[
    "name", "kind", "email", "phone", "website", "tax_number", "payment_terms_days", "price_list_id",
    "discount_percent", "language", "tax_treatment", "tags", "notes",
    "supplier", "blocked", "archived",
]  # fmt: skip
Choice = Literal["kept", "gone", "both"]


class NewMerge(Body, kw_only=True):
    """The client that becomes part of this one, both in the versions in which they were compared.

    `take` says whose value stays where they differ, "both" for tags and notes; what is left out is decided so
    that nothing is lost that only one of them has.
    """

    client_id: RecordId
    client_version: Version
    version: Version
    take: Given[Annotated[dict[Compared, Choice], Meta(examples=[{"phone": "gone"}])]] = UNSET


@post("/clients/{client_id:int}/merges", capability=CLIENT_DELETE, status_code=200)
async def merge_client(
    work: Work, client_id: PathId, data: JSONBody[NewMerge]
) -> Response[Answer[ClientRecord]]:
    """Merge another client into this one; contacts, addresses, events and sub-hires move along."""
    kept = await queries.client_by_id(work.session, client_id)
    gone = await queries.client_by_id(work.session, data.client_id)
    take = data.take if isinstance(data.take, dict) else {}
    chosen = {name: policy.suggested(kept, gone, name) for name in policy.CHOICES} | dict(take)
    sides = Side(client_id, data.version), Side(data.client_id, data.client_version)
    await merge_clients(work, *sides, chosen)
    return await CLIENTS.answer(work.session, client_id)


API = api_router("Clients", [merge_client])
