"""How the fields of events are read from what people type, and the words their values are shown with."""

from zoneinfo import ZoneInfo

from app.db.models.event import COLOURS
from app.domain.events import policy
from app.domain.events.rules import MOST
from app.lib.fields import (
    Reader,
    boolean,
    choice,
    local_instant,
    reference,
    whole_number,
    word_list,
    words,
)

MOST_MINUTES = 43_200

STATUS_STATES = {
    "draft": ("Draft", "slate", "pencil"),
    "requested": ("Requested", "plum", "ring"),
    "quoted": ("Quoted", "slate", "ring"),
    "held": ("Held", "amber", "half"),
    "confirmed": ("Confirmed", "green", ""),
    "closed": ("Closed", "slate", ""),
    "lost": ("Lost", "slate", "bars"),
    "cancelled": ("Cancelled", "slate", "bars"),
    "declined": ("Declined", "slate", "bars"),
    "withdrawn": ("Withdrawn", "slate", "bars"),
    "expired": ("Expired", "slate", "bars"),
}
"""Word, tone and shape of each status."""

STEP_WORDS = {
    "quote": ("Mark as quoted", "file-text"),
    "request": ("Request confirmation", "user"),
    "hold": ("Hold", "clock"),
    "confirm": ("Confirm", "check"),
    "close": ("Close", "archive"),
    "lose": ("Mark as lost", "ban"),
    "cancel": ("Cancel event", "ban"),
    "decline": ("Decline", "ban"),
    "counter": ("Counter", "arrow-right"),
    "withdraw": ("Withdraw request", "arrow-back-up"),
    "reopen": ("Reopen", "refresh"),
}
"""What each step is called on its button, and its icon."""


def event_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of what can be edited; moments are those of the clock in `zone`."""
    return {
        "name": words(200, required="Give it a name."),
        "client_id": reference(),
        "contact_id": reference(),
        "venue": words(200),
        "venue_address": words(10_000),
        "out_start": local_instant(zone, required=policy.NO_START),
        "out_end": local_instant(zone, required=policy.NO_END),
        "use_start": local_instant(zone),
        "use_end": local_instant(zone),
        "responsible_id": reference(),
        "tags": word_list(30, 40),
        "colour": choice(COLOURS),
        "notes": words(10_000),
        "client_notes": words(10_000),
    }


QUANTITY_READERS: dict[str, Reader] = {"quantity": whole_number(1, MOST)}
LINE_READERS: dict[str, Reader] = {
    **QUANTITY_READERS,
    "equipment_id": reference(required="Choose the equipment."),
}


COLOUR_WORDS = {
    "accent": "Blue", "green": "Green", "amber": "Amber", "red": "Red", "cyan": "Cyan", "plum": "Plum",
    "slate": "Grey",
}  # fmt: skip


def line_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of everything a line has of its own; moments are those of the clock in `zone`."""
    return {
        **QUANTITY_READERS,
        "start_at": local_instant(zone),
        "end_at": local_instant(zone),
        "prep_minutes": whole_number(0, MOST_MINUTES, optional=True),
        "turnaround_minutes": whole_number(0, MOST_MINUTES, optional=True),
        "heading": words(200),
        "notes": words(10_000),
        "optional": boolean,
    }


ATTACHMENT_READERS: dict[str, Reader] = {"name": words(200, required="Give it a name.")}
TEMPLATE_READERS: dict[str, Reader] = {
    "name": words(200, required="Give it a name."),
    "notes": words(10_000),
}


def step_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of what may be said along with a step."""
    return {"expires_at": local_instant(zone), "reason": words(500), "overbook_reason": words(500)}
