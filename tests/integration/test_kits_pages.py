"""The pages of kits, of what goes along, and adding kits to events."""

import re
from typing import Any

from app.domain.events import service as events
from app.domain.kits import service
from app.domain.kits.accessories import ACCESSORIES, add_substitute
from app.domain.kits.queries import PAGE
from tests.integration.booking import a_confirmed_event, an_event, some_equipment
from tests.integration.kits import a_kit, goes_along, quantities
from tests.statements import statements_for

PART = {"hx-request": "true", "hx-request-type": "partial"}


async def test_the_list_is_searched_sorted_and_goes_on(sign_in: Any, work: Any) -> None:
    viewer = await sign_in("viewer")
    assert "No kits yet" in (await viewer.get("/kits")).text
    async with work() as unit:
        for number in range(PAGE + 3):
            await a_kit(unit, name=f"Wagon {number:02}", daily_rate=None if number % 2 else number)
        await a_kit(unit, name="Wagon stored away", archived=True)

    async def shown(query: str) -> list[str]:
        return re.findall(r'title="(Wagon [^"]+)"', (await viewer.get(f"/kits?q=wagon&{query}")).text)

    for sort, first in (("name", "Wagon 00"), ("-name", "Wagon 52"), ("-daily_rate", "Wagon 52")):
        names = await shown(f"sort={sort}")
        page = (await viewer.get(f"/kits?q=wagon&sort={sort}")).text
        following = re.search(r'hx-get="([^"]*after=[^"]*)"', page)
        assert following
        rest = (await viewer.get(following[1].replace("&amp;", "&"), headers=PART)).text
        names += re.findall(r'title="(Wagon [^"]+)"', rest)
        assert names[0] == first
        assert sorted(names) == [f"Wagon {number:02}" for number in range(PAGE + 3)]
    assert await shown("archived=yes") == ["Wagon stored away"]
    assert len(await shown("after=nonsense&sort=nonsense")) == PAGE
    assert "Nothing matches" in (await viewer.get("/kits?q=nobody")).text
    assert 'href="/kits/new"' not in (await viewer.get("/kits")).text


async def test_the_list_takes_as_many_statements_for_many_kits_as_for_one(
    app: Any, sign_in: Any, work: Any
) -> None:
    async with work() as unit:
        gear = [await some_equipment(unit, 5) for _ in range(5)]
        await goes_along(unit, gear[0], gear[1])
        one = await a_kit(unit, (gear[0], 1), name="Lonely one")
        for number in range(12):
            await a_kit(unit, *[(part, 1) for part in gear], name=f"Crowd {number}")
        large = await a_kit(unit, *[(part, 1) for part in gear], name="Lonely large")
        event = await an_event(unit)
        await goes_along(unit, gear[0], gear[2])
        await add_substitute(unit, gear[0].id, gear[2].id, {})
    viewer, manager = await sign_in("viewer"), await sign_in("manager")

    def number(client: Any, path: str) -> Any:
        return statements_for(app, client, path)

    assert await number(viewer, "/kits?q=crowd") == await number(viewer, "/kits?q=lonely")
    assert await number(viewer, f"/kits/{one.id}") == await number(viewer, f"/kits/{large.id}")
    few = await number(manager, f"/events/{event.id}/kits?q=lonely")
    assert await number(manager, f"/events/{event.id}/kits?q=crowd") == few
    bare = await number(viewer, f"/inventory/{gear[4].id}/accessories")
    assert await number(viewer, f"/inventory/{gear[0].id}/accessories") == bare


async def test_how_many_are_free_follows_the_dates_in_the_address(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        box = await some_equipment(unit, 5, name="Box of lamps")
        kit = await a_kit(unit, (box, 2), name="Lamps")
        await a_confirmed_event(unit, box, 4)
    viewer = await sign_in("viewer")
    then = "from=2031-06-02T10:00&to=2031-06-02T12:00"
    quiet = (await viewer.get(f"/kits/{kit.id}")).text
    busy = (await viewer.get(f"/kits/{kit.id}?{then}")).text
    assert re.search(
        r">2</strong> complete\s+ones are\s+free\s+today; no more because of Box of lamps", quiet
    )
    assert re.search(r"av-red\">0</strong> complete\s+ones are\s+free\s+then", busy)
    assert f'href="/kits/{kit.id}?from=2031-06-02T10:00' in (await viewer.get(f"/kits?q=lamps&{then}")).text
    wrong = (await viewer.get(f"/kits/{kit.id}?from=2031-06-02T10:00&to=2031-06-02T09:00")).text
    assert "This has to be after the start." in wrong


async def test_a_kit_is_added_edited_together_archived_deleted_and_brought_back(
    sign_in: Any, work: Any
) -> None:
    technician, manager = await sign_in("technician"), await sign_in("manager")
    sent = {"name": "", "sku": "KIT-NEW", "daily_rate": "a lot", "tags": "a, b", "notes": "kept"}
    refused = await technician.post("/kits/new", data=sent)
    assert refused.status_code == 422
    for words in ("Give it a name.", "Write a number", 'value="KIT-NEW"', "kept"):
        assert words in refused.text
    made = await technician.post("/kits/new", data=sent | {"name": "Fresh", "daily_rate": "12,50"})
    assert made.status_code == 303
    path = made.headers["location"]
    taken = await technician.post("/kits/new", data={"name": "Other", "sku": "kit-new"})
    assert (taken.status_code, "is taken by Fresh" in taken.text) == (422, True)
    form = {"name": "Fresh", "sku": "KIT-NEW", "daily_rate": "12.50", "tags": "a, b", "description": ""}
    await manager.post(f"{path}/edit", data=form | {"version": "1", "notes": "by the manager"})
    merged = await technician.post(
        f"{path}/edit", data=form | {"version": "1", "notes": "kept", "name": "Fresher"}
    )
    assert merged.status_code == 303
    conflict = await technician.post(f"{path}/edit", data=form | {"version": "1", "notes": "mine"})
    assert (conflict.status_code, "by the manager" in conflict.text) == (409, True)
    page = (await technician.get(path)).text
    assert "Fresher" in page
    assert "by the manager" in page
    assert (await technician.post(f"{path}/archive", data={"archived": "1"})).status_code == 303
    assert "Archived" in (await technician.get(path)).text
    assert (await technician.post(f"{path}/deletion", data={"version": "4"})).status_code == 403
    assert (await manager.post(f"{path}/deletion", data={"version": "1"})).status_code == 409
    assert (await manager.post(f"{path}/deletion", data={"version": "4"})).status_code == 303
    assert (await manager.get(path)).status_code == 404
    kit_id = int(path.rsplit("/", 1)[-1])
    async with work() as unit:
        await service.restore_kit(unit, kit_id)
    history = (await manager.get(f"{path}/history")).text
    assert "brought back" in history
    assert "archived" in history.lower()


async def test_components_are_found_put_in_counted_moved_and_taken_out(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        first = await some_equipment(unit, 3, name="Findable lamp")
        second = await some_equipment(unit, 3, name="Findable stand")
        kit = await a_kit(unit, (first, 1))
    technician, viewer = await sign_in("technician"), await sign_in("viewer")
    hits = (await technician.get(f"/kits/{kit.id}/gear?q=findable", headers=PART)).text
    assert hits.count("In the kit") == 1
    assert hits.count("Put in Findable stand") == 1
    put = {"equipment_id": str(second.id), "quantity": "2"}
    assert (await viewer.post(f"/kits/{kit.id}/components", data=put)).status_code == 403
    done = await technician.post(f"/kits/{kit.id}/components", data=put, headers=PART)
    assert done.status_code == 200
    assert "Findable stand" in done.text
    assert (await technician.post(f"/kits/{kit.id}/components", data=put, headers=PART)).status_code == 422
    part = re.findall(r'id="kit_component-(\d+)"', done.text)
    moved = await technician.post(f"/kit-components/{part[1]}/position", data={"step": "up"}, headers=PART)
    assert re.findall(r'id="kit_component-(\d+)"', moved.text) == part[::-1]
    stale = {"version": "1", "quantity": "4"}
    version = re.search(rf'id="kit_component-{part[0]}".*?data-version="(\d)"', moved.text, re.DOTALL)
    assert version
    assert version[1] == "2"
    counted = await technician.post(f"/kit-components/{part[0]}/quantity", data=stale, headers=PART)
    assert 'value="4"' in counted.text
    bad = await technician.post(
        f"/kit-components/{part[0]}/quantity", data={"version": "3", "quantity": "0"}, headers=PART
    )
    assert bad.status_code == 422
    gone = await technician.post(f"/kit-components/{part[1]}/deletion", data={"version": "2"}, headers=PART)
    assert "Findable stand" not in gone.text
    undo = re.search(r"/operations/[0-9a-f-]+/undo", gone.headers["hx-trigger"])
    assert undo
    await technician.post(undo[0], headers=PART)
    assert "Findable stand" in (await viewer.get(f"/kits/{kit.id}")).text
    assert (
        await technician.post(f"/kit-components/{part[0]}/position", data={"step": "x"})
    ).status_code == 422


async def test_the_tab_of_an_item_shows_and_changes_what_goes_along(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 3, name="Great lamp")
        clamp, lens = [await some_equipment(unit, 3, name=name) for name in ("Tabled clamp", "Tabled lens")]
        kit = await a_kit(unit, (lamp, 1), name="Kit of a lamp")
    technician, viewer = await sign_in("technician"), await sign_in("viewer")
    path = f"/inventory/{lamp.id}/accessories"
    hits = (await technician.get(f"{path}/gear?q=tabled", headers=PART)).text
    assert hits.count("Add Tabled") == 2
    sent = {"other_id": str(clamp.id), "quantity": "3", "per": "2"}
    assert (await viewer.post(path, data=sent)).status_code == 403
    done = await technician.post(path, data=sent, headers=PART)
    assert done.status_code == 200
    pair = re.search(r'id="accessory-(\d+)"', done.text)
    assert pair
    stand_in = {"other_id": str(lens.id)}
    substitutes = f"/inventory/{lamp.id}/substitutes"
    assert (await technician.post(substitutes, data=stand_in)).status_code == 303
    shown = (await viewer.get(path)).text
    for words in ("3 for every 2", "Tabled lens", f'href="/kits/{kit.id}"'):
        assert words in shown
    assert (
        f'href="/inventory/{lamp.id}">Great lamp'
        in (await viewer.get(f"/inventory/{clamp.id}/accessories")).text
    )
    async with work("manager") as unit:
        await ACCESSORIES.edit(unit, int(pair[1]), {"per": 5}, version=1)
    edit = f"/accessories/{pair[1]}/edit"
    merged = await technician.post(
        edit, data={"version": "1", "quantity": "4", "per": "2", "included": "1"}, headers=PART
    )
    assert (merged.status_code, 'value="4"' in merged.text, 'value="5"' in merged.text) == (200, True, True)
    conflict = await technician.post(
        edit, data={"version": "1", "quantity": "9", "per": "2", "included": "1"}, headers=PART
    )
    assert conflict.status_code == 409
    for quantity in ("0", "x", ""):
        bad = await technician.post(edit, data={"version": "3", "quantity": quantity}, headers=PART)
        assert bad.status_code == 422
    gone = await technician.post(f"/accessories/{pair[1]}/deletion", data={"version": "3"}, headers=PART)
    assert f'id="accessory-{pair[1]}"' not in gone.text
    undo = re.search(r"/operations/[0-9a-f-]+/undo", gone.headers["hx-trigger"])
    assert undo
    await technician.post(undo[0], headers=PART)
    assert "4 for every 5" in (await viewer.get(path)).text
    assert "For every" in (await viewer.get(f"/inventory/{lamp.id}/history")).text


async def test_kits_are_added_on_the_page_of_an_event(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 4, name="Wall lamp")
        kit = await a_kit(unit, (lamp, 2), name="Wall of light")
        event = await an_event(unit)
        await events.hold(unit, event.id)
        other = await a_confirmed_event(unit, lamp, 1, name="Opening night")
    employee, viewer, manager = await sign_in("employee"), await sign_in("viewer"), await sign_in("manager")
    path = f"/events/{event.id}/kits"
    assert f'href="{path}"' in (await employee.get(f"/events/{event.id}")).text
    assert f'href="{path}"' not in (await viewer.get(f"/events/{event.id}")).text
    assert (await viewer.get(path)).status_code == 403
    assert "There are more" in (await employee.get(path, headers=PART)).text
    dialog = (await employee.get(f"{path}?q=wall", headers=PART)).text
    assert "There are more" not in dialog
    assert "Wall of light" in dialog
    assert "1 free" in dialog
    sent = {"kit_id": str(kit.id), "quantity": "2"}
    refused = await employee.post(path, data=sent, headers=PART)
    assert refused.status_code == 409
    assert "Wall lamp" in refused.text
    assert f'href="/events/{other.id}">Opening night' in refused.text
    assert (await employee.post(path, data=sent | {"overbook_reason": "why not"})).status_code == 403
    async with work() as unit:
        assert await quantities(unit, event) == {}
    assert (await employee.post(path, data=sent | {"quantity": "1"}, headers=PART)).status_code == 200
    again = await manager.post(path, data=sent | {"overbook_reason": "A partner lends them"})
    assert again.status_code == 303
    async with work() as unit:
        assert await quantities(unit, event) == {lamp.id: 6}
    page = (await employee.get(f"/events/{event.id}")).text
    assert "Wall of light" in page
    assert (await employee.post(path, data={"kit_id": "", "quantity": "1"})).status_code == 422


async def test_kits_are_found_from_anywhere(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        kit = await a_kit(unit, name="Lectern with light", sku="KIT-LECTERN", tags=["speech desk"])
    viewer = await sign_in("viewer")
    for typed in ("lect", "kit-lect", "speech"):
        assert f"/kits/{kit.id}" in (await viewer.get("/search", params={"q": typed})).text
    scanned = await viewer.get("/scan?code=kit-lectern")
    assert scanned.headers["location"] == f"/kits/{kit.id}"
