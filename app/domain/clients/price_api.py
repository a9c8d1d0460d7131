"""What new quotes for a client begin with, in the API: for those who may read prices."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from litestar import Response, get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct

from app.db.models import Client
from app.domain.clients import service
from app.web.api import Answer, EditTerms, api_router
from app.web.api_bodies import Amount, Body, Decimals, Given, RecordId, Version
from app.web.api_paging import Key, Order
from app.web.api_records import records_of
from app.web.parameters import Connection, PathId, Work
from app.web.permissions import CLIENT_WRITE, MONEY_READ

Language = Literal["", "en", "de"]
Treatment = Literal["standard", "reverse_charge"]


class ClientTermsRecord(Struct):
    """Price list (null: the default one), discount, language of papers ("": the company's) and tax."""

    id: Annotated[int, Meta(examples=[12])]
    price_list_id: int | None
    discount_percent: Annotated[str, Meta(examples=["5.000"])]
    language: Language
    tax_treatment: Treatment
    version: int


class ChangedClientTerms(Body):
    """The terms of a client to change; the others stay as they are."""

    amounts: ClassVar[Mapping[str, Amount]] = {"discount_percent": Amount(3, Decimal(100))}

    price_list_id: Given[RecordId | None] = UNSET
    discount_percent: Given[Decimals] = UNSET
    language: Given[Language] = UNSET
    tax_treatment: Given[Treatment] = UNSET
    version: Given[Version] = UNSET


TERMS = records_of(
    Client,
    ClientTermsRecord,
    order=Order(keys={"id": Key(Client.id, int)}, default="id", id=Client.id),
    path="/api/clients",
    missing="This client does not exist, or was deleted.",
)


@get("/clients/{client_id:int}/terms", capability=MONEY_READ)
async def get_client_terms(reading: Connection, client_id: PathId) -> Response[Answer[ClientTermsRecord]]:
    """Get what new quotes for a client begin with; its version is that of the client."""
    return await TERMS.answer(reading, client_id)


@patch("/clients/{client_id:int}/terms", capability=CLIENT_WRITE)
async def change_client_terms(
    work: Work, client_id: PathId, data: JSONBody[ChangedClientTerms], terms: NamedDependency[EditTerms]
) -> Response[Answer[ClientTermsRecord]]:
    """Change what new quotes for a client begin with."""
    version = terms.version(data.version)
    await service.edit_client(work, client_id, data.given(), version=version, strategy=terms.strategy)
    return await TERMS.answer(work.session, client_id)


API = api_router("Clients", [get_client_terms, change_client_terms])
