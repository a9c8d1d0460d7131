"""What imports need to know: the catalogue they are checked against, and the imports there are."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BigInteger, Row, RowMapping, Select, Text, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import aliased

from app.db.models import Category, DataImport, Equipment, ImportMapping, Unit, User
from app.domain.inventory.importing.fields import FIELDS
from app.domain.inventory.importing.known import KnownCatalogue, KnownEquipment
from app.domain.inventory.importing.mapping import ColumnMapping
from app.lib.folding import fold
from app.lib.tabular import Table

MOST_LISTED = 100
_RECENT_MAPPINGS = 30
_STORED = tuple(name for name in FIELDS if name not in ("category", "subcategory", "asset_tags"))

Reading = AsyncConnection | AsyncSession


def skus_that_matter(table: Table, mapping: ColumnMapping) -> list[str] | None:
    """The folded skus a file can touch; None when it can touch any (rows without sku, asset tags)."""
    columns = mapping.columns("sku")
    if not columns or mapping.columns("asset_tags"):
        return None
    skus = [fold(" ".join(text.split())) for text in table.column(columns[0])]
    return skus if all(skus) else None


async def known_catalogue(reading: Reading, skus: Collection[str] | None = None) -> KnownCatalogue:
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


async def _asset_tags(reading: Reading, equipment_ids: Sequence[int]) -> dict[int, list[str]]:
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


async def _category_names(reading: Reading) -> list[tuple[str, str | None]]:
    inner = aliased(Category)
    statement = (
        select(Category.name, inner.name)
        .outerjoin(inner, (inner.parent_id == Category.id) & inner.deleted_at.is_(None))
        .where(Category.parent_id.is_(None), Category.deleted_at.is_(None))
        .order_by(Category.position, Category.id)
    )
    return [(name, sub) for name, sub in (await reading.execute(statement))]


async def past_imports(reading: Reading) -> Sequence[Row[Any]]:
    """The newest imports with the names of their people."""
    return (await reading.execute(_imports().order_by(DataImport.id.desc()).limit(MOST_LISTED))).all()


async def one_import(reading: Reading, import_id: int) -> Row[Any] | None:
    """One import with the name of its person."""
    return (await reading.execute(_imports().where(DataImport.id == import_id))).one_or_none()


def _imports() -> Select[Any]:
    columns = (column for column in DataImport.__table__.columns)
    return select(*columns, User.username, User.first_name, User.last_name, User.avatar).join(
        User, User.id == DataImport.user_id
    )


async def remembered_mappings(session: AsyncSession) -> Sequence[tuple[ImportMapping, User]]:
    """The mappings used last, the newest first, each with who used it."""
    statement = (
        select(ImportMapping, User)
        .join(User, User.id == ImportMapping.user_id)
        .order_by(ImportMapping.updated_at.desc())
        .limit(_RECENT_MAPPINGS)
    )
    return list((await session.execute(statement)).all())


async def mapping_of(session: AsyncSession, signature: str) -> ImportMapping | None:
    """The mapping that is remembered for files with this header."""
    return await session.scalar(select(ImportMapping).where(ImportMapping.signature == signature))
