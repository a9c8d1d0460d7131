"""One unit that is named, tapped back on the shelf."""

from app.db.models import BenchAction
from app.domain.prep.counting import put_back_units
from app.domain.prep.ledger import Act, Tap, hold_lines, hold_units, perform
from app.domain.prep.policy import PREP_STEPS
from app.domain.prep.shared_event import share_event
from app.domain.prep.verdicts import Verdict
from app.lib.errors import InvalidInput
from app.lib.unit_of_work import UnitOfWork


async def put_back_unit(
    work: UnitOfWork, act: Act, event_id: int, rental_id: int, unit_id: int, *, step: str, reason: str = ""
) -> Verdict:
    """Take this unit of a line back from a prep step.

    Raises NotFound, InvalidInput, Conflict when it has not taken the step, or has left.
    """
    if step not in PREP_STEPS:
        raise InvalidInput({"step": "This is no step of prep."})

    async def body(action: BenchAction) -> Verdict:
        event = await share_event(work, event_id)
        line = (await hold_lines(work, event_id, [rental_id]))[rental_id]
        unit = (await hold_units(work, [unit_id]))[unit_id]
        return await put_back_units(Tap(work, action, event, line), [unit], reason)

    code = f"{rental_id} unit {unit_id} -1"
    return await perform(work, act, "count", body, event_id=event_id, step=step, code=code)
