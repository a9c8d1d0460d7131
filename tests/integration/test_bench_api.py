"""The bench for programs: the same counts, verdicts as data, and nothing twice."""

import asyncio
import random
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import event as listening
from sqlalchemy import func, select, update

from app.db.models import BenchAction, Company, Equipment, Movement, Rental, Unit
from app.domain.events import service
from app.domain.events.rentals import edit_rental
from app.lib.clock import now
from tests.integration.bench import with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment


async def a_show(work, quantity=4, tags=()):
    """A confirmed event that leaves soon: its id, the line of cables, and that of units."""
    async with work() as unit:
        event = await an_event(unit, now() + 2 * HOUR, 24)
        cable = await some_equipment(unit, 20)
        lines = [await a_rental(unit, event, cable, quantity)]
        if tags:
            equipment_id, _ = await with_units(unit, tags)
            equipment = await unit.session.get_one(Equipment, equipment_id)
            lines.append(await a_rental(unit, event, equipment, len(tags)))
        await service.confirm(unit, event.id)
        return event.id, [line.id for line in lines]


def tap(**values):
    return {"nonce": str(uuid4()), **values}


async def unit_id_of(work, tag):
    async with work() as unit:
        return await unit.session.scalar(select(Unit.id).where(Unit.asset_tag == tag))


async def test_from_prep_to_the_last_piece_through_the_api(work, sign_in):
    api = await sign_in("technician")
    event_id, (cable, light) = await a_show(work, tags=("AP-1", "AP-2"))
    start = (await api.get(f"/api/prep/{event_id}")).json()["data"]
    assert (start["fulfilment"], start["inbox"], start["steps"]) == ("not_started", 0, ["picked", "packed"])
    counted = await api.post(
        f"/api/prep/{event_id}/counts", json=tap(rental_id=cable, quantity=4, step="packed")
    )
    assert counted.status_code == 200
    assert counted.json()["data"]["kind"] == "complete"
    for tag in ("ap-1", "AP-2"):
        scanned = await api.post(f"/api/prep/{event_id}/scans", json=tap(code=tag, step="packed"))
        assert scanned.json()["data"]["counted"]
    ready = (await api.get(f"/api/prep/{event_id}")).json()["data"]
    assert ready["fulfilment"] == "ready"
    assert {line["counts"]["packed"] for line in ready["lines"]} == {2, 4}
    one, two = await unit_id_of(work, "AP-1"), await unit_id_of(work, "AP-2")
    parts = [
        {"rental_id": cable, "quantity": 4},
        {"rental_id": light, "unit_id": one},
        {"rental_id": light, "unit_id": two},
    ]
    left = await api.post(f"/api/events/{event_id}/dispatches", json=tap(parts=parts, vehicle="Van 2"))
    assert left.status_code == 201
    handover = (await api.get(left.headers["location"])).json()["data"]
    assert (handover["kind"], handover["vehicle"], handover["undone"]) == ("dispatch", "Van 2", False)
    assert sum(one["quantity"] for one in handover["moved"] if one["step"] == "dispatched") == 6
    back = [
        {"rental_id": cable, "quantity": 3},
        {"rental_id": light, "unit_id": one, "condition": "unchecked"},
        {"rental_id": light, "unit_id": two, "condition": "missing", "note": "not in the case"},
    ]
    returned = await api.post(f"/api/events/{event_id}/check-ins", json=tap(parts=back))
    assert returned.status_code == 201
    checked = await api.post(
        f"/api/events/{event_id}/checks", json=tap(parts=[{"rental_id": light, "unit_id": one}])
    )
    assert checked.status_code == 200
    settled = await api.post(
        f"/api/events/{event_id}/settlements",
        json=tap(parts=[{"rental_id": light, "unit_id": two}], reason="Lost on tour"),
    )
    assert settled.status_code == 200
    board = (await api.get("/api/prep")).json()["data"]
    (shown,) = [one for one in board if one["id"] == event_id]
    assert (shown["fulfilment"], shown["outstanding"], shown["missing"]) == ("partly_returned", 1, 0)


async def test_a_handover_is_taken_back_through_the_api(work, sign_in):
    api = await sign_in("technician")
    event_id, (cable,) = await a_show(work)
    left = await api.post(
        f"/api/events/{event_id}/dispatches", json=tap(parts=[{"rental_id": cable, "quantity": 2}])
    )
    place = left.headers["location"]
    silent = await api.request("DELETE", place, json={"nonce": str(uuid4())})
    assert silent.status_code == 422
    undone = await api.request("DELETE", place, json=tap(reason="Wrong event"))
    assert undone.status_code == 200
    assert (undone.json()["data"]["undone"], undone.json()["data"]["moved"]) == (True, [])
    again = await api.request("DELETE", place, json=tap(reason="Wrong event"))
    assert again.status_code == 409
    assert "already" in again.json()["error"]


async def test_a_closed_gate_says_why_and_takes_a_capability_to_pass(work, sign_in):
    technician, manager = await sign_in("technician"), await sign_in("manager")
    event_id, (cable,) = await a_show(work)
    await technician.post(f"/api/prep/{event_id}/counts", json=tap(rental_id=cable, quantity=4))
    async with work() as unit:
        await edit_rental(unit, cable, {"quantity": 5}, version=None)
    place, parts = f"/api/events/{event_id}/dispatches", [{"rental_id": cable, "quantity": 4}]
    closed = await technician.post(place, json=tap(parts=parts))
    assert (closed.status_code, closed.json()["code"]) == (409, "GATE_CLOSED")
    assert len(closed.json()["details"]["reasons"]) == 1
    reason = {"override_reason": "The client waits"}
    assert (await technician.post(place, json=tap(parts=parts, **reason))).status_code == 403
    assert (await manager.post(place, json=tap(parts=parts, **reason))).status_code == 201
    changes = (await technician.get(f"/api/prep/{event_id}")).json()["data"]["office_changes"]
    assert [(one["before"], one["after"]) for one in changes] == [(4, 5)]
    known = await technician.post(
        f"/api/prep/{event_id}/acknowledgements", json={"rental_id": cable, "quantity": 5}
    )
    assert known.json()["data"]["office_changes"] == []


async def test_what_cannot_be_is_refused_in_words_at_its_field(work, sign_in):
    api = await sign_in("technician")
    event_id, (cable,) = await a_show(work)
    for path, body, field in (
        (f"/api/prep/{event_id}/counts", tap(rental_id=cable, quantity=0), "quantity"),
        (f"/api/prep/{event_id}/scans", tap(code=""), "code"),
        (f"/api/prep/{event_id}/scans", tap(code="x", step="returned"), "step"),
        (f"/api/prep/{event_id}/scans", {"code": "x"}, "nonce"),
        (f"/api/prep/{event_id}/scans", tap(code="x", bogus=1), "bogus"),
        (f"/api/events/{event_id}/dispatches", tap(parts=[]), "parts"),
        (f"/api/events/{event_id}/dispatches", tap(parts=[{"rental_id": cable, "quantity": 0}]), "parts"),
        (f"/api/events/{event_id}/settlements", tap(parts=[{"rental_id": cable}]), "reason"),
    ):
        answer = await api.post(path, json=body)
        assert answer.status_code == 422, (path, body, answer.text)
        assert field in answer.json()["details"]["fields"], answer.text
    unknown = await api.post(f"/api/prep/{event_id}/scans", json=tap(code="no such thing"))
    assert (unknown.status_code, unknown.json()["data"]["kind"]) == (200, "unknown")
    assert (await api.get("/api/prep/999999999")).status_code == 404
    assert (await api.get("/api/handovers/999999999")).status_code == 404
    assert (await api.get("/api/prep", params={"start": "2026-11-26"})).status_code == 422


async def test_an_undo_sent_twice_is_one_undo(work, sign_in):
    api = await sign_in("technician")
    event_id, (cable,) = await a_show(work)
    counted = await api.post(f"/api/prep/{event_id}/counts", json=tap(rental_id=cable, quantity=3))
    undo = tap(action_id=counted.json()["data"]["action_id"], reason="Wrong shelf")
    answers = [await api.post(f"/api/prep/{event_id}/undo", json=undo) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["data"]["action_id"] for answer in answers}) == 1


async def test_fifty_scans_sent_five_times_out_of_order_from_two_devices_are_fifty_movements(
    work, sign_in, app, monkeypatch
):
    monkeypatch.setattr(app.app.state.runtime.engine.pool, "_timeout", 60)
    tablets = [await sign_in("technician"), await sign_in("manager")]
    async with work() as unit:
        await unit.session.execute(update(Company).values(prep_steps=["picked"]))
    tags = [f"FF-{number:02}" for number in range(40)]
    event_id, (cable, light) = await a_show(work, quantity=10, tags=tags)
    async with work() as unit:
        line = await unit.session.get_one(Equipment, (await _equipment_of(unit, cable)))
        sku = line.sku
    scans = [(number % 2, tap(code=code)) for number, code in enumerate([*tags, *[sku] * 10])]
    sent = scans * 5
    random.Random(7).shuffle(sent)
    under_way = asyncio.Semaphore(8)

    async def send(tablet, body):
        async with under_way:
            return await tablets[tablet].post(f"/api/prep/{event_id}/scans", json=body)

    answers = await asyncio.gather(*(send(tablet, body) for tablet, body in sent))
    assert {answer.status_code for answer in answers} == {200}
    verdicts = {}
    for (_, body), answer in zip(sent, answers, strict=True):
        verdicts.setdefault(body["nonce"], set()).add(answer.json()["data"]["action_id"])
    assert len(verdicts) == 50
    assert all(len(actions) == 1 for actions in verdicts.values())
    async with work() as unit:
        moved = select(func.count(), func.sum(Movement.quantity)).where(
            Movement.event_id == event_id, Movement.step == "picked"
        )
        assert tuple((await unit.session.execute(moved)).one()) == (50, 50)
        actions = select(func.count()).where(BenchAction.event_id == event_id)
        assert await unit.session.scalar(actions) == 50
    prep = (await tablets[0].get(f"/api/prep/{event_id}")).json()["data"]
    assert prep["fulfilment"] == "ready"
    assert {line["rental_id"]: line["counts"]["picked"] for line in prep["lines"]} == {cable: 10, light: 40}


async def _equipment_of(unit, rental_id):
    return (await unit.session.get_one(Rental, rental_id)).equipment_id


async def test_the_board_costs_the_same_however_much_is_on_it(work, sign_in, app):
    api = await sign_in("viewer")
    statements = list[str]()

    def count(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    engine = app.app.state.runtime.read_engine.sync_engine
    listening.listen(engine, "before_cursor_execute", count)
    try:
        taken = []
        for _ in range(2):
            statements.clear()
            until = (now() + timedelta(days=3)).isoformat()
            assert (await api.get("/api/prep", params={"end": until})).status_code == 200
            taken.append(len(statements))
            await a_show(work)
    finally:
        listening.remove(engine, "before_cursor_execute", count)
    assert taken[0] == taken[1]
