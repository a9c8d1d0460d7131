"""Taking back a handover that was none: everything is as before it, or it is said what stands in the way."""

import pytest
from sqlalchemy import func, select, text

from app.db.models import Allocation, Equipment, Maintenance, Reservation, Unit
from app.domain.availability.claims import figure_of
from app.domain.availability.queries import Window
from app.domain.events import service
from app.domain.events.allocation import allocate
from app.domain.events.rentals import edit_rental
from app.domain.handovers.checking_in import check, check_in, settle
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.handovers.undoing import is_undone, undo_handover
from app.domain.maintenance.service import take_step
from app.domain.prep.counting import count, undo
from app.domain.prep.policy import Counts
from app.domain.prep.scanning import scan
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.periods import Period
from tests.integration.bench import act, counts_of, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment

WHY = "Wrong event"


async def a_show(work, tags, *, tape=0):
    """A confirmed event with four cables, as many lamps as there are tags, and tape."""
    async with work() as unit:
        event = await an_event(unit, now() + HOUR, 24)
        cable = await a_rental(unit, event, await some_equipment(unit, 10), 4)
        equipment_id, _ = await with_units(unit, tags)
        lamp = await a_rental(unit, event, await unit.session.get_one(Equipment, equipment_id), len(tags))
        lines = [cable, lamp]
        if tape:
            roll = await some_equipment(unit, 30, kind="consumable")
            lines.append(await a_rental(unit, event, roll, tape))
        await service.confirm(unit, event.id)
    return event, lines


async def leaves(work, event, cable, lamp, tags, *more):
    async with work() as unit:
        units = [await scan(unit, act(), event.id, tag, step="packed") for tag in tags]
        parts = [Part(cable.id, 4), *(Part(lamp.id, 1, one.unit_id) for one in units), *more]
        return (await dispatch(unit, act(), event.id, parts)).handover_id, [one.unit_id for one in units]


async def everything(work, event, tags):
    """Counts, units, promises, bookings and stock of an event, as they can be compared."""
    async with work() as unit:
        counts = await counts_of(unit, event)
        units = await unit.session.execute(
            select(Unit.asset_tag, Unit.state, Unit.rental_id)
            .where(Unit.asset_tag.in_(tags))
            .order_by(Unit.id)
        )
        bookings = await unit.session.execute(
            select(Reservation.rental_id, Reservation.state, func.sum(Reservation.quantity))
            .where(Reservation.event_id == event.id)
            .group_by(Reservation.rental_id, Reservation.state)
            .order_by(Reservation.rental_id, Reservation.state)
        )
        promises = await unit.session.execute(
            select(Allocation.unit_id, Allocation.start_at, Allocation.end_at)
            .join(Unit, Unit.id == Allocation.unit_id)
            .where(Unit.asset_tag.in_(tags))
            .order_by(Allocation.unit_id)
        )
        stock = await unit.session.execute(
            text(
                "select e.id, e.quantity from equipment e join rental r on r.equipment_id = e.id where r.event_id = :id"
            ),
            {"id": event.id},
        )
        figures = []
        for key in sorted({row.id: row.quantity for row in stock}):
            at = now() + 5 * HOUR
            figure = await figure_of(unit.session, Window(key, Period(at, at + HOUR)))
            figures.append((key, figure.supply, figure.free))
        return (
            counts, [tuple(row) for row in units], [tuple(row) for row in bookings],
            [tuple(row) for row in promises], figures,
        )  # fmt: skip


async def test_a_dispatch_is_taken_back_as_though_it_had_not_been(work):
    tags = ("UA-1", "UA-2")
    event, (cable, lamp, tape) = await a_show(work, tags, tape=6)
    async with work() as unit:
        await count(unit, act(), event.id, cable.id, step="picked", quantity=3)
    before = await everything(work, event, tags)
    handover, _ = await leaves(work, event, cable, lamp, tags, Part(tape.id, 6))
    async with work() as unit:
        tap = act()
        given = await undo_handover(unit, tap, handover, reason=WHY)
    assert (given.kind, given.text) == ("back", "Dispatch 1 is taken back: 12 pieces.")
    after = await everything(work, event, tags)
    # what was scanned before it left is prepped still; what the dispatch itself prepped is not
    assert after[0][lamp.id] == Counts(2, picked=2, packed=2)
    assert after[0][cable.id] == before[0][cable.id]
    assert after[1] == [(tag, "prepped", lamp.id) for tag in tags]
    assert (after[2], after[4]) == (before[2], before[4])
    async with work() as unit:
        assert await is_undone(unit.session, handover)
        again = await undo_handover(unit, tap, handover, reason=WHY)
        assert again.action_id == given.action_id
        with pytest.raises(Conflict, match="already"):
            await undo_handover(unit, act(), handover, reason=WHY)
    async with work() as unit:
        await dispatch(unit, act(), event.id, [Part(cable.id, 4)])


async def test_a_check_in_is_taken_back_with_its_jobs_and_promises(work):
    tags = ("UB-1", "UB-2", "UB-3")
    event, (cable, lamp, tape) = await a_show(work, tags, tape=5)
    _, units = await leaves(work, event, cable, lamp, tags, Part(tape.id, 5))
    async with work() as unit:
        await check_in(unit, act(), event.id, [Part(lamp.id, 1, units[2], condition="missing")])
    before = await everything(work, event, tags)
    async with work() as unit:
        parts = [
            Part(cable.id, 1),
            Part(cable.id, 1, condition="damaged"),
            Part(cable.id, 1, condition="missing"),
            Part(lamp.id, 1, units[0], condition="damaged"),
            Part(lamp.id, 1, units[1], condition="unchecked"),
            Part(lamp.id, 1, units[2]),
            Part(tape.id, 2),
        ]
        back = (await check_in(unit, act(), event.id, parts)).handover_id
    async with work() as unit:
        await undo_handover(unit, act(), back, reason=WHY)
    assert await everything(work, event, tags) == before
    async with work() as unit:
        jobs = await unit.session.scalars(
            select(Maintenance.deleted_at).where(Maintenance.unit_id.in_(units))
        )
        assert all(at is not None for at in jobs.all())
        await check_in(unit, act(), event.id, [Part(cable.id, 4)])


async def test_what_followed_stands_in_the_way_and_is_named(work):
    tags = ("UC-1", "UC-2")
    event, (cable, lamp) = await a_show(work, tags)
    left, units = await leaves(work, event, cable, lamp, tags)
    with pytest.raises(InvalidInput):
        async with work() as unit:
            await undo_handover(unit, act(), left, reason="")
    with pytest.raises(NotFound):
        async with work() as unit:
            await undo_handover(unit, act(), 999_999, reason=WHY)
    async with work() as unit:
        parts = [Part(cable.id, 1, condition="damaged"), Part(lamp.id, 1, units[0], condition="unchecked")]
        back = (await check_in(unit, act(), event.id, parts)).handover_id
    await refused(work, left, "Check-in 1 came after it")
    async with work() as unit:
        job = await unit.session.scalar(
            select(Maintenance).where(Maintenance.equipment_id == cable.equipment_id)
        )
        await take_step(unit, job.id, "resolve")
    await refused(work, back, "is resolved by now")
    async with work() as unit:
        missing = (
            await check_in(unit, act(), event.id, [Part(cable.id, 2, condition="missing")])
        ).handover_id
        await settle(unit, act(), event.id, [Part(cable.id, 2)], reason="Lost on tour")
    await refused(work, missing, "settled by now")


async def test_a_unit_that_was_looked_at_or_went_on_stays_where_it_is(work):
    tags = ("UD-1", "UD-2")
    event, (cable, lamp) = await a_show(work, tags)
    _, units = await leaves(work, event, cable, lamp, tags)
    async with work() as unit:
        back = await check_in(unit, act(), event.id, [Part(lamp.id, 1, units[0], condition="unchecked")])
        await check(unit, act(), event.id, [Part(lamp.id, 1, units[0])])
    await refused(work, back.handover_id, "checked")
    async with work() as unit:
        last = await check_in(unit, act(), event.id, [Part(lamp.id, 1, units[1])])
        other = await an_event(unit, now() + 2 * HOUR, 10)
        equipment = await unit.session.get_one(Equipment, lamp.equipment_id)
        await a_rental(unit, other, equipment, 1)
        await service.confirm(unit, other.id)
        await scan(unit, act(), other.id, "UD-2", step="picked")
    await refused(work, last.handover_id, "UD-2 is prepped by now")


async def test_a_unit_that_is_promised_to_others_by_now_does_not_go_out_again(work):
    event, (cable, lamp) = await a_show(work, ("UE-1",))
    _, units = await leaves(work, event, cable, lamp, ("UE-1",))
    async with work() as unit:
        back = await check_in(unit, act(), event.id, [Part(lamp.id, 1, units[0])])
        other = await an_event(unit, now() + 2 * HOUR, 10)
        equipment = await unit.session.get_one(Equipment, lamp.equipment_id)
        theirs = await a_rental(unit, other, equipment, 1)
        await service.confirm(unit, other.id)
        await allocate(unit, theirs.id, units)
    await refused(work, back.handover_id, "UE-1 is promised to")


async def test_a_dispatch_is_taken_back_in_the_middle_of_a_shortage(work):
    """It takes nothing that was not taken before, so it is not asked whether there is enough."""
    event, (cable, _) = await a_show(work, ("UF-1",))
    async with work() as unit:
        left = (await dispatch(unit, act(), event.id, [Part(cable.id, 2)])).handover_id
        equipment = await unit.session.get_one(Equipment, cable.equipment_id)
        other = await an_event(unit, now() + HOUR, 24)
        await a_rental(unit, other, equipment, 6)
        await service.confirm(unit, other.id)
    async with work() as unit:
        await unit.session.execute(
            text("update equipment set quantity = 5 where id = :id"), {"id": cable.equipment_id}
        )
    async with work() as unit:
        await undo_handover(unit, act(), left, reason=WHY)
    async with work() as unit:
        rows = await unit.session.execute(
            select(Reservation.state, Reservation.quantity).where(Reservation.rental_id == cable.id)
        )
        assert [tuple(row) for row in rows] == [("firm", 4)]


async def test_a_tap_is_not_undone_once_its_pieces_have_left_or_later_steps_go_with_it(work):
    event, (cable, lamp) = await a_show(work, ("UG-1",))
    async with work() as unit:
        picked = await count(unit, act(), event.id, cable.id, step="picked", quantity=4)
        await count(unit, act(), event.id, cable.id, step="packed", quantity=4)
        lit = await scan(unit, act(), event.id, "UG-1", step="picked")
    async with work() as unit:
        await undo(unit, act(), event.id, picked.action_id)
        assert (await counts_of(unit, event))[cable.id] == Counts(4)
    async with work() as unit:
        counted = await count(unit, act(), event.id, cable.id, step="packed", quantity=4)
        await dispatch(unit, act(), event.id, [Part(cable.id, 1), Part(lamp.id, 1, lit.unit_id)])
    for action_id in (counted.action_id, lit.action_id):
        with pytest.raises(Conflict, match="have left"):
            async with work() as unit:
                await undo(unit, act(), event.id, action_id)


async def test_a_unit_that_came_back_is_not_promised_again_when_the_office_changes_something(work):
    event, (cable, lamp) = await a_show(work, ("UH-1", "UH-2"))
    _, units = await leaves(work, event, cable, lamp, ("UH-1", "UH-2"))
    async with work() as unit:
        await check_in(unit, act(), event.id, [Part(lamp.id, 1, units[0])])
    async with work() as unit:
        await service.edit_event(unit, event.id, {"out_end": event.out_end + 3 * HOUR}, version=None)
        await edit_rental(unit, cable.id, {"quantity": 5}, version=None)
    async with work() as unit:
        rows = await unit.session.execute(
            select(Allocation.unit_id, Allocation.end_at).where(Allocation.rental_id == lamp.id)
        )
        ends = {row.unit_id: row.end_at for row in rows}
        assert ends.get(units[0], now()) <= now()
        assert ends[units[1]] == event.out_end + 3 * HOUR


async def refused(work, handover_id, words):
    """It is refused in these words, and nothing has changed."""
    with pytest.raises(Conflict, match=words):
        async with work() as unit:
            await undo_handover(unit, act(), handover_id, reason=WHY)
