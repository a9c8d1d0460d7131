"""How the fields of a sub-hire are read from what people type, and the words of its states and steps."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from app.lib.fields import Reader, choice, decimal_number, local_instant, reference, whole_number, words

MOST = 100_000
MOST_COST = Decimal(9_999_999)

STATUS_STATES = {
    "draft": ("Draft", "slate", "pencil"),
    "ordered": ("Ordered", "amber", "half"),
    "received": ("Received", "green", ""),
    "returned": ("Returned", "slate", ""),
    "cancelled": ("Cancelled", "slate", "bars"),
}
"""Word, tone and shape of each state."""

STEP_WORDS = {
    "order": ("Order", "truck"),
    "receive": ("Receive", "arrow-down-left"),
    "return": ("Return", "arrow-up-right"),
    "cancel": ("Cancel sub-hire", "ban"),
    "reopen": ("Reopen", "refresh"),
}
"""What each step is called on its button, and its icon."""


def sub_hire_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of what can be edited; moments are those of the clock in `zone`."""
    return {
        "supplier_id": reference(required="Choose the supplier."),
        "event_id": reference(),
        "quantity": whole_number(1, MOST),
        "start_at": local_instant(zone),
        "end_at": local_instant(zone),
        "returned_at": local_instant(zone),
        "cost": decimal_number(2, MOST_COST, example="180.00"),
        "reference": words(200),
        "notes": words(10_000),
    }


def new_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of a new one, which also says of what it is, and whether it is ordered already."""
    readers = sub_hire_readers(zone)
    del readers["returned_at"]
    return readers | {
        "equipment_id": reference(required="Choose the equipment."),
        "status": choice(("draft", "ordered")),
    }
