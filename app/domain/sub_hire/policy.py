"""The pure rules of sub-hires: which state follows which, and what a sub-hire brings in each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app.domain.availability.service import Supply
from app.lib.periods import Period

DRAFT, ORDERED, RECEIVED, RETURNED, CANCELLED = "draft", "ordered", "received", "returned", "cancelled"
ORDER, RECEIVE, RETURN, CANCEL, REOPEN = "order", "receive", "return", "cancel", "reopen"

# draft → ordered → received → returned; what was never received can be cancelled, and begun again
_STEPS: dict[str, dict[str, str]] = {
    DRAFT: {ORDER: ORDERED, CANCEL: CANCELLED},
    ORDERED: {RECEIVE: RECEIVED, CANCEL: CANCELLED},
    RECEIVED: {RETURN: RETURNED},
    RETURNED: {},
    CANCELLED: {REOPEN: DRAFT},
}
STEPS = (ORDER, RECEIVE, RETURN, CANCEL, REOPEN)
OPEN = (DRAFT, ORDERED, RECEIVED)
_STATES = {DRAFT: "pencil", ORDERED: "firm", RECEIVED: "firm", RETURNED: "returned"}


def steps_from(status: str) -> tuple[str, ...]:
    """The steps that may be taken in this state, in the order they are offered."""
    return tuple(_STEPS[status])


def status_after(status: str, step: str) -> str | None:
    """The state a step leads to, or None where it may not be taken."""
    return _STEPS[status].get(step)


def supply_of(values: Mapping[str, Any]) -> Supply | None:
    """What a sub-hire with these values brings to the stock; None is nothing.

    What went back brought its pieces until that moment.
    """
    state = _STATES.get(values["status"])
    start: datetime = values["start_at"]
    returned_at: datetime | None = values["returned_at"]
    end: datetime = returned_at if returned_at is not None else values["end_at"]
    if state is None or values["deleted_at"] is not None or end <= start:
        return None
    return Supply(values["equipment_id"], values["quantity"], Period(start, end), state)
