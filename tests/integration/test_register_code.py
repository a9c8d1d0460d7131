"""A code that nothing carries becomes a unit or a case, and one goes on where it was scanned."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.db.models import Case, Unit
from app.domain.events import service
from app.domain.inventory.register_controllers import local_path
from app.lib.clock import now
from tests.integration.bench import with_units
from tests.integration.booking import HOUR, an_event

PART = {"hx-request": "true", "hx-request-type": "partial"}


async def test_a_scanned_code_becomes_a_unit_and_one_is_back_at_the_bench(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        equipment_id, _ = await with_units(unit, ["RG-1"])
        event = await an_event(unit, now() + 2 * HOUR, 24)
        await service.confirm(unit, event.id)
        sku = (await unit.session.scalar(select(Unit).where(Unit.asset_tag == "RG-1"))).equipment_id
    technician, employee = await sign_in("technician"), await sign_in("employee")
    tap = {"nonce": str(uuid4()), "step": "picked", "code": "RG-2"}
    scanned = await technician.post(f"/prep/{event.id}/scans", data=tap, headers=PART)
    assert f"/inventory/register?code=RG-2&amp;next=/prep/{event.id}" in scanned.text
    path = f"/inventory/register?code=RG-2&next=/prep/{event.id}"
    assert (await employee.get(path)).status_code == 403
    assert "RG-2" in (await technician.get(path)).text
    found = (await technician.get(f"{path}&q=equipment", headers=PART)).text
    assert "Equipment" in found or "No equipment" in found
    typed = {"as": "unit", "code": "RG-2", "next": f"/prep/{event.id}?step=picked"}
    assert (await technician.post("/inventory/register", data=typed)).status_code == 422
    done = await technician.post("/inventory/register", data=typed | {"equipment_id": str(equipment_id)})
    assert (done.status_code, done.headers["location"]) == (303, f"/prep/{event.id}?step=picked")
    again = await technician.post("/inventory/register", data=typed | {"equipment_id": str(equipment_id)})
    assert again.status_code == 422
    async with work() as unit:
        made = await unit.session.scalar(select(Unit).where(Unit.asset_tag == "RG-2"))
        assert made.equipment_id == sku


async def test_a_code_becomes_a_case(sign_in: Any, work: Any) -> None:
    technician = await sign_in("technician")
    typed = {"as": "case", "code": "RC-1", "name": "", "kind": "permanent", "next": "//evil.example"}
    wrong = await technician.post("/inventory/register", data=typed)
    assert wrong.status_code == 422
    assert 'value="RC-1"' in wrong.text
    done = await technician.post("/inventory/register", data=typed | {"name": "Trunk"})
    assert done.status_code == 303
    async with work() as unit:
        case = await unit.session.scalar(select(Case).where(Case.code == "RC-1"))
    assert (case.kind, done.headers["location"]) == ("permanent", f"/cases/{case.id}")


@pytest.mark.parametrize(
    "text", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example", "", "prep/1"]
)
async def test_one_goes_on_within_the_application_alone(text: str) -> None:
    assert local_path(text) == ""
    assert local_path("/prep/1?step=packed&case_id=3") == "/prep/1?step=packed&case_id=3"
