"""Stock lists as a kind of import."""

from collections.abc import Sequence
from decimal import Decimal

from app.domain.importing.kinds import Kind, Note, Words
from app.domain.inventory.importing.checking import check_rows
from app.domain.inventory.importing.fields import TARGETS
from app.domain.inventory.importing.known import KnownCatalogue
from app.domain.inventory.importing.queries import load_known
from app.domain.inventory.importing.result import EquipmentRow
from app.domain.inventory.importing.writing import write_rows
from app.lib.folding import fold
from app.lib.tabular import counted
from app.web import formatting
from app.web.permissions import EQUIPMENT_DELETE, EQUIPMENT_WRITE

_UNITS = {"weight_kg": "kg", "power_w": "W", "prep_minutes": "min", "turnaround_minutes": "min"}
_WORDS = Words(
    area="Inventory",
    home="/inventory",
    back="Go to the inventory",
    list_name="Stock list",
    lists="Stock lists",
    matching="Rows with a SKU that is known are updated, all others are added.",
    none_yet="Bring your stock list as it is: CSV or Excel, any columns, numbers written in any way.",
    template="stock-list.csv",
)
_EXAMPLE = {
    "name": "Robe MegaPointe", "sku": "RB-MEGAPT", "category": "Lighting", "subcategory": "Moving lights",
    "kind": "equipment", "tracking": "serialized", "status": "good", "location": "A-02-5",
    "daily_rate": "95.00", "replacement_value": "8900.00", "weight_kg": "22", "power_w": "670",
    "tags": "Robe; moving light", "asset_tags": "MP-001…024",
}  # fmt: skip


def describe(target: str, filled: Sequence[str], known: KnownCatalogue) -> Note | None:
    """What is worth knowing of a filled column of text."""
    different = {fold(text) for text in filled}
    if target == "sku":
        if repeated := len(filled) - len(different):
            return f"{counted(repeated)} there twice", "warning"
        there = len(different & known.equipment.keys())
        return f"unique; {counted(len(different) - there)} new, {counted(there)} known", ""
    if target in ("category", "subcategory"):
        there = {sub for _, sub in known.subcategories}
        if target == "category":
            there = known.categories.keys() | {name for name in there if known.is_inside(name)}
        created = len(different - there)
        return (f"{counted(created)} will be created", "new") if created else ("all known", "")
    if target in ("location", "tags", "status", "kind", "tracking"):
        return f"{counted(len(different))} different", ""
    return None


def shown(name: str, value: object) -> str:
    """A value of a field as people read it."""
    if name in ("daily_rate", "replacement_value") and isinstance(value, Decimal):
        return formatting.money(value)
    if isinstance(value, int | Decimal):
        return f"{formatting.number(value)} {_UNITS.get(name, '')}".rstrip()
    return str(value)


EQUIPMENT: Kind[KnownCatalogue, EquipmentRow] = Kind(
    name="equipment",
    entity="import",
    url="/imports",
    write=EQUIPMENT_WRITE,
    delete=EQUIPMENT_DELETE,
    words=_WORDS,
    targets=TARGETS,
    records=("category", "equipment", "unit"),
    load_known=load_known,
    check=check_rows,
    write_rows=write_rows,
    describe=describe,
    shown=shown,
    hidden=("description", "notes", "asset_tags"),
    example=_EXAMPLE,
)
