"""Working in the inventory table: cells, bulk actions, columns, views, exports, live rows."""

import html
import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import httpx
import openpyxl
import pytest
import pytest_asyncio
from sqlalchemy import select

from app.db.models import Change, Equipment, Unit
from app.domain.inventory.bulk import CHUNK, apply_to_many
from app.domain.inventory.categories import create_category
from app.domain.inventory.service import create_equipment, edit_equipment
from app.lib import editing
from app.lib.errors import InvalidInput
from app.lib.tabular import read_table

HTMX = {"hx-request": "true", "hx-request-type": "partial"}
BOOSTED = {"hx-request": "true", "hx-request-type": "full"}
Stock = dict[str, int]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def stock(app: Any) -> Stock:
    from tests.conftest import work_of

    ids: Stock = {}
    async with work_of(app.app.state.runtime, "admin") as unit:
        ids["audio"] = (await create_category(unit, "Audio")).id
        ids["light"] = (await create_category(unit, "Lighting")).id
        ids["spots"] = (await create_category(unit, "Spots", ids["light"])).id
    return ids


@pytest_asyncio.fixture(loop_scope="session")
async def manager(sign_in: Callable[[str], Any], stock: Stock) -> httpx.AsyncClient:
    return await sign_in("manager")


@pytest.fixture
def add(work: Callable[..., Any], stock: Stock) -> Callable[..., Any]:
    async def one(sku: str, **values: Any) -> int:
        async with work("admin") as unit:
            given = {"name": f"Thing {sku}", "sku": sku, "category_id": stock["audio"], **values}
            return (await create_equipment(unit, given)).id

    return one


@pytest.fixture
def read(app: Any) -> Callable[[int], Any]:
    async def one(equipment_id: int) -> Equipment:
        async with app.app.state.runtime.sessions() as session:
            return await session.get(Equipment, equipment_id)

    return one


async def save(
    client: httpx.AsyncClient, row_id: int, field: str, value: str, version: int
) -> httpx.Response:
    form = {"value": value, "version": str(version), "columns": "sku,location,daily_rate"}
    return await client.put(f"/inventory/{row_id}/cells/{field}", data=form, headers=HTMX)


async def test_a_cell_opens_with_its_version_and_saves(
    manager: httpx.AsyncClient, add: Callable[..., Any], read: Callable[[int], Any]
) -> None:
    row = await add("CELL-1", daily_rate=4)
    editor = await manager.get(f"/inventory/{row}/cells/daily_rate", headers=HTMX)
    assert 'class="is-edit end"' in editor.text
    assert 'name="version" value="1"' in editor.text
    assert 'value="4.00"' in editor.text
    saved = await save(manager, row, "daily_rate", " 1.250,5 ", 1)
    assert saved.status_code == 200
    assert f'hx-target="#equipment-{row}" hx-swap="outerMorph"' in saved.text
    assert 'data-version="2"' in saved.text
    assert str((await read(row)).daily_rate) == "1250.50"


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("sku", "CELL/NEW-7", {"sku": "CELL/NEW-7"}),
        ("location", " A-1 ", {"location": "A-1"}),
        ("status", "damaged", {"status": "damaged"}),
        ("quantity", "12", {"quantity": 12}),
        ("replacement_value", "", {"replacement_value": None}),
        ("power_w", "350", {"power_w": 350}),
        ("tags", "a, b;a", {"tags": ["a", "b"]}),
    ],
)
async def test_every_field(  # noqa: PLR0917
    manager: httpx.AsyncClient,
    add: Callable[..., Any],
    read: Callable[[int], Any],
    field: str,
    typed: str,
    kept: Any,
) -> None:
    row = await add(f"FIELD-{field}")
    assert (await manager.get(f"/inventory/{row}/cells/{field}", headers=HTMX)).status_code == 200
    assert (await save(manager, row, field, typed, 1)).status_code == 200
    equipment = await read(row)
    assert {name: getattr(equipment, name) for name in kept} == kept


async def test_category_is_moved_with_its_subcategory(
    manager: httpx.AsyncClient, add: Callable[..., Any], read: Callable[[int], Any], stock: Stock
) -> None:
    row = await add("CAT-1")
    assert (await save(manager, row, "category", f"{stock['light']}-{stock['spots']}", 1)).status_code == 200
    equipment = await read(row)
    assert (equipment.category_id, equipment.subcategory_id) == (stock["light"], stock["spots"])
    assert (await save(manager, row, "category", f"{stock['audio']}-{stock['spots']}", 2)).status_code == 422
    assert (await save(manager, row, "category", str(stock["audio"]), 2)).status_code == 200
    assert (await read(row)).subcategory_id is None


async def test_what_cannot_be_used_keeps_what_was_typed(
    manager: httpx.AsyncClient, add: Callable[..., Any]
) -> None:
    await add("TAKEN")
    row = await add("FREE")
    for field, typed, words in (
        ("daily_rate", "lots", "Write a number"),
        ("sku", "", "Give it a SKU"),
        ("sku", "taken", "taken by"),
    ):
        answer = await save(manager, row, field, typed, 1)
        assert answer.status_code == 422
        assert words in answer.text
        assert f'value="{typed}"' in answer.text
        assert 'aria-invalid="true"' in answer.text


async def test_changes_of_others_to_other_fields_are_merged(
    manager: httpx.AsyncClient, add: Callable[..., Any], work: Callable[..., Any], read: Callable[[int], Any]
) -> None:
    row = await add("MERGE-1", daily_rate=4)
    async with work("technician") as unit:
        await edit_equipment(unit, row, {"location": "C-9"}, version=1)
    answer = await save(manager, row, "daily_rate", "5", 1)
    assert answer.status_code == 200
    assert "Saved, together with the change of" in answer.headers["hx-trigger"]
    assert re.search(r"/changes/\d+/undo", answer.headers["hx-trigger"])
    equipment = await read(row)
    assert (equipment.location, str(equipment.daily_rate)) == ("C-9", "5.00")


async def test_a_true_conflict_is_shown_in_the_cell_and_decided_there(
    manager: httpx.AsyncClient, add: Callable[..., Any], work: Callable[..., Any], read: Callable[[int], Any]
) -> None:
    from decimal import Decimal

    row = await add("CLASH-1", daily_rate=Decimal("4.50"))
    async with work("technician") as unit:
        await edit_equipment(unit, row, {"daily_rate": Decimal("5.00")}, version=1)
        name = unit.actor.name
    answer = await save(manager, row, "daily_rate", "4.75", 1)
    assert answer.status_code == 409
    assert f"{name} changed this to <strong>5.00</strong> meanwhile; you opened it at 4.50." in answer.text
    assert 'value="4.75"' in answer.text
    assert 'name="version" value="2"' in answer.text
    assert str((await read(row)).daily_rate) == "5.00"
    theirs = await manager.get(f"/inventory/{row}/row", params={"columns": "daily_rate"}, headers=HTMX)
    assert ">5.00<" in theirs.text
    assert (await save(manager, row, "daily_rate", "4.75", 2)).status_code == 200
    assert str((await read(row)).daily_rate) == "4.75"


async def test_who_may_not_write_sees_plain_cells(
    sign_in: Callable[[str], Any], add: Callable[..., Any], stock: Stock
) -> None:
    row = await add("PLAIN-1")
    viewer = await sign_in("viewer")
    page = (await viewer.get("/inventory", params={"q": "plain"})).text
    assert "av-editable" not in page
    assert 'id="bulk"' not in page
    assert (await viewer.get(f"/inventory/{row}/cells/sku", headers=HTMX)).status_code == 403
    assert (await save(viewer, row, "sku", "X", 1)).status_code == 403
    answer = await viewer.post("/inventory/bulk", data={"ids": str(row), "action": "archive"})
    assert answer.status_code == 403


async def test_cells_that_are_none(manager: httpx.AsyncClient, add: Callable[..., Any]) -> None:
    row = await add("NONE-1", tracking="serialized")
    assert (await manager.get(f"/inventory/{row}/cells/notes", headers=HTMX)).status_code == 404
    assert (await manager.get(f"/inventory/{row}/cells/deleted_at", headers=HTMX)).status_code == 404
    assert (await manager.get("/inventory/999999/cells/sku", headers=HTMX)).status_code == 404
    assert (await save(manager, row, "quantity", "5", 1)).status_code == 409
    assert (await save(manager, row, "sku", "NONE-2", 99)).status_code == 422


async def test_live_rows(
    manager: httpx.AsyncClient, add: Callable[..., Any], work: Callable[..., Any]
) -> None:
    stays, leaves, fresh = await add("LIVE-1"), await add("LIVE-2"), await add("LIVE-3")
    async with work("admin") as unit:
        await edit_equipment(unit, leaves, {"archived": True}, version=None)
    query = {"ids": f"{stays},{leaves}", "new": f"{fresh},{leaves}", "q": "live", "columns": "sku"}
    text = (await manager.get("/inventory/rows", params=query, headers=HTMX)).text
    assert f'<tr id="equipment-{stays}"' in text
    assert f'hx-target="#equipment-{leaves}" hx-swap="delete"' in text
    assert "1 new item matches this view." in text
    assert text.count("<td") == 2
    assert 'data-col="sku"' in text


async def bulk(client: httpx.AsyncClient, action: str, ids: list[str], **form: str) -> httpx.Response:
    return await client.post("/inventory/bulk", data={"action": action, "ids": ids, **form}, headers=BOOSTED)


async def test_bulk_changes_each_row_under_one_operation(
    manager: httpx.AsyncClient, add: Callable[..., Any], read: Callable[[int], Any], app: Any
) -> None:
    rows = [await add(f"BULK-{number}") for number in range(3)]
    answer = await bulk(manager, "location", [f"{row}:1" for row in rows], location="Z-1", query="q=bulk")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/inventory?q=bulk"
    assert [(await read(row)).location for row in rows] == ["Z-1"] * 3
    async with app.app.state.runtime.sessions() as session:
        found = select(Change.operation).where(
            Change.entity == "equipment", Change.entity_id.in_(rows), Change.version == 2
        )
        operations = set((await session.scalars(found)).all())
    assert len(operations) == 1
    page = await manager.get(answer.headers["location"])
    assert "3 items given a new location" in page.text
    assert f"/operations/{operations.pop()}/undo" in page.text


async def test_bulk_reports_rows_it_left_alone(
    manager: httpx.AsyncClient, add: Callable[..., Any], work: Callable[..., Any], read: Callable[[int], Any]
) -> None:
    free, clashing = await add("REPORT-1", location="A"), await add("REPORT-2", location="A")
    async with work("technician") as unit:
        await edit_equipment(unit, clashing, {"location": "Theirs"}, version=1)
    answer = await bulk(manager, "location", [f"{free}:1", f"{clashing}:1", "999999"], location="Mine")
    assert answer.status_code == 200
    assert "2 items could not be changed" in answer.text
    assert "changed location meanwhile." in answer.text
    assert "1 item given a new location" in answer.text
    assert ((await read(free)).location, (await read(clashing)).location) == ("Mine", "Theirs")


async def test_deleting_what_somebody_just_changed_is_refused(
    manager: httpx.AsyncClient, add: Callable[..., Any], work: Callable[..., Any], read: Callable[[int], Any]
) -> None:
    same, changed = await add("DELETE-1"), await add("DELETE-2")
    async with work("technician") as unit:
        await edit_equipment(unit, changed, {"notes": "keep me"}, version=1)
    answer = await bulk(manager, "delete", [f"{same}:1", f"{changed}:1"])
    assert "1 item could not be changed" in answer.text
    assert (await read(same)).deleted_at is not None
    assert (await read(changed)).deleted_at is None


async def test_all_that_match_and_archiving(
    manager: httpx.AsyncClient,
    add: Callable[..., Any],
    read: Callable[[int], Any],
    sign_in: Callable[[str], Any],
) -> None:
    rows = [await add(f"MATCH-{number}") for number in range(3)]
    other = await add("MISMATCH")
    answer = await bulk(manager, "archive", [], matching="1", query="q=match")
    assert answer.status_code == 303
    assert [(await read(row)).archived for row in rows] == [True] * 3
    assert not (await read(other)).archived
    await bulk(manager, "unarchive", [], matching="1", query="q=match&archived=yes")
    assert [(await read(row)).archived for row in rows] == [False] * 3
    technician = await sign_in("technician")
    assert (await bulk(technician, "delete", [str(rows[0])])).status_code == 403
    assert (await read(rows[0])).deleted_at is None


@pytest.mark.parametrize(
    "form",
    [
        {"action": "explode", "ids": "1"},
        {"action": "archive"},
        {"action": "archive", "ids": "x"},
        {"action": "status", "ids": "1", "status": "splendid"},
        {"action": "category", "ids": "1", "category": "x-y"},
        {},
    ],
)
async def test_bulk_refuses_what_makes_no_sense(manager: httpx.AsyncClient, form: dict[str, str]) -> None:
    assert (await manager.post("/inventory/bulk", data=form)).status_code == 422


async def test_bulk_goes_elsewhere_for_labels_and_exports(manager: httpx.AsyncClient) -> None:
    labels = await bulk(manager, "labels", ["3:1", "4:2"])
    assert labels.headers["hx-redirect"] == "/inventory/labels?ids=3,4"
    export = await bulk(manager, "export", [], matching="1", query="q=a+b")
    assert export.headers["hx-redirect"] == "/inventory/export?q=a+b"


async def test_bulk_works_in_chunks_and_has_a_limit(
    add: Callable[..., Any], work: Callable[..., Any], read: Callable[[int], Any]
) -> None:
    row = await add("CHUNK-1")
    opened = 0

    def open_work() -> Any:
        nonlocal opened
        opened += 1
        return work("admin")

    missing = [(10_000_000 + number, None) for number in range(CHUNK)]
    result = await apply_to_many(open_work, [*missing, (row, None)], {"location": "far"})
    assert (opened, result.changed, len(result.failed)) == (2, 1, CHUNK)
    assert (await read(row)).location == "far"
    with pytest.raises(InvalidInput):
        await apply_to_many(open_work, [(number, None) for number in range(10_001)], {})


async def test_bulk_keeps_the_receipt_of_what_is_done_when_it_is_interrupted(
    work: Callable[..., Any], add: Callable[..., Any], read: Callable[[int], Any]
) -> None:
    rows = [await add(f"CUT-{number}") for number in range(2)]
    opened = 0

    def open_work() -> Any:
        nonlocal opened
        opened += 1
        if opened > 1:
            raise ConnectionError("the database went away")
        return work("admin")

    chosen = [(rows[0], None), *((10_000_000 + number, None) for number in range(CHUNK))]
    result = await apply_to_many(open_work, chosen, {"location": "cut"})
    assert (opened, result.changed) == (2, 1)
    assert {refusal.id for refusal in result.failed} == {row for row, _ in chosen[1:]}
    assert "Try again" in result.failed[-1].reason
    assert (await read(rows[0])).location == "cut"
    with pytest.raises(ConnectionError):
        await apply_to_many(open_work, [(rows[1], None)], {"location": "cut"})


async def test_columns_are_remembered_for_each_person(
    manager: httpx.AsyncClient, add: Callable[..., Any], sign_in: Callable[[str], Any]
) -> None:
    await add("COLUMN-1")
    headers = HTMX | {"hx-current-url": "http://test/inventory?q=column"}
    answer = await manager.post(
        "/inventory/columns", data={"columns": ["tags", "sku", "nonsense"]}, headers=headers
    )
    heads = re.findall(r'<th scope="col"[^>]* data-col="(\w+)"', answer.text)
    assert heads == ["sku", "tags"]
    assert answer.text.count("<tr id=") == 1
    page = (await manager.get("/inventory", params={"q": "column"})).text
    assert re.findall(r'<th scope="col"[^>]* data-col="(\w+)"', page) == ["sku", "tags"]
    technician = await sign_in("technician")
    assert 'data-col="location"' in (await technician.get("/inventory", params={"q": "column"})).text
    await manager.post(
        "/inventory/columns", data={"columns": ["sku", "location", "daily_rate"]}, headers=HTMX
    )


async def test_views_are_saved_shared_and_deleted(
    manager: httpx.AsyncClient, sign_in: Callable[[str], Any]
) -> None:
    technician = await sign_in("technician")
    for name, shared in (("Mine alone", ""), ("For all", "1")):
        form = {"name": name, "query": "q=x&status=damaged&sort=-sku&evil=1", "shared": shared}
        answer = await manager.post("/inventory/views", data=form)
        assert answer.headers["location"] == "/inventory?q=x&status=damaged&sort=-sku"
    page = (await manager.get("/inventory?q=x&status=damaged&sort=-sku")).text
    assert "Mine alone" in page
    assert "For all" in page
    theirs = (await technician.get("/inventory")).text
    assert "Mine alone" not in theirs
    assert "For all" in theirs
    view_id = re.search(r'hx-delete="/inventory/views/(\d+)"', page)
    assert view_id
    assert (await technician.delete(f"/inventory/views/{view_id[1]}")).status_code == 404
    assert (await manager.delete(f"/inventory/views/{view_id[1]}", headers=HTMX)).status_code == 200
    assert (await manager.post("/inventory/views", data={"name": " ", "query": ""})).status_code == 422


async def test_an_export_is_read_back_as_it_was(
    manager: httpx.AsyncClient, add: Callable[..., Any], work: Callable[..., Any]
) -> None:
    row = await add("EXPORT-1", tracking="serialized", tags=["a", "b"], weight_kg=2, notes="two\nlines")
    await add("EXPORT-2", name="=1+1", location="@cmd", tags=["x, y"], daily_rate=3)
    async with work("admin") as unit:
        for tag in ("EX-2", "EX-10"):
            await editing.create(unit, Unit(equipment_id=row, asset_tag=tag))
    tables = {}
    for ending in ("csv", "xlsx"):
        answer = await manager.get(
            "/inventory/export", params={"format": ending, "q": "export", "sort": "-sku"}
        )
        assert re.search(
            rf'filename="inventory-\d{{4}}-\d\d-\d\d\.{ending}"', answer.headers["content-disposition"]
        )
        tables[ending] = read_table(answer.content, f"x.{ending}")
    assert tables["csv"].header == tables["xlsx"].header
    second, first = (dict(zip(tables["csv"].header, cells, strict=True)) for cells in tables["csv"].rows)
    assert (first["sku"], second["sku"]) == ("EXPORT-1", "EXPORT-2")
    assert first["asset_tags"] == "EX-2; EX-10"
    assert (first["tags"], first["category"], first["quantity"]) == ("a; b", "Audio", "2")
    assert first["notes"] == "two\nlines"
    assert second["name"] == "=1+1"
    assert second["tags"] == "x, y;"
    raw = (await manager.get("/inventory/export", params={"format": "csv", "q": "export"})).text
    assert "'=1+1" in raw
    assert "'@cmd" in raw
    book = await manager.get("/inventory/export", params={"q": "export"})
    cells = list(openpyxl.load_workbook(BytesIO(book.content)).active.values)  # type: ignore[union-attr]
    assert "=1+1" in {cell for line in cells for cell in line}


async def test_exporting_chosen_rows_and_more_than_one_piece(
    manager: httpx.AsyncClient, add: Callable[..., Any], stock: Stock, work: Callable[..., Any]
) -> None:
    row = await add("CHOSEN-1", archived=True)
    answer = await manager.get("/inventory/export", params={"format": "csv", "ids": f"{row},x"})
    assert [cells[1] for cells in read_table(answer.content, "x.csv").rows] == ["CHOSEN-1"]
    async with work("admin") as unit:
        for number in range(510):
            values = {"name": "Many", "sku": f"MANY-{number}", "category_id": stock["audio"]}
            await create_equipment(unit, values)
    many = await manager.get("/inventory/export", params={"format": "csv", "q": "many", "sort": "sku"})
    assert [cells[1] for cells in read_table(many.content, "x.csv").rows] == [f"MANY-{n}" for n in range(510)]
    assert many.content.count("\ufeff".encode()) == 1


async def test_an_empty_shop_says_what_to_do(manager: httpx.AsyncClient, stock: Stock) -> None:
    page = html.unescape((await manager.get("/inventory?q=nowhere-to-be-found")).text)
    assert "Nothing matches this filter" in page
