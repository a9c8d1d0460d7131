"""What the API says and takes about contacts and addresses."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.domain.clients.api_schemas import Name, Notes
from app.web.api_bodies import Body, Given, Line, Version

Purpose = Literal["main", "billing", "delivery"]
Street = Annotated[str, Meta(max_length=1000, examples=["Hafenstraße 12"])]
PostalCode = Annotated[str, Meta(max_length=40)]


class ContactRecord(Struct):
    """A person to talk to at a client, as it is."""

    id: Annotated[int, Meta(examples=[4])]
    client_id: Annotated[int, Meta(examples=[12])]
    name: Annotated[str, Meta(examples=["Iris Roth"])]
    role: str
    email: str
    phone: str
    notes: str
    version: int
    created_at: str
    updated_at: str


class ContactFields(Body):
    """The fields of a contact that may be left out."""

    lines: ClassVar[frozenset[str]] = frozenset({"notes"})

    role: Given[Line] = UNSET
    email: Given[Line] = UNSET
    phone: Given[Line] = UNSET
    notes: Given[Notes] = UNSET
    version: Given[Version] = UNSET


class NewContact(ContactFields, kw_only=True):
    """A contact to add."""

    name: Name


class ChangedContact(ContactFields):
    """The fields of a contact to change; the others stay as they are."""

    name: Given[Name] = UNSET


class WholeContact(ContactFields, kw_only=True):
    """A contact with every field: what is left out goes back to its default."""

    blank: ClassVar[Mapping[str, Any]] = {"role": "", "email": "", "phone": "", "notes": ""}

    name: Name


class AddressRecord(Struct):
    """A place of a client, as it is. `street` may have several lines."""

    id: Annotated[int, Meta(examples=[3])]
    client_id: Annotated[int, Meta(examples=[12])]
    purpose: Purpose
    name: str
    street: str
    postal_code: str
    city: Annotated[str, Meta(examples=["Lindau"])]
    country: str
    version: int
    created_at: str
    updated_at: str


class AddressFields(Body):
    """The fields of an address; a street or a city has to be there."""

    lines: ClassVar[frozenset[str]] = frozenset({"street"})

    purpose: Given[Purpose] = UNSET
    name: Given[Line] = UNSET
    street: Given[Street] = UNSET
    postal_code: Given[PostalCode] = UNSET
    city: Given[Line] = UNSET
    country: Given[Line] = UNSET
    version: Given[Version] = UNSET


class NewAddress(AddressFields):
    """An address to add."""


class ChangedAddress(AddressFields):
    """The fields of an address to change; the others stay as they are."""


class WholeAddress(AddressFields):
    """An address with every field: what is left out goes back to its default."""

    blank: ClassVar[Mapping[str, Any]] = {
        "purpose": "main", "name": "", "street": "", "postal_code": "", "city": "", "country": "",
    }  # fmt: skip
