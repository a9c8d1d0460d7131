"""The history of equipment: its own changes and those of its units and maintenance."""

from typing import Any

from litestar import Request
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Change, User
from app.domain.inventory import item_queries
from app.domain.inventory.descriptions import UNIT_FIELDS, equipment_fields
from app.domain.kits.descriptions import ACCESSORY_FIELDS, SUBSTITUTE_FIELDS
from app.domain.maintenance.descriptions import job_fields
from app.lib.fields import identifier
from app.lib.history import about, changes, name_of
from app.web.change_entries import entries
from app.web.company import load_company
from app.web.descriptions import Fields
from app.web.state import runtime, viewer_of

SHOWN = {"": "Everything", "fields": "Fields", "units": "Units", "maintenance": "Maintenance"}
_ENTITIES = {"fields": "equipment", "units": "unit", "maintenance": "maintenance"}


async def item_history(
    request: Request[Any, Any, Any], reading: AsyncConnection | AsyncSession, equipment_id: int
) -> dict[str, Any]:
    """One page of the history, for the history tab; the query says which part and from where."""
    query = request.query_params
    show = query.get("show", "") if query.get("show", "") in SHOWN else ""
    conditions: list[ColumnElement[bool]] = [about("equipment", equipment_id)]
    if show:
        conditions.append(Change.entity == _ENTITIES[show])
    before, since = identifier(query.get("before")), identifier(query.get("since"))
    rows, older = await changes(reading, *conditions, before=before, since=since)
    if since and not older and query.get("more") == "1":
        # a refresh asks for what came since; what is older than that is where it was
        older = since
    described = await descriptions(request, reading)
    return {
        "entries": entries(rows, viewer_of(request), described, page_of=("equipment", equipment_id)),
        "older": older,
        "oldest": rows[-1].id if rows else None,
        "before": before,
        "show": show,
        "shown": SHOWN,
    }


async def descriptions(
    request: Request[Any, Any, Any], reading: AsyncConnection | AsyncSession
) -> dict[str, Fields]:
    """How the fields of equipment, units and maintenance are shown."""
    company = await load_company(runtime(request))
    people = await reading.execute(select(User.id, name_of(User).label("name")))
    return {
        "equipment": equipment_fields(company.currency, await item_queries.category_names(reading)),
        "unit": UNIT_FIELDS,
        "maintenance": job_fields(request, [(row.id, row.name) for row in people]),
        "accessory": ACCESSORY_FIELDS,
        "substitute": SUBSTITUTE_FIELDS,
    }
