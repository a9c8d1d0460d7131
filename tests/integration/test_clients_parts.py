"""Contacts and addresses of clients, the contact of an event, and what the page of a client tells."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.db.models import Change, Reservation
from app.domain.availability.facts import hand_out
from app.domain.clients.parts import ADDRESSES, CONTACTS, add_part
from app.domain.clients.service import create_client, delete_client
from app.lib.clock import now
from tests.integration.booking import MONDAY, a_rental, an_event, some_equipment

Work = Callable[..., Any]
PART = {"hx-request": "true", "hx-request-type": "partial"}


async def _add(work: Work, name: str, **values: Any) -> int:
    async with work() as unit:
        return (await create_client(unit, {"name": name, **values})).id


async def _contact(work: Work, client_id: int, name: str, **values: Any) -> int:
    async with work() as unit:
        return (await add_part(unit, CONTACTS, client_id, {"name": name, **values})).id


async def test_a_contact_is_added_edited_and_deleted_with_a_way_back(sign_in: Any, work: Work) -> None:
    client_id = await _add(work, "With people")
    employee = await sign_in("employee")
    form = await employee.get(f"/clients/{client_id}/contacts/new", headers=PART)
    assert form.text.startswith('<dialog class="av-dialog"')
    assert "<html" in (await employee.get(f"/clients/{client_id}/contacts/new")).text
    refused = await employee.post(
        f"/clients/{client_id}/contacts/new", data={"name": "", "email": "nonsense", "notes": "Keep <me>"}
    )
    assert refused.status_code == 422
    assert "Give the person a name." in refused.text
    assert "Write an e-mail address" in refused.text
    assert "Keep &lt;me&gt;" in refused.text
    typed = {"name": "Iris Roth", "role": "Stage manager", "phone": "+49 8382 1", "client_id": "1"}
    added = await employee.post(f"/clients/{client_id}/contacts/new", data=typed)
    assert added.headers["location"] == f"/clients/{client_id}"
    page = (await employee.get(f"/clients/{client_id}")).text
    contact_id = int(re.findall(r'id="contact-(\d+)"', page)[0])
    assert "Stage manager" in page
    edited = await employee.post(f"/contacts/{contact_id}/edit", data={"version": "1", "name": "Iris Rothe"})
    assert edited.status_code == 303
    stale = await employee.post(f"/contacts/{contact_id}/deletion", data={"version": "1"})
    assert stale.status_code == 409
    await employee.post(f"/contacts/{contact_id}/deletion", data={"version": "2"})
    assert f'id="contact-{contact_id}"' not in (await employee.get(f"/clients/{client_id}")).text
    history = (await employee.get(f"/clients/{client_id}/history")).text
    assert "Iris Rothe" in history
    async with work() as unit:
        change = await unit.session.scalar(
            select(Change.id).where(Change.entity == "contact", Change.action == "contact.deleted")
        )
    assert (await employee.post(f"/changes/{change}/undo", headers=PART)).status_code == 200
    assert f'id="contact-{contact_id}"' in (await employee.get(f"/clients/{client_id}")).text
    shown = await employee.get(f"/contacts/{contact_id}")
    assert shown.headers["location"] == f"/clients/{client_id}#contact-{contact_id}"
    assert (await (await sign_in("viewer")).get(f"/contacts/{contact_id}/edit")).status_code == 403


async def test_two_people_edit_an_address_and_the_second_decides(sign_in: Any, work: Work) -> None:
    client_id = await _add(work, "With places")
    async with work() as unit:
        values = {"street": "Hafenstraße 12", "city": "Lindau"}
        address_id = (await add_part(unit, ADDRESSES, client_id, values)).id
    employee = await sign_in("employee")
    path, form = f"/addresses/{address_id}/edit", {"version": "1", "purpose": "main", "city": "Lindau"}
    async with work("manager") as unit:
        await ADDRESSES.edit(unit, address_id, {"city": "Bregenz"}, version=1)
    merged = await employee.post(path, data=form | {"street": "Hafenstraße 14"})
    assert merged.status_code == 303
    collided = await employee.post(
        path, data=form | {"street": "Hafenstraße 12", "city": "Wangen"}, headers=PART
    )
    assert collided.status_code == 409
    assert 'hx-target="#modal"' in collided.text
    assert "Bregenz" in collided.text
    assert "Wangen" in collided.text
    nowhere = await employee.post(path, data={"version": "3", "street": "", "city": ""})
    assert nowhere.status_code == 422
    assert "Write a street or a city." in nowhere.text
    async with work("manager") as unit:
        await ADDRESSES.delete(unit, address_id, version=None)
    gone = await employee.post(path, data=form | {"version": "3", "city": "Wangen"}, headers=PART)
    assert gone.status_code == 409
    assert "Restore and save" in gone.text
    back = await employee.post(path, data=form | {"version": "3", "city": "Wangen", "restore": "1"})
    assert back.status_code == 303
    assert "Wangen" in (await employee.get(f"/clients/{client_id}")).text


async def test_parts_of_a_client_that_was_deleted_are_not_there(sign_in: Any, work: Work) -> None:
    client_id = await _add(work, "Soon gone")
    contact_id = await _contact(work, client_id, "Last one")
    async with work() as unit:
        await delete_client(unit, client_id, version=None)
    manager = await sign_in("manager")
    for path in (f"/contacts/{contact_id}/edit", f"/clients/{client_id}/contacts/new"):
        assert (await manager.get(path)).status_code == 404
    assert (await manager.get(f"/api/contacts/{contact_id}")).status_code == 404
    assert (await manager.get(f"/api/clients/{client_id}/contacts")).status_code == 404
    added = await manager.post(f"/api/clients/{client_id}/contacts", json={"name": "Too late"})
    assert added.status_code == 404


async def test_programs_keep_contacts_and_addresses(sign_in: Any, work: Work) -> None:
    client_id = await _add(work, "For programs")
    api = await sign_in("employee")
    made = await api.post(f"/api/clients/{client_id}/contacts", json={"name": "Iris Roth", "role": "Stage"})
    assert made.status_code == 201, made.text
    contact = made.json()["data"]
    assert made.headers["location"] == f"/api/contacts/{contact['id']}"
    path = f"/api/contacts/{contact['id']}"
    changed = await api.patch(path, json={"phone": "+49 1"}, headers={"If-Match": '"1"'})
    assert (changed.json()["data"]["phone"], changed.headers["etag"]) == ("+49 1", '"2"')
    assert (await api.patch(path, json={"phone": "+49 2", "version": 1})).status_code == 409
    assert (await api.patch(path, json={"client_id": 1, "version": 2})).status_code == 422
    whole = (await api.put(path, json={"name": "Iris Rothe", "version": 2})).json()["data"]
    assert (whole["name"], whole["role"], whole["phone"]) == ("Iris Rothe", "", "")
    nowhere = await api.post(f"/api/clients/{client_id}/addresses", json={"name": "Nowhere"})
    assert "street" in nowhere.json()["details"]["fields"]
    address = (
        await api.post(f"/api/clients/{client_id}/addresses", json={"city": "Lindau", "purpose": "billing"})
    ).json()["data"]
    listed = (await api.get(f"/api/clients/{client_id}/addresses")).json()["data"]
    assert [(one["id"], one["purpose"]) for one in listed] == [(address["id"], "billing")]
    assert (await api.delete(f"/api/addresses/{address['id']}?version=1")).status_code == 204
    assert (await api.get(f"/api/addresses/{address['id']}")).status_code == 404
    assert (
        await (await sign_in("viewer")).post(f"/api/clients/{client_id}/contacts", json={})
    ).status_code == 403


async def test_the_contact_of_an_event_is_one_of_its_client(sign_in: Any, work: Work) -> None:
    client_id, other_id = await _add(work, "Right client"), await _add(work, "Wrong client")
    right, wrong = await _contact(work, client_id, "Iris Roth"), await _contact(work, other_id, "Max Weg")
    employee = await sign_in("employee")
    choices = (await employee.get(f"/clients/contact-choices?client_id={client_id}", headers=PART)).text
    assert f'<option value="{right}">Iris Roth</option>' in choices
    assert "Max Weg" not in choices
    for nonsense in ("", "x", "0", "999999999"):
        answer = await employee.get(f"/clients/contact-choices?client_id={nonsense}")
        assert answer.status_code == 200
        assert "Add people" in answer.text
    typed = {
        "name": "Gala", "client_id": str(client_id), "out_start": "2031-06-02T08:00",
        "out_end": "2031-06-03T08:00",
    }  # fmt: skip
    for contact in (wrong, 999_999_999):
        refused = await employee.post("/events/new", data=typed | {"contact_id": str(contact)})
        assert refused.status_code == 422
        assert 'id="contact_id-error"' in refused.text
        assert "Iris Roth" in refused.text
    made = await employee.post("/events/new", data=typed | {"contact_id": str(right)})
    assert made.status_code == 303, made.text
    page = (await employee.get(made.headers["location"])).text
    assert f'href="/contacts/{right}"' in page
    event_id = int(made.headers["location"].rpartition("/")[2])
    moved = await employee.patch(f"/api/events/{event_id}", json={"client_id": other_id, "version": 1})
    assert "contact_id" in moved.json()["details"]["fields"]
    both = {"client_id": other_id, "contact_id": wrong, "version": 1}
    assert (await employee.patch(f"/api/events/{event_id}", json=both)).json()["data"]["contact_id"] == wrong
    async with work() as unit:
        await CONTACTS.delete(unit, wrong, version=None)
    assert (await employee.get(f"/events/{event_id}/edit")).status_code == 200
    renamed = await employee.patch(f"/api/events/{event_id}", json={"name": "Ball", "version": 2})
    assert renamed.status_code == 200
    assert renamed.json()["data"]["contact_id"] == wrong


async def test_the_page_tells_what_they_have_and_what_is_overdue(
    sign_in: Any, work: Work, statements: list[str]
) -> None:
    client_id, quiet_id = await _add(work, "Has gear"), await _add(work, "Has none")
    viewer = await sign_in("viewer")
    await viewer.get(f"/clients/{quiet_id}")
    statements.clear()
    quiet = (await viewer.get(f"/clients/{quiet_id}")).text
    few = len(statements)
    assert "With them now" not in quiet
    assert "No events yet" in quiet
    async with work() as unit:
        item = await some_equipment(unit, 20)
        for days in (-3, -1):
            booked = await an_event(unit, now() + timedelta(days=days), 48, client_id=client_id)
            line = await a_rental(unit, booked, item, 4)
            await hand_out(unit, line.id, 4, booked.out_start)
        await an_event(unit, MONDAY, client_id=client_id)
    await _contact(work, client_id, "Iris Roth")
    await _contact(work, client_id, "Tom Berg")
    statements.clear()
    page = (await viewer.get(f"/clients/{client_id}")).text
    assert len(statements) == few
    async with work() as unit:
        assert (await unit.session.scalars(select(Reservation.state).distinct())).all() == ["out"]
    assert "With them now" in page
    assert "8 pieces" in page
    assert page.count("Overdue</span>") == 1
    assert re.search(r"<dt>Overdue</dt><dd><span class=\"av-red\">4</span>", page)
    assert "/contacts/new" not in page
