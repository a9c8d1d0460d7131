"""Taking back what was done at the bench; of what was added there, also that the event wants it."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select, text

from app.db.models import BenchAction, Change, Event, Movement, Rental
from app.domain.prep.acknowledging import note_known
from app.domain.prep.counting import undo, undo_counted
from app.domain.prep.ledger import Act, perform
from app.domain.prep.verdicts import Offer, Verdict
from app.lib import editing
from app.lib.errors import Conflict
from app.lib.undoing import undo_part
from app.lib.unit_of_work import UnitOfWork

ADDING = ("add", "substitute")
"""The actions that had an event want something else."""
_OF_OTHERS = text(
    """
    select e.id, e.name, found.action, found.fields->'units' #>> '{0,0}' as unit,
      found.fields->'units' #>> '{1,0}' as other
    from (
      select c.parent_id as event_id, c.action, c.fields from change c
      where c.entity = 'bench_action' and c.entity_id = :action_id
        and c.action in ('prep.swapped', 'prep.taken_over')
      union all
      select distinct m.event_id, 'prep.put_off',
        jsonb_build_object('units', jsonb_build_array(jsonb_build_array(u.asset_tag)))
      from movement m join unit u on u.id = m.unit_id
      where m.action_id = :action_id and m.event_id <> :event_id
    ) found join event e on e.id = found.event_id
    order by e.id
    """
)


async def take_back(
    work: UnitOfWork, act: Act, event_id: int, action_id: int, *, reason: str = ""
) -> Verdict:
    """Take back one action at the bench: what it counted, and what it had the event want.

    Raises as `undo`, and Conflict where the office has agreed to it by now, or others need the gear.
    """
    statement = select(BenchAction.kind).where(BenchAction.id == action_id, BenchAction.event_id == event_id)
    if await work.session.scalar(statement) not in ADDING:
        given = await undo(work, act, event_id, action_id, reason=reason)
        return await _with_what_stays(work, event_id, action_id, given)

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


async def _with_what_stays(work: UnitOfWork, event_id: int, action_id: int, given: Verdict) -> Verdict:
    """What an action did to other events is not taken back with it: that is said, with the way there."""
    others = (await work.session.execute(_OF_OTHERS, {"event_id": event_id, "action_id": action_id})).all()
    said = {
        "prep.swapped": "“{0.name}” keeps {0.other}, and is not promised {0.unit} any more.",
        "prep.taken_over": "“{0.name}” is not promised {0.unit} any more.",
        "prep.put_off": "“{0.name}” has to pick {0.unit} again.",
    }
    ways = {
        one.id: Offer(f"Open “{one.name}”", "open", {"href": f"/events/{one.id}"}, "arrow-right")
        for one in others
    }
    sentences = [f"{given.text}." if others and not given.text.endswith(".") else given.text]
    sentences += [said[one.action].format(one) for one in others]
    return replace(given, text=" ".join(sentences), offers=(*given.offers, *ways.values()))


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
