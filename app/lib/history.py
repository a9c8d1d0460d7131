"""Reading the change log back: who changed what, newest first, and what can still be taken back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import aliased

from app.db.base import Editable
from app.db.models import Change, User
from app.lib.rules import taken_back_whole

PAGE = 40
# a page that is refreshed shows what came since then as well, up to here
MOST = 400


async def changes(
    reading: AsyncConnection | AsyncSession,
    *conditions: ColumnElement[bool],
    before: int | None = None,
    since: int | None = None,
) -> tuple[Sequence[Any], int | None]:
    """One page of changes, newest first, and the id to ask for what is older (None at the end).

    `before` is such an id; `since` asks for everything from that id on instead. Each row tells who did it
    (`actor`, `actor_id`), with whose change it was merged (`merged_actor`, `merged_fields`), whether it was
    taken back (`undone`), whether a later change touched the same fields (`touched`), whether it can
    only be taken back with what was done along with it (`bound`) and how many changes its intent made
    (`operation_size`, at most MOST).
    """
    wanted = [
        *conditions,
        *([Change.id < before] if before else []),
        *([Change.id >= since] if since else []),
    ]
    limit = MOST if since else PAGE
    rows = (
        await reading.execute(_statement().where(*wanted).order_by(Change.id.desc()).limit(limit + 1))
    ).all()
    return rows[:limit], rows[limit - 1].id if len(rows) > limit else None


def about(entity: str, entity_id: int) -> ColumnElement[bool]:
    """Changes of a record and of what belongs to it."""
    return or_(
        (Change.entity == entity) & (Change.entity_id == entity_id),
        (Change.parent_entity == entity) & (Change.parent_id == entity_id),
    )


def ids_in(rows: Sequence[Any], field: str) -> set[int]:
    """The ids that changes speak of in a field, before or after."""
    return {key for row in rows for key in row.fields.get(field, ()) if isinstance(key, int)}


def name_of(person: Any) -> Any:
    """A person's name in SQL: the full name, or the username without one."""
    full = func.trim(person.first_name + " " + person.last_name)
    return func.coalesce(func.nullif(full, ""), person.username)


async def deletion(reading: AsyncConnection | AsyncSession, model: type[Editable], record_id: int) -> Any:
    """The change that deleted a record (`id`, `label`, `at`, `actor_id`, `actor`, `actor_avatar`).

    None for a record that is there, or never was.
    """
    statement = (
        select(
            Change.id,
            Change.label,
            Change.at,
            Change.actor_id,
            name_of(User).label("actor"),
            User.avatar.label("actor_avatar"),
        )
        .join(model, model.id == Change.entity_id)
        .outerjoin(User, User.id == Change.actor_id)
        .where(
            Change.entity == model.entity,
            Change.entity_id == record_id,
            Change.fields.has_key("deleted_at"),
            model.deleted_at.is_not(None),
        )
        .order_by(Change.version.desc())
        .limit(1)
    )
    return (await reading.execute(statement)).one_or_none()


def _touched() -> Any:
    """Whether one of the fields of a change was changed again; of an addition, any field."""
    later = aliased(Change)
    keys = select(func.jsonb_object_keys(Change.fields)).correlate(Change).scalar_subquery()
    return (
        select(later.id)
        .where(
            later.entity == Change.entity,
            later.entity_id == Change.entity_id,
            later.version > Change.version,
            or_(Change.version == 1, later.fields.has_any(func.array(keys))),
        )
        .exists()
    )


def _bound() -> Any:
    """Whether a change can only be taken back along with others of its operation."""
    moving = aliased(Change)
    return (
        select(moving.id)
        .where(
            moving.operation == Change.operation,
            moving.id != Change.id,
            or_(moving.entity.in_(taken_back_whole()), Change.entity.in_(taken_back_whole())),
        )
        .exists()
    )


def _statement() -> Any:
    actor, merged, merged_actor = aliased(User), aliased(Change), aliased(User)
    undo, sibling = aliased(Change), aliased(Change)
    siblings = select(sibling.id).where(sibling.operation == Change.operation).limit(MOST).correlate(Change)
    return (
        select(
            *Change.__table__.columns,
            name_of(actor).label("actor"),
            actor.avatar.label("actor_avatar"),
            merged.fields.label("merged_fields"),
            name_of(merged_actor).label("merged_actor"),
            select(undo.id).where(undo.undoes_id == Change.id).exists().label("undone"),
            _touched().label("touched"),
            _bound().label("bound"),
            select(func.count()).select_from(siblings.subquery()).scalar_subquery().label("operation_size"),
        )
        .outerjoin(actor, actor.id == Change.actor_id)
        .outerjoin(merged, merged.id == Change.merged_with_id)
        .outerjoin(merged_actor, merged_actor.id == merged.actor_id)
    )
