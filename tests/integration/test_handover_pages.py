"""Dispatch, check-in, what is missing and the quarantine desk, as pages."""

import base64
import io
import re
from datetime import timedelta
from uuid import uuid4

from PIL import Image, ImageDraw
from sqlalchemy import select

from app.db.models import Equipment, Handover, Maintenance, Movement, Rental, Unit
from app.domain.events import service
from app.domain.events.rentals import edit_rental
from app.domain.handovers.checking_in import check_in
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.prep.counting import count
from app.domain.prep.policy import fulfilment
from app.domain.prep.queries import lines_of_event
from app.domain.prep.scanning import scan
from app.lib.clock import now
from tests.integration.bench import act, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment
from tests.statements import statements_for

PARTLY = {"HX-Request": "true", "HX-Request-Type": "partial"}
STEPS = ("picked",)


async def _event(unit, tags=(), quantity=4, start=None, **values):
    """A confirmed event with a counted line, and one of units where there are tags: event, counted line, units."""
    event = await an_event(unit, start or now() + 2 * HOUR, 24, **values)
    cable = await some_equipment(unit, 20, replacement_value="12.50")
    line = await a_rental(unit, event, cable, quantity)
    units = []
    if tags:
        equipment_id, units = await with_units(unit, tags)
        await a_rental(unit, event, await unit.session.get_one(Equipment, equipment_id), len(tags))
    await service.confirm(unit, event.id)
    return event, line, units


async def _out(unit, tags=(), quantity=4, **values):
    """The same, gone."""
    event, line, units = await _event(unit, tags, quantity, **values)
    parts = [Part(line.id, quantity)]
    if tags:
        other = await unit.session.scalar(
            select(Rental.id).where(Rental.event_id == event.id, Rental.id != line.id)
        )
        parts += [Part(other, 1, one.id) for one in units]
    await dispatch(unit, act(), event.id, parts)
    return event, line, units


async def _standing(work, event):
    async with work() as unit:
        lines = await lines_of_event(unit.session, event.id)
        return fulfilment([line.counts for line in lines], STEPS), {line.id: line.counts for line in lines}


def _drawn() -> str:
    picture = Image.new("RGB", (400, 120), "white")
    ImageDraw.Draw(picture).line((10, 100, 200, 20, 390, 110), fill="black", width=5)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _nonce(text: str) -> str:
    return re.search(r'name="nonce" value="([^"]+)"', text)[1]


async def test_what_is_prepped_leaves_once_with_a_signature(work, sign_in):
    async with work() as unit:
        event, line, units = await _event(unit, ["D-1", "D-2"])
        await count(unit, act(), event.id, line.id, step="picked", quantity=3)
        await scan(unit, act(), event.id, "D-1", step="picked")
    client = await sign_in("technician")
    shown = (await client.get(f"/prep/{event.id}/dispatch")).text
    assert f'name="line-{line.id}" id="line-{line.id}" value="3"' in shown
    assert f'value="{units[0].id}" checked' in shown
    assert "1 to scan first" in shown
    everything = (await client.get(f"/prep/{event.id}/dispatch?what=all")).text
    assert f'id="line-{line.id}" value="4"' in everything
    form = {
        "nonce": _nonce(shown), f"line-{line.id}": "3", "units": str(units[0].id), "vehicle": "Van 2",
        "signed_name": "Ada", "signature": _drawn(), "notes": "dock 2",
    }  # fmt: skip
    answers = [await client.post(f"/prep/{event.id}/dispatch", data=form) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    page = (await client.get(answers[0].headers["location"])).text
    for words in ("Dispatch 1", "Ada", "Van 2", "dock 2", "D-1", "papers/delivery-note", "Signature of Ada"):
        assert words in page
    picture = re.search(r'src="(/photos/[^"]+)"', page)[1]
    kept = await client.get(picture)
    assert kept.headers["content-type"] == "image/webp"
    assert (await _standing(work, event))[0] == "partly_out"


async def test_what_cannot_leave_is_said_where_it_is_and_all_typed_is_kept(work, sign_in):
    async with work() as unit:
        event, line, _ = await _event(unit)
    client = await sign_in("technician")
    path, nonce = f"/prep/{event.id}/dispatch", str(uuid4())
    wrong = await client.post(path, data={"nonce": nonce, f"line-{line.id}": "9", "vehicle": "Van 3"})
    assert wrong.status_code == 422
    assert "a whole number, at most 4" in wrong.text
    assert "Van 3" in wrong.text
    assert (await client.post(path, data={"nonce": nonce, f"line-{line.id}": "0"})).status_code == 422
    bad = {"nonce": nonce, f"line-{line.id}": "1", "signature": "data:image/png;base64,AAAA"}
    assert "Draw it again" in (await client.post(path, data=bad)).text
    assert (await _standing(work, event))[0] == "not_started"


async def test_the_gate_is_passed_with_a_reason_by_who_may(work, sign_in):
    async with work() as unit:
        event, line, _ = await _event(unit)
        await count(unit, act(), event.id, line.id, step="picked", quantity=4)
        await edit_rental(unit, line.id, {"quantity": 5}, version=None)
    technician, manager = await sign_in("technician"), await sign_in("manager")
    path = f"/prep/{event.id}/dispatch"
    assert "The office changed the list" in (await technician.get(path)).text
    form = {"nonce": str(uuid4()), f"line-{line.id}": "4", "override_reason": "the truck waits"}
    stopped = await technician.post(path, data=form)
    assert stopped.status_code == 409
    assert "Not acknowledged" in stopped.text
    assert 'name="override_reason"' not in stopped.text
    passed = await manager.post(path, data=form)
    assert passed.status_code == 303
    assert "the truck waits" in (await manager.get(passed.headers["location"])).text


async def test_two_sessions_bring_it_back_and_every_state_is_right(work, sign_in):
    async with work() as unit:
        event, line, units = await _out(unit, ["R-1", "R-2", "R-3"])
    assert (await _standing(work, event))[0] == "out"
    client, other = await sign_in("technician"), await sign_in("manager")
    path = f"/prep/{event.id}/check-in"
    scanned = await client.post(f"{path}/scans", data={"nonce": str(uuid4()), "code": "r-1"}, headers=PARTLY)
    assert "Right" in scanned.text
    assert "1<small>of 3" in scanned.text
    session = re.search(r'name="session" value="(\d+)"', scanned.text)[1]
    more = {"nonce": str(uuid4()), "rental_id": str(line.id), "session": session}
    for _ in range(2):  # sent twice, counted once
        answer = await client.post(path, data=more, headers=PARTLY)
    assert answer.status_code == 200
    state, counts = await _standing(work, event)
    assert (state, counts[line.id].returned) == ("partly_returned", 1)
    serialized = next(key for key in counts if key != line.id)
    photo = ("crack.png", base64.b64decode(_drawn().partition(",")[2]), "image/png")
    damaged = {
        "nonce": str(uuid4()), "rental_id": str(serialized), "unit_id": str(units[1].id), "condition": "damaged",
        "note": "cracked lens", "session": session,
    }  # fmt: skip
    answer = await client.post(path, data=damaged, files={"photo_file": photo}, headers=PARTLY)
    assert answer.status_code == 200, answer.text
    async with work() as unit:
        assert (
            len(
                (
                    await unit.session.scalars(
                        select(Handover).where(Handover.kind == "check_in", Handover.event_id == event.id)
                    )
                ).all()
            )
            == 1
        )
        assert (await unit.session.get_one(Unit, units[1].id)).state == "quarantine"
        assert await unit.session.scalar(select(Movement.photo).where(Movement.photo.is_not(None)))
    # another person, another session: one is missing, the rest is back
    form = {
        "nonce": str(uuid4()),
        "rental_id": str(serialized),
        "unit_id": str(units[2].id),
        "condition": "missing",
    }
    assert "missing" in (await other.post(path, data=form, headers=PARTLY)).text
    rest = {"nonce": str(uuid4()), "condition": "unchecked"}
    assert (await other.post(f"{path}/rest", data=rest)).status_code == 303
    state, counts = await _standing(work, event)
    assert (counts[line.id].unchecked, counts[serialized].missing) == (3, 1)
    assert state == "partly_returned"
    async with work() as unit:
        assert (await unit.session.get_one(Unit, units[2].id)).state == "missing"
    owed = (await other.get(f"/missing?event={event.id}")).text
    assert "R-3" in owed
    assert event.name in owed
    desk = (await client.get("/quarantine")).text
    assert "R-2" in desk
    assert "cracked lens" in desk
    # found after all, and what was unchecked is looked at
    found = {"nonce": str(uuid4()), "unit_id": str(units[2].id), "condition": "fine"}
    assert (await client.post(f"/missing/{serialized}/finds", data=found)).status_code == 303
    assert (await _standing(work, event))[0] == "returned"
    decided = {"nonce": str(uuid4()), "decision": "stock"}
    assert (await client.post(f"/quarantine/pieces/{line.id}/decisions", data=decided)).status_code == 303
    assert (await _standing(work, event))[0] == "checked"


async def test_a_scan_says_whose_it_is(work, sign_in):
    async with work() as unit:
        event, line, _ = await _out(unit, ["W-1"])
        other, _, _ = await _out(unit, ["W-2"])
        sku = (await unit.session.get_one(Equipment, line.equipment_id)).sku
        (free,) = (await with_units(unit, ["W-3"]))[1]
        third, _, _ = await _event(unit, ["W-4"])
        await scan(unit, act(), third.id, "W-4", step="picked")
    client = await sign_in("technician")

    async def said(code):
        form = {"nonce": str(uuid4()), "code": code}
        return (await client.post(f"/prep/{event.id}/check-in/scans", data=form, headers=PARTLY)).text

    assert f"/prep/{other.id}/check-in?code=W-2" in await said("W-2")
    unknown = await said("nothing-has-this")
    assert "Unknown code" in unknown
    assert f"/inventory/register?code=nothing-has-this&amp;next=/prep/{event.id}/check-in" in unknown
    assert "Not of this event" in await said(free.asset_tag)
    assert f"it is prepped for “{third.name}”" in await said("W-4")
    assert "1<small>of 4" in await said(sku)
    assert "Complete" in await said("W-1")
    assert "is back already" in await said("W-1")
    assert "This return note" in await said(f"AV-RN-{event.id}-1")


async def test_a_tap_is_taken_back_by_itself(work, sign_in):
    async with work() as unit:
        event, line, (one,) = await _out(unit, ["U-1"])
    client = await sign_in("technician")
    path = f"/prep/{event.id}/check-in"
    first = await client.post(
        path, data={"nonce": str(uuid4()), "rental_id": str(line.id), "quantity": "3"}, headers=PARTLY
    )
    assert re.search(r"<p>3 × .+: fine\.</p>", first.text)
    session = re.search(r'name="session" value="(\d+)"', first.text)[1]
    scanned = await client.post(
        f"{path}/scans", data={"nonce": str(uuid4()), "code": "U-1", "session": session}, headers=PARTLY
    )
    action = re.findall(r'name="action_id" value="(\d+)"', scanned.text)[0]
    back = await client.post(
        f"{path}/undo", data={"nonce": str(uuid4()), "action_id": action, "session": session}, headers=PARTLY
    )
    assert "Taken back" in back.text
    _state, counts = await _standing(work, event)
    assert counts[line.id].returned == 3
    async with work() as unit:
        assert (await unit.session.get_one(Unit, one.id)).state == "out"
    # the whole session goes back as well, with a reason
    path = f"/handovers/{session}"
    assert (await client.post(f"{path}/undo", data={"nonce": str(uuid4()), "reason": ""})).status_code == 422
    gone = await client.post(f"{path}/undo", data={"nonce": str(uuid4()), "reason": "wrong event"})
    assert gone.status_code == 303
    assert "Taken back" in (await client.get(path)).text
    assert (await _standing(work, event))[0] == "out"


async def test_it_came_back_earlier_but_never_in_the_future(work, sign_in):
    async with work() as unit:
        event, line, _ = await _out(unit, start=now() - 30 * HOUR)
    client = await sign_in("technician")
    path = f"/prep/{event.id}/check-in"
    form = {"nonce": str(uuid4()), "rental_id": str(line.id), "at": "2099-01-01T10:00"}
    refused = await client.post(path, data=form, headers=PARTLY)
    assert refused.status_code == 422
    assert "still to come" in refused.text
    earlier = now() - 3 * HOUR
    form |= {"nonce": str(uuid4()), "at": earlier.isoformat(timespec="minutes")[:16]}
    assert (await client.post(path, data=form, headers=PARTLY)).status_code == 200
    async with work() as unit:
        handover = await unit.session.scalar(
            select(Handover).where(Handover.event_id == event.id, Handover.kind == "check_in")
        )
        assert now() - handover.at > timedelta(minutes=30)


async def test_a_late_return_never_hinders_another_event(work, sign_in):
    async with work() as unit:
        late, line, _ = await _out(unit, start=now() - 72 * HOUR, quantity=20)
        equipment = await unit.session.get_one(Equipment, line.equipment_id)
        second = await an_event(unit, now() - 40 * HOUR, 20)
        other = await some_equipment(unit, 5)
        theirs = await a_rental(unit, second, other, 5)
        await service.confirm(unit, second.id)
        await dispatch(unit, act(), second.id, [Part(theirs.id, 5)])
    client = await sign_in("technician")
    assert equipment.quantity == 20
    for paper in ("delivery-note", "return-note"):
        assert (await client.get(f"/events/{second.id}/papers/{paper}")).status_code == 200
    form = {"nonce": str(uuid4()), "condition": "fine"}
    assert (await client.post(f"/prep/{second.id}/check-in/rest", data=form)).status_code == 303
    assert (await _standing(work, second))[0] == "checked"
    assert (await _standing(work, late))[0] == "out"
    assert (
        await client.post(f"/prep/{late.id}/check-in/rest", data={"nonce": str(uuid4()), "condition": "fine"})
    ).status_code == 303
    assert (await _standing(work, late))[0] == "checked"


async def test_what_is_missing_is_charged_and_leaves_the_stock(work, sign_in):
    async with work() as unit:
        event, line, _ = await _out(unit)
        await check_in(
            unit, act(), event.id, [Part(line.id, 2, condition="missing", note="not in the truck")]
        )
    employee, viewer = await sign_in("employee"), await sign_in("viewer")
    page = (await employee.get("/missing")).text
    assert "not in the truck" in page
    assert "25.00" in page
    assert "Nothing matches" in (await employee.get("/missing?q=nothing-like-it")).text
    table = (await employee.get("/missing/export")).text
    assert table.count("\n") >= 2
    assert event.name in table
    form = {"nonce": str(uuid4()), "quantity": "1", "settlement": "charged", "reason": ""}
    path = f"/missing/{line.id}/settlements"
    assert "Say what became of it." in (await employee.post(path, data=form)).text
    assert (await viewer.post(path, data=form)).status_code == 403
    assert (
        await employee.post(path, data=form | {"nonce": str(uuid4()), "quantity": "7"})
    ).status_code == 422
    settled = await employee.post(path, data=form | {"nonce": str(uuid4()), "reason": "invoice 12"})
    assert settled.status_code == 303
    _, counts = await _standing(work, event)
    assert (counts[line.id].missing, counts[line.id].settled) == (1, 1)
    async with work() as unit:
        assert (await unit.session.get_one(Equipment, line.equipment_id)).quantity == 19


async def test_the_desk_decides(work, sign_in):
    async with work() as unit:
        event, line, units = await _out(unit, ["Q-first", "Q-second", "Q-third"])
        serialized = (await unit.session.get_one(Unit, units[0].id)).rental_id
        parts = [Part(serialized, 1, units[0].id, "damaged"), Part(serialized, 1, units[1].id, "dirty")]
        parts += [
            Part(serialized, 1, units[2].id, "unchecked"),
            Part(line.id, 2, condition="damaged", note="bent"),
        ]
        await check_in(unit, act(), event.id, parts)
        jobs = {
            job.unit_id: job.id
            for job in await unit.session.scalars(
                select(Maintenance).where(Maintenance.title.like(f"%{event.name}"))
            )
        }
    client, viewer = await sign_in("technician"), await sign_in("viewer")
    desk = (await viewer.get("/quarantine")).text
    assert all(words in desk for words in ("Q-first", "Q-second", "Q-third", "bent", event.name))
    assert "Back to stock" not in desk
    only = (await client.get("/quarantine?q=Q-second")).text
    assert "Q-second" in only
    assert "Q-first" not in only

    async def decide(job_id, **form):
        return await client.post(f"/quarantine/jobs/{job_id}/decisions", data={"nonce": str(uuid4()), **form})

    assert (
        await viewer.post(f"/quarantine/jobs/{jobs[units[1].id]}/decisions", data={"decision": "stock"})
    ).status_code == 403
    assert (await decide(jobs[units[1].id], decision="stock")).status_code == 303
    # it is off the desk: the receipt leads to its job
    assert f'href="/maintenance/{jobs[units[1].id]}"' in (await client.get("/quarantine")).text
    assert (await decide(jobs[units[0].id], decision="write_off", note="")).status_code == 422
    gone = {"decision": "write_off", "note": "burnt", "value": "900"}
    assert (await decide(jobs[units[0].id], **gone)).status_code == 303
    unchecked = {"nonce": str(uuid4()), "unit_id": str(units[2].id), "decision": "repair", "note": "hums"}
    assert (
        await client.post(f"/quarantine/pieces/{serialized}/decisions", data=unchecked)
    ).status_code == 303
    async with work() as unit:
        states = [(await unit.session.get_one(Unit, one.id)).state for one in units]
        cost = await unit.session.scalar(select(Maintenance.cost).where(Maintenance.id == jobs[units[0].id]))
    assert states == ["written_off", "in_stock", "in_repair"]
    assert cost == 900
    assert (await decide(jobs[units[0].id], decision="stock")).status_code == 404


async def test_pages_cost_the_same_however_much_they_show(work, sign_in, app):
    async with work() as unit:
        small, _line, _ = await _out(unit, ["S-1"])
        large, other, _ = await _out(unit, [f"L-{number}" for number in range(12)])
        # who changed the list is looked up where it was changed at all
        for event in [large, *[small] * 8]:
            await a_rental(unit, event, await some_equipment(unit, 3), 1)
    client = await sign_in("technician")
    for path in ("dispatch", "check-in"):
        assert await statements_for(app, client, f"/prep/{small.id}/{path}") == await statements_for(
            app, client, f"/prep/{large.id}/{path}"
        )
    before = [await statements_for(app, client, path) for path in ("/missing", "/quarantine")]
    async with work() as unit:
        await check_in(
            unit,
            act(),
            large.id,
            [Part(other.id, 2, condition="missing"), Part(other.id, 2, condition="unchecked")],
        )
    assert [await statements_for(app, client, path) for path in ("/missing", "/quarantine")] == before
    assert before[0] <= 6
    assert before[1] <= 6
