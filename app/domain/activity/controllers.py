"""The activity page: everything that was changed, by whom, newest first."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from litestar import Request, Response, get
from sqlalchemy import false

from app.db.models import Change
from app.domain.activity import queries
from app.domain.activity.descriptions import descriptions
from app.domain.activity.undo_controllers import UNDO_HANDLERS
from app.lib.conditions import Conditions
from app.lib.fields import FieldError, identifier, local_instant
from app.lib.history import changes
from app.web.change_entries import entries
from app.web.company import load_company
from app.web.parameters import Connection
from app.web.permissions import ACTIVITY_READ
from app.web.render import page
from app.web.state import runtime, viewer_of
from app.web.visibility import visible_to

RECORDS = {
    "equipment": "Equipment",
    "unit": "Units",
    "maintenance": "Maintenance",
    "client": "Clients",
    "contact": "Contacts",
    "address": "Addresses",
    "event": "Events",
    "rental": "Gear of events",
    "attachment": "Files of events",
    "gear_template": "Gear templates",
    "kit": "Kits",
    "kit_component": "Contents of kits",
    "accessory": "Accessories",
    "substitute": "Substitutes",
    "case": "Cases",
    "case_item": "Contents of cases",
    "sub_hire": "Sub-hires",
    "invoice": "Invoices",
    "invoice_line": "Lines of invoices",
    "payment": "Payments",
    "payment_attempt": "Online payments",
    "category": "Categories",
    "user": "Users",
    "session": "Sign-ins",
    "company": "Company",
}
ACTIONS = {
    "created": "Added",
    "updated": "Changed",
    "deleted": "Deleted",
    "restored": "Brought back",
    "undone": "Taken back",
}


@get("/activity", capability=ACTIVITY_READ, include_in_schema=False)
async def activity(request: Request[Any, Any, Any], reading: Connection) -> Response[str]:
    """Who changed what; filtered by person, kind of record, action and day."""
    query = {
        name: request.query_params.get(name, "") for name in ("person", "record", "action", "from", "to")
    }
    before, since = (identifier(request.query_params.get(name)) for name in ("before", "since"))
    here, viewer = runtime(request), viewer_of(request)
    company = await load_company(here)
    conditions, errors = _conditions(query, ZoneInfo(viewer.time_zone or company.time_zone))
    rows, older = await changes(reading, *conditions, *visible_to(viewer), before=before, since=since)
    people = await queries.people(reading)
    clients = await queries.client_names(reading, rows)
    lists = await queries.price_list_names(reading, rows)
    described = descriptions(request, await queries.category_names(reading), people, clients, lists)
    return page(
        request,
        "activity/index.html",
        partial="activity/_older.html" if before else "activity/_list.html",
        entries=entries(rows, viewer, described),
        older=older,
        oldest=rows[-1].id if rows else None,
        before=before,
        query=query,
        errors=errors,
        people=people,
        records=RECORDS,
        actions=ACTIONS,
    )


def _conditions(query: dict[str, str], zone: ZoneInfo) -> tuple[Conditions, dict[str, str]]:
    found: Conditions = []
    errors: dict[str, str] = {}
    if query["person"]:
        number = identifier(query["person"])
        found.append(Change.actor_id == number if number else false())
    if query["record"] in RECORDS:
        found.append(Change.entity == query["record"])
    if query["action"] == "undone":
        found.append(Change.undoes_id.is_not(None))
    elif query["action"] in ACTIONS:
        found.append(Change.action.endswith(f".{query['action']}", autoescape=True))
    for name in ("from", "to"):
        try:
            moment = local_instant(zone)(query[name])
        except FieldError as error:
            errors[name] = error.message
            continue
        if moment:
            found.append(Change.at >= moment if name == "from" else Change.at < moment + timedelta(days=1))
    return found, errors


ACTIVITY_HANDLERS = [activity, *UNDO_HANDLERS]
