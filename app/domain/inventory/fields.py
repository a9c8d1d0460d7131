"""How the fields of equipment and units are read from what people type."""

from decimal import Decimal

from app.db.models.equipment import KINDS, STATUSES, TRACKINGS
from app.db.models.unit import CONDITIONS
from app.lib.fields import Reader, boolean, choice, decimal_number, reference, whole_number, word_list, words

MINUTES_IN_MONTH = 43_200
# what a person may say about a unit; the rest follows from rentals
SETTABLE_STATES = ("in_stock", "quarantine", "in_repair", "missing", "lost", "written_off", "retired")

EQUIPMENT_READERS: dict[str, Reader] = {
    "name": words(200, required="Give it a name."),
    "sku": words(64, required="Give it a SKU."),
    "description": words(4000),
    "category_id": reference(required="Choose a category."),
    "subcategory_id": reference(),
    "kind": choice(KINDS),
    "tracking": choice(TRACKINGS),
    "quantity": whole_number(0, 1_000_000),
    "status": choice(STATUSES),
    "location": words(80),
    "daily_rate": decimal_number(2, Decimal(9_999_999), example="4.50"),
    "replacement_value": decimal_number(2, Decimal(9_999_999), example="118.00"),
    "tax_rate_id": reference(),
    "weight_kg": decimal_number(3, Decimal(999_999), example="1.2"),
    "power_w": whole_number(0, 1_000_000, optional=True),
    "prep_minutes": whole_number(0, MINUTES_IN_MONTH),
    "turnaround_minutes": whole_number(0, MINUTES_IN_MONTH),
    "tags": word_list(30, 40),
    "notes": words(10_000),
    "archived": boolean,
}

UNIT_READERS: dict[str, Reader] = {
    "asset_tag": words(64, required="Give it an asset tag."),
    "serial_number": words(64),
    "location": words(80),
    "condition": choice(CONDITIONS),
    "state": choice(SETTABLE_STATES),
    "notes": words(4000),
}

STATUS_WORDS = {
    "good": ("Good", "green", ""),
    "damaged": ("Damaged", "red", "diamond"),
    "maintenance": ("Maintenance", "slate", "bars"),
}
TRACKING_WORDS = {"bulk": "Bulk", "serialized": "Units"}
KIND_WORDS = {"equipment": "Equipment", "consumable": "Consumable"}
CONDITION_WORDS = {"good": "Good", "worn": "Worn", "damaged": "Damaged"}
UNIT_STATE_WORDS = {
    "in_stock": ("In stock", "green", ""),
    "allocated": ("Allocated", "amber", "half"),
    "prepped": ("Prepped", "accent", "half"),
    "out": ("Out", "cyan", "square"),
    "returned": ("Returned, unchecked", "cyan", "ring"),
    "quarantine": ("Quarantine", "red", "diamond"),
    "in_repair": ("In repair", "slate", "bars"),
    "missing": ("Missing", "red", "ring"),
    "lost": ("Lost", "slate", "ring"),
    "written_off": ("Written off", "slate", "ring"),
    "retired": ("Retired", "slate", "ring"),
}
