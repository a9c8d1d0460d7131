"""The ledger of the bench: taps and scans that add up, sent once or five times."""

from uuid import uuid4

import pytest
from sqlalchemy import select, text

from app.db.models import BenchAction, Equipment, Maintenance, Reservation, Unit
from app.domain.events import service
from app.domain.events.rentals import edit_rental
from app.domain.handovers.checking_in import check, check_in, settle
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import GateClosed, Part
from app.domain.prep.acknowledging import acknowledge, office_changes
from app.domain.prep.counting import count, undo
from app.domain.prep.policy import fulfilment
from app.domain.prep.queries import lines_of_event
from app.domain.prep.scanning import scan
from app.lib.clock import now
from app.lib.errors import Conflict
from tests.integration.bench import act, counts_of, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment

STEPS = ("picked", "packed")


async def _booked(unit, quantity=4, tags=(), start=None):
    """A confirmed event with one counted line, and one of units when there are tags."""
    begin = start or now() + 2 * HOUR
    event = await an_event(unit, begin, 24)
    lines = []
    cable = await some_equipment(unit, 20)
    lines.append(await a_rental(unit, event, cable, quantity))
    if tags:
        equipment_id, _ = await with_units(unit, tags)
        equipment = await unit.session.get_one(Equipment, equipment_id)
        lines.append(await a_rental(unit, event, equipment, len(tags)))
    await service.confirm(unit, event.id)
    return event, lines


async def test_counts_add_up_and_a_repeated_tap_counts_once(work):
    async with work() as unit:
        event, (line,) = await _booked(unit)
    nonce = uuid4()
    for _ in range(5):
        async with work("technician") as unit:
            given = await count(unit, act(nonce), event.id, line.id, step="picked", quantity=1)
    assert (given.kind, given.count, given.wanted) == ("right", 1, 4)
    async with work() as unit:
        given = await count(unit, act(), event.id, line.id, step="packed", quantity=3)
    assert (given.kind, given.count) == ("right", 3)
    async with work() as unit:
        (counts,) = (await counts_of(unit, event)).values()
    assert (counts.picked, counts.packed) == (3, 3)
    async with work() as unit:
        with pytest.raises(Conflict, match="too many"):
            await count(unit, act(), event.id, line.id, step="picked", quantity=2)


async def test_a_tap_that_waited_and_does_not_fit_any_more_lands_in_the_inbox(work):
    async with work() as unit:
        event, (line,) = await _booked(unit)
        await count(unit, act(), event.id, line.id, step="picked", quantity=4)
    async with work() as unit:
        given = await count(unit, act(queued=True), event.id, line.id, step="picked", quantity=1)
    assert given.kind == "refused"
    async with work() as unit:
        waiting = (await unit.session.scalars(select(BenchAction).where(BenchAction.needs_a_look))).all()
        assert [one.event_id for one in waiting] == [event.id]
        (counts,) = (await counts_of(unit, event)).values()
    assert counts.picked == 4


async def test_a_unit_is_scanned_judged_and_put_back(work):
    async with work() as unit:
        event, (_, line) = await _booked(unit, tags=("MP-1", "MP-2"))
    async with work() as unit:
        given = await scan(unit, act(), event.id, "mp-1", step="picked")
    assert (given.kind, given.count, given.wanted) == ("right", 1, 2)
    async with work() as unit:
        again = await scan(unit, act(), event.id, "MP-1", step="picked")
    assert again.kind == "again"
    async with work() as unit:
        one = await unit.session.scalar(select(Unit).where(Unit.asset_tag == "MP-1"))
        assert (one.state, one.rental_id) == ("prepped", line.id)
        back = await undo(unit, act(), event.id, given.action_id, reason="wrong shelf")
    assert (back.kind, back.count) == ("back", 0)
    async with work() as unit:
        one = await unit.session.scalar(select(Unit).where(Unit.asset_tag == "MP-1"))
        assert (one.state, one.rental_id) == ("in_stock", None)
        assert (await scan(unit, act(), event.id, "no-such-thing", step="picked")).kind == "unknown"


async def test_a_unit_promised_elsewhere_warns_and_may_be_taken_all_the_same(work):
    async with work() as unit:
        event, (_, line) = await _booked(unit, tags=("PR-1", "PR-2"))
        equipment = await unit.session.get_one(Equipment, line.equipment_id)
        await edit_rental(unit, line.id, {"quantity": 1}, version=None)
        other = await an_event(unit, event.out_start, 24)
        theirs = await a_rental(unit, other, equipment, 1)
        await service.confirm(unit, other.id)
        await scan(unit, act(), other.id, "PR-1", step="picked")
    async with work() as unit:
        given = await scan(unit, act(), event.id, "PR-1", step="picked")
    assert given.kind == "wrong_event"
    async with work() as unit:
        given = await scan(unit, act(), event.id, "PR-1", step="picked", force="wrong_event")
    assert given.kind == "complete"
    async with work() as unit:
        counts = await counts_of(unit, other)
        assert counts[theirs.id].picked == 0


async def test_from_the_shelf_to_the_client_and_back(work):
    async with work() as unit:
        event, (cable, light) = await _booked(unit, tags=("LX-1", "LX-2"))
        await count(unit, act(), event.id, cable.id, step="packed", quantity=4)
        one = await scan(unit, act(), event.id, "LX-1", step="packed")
        two = await scan(unit, act(), event.id, "LX-2", step="packed")
        lines = await lines_of_event(unit.session, event.id)
        assert fulfilment([line.counts for line in lines], STEPS) == "ready"
    async with work() as unit:
        parts = [Part(cable.id, 4), Part(light.id, 1, one.unit_id), Part(light.id, 1, two.unit_id)]
        left = await dispatch(unit, act(), event.id, parts, vehicle="Van 2", signed_name="Ana")
    assert left.handover_id
    async with work() as unit:
        lines = await lines_of_event(unit.session, event.id)
        assert fulfilment([line.counts for line in lines], STEPS) == "out"
        states = await unit.session.scalars(
            select(Reservation.state).where(Reservation.event_id == event.id).order_by(Reservation.id)
        )
        assert set(states) == {"out"}
    async with work() as unit:
        back = [
            Part(cable.id, 2),
            Part(cable.id, 1, condition="damaged", note="bent"),
            Part(light.id, 1, one.unit_id, condition="damaged"),
            Part(light.id, 1, two.unit_id, condition="missing"),
        ]
        await check_in(unit, act(), event.id, back)
    async with work() as unit:
        counts = await counts_of(unit, event)
        assert counts[cable.id].outstanding == 1
        assert (counts[light.id].outstanding, counts[light.id].missing) == (1, 1)
        lines = await lines_of_event(unit.session, event.id)
        assert fulfilment([line.counts for line in lines], STEPS) == "partly_returned"
        jobs = (await unit.session.scalars(select(Maintenance).order_by(Maintenance.id))).all()
        assert [(job.quantity, job.blocks) for job in jobs][-2:] == [(1, True), (1, True)]
        units = {
            u.asset_tag: (u.state, u.rental_id)
            for u in await unit.session.scalars(select(Unit).where(Unit.asset_tag.like("LX-%")))
        }
        assert units == {"LX-1": ("quarantine", None), "LX-2": ("missing", light.id)}
    async with work() as unit:
        await check_in(unit, act(), event.id, [Part(cable.id, 1, condition="unchecked")])
        await settle(
            unit,
            act(),
            event.id,
            [Part(light.id, 1, two.unit_id, settlement="charged")],
            reason="lost on tour",
        )
    async with work() as unit:
        lines = await lines_of_event(unit.session, event.id)
        assert fulfilment([line.counts for line in lines], STEPS) == "returned"
        await check(unit, act(), event.id, [Part(cable.id, 1)])
        lines = await lines_of_event(unit.session, event.id)
        assert fulfilment([line.counts for line in lines], STEPS) == "checked"
        equipment = await unit.session.get_one(Equipment, light.equipment_id, populate_existing=True)
        assert equipment.quantity == 1


async def test_the_gate_stops_what_nobody_has_acknowledged(work):
    async with work() as unit:
        event, (line,) = await _booked(unit)
        await count(unit, act(), event.id, line.id, step="picked", quantity=4)
    async with work() as unit:
        await edit_rental(unit, line.id, {"quantity": 6}, version=None)
    async with work() as unit:
        (change,) = await office_changes(unit.session, event.id, await lines_of_event(unit.session, event.id))
        assert (change.difference, change.before, change.after) == (2, 4, 6)
        with pytest.raises(GateClosed):
            await dispatch(unit, act(), event.id, [Part(line.id, 4)])
    async with work() as unit:
        await acknowledge(unit, event.id, line.id, 6)
        await dispatch(unit, act(), event.id, [Part(line.id, 4)])
        lines = await lines_of_event(unit.session, event.id)
        assert fulfilment([one.counts for one in lines], STEPS) == "partly_out"


async def test_consumables_leave_the_stock_and_come_back_unused(work):
    async with work() as unit:
        tape = await some_equipment(unit, 50, kind="consumable")
        event = await an_event(unit, now() + HOUR, 24)
        line = await a_rental(unit, event, tape, 12)
        await service.confirm(unit, event.id)
        await dispatch(unit, act(), event.id, [Part(line.id, 12)])
    async with work() as unit:
        assert (await unit.session.get_one(Equipment, tape.id, populate_existing=True)).quantity == 38
        await check_in(unit, act(), event.id, [Part(line.id, 5)])
    async with work() as unit:
        assert (await unit.session.get_one(Equipment, tape.id, populate_existing=True)).quantity == 43
        taken = await unit.session.scalar(
            text(
                f"select max(load) from availability_steps(array[{tape.id}], array[now() + interval '2 days'], array[now() + interval '3 days'], false, now())"
            )
        )
        assert taken == 0


async def test_movements_are_history(work):
    async with work() as unit:
        event, (line,) = await _booked(unit)
        await count(unit, act(), event.id, line.id, step="picked", quantity=1)
    from sqlalchemy.exc import IntegrityError

    async with work() as unit:
        with pytest.raises(IntegrityError, match="never changed"):
            await unit.session.execute(text("update movement set quantity = 2"))
        await unit.session.rollback()
