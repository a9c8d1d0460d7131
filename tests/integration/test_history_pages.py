"""The history of equipment, the activity page, and taking changes back."""

import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import httpx
from sqlalchemy import select

from app.db.models import Change, User
from app.domain.inventory.service import edit_equipment
from app.domain.inventory.units import add_units, edit_unit
from tests.integration.item_steps import add_item, item_row

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]
PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}


async def newest_change(app: Any, entity: str, entity_id: int) -> Any:
    async with app.app.state.runtime.sessions() as session:
        statement = select(Change).where(Change.entity == entity, Change.entity_id == entity_id)
        return (await session.scalars(statement.order_by(Change.id.desc()).limit(1))).one()


async def test_the_history_shows_who_changed_what_from_what_to_what(sign_in: SignIn, work: Any) -> None:
    item_id = await add_item(work, daily_rate="89.00", notes="Check the gobo wheel before every job.")
    async with work("manager") as unit:
        await edit_equipment(
            unit,
            item_id,
            {"daily_rate": Decimal("95.00"), "notes": "Check the gobo wheel after every <job>."},
            version=1,
        )
    client = await sign_in("viewer")

    page = (await client.get(f"/inventory/{item_id}/history")).text

    assert "changed Day rate and Notes" in page
    assert re.search(r"<del>€.89\.00</del>.*?<ins>€.95\.00</ins>", page, re.DOTALL)
    assert "<del>before</del>" in page
    assert "<ins>&lt;job&gt;.</ins>" in page
    assert "added this" in page
    assert "Undo this change" not in page


async def test_units_belong_to_the_history_and_can_be_filtered(sign_in: SignIn, work: Any) -> None:
    item_id = await add_item(work, tracking="serialized")
    async with work("manager") as unit:
        added = await add_units(unit, item_id, [f"HST-{number}" for number in range(1, 8)])
    async with work("manager") as unit:
        await edit_unit(unit, added[0].id, {"state": "quarantine"}, version=1)
    client = await sign_in("viewer")

    everything = (await client.get(f"/inventory/{item_id}/history")).text
    assert "added 7 units" in everything
    assert "HST-1, HST-2, HST-3 and 4 more" in everything
    assert "Quarantine" in everything
    fields_only = (await client.get(f"/inventory/{item_id}/history?show=fields")).text
    assert "added 7 units" not in fields_only
    assert "added this" in fields_only


async def test_long_histories_are_read_page_by_page(sign_in: SignIn, work: Any) -> None:
    item_id = await add_item(work)
    for number in range(45):
        async with work("manager") as unit:
            await edit_equipment(unit, item_id, {"location": f"P-{number:02}"}, version=None)
    client = await sign_in("viewer")

    seen: list[str] = []
    url: str | None = f"/inventory/{item_id}/history"
    while url:
        page = (await client.get(url)).text
        seen += re.findall(r'<li id="change-(\d+)"', page)
        link = re.search(r'class="btn" href="([^"]*before=\d+)"', page)
        url = link[1].replace("&amp;", "&") if link else None
    assert len(seen) == len(set(seen)) == 46
    assert seen == sorted(seen, key=int, reverse=True)


async def test_one_change_is_taken_back(sign_in: SignIn, work: Any, app: Any) -> None:
    item_id = await add_item(work, location="A-1")
    async with work("manager") as unit:
        await edit_equipment(unit, item_id, {"location": "A-2"}, version=1)
    async with work("manager") as unit:
        await edit_equipment(unit, item_id, {"notes": "Later"}, version=2)
    client = await sign_in("technician")
    page = (await client.get(f"/inventory/{item_id}/history")).text
    undo_url = re.findall(r'hx-post="(/changes/\d+/undo)"', page)[1]

    undone = await client.post(undo_url, headers=PARTIAL)

    assert "Undone" in undone.headers["hx-trigger"]
    assert ": Location" in undone.headers["hx-trigger"]
    row = await item_row(app, item_id)
    assert (row.location, row.notes) == ("A-1", "Later")
    after = (await client.get(f"/inventory/{item_id}/history")).text
    assert "took back a change" in after
    assert "taken back" in after
    again = await client.post(undo_url, headers=PARTIAL)
    assert again.status_code == 409


async def test_a_change_of_a_field_that_was_changed_since_stays(sign_in: SignIn, work: Any, app: Any) -> None:
    item_id = await add_item(work, location="A-1")
    async with work("manager") as unit:
        await edit_equipment(unit, item_id, {"location": "A-2"}, version=1)
    first = await newest_change(app, "equipment", item_id)
    async with work("technician") as unit:
        await edit_equipment(unit, item_id, {"location": "A-3"}, version=2)
    client = await sign_in("manager")

    page = (await client.get(f"/inventory/{item_id}/history")).text
    assert f"/changes/{first.id}/undo" not in page
    refused = await client.post(f"/changes/{first.id}/undo", headers=PARTIAL)

    assert refused.status_code == 409
    assert "changed location since" in refused.headers["hx-trigger"]
    assert (await item_row(app, item_id)).location == "A-3"


async def test_what_was_done_in_one_go_is_taken_back_in_one_go(sign_in: SignIn, work: Any, app: Any) -> None:
    items = [await add_item(work, location="Old") for _ in range(3)]
    async with work("manager") as unit:
        for item_id in items:
            await edit_equipment(unit, item_id, {"location": "New"}, version=None)
        operation = unit.operation
    async with work("technician") as unit:
        await edit_equipment(unit, items[1], {"location": "Newer"}, version=None)
    client = await sign_in("manager")

    undone = await client.post(f"/operations/{operation}/undo", headers=PARTIAL)

    assert "2 changes undone, 1 not" in undone.headers["hx-trigger"]
    assert "changed location since" in undone.headers["hx-trigger"]
    assert [(await item_row(app, item_id)).location for item_id in items] == ["Old", "Newer", "Old"]


async def test_taking_back_asks_for_the_capability_of_the_record(
    sign_in: SignIn, work: Any, app: Any
) -> None:
    item_id = await add_item(work)
    created = await newest_change(app, "equipment", item_id)
    async with work() as unit:
        user = await unit.session.scalar(select(User).where(User.username == "employee"))
        from app.lib import editing

        await editing.edit(unit, user, {"phone": "+49 40 1"}, version=None)
    phone = await newest_change(app, "user", user.id)

    for role, change in (
        ("viewer", created),
        ("employee", created),
        ("technician", created),
        ("manager", phone),
    ):
        client = await sign_in(role)
        assert (await client.post(f"/changes/{change.id}/undo")).status_code == 403
        assert (await client.post(f"/operations/{change.operation}/undo")).status_code == 403
    admin = await sign_in("admin")
    assert (await admin.post("/changes/99999999/undo")).status_code == 404
    assert (await admin.post("/operations/00000000-0000-0000-0000-000000000000/undo")).status_code == 404


async def test_the_activity_page_filters_and_links(sign_in: SignIn, work: Any) -> None:
    item_id = await add_item(work, name="Activity item")
    async with work("technician") as unit:
        await edit_equipment(unit, item_id, {"location": "ACT-1"}, version=1)
        technician = unit.actor.id
    manager = await sign_in("manager")

    mine = (await manager.get(f"/activity?person={technician}&record=equipment&action=updated")).text
    assert f'href="/inventory/{item_id}">Activity item</a>' in mine
    assert "ACT-1" in mine
    assert "added" not in re.sub(r"<option.*?</option>", "", mine.split('id="activity"')[1])
    assert "Nothing was changed" in (await manager.get("/activity?from=2999-01-01")).text
    assert "Nothing was changed" in (await manager.get("/activity?person=0x1")).text
    assert 'aria-invalid="true"' in (await manager.get("/activity?to=yesterday")).text
    newest = re.findall(r'<li id="change-(\d+)"', (await manager.get("/activity")).text)
    older = await manager.get(f"/activity?before={newest[0]}", headers=PARTIAL)
    assert f'id="change-{newest[0]}"' not in older.text
    assert "<html" not in older.text
    for role in ("viewer", "employee", "technician"):
        assert (await (await sign_in(role)).get("/activity")).status_code == 403


async def test_a_refresh_shows_what_came_since_and_loses_nothing(sign_in: SignIn, work: Any) -> None:
    item_id = await add_item(work)
    client = await sign_in("manager")
    page = (await client.get(f"/inventory/{item_id}/history")).text
    refresh = re.search(r'id="item-tab".*?hx-get="([^"]+)"', page, re.DOTALL)
    assert refresh
    for number in range(3):
        async with work("technician") as unit:
            await edit_equipment(unit, item_id, {"location": f"R-{number}"}, version=None)

    again = await client.get(refresh[1].replace("&amp;", "&"), headers=PARTIAL)

    assert len(re.findall(r'<li id="change-', again.text)) == 4
    assert "R-2" in again.text
