"""How the fields of a sub-hire are called and shown."""

from collections.abc import Sequence
from typing import Any

from app.domain.maintenance.descriptions import company_of, zone_of
from app.domain.sub_hire.fields import STATUS_STATES
from app.web.change_words import Kinds, Words
from app.web.descriptions import Field, Fields, choice_field, instant_field, measure_field, money_field

EDITED = (
    "supplier_id", "event_id", "quantity", "start_at", "end_at", "returned_at", "cost", "reference", "notes",
)  # fmt: skip


def sub_hire_fields(
    request: Any, suppliers: Sequence[tuple[int, str]] = (), events: Sequence[tuple[int, str]] = ()
) -> Fields:
    """The descriptions of all fields; `suppliers` and `events` give names to ids."""
    zone = zone_of(request)
    return {
        "equipment_id": Field("Equipment no."),
        "quantity": measure_field("Quantity", "pieces"),
        "supplier_id": choice_field("Supplier", {str(key): name for key, name in suppliers}),
        "event_id": choice_field("For", {str(key): name for key, name in events}, blank="no event"),
        "start_at": instant_field("Here from", zone),
        "end_at": instant_field("Back by", zone),
        "cost": money_field("Cost", company_of(request).currency),
        "reference": Field("Reference"),
        "notes": Field("Notes", "long"),
        "status": choice_field("State", {name: words[0] for name, words in STATUS_STATES.items()}),
        "returned_at": instant_field("Went back", zone),
        "deleted_at": instant_field("Deleted"),
    }


CHANGE_WORDS: Kinds = {
    "sub_hire": Words(
        "sub-hires",
        "/sub-hire/{}",
        verbs={
            "draft": "reopened",
            "ordered": "ordered",
            "received": "received",
            "returned": "sent back",
            "cancelled": "cancelled",
        },
    ),
}
