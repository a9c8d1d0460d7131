"""How the fields of events and of their lines are called and shown."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.domain.events.fields import STATUS_STATES
from app.domain.maintenance.descriptions import zone_of
from app.web.descriptions import (
    Field,
    Fields,
    choice_field,
    instant_field,
    measure_field,
    yes_no_field,
)

EDITED = (
    "name", "client_id", "venue", "venue_address", "out_start", "out_end", "use_start", "use_end",
    "responsible_id", "tags", "notes", "client_notes",
)  # fmt: skip


def event_fields(
    request: Any, clients: Mapping[int, str] | None = None, people: Sequence[tuple[int, str]] = ()
) -> Fields:
    """The descriptions of all fields of an event; `clients` and `people` give names to ids."""
    zone = zone_of(request)
    return {
        "name": Field("Name"),
        "client_id": choice_field("Client", _by_text(clients or {}), blank="no client"),
        "venue": Field("Venue"),
        "venue_address": Field("Address", "long"),
        "out_start": instant_field("Out from", zone),
        "out_end": instant_field("Back by", zone),
        "use_start": instant_field("Use from", zone),
        "use_end": instant_field("Use to", zone),
        "responsible_id": choice_field("Responsible", _by_text(dict(people)), blank="nobody"),
        "tags": Field("Tags"),
        "notes": Field("Notes", "long"),
        "client_notes": Field("Notes for the client", "long"),
        "status": choice_field("Status", {key: words[0] for key, words in STATUS_STATES.items()}),
        "status_reason": Field("Reason"),
        "hold_expires_at": instant_field("Held until"),
        "deleted_at": instant_field("Deleted"),
    }


RENTAL_FIELDS: Fields = {
    "name": Field("Name"),
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


def _by_text(names: Mapping[int, str]) -> dict[str, str]:
    return {str(key): name for key, name in names.items()}
