"""The clients that are there, as far as a list speaks of them, and how they are compared with its rows."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.lib.folding import fold

_IN_NUMBERS = re.compile(r"[\s.]+")


@dataclass(frozen=True, slots=True)
class KnownClient:
    """A client that is there: its fields by name, its contacts and addresses as they are compared."""

    id: int
    fields: Mapping[str, Any]
    contacts: frozenset[str]
    addresses: frozenset[tuple[str, str]]

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.fields["name"])


@dataclass(frozen=True, slots=True)
class KnownClients:
    """Clients by what identifies them, as it is compared."""

    names: Mapping[str, list[KnownClient]] = field(default_factory=dict[str, list[KnownClient]])
    tax_numbers: Mapping[str, list[KnownClient]] = field(default_factory=dict[str, list[KnownClient]])
    emails: Mapping[str, list[KnownClient]] = field(default_factory=dict[str, list[KnownClient]])

    @classmethod
    def of(cls, clients: Iterable[KnownClient]) -> "KnownClients":
        """Sort clients by what identifies them."""
        names: dict[str, list[KnownClient]] = {}
        tax_numbers: dict[str, list[KnownClient]] = {}
        emails: dict[str, list[KnownClient]] = {}
        for one in clients:
            names.setdefault(name_key(one.name), []).append(one)
            if number := tax_key(one.fields["tax_number"]):
                tax_numbers.setdefault(number, []).append(one)
            if address := email_key(one.fields["email"]):
                emails.setdefault(address, []).append(one)
        return cls(names, tax_numbers, emails)


def name_key(name: str) -> str:
    """A name as it is compared, of a client or of a contact: however it is spelt in case, accents, spaces."""
    return " ".join(fold(name).split())


def tax_key(number: str) -> str:
    """A tax number as it is compared."""
    return _IN_NUMBERS.sub("", fold(number))


def email_key(address: str) -> str:
    """An e-mail address as it is compared."""
    return fold(address)


def address_key(address: Mapping[str, Any]) -> tuple[str, str]:
    """An address as it is compared with those that are there."""
    return name_key(address.get("street", "")), name_key(address.get("city", ""))
