"""Rows written a chunk at a time: the same log as one by one, and as few statements for many as for few."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.importing.mapping import suggest_mapping
from app.domain.importing.writing import Written
from app.domain.inventory.categories import create_category
from app.domain.inventory.importing.checking import check_rows
from app.domain.inventory.importing.fields import TARGETS
from app.domain.inventory.importing.queries import known_catalogue
from app.domain.inventory.importing.writing import write_rows
from app.domain.inventory.service import create_equipment, delete_equipment
from app.lib.tabular import read_table
from tests.integration.importing import rows, value
from tests.statements import noted

LOGGED = (
    "select action, entity, version, label, parent_entity, parent_id is null as no_parent, fields, actor_id,"
    " request_id, ip from change where operation = :operation order by id"
)


@pytest.fixture
def runtime(app: Any) -> Any:
    return app.app.state.runtime


async def written(unit: Any, file: str) -> Written:
    """Check a file against what is there and write all of it as one chunk."""
    table = read_table(file.encode(), "stock.csv")
    mapping = suggest_mapping(table, TARGETS)
    return await write_rows(unit, check_rows(table, mapping, await known_catalogue(unit.session)).to_write)


async def test_a_batch_is_logged_like_equipment_added_by_hand(runtime: Any, work: Any) -> None:
    header = "name,sku,category,qty,weight (kg),daily rate,tags,location\n"
    async with work("manager") as unit:
        category = await create_category(unit, "Logged")
    async with work("manager") as by_hand:
        values = {"quantity": 4, "tags": ["Robe", "spot"], "location": "A-1", "category_id": category.id}
        values |= {"weight_kg": Decimal("22.000"), "daily_rate": Decimal("95.00")}
        await create_equipment(by_hand, {"name": "Pointe", "sku": "LOG-1", **values})
    async with work("manager") as batch:
        await written(batch, header + "Pointe,LOG-2,logged,4,22,95,Robe; spot,A-1\n")
    [one] = await rows(runtime, LOGGED, operation=by_hand.operation)
    [other] = await rows(runtime, LOGGED, operation=batch.operation)
    assert one.fields["weight_kg"] == [None, "22.000"]
    assert {**one.fields, "sku": None} == {**other.fields, "sku": None}
    assert other.fields["sku"] == [None, "LOG-2"]
    assert one[:6] == other[:6]
    assert one[7:] == other[7:]


async def test_a_chunk_may_hold_new_and_changed_rows_with_units_and_another_tracking(
    runtime: Any, work: Any
) -> None:
    header = "name,sku,category,qty,tracking,location,asset tags\n"
    async with work("manager") as unit:
        await written(
            unit,
            header
            + "Kept,MIX-1,Mix,3,bulk,A-1,\nUnits,MIX-2,Mix,,serialized,A-2,MX-1\nLoose,MIX-3,Mix,5,bulk,,\n",
        )
    async with work("manager") as unit:
        done = await written(
            unit,
            header
            + "Kept,MIX-1,Mix,9,bulk,A-1,\nUnits,MIX-2,Mix,,serialized,B-2,MX-1..3\n"
            + "Loose,MIX-3,Mix,,serialized,,MY-1\nFresh,MIX-4,Mix,,serialized,C-4,MZ-1..2\n",
        )
    assert (done.created, done.changed, done.same, done.failures) == (1, 3, 0, {})
    stock = await rows(
        runtime, "select sku, quantity, tracking, version from equipment where sku like 'MIX-%' order by sku"
    )
    assert [tuple(one) for one in stock] == [
        ("MIX-1", 9, "bulk", 2), ("MIX-2", 3, "serialized", 2),
        ("MIX-3", 1, "serialized", 2), ("MIX-4", 2, "serialized", 1),
    ]  # fmt: skip
    units = await rows(
        runtime, "select asset_tag, location from unit where asset_tag like 'M__%' order by asset_tag"
    )
    assert [tuple(one) for one in units] == [
        ("MX-1", "A-2"), ("MX-2", "B-2"), ("MX-3", "B-2"), ("MY-1", ""), ("MZ-1", "C-4"), ("MZ-2", "C-4"),
    ]  # fmt: skip
    logged = await rows(runtime, LOGGED, operation=unit.operation)
    changed = [one.fields for one in logged if one.action == "equipment.updated" and one.label == "Kept"]
    assert changed == [{"quantity": [3, 9]}]
    assert {one.parent_entity for one in logged if one.entity == "unit"} == {"equipment"}
    assert sum(one.action == "unit.created" for one in logged) == 5


async def test_equipment_deleted_since_the_check_is_reported_alone(runtime: Any, work: Any) -> None:
    async with work("manager") as unit:
        await written(unit, "name,sku,category\nStays,DEL-1,Deleting\nGoes,DEL-2,Deleting\n")
    table = read_table(b"name,sku,category,qty\nStays,DEL-1,Deleting,4\nGoes,DEL-2,Deleting,4\n", "stock.csv")
    async with work("manager") as unit:
        known = await known_catalogue(unit.session)
        gone = await value(runtime, "select id from equipment where sku = 'DEL-2'")
        await delete_equipment(unit, gone, version=None)
    async with work("manager") as unit:
        done = await write_rows(unit, check_rows(table, suggest_mapping(table, TARGETS), known).to_write)
    assert (done.changed, done.failures) == (1, {1: "Somebody deleted it meanwhile."})
    assert await value(runtime, "select quantity from equipment where sku = 'DEL-1'") == 4


async def statements_for(unit: Any, file: str) -> int:
    """How many statements it takes to bring a file in."""
    statements = await noted(unit)
    await written(unit, file)
    return len(statements)


async def test_a_hundred_rows_take_no_more_statements_than_five(runtime: Any, work: Any) -> None:
    counts: dict[str, tuple[int, int]] = {}
    for prefix, amount in (("FEW", 5), ("MANY", 100)):
        lines = "".join(f"Row {n},{prefix}-{n},Counted,serialized,{prefix}U-{n}\n" for n in range(amount))
        file = f"name,sku,category,tracking,asset tags\n{lines}"
        async with work("manager") as unit:
            created = await statements_for(unit, file)
        async with work("manager") as unit:
            counts[prefix] = created, await statements_for(unit, file.replace("Row", "Line"))
        assert (
            await value(
                runtime,
                "select count(*) from equipment where sku like :sku and name like 'Line%'",
                sku=f"{prefix}-%",
            )
            == amount
        )
    assert counts["MANY"][0] <= counts["FEW"][0]  # the first of all makes the category, too
    assert counts["MANY"][1] <= counts["FEW"][1]
