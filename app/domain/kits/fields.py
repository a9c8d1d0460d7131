"""How the fields of kits, accessories and substitutes are read from what people type."""

from decimal import Decimal

from app.lib.fields import Reader, boolean, decimal_number, reference, whole_number, word_list, words

MOST_PIECES = 10_000
MOST_ALONG = 1_000
MOST_KITS = 1_000

KIT_READERS: dict[str, Reader] = {
    "name": words(200, required="Give it a name."),
    "sku": words(64, required="Give it a SKU."),
    "description": words(4000),
    "daily_rate": decimal_number(2, Decimal(9_999_999), example="120.00"),
    "tags": word_list(30, 40),
    "notes": words(10_000),
}
"""The readers of what the form of a kit holds; whether it is archived is decided on its page."""

COMPONENT_READERS: dict[str, Reader] = {"quantity": whole_number(1, MOST_PIECES)}
NEW_COMPONENT_READERS: dict[str, Reader] = {
    **COMPONENT_READERS,
    "equipment_id": reference(required="Choose the equipment."),
}
ACCESSORY_READERS: dict[str, Reader] = {
    "quantity": whole_number(1, MOST_ALONG),
    "per": whole_number(1, MOST_ALONG),
    "included": boolean,
}
SUBSTITUTE_READERS: dict[str, Reader] = {"notes": words(500)}
OTHER_READERS: dict[str, Reader] = {"other_id": reference(required="Choose the equipment.")}
ADDED_READERS: dict[str, Reader] = {
    "kit_id": reference(required="Choose the kit."),
    "quantity": whole_number(1, MOST_KITS),
}
