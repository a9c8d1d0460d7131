"""What was deleted long ago goes for good; what is younger, in use or brought back stays."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from app.db.models import Maintenance, SavedView
from app.domain.importing import service as imports
from app.domain.importing.purging import purge_uploads
from app.domain.inventory.categories import create_category, delete_category, restore_category
from app.domain.inventory.importing.kind import EQUIPMENT
from app.domain.inventory.service import (
    create_equipment,
    delete_equipment,
    edit_equipment,
    restore_equipment,
)
from app.domain.inventory.units import add_units, delete_unit
from app.domain.operations.purging import BATCH, purge_deleted
from app.jobs.tasks import Workplace, purge_everything
from app.jobs.worker import create_jobs
from app.lib import editing
from app.lib.errors import NotFound
from app.lib.undoing import undo_change
from tests.integration.importing import rows, value

NOW = datetime(2031, 5, 20, 12, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(days=30)
LONG_AGO, LATELY = NOW - timedelta(days=31), NOW - timedelta(days=29)


@pytest.fixture
def runtime(app: Any) -> Any:
    return app.app.state.runtime


async def purge(runtime: Any) -> int:
    return await purge_deleted(runtime.sessions, runtime.files, BEFORE)


async def date_back(runtime: Any, table: str, record_id: int, deleted_at: datetime) -> None:
    """Let a delete have happened at another time; the log keeps its own."""
    async with runtime.sessions() as session, session.begin():
        await session.execute(
            text(f"update {table} set deleted_at = :at where id = :id"), {"at": deleted_at, "id": record_id}
        )


async def item(unit: Any, sku: str, **values: Any) -> Any:
    names = await unit.session.scalar(text("select min(id) from category where name = 'Purged things'"))
    category_id = names or (await create_category(unit, "Purged things")).id
    return await create_equipment(
        unit, {"name": f"Item {sku}", "sku": sku, "category_id": category_id, **values}
    )


async def deleted_item(runtime: Any, work: Any, sku: str, deleted_at: datetime, **values: Any) -> int:
    async with work() as unit:
        made = await item(unit, sku, **values)
        await delete_equipment(unit, made.id, version=1)
    await date_back(runtime, "equipment", made.id, deleted_at)
    return made.id


async def there(runtime: Any, table: str, *ids: int) -> list[int]:
    found = await rows(runtime, f"select id from {table} where id = any(:ids) order by id", ids=list(ids))
    return [row.id for row in found]


async def test_thirty_one_days_are_over_and_twenty_nine_are_not(runtime: Any, work: Any) -> None:
    old = await deleted_item(runtime, work, "AGE-31", LONG_AGO)
    young = await deleted_item(runtime, work, "AGE-29", LATELY)
    async with work() as unit:
        alive = await item(unit, "AGE-0")
    assert await purge(runtime) == 1
    assert await there(runtime, "equipment", old, young, alive.id) == [young, alive.id]
    log = await rows(
        runtime,
        "select action, version, label, actor_id, fields from change"
        " where entity = 'equipment' and entity_id = :id order by version",
        id=old,
    )
    assert [(row.action, row.version) for row in log] == [
        ("equipment.created", 1), ("equipment.deleted", 2), ("equipment.purged", 3),
    ]  # fmt: skip
    assert (log[2].label, log[2].actor_id, log[2].fields) == ("Item AGE-31", None, {})
    assert await purge(runtime) == 0


async def test_equipment_takes_its_units_and_jobs_along(runtime: Any, work: Any) -> None:
    async with work() as unit:
        made = await item(unit, "ALONG", tracking="serialized")
        [first, second] = await add_units(unit, made.id, ["AL-1", "AL-2"])
        job = Maintenance(equipment_id=made.id, unit_id=second.id, title="Fan is loud", cost=Decimal(5))
        await editing.create(unit, job)
        await delete_equipment(unit, made.id, version=1)
    await date_back(runtime, "equipment", made.id, LONG_AGO)
    assert await purge(runtime) == 1
    assert await there(runtime, "unit", first.id, second.id) == []
    assert await there(runtime, "maintenance", job.id) == []
    gone = await rows(
        runtime,
        "select entity, entity_id, parent_id, operation from change where action like '%.purged'"
        " and (entity_id = :id and entity = 'equipment' or parent_id = :id) order by id",
        id=made.id,
    )
    assert [(row.entity, row.entity_id) for row in gone] == [
        ("maintenance", job.id), ("unit", first.id), ("unit", second.id), ("equipment", made.id),
    ]  # fmt: skip
    assert len({row.operation for row in gone}) == 1


async def test_a_unit_stays_while_a_job_tells_of_it(runtime: Any, work: Any) -> None:
    async with work() as unit:
        made = await item(unit, "JOBS", tracking="serialized")
        told, untold = await add_units(unit, made.id, ["JB-1", "JB-2"])
        job = Maintenance(equipment_id=made.id, unit_id=told.id, title="Was repaired")
        await editing.create(unit, job)
        for one in (told, untold):
            await delete_unit(unit, one.id, version=None)
    for one in (told, untold):
        await date_back(runtime, "unit", one.id, LONG_AGO)
    await purge(runtime)
    assert await there(runtime, "unit", told.id, untold.id) == [told.id]
    async with work() as unit:
        await editing.delete(unit, await editing.lock(unit, Maintenance, job.id), version=1)
    await date_back(runtime, "maintenance", job.id, LONG_AGO)
    assert await purge(runtime) == 2
    assert await there(runtime, "unit", told.id) == []
    assert await there(runtime, "equipment", made.id) == [made.id]


async def test_a_category_stays_while_anything_is_in_it(runtime: Any, work: Any) -> None:
    async with work() as unit:
        used, empty = await create_category(unit, "Used"), await create_category(unit, "Empty")
        inner = await create_category(unit, "Inner", empty.id)
    inside = await deleted_item(runtime, work, "IN-USED", LATELY, category_id=used.id)
    async with work() as unit:
        for category in (inner, empty, used):
            await delete_category(unit, category.id, version=None)
    for category in (inner, empty, used):
        await date_back(runtime, "category", category.id, LONG_AGO)
    assert await purge(runtime) == 2
    assert await there(runtime, "category", used.id, empty.id, inner.id) == [used.id]
    async with work() as unit:
        await restore_category(unit, used.id)
        await restore_equipment(unit, inside)


async def test_views_go_as_well(runtime: Any, work: Any) -> None:
    async with work() as unit:
        view = SavedView(user_id=unit.actor.id, page="inventory", name="Old view", query="q=old")
        await editing.create(unit, view)
        await editing.delete(unit, view, version=1)
    await date_back(runtime, "saved_view", view.id, LONG_AGO)
    assert await purge(runtime) == 1
    assert await there(runtime, "saved_view", view.id) == []


async def test_what_was_brought_back_survives_also_in_the_very_moment(runtime: Any, work: Any) -> None:
    restored = await deleted_item(runtime, work, "BACK-1", LONG_AGO)
    async with work() as unit:
        deletion = await value(
            runtime, "select max(id) from change where entity = 'equipment' and entity_id = :id", id=restored
        )
        await undo_change(unit, deletion)
    in_the_moment = await deleted_item(runtime, work, "BACK-2", LONG_AGO)
    async with work() as unit:
        await restore_equipment(unit, in_the_moment)
        assert await purge(runtime) == 0
    assert await purge(runtime) == 0
    alive = "select count(*) from equipment where id = any(:ids) and deleted_at is null"
    assert await value(runtime, alive, ids=[restored, in_the_moment]) == 2


async def test_an_undo_after_the_purge_says_that_there_is_nothing_left(runtime: Any, work: Any) -> None:
    gone = await deleted_item(runtime, work, "TOO-LATE", LONG_AGO)
    await purge(runtime)
    for change in await rows(
        runtime, "select id from change where entity = 'equipment' and entity_id = :id", id=gone
    ):
        with pytest.raises(NotFound):
            async with work() as unit:
                await undo_change(unit, change.id)


async def test_more_than_a_batch_goes_in_one_run(runtime: Any, work: Any) -> None:
    async with work() as unit:
        for number in range(BATCH + 5):
            made = await item(unit, f"MANY-{number}")
            await delete_equipment(unit, made.id, version=1)
    async with runtime.sessions() as session, session.begin():
        statement = "update equipment set deleted_at = :at where sku like 'MANY-%'"
        await session.execute(text(statement), {"at": LONG_AGO})
    assert await purge(runtime) == BATCH + 5
    assert await value(runtime, "select count(*) from equipment where sku like 'MANY-%'") == 0


async def test_photos_go_unless_other_equipment_shows_or_showed_them(runtime: Any, work: Any) -> None:
    names = {
        what: await runtime.files.put_async(what.encode(), ".webp", {"64": b"small " + what.encode()})
        for what in ("own", "replaced", "shared", "former")
    }
    async with work() as unit:
        made = await item(unit, "PIC-1", photo=names["replaced"])
        for what in ("shared", "former", "own"):
            await edit_equipment(unit, made.id, {"photo": names[what]}, version=None)
        await item(unit, "PIC-2", photo=names["shared"])
        other = await item(unit, "PIC-3", photo=names["former"])
        await edit_equipment(unit, other.id, {"photo": None}, version=None)
        await delete_equipment(unit, made.id, version=None)
    await date_back(runtime, "equipment", made.id, LONG_AGO)
    assert await purge(runtime) == 1
    kept = {what for what, name in names.items() if runtime.files.exists(name)}
    assert kept == {"shared", "former"}
    assert not list(runtime.files.path(names["own"]).parent.glob("*.webp"))


async def test_uploads_that_were_never_imported_go_after_a_week(runtime: Any, work: Any) -> None:
    made: dict[str, Any] = {}
    for name, sku in (("old", "UP-1"), ("young", "UP-2"), ("twice", "UP-3"), ("done", "UP-3")):
        async with work("manager") as unit:
            made[name] = await imports.take_in(
                unit, runtime.files, EQUIPMENT, f"{name}.csv", f"name,sku\nUpload,{sku}\n".encode()
            )
    ages = {"old": 8, "young": 6, "twice": 8, "done": 8}
    async with runtime.sessions() as session, session.begin():
        for name, days in ages.items():
            statement = "update data_import set created_at = :at, state = :state where id = :id"
            state = "done" if name == "done" else "mapping"
            given = {"at": NOW - timedelta(days=days), "state": state, "id": made[name].id}
            await session.execute(text(statement), given)
    assert await purge_uploads(runtime.sessions, runtime.files, NOW) == 2
    ids = [record.id for record in made.values()]
    assert await there(runtime, "data_import", *ids) == [made["young"].id, made["done"].id]
    kept = {name for name, record in made.items() if runtime.files.exists(record.file)}
    assert kept == {"young", "twice", "done"}  # the last two are the same file
    log = "select count(*) from change where action = 'import.purged' and entity_id = any(:ids)"
    assert await value(runtime, log, ids=ids) == 2


async def test_the_job_removes_by_the_clock_and_is_known_to_workers(runtime: Any, work: Any) -> None:
    today = datetime.now(UTC)
    old = await deleted_item(runtime, work, "JOB-4", today - timedelta(days=4))
    young = await deleted_item(runtime, work, "JOB-2", today - timedelta(days=2))
    place = Workplace(runtime.sessions, runtime.files, timedelta(days=3))
    await purge_everything(place)
    assert await there(runtime, "equipment", old, young) == [young]
    jobs = create_jobs(runtime.settings.database_url, place)
    periodic = {task.task.name: task.cron for task in jobs.periodic_registry.periodic_tasks.values()}
    assert periodic["purge"] == "37 * * * *"
