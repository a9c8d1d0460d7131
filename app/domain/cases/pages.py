"""The page of a case put together: where it is, what is in it, what should be, and what is missing."""

from decimal import Decimal
from typing import Any

from litestar import Request

from app.domain.cases import queries
from app.domain.cases.policy import missing_from
from app.domain.cases.queries import Reading
from app.lib.fields import clean


async def case_context(reading: Reading, case_id: int) -> dict[str, Any]:
    """Everything the overview of a case shows. Raises NotFound."""
    case = await queries.case_by_id(reading, case_id)
    contents = await queries.contents_of(reading, case_id, case.event_id)
    items = await queries.items_of(reading, case_id)
    permanent = case.kind == "permanent"
    lacking = missing_from(items, contents) if permanent and case.event_id is not None else {}
    return {
        "case": case,
        "tab": "overview",
        "contents": contents,
        "items": items,
        "lacking": lacking,
        "expected_weight": (case.weight_kg or Decimal(0))
        + sum((one.quantity * (one.weight_kg or Decimal(0)) for one in items), Decimal(0)),
    }


async def hits_context(request: Request[Any, Any, Any], reading: Reading, case_id: int) -> dict[str, Any]:
    """Equipment that a case may be said to hold. Raises NotFound."""
    typed = clean(request.query_params.get("q", ""))[:200]
    return {
        "case": await queries.case_by_id(reading, case_id),
        "q": typed,
        "found": await queries.find_equipment(reading, typed, case_id),
    }
