"""How the fields of a job are read from what people type, and the words its values are shown with."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.db.models.maintenance import KINDS
from app.lib.clock import now
from app.lib.fields import (
    FieldError,
    Fields,
    Reader,
    boolean,
    choice,
    decimal_number,
    local_instant,
    reference,
    whole_number,
    words,
)

# forms know minutes, and somebody has to fill them in
_WHILE_TYPING = timedelta(minutes=5)
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
        "expected_back": _upcoming(readers["expected_back"]),
        "equipment_id": reference(required="Choose the equipment."),
        "unit_id": reference(),
    }


def check_upcoming(moment: datetime | None) -> None:
    """Raise FieldError for a moment that is over. A job that was reported long ago may keep one."""
    if moment is not None and moment < now() - _WHILE_TYPING:
        raise FieldError("This is over already. Say when it is thought to be back.")


def _upcoming(reader: Reader) -> Reader:
    def read(text: str) -> datetime | None:
        moment: datetime | None = reader(text)
        check_upcoming(moment)
        return moment

    return read


def check_unit(fields: Fields, tracking: str) -> None:
    """Note at the unit of a report when only a unit can be out of service and none is chosen."""
    values = fields.values
    if tracking == "serialized" and values.get("blocks", True) and values.get("unit_id") is None:
        message = "Choose the unit that is out of service, or take “out of service” away."
        fields.errors.setdefault("unit_id", message)


def step_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of what may be said along with a step."""
    readers = job_readers(zone)
    return {name: readers[name] for name in ("expected_back", "cost", "resolution", "assignee_id")}
