"""How the fields of events are read from what people type, and the words their values are shown with."""

from zoneinfo import ZoneInfo

from app.domain.events.rules import MOST
from app.lib.fields import Reader, local_instant, reference, whole_number, word_list, words

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
    "quote": ("Quote", "file-text"),
    "request": ("Request", "user"),
    "hold": ("Hold", "clock"),
    "confirm": ("Confirm", "check"),
    "close": ("Close", "archive"),
    "lose": ("Lost", "ban"),
    "cancel": ("Cancel event", "ban"),
    "decline": ("Decline", "ban"),
    "withdraw": ("Withdraw request", "arrow-back-up"),
    "reopen": ("Reopen", "refresh"),
}
"""What each step is called on its button, and its icon."""


def event_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of what can be edited; moments are those of the clock in `zone`."""
    return {
        "name": words(200, required="Give it a name."),
        "client_id": reference(),
        "venue": words(200),
        "venue_address": words(10_000),
        "out_start": local_instant(zone),
        "out_end": local_instant(zone),
        "use_start": local_instant(zone),
        "use_end": local_instant(zone),
        "responsible_id": reference(),
        "tags": word_list(30, 40),
        "notes": words(10_000),
        "client_notes": words(10_000),
    }


QUANTITY_READERS: dict[str, Reader] = {"quantity": whole_number(1, MOST)}
LINE_READERS: dict[str, Reader] = {
    **QUANTITY_READERS,
    "equipment_id": reference(required="Choose the equipment."),
}


def step_readers(zone: ZoneInfo) -> dict[str, Reader]:
    """The readers of what may be said along with a step."""
    return {"expires_at": local_instant(zone), "reason": words(500), "overbook_reason": words(500)}
