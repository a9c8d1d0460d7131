"""Taking back what was done at the bench; of what was added there, also that the event wants it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from app.db.models import BenchAction, Change, Event, Movement, Rental
from app.domain.prep.acknowledging import note_known
from app.domain.prep.counting import undo, undo_counted
from app.domain.prep.ledger import Act, perform
from app.domain.prep.verdicts import Verdict
from app.lib import editing
from app.lib.errors import Conflict
from app.lib.undoing import undo_part
from app.lib.unit_of_work import UnitOfWork

ADDING = ("add", "substitute")
"""The actions that had an event want something else."""


async def take_back(
    work: UnitOfWork, act: Act, event_id: int, action_id: int, *, reason: str = ""
) -> Verdict:
    """Take back one action at the bench: what it counted, and what it had the event want.

    Raises as `undo`, and Conflict where the office has agreed to it by now, or others need the gear.
    """
    statement = select(BenchAction.kind).where(BenchAction.id == action_id, BenchAction.event_id == event_id)
    if await work.session.scalar(statement) not in ADDING:
        return await undo(work, act, event_id, action_id, reason=reason)

    async def body(action: BenchAction) -> Verdict:
        event = await editing.lock(work, Event, event_id)
        changes = await _changes_of_lines(work, action_id)
        await _refuse_approved(work, changes)
        given = await undo_counted(work, action, event, action_id, reason)
        await _want_as_before(work, changes)
        rental_ids = sorted({change.entity_id for change in changes})
        for rental_id in rental_ids:
            await note_known(work, rental_id)
        # the line it was counted on may be gone
        return replace(given, rental_id=None, count=None, wanted=None)

    return await perform(work, act, "undo", body, event_id=event_id, code=str(action_id))


async def _changes_of_lines(work: UnitOfWork, action_id: int) -> Sequence[Change]:
    """What an action changed about the lines of its event, last first."""
    its_intent = (
        select(Change.operation)
        .join(Movement, (Change.entity == "movement") & (Change.entity_id == Movement.id))
        .where(Movement.action_id == action_id)
        .limit(1)
        .scalar_subquery()
    )
    changes = await work.session.scalars(
        select(Change)
        .where(Change.operation == its_intent, Change.entity == Rental.entity)
        .order_by(Change.id.desc())
    )
    return changes.all()


async def _refuse_approved(work: UnitOfWork, changes: Sequence[Change]) -> None:
    marked = {change.entity_id for change in changes if "added_at_bench" in change.fields}
    approved = await work.session.scalar(
        select(Rental.name).where(Rental.id.in_(marked), ~Rental.added_at_bench).limit(1)
    )
    if approved is not None:
        raise Conflict(f"The office has agreed to {approved} by now. Ask there to take it off.")


async def _want_as_before(work: UnitOfWork, changes: Sequence[Change]) -> None:
    refused = {change.id: sentence for change in changes if (sentence := await undo_part(work, change))}
    # what could not be taken back by itself may have gone along with what came after it
    along = await work.session.scalars(
        select(Change.undoes_id).where(
            Change.operation == work.operation, Change.undoes_id.in_(list(refused))
        )
    )
    left = [refused[key] for key in refused.keys() - set(along.all())]
    if left:
        raise Conflict(" ".join(left))
