"""How the fields of a job are read from what people type, and the words its values are shown with."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from app.db.models.maintenance import KINDS
from app.lib.fields import (
    Reader,
    boolean,
    choice,
    decimal_number,
    local_instant,
    reference,
    whole_number,
    words,
)

_MOST_COST = Decimal(9_999_999)

KIND_WORDS = {"repair": "Repair", "inspection": "Inspection", "preventive": "Preventive"}
STATE_WORDS = {
    "reported": ("Reported", "amber", "ring"),
    "in_progress": ("In progress", "cyan", "half"),
    "waiting": ("Waiting", "plum", "bars"),
    "resolved": ("Resolved", "green", ""),
    "written_off": ("Written off", "slate", "diamond"),
}
STEP_WORDS = {
    "start": ("Start work", "tool"),
    "wait": ("Wait", "clock"),
    "resume": ("Go on", "tool"),
    "resolve": ("Resolve", "check"),
    "write_off": ("Write off", "ban"),
}


def job_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of what can be edited; days are those of the clock in `zone`."""
    return {
        "title": words(200, required="Say what is to be done."),
        "description": words(4000),
        "kind": choice(KINDS),
        "quantity": whole_number(1, 1_000_000),
        "blocks": boolean,
        "cost": decimal_number(2, _MOST_COST, example="45.00"),
        "due_at": local_instant(zone),
        "expected_back": local_instant(zone),
        "assignee_id": reference(),
        "resolution": words(4000),
    }


def report_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of a new job, which also says what it is about."""
    readers = job_readers(zone)
    del readers["resolution"], readers["cost"]
    return readers | {
        "equipment_id": reference(required="Choose the equipment."),
        "unit_id": reference(),
    }


def step_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of what may be said along with a step."""
    readers = job_readers(zone)
    return {name: readers[name] for name in ("expected_back", "cost", "resolution", "assignee_id")}
