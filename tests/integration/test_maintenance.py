"""Maintenance: the steps of a job and what they do to units and stock, the list, the forms."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from app.db.models import Equipment, Maintenance, Unit
from app.domain.inventory import categories
from app.domain.inventory.service import create_equipment
from app.domain.inventory.units import edit_unit
from app.domain.maintenance import service
from app.lib import editing
from app.lib.errors import Conflict, InvalidInput, NotFound

Work = Callable[..., Any]
_serial = iter(range(1, 10_000))


async def _bulk(unit: Any, quantity: int = 10) -> Equipment:
    number = next(_serial)
    category = await categories.create_category(unit, f"Workshop {number}")
    return await create_equipment(
        unit,
        {"name": f"Cable {number}", "sku": f"CBL-{number}", "category_id": category.id, "quantity": quantity},
    )


async def _units(unit: Any, count: int = 2) -> tuple[Equipment, list[Unit]]:
    equipment = await _bulk(unit, 0)
    equipment.tracking = "serialized"
    await unit.session.flush()
    made = [
        Unit(equipment_id=equipment.id, asset_tag=f"{equipment.sku}-{place:03}") for place in range(count)
    ]
    return equipment, [await editing.create(unit, one) for one in made]


async def _report(unit: Any, equipment: Equipment, of: Unit | None = None, **values: Any) -> Maintenance:
    given = {"equipment_id": equipment.id, "unit_id": of.id if of else None, "title": "Crackles", **values}
    return await service.report(unit, given)


async def _state(work: Work, of: Unit) -> str:
    async with work() as unit:
        found = await unit.session.get(Unit, of.id)
        return found.state


async def test_a_unit_follows_its_job_through_the_workshop(work: Work) -> None:
    async with work("technician") as unit:
        equipment, (first, _) = await _units(unit)
        job = await _report(unit, equipment, first)
    assert await _state(work, first) == "quarantine"
    for step, expected in [("start", "in_repair"), ("wait", "in_repair"), ("resume", "in_repair")]:
        async with work("technician") as unit:
            await service.take_step(unit, job.id, step)
        assert await _state(work, first) == expected
    async with work("technician") as unit:
        done, _ = await service.take_step(
            unit, job.id, "resolve", {"resolution": "New capsule", "cost": Decimal("45.00"), "title": "No"}
        )
        assert (done.state, done.resolution, done.cost, done.title) == (
            "resolved", "New capsule", Decimal("45.00"), "Crackles",
        )  # fmt: skip
        assert done.resolved_at is not None
        assert done.assignee_id == unit.actor.id
    assert await _state(work, first) == "in_stock"
    async with work() as unit:
        with pytest.raises(Conflict):
            await service.take_step(unit, job.id, "start")


async def test_a_unit_stays_blocked_while_another_job_blocks_it(work: Work) -> None:
    async with work() as unit:
        equipment, (first, _) = await _units(unit)
        one, other = await _report(unit, equipment, first), await _report(unit, equipment, first)
        await service.take_step(unit, one.id, "start")
        await service.take_step(unit, one.id, "resolve")
    assert await _state(work, first) == "quarantine"
    async with work() as unit:
        await service.edit_job(unit, other.id, {"blocks": False}, version=1)
    assert await _state(work, first) == "in_stock"
    async with work() as unit:
        await service.edit_job(unit, other.id, {"blocks": True}, version=2)
    assert await _state(work, first) == "quarantine"
    async with work() as unit:
        await service.delete_job(unit, other.id, version=3)
    assert await _state(work, first) == "in_stock"
    async with work() as unit:
        await service.restore_job(unit, other.id)
    assert await _state(work, first) == "quarantine"


async def test_a_job_that_only_warns_leaves_the_unit_alone(work: Work) -> None:
    async with work() as unit:
        equipment, (first, _) = await _units(unit)
        await edit_unit(unit, first.id, {"state": "quarantine"}, version=None)
        job = await _report(unit, equipment, first, blocks=False)
        await service.take_step(unit, job.id, "resolve")
    assert await _state(work, first) == "quarantine"


async def test_writing_off_takes_it_out_of_the_stock_and_back(work: Work) -> None:
    async with work() as unit:
        equipment, (first, _) = await _units(unit)
        job = await _report(unit, equipment, first)
    async with work() as unit:
        operation = unit.operation
        await service.take_step(unit, job.id, "write_off", {"resolution": "Crushed"})
    async with work() as unit:
        found = await unit.session.get(Equipment, equipment.id)
        assert found.quantity == 1
    assert await _state(work, first) == "written_off"
    async with work() as unit:
        await service.undo_step(unit, job.id, operation)
    assert await _state(work, first) == "quarantine"
    async with work() as unit:
        with pytest.raises(Conflict):
            await service.undo_step(unit, job.id, operation)
        with pytest.raises(NotFound):
            await service.undo_step(unit, job.id + 1_000_000, operation)


async def test_a_quantity_is_written_off_but_never_more_than_there_is(work: Work) -> None:
    async with work() as unit:
        equipment = await _bulk(unit, 10)
        job = await _report(unit, equipment, quantity=4)
        with pytest.raises(InvalidInput):
            await _report(unit, equipment, quantity=11)
        await service.take_step(unit, job.id, "write_off")
        assert equipment.quantity == 6
        late = await _report(unit, equipment, quantity=6)
        equipment.quantity = 2
        await unit.session.flush()
        with pytest.raises(Conflict, match="Only 2"):
            await service.take_step(unit, late.id, "write_off")


async def test_a_unit_that_is_out_is_not_moved_nor_written_off(work: Work) -> None:
    async with work() as unit:
        equipment, (first, _) = await _units(unit)
        await edit_unit(unit, first.id, {"state": "out"}, version=None)
        job = await _report(unit, equipment, first)
        await service.take_step(unit, job.id, "start")
    assert await _state(work, first) == "out"
    async with work() as unit:
        with pytest.raises(Conflict, match="in use"):
            await service.take_step(unit, job.id, "write_off")


async def test_a_report_names_what_it_is_about(work: Work) -> None:
    async with work() as unit:
        equipment, (first, _) = await _units(unit)
        other, _ = await _units(unit)
        for values, field in [
            ({"equipment_id": 10**9}, "equipment_id"),
            ({"unit_id": 10**9}, "unit_id"),
            ({"equipment_id": other.id, "unit_id": first.id}, "unit_id"),
            ({}, "unit_id"),
            ({"unit_id": first.id, "quantity": 2}, "quantity"),
            ({"unit_id": first.id, "assignee_id": 10**9}, "assignee_id"),
        ]:
            with pytest.raises(InvalidInput) as refused:
                await service.report(unit, {"equipment_id": equipment.id, "title": "X", **values})
            assert field in refused.value.fields


async def test_the_list_filters_sorts_and_counts_with_a_fixed_number_of_statements(
    work: Work, sign_in: Any, statements: list[str]
) -> None:
    async with work() as unit:
        equipment = await _bulk(unit, 100)
        await _report(unit, equipment, title="Zebra <i>flickers</i>", kind="inspection")
        waiting = await _report(unit, equipment, title="Aardvark hums")
        await service.take_step(unit, waiting.id, "start")
        await service.take_step(unit, waiting.id, "wait")
    viewer = await sign_in("viewer")
    found = await viewer.get(f"/maintenance?q={equipment.sku}&sort=title")
    assert found.text.index("Aardvark") < found.text.index("Zebra")
    assert "<i>flickers" not in found.text
    turned = await viewer.get(f"/maintenance?q={equipment.sku}&sort=-title")
    assert turned.text.index("Zebra") < turned.text.index("Aardvark")
    only = await viewer.get(f"/maintenance?q={equipment.sku}&tab=waiting")
    assert "Aardvark" in only.text
    assert "Zebra" not in only.text
    assert (await viewer.get("/maintenance?tab=nonsense&page=x&assignee=%27&sort=drop")).status_code == 200

    statements.clear()
    await viewer.get("/maintenance")
    few = len(statements)
    async with work() as unit:
        for _ in range(5):
            await _report(unit, equipment)
    statements.clear()
    await viewer.get("/maintenance")
    assert len(statements) == few


async def test_a_report_says_all_that_is_wrong_at_once_and_nothing_is_back_in_the_past(
    work: Work, sign_in: Any
) -> None:
    async with work() as unit:
        equipment, (first, _) = await _units(unit)
    technician = await sign_in("technician")
    page = (await technician.get(f"/maintenance/new?equipment={equipment.id}")).text
    address = f"/maintenance/new?equipment={equipment.id}"
    assert f'action="{address}"' in page
    form = {
        "equipment_id": str(equipment.id), "unit_id": "", "title": "", "blocks": "1",
        "expected_back": "2001-01-01T10:00",
    }  # fmt: skip
    refused = await technician.post(address, data=form)
    assert refused.status_code == 422
    for field in ("title", "unit_id", "expected_back"):
        assert f'id="{field}-error"' in refused.text
    general = {**form, "title": "Check all of them", "blocks": "0", "expected_back": "2999-01-01T10:00"}
    assert (await technician.post(address, data=general)).status_code == 303
    async with work() as unit:
        old = await _report(unit, equipment, first, expected_back=datetime(2001, 1, 1, tzinfo=UTC))
    kept = {
        "version": "1", "title": "Crackles less", "kind": "repair", "blocks": "1",
        "expected_back": "2001-01-01T01:00",
    }  # fmt: skip
    assert (await technician.post(f"/maintenance/{old.id}/edit", data=kept)).status_code == 303


async def test_a_whole_code_is_taken_on_enter_and_by_a_scanner(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        equipment, (first, second) = await _units(unit)
    technician = await sign_in("technician")
    form = (await technician.get("/maintenance/new")).text
    # the form is what Enter, a scanner or leaving the field sends; typing alone never takes anything
    assert 'name="take" value="1"' in form
    assert 'hx-trigger="submit, change"' in form
    assert 'hx-trigger="input delay:150ms"' in form
    partial = {"hx-request": "true", "hx-request-type": "partial"}
    for code, unit_of in ((equipment.sku.lower(), ""), (f" {first.asset_tag} ", f"&unit={first.id}")):
        address = f"/maintenance/new?equipment={equipment.id}{unit_of}"
        taken = await technician.get("/maintenance/new", params={"q": code, "take": "1"}, headers=partial)
        assert taken.headers["hx-redirect"] == address
        plain = await technician.get("/maintenance/new", params={"q": code, "take": "1"})
        assert (plain.status_code, plain.headers["location"]) == (303, address)
        typed = await technician.get("/maintenance/new", params={"q": code.strip()}, headers=partial)
        assert f'href="/maintenance/new?equipment={equipment.id}"' in typed.text
        assert "hx-redirect" not in typed.headers
    chosen = (await technician.get(address)).text
    assert f'<option value="{first.id}" selected' in chosen
    part = await technician.get("/maintenance/new", params={"q": first.asset_tag[:2], "take": "1"})
    assert part.status_code == 200
    async with work() as unit:
        await unit.session.execute(text("update unit set state = 'lost' where id = :id"), {"id": second.id})
    for code in (second.asset_tag, "", " ", "No such code"):
        assert (await technician.get("/maintenance/new", params={"q": code, "take": "1"})).status_code == 200


async def test_reporting_and_editing_work_without_scripts(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        equipment, (first, _) = await _units(unit)
    employee, technician = await sign_in("employee"), await sign_in("technician")
    assert "Report" in (await employee.get(f"/maintenance/new?equipment={equipment.id}")).text
    assert equipment.name in (await employee.get(f"/maintenance/new?q={equipment.sku}")).text
    form = {"equipment_id": str(equipment.id), "unit_id": str(first.id), "title": "", "blocks": "1"}
    empty = await employee.post("/maintenance/new", data=form)
    assert empty.status_code == 422
    assert "Say what is to be done." in empty.text
    made = await employee.post("/maintenance/new", data={**form, "title": "Bent pin"})
    assert made.status_code == 303
    address = made.headers["location"]
    assert "Bent pin" in (await employee.get(address)).text
    assert (await employee.post(f"{address}/steps/start")).status_code == 403
    assert (await technician.post(f"{address}/steps/dance")).status_code == 404
    assert (await technician.post(f"{address}/steps/start")).status_code == 303
    wrong = await technician.post(
        f"{address}/steps/resolve", data={"cost": "much", "resolution": "Bent back"}
    )
    assert wrong.status_code == 422
    assert "Bent back" in wrong.text
    done = await technician.post(f"{address}/steps/resolve", data={"cost": "4,50", "resolution": "Bent back"})
    assert done.status_code == 303
    page = await technician.get(address)
    assert "4.50" in page.text
    assert "Bent back" in page.text


async def test_different_fields_merge_and_the_same_field_asks(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        job = await _report(unit, await _bulk(unit), title="Original")
    technician, manager = await sign_in("technician"), await sign_in("manager")
    form = {
        "version": "1", "title": "Original", "description": "", "kind": "repair", "quantity": "1",
        "blocks": "1", "cost": "", "due_at": "", "expected_back": "", "assignee_id": "", "resolution": "",
    }  # fmt: skip
    address = f"/maintenance/{job.id}/edit"
    assert (await technician.post(address, data={**form, "title": "Theirs"})).status_code == 303
    merged = await manager.post(address, data={**form, "due_at": "2030-05-01T09:00"})
    assert merged.status_code == 303
    asked = await manager.post(address, data={**form, "title": "Mine"})
    assert asked.status_code == 409
    assert 'value="Mine"' in asked.text
    async with work() as unit:
        found = await unit.session.get(Maintenance, job.id)
        assert found.title == "Theirs"
        assert found.due_at is not None


async def test_a_step_answers_a_script_with_a_receipt_that_takes_it_back(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        equipment, (first, _) = await _units(unit)
        job = await _report(unit, equipment, first)
    technician = await sign_in("technician")
    script = {"HX-Request": "true", "HX-Request-Type": "partial"}
    dialog = await technician.get(f"/maintenance/{job.id}/steps/resolve", headers=script)
    assert dialog.text.lstrip().startswith("<dialog")
    taken = await technician.post(f"/maintenance/{job.id}/steps/start", headers=script)
    assert taken.text == ""
    assert f"/maintenance/{job.id}/undo/" in taken.headers["hx-trigger"]
    address = taken.headers["hx-trigger"].split('"undo_url": "')[1].split('"')[0]
    assert (await technician.post(address, headers=script)).status_code == 200
    assert await _state(work, first) == "quarantine"


async def test_a_stale_delete_is_a_conflict_and_a_delete_comes_back(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        job = await _report(unit, await _bulk(unit))
        await service.edit_job(unit, job.id, {"title": "Changed"}, version=1)
    technician = await sign_in("technician")
    address = f"/maintenance/{job.id}"
    assert (await technician.post(f"{address}/deletion", data={"version": "1"})).status_code == 409
    assert (await technician.post(f"{address}/deletion", data={"version": "2"})).status_code == 303
    assert (await technician.get(address)).status_code == 404
    assert (await technician.post(f"{address}/restoration")).status_code == 303
    assert (await technician.get(address)).status_code == 200
