"""Cases in the API: what they are, what is in them, and what should be."""

from typing import Any

from litestar import Response, get

from app.db.models import CaseItem
from app.domain.cases import service
from app.domain.cases.api_queries import CASE_ITEMS, CASES, contents_record, provide_case_filter
from app.domain.cases.api_schemas import (
    CaseItemRecord,
    CaseRecord,
    ChangedCase,
    ChangedCaseItem,
    ContentsRecord,
    NewCase,
    NewCaseItem,
    WholeCase,
)
from app.lib.unit_of_work import UnitOfWork
from app.web.api import Answer, answer, api_router
from app.web.api_routes import Routes
from app.web.parameters import Connection, PathId
from app.web.permissions import EQUIPMENT_DELETE, PREP, RENTAL_READ

IN_CASE = "/cases/{case_id:int}/items"
CASE = Routes("case", CaseRecord, CASES, read=RENTAL_READ, write=PREP)
ITEM = Routes("case_item", CaseItemRecord, CASE_ITEMS, read=RENTAL_READ, write=PREP, noun="item")


@get("/cases/{case_id:int}/contents", capability=RENTAL_READ)
async def get_case_contents(reading: Connection, case_id: PathId) -> Response[Answer[ContentsRecord]]:
    """What is in a case now, with its weight, and what is missing from a permanent one that is packed."""
    return answer(await contents_record(reading, case_id))


async def _add_item(work: UnitOfWork, case_id: int, values: dict[str, Any]) -> CaseItem:
    return await service.add_item(work, case_id, values["equipment_id"], values["quantity"])


API = api_router(
    "Cases",
    [
        CASE.listing("List cases: filtered, sorted, page by page.", provide_case_filter),
        CASE.creation(NewCase, service.create_case, "Add a case."),
        CASE.single(),
        CASE.change(ChangedCase, service.edit_case),
        CASE.replacement(WholeCase, service.edit_case),
        CASE.deletion(
            service.delete_case,
            "Delete a case. What somebody just changed, or is with an event, is not deleted.",
            capability=EQUIPMENT_DELETE,
        ),
        CASE.restoration(service.restore_case, capability=EQUIPMENT_DELETE),
        get_case_contents,
        ITEM.listing_in(IN_CASE, CASES, CaseItem.case_id, "List what should be in a case, in its order."),
        ITEM.creation_in(
            IN_CASE, NewCaseItem, _add_item, "Say that an equipment should be in a case.", verb="add"
        ),
        ITEM.single(),
        ITEM.change(ChangedCaseItem, service.edit_item, "Change how many should be in a case."),
        ITEM.deletion(service.remove_item, "Take equipment off what should be in a case.", verb="remove"),
        ITEM.restoration(service.restore_item, "Put equipment back on what should be in a case."),
    ],
)
