"""What the API looks for in the change log."""

from datetime import datetime

from app.db.models import Change
from app.lib.conditions import Conditions, all_of, equal, not_before


def change_conditions(
    *,
    entity: str | None,
    entity_id: int | None,
    actor_id: int | None,
    action: str | None,
    since: datetime | None,
) -> Conditions:
    """The conditions of a filtered log; None is no filter."""
    return all_of(
        equal(Change.entity, entity),
        equal(Change.entity_id, entity_id),
        equal(Change.actor_id, actor_id),
        equal(Change.action, action),
        not_before(Change.at, since),
    )
