"""The imports there are, and the mappings that are remembered."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models import DataImport, ImportMapping, User
from app.domain.importing.kinds import AnyKind, Connected

MOST_LISTED = 100
_RECENT_MAPPINGS = 30


async def past_imports(reading: Connected, kind: AnyKind) -> Sequence[Row[Any]]:
    """The newest imports of a kind with the names of their people."""
    return (await reading.execute(_imports(kind).order_by(DataImport.id.desc()).limit(MOST_LISTED))).all()


async def one_import(reading: Connected, kind: AnyKind, import_id: int) -> Row[Any] | None:
    """One import of a kind with the name of its person."""
    return (await reading.execute(_imports(kind).where(DataImport.id == import_id))).one_or_none()


def _imports(kind: AnyKind) -> Select[Any]:
    columns = (column for column in DataImport.__table__.columns)
    return (
        select(*columns, User.username, User.first_name, User.last_name, User.avatar)
        .join(User, User.id == DataImport.user_id)
        .where(DataImport.kind == kind.name)
    )


async def remembered_mappings(session: AsyncSession, kind: AnyKind) -> Sequence[tuple[ImportMapping, User]]:
    """The mappings used last for files of a kind, the newest first, each with who used it."""
    statement = (
        select(ImportMapping, User)
        .join(User, User.id == ImportMapping.user_id)
        .where(ImportMapping.kind == kind.name)
        .order_by(ImportMapping.updated_at.desc())
        .limit(_RECENT_MAPPINGS)
    )
    return list((await session.execute(statement)).all())


async def mapping_of(session: AsyncSession, kind: AnyKind, signature: str) -> ImportMapping | None:
    """The mapping that is remembered for files of a kind with this header."""
    return await session.scalar(
        select(ImportMapping).where(ImportMapping.kind == kind.name, ImportMapping.signature == signature)
    )
