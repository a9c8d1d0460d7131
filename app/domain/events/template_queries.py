"""The selects behind gear templates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Text, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, array
from sqlalchemy.ext.asyncio import AsyncConnection

from app.db.models import Equipment, GearTemplate, GearTemplateLine
from app.domain.events.api_schemas import GearTemplateRecord
from app.lib.errors import NotFound
from app.web.api_paging import Key, Order
from app.web.api_records import records_of

_NAMED = 4

TEMPLATES = records_of(
    GearTemplate,
    GearTemplateRecord,
    order=Order(
        keys={"id": Key(GearTemplate.id, int), "name": Key(GearTemplate.name)},
        default="name",
        id=GearTemplate.id,
    ),
    path="/api/gear-templates",
    missing="This template does not exist, or was deleted.",
)


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """A template with how much is on it; `names` are its first lines."""

    id: int
    version: int
    name: str
    notes: str
    updated_at: datetime
    line_count: int
    pieces: int
    names: list[str]


async def templates(reading: AsyncConnection) -> list[TemplateFacts]:
    """All templates, by name."""
    statement = _templates().order_by(func.natural_order(GearTemplate.name), GearTemplate.id)
    return [TemplateFacts(**row) for row in (await reading.execute(statement)).mappings()]


async def template_by_id(reading: AsyncConnection, template_id: int) -> TemplateFacts:
    """One template. Raises NotFound."""
    statement = _templates().where(GearTemplate.id == template_id)
    row = (await reading.execute(statement)).mappings().one_or_none()
    if row is None:
        raise NotFound("This template does not exist, or was deleted.")
    return TemplateFacts(**row)


def _templates() -> Any:
    named = cast(GearTemplateLine.quantity, Text) + " \u00d7 " + Equipment.name
    first = GearTemplateLine.position <= _NAMED
    names = func.array_agg(aggregate_order_by(named, GearTemplateLine.position)).filter(first)
    return (
        select(
            GearTemplate.id,
            GearTemplate.version,
            GearTemplate.name,
            GearTemplate.notes,
            GearTemplate.updated_at,
            func.count(GearTemplateLine.id).label("line_count"),
            func.coalesce(func.sum(GearTemplateLine.quantity), 0).label("pieces"),
            func.coalesce(names, cast(array([]), ARRAY(Text))).label("names"),
        )
        .outerjoin(GearTemplateLine, GearTemplateLine.template_id == GearTemplate.id)
        .outerjoin(Equipment, Equipment.id == GearTemplateLine.equipment_id)
        .where(GearTemplate.deleted_at.is_(None))
        .group_by(GearTemplate.id)
    )
