"""How the fields of cases are called and shown."""

from app.domain.inventory.descriptions import DELETED
from app.web.change_words import Kinds, Words
from app.web.descriptions import Field, Fields, choice_field, measure_field

CASE_FIELDS: Fields = {
    "code": Field("Code"),
    "name": Field("Name"),
    "kind": choice_field("Kind", {"temporary": "temporary", "permanent": "permanent"}),
    "location": Field("Location"),
    "weight_kg": measure_field("Empty weight", "kg"),
    "notes": Field("Notes", "long"),
    "deleted_at": DELETED,
}
ITEM_FIELDS: Fields = {"quantity": measure_field("Quantity", ""), "deleted_at": DELETED}

CHANGE_WORDS: Kinds = {
    "case": Words(
        "cases",
        "/cases/{}",
        verbs={
            "opened": "packed for an event:",
            "freed": "emptied",
        },
    ),
    "case_item": Words("contents of cases"),
}
