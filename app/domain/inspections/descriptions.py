"""How the fields of inspections and their rules are called and shown."""

from app.domain.inventory.descriptions import DELETED
from app.web.change_words import Kinds, Words
from app.web.descriptions import Field, Fields, measure_field, yes_no_field


def _file(value: object) -> str:
    return "a file" if value else "no file"


RULE_FIELDS: Fields = {
    "name": Field("Test"),
    "equipment_id": Field("Equipment", fixed=True),
    "category_id": Field("Category", fixed=True),
    "interval_months": measure_field("Every", "months"),
    "warn_days": measure_field("Due soon", "days before"),
    "starts_on": Field("Untested units count until"),
    "notes": Field("Notes", "long"),
    "deleted_at": DELETED,
}
INSPECTION_FIELDS: Fields = {
    "rule_id": Field("Test", fixed=True),
    "passed": yes_no_field("Passed"),
    "inspected_on": Field("Tested on"),
    "valid_until": Field("Valid until"),
    "inspector": Field("Inspector"),
    "notes": Field("Notes", "long"),
    "certificate": Field("Certificate", shown=_file, fixed=True),
    "certificate_name": Field("File", fixed=True),
    "deleted_at": DELETED,
}

CHANGE_WORDS: Kinds = {
    "inspection": Words(
        "inspections",
        verbs={
            "passed": "passed",
            "failed": "failed",
        },
    ),
    "inspection_rule": Words("inspection rules", "/inspections/rules"),
}
