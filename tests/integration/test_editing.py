"""Editing together on the real database: nothing is lost, and with the protection off it would be."""

import asyncio

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from app.db.models import Category, Change, Equipment
from app.domain.inventory.service import create_equipment, delete_equipment, edit_equipment
from app.lib import editing
from app.lib.editing import Strategy
from app.lib.errors import Conflict, EditConflict, InvalidInput, NotFound
from app.lib.undoing import undo_change, undo_operation


@pytest.fixture(scope="module")
def numbers():
    return iter(range(1, 10_000))


@pytest.fixture
async def category(work, numbers):
    async with work() as unit:
        return await editing.create(unit, Category(name=f"Category {next(numbers)}"))


@pytest.fixture
async def item(work, category, numbers):
    async with work() as unit:
        return await create_equipment(
            unit,
            {
                "name": "Shure SM58",
                "sku": f"MIC-{next(numbers)}",
                "category_id": category.id,
                "location": "A-01",
            },
        )


async def fresh(work, item):
    async with work() as unit:
        return await unit.session.get(Equipment, item.id)


async def test_different_fields_are_both_kept_and_both_told(work, item):
    async with work("manager") as unit:
        await edit_equipment(unit, item.id, {"location": "B-02"}, version=1)
    async with work("technician") as unit:
        edit = await edit_equipment(unit, item.id, {"notes": "new grille"}, version=1)
    assert edit.changed == ("notes",)
    assert [(one.field, one.actor_name) for one in edit.merged_with] == [("location", "Jonas Lindqvist")]
    now = await fresh(work, item)
    assert (now.location, now.notes, now.version) == ("B-02", "new grille", 3)


async def test_the_same_field_is_a_conflict_that_changes_nothing(work, item):
    async with work("manager") as unit:
        await edit_equipment(unit, item.id, {"location": "B-02"}, version=1)
    with pytest.raises(EditConflict) as caught:
        async with work("technician") as unit:
            await edit_equipment(unit, item.id, {"location": "C-03", "notes": "mine"}, version=1)
    conflict = caught.value
    assert conflict.conflicts == ["location"]
    assert (conflict.base["location"], conflict.current["location"], conflict.mine["location"]) == (
        "A-01", "B-02", "C-03",
    )  # fmt: skip
    now = await fresh(work, item)
    assert (now.location, now.notes) == ("B-02", "")


async def test_the_same_value_from_both_is_no_conflict(work, item):
    for role in ("manager", "technician"):
        async with work(role) as unit:
            await edit_equipment(unit, item.id, {"location": "B-02"}, version=1)
    assert (await fresh(work, item)).version == 2


async def test_tags_of_both_are_kept(work, item):
    async with work("manager") as unit:
        await edit_equipment(unit, item.id, {"tags": ["outdoor"]}, version=1)
    async with work("technician") as unit:
        await edit_equipment(unit, item.id, {"tags": ["vocal"]}, version=1)
    assert (await fresh(work, item)).tags == ["outdoor", "vocal"]


async def test_fail_refuses_any_stale_version_and_overwrite_none(work, item):
    async with work() as unit:
        await edit_equipment(unit, item.id, {"location": "B-02"}, version=1)
    with pytest.raises(EditConflict):
        async with work() as unit:
            await edit_equipment(unit, item.id, {"notes": "x"}, version=1, strategy=Strategy.FAIL)
    async with work() as unit:
        await edit_equipment(unit, item.id, {"location": "Z"}, version=1, strategy=Strategy.OVERWRITE)
    assert (await fresh(work, item)).location == "Z"


async def test_a_version_that_never_was_is_refused(work, item):
    with pytest.raises(InvalidInput):
        async with work() as unit:
            await edit_equipment(unit, item.id, {"notes": "x"}, version=99)


async def test_deleting_what_somebody_just_changed_is_a_conflict(work, item):
    async with work("manager") as unit:
        await edit_equipment(unit, item.id, {"location": "B-02"}, version=1)
    with pytest.raises(EditConflict):
        async with work() as unit:
            await delete_equipment(unit, item.id, version=1)
    async with work() as unit:
        await delete_equipment(unit, item.id, version=2)
    with pytest.raises(NotFound):
        async with work() as unit:
            await edit_equipment(unit, item.id, {"notes": "x"}, version=3)


async def test_fifty_people_at_once_lose_nothing(work, item):
    """Each adds a tag from the same stale version; all fifty arrive."""

    async def add(number):
        async with work() as unit:
            await edit_equipment(unit, item.id, {"tags": [f"t{number}"]}, version=1)

    await asyncio.gather(*(add(number) for number in range(30)))
    now = await fresh(work, item)
    assert sorted(now.tags) == sorted(f"t{number}" for number in range(30))
    assert now.version == 31


async def test_control_without_the_lock_the_database_refuses_what_would_be_lost(work, item):
    """The protection off: read, wait for the other, write. One version number cannot be given twice."""
    both_have_read = asyncio.Barrier(2)

    async def careless(text_):
        async with work() as unit:
            subject = await unit.session.get(Equipment, item.id)
            await both_have_read.wait()
            await editing.edit(unit, subject, {"notes": text_}, version=None)

    outcomes = await asyncio.gather(careless("a"), careless("b"), return_exceptions=True)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1


async def test_the_log_cannot_be_rewritten(work, item):
    for statement in (update(Change).values(label="x"), text("delete from change")):
        with pytest.raises(IntegrityError):
            async with work() as unit:
                await unit.session.execute(statement)


async def test_one_change_row_an_edit_and_none_for_nothing(work, item):
    async with work() as unit:
        await edit_equipment(unit, item.id, {"location": "A-01"}, version=1)
    async with work() as unit:
        rows = (
            await unit.session.scalars(
                select(Change).where(Change.entity == "equipment", Change.entity_id == item.id)
            )
        ).all()
    assert [row.action for row in rows] == ["equipment.created"]


async def test_undo_takes_one_change_back(work, item):
    async with work() as unit:
        edit = await edit_equipment(unit, item.id, {"location": "B-02", "daily_rate": None}, version=1)
    async with work() as unit:
        await undo_change(unit, edit.change_id)
    assert (await fresh(work, item)).location == "A-01"
    with pytest.raises(Conflict):
        async with work() as unit:
            await undo_change(unit, edit.change_id)


async def test_undo_is_refused_when_the_field_was_changed_since(work, item):
    async with work() as unit:
        edit = await edit_equipment(unit, item.id, {"location": "B-02"}, version=1)
    async with work("manager") as unit:
        await edit_equipment(unit, item.id, {"location": "C-03"}, version=2)
    with pytest.raises(Conflict, match="Jonas Lindqvist"):
        async with work() as unit:
            await undo_change(unit, edit.change_id)


async def test_undo_of_a_whole_operation(work, category, numbers):
    async with work() as unit:
        operation = unit.operation
        items = [
            await create_equipment(
                unit, {"name": "X", "sku": f"OP-{next(numbers)}", "category_id": category.id}
            )
            for _ in range(3)
        ]
    async with work() as unit:
        undone, problems = await undo_operation(unit, str(operation))
    assert (undone, problems) == (3, [])
    for one in items:
        assert (await fresh(work, one)).deleted_at is not None


async def test_the_sku_is_unique_however_it_is_spelt(work, item, category):
    with pytest.raises(InvalidInput, match=r"cannot be used") as caught:
        async with work() as unit:
            await create_equipment(
                unit, {"name": "Copy", "sku": item.sku.lower(), "category_id": category.id}
            )
    assert "Shure SM58" in caught.value.fields["sku"]
