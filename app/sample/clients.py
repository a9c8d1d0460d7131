"""Who rents from the sample company, read from `clients.toml` beside this file."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from app.db.models import Client
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


@cache
def read_clients() -> tuple[SampleClient, ...]:
    """All clients, in the order of the file."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return tuple(SampleClient(**row | {"tags": tuple(row["tags"])}) for row in tomllib.loads(text)["client"])


async def load_clients(work: UnitOfWork) -> dict[str, Client]:
    """Add all clients. Returns them by name."""
    found: dict[str, Client] = {}
    for one in read_clients():
        values = {name: getattr(one, name) for name in SampleClient.__dataclass_fields__}
        client = Client(**values | {"tags": list(one.tags)})
        found[one.name] = await editing.create(work, client)
    return found
