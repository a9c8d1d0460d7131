"""How the fields of cases are read from what people type."""

from decimal import Decimal

from app.db.models.gear_case import KINDS
from app.lib.fields import Reader, choice, decimal_number, reference, whole_number, words

MOST_PIECES = 10_000

CASE_READERS: dict[str, Reader] = {
    "code": words(64, required="Give it a code."),
    "name": words(200, required="Give it a name."),
    "kind": choice(KINDS),
    "location": words(80),
    "weight_kg": decimal_number(3, Decimal(9_999), example="12.5"),
    "notes": words(10_000),
}
ITEM_READERS: dict[str, Reader] = {"quantity": whole_number(1, MOST_PIECES)}
NEW_ITEM_READERS: dict[str, Reader] = {
    **ITEM_READERS,
    "equipment_id": reference(required="Choose the equipment."),
}
KIND_WORDS: dict[str, str] = {
    "temporary": "Temporary: packed for an event, emptied afterwards",
    "permanent": "Permanent: always holds the same, moves as a whole",
}
