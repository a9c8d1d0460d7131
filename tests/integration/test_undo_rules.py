"""Rules hold whoever writes: services, undo, merges. Nothing that is taken back leaves what a service refuses."""

import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from app.db.models import Change, Company, Equipment, Maintenance, Unit
from app.domain.inventory import categories
from app.domain.inventory.service import (
    create_equipment,
    delete_equipment,
    edit_equipment,
    restore_equipment,
)
from app.domain.inventory.units import add_units, delete_unit, edit_unit
from app.domain.maintenance import service as maintenance
from app.lib.editing import Strategy
from app.lib.errors import Conflict, InvalidInput
from app.lib.undoing import undo_change, undo_operation
from tests.integration.item_steps import add_item, fields_of, item_row

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def new_name() -> str:
    return f"Rule {secrets.token_hex(5)}"


async def newest(work: Any, entity: str, entity_id: int) -> int:
    """The newest change of a record."""
    async with work() as unit:
        statement = select(Change.id).where(Change.entity == entity, Change.entity_id == entity_id)
        return (await unit.session.scalars(statement.order_by(Change.id.desc()).limit(1))).one()


async def live_units(work: Any, item_id: int) -> list[str]:
    async with work() as unit:
        statement = select(Unit.asset_tag).where(Unit.equipment_id == item_id, Unit.deleted_at.is_(None))
        return sorted(await unit.session.scalars(statement))


async def test_a_move_out_of_a_deleted_category_is_not_taken_back(work: Any, app: Any) -> None:
    item_id = await add_item(work)
    before = await item_row(app, item_id)
    async with work() as unit:
        other = await categories.create_category(unit, new_name())
    async with work() as unit:
        await edit_equipment(unit, item_id, {"category_id": other.id}, version=1)
    moved = await newest(work, "equipment", item_id)
    async with work() as unit:
        await categories.delete_category(unit, before.category_id, version=1)
    with pytest.raises(InvalidInput):
        async with work() as unit:
            await undo_change(unit, moved)
    assert (await item_row(app, item_id)).category_id == other.id


async def test_a_delete_is_not_taken_back_into_a_deleted_category(
    work: Any, app: Any, sign_in: SignIn
) -> None:
    item_id = await add_item(work)
    row = await item_row(app, item_id)
    async with work() as unit:
        await delete_equipment(unit, item_id, version=1)
    async with work() as unit:
        await categories.delete_category(unit, row.category_id, version=1)
    change, admin = await newest(work, "equipment", item_id), await sign_in("admin")
    assert (await admin.post(f"/api/changes/{change}/undo")).status_code == 422
    assert (await admin.post(f"/api/equipment/{item_id}/restoration")).status_code == 422
    assert (await item_row(app, item_id)).deleted_at is not None


async def test_what_has_units_by_now_stays_serialized(work: Any, app: Any) -> None:
    item_id = await add_item(work)
    async with work() as unit:
        await edit_equipment(unit, item_id, {"tracking": "serialized"}, version=1)
    change = await newest(work, "equipment", item_id)
    async with work() as unit:
        await add_units(unit, item_id, [new_name()])
    with pytest.raises(Conflict, match="has units"):
        async with work() as unit:
            await undo_change(unit, change)
    assert (await item_row(app, item_id)).tracking == "serialized"


async def test_an_addition_with_units_by_now_is_not_taken_back(work: Any, app: Any) -> None:
    item_id = await add_item(work, tracking="serialized")
    created = await newest(work, "equipment", item_id)
    async with work() as unit:
        await add_units(unit, item_id, [new_name()])
    with pytest.raises(Conflict, match="has units"):
        async with work() as unit:
            await undo_change(unit, created)
    assert (await item_row(app, item_id)).deleted_at is None


async def test_a_write_off_is_taken_back_whole_or_not_at_all(work: Any, app: Any) -> None:
    item_id = await add_item(work, quantity=10)
    async with work() as unit:
        job = await maintenance.report(
            unit, {"equipment_id": item_id, "title": "Broken", "quantity": 3, "blocks": False}
        )
    async with work() as unit:
        operation = unit.operation
        await maintenance.take_step(unit, job.id, "write_off")
    assert (await item_row(app, item_id)).quantity == 7
    for change in (await newest(work, "equipment", item_id), await newest(work, "maintenance", job.id)):
        with pytest.raises(Conflict, match="together"):
            async with work() as unit:
                await undo_change(unit, change)
    assert (await item_row(app, item_id)).quantity == 7
    async with work() as unit:
        again = unit.operation
        await undo_operation(unit, operation)
    assert (await item_row(app, item_id)).quantity == 10
    async with work() as unit:
        assert (await unit.session.get_one(Maintenance, job.id)).state == "reported"
        await undo_operation(unit, again)
    assert (await item_row(app, item_id)).quantity == 7


async def test_a_report_is_taken_back_with_its_unit(work: Any, sign_in: SignIn) -> None:
    item_id = await add_item(work, tracking="serialized")
    async with work() as unit:
        (tagged,) = await add_units(unit, item_id, [new_name()])
    async with work() as unit:
        operation = unit.operation
        await maintenance.report(unit, {"equipment_id": item_id, "unit_id": tagged.id, "title": "Hums"})
    change, technician = await newest(work, "unit", tagged.id), await sign_in("technician")
    assert (await technician.post(f"/changes/{change}/undo", headers=PARTIAL)).status_code == 409
    async with work() as unit:
        assert (await unit.session.get_one(Unit, tagged.id)).state == "quarantine"
    history = (await technician.get(f"/inventory/{item_id}/history")).text
    assert f'id="change-{change}"' in history
    assert f"/changes/{change}/undo" not in history
    assert (await technician.post(f"/operations/{operation}/undo", headers=PARTIAL)).status_code == 200
    async with work() as unit:
        assert (await unit.session.get_one(Unit, tagged.id)).state == "in_stock"
        job = await unit.session.scalar(select(Maintenance).where(Maintenance.unit_id == tagged.id))
        assert job.deleted_at is not None


async def test_an_operation_with_consequences_is_all_or_nothing(work: Any, app: Any) -> None:
    item_id = await add_item(work, quantity=10)
    async with work() as unit:
        job = await maintenance.report(
            unit, {"equipment_id": item_id, "title": "Broken", "quantity": 3, "blocks": False}
        )
    async with work() as unit:
        operation = unit.operation
        await maintenance.take_step(unit, job.id, "write_off")
    async with work() as unit:
        await edit_equipment(unit, item_id, {"quantity": 20}, version=None)
    with pytest.raises(Conflict, match="changed quantity since"):
        async with work() as unit:
            await undo_operation(unit, operation)
    async with work() as unit:
        assert (await unit.session.get_one(Maintenance, job.id)).state == "written_off"
    assert (await item_row(app, item_id)).quantity == 20


async def test_a_consumable_does_not_become_serialized_by_undo(work: Any, sign_in: SignIn) -> None:
    item_id = await add_item(work, kind="consumable")
    async with work() as unit:
        await edit_equipment(unit, item_id, {"kind": "equipment"}, version=1)
    change = await newest(work, "equipment", item_id)
    async with work() as unit:
        await edit_equipment(unit, item_id, {"tracking": "serialized"}, version=2)
    answer = await (await sign_in("admin")).post(f"/api/changes/{change}/undo")
    assert answer.status_code == 422
    assert "tracking" in answer.json()["details"]["fields"]


async def test_the_company_is_never_deleted(work: Any, app: Any) -> None:
    created = await newest(work, "company", 1)
    with pytest.raises(Conflict, match="cannot be deleted"):
        async with work() as unit:
            await undo_change(unit, created)
    async with app.app.state.runtime.sessions() as session:
        assert (await session.execute(select(Company.deleted_at))).scalar_one() is None


async def test_a_merge_obeys_the_rules_of_what_it_makes(work: Any, sign_in: SignIn, app: Any) -> None:
    item_id = await add_item(work)
    async with work() as unit:
        await edit_equipment(unit, item_id, {"kind": "consumable"}, version=1)
    admin = await sign_in("admin")
    sent = {"kind": "equipment", "tracking": "serialized", "version": 1}
    answer = await admin.patch(f"/api/equipment/{item_id}?strategy=merge", json=sent)
    assert answer.status_code == 422, answer.text
    assert "tracking" in answer.json()["details"]["fields"]
    row = await item_row(app, item_id)
    assert (row.kind, row.tracking) == ("consumable", "bulk")


async def test_two_halves_of_a_place_are_checked_together(work: Any) -> None:
    item_id = await add_item(work)
    async with work() as unit:
        one = await categories.create_category(unit, new_name())
        inner = await categories.create_category(unit, new_name(), one.id)
        other = await categories.create_category(unit, new_name())
        await edit_equipment(unit, item_id, {"category_id": one.id}, version=1)
    async with work("manager") as unit:
        await edit_equipment(unit, item_id, {"category_id": other.id}, version=2)
    with pytest.raises(InvalidInput):
        async with work("technician") as unit:
            await edit_equipment(
                unit, item_id, {"subcategory_id": inner.id}, version=2, strategy=Strategy.MERGE
            )


async def test_one_refused_row_does_not_keep_the_others_deleted(work: Any, app: Any, sign_in: SignIn) -> None:
    first, second = await add_item(work), await add_item(work)
    row = await item_row(app, first)
    async with work() as unit:
        operation = unit.operation
        for item_id in (first, second):
            await delete_equipment(unit, item_id, version=1)
    async with work() as unit:
        await create_equipment(unit, {"name": "Thief", "sku": row.sku, "category_id": row.category_id})
    answer = await (await sign_in("manager")).post(f"/operations/{operation}/undo", headers=PARTIAL)
    assert answer.status_code == 200
    assert "1 change undone, 1 not" in answer.headers["hx-trigger"]
    assert "taken by Thief" in answer.headers["hx-trigger"]
    assert (await item_row(app, second)).deleted_at is None
    assert (await item_row(app, first)).deleted_at is not None


async def test_deleting_takes_the_units_along_and_back(work: Any, sign_in: SignIn) -> None:
    item_id = await add_item(work, tracking="serialized")
    tags = sorted(new_name() for _ in range(3))
    async with work() as unit:
        gone, *_ = await add_units(unit, item_id, tags)
    async with work() as unit:
        await delete_unit(unit, gone.id, version=1)
    async with work() as unit:
        operation = unit.operation
        await delete_equipment(unit, item_id, version=1)
    assert await live_units(work, item_id) == []
    other = await add_item(work, tracking="serialized")
    async with work() as unit:
        # a tag is free again, and taken when the equipment is to come back
        (taken,) = await add_units(unit, other, [tags[2]])
    with pytest.raises(InvalidInput, match="cannot be used"):
        async with work() as unit:
            await restore_equipment(unit, item_id)
    async with work() as unit:
        await delete_unit(unit, taken.id, version=1)
    answer = await (await sign_in("manager")).post(f"/operations/{operation}/undo", headers=PARTIAL)
    assert "3 changes undone" in answer.headers["hx-trigger"]
    assert ", " not in answer.headers["hx-trigger"].split("undone")[1].split('"')[0]
    assert await live_units(work, item_id) == tags[1:]


async def test_equipment_with_a_unit_in_use_is_not_deleted(work: Any, sign_in: SignIn, app: Any) -> None:
    item_id = await add_item(work, tracking="serialized")
    async with work() as unit:
        first, _ = await add_units(unit, item_id, [new_name(), new_name()])
        await edit_unit(unit, first.id, {"state": "out"}, version=1)
    answer = await (await sign_in("admin")).delete(f"/api/equipment/{item_id}?version=1")
    assert answer.status_code == 409
    assert "in use" in answer.json()["error"]
    assert (await item_row(app, item_id)).deleted_at is None
    assert len(await live_units(work, item_id)) == 2


async def test_undo_is_offered_only_to_whom_it_works_for(sign_in: SignIn, work: Any, app: Any) -> None:
    item_id = await add_item(work, tracking="serialized")
    row = await item_row(app, item_id)
    for role, offered in (("technician", False), ("manager", True)):
        client = await sign_in(role)
        added = await client.post(f"/inventory/{item_id}/units", data={"asset_tag": new_name()})
        page = (await client.get(added.headers["location"])).text
        assert ('data-undo="/operations/' in page) is offered
        form = {"name": "New", "sku": new_name(), "category_id": str(row.category_id), "quantity": "1"}
        form |= {"kind": "equipment", "tracking": "bulk", "status": "good"}
        form |= {"prep_minutes": "0", "turnaround_minutes": "0"}
        added = await client.post("/inventory/new", data=form)
        assert added.status_code == 303, added.text
        page = (await client.get(added.headers["location"])).text
        assert ('data-undo="/operations/' in page) is offered


async def test_the_receipt_of_a_job_takes_its_unit_back_along(sign_in: SignIn, work: Any) -> None:
    item_id = await add_item(work, tracking="serialized")
    async with work() as unit:
        (tagged,) = await add_units(unit, item_id, [new_name()])
        job = await maintenance.report(unit, {"equipment_id": item_id, "unit_id": tagged.id, "title": "Hums"})
    technician = await sign_in("technician")
    form = fields_of((await technician.get(f"/maintenance/{job.id}/edit")).text)
    saved = await technician.post(f"/maintenance/{job.id}/edit", data=form | {"blocks": "0"})
    page = (await technician.get(saved.headers["location"])).text
    way_back = re.search(r'data-undo="([^"]+)"', page)
    assert way_back
    async with work() as unit:
        assert (await unit.session.get_one(Unit, tagged.id)).state == "in_stock"
    assert (await technician.post(way_back[1], headers=PARTIAL)).status_code == 200
    async with work() as unit:
        assert (await unit.session.get_one(Unit, tagged.id)).state == "quarantine"


async def test_people_take_back_the_deletion_of_their_own_views(sign_in: SignIn, app: Any) -> None:
    viewer, name = await sign_in("viewer"), new_name()
    await viewer.post("/inventory/views", data={"name": name, "query": "q=par"})
    async with app.app.state.runtime.sessions() as session:
        query = text("select id from saved_view where name = :name")
        view_id = (await session.execute(query, {"name": name})).scalar_one()
    deleted = await viewer.delete(f"/inventory/views/{view_id}")
    assert deleted.status_code == 303
    async with app.app.state.runtime.sessions() as session:
        query = text("select operation from change where action = 'saved_view.deleted' and entity_id = :id")
        operation = (await session.execute(query, {"id": view_id})).scalar_one()
    stranger = await sign_in("manager")
    assert (await stranger.post(f"/operations/{operation}/undo", headers=PARTIAL)).status_code == 403
    assert (await viewer.post(f"/operations/{operation}/undo", headers=PARTIAL)).status_code == 200
    assert name in (await viewer.get("/inventory")).text


async def test_a_merge_of_categories_that_made_one_is_taken_back(
    work: Any, sign_in: SignIn, app: Any
) -> None:
    async with work() as unit:
        source, target = [await categories.create_category(unit, new_name()) for _ in range(2)]
        inner = await categories.create_category(unit, new_name(), source.id)
        item = await create_equipment(
            unit, {"name": "X", "sku": new_name(), "category_id": source.id, "subcategory_id": inner.id}
        )
    async with work("manager") as unit:
        operation = unit.operation
        await categories.merge_category(unit, source.id, target.id)
    answer = await (await sign_in("manager")).post(f"/operations/{operation}/undo", headers=PARTIAL)
    assert answer.status_code == 200
    assert " not" not in answer.headers["hx-trigger"]
    row = await item_row(app, item.id)
    assert (row.category_id, row.subcategory_id) == (source.id, inner.id)
    async with work() as unit:
        left = text("select count(*) from category where parent_id = :id and deleted_at is null")
        assert (await unit.session.execute(left, {"id": target.id})).scalar_one() == 0


async def test_what_was_added_and_changed_in_one_go_is_taken_back(work: Any, app: Any) -> None:
    place = (await item_row(app, await add_item(work))).category_id
    async with work() as unit:
        operation = unit.operation
        kept, gone = [
            await create_equipment(unit, {"name": "X", "sku": new_name(), "category_id": place})
            for _ in range(2)
        ]
        for one in (kept, gone):
            await edit_equipment(unit, one.id, {"location": "A-1"}, version=1)
    async with work("manager") as unit:
        await edit_equipment(unit, kept.id, {"notes": "Mine"}, version=2)
    async with work() as unit:
        undone, problems = await undo_operation(unit, operation)
    assert (undone, len(problems)) == (3, 1)
    assert (await item_row(app, gone.id)).deleted_at is not None
    assert (await item_row(app, kept.id)).deleted_at is None


async def test_rules_do_not_judge_what_comes_with_a_past(work: Any, app: Any) -> None:
    item_id = await add_item(work, tracking="serialized")
    async with work() as unit:
        unit.moment = (await unit.session.get_one(Equipment, item_id)).created_at
        tagged = Unit(equipment_id=item_id, asset_tag=new_name())
        from app.lib import editing

        await editing.create(unit, tagged)
        job = Maintenance(equipment_id=item_id, unit_id=tagged.id, title="Long ago")
        await editing.create(unit, job, "maintenance.reported")
        assert tagged.state == "in_stock"
