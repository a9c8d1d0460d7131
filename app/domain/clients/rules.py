"""What has to hold for clients."""

from collections.abc import Sequence

from sqlalchemy import select

from app.db.models import Change, Client, PriceList
from app.lib.errors import Conflict, InvalidInput
from app.lib.rules import Rules, Write
from app.lib.undoing import undo_part
from app.lib.unit_of_work import UnitOfWork


class ClientRules(Rules[Client]):
    """A client has a name; one that is blocked says why; one that was merged comes back with what it had."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[Client]]) -> None:
        """Raises InvalidInput, or Conflict for bringing back what is part of another client now."""
        for write in writes:
            errors: dict[str, str] = {}
            if not write.after["name"]:
                errors["name"] = "Give it a name."
            if write.after["blocked"] and not write.after["block_reason"]:
                errors["block_reason"] = "Say why, like “prepay only”."
            if write.sets("price_list_id") and write.after["price_list_id"] is not None:
                errors |= await _list_errors(work, write.after["price_list_id"])
            if errors:
                raise InvalidInput(errors)
            if write.after["merged_into_id"] is not None and write.after["deleted_at"] is None:
                raise Conflict("It was merged into another client. Take that merge back instead.")

    async def written(self, work: UnitOfWork, write: Write[Client]) -> None:
        """Give a client that comes back out of a merge what it had, but for what was changed since.

        Raises Conflict where the survivor is gone, or for merging by taking back that a merge was taken back.
        """
        if write.undoes and write.deletes and write.after["merged_into_id"] is not None:
            raise Conflict("Merge them again on the page of the client that stays.")
        survivor_id = write.before.get("merged_into_id")
        if survivor_id is None or not write.restores:
            return
        survivor = await work.session.get_one(Client, survivor_id)
        if survivor.deleted_at is not None:
            raise Conflict(f"{survivor.name} was deleted or merged since. Take that back first.")
        for change in await _merged_along(work, write.subject, survivor_id):
            await undo_part(work, change)


async def _list_errors(work: UnitOfWork, list_id: int) -> dict[str, str]:
    found = (
        select(PriceList.id)
        .where(PriceList.id == list_id, PriceList.deleted_at.is_(None))
        .with_for_update(read=True, key_share=True)  # nobody deletes it meanwhile
    )
    there = await work.session.scalar(found) is not None
    return {} if there else {"price_list_id": "This price list does not exist, or was deleted."}


async def _merged_along(work: UnitOfWork, client: Client, survivor_id: int) -> Sequence[Change]:
    """The other changes of the merge that this client went into another with, in their order.

    Contacts moved before the events they are contacts of, and go back before them.
    """
    merge = (
        select(Change.operation)
        .where(
            Change.entity == Client.entity,
            Change.entity_id == client.id,
            Change.fields["merged_into_id"][1].as_integer() == survivor_id,
        )
        .order_by(Change.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    itself = (Change.entity == Client.entity) & (Change.entity_id == client.id)
    statement = select(Change).where(Change.operation == merge, ~itself).order_by(Change.id)
    return (await work.session.scalars(statement)).all()
