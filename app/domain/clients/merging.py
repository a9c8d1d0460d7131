"""Two records of one client become one: what stays is chosen, what belongs to the other moves over."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.db.base import Editable
from app.db.models import Address, Client, Contact, Event, SubHire
from app.domain.clients import policy
from app.lib import editing
from app.lib.batches import Draft, write_all
from app.lib.clock import now
from app.lib.editing import Edit
from app.lib.errors import Conflict, FieldChange, InvalidInput
from app.lib.unit_of_work import UnitOfWork

_BELONGING: tuple[tuple[type[Editable], str], ...] = (
    (Contact, "client_id"),
    (Address, "client_id"),
    (Event, "client_id"),
    (SubHire, "supplier_id"),
)


class ChangedMeanwhile(Conflict):
    """Somebody changed one of the clients since they were compared; `changes` says what."""

    def __init__(self, changes: tuple[FieldChange, ...]) -> None:
        names = " and ".join(sorted({change.actor_name for change in changes}))
        super().__init__(f"{names} changed them meanwhile. Look at them again.")
        self.changes = changes


@dataclass(frozen=True, slots=True)
class Side:
    """One of two clients, and the version in which it was compared."""

    id: int
    version: int


async def merge_clients(work: UnitOfWork, kept: Side, gone: Side, chosen: Mapping[str, str]) -> Edit:
    """Make `gone` a part of `kept`, all of it or nothing. Returns the edit that ends `gone`; undoing it
    undoes all.

    `chosen` says for each field in which they differ whose value stays (policy.CHOICES). Contacts, addresses,
    events and sub-hires move over, deleted ones too. Raises InvalidInput naming fields nobody decided about,
    ChangedMeanwhile, NotFound, and what the rules of what moves refuse with.
    """
    if kept.id == gone.id:
        raise InvalidInput({"other": "Choose another client."})
    survivor, duplicate = await _lock(work, kept.id, gone.id)
    changes = [
        *(await editing.changes_since(work, survivor, kept.version)),
        *(await editing.changes_since(work, duplicate, gone.version)),
    ]
    if changes:
        raise ChangedMeanwhile(tuple(changes))
    values = policy.merged_values(survivor, duplicate, _decided(survivor, duplicate, chosen))
    await editing.edit(work, survivor, values, version=None)
    for model, column in _BELONGING:
        await _move(work, model, column, gone.id, kept.id)
    # last, so that an undo brings it back first and finds a client to give things back to
    end = {"merged_into_id": kept.id, "deleted_at": now()}
    return await editing.edit(work, duplicate, end, version=None, action="client.merged")


async def _lock(work: UnitOfWork, kept_id: int, gone_id: int) -> tuple[Client, Client]:
    """Hold both in the order of their ids; nobody can refer anew to the one that goes."""
    found: dict[int, Client] = {}
    for client_id in sorted((kept_id, gone_id)):
        if client_id == gone_id:
            await work.session.execute(select(Client.id).where(Client.id == client_id).with_for_update())
        found[client_id] = await editing.lock(work, Client, client_id)
    return found[kept_id], found[gone_id]


def _decided(survivor: Client, duplicate: Client, chosen: Mapping[str, str]) -> dict[str, str]:
    """What was chosen for the fields they differ in. Raises InvalidInput."""
    names = policy.differing(survivor, duplicate)
    errors = {
        name: "Choose which one stays." for name in names if chosen.get(name) not in policy.CHOICES[name]
    }
    if errors:
        raise InvalidInput(errors)
    return {name: chosen[name] for name in names}


async def _move(work: UnitOfWork, model: Any, column: str, gone_id: int, kept_id: int) -> None:
    statement = (
        select(model)
        .where(getattr(model, column) == gone_id)
        .order_by(model.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    rows = (await work.session.scalars(statement)).all()
    await write_all(work, [Draft(row, {column: kept_id}) for row in rows])
