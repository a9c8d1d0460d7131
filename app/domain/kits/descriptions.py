"""How the fields of kits, accessories and substitutes are called and shown."""

from app.domain.inventory.descriptions import DELETED
from app.web.change_words import Kinds, Words
from app.web.descriptions import Field, Fields, measure_field, money_field, yes_no_field


def kit_fields(currency: str) -> Fields:
    """The fields of a kit."""
    return {
        "name": Field("Name"),
        "sku": Field("SKU"),
        "description": Field("Description", "long"),
        "daily_rate": money_field("Day rate", currency),
        "tags": Field("Tags"),
        "notes": Field("Notes", "long"),
        "archived": yes_no_field("Archived"),
        "deleted_at": DELETED,
    }


COMPONENT_FIELDS: Fields = {
    "quantity": measure_field("Quantity", ""),
    "position": measure_field("Position", ""),
    "deleted_at": DELETED,
}
ACCESSORY_FIELDS: Fields = {
    "quantity": measure_field("Pieces", ""),
    "per": measure_field("For every", ""),
    "included": yes_no_field("Comes along by itself"),
    "deleted_at": DELETED,
}
SUBSTITUTE_FIELDS: Fields = {"notes": Field("Notes"), "deleted_at": DELETED}

CHANGE_WORDS: Kinds = {
    "kit": Words("kits", "/kits/{}"),
    "kit_component": Words("components"),
    "accessory": Words("accessories"),
    "substitute": Words("substitutes"),
}
