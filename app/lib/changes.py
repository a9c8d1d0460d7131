"""Writing the change log: one row for every change, in the transaction that makes it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, insert

from app.db.base import Editable
from app.db.models.change import Change
from app.lib.unit_of_work import UnitOfWork

FieldChanges = Mapping[str, tuple[object, object]]


async def record(
    work: UnitOfWork,
    subject: Editable,
    action: str,
    fields: FieldChanges,
    *,
    undoes_id: int | None = None,
    merged_with_id: int | None = None,
) -> int:
    """Log that `subject` now has its present version because `fields` changed from, to. Returns the id."""
    parent_entity, parent_id = subject.parent or (None, None)
    return await record_plain(
        work,
        action=action,
        entity=subject.entity,
        entity_id=subject.id,
        version=subject.version,
        label=subject.label,
        fields=fields,
        parent_entity=parent_entity,
        parent_id=parent_id,
        undoes_id=undoes_id,
        merged_with_id=merged_with_id,
    )


async def record_plain(
    work: UnitOfWork,
    *,
    action: str,
    entity: str,
    entity_id: int,
    version: int,
    label: str,
    fields: FieldChanges,
    parent_entity: str | None = None,
    parent_id: int | None = None,
    undoes_id: int | None = None,
    merged_with_id: int | None = None,
    operation: UUID | None = None,
) -> int:
    """Log a change of something that is no editable record (a sign-in, an import). Returns the id."""
    statement = (
        insert(Change)
        .values(
            at=work.moment or func.clock_timestamp(),
            actor_id=work.actor.id,
            action=action,
            entity=entity,
            entity_id=entity_id,
            version=version,
            label=label,
            parent_entity=parent_entity,
            parent_id=parent_id,
            fields={name: list(pair) for name, pair in fields.items()},
            operation=operation or work.operation,
            undoes_id=undoes_id,
            merged_with_id=merged_with_id,
            request_id=work.actor.request_id,
            ip=work.actor.ip,
        )
        .returning(Change.id)
    )
    return (await work.session.execute(statement)).scalar_one()
