"""How the fields of equipment and units are called and shown, to those who decide about them or look back."""

from collections.abc import Mapping

from app.domain.inventory.fields import (
    CONDITION_WORDS,
    KIND_WORDS,
    STATUS_WORDS,
    TRACKING_WORDS,
    UNIT_STATE_WORDS,
)
from app.web.change_words import Kinds, Words
from app.web.descriptions import (
    Field,
    choice_field,
    measure_field,
    money_field,
    yes_no_field,
)


def _photo(value: object) -> str:
    return "a photo" if value else "no photo"


def _deleted(value: object) -> str:
    return "deleted" if value else "there"


DELETED = Field("Deleted", shown=_deleted, fixed=True)


def equipment_fields(
    currency: str, category_names: Mapping[int, str], tax_names: Mapping[int, str] | None = None
) -> dict[str, Field]:
    """The fields of equipment; `category_names` holds categories and subcategories by id.

    `tax_names` are the rates of tax it may have; without them nobody decides about it.
    """
    taxes = {str(key): name for key, name in (tax_names or {}).items()}
    names = {str(key): name for key, name in category_names.items()}
    return {
        "name": Field("Name"),
        "sku": Field("SKU"),
        "description": Field("Description", "long"),
        "category_id": choice_field("Category", names),
        "subcategory_id": choice_field("Subcategory", names, blank="none"),
        "kind": choice_field("Kind", KIND_WORDS),
        "tracking": choice_field("Tracking", TRACKING_WORDS),
        "quantity": measure_field("Quantity", ""),
        "status": choice_field("Status", {key: words[0] for key, words in STATUS_WORDS.items()}),
        "location": Field("Location"),
        "daily_rate": money_field("Day rate", currency),
        "replacement_value": money_field("Replacement value", currency),
        "tax_rate_id": choice_field("Tax", taxes, blank="the default rate")
        if taxes
        else Field("Tax rate no.", fixed=True),
        "weight_kg": measure_field("Weight", "kg"),
        "power_w": measure_field("Power", "W"),
        "prep_minutes": measure_field("Prep", "min"),
        "turnaround_minutes": measure_field("Turnaround", "min"),
        "tags": Field("Tags"),
        "notes": Field("Notes", "long"),
        "photo": Field("Photo", shown=_photo, fixed=True),
        "archived": yes_no_field("Archived"),
        "deleted_at": DELETED,
    }


UNIT_FIELDS: dict[str, Field] = {
    "asset_tag": Field("Asset tag"),
    "serial_number": Field("Serial number"),
    "location": Field("Location"),
    "condition": choice_field("Condition", CONDITION_WORDS),
    "state": choice_field("State", {key: words[0] for key, words in UNIT_STATE_WORDS.items()}),
    "notes": Field("Notes", "long"),
    "deleted_at": DELETED,
}

CHANGE_WORDS: Kinds = {
    "equipment": Words("items", "/inventory/{}"),
    "unit": Words("units", "/units/{}"),
    "category": Words("categories", "/categories"),
    "saved_view": Words("views"),
    "import": Words("imports", "/imports/{}"),
}
