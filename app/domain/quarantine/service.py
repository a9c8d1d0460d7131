"""Deciding at the quarantine desk: back to stock, to repair, or written off."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select

from app.db.models import Movement
from app.domain.handovers.checking_in import check
from app.domain.handovers.policy import Part
from app.domain.maintenance import policy
from app.domain.maintenance.service import take_step
from app.domain.prep.ledger import Act
from app.domain.prep.policy import DAMAGED, FINE
from app.lib.errors import InvalidInput
from app.lib.unit_of_work import UnitOfWork

STOCK, REPAIR, WRITE_OFF = "stock", "repair", "write_off"
DECISIONS: Final = {
    STOCK: ("Back to stock", "check"),
    REPAIR: ("To repair", "tool"),
    WRITE_OFF: ("Write off", "ban"),
}
_STEPS: Final = {STOCK: policy.RESOLVE, REPAIR: policy.START, WRITE_OFF: policy.WRITE_OFF}


async def decide_job(
    work: UnitOfWork, job_id: int, decision: str, *, note: str = "", value: Decimal | None = None
) -> None:
    """Decide about a reported job. Written off is with a reason, and what it was worth.

    Raises NotFound, InvalidInput, Conflict where somebody has decided already.
    """
    _require(decision, note)
    said: Mapping[str, Any] = {"resolution": note} | ({"cost": value} if value is not None else {})
    await take_step(work, job_id, _STEPS[decision], said)


async def decide_pieces(
    work: UnitOfWork,
    act: Act,
    event_id: int,
    part: Part,
    decision: str,
    *,
    value: Decimal | None = None,
) -> None:
    """Decide about pieces that came back unchecked: what is not fine gets a job, which is decided at once.

    Raises as `decide_job` does.
    """
    _require(decision, part.note)
    condition = FINE if decision == STOCK else DAMAGED
    looked_at = Part(part.rental_id, part.quantity, part.unit_id, condition, note=part.note)
    given = await check(work, act, event_id, [looked_at])
    if decision == STOCK:
        return
    job_id = await work.session.scalar(
        select(Movement.maintenance_id).where(
            Movement.action_id == given.action_id, Movement.maintenance_id.is_not(None)
        )
    )
    if job_id is not None:
        await decide_job(work, job_id, decision, note=part.note, value=value)


def _require(decision: str, note: str) -> None:
    if decision not in DECISIONS:
        raise InvalidInput({"decision": "Choose one of the list."})
    if decision == WRITE_OFF and not note:
        raise InvalidInput({"note": "Say why it is written off."})
