"""Categories: two levels, order, merging without loss, deleting only what is empty."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.db.models import Category, Change, Equipment, User
from app.domain.inventory import categories
from app.domain.inventory.service import create_equipment, delete_equipment
from app.lib.errors import Conflict, InvalidInput
from app.lib.undoing import undo_operation

Work = Callable[..., Any]
_serial = iter(range(1, 10_000))


async def _category(unit: Any, name: str = "", parent_id: int | None = None) -> Category:
    return await categories.create_category(unit, name or f"Category {next(_serial)}", parent_id)


async def _item(unit: Any, category_id: int, subcategory_id: int | None = None) -> Equipment:
    number = next(_serial)
    values = {"name": f"Item {number}", "sku": f"SKU-{number}"}
    return await create_equipment(
        unit, {**values, "category_id": category_id, "subcategory_id": subcategory_id}
    )


async def _places(unit: Any, *ids: int) -> list[tuple[int, int | None]]:
    rows = await unit.session.execute(
        select(Equipment.category_id, Equipment.subcategory_id)
        .where(Equipment.id.in_(ids))
        .order_by(Equipment.id)
    )
    return [tuple(row) for row in rows]


async def test_names_are_unique_on_their_level_only(work: Work) -> None:
    async with work() as unit:
        audio = await _category(unit, "Mikrofone")
        await _category(unit, "Mikrofone", audio.id)
        with pytest.raises(InvalidInput) as refused:
            await _category(unit, "MIKROFONE")
        assert "name" in refused.value.fields
        below = await _category(unit, "Funk", audio.id)
        with pytest.raises(InvalidInput) as refused:
            await _category(unit, "Dritte Ebene", below.id)
        assert "parent_id" in refused.value.fields


async def test_moving_orders_those_beside_it(work: Work) -> None:
    async with work() as unit:
        parent = await _category(unit)
        below = [await _category(unit, parent_id=parent.id) for _ in range(4)]
        await categories.move_category(unit, below[3].id, 1)
    async with work() as unit:
        order = await unit.session.scalars(
            select(Category.id).where(Category.parent_id == parent.id).order_by(Category.position)
        )
        assert order.all() == [below[0].id, below[3].id, below[1].id, below[2].id]


async def test_merging_moves_everything_in_one_operation_and_can_be_undone(work: Work) -> None:
    async with work() as unit:
        source, target = await _category(unit), await _category(unit)
        same, only = await _category(unit, "Kabel", source.id), await _category(unit, "Stative", source.id)
        there = await _category(unit, "kabel", target.id)
        items = [
            await _item(unit, source.id),
            await _item(unit, source.id, same.id),
            await _item(unit, source.id, only.id),
        ]
        gone = await _item(unit, source.id, same.id)
        await delete_equipment(unit, gone.id, version=1)
    async with work() as unit:
        operation = unit.operation
        merged, moved = await categories.merge_category(unit, source.id, target.id)
        assert (merged.id, moved) == (target.id, 3)
    async with work() as unit:
        made = await unit.session.scalar(
            select(Category.id).where(Category.parent_id == target.id, Category.name == "Stative")
        )
        assert await _places(unit, *(one.id for one in (*items, gone))) == [
            (target.id, None), (target.id, there.id), (target.id, made), (target.id, there.id),
        ]  # fmt: skip
        left = select(func.count()).where(
            Category.id.in_([source.id, same.id, only.id]), Category.deleted_at.is_(None)
        )
        assert await unit.session.scalar(left) == 0
        logged = select(func.count()).where(Change.operation == operation, Change.entity == "equipment")
        assert await unit.session.scalar(logged) == 4
    async with work() as unit:
        _undone, problems = await undo_operation(unit, str(operation))
        assert problems == []
        assert (await _places(unit, items[1].id)) == [(source.id, same.id)]


async def test_merging_subcategories_across_categories(work: Work) -> None:
    async with work() as unit:
        one, other = await _category(unit), await _category(unit)
        source, target = await _category(unit, parent_id=one.id), await _category(unit, parent_id=other.id)
        item = await _item(unit, one.id, source.id)
        await categories.merge_category(unit, source.id, target.id)
        assert await _places(unit, item.id) == [(other.id, target.id)]
        with pytest.raises(InvalidInput):
            await categories.merge_category(unit, other.id, target.id)
        with pytest.raises(InvalidInput):
            await categories.merge_category(unit, other.id, other.id)


async def test_only_the_empty_is_deleted_and_it_comes_back(work: Work) -> None:
    async with work() as unit:
        parent = await _category(unit)
        below = await _category(unit, parent_id=parent.id)
        item = await _item(unit, parent.id, below.id)
        with pytest.raises(Conflict, match="1 subcategory"):
            await categories.delete_category(unit, parent.id, version=1)
        with pytest.raises(Conflict, match="1 item in it"):
            await categories.delete_category(unit, below.id, version=1)
        await delete_equipment(unit, item.id, version=1)
        await categories.delete_category(unit, below.id, version=1)
        await categories.delete_category(unit, parent.id, version=1)
        with pytest.raises(Conflict, match="is deleted"):
            await categories.restore_category(unit, below.id)
        await categories.restore_category(unit, parent.id)
        restored = await categories.restore_category(unit, below.id)
        assert restored.deleted_at is None


async def test_a_full_category_stays_below_its_parent(work: Work) -> None:
    async with work() as unit:
        one, other = await _category(unit), await _category(unit)
        below = await _category(unit, parent_id=one.id)
        await categories.edit_category(unit, below.id, {"parent_id": other.id}, version=1)
        assert below.parent_id == other.id
        await _item(unit, other.id, below.id)
        with pytest.raises(Conflict, match="Merge it"):
            await categories.edit_category(unit, below.id, {"parent_id": one.id}, version=None)


async def test_page_shows_names_escaped_with_a_fixed_number_of_statements(
    work: Work, sign_in: Any, statements: list[str]
) -> None:
    async with work() as unit:
        first = await _category(unit, "<b>Bold & Co</b>")
    manager = await sign_in("manager")
    await manager.get("/categories")
    statements.clear()
    answer = await manager.get("/categories")
    few = len(statements)
    async with work() as unit:
        for _ in range(5):
            await _item(unit, first.id, (await _category(unit, parent_id=first.id)).id)
    statements.clear()
    again = await manager.get("/categories")
    assert (answer.status_code, again.status_code) == (200, 200)
    assert len(statements) == few
    assert "&lt;b&gt;Bold &amp; Co&lt;/b&gt;" in answer.text
    assert "<b>Bold" not in answer.text


async def test_forms_work_without_scripts_and_keep_what_was_typed(work: Work, sign_in: Any) -> None:
    manager = await sign_in("manager")
    made = await manager.post("/categories", data={"name": "Rigging Neu", "icon": "link", "parent_id": ""})
    assert (made.status_code, made.headers["location"]) == (303, "/categories")
    again = await manager.post("/categories", data={"name": "rigging neu", "icon": "link", "parent_id": ""})
    assert again.status_code == 422
    assert 'value="rigging neu"' in again.text
    wrong = await manager.post("/categories", data={"name": "X", "icon": "<script>", "parent_id": ""})
    assert wrong.status_code == 422
    viewer = await sign_in("viewer")
    assert (await viewer.get("/categories")).status_code == 200
    assert (await viewer.post("/categories", data={"name": "Nein"})).status_code == 403


async def test_two_edits_of_the_name_end_in_the_merge_dialog(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        category = await _category(unit, "Licht alt")
    manager, admin = await sign_in("manager"), await sign_in("admin")
    form = {"name": "Licht neu", "icon": "bulb", "parent_id": "", "version": "1"}
    address = f"/categories/{category.id}/edit"
    assert (await manager.post(address, data=form)).status_code == 303
    conflict = await admin.post(address, data={**form, "name": "Beleuchtung"})
    assert conflict.status_code == 409
    assert "Beleuchtung" in conflict.text
    assert "Licht neu" in conflict.text
    merged = await admin.post(
        address, data={"name": "Licht alt", "icon": "sun", "parent_id": "", "version": "1"}
    )
    assert merged.status_code == 409  # the icon was changed by both


async def test_a_stale_delete_is_a_conflict(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        category = await _category(unit, "Wird umbenannt")
        await categories.edit_category(unit, category.id, {"name": "Umbenannt"}, version=1)
    manager = await sign_in("manager")
    refused = await manager.post(f"/categories/{category.id}/deletion", data={"version": "1"})
    assert refused.status_code == 409
    gone = await manager.post(f"/categories/{category.id}/deletion", data={"version": "2"})
    assert gone.status_code == 303
    back = await manager.post(f"/categories/{category.id}/restoration")
    assert back.status_code == 303
    async with work() as unit:
        by = select(User.username).join(Change, Change.actor_id == User.id).where(
            Change.entity == "category", Change.entity_id == category.id, Change.action == "category.restored"
        )  # fmt: skip
        assert await unit.session.scalar(by) == "manager"


async def test_a_merge_from_the_page_is_undone_by_its_receipt(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        source, target = await _category(unit), await _category(unit)
        item = await _item(unit, source.id)
    manager = await sign_in("manager")
    script = {"HX-Request": "true", "HX-Request-Type": "partial"}
    address = f"/categories/{source.id}/merge"
    assert (await manager.get(address, headers=script)).text.lstrip().startswith("<dialog")
    nowhere = await manager.post(address, data={"into_id": ""}, headers=script)
    assert nowhere.status_code == 422
    merged = await manager.post(address, data={"into_id": str(target.id)}, headers=script)
    async with work() as unit:
        assert await _places(unit, item.id) == [(target.id, None)]
    undo = merged.headers["hx-trigger"].split('"undo_url": "')[1].split('"')[0]
    assert (await manager.post(undo, headers=script)).status_code == 200
    async with work() as unit:
        assert await _places(unit, item.id) == [(source.id, None)]


async def test_the_buttons_move_a_category_and_answer_with_the_list(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        parent = await _category(unit)
        first, second = await _category(unit, "Erste", parent.id), await _category(unit, "Zweite", parent.id)
    manager = await sign_in("manager")
    script = {"HX-Request": "true", "HX-Request-Type": "partial"}
    moved = await manager.post(f"/categories/{second.id}/position", data={"position": "0"}, headers=script)
    assert moved.text.index(f'id="category-{second.id}"') < moved.text.index(f'id="category-{first.id}"')
    assert (
        await manager.post(f"/categories/{second.id}/position", data={"position": "-1"})
    ).status_code == 422
