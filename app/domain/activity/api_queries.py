"""What the API looks for in the change log."""

from typing import Annotated

from litestar.params import QueryParameter

from app.db.models import Change
from app.lib.conditions import Conditions, all_of, equal, not_before
from app.web.api import FilterInstant, read_instant
from app.web.parameters import FilterId

Word = Annotated[str | None, QueryParameter(pattern=r"^[a-z_.]{1,80}$")]


def provide_change_filter(
    entity: Word = None,
    entity_id: FilterId = None,
    actor_id: FilterId = None,
    action: Word = None,
    since: FilterInstant = None,
) -> Conditions:
    """Which changes are wanted. Raises InvalidInput."""
    return all_of(
        equal(Change.entity, entity),
        equal(Change.entity_id, entity_id),
        equal(Change.actor_id, actor_id),
        equal(Change.action, action),
        not_before(Change.at, read_instant(since, "since")),
    )
