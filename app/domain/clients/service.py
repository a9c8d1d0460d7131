"""Commands on clients."""

from collections.abc import Mapping
from typing import Any

from app.db.models import Client
from app.domain.clients.rules import ClientRules
from app.lib import editing
from app.lib.editing import Edit, Strategy
from app.lib.rules import register
from app.lib.unit_of_work import UnitOfWork

WRITABLE = (
    "name", "kind", "email", "phone", "website", "tax_number", "payment_terms_days", "tags", "notes",
    "supplier", "blocked", "block_reason", "archived",
)  # fmt: skip

register(Client.entity, ClientRules())


async def create_client(work: UnitOfWork, values: Mapping[str, Any]) -> Client:
    """Add a client; `name` is required. Raises InvalidInput."""
    given = {name: values[name] for name in WRITABLE if name in values}
    return await editing.create(work, Client(**given))


async def edit_client(
    work: UnitOfWork,
    client_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    strategy: Strategy = Strategy.MERGE,
) -> Edit:
    """Change fields of a client, merging with others. Raises NotFound, EditConflict, InvalidInput."""
    client = await editing.lock(work, Client, client_id)
    given = {name: values[name] for name in WRITABLE if name in values}
    return await editing.edit(work, client, given, version=version, strategy=strategy)


async def delete_client(work: UnitOfWork, client_id: int, *, version: int | None) -> Client:
    """Delete a client so that it can be restored; its events keep it. Raises NotFound, EditConflict."""
    client = await editing.lock(work, Client, client_id)
    await editing.delete(work, client, version=version)
    return client


async def restore_client(work: UnitOfWork, client_id: int) -> Client:
    """Take a delete back. Raises NotFound."""
    client = await editing.lock(work, Client, client_id, deleted=True)
    await editing.restore(work, client)
    return client
