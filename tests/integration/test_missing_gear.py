"""Who takes gear away that is booked is told what is short then, and so is whoever answers for the events."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import Change, Event
from app.domain.events import service
from app.domain.events.missing import warn_of_missing
from app.domain.inventory.service import edit_equipment
from app.domain.maintenance.service import report, take_step
from app.lib.clock import now
from app.lib.unit_of_work import SYSTEM, unit_of_work
from tests.integration.booking import a_confirmed_event, a_rental, an_event, some_equipment
from tests.integration.test_shortage_workbench import SOON
from tests.integration.test_sub_hire_pages import PARTIAL

Work = Callable[..., Any]


def toast_of(answer: Any) -> dict[str, Any]:
    """The receipt an answer brings, in its header or in the cookie for the next page."""
    if "hx-trigger" in answer.headers:
        return json.loads(answer.headers["hx-trigger"])["toast"]
    text = answer.cookies["av_toast"].partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


async def warned(app: Any) -> list[int]:
    async with unit_of_work(app.app.state.runtime.sessions, SYSTEM) as unit:
        return await warn_of_missing(unit)


async def told(work: Work, event: Event) -> list[str]:
    async with work() as unit:
        found = await unit.session.scalars(
            select(Change.fields)
            .where(Change.entity == "event", Change.entity_id == event.id, Change.action == "event.missing")
            .order_by(Change.id)
        )
        return [fields["missing"][1] for fields in found]


@pytest.mark.parametrize("how", ["cell", "form", "report"])
async def test_the_receipt_names_the_events_that_are_short(work: Work, sign_in: Any, how: str) -> None:
    async with work("manager") as unit:
        gear = await some_equipment(unit, 4, name=f"Vocal mic {how}")
        await a_confirmed_event(unit, gear, 3, SOON, name="Needs three")
        draft = await an_event(unit, SOON, name="Only a draft")
        await a_rental(unit, draft, gear, 4)
    client = await sign_in("technician" if how == "report" else "manager")
    if how == "cell":
        answer = await client.put(
            f"/inventory/{gear.id}/cells/quantity",
            data={"value": "1", "version": str(gear.version)},
            headers=PARTIAL,
        )
        assert answer.status_code == 200
    elif how == "form":
        sent = {
            "name": gear.name, "sku": gear.sku, "category_id": str(gear.category_id), "kind": gear.kind,
            "tracking": gear.tracking, "status": gear.status, "quantity": "1", "version": str(gear.version),
        }  # fmt: skip
        answer = await client.post(f"/inventory/{gear.id}/edit", data=sent)
        assert answer.status_code == 303, answer.text
    else:
        sent = {
            "equipment_id": str(gear.id),
            "quantity": "3",
            "title": "Rattles",
            "blocks": "1",
            "kind": "repair",
        }
        answer = await client.post("/maintenance/new", data=sent)
        assert answer.status_code == 303, answer.text
    toast = toast_of(answer)
    assert f"2 × {gear.name} short now for Needs three." in toast["text"]
    assert (toast["tone"], toast["link_url"]) == ("amber", "/shortages")


async def test_a_receipt_says_nothing_where_enough_is_left(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        await a_confirmed_event(unit, gear, 3, SOON)
    sent = {"equipment_id": str(gear.id), "quantity": "1", "title": "Hum", "blocks": "1", "kind": "repair"}
    answer = await (await sign_in("technician")).post("/maintenance/new", data=sent)
    assert toast_of(answer)["link_url"] is None


async def test_people_of_the_events_hear_once_what_is_missing(app: Any, work: Work, sign_in: Any) -> None:
    async with work("manager") as unit:
        gear, lamp = (
            await some_equipment(unit, 4, name="Shure SM57"),
            await some_equipment(unit, 2, name="Par"),
        )
        event = await a_confirmed_event(unit, gear, 3, SOON, name="City concert")
        await a_rental(unit, event, lamp, 2)
        held = await an_event(unit, SOON + timedelta(hours=30), name="Later on hold")
        await a_rental(unit, held, gear, 2)
        await service.hold(unit, held.id)
    assert event.id not in await warned(app)
    async with work("technician") as unit:
        job = {"equipment_id": gear.id, "quantity": 3, "title": "Rattles", "blocks": True}
        job = await report(unit, {**job, "expected_back": now() + timedelta(days=4, hours=-1)})
    assert event.id in await warned(app)
    assert event.id not in await warned(app)
    assert await told(work, event) == ["2 × Shure SM57"]
    news = (await (await sign_in("manager")).get("/notifications")).text
    assert "Gear is missing: 2 × Shure SM57 short" in news
    assert "City concert" in news
    assert "Gear is missing" not in (await (await sign_in("technician")).get("/notifications")).text
    history = (await (await sign_in("viewer")).get(f"/events/{event.id}/history")).text
    assert "found gear missing for" in history
    # something else is gone, too; then all is well again
    async with work("admin") as unit:
        await edit_equipment(unit, lamp.id, {"quantity": 1}, version=None)
    assert event.id in await warned(app)
    async with work("technician") as unit:
        await take_step(unit, job.id, "resolve")
    async with work("admin") as unit:
        await edit_equipment(unit, lamp.id, {"quantity": 2}, version=None)
    assert event.id not in await warned(app)
    assert await told(work, event) == ["2 × Shure SM57", "1 × Par"]


async def test_what_is_short_on_purpose_is_no_news(app: Any, work: Work) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 2)
        first = await a_confirmed_event(unit, gear, 2, SOON)
    async with work() as unit:
        event = await an_event(unit, SOON)
        await a_rental(unit, event, gear, 2)
        await service.confirm(unit, event.id, overbook_reason="A friend lends some")
    assert set(await warned(app)) & {first.id, event.id} == {first.id}
    async with work() as unit:
        await edit_equipment(unit, gear.id, {"quantity": 1}, version=None)
    assert set(await warned(app)) & {first.id, event.id} == {first.id}
