"""What is said of a scanned unit: promises, quarantine, tests, other lines, other hands."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db.models import Allocation, Change, Equipment, InspectionRule, Unit
from app.domain.events import service
from app.domain.events.allocation import allocate
from app.domain.handovers.checking_in import check, check_in, settle
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.maintenance.service import report, take_step
from app.domain.prep.acknowledging import acknowledge, office_changes
from app.domain.prep.counting import count, undo
from app.domain.prep.queries import lines_of_event
from app.domain.prep.scanning import scan
from app.domain.prep.taking_back import take_back
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from tests.integration.bench import act, counts_of, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment


async def lamps(work, tags):
    async with work() as unit:
        equipment_id, _ = await with_units(unit, tags)
        return equipment_id


async def a_show(work, equipment_id, *amounts, start=1.0, hours=24.0, confirmed=True):
    """An event with a line of lamps for each amount: the event and its lines."""
    async with work() as unit:
        event = await an_event(unit, now() + start * HOUR, hours)
        equipment = await unit.session.get_one(Equipment, equipment_id)
        lines = [await a_rental(unit, event, equipment, amount) for amount in amounts]
        if confirmed:
            await service.confirm(unit, event.id)
    return event, lines


async def scanned(work, event, code, step="picked", **values):
    async with work() as unit:
        return await scan(unit, act(), event.id, code, step=step, **values)


async def bound(work, line, *tags):
    async with work() as unit:
        keys = await unit.session.scalars(select(Unit.id).where(Unit.asset_tag.in_(tags)))
        await allocate(unit, line.id, keys.all())


def overruling(given):
    """The verdict that may be overruled, as it is offered."""
    (offer,) = [one for one in given.offers if one.act in ("force", "override")]
    return {"force": offer.values["force"]}


async def the_unit(work, tag):
    async with work() as unit:
        return await unit.session.scalar(select(Unit).where(Unit.asset_tag == tag))


async def test_a_unit_promised_to_tomorrows_event_warns_and_names_it(work):
    gear = await lamps(work, ("SA-1", "SA-2"))
    ours, _ = await a_show(work, gear, 1, hours=48)
    theirs, (other,) = await a_show(work, gear, 1, start=24)
    await bound(work, other, "SA-1")
    given = await scanned(work, ours, "SA-1")
    assert (given.kind, given.counted, given.since) == ("promised", False, theirs.out_start)
    assert theirs.name in given.text
    with pytest.raises(InvalidInput):
        await scanned(work, ours, "SA-1", **overruling(given))
    taken = await scanned(work, ours, "SA-1", **overruling(given), reason="Agreed")
    assert taken.kind == "complete"
    async with work() as unit:
        told = await unit.session.scalar(select(Change).where(Change.action == "prep.taken_over"))
        assert (told.parent_id, told.fields["units"]) == (theirs.id, [["SA-1"], []])
        assert told.fields["reason"] == ["", "Agreed"]
        bound_to = await unit.session.scalars(
            select(Allocation.rental_id).where(Allocation.rental_id == other.id)
        )
        assert bound_to.all() == []
    assert (await scanned(work, theirs, "SA-2")).kind == "complete"


async def test_promised_to_two_others_one_decision_is_enough(work):
    gear = await lamps(work, ("SB-1", "SB-2"))
    ours, _ = await a_show(work, gear, 1, hours=72)
    for start in (10, 40):
        _, (line,) = await a_show(work, gear, 1, start=start, hours=10)
        await bound(work, line, "SB-1")
    assert (await scanned(work, ours, "SB-1", force="promised", reason="Agreed")).kind == "complete"


async def test_picked_for_one_and_promised_to_another_there_is_a_way_to_the_end(work):
    gear = await lamps(work, ("SC-1", "SC-2"))
    ours, _ = await a_show(work, gear, 1, start=20, hours=50)
    early, (first,) = await a_show(work, gear, 1, start=1, hours=30)
    later, (second,) = await a_show(work, gear, 1, start=60, hours=20)
    await bound(work, second, "SC-1")
    assert (await scanned(work, early, "SC-1")).kind == "complete"
    # the later promise only, and the event that has it is not in the way in time
    given = await scanned(work, ours, "SC-1")
    for _ in range(3):
        if given.counted:
            break
        given = await scanned(work, ours, "SC-1", **overruling(given), reason="Agreed")
    assert given.kind == "complete"
    async with work() as unit:
        assert (await counts_of(unit, early))[first.id].picked == 0
        undone = await take_back(unit, act(), ours.id, given.action_id)
    assert f"“{early.name}” has to pick SC-1 again." in undone.text
    assert f"“{later.name}” is not promised SC-1 any more." in undone.text
    assert len(undone.offers) == 2


async def test_a_quarantined_unit_is_refused(work):
    gear = await lamps(work, ("SD-1",))
    event, _ = await a_show(work, gear, 1)
    async with work() as unit:
        one = await unit.session.scalar(select(Unit).where(Unit.asset_tag == "SD-1"))
        job = await report(
            unit, {"equipment_id": gear, "unit_id": one.id, "title": "Fan", "kind": "repair", "blocks": True}
        )
    for force in ("", "promised", "wrong_event", "either"):
        given = await scanned(work, event, "SD-1", force=force, reason="Agreed")
        assert (given.kind, given.title, given.counted) == ("quarantine", "In quarantine", False)
        assert "Fan" in given.text
    async with work() as unit:
        await take_step(unit, job.id, "start")
    assert (await scanned(work, event, "SD-1")).title == "In repair"


async def test_an_expired_unit_is_refused_and_the_test_offered(work):
    gear = await lamps(work, ("SE-1",))
    event, _ = await a_show(work, gear, 1)
    async with work() as unit:
        unit.session.add(
            InspectionRule(
                name="PAT",
                equipment_id=gear,
                interval_months=12,
                starts_on=now().date() - timedelta(days=1),
                notes="",
            )
        )
    given = await scanned(work, event, "SE-1", force="either", reason="Agreed")
    one = await the_unit(work, "SE-1")
    assert (given.kind, given.counted) == ("expired", False)
    assert given.offers[0].values == {"href": f"/inspections/new?unit={one.id}"}


async def test_a_unit_goes_on_the_line_it_was_bound_to_or_on_another_of_the_event(work):
    gear = await lamps(work, ("SF-1", "SF-2", "SF-3"))
    event, (_, second) = await a_show(work, gear, 1, 1)
    await bound(work, second, "SF-1")
    given = await scanned(work, event, "SF-1")
    assert given.rental_id == second.id
    # bound to the second line, which is full with another by the time it is scanned
    other, (one, two) = await a_show(work, gear, 1, 1, start=100)
    await bound(work, two, "SF-2")
    assert (await scanned(work, other, "SF-3")).rental_id == one.id
    given = await scanned(work, other, "SF-2")
    assert (given.kind, given.rental_id) == ("complete", two.id)


async def test_a_tap_takes_the_unit_that_is_bound_and_leaves_the_other_lines_theirs(work):
    gear = await lamps(work, ("SG-1", "SG-2"))
    event, (first, second) = await a_show(work, gear, 1, 1)
    await bound(work, first, "SG-1")
    async with work() as unit:
        taken = await count(unit, act(), event.id, second.id, step="picked", quantity=1)
    assert taken.label == "SG-2"
    given = await scanned(work, event, "SG-1")
    assert (given.kind, given.rental_id) == ("complete", first.id)


async def test_a_unit_that_is_not_picked_yet_is_extra_where_the_line_has_all_it_wants(work):
    gear = await lamps(work, ("SH-1", "SH-2"))
    event, (line,) = await a_show(work, gear, 1)
    await scanned(work, event, "SH-1")
    given = await scanned(work, event, "SH-2", step="packed")
    assert (given.kind, given.count, given.wanted) == ("extra", 1, 1)
    async with work() as unit:
        assert (await counts_of(unit, event))[line.id].picked == 1


async def test_a_unit_with_a_job_goes_into_quarantine_when_it_is_put_back_or_comes_back(work):
    gear = await lamps(work, ("SI-1", "SI-2"))
    event, (line,) = await a_show(work, gear, 2)
    one, two = await scanned(work, event, "SI-1"), await scanned(work, event, "SI-2")
    async with work() as unit:
        await dispatch(unit, act(), event.id, [Part(line.id, 1, two.unit_id)])
        for key in (one.unit_id, two.unit_id):
            await report(
                unit, {"equipment_id": gear, "unit_id": key, "title": "Fan", "kind": "repair", "blocks": True}
            )
    async with work() as unit:
        await undo(unit, act(), event.id, one.action_id)
        await check_in(unit, act(), event.id, [Part(line.id, 1, two.unit_id)])
    assert [(await the_unit(work, tag)).state for tag in ("SI-1", "SI-2")] == ["quarantine", "quarantine"]


async def test_a_unit_that_came_back_does_not_go_out_on_the_same_line_again(work):
    gear = await lamps(work, ("SJ-1", "SJ-2"))
    event, (line,) = await a_show(work, gear, 2)
    one = await scanned(work, event, "SJ-1")
    async with work() as unit:
        await dispatch(unit, act(), event.id, [Part(line.id, 1, one.unit_id)])
        await check_in(unit, act(), event.id, [Part(line.id, 1, one.unit_id)])
    given = await scanned(work, event, "SJ-1")
    assert (given.kind, given.counted) == ("again", False)
    assert "came back" in given.text
    with pytest.raises(Conflict, match="was out with this event already"):
        async with work() as unit:
            await dispatch(unit, act(), event.id, [Part(line.id, 1, one.unit_id)])
    async with work() as unit:
        taken = await count(unit, act(), event.id, line.id, step="picked", quantity=1)
    assert taken.label == "SJ-2"


async def test_parts_that_cannot_be_are_refused(work):
    gear = await lamps(work, ("SK-1", "SK-2"))
    event, (line,) = await a_show(work, gear, 2)
    one = await scanned(work, event, "SK-1")
    for parts in (
        [],
        [Part(line.id, 0, one.unit_id)],
        [Part(line.id, 2, one.unit_id)],
        [Part(line.id, 1, one.unit_id), Part(line.id, 1, one.unit_id)],
    ):
        for command in (dispatch, check_in, check):
            with pytest.raises(InvalidInput):
                async with work() as unit:
                    await command(unit, act(), event.id, parts)


async def test_nothing_leaves_or_comes_back_in_the_future(work):
    gear = await lamps(work, ("SM-1",))
    event, (line,) = await a_show(work, gear, 1)
    one = await scanned(work, event, "SM-1")
    for command in (dispatch, check_in):
        with pytest.raises(InvalidInput):
            async with work() as unit:
                await command(unit, act(), event.id, [Part(line.id, 1, one.unit_id)], at=now() + HOUR)


async def test_only_what_came_back_on_the_line_is_checked_there(work):
    gear = await lamps(work, ("SL-1", "SL-2"))
    event, (line,) = await a_show(work, gear, 2)
    one = await scanned(work, event, "SL-1")
    async with work() as unit:
        await dispatch(unit, act(), event.id, [Part(line.id, 1, one.unit_id)])
        await check_in(unit, act(), event.id, [Part(line.id, 1, one.unit_id, condition="unchecked")])
    never = await the_unit(work, "SL-2")
    for part in (Part(line.id, 1, never.id), Part(line.id, 1)):
        with pytest.raises(Conflict):
            async with work() as unit:
                await check(unit, act(), event.id, [part])
    async with work() as unit:
        await check(unit, act(), event.id, [Part(line.id, 1, one.unit_id)])
    with pytest.raises(Conflict, match="0 are to be checked"):
        async with work() as unit:
            await check(unit, act(), event.id, [Part(line.id, 1, one.unit_id)])


async def test_what_is_used_up_is_neither_missing_nor_owed(work):
    async with work() as unit:
        event = await an_event(unit, now() + HOUR, 24)
        line = await a_rental(unit, event, await some_equipment(unit, 30, kind="consumable"), 5)
        await service.confirm(unit, event.id)
        await dispatch(unit, act(), event.id, [Part(line.id, 5)])
    with pytest.raises(Conflict, match="used up"):
        async with work() as unit:
            await check_in(unit, act(), event.id, [Part(line.id, 1, condition="missing")])
    with pytest.raises(Conflict, match="used up"):
        async with work() as unit:
            await settle(unit, act(), event.id, [Part(line.id, 1)], reason="Lost on tour")


async def test_before_prep_there_is_nothing_to_acknowledge(work):
    async with work() as unit:
        event = await an_event(unit, now() + HOUR, 24)
        lines = [await a_rental(unit, event, await some_equipment(unit, 30), 5) for _ in range(2)]
        await service.confirm(unit, event.id)
        await acknowledge(unit, event.id, lines[0].id, 5)
    async with work() as unit:
        told = await lines_of_event(unit.session, event.id)
        assert await office_changes(unit.session, event.id, told) == []
