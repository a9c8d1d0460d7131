"""Clients, events and what is hired in: what came to nothing goes for good, what tells of business stays."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.db.models import Address, Allocation, Client, Contact, GearTemplate, Kit, SubHire
from app.domain.clients.merging import Side, merge_clients
from app.domain.clients.service import create_client, delete_client
from app.domain.events import rentals
from app.domain.events.service import delete_event
from app.domain.inventory.service import delete_equipment
from app.domain.inventory.units import add_units
from app.domain.operations.purging import purge_deleted
from app.domain.sub_hire import service as sub_hires
from app.lib import editing
from tests.integration.booking import MONDAY, a_rental, an_event, some_equipment
from tests.integration.importing import rows, value

Work = Callable[..., Any]
BEFORE = datetime(2031, 5, 20, tzinfo=UTC) - timedelta(days=30)
LONG_AGO, LATELY = BEFORE - timedelta(days=1), BEFORE + timedelta(days=1)


@pytest.fixture
def runtime(app: Any) -> Any:
    return app.app.state.runtime


@pytest.fixture(autouse=True)
async def nothing_else(runtime: Any) -> None:
    """What other tests deleted and left is not in the way of counting."""
    await purge(runtime)


async def purge(runtime: Any) -> int:
    return await purge_deleted(runtime.sessions, runtime.files, BEFORE)


async def date_back(runtime: Any, *records: Any, at: datetime = LONG_AGO) -> None:
    """Let deletes have happened at another time; the log keeps its own."""
    async with runtime.sessions() as session, session.begin():
        for record in records:
            statement = text(f"update {record.__tablename__} set deleted_at = :at where id = :id")
            await session.execute(statement, {"at": at, "id": record.id})


async def left(runtime: Any, *records: Any) -> list[Any]:
    """Which of the records are still there."""
    return [
        record
        for record in records
        if await value(runtime, f"select count(*) from {record.__tablename__} where id = :id", id=record.id)
    ]


async def a_client(unit: Any, name: str) -> tuple[Client, Any, Any]:
    client = await create_client(unit, {"name": name, "supplier": True})
    contact = await editing.create(unit, Contact(client_id=client.id, name="Ana"))
    address = await editing.create(unit, Address(client_id=client.id, city="Lindau"))
    return client, contact, address


async def hired_in(unit: Any, gear: Any, supplier: Client, **values: Any) -> SubHire:
    given = {"equipment_id": gear.id, "supplier_id": supplier.id, "quantity": 2, "start_at": MONDAY,
             "end_at": MONDAY + timedelta(days=1), "cost": None, **values}  # fmt: skip
    return await sub_hires.create_sub_hire(unit, given)


async def test_a_client_takes_its_contacts_and_addresses_along(runtime: Any, work: Work) -> None:
    async with work() as unit:
        old, contact, address = await a_client(unit, "Long gone")
        young, *_ = await a_client(unit, "Just gone")
        for client in (old, young):
            await delete_client(unit, client.id, version=None)
    await date_back(runtime, old)
    await date_back(runtime, young, at=LATELY)
    assert await purge(runtime) == 1
    assert await left(runtime, old, contact, address, young) == [young]
    log = await rows(
        runtime,
        "select entity, label, parent_id from change where action like '%.purged'"
        " and (entity_id = :id and entity = 'client' or parent_id = :id and parent_entity = 'client')"
        " order by id",
        id=old.id,
    )
    assert [tuple(row) for row in log] == [
        ("contact", "Ana", old.id), ("address", "Lindau", old.id), ("client", "Long gone", None),
    ]  # fmt: skip


async def test_a_client_stays_while_an_event_or_a_sub_hire_is_of_it(runtime: Any, work: Work) -> None:
    async with work() as unit:
        renting, contact, _ = await a_client(unit, "Has events")
        supplying, *_ = await a_client(unit, "Has sub-hires")
        event = await an_event(unit, client_id=renting.id, contact_id=contact.id)
        hire = await hired_in(unit, await some_equipment(unit, 1), supplying)
        await editing.delete(unit, await editing.lock(unit, Contact, contact.id), version=None)
        for client in (renting, supplying):
            await delete_client(unit, client.id, version=None)
    await date_back(runtime, renting, supplying, contact)
    assert await purge(runtime) == 0
    async with work() as unit:
        await delete_event(unit, event.id, version=None)
        await sub_hires.delete_sub_hire(unit, hire.id, version=None)
    await date_back(runtime, event, hire)
    await purge(runtime)
    assert await left(runtime, renting, supplying, contact, event, hire) == []


async def test_a_merged_client_leads_on_as_long_as_there_is_a_survivor(
    runtime: Any, work: Work, sign_in: Any
) -> None:
    async with work() as unit:
        kept, gone = [await create_client(unit, {"name": name}) for name in ("Kept", "Merged")]
        await merge_clients(unit, Side(kept.id, 1), Side(gone.id, 1), {"name": "kept"})
    await date_back(runtime, gone)
    assert await purge(runtime) == 0
    manager = await sign_in("manager")
    assert (await manager.get(f"/clients/{gone.id}")).headers["location"] == f"/clients/{kept.id}"
    async with work() as unit:
        await delete_client(unit, kept.id, version=None)
    await date_back(runtime, kept)
    assert await purge(runtime) == 2


async def test_a_draft_goes_with_its_lines_and_files_and_other_events_stay(
    runtime: Any, work: Work, sign_in: Any
) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        draft, quoted, hired_for = [await an_event(unit) for _ in range(3)]
        lines = [await a_rental(unit, event, gear, 1) for event in (draft, quoted)]
        await hired_in(unit, gear, (await a_client(unit, "Supplier"))[0], event_id=hired_for.id)
    employee = await sign_in("employee")
    await employee.post(f"/events/{draft.id}/attachments", files=[("files", ("rider.txt", b"2 K12"))])
    async with work() as unit:
        file = (
            await unit.session.execute(
                text("select id, file from attachment where event_id = :id"), {"id": draft.id}
            )
        ).one()
        await unit.session.execute(
            text("update event set status = 'quoted' where id = :id"), {"id": quoted.id}
        )
        for event in (draft, quoted, hired_for):
            await delete_event(unit, event.id, version=None)
        await delete_equipment(unit, gear.id, version=None)
    await date_back(runtime, draft, quoted, hired_for, gear)
    assert await purge(runtime) == 1
    assert await left(runtime, draft, quoted, hired_for, *lines, gear) == [quoted, hired_for, lines[1], gear]
    assert await value(runtime, "select count(*) from attachment where id = :id", id=file.id) == 0
    assert not runtime.files.exists(file.file)
    taken = "select count(*) from reservation where event_id = :id"
    assert await value(runtime, taken, id=draft.id) == 0


async def test_a_deleted_line_goes_unless_units_were_chosen_for_it(runtime: Any, work: Work) -> None:
    async with work() as unit:
        gear, event = await some_equipment(unit, 0, tracking="serialized"), await an_event(unit)
        [chosen] = await add_units(unit, gear.id, ["PURGE-U"])
        plain, told = [await a_rental(unit, event, gear, 1) for _ in range(2)]
        for line in (plain, told):
            await rentals.remove_rental(unit, line.id, version=None)
        end = MONDAY + timedelta(days=1)
        unit.session.add(Allocation(rental_id=told.id, unit_id=chosen.id, start_at=MONDAY, end_at=end))
    await date_back(runtime, plain, told)
    assert await purge(runtime) == 1
    assert await left(runtime, plain, told, event) == [told, event]


async def test_what_was_ordered_from_a_supplier_stays(runtime: Any, work: Work) -> None:
    hires: dict[str, SubHire] = {}
    async with work() as unit:
        gear, supplier = await some_equipment(unit, 1), (await a_client(unit, "Paid"))[0]
        for status in ("draft", "cancelled", "ordered"):
            hires[status] = await hired_in(unit, gear, supplier)
            await unit.session.execute(
                text("update sub_hire set status = :status where id = :id"),
                {"status": status, "id": hires[status].id},
            )
            await editing.delete(unit, await editing.lock(unit, SubHire, hires[status].id), version=None)
    await date_back(runtime, *hires.values())
    assert await purge(runtime) == 2
    assert await left(runtime, *hires.values()) == [hires["ordered"]]


async def test_kits_and_gear_templates_go_with_what_is_in_them(runtime: Any, work: Work) -> None:
    async with work() as unit:
        used, unused = Kit(name="In an event", sku="PK-1"), Kit(name="In none", sku="PK-2")
        template = GearTemplate(name="Small gala")
        for record in (used, unused, template):
            await editing.create(unit, record)
        line = await a_rental(unit, await an_event(unit), await some_equipment(unit, 2), 1)
        await unit.session.execute(
            text("update rental set kit_id = :kit where id = :id"), {"kit": used.id, "id": line.id}
        )
        for record in (used, unused, template):
            await editing.delete(unit, record, version=None)
    await date_back(runtime, used, unused, template)
    assert await purge(runtime) == 2
    assert await left(runtime, used, unused, template) == [used]
