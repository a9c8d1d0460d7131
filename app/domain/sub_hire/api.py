"""Gear hired in, in the API. Each state has a route of its own."""

from typing import Annotated, Any

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromQuery, JSONBody, QueryParameter

from app.domain.sub_hire import policy, service
from app.domain.sub_hire.api_queries import SUB_HIRES, sub_hire_conditions
from app.domain.sub_hire.api_schemas import (
    ChangedSubHire,
    NewSubHire,
    Status,
    SubHireRecord,
    SubHireReturn,
    WholeSubHire,
)
from app.lib.conditions import Conditions
from app.lib.fields import clean
from app.lib.unit_of_work import UnitOfWork
from app.web.api import (
    Answer,
    EditTerms,
    FilterInstant,
    ListAnswer,
    api_router,
    listing,
    read_instant,
)
from app.web.api_paging import PageRequest
from app.web.parameters import Connection, FilterId, PathId, Work
from app.web.permissions import RENTAL_READ, RENTAL_WRITE


def provide_sub_hire_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in name, reference, notes.", max_length=200)] = "",
    equipment_id: FilterId = None,
    supplier_id: FilterId = None,
    event_id: FilterId = None,
    status: FromQuery[Status | None] = None,
    end_before: FilterInstant = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which sub-hires are wanted. Raises InvalidInput."""
    return sub_hire_conditions(
        q=clean(q),
        equipment_id=equipment_id,
        supplier_id=supplier_id,
        event_id=event_id,
        status=status,
        end_before=read_instant(end_before, "end_before"),
        updated_since=read_instant(updated_since, "updated_since"),
    )


@get("/sub-hires", capability=RENTAL_READ, dependencies=listing(provide_sub_hire_filter))
async def list_sub_hires(
    reading: Connection,
    paging: NamedDependency[PageRequest],
    wanted: NamedDependency[Conditions],
) -> Response[ListAnswer[SubHireRecord]]:
    """List sub-hires: filtered, sorted, page by page."""
    return await SUB_HIRES.page(reading, paging, wanted)


@post("/sub-hires", capability=RENTAL_WRITE)
async def create_sub_hire(work: Work, data: JSONBody[NewSubHire]) -> Response[Answer[SubHireRecord]]:
    """Hire gear in: a draft that is only seen, or an order that adds to what there is."""
    sub_hire = await service.create_sub_hire(work, data.given())
    return await SUB_HIRES.created(work.session, sub_hire.id)


@get("/sub-hires/{sub_hire_id:int}", capability=RENTAL_READ)
async def get_sub_hire(reading: Connection, sub_hire_id: PathId) -> Response[Answer[SubHireRecord]]:
    """Get one sub-hire; its version is the ETag."""
    return await SUB_HIRES.answer(reading, sub_hire_id)


@patch("/sub-hires/{sub_hire_id:int}", capability=RENTAL_WRITE)
async def change_sub_hire(
    work: Work, sub_hire_id: PathId, data: JSONBody[ChangedSubHire], terms: NamedDependency[EditTerms]
) -> Response[Answer[SubHireRecord]]:
    """Change the fields given."""
    return await _edit(work, sub_hire_id, data.given(), terms.version(data.version), terms)


@put("/sub-hires/{sub_hire_id:int}", capability=RENTAL_WRITE)
async def replace_sub_hire(
    work: Work, sub_hire_id: PathId, data: JSONBody[WholeSubHire], terms: NamedDependency[EditTerms]
) -> Response[Answer[SubHireRecord]]:
    """Replace all fields; those left out go back to their defaults."""
    return await _edit(work, sub_hire_id, data.whole(), terms.version(data.version), terms)


@delete("/sub-hires/{sub_hire_id:int}", capability=RENTAL_WRITE)
async def delete_sub_hire(
    work: Work,
    sub_hire_id: PathId,
    terms: NamedDependency[EditTerms],
    version: FromQuery[int | None] = None,
) -> None:
    """Delete a sub-hire; it brings nothing any more. What somebody just changed is not deleted."""
    await service.delete_sub_hire(work, sub_hire_id, version=terms.version(version))


@post("/sub-hires/{sub_hire_id:int}/restoration", capability=RENTAL_WRITE, status_code=200)
async def restore_sub_hire(work: Work, sub_hire_id: PathId) -> Response[Answer[SubHireRecord]]:
    """Take a delete back."""
    await service.restore_sub_hire(work, sub_hire_id)
    return await SUB_HIRES.answer(work.session, sub_hire_id)


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


async def _edit(
    work: UnitOfWork, sub_hire_id: int, values: dict[str, Any], version: int, terms: EditTerms
) -> Response[Answer[SubHireRecord]]:
    await service.edit_sub_hire(work, sub_hire_id, values, version=version, strategy=terms.strategy)
    return await SUB_HIRES.answer(work.session, sub_hire_id)


API = api_router(
    "Sub-hire",
    [
        list_sub_hires,
        create_sub_hire,
        get_sub_hire,
        change_sub_hire,
        replace_sub_hire,
        delete_sub_hire,
        restore_sub_hire,
        order,
        receive,
        send_back,
        cancel,
        reopen,
    ],
)
