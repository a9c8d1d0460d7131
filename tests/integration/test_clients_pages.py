"""The pages of clients: listed, searched, exported, added, edited together, deleted and brought back."""

import io
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import openpyxl

from app.db.models import Event
from app.domain.clients.parts import ADDRESSES, CONTACTS, add_part
from app.domain.clients.queries import PAGE
from app.domain.clients.service import create_client, delete_client, edit_client
from app.lib import editing
from app.lib.clock import now

Work = Callable[..., Any]
PART = {"hx-request": "true", "hx-request-type": "partial"}


async def _add(work: Work, name: str, **values: Any) -> int:
    async with work() as unit:
        return (await create_client(unit, {"name": name, **values})).id


async def _form(client: httpx.AsyncClient, client_id: int) -> dict[str, str]:
    """What the edit form would send as it stands."""
    page = (await client.get(f"/clients/{client_id}/edit")).text
    version = re.search(r'name="version" value="(\d+)"', page)
    name = re.search(r'<input[^>]+value="([^"]*)"[^>]+name="name"', page)
    assert version
    assert name
    return {"version": version[1], "name": name[1], "kind": "company"}


async def test_an_empty_list_says_so_and_a_narrow_one_says_otherwise(sign_in: Any, work: Work) -> None:
    viewer = await sign_in("viewer")
    assert "No clients yet" in (await viewer.get("/clients")).text
    assert 'href="/clients/new"' not in (await viewer.get("/clients")).text
    only = await _add(work, "Packed away", archived=True)
    assert "Everybody is archived" in (await viewer.get("/clients")).text
    assert "Nothing matches" in (await viewer.get("/clients?q=nobody")).text
    async with work() as unit:
        await delete_client(unit, only, version=None)


async def test_words_are_found_as_beginnings_in_every_field_without_accents(sign_in: Any, work: Work) -> None:
    await _add(
        work,
        "Hôtel Château <b>",
        email="banquets@lac.example",
        phone="+41 71 5550124",
        tax_number="CHE-114.225",
    )
    viewer = await sign_in("viewer")
    for typed in ("hotel", "CHATEAU", "château hôt", "banq", "5550", "che 114", "114.225"):
        found = await viewer.get("/clients", params={"q": typed})
        assert "Hôtel Château &lt;b&gt;" in found.text, typed
    for typed in ("otel", "%", "' or 1=1", "\x00%", "hotel nobody"):
        assert "Hôtel" not in (await viewer.get("/clients", params={"q": typed})).text, typed


async def test_filters_stand_in_the_address_and_each_can_be_dropped(sign_in: Any, work: Work) -> None:
    await _add(work, "Quell Blocked", blocked=True, block_reason="prepay only")
    await _add(work, "Quell Supplier", supplier=True)
    await _add(work, "Quell Person", kind="person")
    await _add(work, "Quell Archived", archived=True)
    viewer = await sign_in("viewer")

    async def shown(query: str) -> set[str]:
        return set(re.findall(r">Quell (\w+)</a>", (await viewer.get(f"/clients?q=quell&{query}")).text))

    assert await shown("") == {"Blocked", "Supplier", "Person"}
    assert await shown("blocked=yes") == {"Blocked"}
    assert await shown("supplier=yes") == {"Supplier"}
    assert await shown("supplier=no&blocked=no") == {"Person"}
    assert await shown("kind=person") == {"Person"}
    assert await shown("archived=yes") == {"Archived"}
    assert await shown("archived=all") == {"Blocked", "Supplier", "Person", "Archived"}
    assert await shown("kind=robot&blocked=maybe&after=nonsense") == await shown("")
    narrow = await viewer.get("/clients?q=quell&kind=person", headers=PART)
    assert narrow.headers["hx-replace-url"] == "/clients?q=quell&kind=person"
    assert narrow.text.lstrip().startswith('<div class="av-stack" id="clients">')
    assert 'href="/clients?q=quell" aria-label="Remove filter Kind Person"' in narrow.text


async def test_further_rows_begin_after_the_last_one_and_cost_the_same(
    sign_in: Any, work: Work, statements: list[str]
) -> None:
    async with work() as unit:
        for number in range(PAGE + 5):
            await create_client(unit, {"name": f"Paged {number}"})
    viewer = await sign_in("viewer")
    await viewer.get("/clients?q=paged+1")
    statements.clear()
    await viewer.get("/clients?q=paged+54")
    few = len(statements)
    statements.clear()
    first = (await viewer.get("/clients?q=paged")).text
    assert len(statements) == few
    assert f">{PAGE + 5} clients<" in first
    following = re.search(r'href="(/clients\?[^"]*after=[^"]+)"', first)
    assert following
    await _add(work, "Paged 0 before the place where the second page begins")
    second = (await viewer.get(following[1].replace("&amp;", "&"), headers=PART)).text
    shown = [re.findall(r">Paged (\d+)</a>", page) for page in (first, second)]
    assert shown == [
        [str(number) for number in range(PAGE)],
        [str(number) for number in range(PAGE, PAGE + 5)],
    ]


async def test_rows_others_changed_come_alone(sign_in: Any, work: Work) -> None:
    stays, leaves = await _add(work, "Rowan one"), await _add(work, "Rowan two")
    viewer = await sign_in("viewer")
    async with work() as unit:
        await edit_client(unit, stays, {"phone": "+49 1"}, version=None)
        await edit_client(unit, leaves, {"archived": True}, version=None)
    new = await _add(work, "Rowan three")
    answer = await viewer.get(f"/clients/rows?q=rowan&ids={stays},{leaves},x&new={new},{10**17}")
    assert f'hx-target="#client-{stays}" hx-swap="outerMorph"' in answer.text
    assert f'hx-target="#client-{leaves}" hx-swap="delete"' in answer.text
    assert "One new client matches this view." in answer.text


async def test_the_export_is_what_the_filter_shows_and_holds_no_formula(sign_in: Any, work: Work) -> None:
    first = await _add(work, "=HYPERLINK(evil)", notes="Sheet, safe", tags=["a", "b"], payment_terms_days=14)
    async with work() as unit:
        await add_part(unit, CONTACTS, first, {"name": "Iris Roth", "role": "Stage"})
        await add_part(unit, CONTACTS, first, {"name": "Tom Berg", "phone": "+49 1"})
        await add_part(unit, ADDRESSES, first, {"street": "Ramp 2", "purpose": "delivery"})
        address = {"street": "Dock 1", "postal_code": "88131", "city": "Lindau"}
        await add_part(unit, ADDRESSES, first, address)
    await _add(work, "Sheet other", kind="person")
    viewer = await sign_in("viewer")
    csv = await viewer.get("/clients/export?format=csv&q=sheet&kind=company")
    assert csv.headers["content-disposition"].startswith("attachment")
    lines = csv.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("name,kind,email,phone")
    assert [line.split(",")[0] for line in lines[1:]] == ["'=HYPERLINK(evil)"]
    assert "a; b" in lines[1]
    assert lines[0].endswith("contact_name,contact_role,contact_email,contact_phone,further_contacts")
    assert lines[1].endswith('Dock 1,88131,Lindau,,Iris Roth,Stage,,,"Tom Berg, +49 1"')
    xlsx = await viewer.get("/clients/export?q=sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx.content)).active
    assert sheet is not None
    assert [row[0].data_type for row in sheet.iter_rows(min_row=2)] == ["s", "s"]
    assert {row[0].value for row in sheet.iter_rows(min_row=2)} == {"=HYPERLINK(evil)", "Sheet other"}
    assert (await viewer.get("/clients/export?format=exe")).status_code == 422


async def test_adding_keeps_what_was_typed_until_it_fits(sign_in: Any) -> None:
    employee = await sign_in("employee")
    typed = {"name": "", "kind": "company", "email": "nonsense", "blocked": "1", "notes": "Keep <me>"}
    refused = await employee.post("/clients/new", data=typed)
    assert refused.status_code == 422
    assert "Give it a name." in refused.text
    assert "Keep &lt;me&gt;" in refused.text
    silent = await employee.post(
        "/clients/new", data={"name": "Late payer", "kind": "company", "blocked": "1"}
    )
    assert silent.status_code == 422
    assert "Say why" in silent.text
    made = await employee.post(
        "/clients/new",
        data={
            "name": "Late payer", "kind": "company", "blocked": "1", "block_reason": "Prepay only",
            "website": "late-payer.example/shop", "payment_terms_days": "0", "merged_into_id": "1", "archived": "1",
        },
    )  # fmt: skip
    assert made.status_code == 303
    page = (await employee.get(made.headers["location"])).text
    assert re.search(r"<strong>Blocked:</strong>\s*Prepay only", page)
    assert 'href="https://late-payer.example/shop"' in page
    assert "at once" in page
    assert "Archived" not in page


async def test_a_website_is_an_address_of_the_web(sign_in: Any) -> None:
    employee = await sign_in("employee")
    for text in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//",
        "http://",
        "two words",
        "https://a b",
        "http://[",
    ):
        refused = await employee.post(
            "/clients/new", data={"name": "Site", "kind": "company", "website": text}
        )
        assert refused.status_code == 422, text
        assert "Write an address of the web" in refused.text
        sent = await employee.post("/api/clients", json={"name": "Site", "website": text})
        assert (sent.status_code, list(sent.json()["details"]["fields"])) == (422, ["website"])
    for text, kept in (("site.example", "https://site.example"), ("HTTP://a.example:81/x", "HTTP://a.example:81/x"),
                       ("a.example:8080", "https://a.example:8080"), ("", "")):  # fmt: skip
        made = await employee.post("/api/clients", json={"name": "Site", "website": text})
        assert made.json()["data"]["website"] == kept


async def test_a_dialog_adds_a_client_for_the_form_behind_it(sign_in: Any) -> None:
    employee = await sign_in("employee")
    dialog = (await employee.get("/clients/new?name=Fresh+%3Cb%3E", headers=PART)).text
    assert "<html" not in dialog
    assert 'value="Fresh &lt;b&gt;"' in dialog
    refused = await employee.post("/clients/new", data={"name": "", "kind": "company"}, headers=PART)
    assert refused.status_code == 422
    assert "<dialog" in refused.text
    typed = {"name": "Fresh", "kind": "company", "email": "", "phone": ""}
    made = await employee.post("/clients/new", data=typed, headers=PART)
    assert (made.status_code, made.text) == (200, "")
    told = json.loads(made.headers["hx-trigger"])
    assert told["made"]["name"] == "Fresh"
    assert told["toast"]["title"] == "Added"
    assert (await employee.get(f"/clients/{told['made']['id']}")).status_code == 200


async def test_the_address_of_a_deleted_client_says_who_did_it(sign_in: Any, work: Work) -> None:
    client_id = await _add(work, "Gone & away")
    async with work("manager") as unit:
        await delete_client(unit, client_id, version=None)
    viewer, manager = await sign_in("viewer"), await sign_in("manager")
    for path in (f"/clients/{client_id}", f"/clients/{client_id}/history"):
        told = await viewer.get(path)
        assert told.status_code == 404
        assert "Gone &amp; away was deleted" in told.text
        assert "Jonas" in told.text
        assert "/undo" not in told.text
    address = re.search(r'action="(/changes/\d+/undo)"', (await manager.get(f"/clients/{client_id}")).text)
    assert address
    back = await manager.post(address[1])
    assert (back.status_code, back.headers["location"]) == (303, f"/clients/{client_id}")
    assert (await viewer.get(f"/clients/{client_id}")).status_code == 200
    assert "was deleted" not in (await viewer.get("/clients/999999")).text.split("<h1>")[1][:60]


async def test_a_client_shows_its_events_the_latest_first(sign_in: Any, work: Work) -> None:
    client_id = await _add(work, "With events")
    async with work() as unit:
        for name, days, status in (("Past gala", -40, "closed"), ("Running fair", -1, "confirmed")):
            start = now() + timedelta(days=days)
            await editing.create(
                unit,
                Event(
                    name=name,
                    client_id=client_id,
                    out_start=start,
                    out_end=start + timedelta(days=3),
                    status=status,
                ),
            )
    page = (await (await sign_in("viewer")).get(f"/clients/{client_id}")).text
    assert page.index("Running fair") < page.index("Past gala")
    assert page.count("Out now") == 1
    assert "Confirmed" in page


async def test_two_people_edit_and_the_second_decides(sign_in: Any, work: Work) -> None:
    client_id = await _add(work, "Shared house", phone="+49 1")
    first, second = await sign_in("manager"), await sign_in("employee")
    form = await _form(second, client_id)
    path = f"/clients/{client_id}/edit"
    assert (await first.post(path, data=form | {"phone": "+49 2"})).status_code == 303
    merged = await second.post(path, data=form | {"email": "a@b.example"})
    assert merged.status_code == 303
    collided = await second.post(path, data=form | {"phone": "+49 3"})
    assert collided.status_code == 409
    assert "+49 2" in collided.text
    assert "+49 3" in collided.text
    page = (await first.get(f"/clients/{client_id}")).text
    assert "+49 2" in page
    assert "a@b.example" in page
    history = (await first.get(f"/clients/{client_id}/history")).text
    assert "Undo this change" in history
    activity = (await first.get("/activity?record=client")).text
    assert "Shared house" in activity


async def test_what_was_deleted_is_brought_back_by_undo(sign_in: Any, work: Work) -> None:
    client_id = await _add(work, "Gone tomorrow")
    manager, employee = await sign_in("manager"), await sign_in("employee")
    data = {"version": "1"}
    assert (await employee.post(f"/clients/{client_id}/deletion", data=data)).status_code == 403
    async with work() as unit:
        await edit_client(unit, client_id, {"notes": "Call first"}, version=None)
    assert (await manager.post(f"/clients/{client_id}/deletion", data=data)).status_code == 409
    async with work() as unit:
        operation = unit.operation
        await delete_client(unit, client_id, version=2)
    assert (await manager.get(f"/clients/{client_id}")).status_code == 404
    assert "Gone tomorrow" not in (await manager.get("/clients")).text
    assert (await employee.post(f"/operations/{operation}/undo", headers=PART)).status_code == 403
    assert (await manager.post(f"/operations/{operation}/undo", headers=PART)).status_code == 200
    assert (await manager.get(f"/clients/{client_id}")).status_code == 200
    gone = await manager.post(f"/clients/{client_id}/deletion", data={"version": "4"})
    assert gone.headers["location"] == "/clients"


async def test_archiving_is_taken_back_from_the_page(sign_in: Any, work: Work) -> None:
    client_id = await _add(work, "Sleeper")
    employee = await sign_in("employee")
    await employee.post(f"/clients/{client_id}/archive", data={"archived": "1"})
    assert "Take out of the archive" in (await employee.get(f"/clients/{client_id}")).text
    await employee.post(f"/clients/{client_id}/archive", data={"archived": "0"})
    assert "Sleeper" in (await employee.get("/clients?q=sleeper")).text


async def test_the_search_finds_clients_by_name(sign_in: Any, work: Work) -> None:
    client_id = await _add(work, "Ångström Palette", email="palette@example.com")
    viewer = await sign_in("viewer")
    for headers in ({}, PART):
        found = await viewer.get("/search?q=angst", headers=headers)
        assert f'href="/clients/{client_id}"' in found.text
    assert "/clients/" not in (await viewer.get("/search?q=ngst", headers=PART)).text
