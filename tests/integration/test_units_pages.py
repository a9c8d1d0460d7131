"""Units in the page: added by tag, range and list, with a preview; edited, deleted, found."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.db.models import Unit
from app.domain.inventory.units import add_units, edit_unit
from tests.integration.item_steps import add_item, fields_of, item_row

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def item_id(work: Any) -> int:
    return await add_item(work, tracking="serialized", location="Shelf 9")


async def tags_of(app: Any, item_id: int) -> list[str]:
    async with app.app.state.runtime.sessions() as session:
        statement = select(Unit.asset_tag).where(Unit.equipment_id == item_id, Unit.deleted_at.is_(None))
        return list(await session.scalars(statement.order_by(Unit.tag_order)))


async def test_a_range_adds_units_and_stock(item_id: int, sign_in: SignIn, app: Any) -> None:
    client = await sign_in("technician")

    shown = await client.post(f"/inventory/{item_id}/units/preview", data={"asset_tag": "RNG-001…040"})
    assert "40 units will be added" in shown.text
    assert await tags_of(app, item_id) == []
    form = fields_of((await client.get(f"/inventory/{item_id}/units/new")).text)
    assert form["location"] == "Shelf 9"
    answer = await client.post(f"/inventory/{item_id}/units", data=form | {"asset_tag": "RNG-001…040"})

    assert answer.headers["location"] == f"/inventory/{item_id}/units"
    tags = await tags_of(app, item_id)
    assert (len(tags), tags[0], tags[-1]) == (40, "RNG-001", "RNG-040")
    assert (await item_row(app, item_id)).quantity == 40
    page = await client.get(f"/inventory/{item_id}/units")
    assert "RNG-017" in page.text


async def test_a_pasted_list_names_what_is_taken_and_adds_nothing(
    item_id: int, sign_in: SignIn, work: Any, app: Any
) -> None:
    other = await add_item(work, name="Other <item>", tracking="serialized")
    async with work() as unit:
        await add_units(unit, other, ["LST-2"])
    client = await sign_in("technician")
    text = "LST-1\nlst-2\r\nLST-3"

    shown = await client.post(f"/inventory/{item_id}/units/preview", data={"asset_tag": text})
    assert "2 units will be added" in shown.text
    assert "1 taken" in shown.text
    assert "Other &lt;item&gt;" in shown.text
    refused = await client.post(
        f"/inventory/{item_id}/units", data={"asset_tag": text, "location": "X", "condition": "good"}
    )

    assert refused.status_code == 422
    assert "Taken: LST-2." in refused.text
    assert "LST-3" in fields_of(refused.text)["asset_tag"]
    assert await tags_of(app, item_id) == []


@pytest.mark.parametrize("text", ["", "A-9…1", "DUP-1, dup-1"])
async def test_lists_that_make_no_sense_are_refused(
    item_id: int, sign_in: SignIn, app: Any, text: str
) -> None:
    client = await sign_in("technician")

    refused = await client.post(f"/inventory/{item_id}/units", data={"asset_tag": text, "condition": "good"})

    assert refused.status_code == 422
    assert 'id="asset_tag-error"' in refused.text
    assert await tags_of(app, item_id) == []


async def test_adding_is_undone_in_one_go(item_id: int, sign_in: SignIn, app: Any) -> None:
    client = await sign_in("manager")
    answer = await client.post(
        f"/inventory/{item_id}/units",
        data={"asset_tag": "UND-1…5", "condition": "good"},
        follow_redirects=True,
    )
    undo_url = answer.text.split('data-undo="')[1].split('"')[0]

    undone = await client.post(undo_url, headers={"hx-request": "true", "hx-request-type": "partial"})

    assert "5 changes undone" in undone.headers["hx-trigger"]
    assert await tags_of(app, item_id) == []


async def test_a_unit_has_an_address(item_id: int, sign_in: SignIn, work: Any) -> None:
    async with work() as unit:
        [added] = await add_units(unit, item_id, ["ADR-1"])
    client = await sign_in("viewer")

    answer = await client.get(f"/units/{added.id}")
    assert answer.headers["location"] == f"/inventory/{item_id}/units?unit={added.id}#unit-{added.id}"
    page = await client.get(answer.headers["location"])
    assert f'id="unit-{added.id}"' in page.text
    assert 'aria-selected="true"' in page.text
    assert (await client.get("/units/99999999")).status_code == 404


async def test_a_unit_is_edited_and_a_taken_tag_refused(item_id: int, sign_in: SignIn, work: Any) -> None:
    async with work() as unit:
        first, _second = await add_units(unit, item_id, ["EDT-1", "EDT-2"])
    client = await sign_in("technician")
    form = fields_of((await client.get(f"/units/{first.id}/edit")).text)

    refused = await client.post(
        f"/units/{first.id}/edit", data=form | {"asset_tag": "edt-2", "notes": "Kept"}
    )
    assert refused.status_code == 422
    assert fields_of(refused.text)["notes"] == "Kept"
    assert "is taken" in refused.text
    saved = await client.post(f"/units/{first.id}/edit", data=form | {"state": "retired", "notes": "Gone"})

    assert saved.status_code == 303
    page = await client.get(f"/inventory/{item_id}/units")
    assert "Retired" in page.text
    assert "of which 1 gone" in page.text


async def test_a_state_that_follows_from_a_rental_is_not_set_by_hand(
    item_id: int, sign_in: SignIn, work: Any
) -> None:
    async with work() as unit:
        [added] = await add_units(unit, item_id, ["OUT-1"], {"state": "out"})
    client = await sign_in("technician")
    form = fields_of((await client.get(f"/units/{added.id}/edit")).text)

    assert "state" not in form
    assert (await client.post(f"/units/{added.id}/edit", data=form | {"state": "out"})).status_code == 422
    manager = await sign_in("manager")
    refused = await manager.post(f"/units/{added.id}/deletion", data={"version": "1"})
    assert refused.status_code == 409


async def test_deleting_a_unit_that_was_just_changed_is_a_conflict(
    item_id: int, sign_in: SignIn, work: Any, app: Any
) -> None:
    async with work() as unit:
        [added] = await add_units(unit, item_id, ["DEL-1"])
    async with work("technician") as unit:
        await edit_unit(unit, added.id, {"condition": "worn"}, version=1)
    client = await sign_in("manager")

    refused = await client.post(f"/units/{added.id}/deletion", data={"version": "1"})
    assert refused.status_code == 409
    assert "changed condition since you opened this page" in refused.text
    assert await tags_of(app, item_id) == ["DEL-1"]
    assert (await client.post(f"/units/{added.id}/deletion", data={"version": "2"})).status_code == 303
    assert await tags_of(app, item_id) == []


async def test_bulk_equipment_takes_no_units(sign_in: SignIn, work: Any, app: Any) -> None:
    bulk = await add_item(work)
    client = await sign_in("technician")

    refused = await client.post(f"/inventory/{bulk}/units", data={"asset_tag": "BLK-1", "condition": "good"})

    assert refused.status_code == 409
    assert await tags_of(app, bulk) == []
