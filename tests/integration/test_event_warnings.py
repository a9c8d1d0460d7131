"""What is said and may be passed: a client that is blocked, or gone, and gear that was archived meanwhile."""

from typing import Any

from app.domain.clients.service import create_client, delete_client
from app.domain.inventory.service import edit_equipment
from tests.integration.booking import a_rental, an_event, some_equipment

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
REASON = {"blocked": True, "block_reason": "Prepay <only>"}


async def test_a_blocked_client_is_said_where_it_is_chosen_and_asked_about(sign_in: Any, work: Any) -> None:
    manager = await sign_in("manager")
    async with work() as unit:
        client = await create_client(unit, {"name": "Late payer", **REASON})
        other = await create_client(unit, {"name": "Good payer"})
        event = await an_event(unit, client_id=client.id)
        await a_rental(unit, event, await some_equipment(unit, 3), 1)
    chosen = (await manager.get(f"/clients/contact-choices?client_id={client.id}", headers=PART)).text
    assert '<hx-partial hx-target="#client-block"' in chosen
    assert "Prepay &lt;only&gt;" in chosen
    assert "blocked" not in (
        await manager.get(f"/clients/contact-choices?client_id={other.id}", headers=PART)
    ).text.replace("client-block", "")
    assert "Prepay &lt;only&gt;" in (await manager.get(f"/events/new?client={client.id}")).text

    address = f"/events/{event.id}/confirmation"
    asked = await manager.post(address, headers=PART)
    assert (asked.status_code, "Prepay &lt;only&gt;" in asked.text) == (200, True)
    assert "Confirm anyway" in asked.text
    assert (await manager.get(f"/api/events/{event.id}")).json()["data"]["status"] == "draft"
    passed = await manager.post(address, data={"anyway": "1"}, headers=PART)
    assert passed.status_code == 200
    assert (await manager.get(f"/api/events/{event.id}")).json()["data"]["status"] == "confirmed"


async def test_archived_gear_is_marked_and_asked_about(sign_in: Any, work: Any) -> None:
    manager = await sign_in("manager")
    async with work() as unit:
        gear = await some_equipment(unit, 3, name="Old desk")
        one, other = await an_event(unit), await an_event(unit)
        for event in (one, other):
            await a_rental(unit, event, gear, 1)
    page = f"/events/{one.id}"
    assert "archived" not in (await manager.get(page)).text
    async with work() as unit:
        await edit_equipment(unit, gear.id, {"archived": True}, version=None)
    assert "archived" in (await manager.get(page)).text
    asked = await manager.post(f"{page}/confirmation", headers=PART)
    assert "Archived by now: Old desk." in asked.text
    assert (await manager.post(f"{page}/confirmation", data={"anyway": "1"}, headers=PART)).status_code == 200
    told = await manager.post(f"/api/events/{other.id}/confirmation", json={})
    assert (told.status_code, told.json()["warnings"]) == (200, ["Archived by now: Old desk."])


async def test_a_deleted_client_is_marked_and_leads_to_who_deleted_it(sign_in: Any, work: Any) -> None:
    viewer = await sign_in("viewer")
    async with work() as unit:
        client = await create_client(unit, {"name": "Gone for good"})
        event = await an_event(unit, client_id=client.id)
    page = f"/events/{event.id}"
    assert ">deleted<" not in (await viewer.get(page)).text
    async with work() as unit:
        await delete_client(unit, client.id, version=None)
    shown = (await viewer.get(page)).text
    assert f'<a href="/clients/{client.id}">Gone for good</a><span class="av-badge' in shown
    assert "deleted" in shown
    assert "Gone for good was deleted" in (await viewer.get(f"/clients/{client.id}")).text


async def test_days_the_wrong_way_round_list_no_event(sign_in: Any, work: Any) -> None:
    viewer = await sign_in("viewer")
    async with work() as unit:
        await an_event(unit, name="Anything at all")
    for names in (("since", "until"), ("from", "to")):
        refused = await viewer.get(
            "/events", params=dict(zip(names, ("2031-06-03", "2031-06-01"), strict=True))
        )
        assert refused.status_code == 422
        assert "Choose a day that is not before the first." in refused.text
        assert "Anything at all" not in refused.text
        fine = await viewer.get("/events", params=dict(zip(names, ("2031-06-01", "2031-06-03"), strict=True)))
        assert "Anything at all" in fine.text
