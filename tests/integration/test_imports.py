"""Stock lists brought in through the pages, written by a real worker."""

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.jobs.worker import JobWorker
from app.lib.tabular import read_table
from tests.integration.importing import finished, imported, mapped, rows, upload, uploaded, value

FIXTURES = Path(__file__).resolve().parents[3] / "shared" / "data" / "lighting_fixtures.csv"

STOCK = b"""name;code;group;subgroup;qty;weight (kg);price day;hersteller
Robe MegaPointe;RB-MEGAPT;Lighting;Moving lights;24;22,0;95,00;Robe
Robe Esprite;RB-ESPR;Lighting;Moving lights;12;31,5;78,00;Robe
Shure SM58;SM58;Audio;Microphones;40;0,3;4,50;Shure
"""

CHANGES = "select count(*) from change where entity in ('equipment', 'unit', 'category')"


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def worker(app: Any) -> Any:
    working = await JobWorker(app.app.state.runtime).start()
    yield working
    await working.stop()


@pytest.fixture
def runtime(app: Any) -> Any:
    return app.app.state.runtime


async def test_a_stock_list_comes_in_and_the_same_list_again_changes_nothing(
    sign_in: Any, runtime: Any
) -> None:
    client = await sign_in("technician")
    first = await imported(client, runtime, STOCK)
    assert first.state == "done", first.report
    assert (first.report["created"], first.report["changed"], first.report["failures"]) == (3, 0, {})
    assert first.report["categories"] == ["Lighting", "Moving lights", "Audio", "Microphones"]
    [pointe] = await rows(runtime, "select * from equipment where sku = 'RB-MEGAPT'")
    assert (pointe.name, pointe.quantity, str(pointe.weight_kg), str(pointe.daily_rate), pointe.tags) == (
        "Robe MegaPointe", 24, "22.000", "95.00", ["Robe"],
    )  # fmt: skip
    actors = await rows(
        runtime,
        "select distinct u.username, c.operation from change c join user_account u on u.id = c.actor_id"
        " where c.entity in ('equipment', 'category')",
    )
    assert [(actor.username, actor.operation) for actor in actors] == [("technician", first.operation)]

    before = await value(runtime, CHANGES)
    again = await imported(client, runtime, STOCK, "again.csv")
    assert (again.state, again.report["created"], again.report["changed"]) == ("done", 0, 0)
    assert again.report["same"] == 3
    assert await value(runtime, CHANGES) == before


async def test_a_list_with_changes_writes_only_what_differs(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    await imported(client, runtime, STOCK)
    changed = STOCK.replace(b"RB-ESPR;Lighting;Moving lights;12", b"rb-espr;Lighting;Moving lights;14")
    import_id = await uploaded(client, changed)
    await mapped(client, import_id)
    check = await client.get(f"/imports/{import_id}/check")
    assert re.search(r"<del>\d+</del> <ins>14</ins>", check.text)
    assert "Updates 1 field" in check.text
    await client.post(f"/imports/{import_id}/run")
    record = await finished(runtime, import_id)
    assert (record.report["created"], record.report["changed"], record.report["same"]) == (0, 1, 2)
    [change] = await rows(
        runtime,
        "select * from change where operation = :operation and entity = 'equipment'",
        operation=record.operation,
    )
    assert change.fields["quantity"][1] == 14
    assert list(change.fields) == ["quantity"]


async def test_serialized_equipment_brings_its_units(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    file = b"name,sku,category,asset tags,location\nAxient AD4Q,AD4Q,Radio,AX-001-004,R-1\n"
    record = await imported(client, runtime, file)
    assert record.report["created"] == 1
    [equipment] = await rows(runtime, "select * from equipment where sku = 'AD4Q'")
    assert (equipment.tracking, equipment.quantity) == ("serialized", 4)
    assert await value(runtime, "select count(*) from unit where location = 'R-1'") == 4
    before = await value(runtime, CHANGES)
    assert (await imported(client, runtime, file)).report["same"] == 1
    more = await imported(client, runtime, file.replace(b"001-004", b"001-006"))
    assert more.report["changed"] == 1
    assert await value(runtime, CHANGES) == before + 2


async def test_rows_that_cannot_be_used_are_left_out_and_come_back_as_a_file(
    sign_in: Any, runtime: Any
) -> None:
    client = await sign_in("manager")
    file = b"name,sku,qty\nGood one,G-1,5\nBad one,B-1,lots\nTwice,G-1,2\n=HYPERLINK(1),F-1,2\n"
    import_id = await uploaded(client, file)
    await mapped(client, import_id)
    check = await client.get(f"/imports/{import_id}/check?show=problems")
    assert "<mark>lots</mark>" in check.text
    assert "Quantity is not a number" in check.text
    assert "Same SKU as row 2" in check.text
    await client.post(f"/imports/{import_id}/run", data={"bad": "leave_out"})
    record = await finished(runtime, import_id)
    assert (record.state, record.report["created"], record.report["problems"]) == ("done", 1, 3)
    response = await client.get(f"/imports/{import_id}/left-out.csv")
    table = read_table(response.content, "left-out.csv")
    assert table.header == ["name", "sku", "qty", "Problem"]
    assert [row[1] for row in table.rows] == ["B-1", "G-1", "F-1"]
    assert table.rows[0][3] == "Quantity is not a number"
    assert "attachment" in response.headers["content-disposition"]
    page = await client.get(f"/imports/{import_id}")
    assert "rows-left-out.csv" in page.text


async def test_all_or_nothing_writes_nothing_when_a_row_is_bad(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    before = await value(runtime, CHANGES)
    record = await imported(client, runtime, b"name,sku,qty\nFine,N-1,5\nBad,N-2,lots\n", bad="nothing")
    assert (record.state, record.report["created"]) == ("stopped", 0)
    assert "all or nothing" in record.report["reason"]
    assert await value(runtime, CHANGES) == before


async def test_what_somebody_adds_between_check_and_import_is_updated(
    sign_in: Any, runtime: Any, work: Any
) -> None:
    from app.domain.importing.mapping import suggest_mapping
    from app.domain.inventory.categories import create_category
    from app.domain.inventory.importing.checking import check_rows
    from app.domain.inventory.importing.fields import TARGETS
    from app.domain.inventory.importing.known import KnownCatalogue
    from app.domain.inventory.importing.writing import write_rows
    from app.domain.inventory.service import create_equipment

    table = read_table(b"name,sku,category,qty\nLate,LATE-1,Sudden,7\n", "late.csv")
    result = check_rows(table, suggest_mapping(table, TARGETS), KnownCatalogue())
    async with work("admin") as unit:
        category = await create_category(unit, "sudden")
        await create_equipment(unit, {"name": "Early", "sku": "late-1", "category_id": category.id})
    async with work("manager") as unit:
        written = await write_rows(unit, result.to_write)
    assert (written.created, written.changed, written.categories) == (0, 1, [])
    assert await value(runtime, "select name from equipment where sku = 'late-1'") == "Late"


async def test_a_refused_row_does_not_harm_its_chunk(runtime: Any, work: Any) -> None:
    from app.domain.importing.mapping import suggest_mapping
    from app.domain.inventory.importing.checking import check_rows
    from app.domain.inventory.importing.fields import TARGETS
    from app.domain.inventory.importing.known import KnownCatalogue
    from app.domain.inventory.importing.writing import write_rows

    file = b"name,sku,category,asset tags\nOne,CH-1,Chunk,CH-A\nTwo,CH-2,Chunk,CH-B\nThree,CH-3,Chunk,CH-C\n"
    table = read_table(file, "chunk.csv")
    result = check_rows(table, suggest_mapping(table, TARGETS), KnownCatalogue())
    async with work("manager") as unit:
        await write_rows(unit, result.rows[1:2])
    taken = read_table(file.replace(b"CH-1", b"CH-9").replace(b"CH-A", b"ch-b"), "chunk.csv")
    result = check_rows(taken, suggest_mapping(taken, TARGETS), KnownCatalogue())
    async with work("manager") as unit:
        written = await write_rows(unit, [result.rows[0], result.rows[2]])
    assert written.created == 1
    assert "CH-B is taken" in written.failures[0]
    assert await value(runtime, "select count(*) from equipment where sku = 'CH-9'") == 0


async def test_two_imports_that_need_the_same_new_category_share_it(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    started: list[int] = []
    for letter in "AB":
        lines = "".join(f"Row {n},{letter}-SAME-{n},Shared place,Inner\n" for n in range(60))
        started.append(await uploaded(client, f"name,sku,category,subcategory\n{lines}".encode()))
        await mapped(client, started[-1])
    await asyncio.gather(*(client.post(f"/imports/{import_id}/run") for import_id in started))
    reports = [(await finished(runtime, import_id)).report for import_id in started]
    assert [report["created"] for report in reports] == [60, 60]
    created = [name for report in reports for name in report["categories"]]
    assert sorted(created) == ["Inner", "Shared place"]
    assert await value(runtime, "select count(*) from category where name in ('Inner', 'Shared place')") == 2


async def test_stopping_takes_back_what_was_written_and_keeps_what_others_changed(
    sign_in: Any, runtime: Any, work: Any
) -> None:
    from app.domain.inventory.service import edit_equipment

    client = await sign_in("manager")
    record = await imported(client, runtime, b"name,sku,category\nGone,ST-1,Stopped\nKept,ST-2,Stopped\n")
    kept = await value(runtime, "select id from equipment where sku = 'ST-2'")
    async with work("technician") as unit:
        await edit_equipment(unit, kept, {"location": "X-1"}, version=1)
    stopped = await client.post(f"/imports/{record.id}/stop")
    assert stopped.headers["location"] == f"/imports/{record.id}"
    record = await finished(runtime, record.id, "stopped")
    alive = await rows(runtime, "select sku from equipment where sku like 'ST-%' and deleted_at is null")
    assert [row.sku for row in alive] == ["ST-2"]
    assert (
        await value(runtime, "select count(*) from category where name = 'Stopped' and deleted_at is null")
        == 1
    )
    assert record.report["undo"]["kept_count"] == 2
    page = await client.get(f"/imports/{record.id}")
    assert "stayed, because others went on from there" in page.text


async def test_a_whole_import_can_be_taken_back(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    await imported(client, runtime, b"name,sku,category,qty\nBase,TB-1,Back,5\n")
    file = "name,sku,category,qty,asset tags\nBase,TB-1,Back,9,\n" + "".join(
        f"Row {n},TBN-{n},New place,,TBU-{n}\n" for n in range(70)
    )
    record = await imported(client, runtime, file.encode())
    assert (record.report["created"], record.report["changed"]) == (70, 1)
    await client.post(f"/imports/{record.id}/stop")
    record = await finished(runtime, record.id, "stopped")
    assert record.report["undo"]["kept_count"] == 0, record.report["undo"]["kept"]
    assert await value(runtime, "select quantity from equipment where sku = 'TB-1'") == 5
    assert (
        await value(runtime, "select count(*) from equipment where sku like 'TBN-%' and deleted_at is null")
        == 0
    )
    assert (
        await value(runtime, "select count(*) from unit where asset_tag like 'TBU-%' and deleted_at is null")
        == 0
    )
    assert (
        await value(runtime, "select count(*) from category where name = 'New place' and deleted_at is null")
        == 0
    )


async def test_a_finished_import_is_taken_back_only_by_whom_may_delete(sign_in: Any, runtime: Any) -> None:
    admin, technician = await sign_in("admin"), await sign_in("technician")
    record = await imported(admin, runtime, b"name,sku,category\nStays,OWN-1,Owned\n")
    assert "Take it back" not in (await technician.get(f"/imports/{record.id}")).text
    assert (await technician.post(f"/imports/{record.id}/stop")).status_code == 403
    own = await imported(technician, runtime, b"name,sku,category\nMine,OWN-2,Owned\n")
    assert (await technician.post(f"/imports/{own.id}/stop")).status_code == 403
    alive = "select count(*) from equipment where sku like 'OWN-%' and deleted_at is null"
    assert await value(runtime, alive) == 2
    manager = await sign_in("manager")
    assert "Take it back" in (await manager.get(f"/imports/{own.id}")).text
    await manager.post(f"/imports/{own.id}/stop")
    await finished(runtime, own.id, "stopped")
    assert await value(runtime, alive) == 1


async def test_a_draft_is_decided_by_its_owner(sign_in: Any, runtime: Any) -> None:
    manager, technician = await sign_in("manager"), await sign_in("technician")
    draft = await uploaded(manager, b"name,sku,category\nDraft,DRF-1,Drafts\n")
    assert (await mapped(technician, draft)).status_code == 403
    for path in ("guess", "reading", "run", "stop"):
        assert (await technician.post(f"/imports/{draft}/{path}")).status_code == 403, path
    assert await value(runtime, "select state from data_import where id = :id", id=draft) == "mapping"
    assert (await mapped(await sign_in("admin"), draft)).status_code == 303
    assert (await manager.post(f"/imports/{draft}/run")).status_code == 303


async def test_starting_twice_does_it_once_and_a_started_import_keeps_its_columns(
    sign_in: Any, runtime: Any
) -> None:
    client = await sign_in("manager")
    record = await imported(client, runtime, b"name,sku\nOnce,ON-1\n")
    version = await value(
        runtime, "select count(*) from change where entity = 'import' and entity_id = :id", id=record.id
    )
    assert (await client.post(f"/imports/{record.id}/run")).status_code == 303
    assert (await client.post(f"/imports/{record.id}/columns", data={"column-0": "name"})).status_code == 409
    assert (await client.get(f"/imports/{record.id}/columns")).headers["location"] == f"/imports/{record.id}"
    assert version == await value(
        runtime, "select count(*) from change where entity = 'import' and entity_id = :id", id=record.id
    )


async def test_the_list_and_the_template(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    template = await client.get("/imports/template.csv")
    record = await imported(client, runtime, template.content, "stock-list.csv")
    assert (record.state, record.report["problems"], record.report["failures"]) == ("done", 0, {})
    assert await value(runtime, "select count(*) from unit where asset_tag like 'MP-0%'") == 24
    page = await client.get("/imports")
    assert "stock-list.csv" in page.text
    assert 'id="imports"' in page.text


@pytest.mark.parametrize("role", ["employee", "viewer"])
async def test_only_who_may_change_equipment_sees_imports(sign_in: Any, role: str) -> None:
    client = await sign_in(role)
    assert (await client.get("/imports")).status_code == 403
    assert (await upload(client, STOCK)).status_code == 403


async def test_an_import_that_does_not_exist_is_not_found(sign_in: Any) -> None:
    client = await sign_in("manager")
    for path in ("", "/columns", "/check", "/left-out.csv"):
        assert (await client.get(f"/imports/999999{path}")).status_code == 404


@pytest.mark.skipif(not FIXTURES.exists(), reason=f"needs {FIXTURES.name} beside the repository")
async def test_a_real_list_of_fixtures_comes_in_without_an_edit(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    data = FIXTURES.read_bytes()
    record = await imported(client, runtime, data, FIXTURES.name)
    assert (record.state, record.total, record.report["problems"]) == ("done", 627, 0)
    assert record.report["created"] == 627
    assert (record.finished_at - record.started_at).total_seconds() < 15
    before = await value(runtime, CHANGES)
    again = await imported(client, runtime, data, FIXTURES.name)
    assert again.report["same"] == 627
    assert await value(runtime, CHANGES) == before
