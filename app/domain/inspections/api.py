"""Inspections in the API: the rules, what was recorded, and what is due."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from app.domain.inspections import queries, service
from app.domain.inspections.api_queries import (
    INSPECTIONS,
    RULES,
    due_record,
    provide_due_filter,
    provide_inspection_filter,
    provide_rule_filter,
    recorded_together,
)
from app.domain.inspections.api_schemas import (
    ChangedInspection,
    ChangedRule,
    DueRecord,
    InspectionRecord,
    NewInspection,
    NewRule,
    RuleRecord,
    WholeRule,
)
from app.domain.inspections.filters import DueFilter
from app.web.api import (
    ListAnswer,
    api_router,
    list_answer,
    listing,
    whole_answer,
)
from app.web.api_paging import PageRequest, Pagination
from app.web.api_routes import Routes
from app.web.company import shop_day
from app.web.parameters import Connection, Work
from app.web.permissions import EQUIPMENT_READ, EQUIPMENT_WRITE, MAINTENANCE_WRITE

RULE = Routes("inspection_rule", RuleRecord, RULES, read=EQUIPMENT_READ, write=EQUIPMENT_WRITE)
INSPECTION = Routes("inspection", InspectionRecord, INSPECTIONS, read=EQUIPMENT_READ, write=MAINTENANCE_WRITE)


@get("/inspections/due", capability=EQUIPMENT_READ, dependencies=listing(provide_due_filter))
async def list_due_inspections(
    request: Request[Any, Any, Any],
    reading: Connection,
    paging: NamedDependency[PageRequest],
    wanted: NamedDependency[DueFilter],
) -> Response[ListAnswer[DueRecord]]:
    """List every test a unit has to pass, what expired first on top."""
    today = shop_day(request)
    found, following = await queries.due_tests(
        reading, wanted, today, after=paging.cursor, limit=paging.limit
    )
    total = (await queries.figures(reading, wanted, today))[wanted.status or "all"]
    return list_answer(
        ([due_record(one) for one in found], Pagination(paging.limit, following or None, total))
    )


@post("/inspections", capability=MAINTENANCE_WRITE)
async def record_inspections(
    work: Work, data: JSONBody[NewInspection]
) -> Response[ListAnswer[InspectionRecord]]:
    """Record one test of each of these units. A unit that failed is blocked by a job that is opened."""
    given = data.given()
    done = await service.record(
        work,
        given.pop("unit_ids"),
        given.pop("rule_id"),
        passed=given.pop("passed"),
        inspected_on=given.pop("inspected_on"),
        values=given,
    )
    wanted = recorded_together([one.id for one in done])
    rows = await work.session.execute(INSPECTIONS.statement.where(*wanted).order_by(INSPECTIONS.order.id))
    return whole_answer([INSPECTIONS.convert(row) for row in rows])


API = api_router(
    "Inspections",
    [
        RULE.listing("List what has to be tested how often.", provide_rule_filter),
        RULE.creation(NewRule, service.create_rule, "Add a rule for one equipment, or for a category."),
        RULE.single(),
        RULE.change(ChangedRule, service.edit_rule),
        RULE.replacement(WholeRule, service.edit_rule),
        RULE.deletion(service.delete_rule, "Delete a rule: nothing expires by it any more."),
        RULE.restoration(service.restore_rule),
        list_due_inspections,
        INSPECTION.listing("List what was recorded, the newest first.", provide_inspection_filter),
        record_inspections,
        INSPECTION.single(),
        INSPECTION.change(ChangedInspection, service.edit_inspection, "Correct what was recorded."),
        INSPECTION.deletion(service.delete_inspection, "Delete a record: the test before it counts."),
        INSPECTION.restoration(service.restore_inspection),
    ],
)
