"""Two records of one client become one: compared, merged in one go, taken back, and raced for."""

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from app.db.models import Address, Change, Client, Contact, Event, SubHire
from app.domain.clients.merging import ChangedMeanwhile, Side, merge_clients
from app.domain.clients.parts import ADDRESSES, CONTACTS, add_part
from app.domain.clients.service import create_client, edit_client
from app.domain.events.service import create_event
from app.lib import editing
from app.lib.errors import DomainError, InvalidInput, NotFound
from tests.integration.booking import MONDAY, an_event, some_equipment
from tests.statements import statements_for

Work = Callable[..., Any]
PART = {"hx-request": "true", "hx-request-type": "partial"}


async def _add(work: Work, name: str, **values: Any) -> int:
    async with work() as unit:
        return (await create_client(unit, {"name": name, **values})).id


async def _belongings(work: Work, client_id: int) -> dict[str, int]:
    """A contact, an address, an event with that contact, and a sub-hire of a client, by entity."""
    async with work() as unit:
        contact = await add_part(unit, CONTACTS, client_id, {"name": "Iris Roth"})
        address = await add_part(unit, ADDRESSES, client_id, {"city": "Lindau"})
        booked = await an_event(unit, client_id=client_id)
        await editing.edit(unit, booked, {"contact_id": contact.id}, version=None)
        item = await some_equipment(unit, 4)
        hired = SubHire(
            equipment_id=item.id, supplier_id=client_id, quantity=2, name=item.name, cost=Decimal(5),
            start_at=MONDAY, end_at=MONDAY + timedelta(days=1),
        )  # fmt: skip
        await editing.create(unit, hired)
        return {"contact": contact.id, "address": address.id, "event": booked.id, "sub_hire": hired.id}


async def _owners(work: Work, ids: dict[str, int]) -> set[int]:
    """Whose the belongings are."""
    async with work() as unit:
        return {
            (await unit.session.get_one(Contact, ids["contact"])).client_id,
            (await unit.session.get_one(Address, ids["address"])).client_id,
            (await unit.session.get_one(Event, ids["event"])).client_id,
            (await unit.session.get_one(SubHire, ids["sub_hire"])).supplier_id,
        }


async def _client(work: Work, client_id: int) -> Client:
    async with work() as unit:
        return await unit.session.get_one(Client, client_id)


def _typed(page: str) -> dict[str, str]:
    """What the comparison would send as it stands."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(\d+)">', page))
    return hidden | dict(re.findall(r'name="(choice_\w+)" value="(\w+)"[^>]* checked', page))


async def _merge(
    client: httpx.AsyncClient, kept: int, gone: int, **changed: str
) -> tuple[httpx.Response, dict[str, str]]:
    typed = _typed((await client.get(f"/clients/{kept}/merge?other={gone}")).text)
    return await client.post(f"/clients/{kept}/merge", data=typed | changed), typed


async def _merge_at_once(work: Work, kept: int, gone: int) -> None:
    async with work() as unit:
        await merge_clients(unit, Side(kept, 1), Side(gone, 1), {"name": "kept"})


async def _edit(work: Work, client_id: int) -> None:
    async with work("employee") as unit:
        await edit_client(unit, client_id, {"notes": "Call before noon"}, version=1)


async def _book(work: Work, client_id: int) -> int:
    async with work("employee") as unit:
        values = {"name": "Gala", "out_start": MONDAY, "out_end": MONDAY + timedelta(days=1)}
        return (await create_event(unit, {**values, "client_id": client_id})).id


async def test_what_only_one_of_them_has_is_kept_and_all_that_belongs_to_the_other_moves(
    sign_in: Any, work: Work
) -> None:
    kept = await _add(work, "Rosenberg Events", phone="+49 8382 1", tags=["gala"], notes="Old")
    gone = await _add(
        work, "Rosenberg Events GmbH", email="x@rosenberg.example", phone="+49 8382 2", tags=["fair"],
        notes="New", supplier=True, blocked=True, block_reason="prepay only",
    )  # fmt: skip
    ids = await _belongings(work, gone)
    manager = await sign_in("manager")
    answer, typed = await _merge(manager, kept, gone, choice_phone="gone")
    assert typed["choice_email"] == "gone"
    assert typed["choice_tags"] == typed["choice_notes"] == "both"
    assert answer.headers["location"] == f"/clients/{kept}"
    survivor, duplicate = await _client(work, kept), await _client(work, gone)
    assert (survivor.name, survivor.email, survivor.phone) == (
        "Rosenberg Events", "x@rosenberg.example", "+49 8382 2",
    )  # fmt: skip
    assert (survivor.tags, survivor.notes) == (["gala", "fair"], "Old\n\nNew")
    assert (survivor.supplier, survivor.blocked, survivor.block_reason) == (True, True, "prepay only")
    assert duplicate.deleted_at is not None
    assert duplicate.merged_into_id == kept
    assert await _owners(work, ids) == {kept}
    led = await manager.get(f"/clients/{gone}")
    assert (led.status_code, led.headers["location"]) == (303, f"/clients/{kept}")
    assert (await manager.get(f"/clients/{gone}/edit")).headers["location"] == f"/clients/{kept}"
    page = (await manager.get(f"/clients/{kept}")).text
    assert "Iris Roth" in page
    assert "Rosenberg Events GmbH was merged into Rosenberg Events" in page


async def test_a_merge_is_taken_back_whole_but_for_what_was_changed_since(sign_in: Any, work: Work) -> None:
    kept, gone = await _add(work, "Back one"), await _add(work, "Back two", email="two@back.example")
    ids, later = await _belongings(work, gone), await _add(work, "Somebody else")
    manager = await sign_in("manager")
    await _merge(manager, kept, gone)
    async with work() as unit:
        change = await unit.session.scalar(
            select(Change.id).where(Change.entity_id == gone, Change.action == "client.merged")
        )
        moved = await unit.session.get_one(Address, ids["address"])
        await editing.edit(unit, moved, {"client_id": later}, version=None)
    assert (
        await (await sign_in("employee")).post(f"/changes/{change}/undo", headers=PART)
    ).status_code == 403
    refused = await manager.post(f"/api/clients/{gone}/restoration")
    assert (refused.status_code, refused.json()["code"]) == (409, "CONFLICT")
    undone = await manager.post(f"/changes/{change}/undo", headers=PART)
    assert undone.status_code == 200
    assert "merged into" not in undone.headers["hx-trigger"].lower()
    assert await _owners(work, ids) == {gone, later}
    assert (await _client(work, kept)).email == ""
    back = await _client(work, gone)
    assert (back.deleted_at, back.merged_into_id) == (None, None)
    assert (await manager.get(f"/clients/{gone}")).status_code == 200
    async with work() as unit:
        undo = await unit.session.scalar(select(Change.id).where(Change.undoes_id == change))
    half = await manager.post(f"/changes/{undo}/undo", headers=PART)
    assert half.status_code == 409
    assert await _owners(work, ids) == {gone, later}
    # and once more, now that it is there again
    assert (await _merge(manager, kept, gone))[0].status_code == 303
    assert await _owners(work, ids) == {kept, later}


async def test_an_edit_since_they_were_compared_is_shown_and_decided_anew(sign_in: Any, work: Work) -> None:
    kept, gone = await _add(work, "Meyer", phone="+49 1"), await _add(work, "Meyer und Sohn", phone="+49 2")
    ids = await _belongings(work, gone)
    manager = await sign_in("manager")
    typed = _typed((await manager.get(f"/clients/{kept}/merge?other={gone}")).text)
    async with work("employee") as unit:
        await edit_client(unit, gone, {"phone": "+49 3"}, version=None)
        await edit_client(unit, kept, {"email": "new@meyer.example"}, version=None)
    refused = await manager.post(f"/clients/{kept}/merge", data=typed | {"choice_name": "gone"})
    assert refused.status_code == 409
    assert "changed it meanwhile: choose again" in refused.text
    assert "+49 3" in refused.text
    assert await _owners(work, ids) == {gone}
    again = _typed(refused.text)
    assert again["choice_name"] == "gone"
    assert "choice_phone" not in again
    undecided = await manager.post(f"/clients/{kept}/merge", data=again)
    assert undecided.status_code == 422
    assert "Choose which one stays." in undecided.text
    decided = again | {"choice_phone": "gone", "choice_email": "kept"}
    assert (await manager.post(f"/clients/{kept}/merge", data=decided)).status_code == 303
    survivor = await _client(work, kept)
    assert (survivor.name, survivor.phone, survivor.email) == ("Meyer und Sohn", "+49 3", "new@meyer.example")


async def test_whoever_edits_what_was_merged_is_told_where_it_is_and_loses_nothing(
    sign_in: Any, work: Work
) -> None:
    kept, gone = await _add(work, "Stays put"), await _add(work, "Goes away")
    employee = await sign_in("employee")
    await _merge(await sign_in("manager"), kept, gone)
    typed = {"version": "1", "name": "Goes away", "kind": "company", "notes": "Typed for hours"}
    for headers in ({}, PART, {"hx-request": "true"}):
        told = await employee.post(f"/clients/{gone}/edit", data=typed, headers=headers)
        assert told.status_code == 409
        assert "Typed for hours" in told.text
        assert f'href="/clients/{kept}/edit"' in told.text
        assert "Restore and save" not in told.text


async def test_of_two_merges_at_once_one_happens_whole(work: Work) -> None:
    for _ in range(5):
        one, two = await _add(work, "Race one"), await _add(work, "Race two")
        ids = await _belongings(work, one)

        outcomes = await asyncio.gather(
            _merge_at_once(work, one, two), _merge_at_once(work, two, one), return_exceptions=True
        )
        refused = [outcome for outcome in outcomes if outcome is not None]
        assert len(refused) == 1
        assert isinstance(refused[0], DomainError)
        survivors = [key for key in (one, two) if (await _client(work, key)).deleted_at is None]
        assert len(survivors) == 1
        assert await _owners(work, ids) == set(survivors)


async def test_an_edit_and_a_merge_at_once_lose_nothing(work: Work) -> None:
    for _ in range(5):
        kept, gone = await _add(work, "Edited one"), await _add(work, "Edited two")

        merged, edited = await asyncio.gather(
            _merge_at_once(work, kept, gone), _edit(work, gone), return_exceptions=True
        )
        left = await _client(work, gone)
        if merged is None:
            assert isinstance(edited, NotFound)
            assert left.merged_into_id == kept
        else:
            assert isinstance(merged, ChangedMeanwhile)
            assert edited is None
            assert (left.deleted_at, left.notes) == (None, "Call before noon")


async def test_an_event_booked_while_its_client_is_merged_is_not_left_behind(work: Work) -> None:
    for _ in range(5):
        kept, gone = await _add(work, "Booked one"), await _add(work, "Booked two")

        merged, booked = await asyncio.gather(
            _merge_at_once(work, kept, gone), _book(work, gone), return_exceptions=True
        )
        assert merged is None
        if isinstance(booked, int):
            async with work() as unit:
                assert (await unit.session.get_one(Event, booked)).client_id == kept
        else:
            assert isinstance(booked, InvalidInput)
            assert "client_id" in booked.fields


async def test_possible_duplicates_are_found_however_they_are_spelt(
    sign_in: Any, work: Work, app: Any
) -> None:
    manager = await sign_in("manager")
    first = await _add(work, "Kulturverein Zürich", phone="+41 (71) 555-01-24")
    second = await _add(work, "kulturverein  ZURICH")
    third = await _add(work, "Verein", phone="+41 71 5550124")
    await _add(work, "Nobodys double", phone="12")
    await _add(work, "Nobodys other", phone="12")
    page = (await manager.get("/clients/duplicates")).text
    assert f'href="/clients/{first}/merge?other={second}"' in page
    assert f'href="/clients/{first}/merge?other={third}"' in page
    assert "Nobody" not in page
    choice = (await manager.get(f"/clients/{first}/merge")).text
    assert re.findall(r"merge\?other=(\d+)", choice) == [str(second), str(third)]
    assert "Same name" in choice
    assert "Same phone" in choice
    found = await manager.get(f"/clients/{first}/merge?q=nobodys", headers=PART)
    assert found.text.count("Compare</a>") == 4
    assert (await (await sign_in("employee")).get("/clients/duplicates")).status_code == 403


async def test_programs_merge_and_are_refused_what_was_changed(sign_in: Any, work: Work) -> None:
    kept, gone = (
        await _add(work, "Api one", phone="+49 1"),
        await _add(work, "Api two", phone="+49 2", tags=["a"]),
    )
    ids = await _belongings(work, gone)
    api = await sign_in("manager")
    path, body = f"/api/clients/{kept}/merges", {"client_id": gone, "client_version": 1, "version": 1}
    assert (await (await sign_in("employee")).post(path, json=body)).status_code == 403
    for wrong in ({"take": {"phone": "both"}}, {"take": {"id": "gone"}}, {"client_id": kept}):
        assert (await api.post(path, json=body | wrong)).status_code == 422, wrong
    async with work("employee") as unit:
        await edit_client(unit, gone, {"email": "a@b.example"}, version=None)
    assert (await api.post(path, json=body)).status_code == 409
    done = await api.post(path, json=body | {"client_version": 2, "take": {"phone": "gone"}})
    assert done.status_code == 200, done.text
    survivor = done.json()["data"]
    assert (survivor["name"], survivor["phone"], survivor["email"], survivor["tags"]) == (
        "Api one", "+49 2", "a@b.example", ["a"],
    )  # fmt: skip
    assert done.headers["etag"] == f'"{survivor["version"]}"'
    assert await _owners(work, ids) == {kept}


async def test_comparing_costs_the_same_however_much_they_have(sign_in: Any, work: Work, app: Any) -> None:
    one, two = await _add(work, "Cost one"), await _add(work, "Cost two")
    manager = await sign_in("manager")

    async def cost(path: str) -> int:
        return await statements_for(app, manager, path)

    pages = (
        f"/clients/{one}/merge?other={two}",
        "/clients/duplicates",
        f"/clients/{two}",
        f"/clients/{one}/merge",
    )
    before = [await cost(path) for path in pages]
    for _ in range(3):
        await _belongings(work, two)
        await _add(work, "Cost two")
    assert [await cost(path) for path in pages] == before


@pytest.mark.parametrize("other", ["", "x", "0", "999999999"])
async def test_nonsense_is_refused(sign_in: Any, work: Work, other: str) -> None:
    client_id = await _add(work, "Lonely")
    manager = await sign_in("manager")
    data = {"other": other, "version": "1", "other_version": "1"}
    assert (await manager.post(f"/clients/{client_id}/merge", data=data)).status_code in {404, 422}
    itself = await manager.post(f"/clients/{client_id}/merge", data=data | {"other": str(client_id)})
    assert itself.status_code == 422
    stale = data | {"other": str(await _add(work, "Other")), "version": "x"}
    assert (await manager.post(f"/clients/{client_id}/merge", data=stale)).status_code == 422
