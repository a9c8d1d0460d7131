"""Taking back what was none: the latest dispatch or check-in of an event, one scan of it, a settlement."""

from collections.abc import Sequence

from sqlalchemy import and_, exists, or_, select

from app.db.models import BenchAction, Event, Handover, Movement
from app.domain.availability.queries import Connection
from app.domain.events.booking import rebook
from app.domain.handovers.policy import DISPATCH, HANDOVER_WORDS
from app.domain.handovers.reverting import (
    STANDING,
    Undoing,
    are_out_again,
    are_owed_again,
    held,
    standing,
    stay,
)
from app.domain.prep.case_contents import follow_cases
from app.domain.prep.counting import require_confirmed
from app.domain.prep.ledger import Act, perform, write
from app.domain.prep.policy import DISPATCHED, MISSING, RETURNED, SETTLED
from app.domain.prep.verdicts import Verdict, verdict
from app.lib import editing
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.sentences import counted
from app.lib.unit_of_work import UnitOfWork


async def undo_handover(work: UnitOfWork, act: Act, handover_id: int, *, reason: str) -> Verdict:
    """Take back the latest dispatch or check-in of an event: gear, stock and bookings are as before it.

    Raises NotFound, InvalidInput without a reason, Conflict where something that followed stands in the way.
    """
    known = await work.session.get(Handover, handover_id)
    if known is None:
        raise NotFound("This handover does not exist.")
    if not reason:
        raise InvalidInput({"reason": "Say why it is taken back."})
    event_id, kind = known.event_id, known.kind

    async def body(action: BenchAction) -> Verdict:
        event = await editing.lock(work, Event, event_id)
        require_confirmed(event)
        rows = await standing(work, Movement.handover_id == handover_id)
        await _require_latest(work, known, rows)
        undoing = await held(work, action, event, rows)
        if kind == DISPATCH:
            movements = await stay(undoing, reason)
        else:
            movements = await are_out_again(undoing, reason)
        await rebook(work, event)
        pieces = sum(row.quantity for row in rows if row.step in (DISPATCHED, RETURNED))
        what = f"{HANDOVER_WORDS[kind]} {known.number}"
        await write(undoing.tap, movements, label=what, fields={"undone": ("", reason)})
        await follow_cases(work, event_id)
        said = f"{what} is taken back: {counted(pieces, 'piece')}."
        return verdict("back", said, counted=True, action_id=action.id, handover_id=handover_id)

    return await perform(work, act, f"undo_{kind}", body, event_id=event_id, code=str(handover_id))


async def undo_scan(work: UnitOfWork, act: Act, event_id: int, action_id: int, *, reason: str) -> Verdict:
    """Take back what one scan or tap of a check-in brought back; the rest of its session stands.

    Raises NotFound, Conflict where the same pieces were counted again since, or something else followed.
    """

    async def body(action: BenchAction) -> Verdict:
        event = await editing.lock(work, Event, event_id)
        require_confirmed(event)
        rows = await standing(work, and_(Movement.action_id == action_id, Movement.event_id == event_id))
        handover = await work.session.get(Handover, rows[0].handover_id) if rows else None
        if handover is None or handover.kind == DISPATCH:
            raise NotFound("There is nothing to take back: somebody has done it already.")
        undoing = await held(work, action, event, rows)
        await _require_last_of_their_lines(work, undoing)
        movements = await are_out_again(undoing, reason)
        await rebook(work, event)
        pieces = sum(
            row.quantity for row in rows if row.step == RETURNED or (row.step == MISSING and row.quantity > 0)
        )
        label = ", ".join(line.name for line in undoing.lines.values())[:200]
        await write(undoing.tap, movements, label=label, fields={"undone": ("", reason)})
        await follow_cases(work, event_id)
        said = f"{label}: {counted(pieces, 'piece')}."
        return verdict("back", said, counted=True, action_id=action.id, handover_id=handover.id)

    return await perform(work, act, "undo_check_in", body, event_id=event_id, code=f"action {action_id}")


async def undo_settlement(
    work: UnitOfWork, act: Act, event_id: int, action_id: int, *, reason: str
) -> Verdict:
    """Take back that pieces were charged or written off: they are owed, and stock, as before.

    Raises NotFound, InvalidInput without a reason, Conflict where the same pieces were counted again since.
    """
    if not reason:
        raise InvalidInput({"reason": "Say why it is taken back."})

    async def body(action: BenchAction) -> Verdict:
        event = await editing.lock(work, Event, event_id)
        rows = await standing(work, and_(Movement.action_id == action_id, Movement.event_id == event_id))
        if not any(row.step == SETTLED for row in rows):
            raise NotFound("There is nothing to take back: somebody has done it already.")
        undoing = await held(work, action, event, rows)
        await _require_last_of_their_lines(work, undoing)
        movements = await are_owed_again(undoing, reason)
        await rebook(work, event)
        pieces = sum(row.quantity for row in rows if row.step == SETTLED)
        label = ", ".join(line.name for line in undoing.lines.values())[:200]
        await write(undoing.tap, movements, label=label, fields={"undone": ("", reason)})
        await follow_cases(work, event_id)
        said = f"{label}: {counted(pieces, 'piece')} owed again."
        return verdict("back", said, counted=True, action_id=action.id)

    return await perform(work, act, "undo_settle", body, event_id=event_id, code=f"action {action_id}")


async def is_undone(connection: Connection, handover_id: int) -> bool:
    """Whether a handover was taken back as a whole."""
    stands = select(Movement.id).where(Movement.handover_id == handover_id, *STANDING)
    return not await connection.scalar(select(exists(stands)))


async def _require_latest(work: UnitOfWork, handover: Handover, rows: Sequence[Movement]) -> None:
    what = f"{HANDOVER_WORDS[handover.kind]} {handover.number}"
    if not rows:
        raise Conflict(f"{what} has been taken back already.")
    later = (
        await work.session.scalars(
            select(Handover)
            .join(Movement, Movement.handover_id == Handover.id)
            .where(Handover.event_id == handover.event_id, Handover.id != handover.id)
            .where(Movement.id > rows[0].id, *STANDING)
            .order_by(Movement.id.desc())
            .limit(1)
        )
    ).first()
    if later is not None:
        raise Conflict(f"{HANDOVER_WORDS[later.kind]} {later.number} came after it. Take that back first.")


async def _require_last_of_their_lines(work: UnitOfWork, undoing: Undoing) -> None:
    """Raise Conflict where pieces of the same line, or the same unit, have gone on since."""
    last = max(row.id for row in undoing.rows)
    counted_lines = {row.rental_id for row in undoing.rows if row.unit_id is None}
    same = or_(Movement.unit_id.in_(undoing.units), Movement.rental_id.in_(counted_lines))
    later = await standing(work, and_(same, Movement.id > last))
    if later:
        line = undoing.lines.get(later[0].rental_id)
        raise Conflict(f"{line.name if line else 'It'} was counted again since. Take that back first.")
