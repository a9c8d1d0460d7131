"""Changes that moved other records along: they are taken back with them, or not at all."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.db.models import Change, Company, Unit
from app.domain.inventory.units import add_units
from app.domain.maintenance import service
from tests.integration.item_steps import add_item

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]


async def newest(app: Any, entity: str, action: str) -> Change:
    async with app.app.state.runtime.sessions() as session:
        statement = select(Change).where(Change.entity == entity, Change.action == action)
        return (await session.scalars(statement.order_by(Change.id.desc()).limit(1))).one()


async def job_on_a_unit(work: Any) -> tuple[int, int]:
    """A job that blocks a unit, and the unit."""
    item_id = await add_item(work, tracking="serialized")
    async with work("technician") as unit_of_work:
        (unit,) = await add_units(unit_of_work, item_id, [f"UNDO-{item_id}"])
        values = {"equipment_id": item_id, "unit_id": unit.id, "title": "Crackles"}
        job = await service.report(unit_of_work, values)
    return job.id, unit.id


async def state_of(app: Any, unit_id: int) -> str:
    async with app.app.state.runtime.sessions() as session:
        return (await session.execute(select(Unit.state).where(Unit.id == unit_id))).scalar_one()


async def test_the_company_is_not_taken_back(sign_in: SignIn, app: Any) -> None:
    admin, created = await sign_in("admin"), await newest(app, "company", "company.created")
    page = (await admin.get("/activity?record=company")).text
    assert f"/changes/{created.id}/undo" not in page
    assert (await admin.post(f"/changes/{created.id}/undo")).status_code == 403
    assert (await admin.post(f"/operations/{created.operation}/undo")).status_code == 403
    async with app.app.state.runtime.sessions() as session:
        assert (await session.execute(select(Company.deleted_at))).scalar_one() is None


async def test_a_step_is_taken_back_with_its_unit(sign_in: SignIn, work: Any, app: Any) -> None:
    technician = await sign_in("technician")
    job_id, unit_id = await job_on_a_unit(work)
    await technician.post(f"/maintenance/{job_id}/steps/start", data={"expected_back": ""})
    assert await state_of(app, unit_id) == "in_repair"
    started = await newest(app, "maintenance", "maintenance.in_progress")
    assert (await technician.post(f"/changes/{started.id}/undo")).status_code == 409

    page = (await technician.get(f"/maintenance/{job_id}")).text
    (way_back,) = set(re.findall(rf'"(/maintenance/{job_id}/undo/[^"]+)"', page))
    assert way_back.endswith(str(started.operation))
    assert (await technician.post(way_back)).status_code == 303

    assert await state_of(app, unit_id) == "quarantine"
    assert "/undo/" not in (await (await sign_in("viewer")).get(f"/maintenance/{job_id}")).text


@pytest.mark.parametrize("action", ["deleted", "restored"])
async def test_deleting_a_job_is_taken_back_on_its_page(
    sign_in: SignIn, work: Any, app: Any, action: str
) -> None:
    technician = await sign_in("technician")
    job_id, unit_id = await job_on_a_unit(work)
    await technician.post(f"/maintenance/{job_id}/deletion", data={"version": "1"})
    if action == "restored":
        await technician.post(f"/maintenance/{job_id}/restoration")
    change, before = await newest(app, "maintenance", f"maintenance.{action}"), await state_of(app, unit_id)
    assert change.entity_id == job_id
    assert (await technician.post(f"/changes/{change.id}/undo")).status_code == 409
    assert await state_of(app, unit_id) == before == ("in_stock" if action == "deleted" else "quarantine")


async def test_whether_a_job_blocks_is_taken_back_with_its_unit(sign_in: SignIn, work: Any, app: Any) -> None:
    technician = await sign_in("technician")
    job_id, unit_id = await job_on_a_unit(work)
    async with work("technician") as unit_of_work:
        await service.edit_job(unit_of_work, job_id, {"blocks": False}, version=1)
    assert await state_of(app, unit_id) == "in_stock"
    change = await newest(app, "maintenance", "maintenance.updated")
    assert (await technician.post(f"/changes/{change.id}/undo")).status_code == 409
    assert (await technician.post(f"/maintenance/{job_id}/undo/{change.operation}")).status_code == 303
    assert await state_of(app, unit_id) == "quarantine"
