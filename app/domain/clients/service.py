"""Commands on clients."""

from app.db.models import Client
from app.domain.clients.rules import ClientRules
from app.lib.commands import Commands
from app.lib.rules import register

register(Client.entity, ClientRules())

_CLIENTS = Commands(
    Client,
    (
        "name", "kind", "email", "phone", "website", "tax_number", "payment_terms_days", "tags", "notes",
        "supplier", "blocked", "block_reason", "archived", "price_list_id", "discount_percent", "language",
        "tax_treatment",
    ),
)  # fmt: skip

create_client = _CLIENTS.create
"""Add a client; `name` is required. Raises InvalidInput."""
edit_client = _CLIENTS.edit
"""Change fields of a client, merging with others. Raises NotFound, EditConflict, InvalidInput."""
delete_client = _CLIENTS.delete
"""Delete a client so that it can be restored; its events keep it. Raises NotFound, EditConflict."""
restore_client = _CLIENTS.restore
"""Take a delete back. Raises NotFound."""
