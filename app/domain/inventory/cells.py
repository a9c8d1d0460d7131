"""One cell of the inventory table under edit: what its editor shows, and what was typed into it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Row

from app.domain.inventory.fields import EQUIPMENT_READERS, STATUS_WORDS
from app.domain.inventory.shelf_queries import Shelf
from app.domain.inventory.table_view import shelf_names
from app.lib.errors import InvalidInput
from app.lib.fields import clean, read_fields
from app.web.cells import Cell

NOTHING: Final = "nothing"


CELLS: Final[Mapping[str, Cell]] = {
    cell.name: cell
    for cell in (
        Cell("sku", "SKU", ("sku",), maximum=64),
        Cell("category", "Category", ("category_id", "subcategory_id")),
        Cell("location", "Location", ("location",), maximum=80),
        Cell("status", "Status", ("status",)),
        Cell("quantity", "Stock", ("quantity",), numeric=True),
        Cell("daily_rate", "Day rate", ("daily_rate",), numeric=True),
        Cell("replacement_value", "Replacement value", ("replacement_value",), numeric=True),
        Cell("weight_kg", "Weight in kilograms", ("weight_kg",), numeric=True),
        Cell("power_w", "Power in watts", ("power_w",), numeric=True),
        Cell("tags", "Tags", ("tags",), maximum=1300),
    )
}


def typed_text(cell: Cell, row: Row[Any]) -> str:
    """The present value of a cell as a person would type it."""
    if cell.name == "category":
        return shelf_key(row.category_id, row.subcategory_id)
    value: Any = getattr(row, cell.name)
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, Decimal) and cell.name == "weight_kg":
        return f"{value.normalize():f}"
    return str(value)


def read_cell(cell: Cell, text: str) -> dict[str, Any]:
    """The values that were typed, by field. Raises InvalidInput at the name of the cell."""
    if cell.name == "category":
        category, _, subcategory = clean(text).partition("-")
        typed = {"category_id": category, "subcategory_id": subcategory}
    else:
        typed = {cell.name: text}
    read = read_fields(typed, EQUIPMENT_READERS)
    if read.errors:
        raise InvalidInput({cell.name: " ".join(read.errors.values())})
    return read.values


def shelf_key(category_id: int | None, subcategory_id: int | None) -> str:
    """The value of a category in the selects: "3", or "3-12" for a subcategory; empty for none."""
    return f"{category_id}-{subcategory_id}" if subcategory_id else str(category_id or "")


def options(cell: Cell, shelves: Sequence[Shelf]) -> list[tuple[str, str]] | None:
    """What a cell is chosen from; None for those that are typed."""
    if cell.name == "status":
        return [(key, words[0]) for key, words in STATUS_WORDS.items()]
    if cell.name != "category":
        return None
    found: list[tuple[str, str]] = []
    for top in shelves:
        found.append((str(top.id), top.name))
        found += [(shelf_key(top.id, child.id), f"{top.name}, {child.name}") for child in top.children]
    return found


def words(cell: Cell, values: Mapping[str, Any], shelves: Sequence[Shelf]) -> str:
    """What is in a cell, of the values of equipment."""
    if cell.name == "category":
        names = shelf_names(shelves)
        return names.get(values["subcategory_id"] or values["category_id"], NOTHING)
    value = values[cell.name]
    if cell.name == "status":
        return STATUS_WORDS[value][0]
    return ", ".join(map(str, value)) if isinstance(value, list) and value else str(value or NOTHING)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
