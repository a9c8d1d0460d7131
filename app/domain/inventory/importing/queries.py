"""The inventory as far as a stock list is checked against it."""

from collections.abc import Collection, Sequence

from sqlalchemy import BigInteger, RowMapping, Text, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from app.db.models import Category, Equipment, Unit
from app.domain.importing.kinds import Connected
from app.domain.importing.mapping import ColumnMapping
from app.domain.inventory.importing.fields import FIELDS
from app.domain.inventory.importing.known import KnownCatalogue, KnownEquipment
from app.lib.folding import fold
from app.lib.tabular import Table

_STORED = tuple(name for name in FIELDS if name not in ("category", "subcategory", "asset_tags"))


async def load_known(reading: Connected, table: Table, mapping: ColumnMapping) -> KnownCatalogue:
    """What is there already, as far as a file can touch it."""
    return await known_catalogue(reading, skus_that_matter(table, mapping))


def skus_that_matter(table: Table, mapping: ColumnMapping) -> list[str] | None:
    """The folded skus a file can touch; None when it can touch any (rows without sku, asset tags)."""
    columns = mapping.columns("sku")
    if not columns or mapping.columns("asset_tags"):
        return None
    skus = [fold(" ".join(text.split())) for text in table.column(columns[0])]
    return skus if all(skus) else None


async def known_catalogue(reading: Connected, skus: Collection[str] | None = None) -> KnownCatalogue:
    """What the inventory holds: all of it, or the equipment with these folded skus; all categories."""
    inner = aliased(Category)
    statement = (
        select(
            Equipment.id,
            Equipment.version,
            Category.name.label("category"),
            inner.name.label("subcategory"),
            *(getattr(Equipment, name) for name in _STORED),
        )
        .join(Category, Category.id == Equipment.category_id)
        .outerjoin(inner, inner.id == Equipment.subcategory_id)
        .where(Equipment.deleted_at.is_(None))
    )
    if skus is not None:
        statement = statement.where(func.fold(Equipment.sku) == any_(cast(list(skus), ARRAY(Text))))
    rows = (await reading.execute(statement)).mappings().all()
    tags = await _asset_tags(reading, [row["id"] for row in rows if row["tracking"] == "serialized"])
    return KnownCatalogue.of(
        [_known(row, tuple(tags.get(row["id"], ()))) for row in rows], await _category_names(reading)
    )


def _known(row: RowMapping, asset_tags: tuple[str, ...]) -> KnownEquipment:
    values = {name: row[name] for name in (*_STORED, "category", "subcategory")}
    return KnownEquipment(row["sku"], values, asset_tags, row["id"], row["version"])


async def _asset_tags(reading: Connected, equipment_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    if equipment_ids:
        wanted = cast(list(equipment_ids), ARRAY(BigInteger))
        statement = (
            select(Unit.equipment_id, Unit.asset_tag)
            .where(Unit.equipment_id == any_(wanted), Unit.deleted_at.is_(None))
            .order_by(Unit.tag_order, Unit.id)
        )
        for equipment_id, asset_tag in await reading.execute(statement):
            found.setdefault(equipment_id, []).append(asset_tag)
    return found


async def _category_names(reading: Connected) -> list[tuple[str, str | None]]:
    inner = aliased(Category)
    statement = (
        select(Category.name, inner.name)
        .outerjoin(inner, (inner.parent_id == Category.id) & inner.deleted_at.is_(None))
        .where(Category.parent_id.is_(None), Category.deleted_at.is_(None))
        .order_by(Category.position, Category.id)
    )
    return [(name, sub) for name, sub in (await reading.execute(statement))]
