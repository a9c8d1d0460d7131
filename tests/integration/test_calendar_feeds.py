"""Calendars for other programs: a secret link shows what its person may see, until it is revoked."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.config import RateLimit
from app.db.models import CalendarFeed, Change, User
from app.domain.accounts.service import deactivate, reactivate
from app.domain.calendar.service import MOST_FEEDS
from app.domain.events import service
from app.lib.clock import now
from tests.integration.booking import a_confirmed_event, an_event, some_equipment

SOON = now().replace(minute=0, second=0, microsecond=0) + timedelta(days=5)


async def a_link(client: Any, scope: str, **values: str) -> str:
    answer = await client.post("/calendar/subscriptions", data={"scope": scope, **values})
    assert answer.status_code in (200, 201), answer.text
    found = re.search(r'value="http://test(/calendar/feeds/[\w-]{40,}\.ics)"', answer.text)
    assert found is not None
    return found[1]


async def test_a_link_shows_events_to_whoever_has_it(work: Any, sign_in: Any, client: Any) -> None:
    async with work("manager") as unit:
        firm = await an_event(unit, SOON, name="Gala; dinner, dance", venue="Große Halle")
        await service.confirm(unit, firm.id)
        lost = await an_event(unit, SOON, name="Lost one")
        await service.take_step(unit, lost.id, "lose")
        await an_event(unit, SOON - timedelta(days=400), name="Long ago")
    address = await a_link(await sign_in("manager"), "all")
    answer = await client.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    text = answer.text.replace("\r\n ", "")
    assert "SUMMARY:Gala\\; dinner\\, dance" in text
    assert "LOCATION:Große Halle" in text
    assert f"DTSTART:{SOON:%Y%m%dT%H%M%SZ}" in text
    assert "Lost one" not in text
    assert "Long ago" not in text
    uid = re.search(r"UID:(event-\d+\.\S+)", text)
    async with work("manager") as unit:
        await service.edit_event(unit, firm.id, {"name": "Renamed"}, version=None)
    later = (await client.get(address)).text
    assert uid is not None
    assert uid[1] in later
    assert "Renamed" in later


async def test_links_show_only_their_scope(work: Any, sign_in: Any, client: Any) -> None:
    async with work("manager") as unit:
        gear = await some_equipment(unit, 9)
        await a_confirmed_event(unit, gear, 4, SOON, name="With gear")
    async with work("employee") as unit:
        await an_event(unit, SOON, name="Of somebody else")
    manager = await sign_in("manager")
    person = (await client.get(await a_link(manager, "person"))).text
    assert "With gear" in person
    assert ": what I answer for\r\n" in person
    assert "Of somebody else" not in person
    of_gear = (await client.get(await a_link(manager, "equipment", equipment_id=str(gear.id)))).text
    assert "SUMMARY:4 × With gear" in of_gear
    assert "Of somebody else" not in of_gear
    page = await manager.get(f"/calendar/subscriptions?equipment={gear.id}")
    assert page.text.count("/revocation") >= 2


async def test_a_revoked_link_and_one_of_somebody_who_left_find_nothing(
    work: Any, sign_in: Any, client: Any
) -> None:
    employee = await sign_in("employee")
    first, second = await a_link(employee, "all"), await a_link(employee, "person")
    async with work() as unit:
        feeds = (
            select(CalendarFeed)
            .join(User, User.id == CalendarFeed.user_id)
            .where(User.username == "employee")
        )
        newest = (await unit.session.scalars(feeds.order_by(CalendarFeed.id.desc()))).first()
    assert newest is not None
    assert newest.secret_hash not in second
    theirs = f"/calendar/subscriptions/{newest.id}/revocation"
    # nobody ends a link of somebody else
    assert (await (await sign_in("admin")).post(theirs)).status_code == 404
    assert (await employee.post(theirs)).status_code == 303
    assert (await employee.post(theirs)).status_code == 404
    assert (await client.get(second)).status_code == 404
    assert (await client.get(first)).status_code == 200
    async with work() as unit:
        person = await unit.session.scalar(select(User).where(User.username == "employee"))
        await deactivate(unit, person.id)
    assert (await client.get(first)).status_code == 404
    async with work() as unit:
        await reactivate(unit, person.id)
    assert (await client.get(first)).status_code == 200
    for wrong in ("/calendar/feeds/x.ics", first.removesuffix(".ics"), first[:-6] + "x.ics"):
        assert (await client.get(wrong)).status_code == 404


async def test_making_and_revoking_is_on_record_and_the_secret_is_not(work: Any, sign_in: Any) -> None:
    technician = await sign_in("technician")
    secret = (await a_link(technician, "all")).split("/")[-1].removesuffix(".ics")
    async with work() as unit:
        changes = (await unit.session.scalars(select(Change).where(Change.entity == "calendar_feed"))).all()
        kept = (await unit.session.scalars(select(CalendarFeed.secret_hash))).all()
    assert "calendar_feed.created" in {change.action for change in changes}
    assert secret not in str([(change.label, change.fields) for change in changes])
    assert secret not in kept
    assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in kept)
    log = (await (await sign_in("manager")).get("/activity")).text
    assert "made a calendar link for" in log


async def test_wrong_and_too_many_links_are_refused(sign_in: Any) -> None:
    viewer = await sign_in("viewer")
    for wrong in (
        {"scope": "x"},
        {"scope": "equipment"},
        {"scope": "equipment", "equipment_id": "999999"},
        {},
    ):
        assert (await viewer.post("/calendar/subscriptions", data=wrong)).status_code == 422
    for _ in range(MOST_FEEDS):
        await a_link(viewer, "all")
    refused = await viewer.post("/calendar/subscriptions", data={"scope": "all"})
    assert refused.status_code == 409
    assert "Revoke one" in refused.text


async def test_reading_is_limited_by_address_as_guessing_would_be(app: Any, client: Any) -> None:
    runtime = app.app.state.runtime
    before = runtime.settings
    runtime.settings = replace(before, api_rate_limit=RateLimit(2, 60))
    try:
        answers = [await client.get("/calendar/feeds/guessed.ics") for _ in range(3)]
    finally:
        runtime.settings = before
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
