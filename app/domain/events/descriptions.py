"""How the fields of events and of their lines are called and shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.events.fields import COLOUR_WORDS, STATUS_STATES
from app.domain.maintenance.descriptions import zone_of
from app.web.change_words import Kinds, Words
from app.web.descriptions import (
    Field,
    Fields,
    choice_field,
    instant_field,
    measure_field,
    yes_no_field,
)

EDITED = (
    "name", "client_id", "contact_id", "venue", "venue_address", "out_start", "out_end", "use_start",
    "use_end", "responsible_id", "tags", "colour", "notes", "client_notes",
)  # fmt: skip


def event_fields(
    request: Any,
    clients: Mapping[int, str] | None = None,
    people: Sequence[tuple[int, str]] = (),
    contacts: Mapping[int, str] | None = None,
) -> Fields:
    """The descriptions of all fields of an event; `clients`, `people` and `contacts` give names to ids."""
    zone = zone_of(request)
    return {
        "name": Field("Name"),
        "client_id": choice_field("Client", _by_text(clients or {}), blank="no client"),
        "contact_id": choice_field("Contact", _by_text(contacts or {}), blank="nobody"),
        "venue": Field("Venue"),
        "venue_address": Field("Address", "long"),
        "out_start": instant_field("Out from", zone),
        "out_end": instant_field("Back by", zone),
        "use_start": instant_field("Use from", zone),
        "use_end": instant_field("Use to", zone),
        "responsible_id": choice_field("Responsible", _by_text(dict(people)), blank="nobody"),
        "tags": Field("Tags"),
        "colour": choice_field("Colour", COLOUR_WORDS),
        "notes": Field("Notes", "long"),
        "client_notes": Field("Notes for the client", "long"),
        "status": choice_field("Status", {key: words[0] for key, words in STATUS_STATES.items()}),
        "status_reason": Field("Reason"),
        "missing": Field("Missing"),
        "hold_expires_at": instant_field("Held until"),
        "deleted_at": instant_field("Deleted"),
    }


EDITED_LINE = (
    "quantity", "start_at", "end_at", "prep_minutes", "turnaround_minutes", "heading", "notes", "optional",
)  # fmt: skip
RENTAL_FIELDS: Fields = {
    "name": Field("Name"),
    "units": Field("Units"),
    "equipment_id": Field("Equipment no."),
    "quantity": measure_field("Quantity", ""),
    "start_at": instant_field("From"),
    "end_at": instant_field("To"),
    "prep_minutes": measure_field("Prep time", "min"),
    "turnaround_minutes": measure_field("Turnaround", "min"),
    "heading": Field("Heading"),
    "position": measure_field("Position", ""),
    "notes": Field("Notes", "long"),
    "optional": yes_no_field("Optional"),
    "accessory_of_id": Field("Accessory of line no."),
    "overbook_reason": Field("Overbooked because"),
    "deleted_at": instant_field("Deleted"),
}


def rental_fields(request: Any) -> Fields:
    """The descriptions of all fields of a line, as its form types them."""
    zone = zone_of(request)
    return {
        **RENTAL_FIELDS,
        "start_at": instant_field("From", zone),
        "end_at": instant_field("To", zone),
    }


ATTACHMENT_FIELDS: Fields = {"name": Field("Name"), "deleted_at": instant_field("Deleted")}
TEMPLATE_FIELDS: Fields = {
    "name": Field("Name"),
    "notes": Field("Notes", "long"),
    "deleted_at": instant_field("Deleted"),
}


def _by_text(names: Mapping[int, str]) -> dict[str, str]:
    return {str(key): name for key, name in names.items()}


CHANGE_WORDS: Kinds = {
    "event": Words(
        "events",
        "/events/{}",
        verbs={
            "draft": "reopened",
            "quoted": "quoted",
            "requested": "asked to confirm",
            "held": "put on hold",
            "confirmed": "confirmed",
            "closed": "closed",
            "lost": "lost",
            "cancelled": "cancelled",
            "declined": "declined",
            "countered": "proposed something else for",
            "hold_ending": "reminded of the hold of",
            "endangered": "found late gear missing for",
            "missing": "found gear missing for",
            "withdrawn": "took back the request for",
            "expired": "let the request run out for",
            "hold_expired": "let the hold run out for",
            "held_undone": "released",
            "confirmed_undone": "took back the confirmation of",
            "quoted_undone": "took back the quoting of",
            "lost_undone": "took back the loss of",
            "cancelled_undone": "took back the cancellation of",
            "closed_undone": "opened again",
            "declined_undone": "took back the refusal of",
            "shifted": "shifted",
            "supplied": "found pieces for",
            "supplied_undone": "took back the pieces found for",
        },
    ),
    "rental": Words(
        "lines",
        verbs={
            "overbooked": "overbooked",
            "overbooking_ended": "ended the overbooking of",
            "substituted": "found a substitute for",
            "reduced": "took off",
            "given_up": "gave away",
            "shifted": "shifted the dates of",
            "units_bound": "chose the units of",
            "units_noted": "scanned units of",
            "added_at_bench": "added at the bench",
            "approved": "approved what was added at the bench:",
            "acknowledged": "acknowledged the change of",
        },
        lessening=frozenset({"substituted", "reduced", "given_up"}),
    ),
    "attachment": Words("files"),
    "gear_template": Words("gear templates", "/gear-templates"),
}
