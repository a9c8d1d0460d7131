"""Gear added at the bench: one more than asked for, or instead of something that is not there."""

import pytest
from sqlalchemy import select

from app.db.models import Equipment, Rental
from app.domain.availability.shortage import Shortage
from app.domain.events import service
from app.domain.kits.accessories import add_substitute
from app.domain.prep.acknowledging import office_changes
from app.domain.prep.additions import add_piece, approve, replace_piece, replaceable
from app.domain.prep.counting import count
from app.domain.prep.queries import lines_of_event
from app.domain.prep.scanning import scan
from app.lib.clock import now
from app.lib.errors import Conflict
from tests.integration.bench import act, counts_of, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment


async def _prepped(unit, quantity=2, stock=4):
    cable = await some_equipment(unit, stock)
    event = await an_event(unit, now() + 2 * HOUR, 24)
    line = await a_rental(unit, event, cable, quantity)
    await service.confirm(unit, event.id)
    await count(unit, act(), event.id, line.id, step="picked", quantity=quantity)
    return event, line, cable


async def test_one_more_is_a_line_like_any_other_and_waits_for_the_office(work):
    async with work() as unit:
        event, line, cable = await _prepped(unit)
    async with work("technician") as unit:
        given = await add_piece(unit, act(), event.id, cable.id, step="picked")
    assert (given.count, given.wanted) == (3, 3)
    async with work() as unit:
        rental = await unit.session.get_one(Rental, line.id)
        assert (rental.quantity, rental.added_at_bench) == (3, True)
        assert (
            await office_changes(unit.session, event.id, await lines_of_event(unit.session, event.id)) == []
        )
        await approve(unit, line.id)
        assert not rental.added_at_bench


async def test_one_more_than_there_is_is_refused_whole(work):
    async with work() as unit:
        event, line, cable = await _prepped(unit, 4, 4)
    with pytest.raises(Shortage):
        async with work() as unit:
            await add_piece(unit, act(), event.id, cable.id, step="picked")
    async with work() as unit:
        assert (await counts_of(unit, event))[line.id].wanted == 4


async def test_a_scanned_unit_stands_in_for_what_is_still_to_be_picked(work):
    async with work() as unit:
        cable = await some_equipment(unit, 5)
        other_id, (one,) = await with_units(unit, ["ST-1"])
        foreign = await some_equipment(unit, 5)
        event = await an_event(unit, now() + 2 * HOUR, 24)
        line = await a_rental(unit, event, cable, 2)
        await service.confirm(unit, event.id)
        assert (await scan(unit, act(), event.id, "ST-1", step="picked")).kind == "not_on_list"
        with pytest.raises(Conflict):
            await replace_piece(unit, act(), event.id, line.id, step="picked", equipment_id=foreign.id)
    async with work() as unit:
        await add_substitute(unit, cable.id, other_id, {})
        (choice,) = await replaceable(unit.session, event.id, other_id)
        assert (choice.rental_id, choice.to_pick, choice.approved) == (line.id, 2, True)
        given = await replace_piece(
            unit, act(), event.id, line.id, step="picked", equipment_id=other_id, unit_id=one.id
        )
    assert given.kind == "complete"
    async with work() as unit:
        counts = await counts_of(unit, event)
        assert counts[line.id].wanted == 1
        added = await unit.session.scalar(
            select(Rental).where(Rental.event_id == event.id, Rental.equipment_id == other_id)
        )
        assert (added.quantity, added.added_at_bench, counts[added.id].picked) == (1, True, 1)
        assert (await unit.session.get_one(Equipment, other_id)).quantity == 1
