"""Gear hired in, in the API. Each state has a route of its own."""

from typing import Any

from litestar import Response, delete, post
from litestar.params import JSONBody

from app.domain.sub_hire import policy, service
from app.domain.sub_hire.api_queries import SUB_HIRES, provide_sub_hire_filter
from app.domain.sub_hire.api_schemas import (
    ChangedSubHire,
    NewSubHire,
    SubHireRecord,
    SubHireReturn,
    WholeSubHire,
)
from app.lib.unit_of_work import UnitOfWork
from app.web.api import Answer, api_router
from app.web.api_routes import Routes
from app.web.parameters import PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE

SUB_HIRE = Routes("sub_hire", SubHireRecord, SUB_HIRES, read=RENTAL_READ, write=RENTAL_WRITE)


@post("/sub-hires/{sub_hire_id:int}/order", capability=RENTAL_WRITE, status_code=200)
async def order(work: Work, sub_hire_id: PathId) -> Response[Answer[SubHireRecord]]:
    """Note that it is ordered: it adds to what there is in its period."""
    return await _step(work, sub_hire_id, policy.ORDER)


@post("/sub-hires/{sub_hire_id:int}/receipt", capability=RENTAL_WRITE, status_code=200)
async def receive(work: Work, sub_hire_id: PathId) -> Response[Answer[SubHireRecord]]:
    """Note that it came."""
    return await _step(work, sub_hire_id, policy.RECEIVE)


@post("/sub-hires/{sub_hire_id:int}/return", capability=RENTAL_WRITE, status_code=200)
async def send_back(
    work: Work, sub_hire_id: PathId, data: JSONBody[SubHireReturn]
) -> Response[Answer[SubHireRecord]]:
    """Note that it went back: from that moment on it brings nothing."""
    return await _step(work, sub_hire_id, policy.RETURN, data.given())


@post("/sub-hires/{sub_hire_id:int}/cancellation", capability=RENTAL_WRITE, status_code=200)
async def cancel(work: Work, sub_hire_id: PathId) -> Response[Answer[SubHireRecord]]:
    """Cancel what has not come yet."""
    return await _step(work, sub_hire_id, policy.CANCEL)


@delete("/sub-hires/{sub_hire_id:int}/cancellation", capability=RENTAL_WRITE, status_code=200)
async def reopen(work: Work, sub_hire_id: PathId) -> Response[Answer[SubHireRecord]]:
    """Make what was cancelled a draft again."""
    return await _step(work, sub_hire_id, policy.REOPEN)


async def _step(
    work: UnitOfWork, sub_hire_id: int, step: str, values: dict[str, Any] | None = None
) -> Response[Answer[SubHireRecord]]:
    await service.take_step(work, sub_hire_id, step, values)
    return await SUB_HIRES.answer(work.session, sub_hire_id)


API = api_router(
    "Sub-hire",
    [
        SUB_HIRE.listing("List sub-hires: filtered, sorted, page by page.", provide_sub_hire_filter),
        SUB_HIRE.creation(
            NewSubHire,
            service.create_sub_hire,
            "Hire gear in: a draft that is only seen, or an order that adds to what there is.",
        ),
        SUB_HIRE.single(),
        SUB_HIRE.change(ChangedSubHire, service.edit_sub_hire),
        SUB_HIRE.replacement(WholeSubHire, service.edit_sub_hire),
        SUB_HIRE.deletion(
            service.delete_sub_hire,
            "Delete a sub-hire; it brings nothing any more. What somebody just changed is not deleted.",
        ),
        SUB_HIRE.restoration(service.restore_sub_hire),
        order,
        receive,
        send_back,
        cancel,
        reopen,
    ],
)
