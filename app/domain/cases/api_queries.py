"""The selects behind cases and what should be in them in the API."""

from datetime import datetime

from sqlalchemy import Text, func, select

from app.db.models import Case, CaseItem
from app.domain.cases.api_schemas import (
    CaseItemRecord,
    CaseRecord,
    ContentRecord,
    ContentsRecord,
    LackingRecord,
)
from app.domain.cases.pages import case_context
from app.domain.cases.queries import Reading
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

CASES = Records(
    statement=select(*columns_of(Case, CaseRecord)).where(Case.deleted_at.is_(None)),
    order=Order(
        keys={
            "id": Key(Case.id, int),
            "code": Key(func.natural_order(Case.code, type_=Text)),
            "name": Key(func.natural_order(Case.name, type_=Text)),
            "created_at": Key(Case.created_at, datetime),
            "updated_at": Key(Case.updated_at, datetime),
        },
        default="code",
        id=Case.id,
    ),
    convert=converter(CaseRecord),
    path="/api/cases",
    missing="This case does not exist, or was deleted.",
)

CASE_ITEMS = Records(
    statement=select(*columns_of(CaseItem, CaseItemRecord))
    .join(Case, Case.id == CaseItem.case_id)
    .where(CaseItem.deleted_at.is_(None), Case.deleted_at.is_(None)),
    order=Order(
        keys={"position": Key(CaseItem.position, int), "id": Key(CaseItem.id, int)},
        default="position",
        id=CaseItem.id,
    ),
    convert=converter(CaseItemRecord),
    path="/api/case-items",
    missing="This does not exist, or was taken off.",
)


def case_conditions(
    *,
    q: str = "",
    code: str = "",
    kind: str | None = None,
    event_id: int | None = None,
    free: bool | None = None,
    updated_since: datetime | None = None,
) -> Conditions:
    """Which cases a list shows; None and empty text are no filter."""
    return [
        *has_words(q, Case.code, Case.name, Case.location),
        *all_of(
            func.fold(Case.code) == func.fold(code) if code else None,
            equal(Case.kind, kind),
            equal(Case.event_id, event_id),
            None if free is None else Case.event_id.is_(None) if free else Case.event_id.is_not(None),
            not_before(Case.updated_at, updated_since),
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
