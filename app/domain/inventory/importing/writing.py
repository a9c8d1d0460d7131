"""Writing checked rows into the inventory, through the same services as everybody else.

The catalogue may have changed since the rows were checked, so every chunk looks again at what it is about
to touch: equipment that somebody added meanwhile is updated, categories that appeared are used.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Text, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from app.db.models import Category, Equipment, Unit
from app.domain.importing.writing import Written, write_together
from app.domain.inventory.categories import create_category
from app.domain.inventory.importing.batches import (
    add_unit_batch,
    create_equipment_batch,
    edit_equipment_batch,
)
from app.domain.inventory.importing.fields import FIELDS
from app.domain.inventory.importing.result import EquipmentRow
from app.domain.inventory.service import edit_equipment
from app.domain.inventory.units import add_units
from app.lib.errors import Conflict, InvalidInput
from app.lib.folding import fold
from app.lib.unit_of_work import UnitOfWork

_PLAIN = tuple(name for name in FIELDS if name not in ("category", "subcategory", "asset_tags", "tags"))
_TAKEN = "Somebody took its SKU or an asset tag at this very moment; import the row again"
_DELETED = "Somebody deleted it meanwhile."

Places = dict[tuple[str, str | None], int]
"""Ids of categories by folded name, and of subcategories by folded names of both."""


@dataclass(frozen=True, slots=True)
class Present:
    """Equipment as it is at the moment of writing."""

    id: int
    category_id: int
    tracking: str
    asset_tags: frozenset[str]

    def keeps_tracking(self, row: EquipmentRow) -> bool:
        """Whether a row leaves it counted as it is."""
        return row.values.get("tracking", self.tracking) == self.tracking

    def missing(self, asset_tags: Sequence[str]) -> list[str]:
        """Which of these tags none of its units has yet."""
        return [tag for tag in asset_tags if fold(tag) not in self.asset_tags]


async def write_rows(work: UnitOfWork, rows: Sequence[EquipmentRow]) -> Written:
    """Write a chunk of rows that are new or changed. A row that is refused does not harm the others."""
    places, categories = await _settle_places(work, rows)
    written = await write_together(work, rows, partial(_write_all, work, places), _TAKEN)
    written.categories = categories
    return written


async def _write_all(work: UnitOfWork, places: Places, rows: Sequence[EquipmentRow]) -> Written:
    """Write all rows together, with few statements. Raises what the first of them is refused with."""
    written = Written()
    present = await _present(work, rows)
    found = [(row, present.get(fold(row.sku))) for row in rows]
    new = [row for row, there in found if there is None]
    changed = [(row, there) for row, there in found if there is not None and there.keeps_tracking(row)]
    if any(row.known is not None for row in new):
        raise Conflict(_DELETED)
    await _create_all(work, new, places, written)
    await _change_all(work, changed, places, written)
    for row, there in found:
        if there is not None and not there.keeps_tracking(row):
            await _change_one(work, row, there, places, written)
    return written


async def _create_all(
    work: UnitOfWork, rows: Sequence[EquipmentRow], places: Places, written: Written
) -> None:
    created = await create_equipment_batch(work, [_values(row, None, places) for row in rows])
    tags = [row.new_asset_tags for row in rows]
    await add_unit_batch(work, list(zip(created, tags, strict=True)))
    written.created += len(created)


async def _change_all(
    work: UnitOfWork, rows: Sequence[tuple[EquipmentRow, Present]], places: Places, written: Written
) -> None:
    values = {there.id: _values(row, there, places) for row, there in rows}
    edited = await edit_equipment_batch(work, values)
    tags = [there.missing(row.new_asset_tags) for row, there in rows]
    await add_unit_batch(
        work, [(equipment, names) for (equipment, _), names in zip(edited, tags, strict=True)]
    )
    changed = sum(edit or bool(names) for (_, edit), names in zip(edited, tags, strict=True))
    written.changed += changed
    written.same += len(rows) - changed


async def _change_one(
    work: UnitOfWork, row: EquipmentRow, there: Present, places: Places, written: Written
) -> None:
    """Change equipment that is counted in another way from now on, before its units are added."""
    edit = await edit_equipment(work, there.id, _values(row, there, places), version=None)
    missing = there.missing(row.new_asset_tags)
    if missing:
        await add_units(work, there.id, missing)
    if edit.changed or missing:
        written.changed += 1
    else:
        written.same += 1


def _values(row: EquipmentRow, present: Present | None, places: Places) -> dict[str, Any]:
    """The fields of equipment that a row sets, with ids for the names of categories."""
    given = row.values
    values: dict[str, Any] = {name: given[name] for name in _PLAIN if name in given}
    if present is not None:
        values.pop("sku", None)
    if "tags" in given:
        values["tags"] = list(given["tags"])  # type: ignore[call-overload]
    category = fold(str(given.get("category") or ""))
    if category:
        values["category_id"] = places[category, None]
        subcategory = fold(str(given.get("subcategory") or ""))
        if subcategory:
            values["subcategory_id"] = places[category, subcategory]
        elif "subcategory" in given or (present and present.category_id != values["category_id"]):
            values["subcategory_id"] = None
    return values


async def _present(work: UnitOfWork, rows: Iterable[EquipmentRow]) -> dict[str, Present]:
    """The equipment that some rows are about, by folded sku."""
    skus = cast([fold(row.sku) for row in rows], ARRAY(Text))
    statement = select(Equipment.id, Equipment.sku, Equipment.category_id, Equipment.tracking).where(
        func.fold(Equipment.sku) == any_(skus), Equipment.deleted_at.is_(None)
    )
    found = (await work.session.execute(statement)).all()
    tags: dict[int, set[str]] = {}
    serialized = [one.id for one in found if one.tracking == "serialized"]
    if serialized:
        units = select(Unit.equipment_id, Unit.asset_tag).where(
            Unit.equipment_id.in_(serialized), Unit.deleted_at.is_(None)
        )
        for equipment_id, tag in await work.session.execute(units):
            tags.setdefault(equipment_id, set()).add(fold(tag))
    return {
        fold(one.sku): Present(one.id, one.category_id, one.tracking, frozenset(tags.get(one.id, ())))
        for one in found
    }


async def _settle_places(work: UnitOfWork, rows: Sequence[EquipmentRow]) -> tuple[Places, list[str]]:
    """The ids of all categories, and the names of those that had to be created."""
    try:
        async with work.session.begin_nested():
            return await _ensure_places(work, rows)
    except (IntegrityError, InvalidInput):
        # somebody made the same category at this very moment: now it is there
        return await _ensure_places(work, rows)


async def _ensure_places(work: UnitOfWork, rows: Sequence[EquipmentRow]) -> tuple[Places, list[str]]:
    places = await _places(work)
    created: list[str] = []
    for row in rows:
        category = str(row.values.get("category") or "")
        subcategory = str(row.values.get("subcategory") or "")
        if not category:
            continue
        top = (fold(category), None)
        if top not in places:
            places[top] = (await create_category(work, category)).id
            created.append(category)
        inner = (fold(category), fold(subcategory))
        if subcategory and inner not in places:
            places[inner] = (await create_category(work, subcategory, places[top])).id
            created.append(subcategory)
    return places, created


async def _places(work: UnitOfWork) -> Places:
    rows = (
        await work.session.execute(
            select(Category.id, Category.name, Category.parent_id).where(Category.deleted_at.is_(None))
        )
    ).all()
    tops = {row.id: fold(row.name) for row in rows if row.parent_id is None}
    places: Places = {(name, None): category_id for category_id, name in tops.items()}
    for row in rows:
        if row.parent_id in tops:
            places[tops[row.parent_id], fold(row.name)] = row.id
    return places
