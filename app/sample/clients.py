"""Who rents from the sample company, read from `clients.toml` beside this file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from app.db.models import Address, Client, Contact
from app.lib import editing
from app.lib.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleClient:
    """A company or a person. Payment terms are in days, None where nothing is agreed."""

    name: str
    kind: Literal["company", "person"] = "company"
    email: str = ""
    phone: str = ""
    website: str = ""
    tax_number: str = ""
    payment_terms_days: int | None = None
    tags: tuple[str, ...] = ()
    notes: str = ""
    supplier: bool = False
    blocked: bool = False
    block_reason: str = ""
    archived: bool = False
    contacts: tuple[Mapping[str, str], ...] = ()
    addresses: tuple[Mapping[str, str], ...] = ()


@cache
def read_clients() -> tuple[SampleClient, ...]:
    """All clients, in the order of the file."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    several = ("tags", "contacts", "addresses")
    return tuple(
        SampleClient(**row | {name: tuple(row.get(name, ())) for name in several})
        for row in tomllib.loads(text)["client"]
    )


async def load_clients(work: UnitOfWork) -> dict[str, Client]:
    """Add all clients with their contacts and addresses. Returns them by name."""
    found: dict[str, Client] = {}
    for one in read_clients():
        names = SampleClient.__dataclass_fields__.keys() - {"contacts", "addresses"}
        values = {name: getattr(one, name) for name in names}
        client = await editing.create(work, Client(**values | {"tags": list(one.tags)}))
        for contact in one.contacts:
            await editing.create(work, Contact(client_id=client.id, **contact))
        for address in one.addresses:
            await editing.create(work, Address(client_id=client.id, **address))
        found[one.name] = client
    return found
