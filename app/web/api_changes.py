"""Changes as the API sends them, for the whole log and for the history of one record."""

from typing import Annotated, Any

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Change, User
from app.lib.errors import NotFound
from app.lib.history import name_of
from app.lib.wire import wire
from app.web.api_paging import AnySelect, Order, PageRequest, Pagination, page_of

_ORDER = Order(keys={}, default="", id=Change.id, newest_first=True)


class ChangedField(Struct):
    """A field before and after."""

    before: Any
    after: Any


class ChangeRecord(Struct):
    """One row of the log. `version` is the one the record got; `operation` groups what was one intent."""

    id: Annotated[int, Meta(examples=[4711])]
    at: Annotated[str, Meta(examples=["2026-11-21T09:30:00Z"])]
    actor_id: int | None
    actor_name: Annotated[str, Meta(examples=["Ana Costa"])]
    action: Annotated[str, Meta(examples=["equipment.updated"])]
    entity: Annotated[str, Meta(examples=["equipment"])]
    entity_id: int
    version: int
    label: Annotated[str, Meta(examples=["Shure SM58"])]
    parent_entity: str | None
    parent_id: int | None
    fields: dict[str, ChangedField]
    operation: str
    undoes_id: int | None
    merged_with_id: int | None
    request_id: str


async def page_of_changes(
    reading: AsyncConnection, wanted: PageRequest, *conditions: ColumnElement[bool]
) -> tuple[list[ChangeRecord], Pagination]:
    """One page of the changes that match, newest first. Raises InvalidInput."""
    return await page_of(reading, _changes().where(*conditions), _ORDER, wanted, _record)


async def change_by_id(reading: AsyncConnection | AsyncSession, change_id: int) -> ChangeRecord:
    """One change. Raises NotFound."""
    row = (await reading.execute(_changes().where(Change.id == change_id))).one_or_none()
    if row is None:
        raise NotFound("There is no such change.")
    return _record(row)


def _changes() -> AnySelect:
    columns = (column for column in Change.__table__.columns if column.name not in {"xid", "ip"})
    return select(*columns, name_of(User).label("actor_name")).outerjoin(User, User.id == Change.actor_id)


def _record(row: Any) -> ChangeRecord:
    fields: dict[str, list[Any]] = row.fields
    values: dict[str, Any] = {name: getattr(row, name) for name in ChangeRecord.__struct_fields__}
    values["at"] = wire(row.at)
    values["actor_name"] = row.actor_name or "AV-RENTALS"
    values["operation"] = str(row.operation)
    values["fields"] = {name: ChangedField(before, after) for name, (before, after) in fields.items()}
    return ChangeRecord(**values)
