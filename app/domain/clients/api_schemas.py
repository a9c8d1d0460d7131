"""What the API says and takes about clients."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.domain.clients.fields import CLIENT_READERS
from app.lib.fields import read_fields
from app.web.api_bodies import Body, Given, Line, TagWord, Version

Kind = Literal["company", "person"]

Name = Annotated[str, Meta(min_length=1, max_length=200, examples=["Rosenberg Events"])]
Notes = Annotated[str, Meta(max_length=10_000)]
Days = Annotated[int, Meta(ge=0, le=365, examples=[14])]
Tags = Annotated[list[TagWord], Meta(max_length=30, examples=[["festival"]])]


class ClientRecord(Struct):
    """A client as it is. A blocked one says why."""

    id: Annotated[int, Meta(examples=[12])]
    name: Annotated[str, Meta(examples=["Rosenberg Events"])]
    kind: Kind
    email: str
    phone: str
    website: str
    tax_number: str
    payment_terms_days: int | None
    tags: list[str]
    notes: str
    supplier: bool
    blocked: bool
    block_reason: str
    archived: bool
    version: int
    created_at: str
    updated_at: str


class ClientFields(Body):
    """The fields of a client that may be left out."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    kind: Given[Kind] = UNSET
    email: Given[Line] = UNSET
    phone: Given[Line] = UNSET
    website: Given[Line] = UNSET
    tax_number: Given[Line] = UNSET
    payment_terms_days: Given[Days | None] = UNSET
    tags: Given[Tags] = UNSET
    notes: Given[Notes] = UNSET
    supplier: Given[bool] = UNSET
    blocked: Given[bool] = UNSET
    block_reason: Given[Line] = UNSET
    archived: Given[bool] = UNSET
    version: Given[Version] = UNSET

    def given(self) -> dict[str, Any]:
        """The fields that were sent, the website as it is linked to. Raises InvalidInput."""
        found = Body.given(self)
        sites = {name: found[name] for name in ("website",) if name in found}
        return found | read_fields(sites, CLIENT_READERS).checked()


class NewClient(ClientFields, kw_only=True):
    """A client to add."""

    name: Name


class ChangedClient(ClientFields):
    """The fields of a client to change; the others stay as they are."""

    name: Given[Name] = UNSET


class WholeClient(ClientFields, kw_only=True):
    """A client with every field: what is left out goes back to its default."""

    blank: ClassVar[Mapping[str, Any]] = {
        "kind": "company", "email": "", "phone": "", "website": "", "tax_number": "",
        "payment_terms_days": None, "tags": [], "notes": "", "supplier": False, "blocked": False,
        "block_reason": "", "archived": False,
    }  # fmt: skip

    name: Name
