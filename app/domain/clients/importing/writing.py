"""Writing checked rows into the clients, under the same rules as everybody else.

The clients may have changed since the rows were checked, so every chunk looks again at what it is about to
touch: a client that somebody added meanwhile is updated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy import text

from app.db.models import Address, Client, Contact
from app.domain.clients.importing.checking import missing_parts
from app.domain.clients.importing.known import KnownClient, name_key
from app.domain.clients.importing.queries import clients_now
from app.domain.clients.importing.result import ClientRow
from app.domain.importing.writing import Written, write_together
from app.lib.batches import Draft, create_all, lock_all, write_all
from app.lib.errors import Conflict
from app.lib.unit_of_work import UnitOfWork

_TAKEN = "Somebody changed it at this very moment; import the row again."
_DELETED = "Somebody deleted it meanwhile."
_BLANK: Final = {
    "kind": "company", "email": "", "phone": "", "website": "", "tax_number": "", "payment_terms_days": None,
    "notes": "", "supplier": False, "blocked": False, "block_reason": "", "archived": False,
}  # fmt: skip
# no name is unique, so two imports of the same list wait for each other
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtext('imports of clients'))")


@dataclass(frozen=True, slots=True)
class _Plan:
    """What to write of a row now. `there` is the client that is to change, None for a new one."""

    row: ClientRow
    there: KnownClient | None
    contact: Mapping[str, Any]
    address: Mapping[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the client; its name stays as it is spelt, unless it was found in another way."""
        values = self.row.own
        if self.there is not None and not self.row.by_tax_number:
            values.pop("name", None)
        return values


async def write_rows(work: UnitOfWork, rows: Sequence[ClientRow]) -> Written:
    """Write a chunk of rows that are new or changed. A row that is refused does not harm the others."""
    await work.session.execute(_ONE_AT_A_TIME)
    return await write_together(work, rows, partial(_write, work), _TAKEN)


async def _write(work: UnitOfWork, rows: Sequence[ClientRow]) -> Written:
    plans = await _plans(work, rows)
    changed = [(plan, plan.there.id) for plan in plans if plan.there is not None]
    found = await lock_all(work, Client, [client_id for _, client_id in changed])
    drafts = [Draft(found[client_id], plan.values) for plan, client_id in changed]
    written = await write_all(work, drafts)
    new = [plan for plan in plans if plan.there is None]
    # rows that set the same fields share a statement
    created = [Client(**{**_BLANK, "tags": [], **plan.values}) for plan in new]
    await create_all(work, created)
    await _add_parts(work, changed)
    await _add_parts(work, [(plan, client.id) for plan, client in zip(new, created, strict=True)])
    amount = sum(
        bool(one.fields or plan.contact or plan.address)
        for one, (plan, _) in zip(written, changed, strict=True)
    )
    return Written(created=len(new), changed=amount, same=len(changed) - amount)


async def _plans(work: UnitOfWork, rows: Sequence[ClientRow]) -> list[_Plan]:
    """What to write of each row, as the clients are now. Raises Conflict for one that was deleted."""
    ids = [row.known.id for row in rows if row.known is not None]
    names = [name_key(row.name) for row in rows if row.known is None]
    now = await clients_now(work.session, ids, names)
    by_id, by_name = {one.id: one for one in now}, {name_key(one.name): one for one in reversed(now)}
    plans: list[_Plan] = []
    for row in rows:
        there = by_id.get(row.known.id) if row.known is not None else by_name.get(name_key(row.name))
        if there is None and row.known is not None:
            raise Conflict(_DELETED)
        contact, address = dict(row.contact), dict(row.address)
        if there is not None:
            contact, address = missing_parts(contact, address, there)
        plans.append(_Plan(row, there, contact, address))
    return plans


async def _add_parts(work: UnitOfWork, plans: Sequence[tuple[_Plan, int]]) -> None:
    contacts = [Contact(client_id=client_id, **plan.contact) for plan, client_id in plans if plan.contact]
    addresses = [
        Address(client_id=client_id, purpose="main", **plan.address)
        for plan, client_id in plans
        if plan.address
    ]
    await create_all(work, [*contacts, *addresses])
