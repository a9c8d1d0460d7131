"""Writing a checked client list, through the same rules as everybody else; all of it or nothing."""

from collections.abc import Iterator, Sequence
from typing import Final

from app.db.models import Address, Client, Contact
from app.domain.clients.import_checking import CHANGED, NEW, Row
from app.lib.batches import Draft, create_all, lock_all, write_all
from app.lib.unit_of_work import UnitOfWork

_AT_ONCE: Final = 250
_BLANK: Final = {
    "kind": "company", "email": "", "phone": "", "website": "", "tax_number": "", "payment_terms_days": None,
    "notes": "", "supplier": False, "blocked": False, "block_reason": "", "archived": False,
}  # fmt: skip


async def write_rows(work: UnitOfWork, rows: Sequence[Row]) -> None:
    """Add what is new and change what is known, of rows that were checked in this transaction.

    Raises NotFound for a client that was deleted at this moment, and what rules refuse with.
    """
    for chunk in _chunks([row for row in rows if row.outcome == CHANGED]):
        found = await lock_all(work, Client, [row.client_id for row in chunk if row.client_id])
        await write_all(work, [Draft(found[row.client_id], row.fields) for row in chunk if row.client_id])
        await _add_parts(work, [(row.client_id, row) for row in chunk if row.client_id])
    for chunk in _chunks([row for row in rows if row.outcome == NEW]):
        # rows that set the same fields share a statement
        created = [Client(**{**_BLANK, "tags": [], **row.fields}) for row in chunk]
        await create_all(work, created)
        await _add_parts(work, [(client.id, row) for client, row in zip(created, chunk, strict=True)])


async def _add_parts(work: UnitOfWork, rows: Sequence[tuple[int, Row]]) -> None:
    contacts = [Contact(client_id=client_id, **row.contact) for client_id, row in rows if row.contact]
    addresses = [
        Address(client_id=client_id, purpose="main", **row.address) for client_id, row in rows if row.address
    ]
    await create_all(work, [*contacts, *addresses])


def _chunks(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]
