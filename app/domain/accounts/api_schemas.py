"""What the API says and takes about people, their sessions and signing in."""

from typing import Annotated, ClassVar, Literal

from msgspec import UNSET, Meta, Struct

from app.web.api_bodies import Body, Given, Version

Role = Literal["admin", "manager", "technician", "employee", "viewer", "client"]
Username = Annotated[str, Meta(min_length=1, max_length=64, examples=["mei.tan"])]
PersonName = Annotated[str, Meta(max_length=80, examples=["Mei"])]
Email = Annotated[str, Meta(max_length=254, examples=["mei@example.com"])]
Phone = Annotated[str, Meta(max_length=40, examples=["+49 40 555 01 41"])]


class Credentials(Body):
    """Who signs in."""

    verbatim: ClassVar[frozenset[str]] = frozenset({"username", "password"})

    username: Annotated[str, Meta(max_length=200, examples=["manager"])]
    password: Annotated[str, Meta(max_length=1000)]


class UserRecord(Struct):
    """A person who signs in."""

    id: Annotated[int, Meta(examples=[4])]
    username: Annotated[str, Meta(examples=["mei.tan"])]
    first_name: str
    last_name: str
    email: str
    phone: str
    role: Role
    active: bool
    time_zone: str
    locale: str
    version: int
    created_at: str
    updated_at: str


class SignedIn(Struct):
    """A fresh bearer token: send it as `Authorization: Bearer …`. It is shown only here."""

    token: str
    expires_at: Annotated[str, Meta(examples=["2026-11-22T09:30:00Z"])]
    user: UserRecord


class Me(Struct):
    """Who sends this request, and what the role allows."""

    user: UserRecord
    capabilities: Annotated[list[str], Meta(examples=[["equipment.read", "equipment.write"]])]
    session_id: int


class NewUser(Body):
    """A person to add. Give out a password link afterwards."""

    username: Username
    role: Role
    first_name: Given[PersonName] = UNSET
    last_name: Given[PersonName] = UNSET
    email: Given[Email] = UNSET
    phone: Given[Phone] = UNSET


class ChangedUser(Body):
    """The fields of a person to change; the others stay as they are."""

    username: Given[Username] = UNSET
    role: Given[Role] = UNSET
    first_name: Given[PersonName] = UNSET
    last_name: Given[PersonName] = UNSET
    email: Given[Email] = UNSET
    phone: Given[Phone] = UNSET
    version: Given[Version] = UNSET


class PasswordLinkRecord(Struct):
    """A link that sets a new password once. It is shown only here."""

    url: Annotated[str, Meta(examples=["https://rental.example.com/password/…"])]
    expires_at: str


class SessionRecord(Struct):
    """A sign-in that is open: of a browser, or of a program with a token."""

    id: Annotated[int, Meta(examples=[81])]
    user_id: int
    kind: Literal["browser", "token"]
    ip: str
    user_agent: str
    current: Annotated[bool, Meta(description="Whether this request came with it.")]
    created_at: str
    last_seen_at: str
    expires_at: str
