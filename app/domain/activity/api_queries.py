"""What the API looks for in the change log."""

from datetime import datetime

from sqlalchemy import ColumnElement

from app.db.models import Change


def change_conditions(
    entity: str | None,
    entity_id: int | None,
    actor_id: int | None,
    action: str | None,
    since: datetime | None,
) -> list[ColumnElement[bool]]:
    """The conditions of a filtered log; None is no filter."""
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (Change.entity, entity),
        (Change.entity_id, entity_id),
        (Change.actor_id, actor_id),
        (Change.action, action),
    ):
        if value is not None:
            conditions.append(column == value)
    if since is not None:
        conditions.append(Change.at >= since)
    return conditions
