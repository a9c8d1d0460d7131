"""Finding equipment and units."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import Equipment, Unit


async def equipment_by_sku(session: AsyncSession, sku: str) -> Equipment | None:
    """The equipment with this sku, however it is spelt in case and accents."""
    return await session.scalar(
        select(Equipment).where(func.fold(Equipment.sku) == func.fold(sku), Equipment.deleted_at.is_(None))
    )


async def unit_by_tag(session: AsyncSession, asset_tag: str) -> Unit | None:
    """The unit with this asset tag, however it is spelt in case and accents."""
    return await session.scalar(
        select(Unit).where(func.fold(Unit.asset_tag) == func.fold(asset_tag), Unit.deleted_at.is_(None))
    )
