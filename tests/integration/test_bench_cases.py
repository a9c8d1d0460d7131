"""Cases at the bench: what goes in, what comes out, and when a case is free again."""

import pytest
from sqlalchemy import select

from app.db.models import Case, Equipment, Movement, Unit
from app.domain.cases.service import add_item, create_case
from app.domain.events import service
from app.domain.handovers.cases import parts_in_case, parts_to_leave
from app.domain.handovers.checking_in import check_in
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.handovers.undoing import undo_handover
from app.domain.prep.case_contents import packed_in
from app.domain.prep.counting import count, undo
from app.domain.prep.scanning import scan
from app.domain.prep.unit_taps import put_back_unit
from app.lib.clock import now
from app.lib.errors import Conflict, NotFound
from tests.integration.bench import act, counts_of, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment

_numbers = iter(range(100, 1000))


async def a_case(unit, kind="temporary", **values):
    """A case with a code of its own."""
    code = f"C-{next(_numbers)}"
    return await create_case(unit, {"code": code, "name": f"Trunk {code}", "kind": kind, **values})


async def _event(unit, quantity=6, tags=()):
    event = await an_event(unit, now() + 2 * HOUR, 24)
    lines = [await a_rental(unit, event, await some_equipment(unit, 50), quantity)]
    if tags:
        equipment_id, _ = await with_units(unit, tags)
        lines.append(
            await a_rental(unit, event, await unit.session.get_one(Equipment, equipment_id), len(tags))
        )
    await service.confirm(unit, event.id)
    return event, lines


async def _inside(unit, case, event):
    found = await packed_in(unit.session, case.id, event.id)
    return {(one.rental_id, one.unit_id): one.here for one in found if one.here}


async def _owner(unit, case):
    return await unit.session.scalar(select(Case.event_id).where(Case.id == case.id))


async def test_what_is_packed_while_a_case_is_open_is_in_it_and_comes_out_of_it_again(work):
    async with work() as unit:
        event, (line, tagged) = await _event(unit, tags=["CB-1", "CB-2"])
        case, other = await a_case(unit), await a_case(unit)
    async with work("technician") as unit:
        given = await scan(unit, act(), event.id, case.code, step="packed")
        assert (given.kind, given.case_id) == ("case", case.id)
        await count(unit, act(), event.id, line.id, step="packed", quantity=2, case_id=case.id)
        await count(unit, act(), event.id, line.id, step="packed", quantity=1)
        await count(unit, act(), event.id, line.id, step="packed", quantity=3, case_id=other.id)
        await scan(unit, act(), event.id, "CB-1", step="packed", case_id=case.id)
    async with work() as unit:
        one = await unit.session.scalar(select(Unit).where(Unit.asset_tag == "CB-1"))
        assert await _inside(unit, case, event) == {(line.id, None): 2, (tagged.id, one.id): 1}
        assert await _inside(unit, other, event) == {(line.id, None): 3}
        # out of the case at hand first, then what is in none, then out of the others
        await count(unit, act(), event.id, line.id, step="packed", quantity=-1, case_id=case.id)
        assert await _inside(unit, case, event) == {(line.id, None): 1, (tagged.id, one.id): 1}
        await count(unit, act(), event.id, line.id, step="packed", quantity=-2)
        assert await _inside(unit, case, event) == {(line.id, None): 1, (tagged.id, one.id): 1}
        assert await _inside(unit, other, event) == {(line.id, None): 2}
        # picked no more is packed no more
        await count(unit, act(), event.id, line.id, step="picked", quantity=-5)
        assert await _inside(unit, other, event) == {}
        assert await _owner(unit, other) is None
        await put_back_unit(unit, act(), event.id, tagged.id, one.id, step="packed")
        assert await _inside(unit, case, event) == {(line.id, None): 1}
        assert (await counts_of(unit, event))[line.id].packed == 1


async def test_undo_takes_out_of_the_case_and_a_put_back_that_is_undone_goes_in_again(work):
    async with work() as unit:
        event, (line,) = await _event(unit)
        case = await a_case(unit)
        given = await count(unit, act(), event.id, line.id, step="packed", quantity=4, case_id=case.id)
        back = await count(unit, act(), event.id, line.id, step="packed", quantity=-4)
        assert await _owner(unit, case) is None
        await undo(unit, act(), event.id, back.action_id)
        assert await _inside(unit, case, event) == {(line.id, None): 4}
        assert await _owner(unit, case) == event.id
        await undo(unit, act(), event.id, given.action_id)
        assert await _inside(unit, case, event) == {}
        assert await _owner(unit, case) is None


async def test_a_case_holds_the_gear_of_one_event_alone(work):
    async with work() as unit:
        event, (line,) = await _event(unit)
        second, (foreign,) = await _event(unit)
        case = await a_case(unit)
        await scan(unit, act(), event.id, case.code, step="packed")
        # opened and empty: whoever packs first has it
        assert (await scan(unit, act(), second.id, case.code, step="packed")).kind == "case"
        assert await _owner(unit, case) == second.id
        await count(unit, act(), event.id, line.id, step="packed", quantity=1, case_id=case.id)
        assert (await scan(unit, act(), second.id, case.code, step="packed")).kind == "wrong_event"
        with pytest.raises(Conflict):
            await count(unit, act(), second.id, foreign.id, step="packed", quantity=1, case_id=case.id)
    async with work() as unit:
        with pytest.raises(NotFound):
            await count(unit, act(), event.id, line.id, step="packed", quantity=1, case_id=99999)


async def test_a_case_scanned_while_picking_offers_the_step_at_which_gear_goes_into_it(work):
    async with work() as unit:
        event, _ = await _event(unit)
        case = await a_case(unit)
        (offer,) = (await scan(unit, act(), event.id, case.code, step="picked")).offers
        assert offer.values == {"href": f"/prep/{event.id}?step=packed&case_id={case.id}"}
        assert (await scan(unit, act(), event.id, case.code, step="packed")).offers == ()


async def test_loading_a_case_loads_what_is_in_it_once(work):
    async with work() as unit:
        event, (line, tagged) = await _event(unit, tags=["CL-1"])
        case = await a_case(unit)
        await count(unit, act(), event.id, line.id, step="packed", quantity=4, case_id=case.id)
        await count(unit, act(), event.id, tagged.id, step="packed", quantity=1, case_id=case.id)
        await count(unit, act(), event.id, line.id, step="loaded", quantity=1)
        assert (await scan(unit, act(), event.id, case.code, step="loaded")).counted
        counts = await counts_of(unit, event)
        assert (counts[line.id].loaded, counts[tagged.id].loaded) == (4, 1)
        assert (await scan(unit, act(), event.id, case.code, step="loaded")).kind == "again"
        await count(unit, act(), event.id, line.id, step="loaded", quantity=-2)
        await scan(unit, act(), event.id, case.code, step="loaded")
        assert (await counts_of(unit, event))[line.id].loaded == 4
        empty = await a_case(unit)
        assert (await scan(unit, act(), event.id, empty.code, step="loaded")).text.endswith("is empty.")


async def test_a_permanent_case_picks_what_it_should_hold_and_components_are_counted_once(work):
    async with work() as unit:
        cable, lamp = await some_equipment(unit, 50), await some_equipment(unit, 50)
        case = await a_case(unit, "permanent")
        await add_item(unit, case.id, cable.id, 4)
        await add_item(unit, case.id, lamp.id, 1)
        event = await an_event(unit, now() + 2 * HOUR, 24)
        lines = [await a_rental(unit, event, gear, quantity) for gear, quantity in ((cable, 3), (cable, 3))]
        await service.confirm(unit, event.id)
        given = await scan(unit, act(), event.id, case.code, step="picked")
        assert given.counted
        counts = await counts_of(unit, event)
        assert [(counts[line.id].picked, counts[line.id].packed) for line in lines] == [(3, 3), (1, 1)]
        assert sum((await _inside(unit, case, event)).values()) == 4
        # what is in the case already does not come out of it a second time
        again = await scan(unit, act(), event.id, case.code, step="picked")
        assert not again.counted
        counts = await counts_of(unit, event)
        assert [counts[line.id].picked for line in lines] == [3, 1]


async def test_a_case_comes_back_with_one_scan_and_is_free_then(work):
    async with work() as unit:
        event, (line, tagged) = await _event(unit, tags=["CK-1"])
        case, other = await a_case(unit), await a_case(unit)
        await count(unit, act(), event.id, line.id, step="packed", quantity=3, case_id=case.id)
        await count(unit, act(), event.id, line.id, step="packed", quantity=3, case_id=other.id)
        await count(unit, act(), event.id, tagged.id, step="packed", quantity=1, case_id=case.id)
        leaving = await parts_to_leave(unit.session, event.id, case.id)
        assert sorted(part.quantity for part in leaving) == [1, 3]
        await dispatch(unit, act(), event.id, leaving)
        await dispatch(unit, act(), event.id, await parts_to_leave(unit.session, event.id, other.id))
    async with work("technician") as unit:
        parts = await parts_in_case(unit.session, event.id, case.id)
        assert sorted((part.quantity, part.case_id) for part in parts) == [(1, case.id), (3, case.id)]
        given = await check_in(unit, act(), event.id, parts)
        # the pieces of the other case are out still, and this one has none of them
        assert await parts_in_case(unit.session, event.id, case.id) == []
        assert await _owner(unit, case) is None
        assert await _owner(unit, other) == event.id
        assert (await counts_of(unit, event))[line.id].returned == 3
    async with work() as unit:
        await undo_handover(unit, act(), given.handover_id, reason="no")
        assert await _owner(unit, case) == event.id
        parts = await parts_in_case(unit.session, event.id, case.id)
        await check_in(unit, act(), event.id, parts)
        await check_in(unit, act(), event.id, [Part(line.id, 3)])
        assert await _owner(unit, other) is None
        held = await unit.session.scalars(select(Movement).where(Movement.case_id == other.id))
        assert sum(one.quantity for one in held if one.step == "packed") == 3
