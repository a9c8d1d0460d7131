"""The selects behind cases and what should be in them in the API, and their filters."""

from typing import Annotated

from litestar.params import FromQuery, QueryParameter
from sqlalchemy import Text, func

from app.db.models import Case, CaseItem
from app.domain.cases.api_schemas import (
    CaseItemRecord,
    CaseRecord,
    ContentRecord,
    ContentsRecord,
    Kind,
    LackingRecord,
)
from app.domain.cases.pages import case_context
from app.domain.cases.queries import Reading
from app.lib.conditions import Conditions, alike, all_of, equal, has_words, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant
from app.web.api_paging import Key, Order
from app.web.api_records import records_of
from app.web.parameters import FilterId

CASES = records_of(
    Case,
    CaseRecord,
    order=Order.of(
        Case,
        "code",
        code=Key(func.natural_order(Case.code, type_=Text)),
        name=Key(func.natural_order(Case.name, type_=Text)),
    ),
    path="/api/cases",
    missing="This case does not exist, or was deleted.",
)

CASE_ITEMS = records_of(
    CaseItem,
    CaseItemRecord,
    within=(Case, CaseItem.case_id),
    order=Order(
        keys={"position": Key(CaseItem.position, int), "id": Key(CaseItem.id, int)},
        default="position",
        id=CaseItem.id,
    ),
    path="/api/case-items",
    missing="This does not exist, or was taken off.",
)


def provide_case_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in code, name and location.", max_length=200)] = "",
    code: Annotated[str, QueryParameter(description="The code in full.", max_length=64)] = "",
    kind: FromQuery[Kind | None] = None,
    event_id: FilterId = None,
    free: FromQuery[bool | None] = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which cases are wanted. Raises InvalidInput."""
    return [
        *has_words(clean(q), Case.code, Case.name, Case.location),
        *all_of(
            alike(Case.code, clean(code)),
            equal(Case.kind, kind),
            equal(Case.event_id, event_id),
            None if free is None else Case.event_id.is_(None) if free else Case.event_id.is_not(None),
            not_before(Case.updated_at, read_instant(updated_since, "updated_since")),
        ),
    ]


async def contents_record(reading: Reading, case_id: int) -> ContentsRecord:
    """What is in a case, and what is missing from it. Raises NotFound."""
    shown = await case_context(reading, case_id)
    case, names = shown["case"], {one.equipment_id: one.name for one in shown["items"]}
    return ContentsRecord(
        case_id=case.id,
        event_id=case.event_id,
        contents=[
            ContentRecord(
                rental_id=one.rental_id,
                equipment_id=one.equipment_id,
                unit_id=one.unit_id,
                name=one.name,
                sku=one.sku,
                asset_tag=one.asset_tag,
                quantity=one.quantity,
                out=one.out,
                weight_kg=None if one.weight is None else str(one.weight),
            )
            for one in shown["contents"]
        ],
        missing=[LackingRecord(key, names[key], pieces) for key, pieces in shown["lacking"].items()],
        weight_kg=str(case.weight),
        unweighed=case.unweighed,
    )
