"""What goes along with a line: comes with it, follows it in its ratio, and goes when it goes."""

from typing import Any

import pytest

from app.domain.availability.claims import figure_of
from app.domain.availability.facts import hand_out
from app.domain.availability.queries import Window
from app.domain.availability.shortage import Shortage
from app.domain.events import rentals
from app.domain.events import service as events
from app.domain.inventory.service import delete_equipment, edit_equipment
from app.domain.kits.accessories import ACCESSORIES, SUBSTITUTES, add_accessory, add_substitute
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.periods import Period
from app.lib.undoing import undo_change, undo_operation
from tests.integration.booking import HOUR, MONDAY, a_rental, an_event, some_equipment
from tests.integration.kits import goes_along, lines, quantities, refused_at

DAY = Period(MONDAY, MONDAY + 24 * HOUR)


async def free(work: Any, equipment_id: int) -> int:
    async with work() as unit:
        figure = await figure_of(unit.session, Window(equipment_id, DAY))
        assert figure is not None
        return figure.free


async def lamp_and_clamp(unit: Any, quantity: int = 2, per: int = 1, stock: int = 100) -> tuple[Any, Any]:
    lamp, clamp = await some_equipment(unit, stock), await some_equipment(unit, stock)
    await goes_along(unit, lamp, clamp, quantity, per)
    return lamp, clamp


async def test_they_come_along_rounded_up_for_the_dates_of_the_line(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await lamp_and_clamp(unit, 3, 2)
        event = await an_event(unit)
        own = {"start_at": MONDAY + HOUR, "end_at": MONDAY + 2 * HOUR, "heading": "Lights"}
        parent = await a_rental(unit, event, lamp, 5, **own)
        mine, along = await lines(unit, event)
        assert (mine.id, along.accessory_of_id, along.quantity) == (parent.id, parent.id, 8)
        assert (along.equipment_id, along.start_at, along.heading) == (clamp.id, MONDAY + HOUR, "Lights")


async def test_only_what_is_included_and_there_comes_along_and_one_level_deep(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await lamp_and_clamp(unit, 1, 1)
        offered, archived, deleted = [await some_equipment(unit, 9) for _ in range(3)]
        await goes_along(unit, lamp, offered, included=False)
        for other in (archived, deleted):
            await goes_along(unit, lamp, other)
        await edit_equipment(unit, archived.id, {"archived": True}, version=None)
        await delete_equipment(unit, deleted.id, version=None)
        await goes_along(unit, clamp, lamp, 5, 1)
        event = await an_event(unit)
        await a_rental(unit, event, lamp, 2)
        assert await quantities(unit, event) == {lamp.id: 2, clamp.id: 2}


async def test_they_follow_the_quantity_until_somebody_says_otherwise(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await lamp_and_clamp(unit)
        safety = await some_equipment(unit, 100)
        await goes_along(unit, lamp, safety)
        event = await an_event(unit)
        parent = await a_rental(unit, event, lamp, 4)
        by_hand = next(line for line in await lines(unit, event) if line.equipment_id == safety.id)
    async with work() as unit:
        await rentals.edit_rental(unit, parent.id, {"quantity": 6}, version=None)
        assert await quantities(unit, event) == {lamp.id: 6, clamp.id: 12, safety.id: 6}
    async with work() as unit:
        await rentals.edit_rental(unit, by_hand.id, {"quantity": 7}, version=None)
    async with work() as unit:
        await rentals.edit_rental(unit, parent.id, {"quantity": 3}, version=None)
        assert await quantities(unit, event) == {lamp.id: 3, clamp.id: 6, safety.id: 7}
    async with work() as unit:
        await rentals.edit_rental(unit, parent.id, {"quantity": 5}, version=None)
        assert await quantities(unit, event) == {lamp.id: 5, clamp.id: 10, safety.id: 7}


async def test_a_ratio_that_was_changed_since_holds_from_the_next_change_on(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await some_equipment(unit, 99), await some_equipment(unit, 99)
        pair = await goes_along(unit, lamp, clamp, 1, 1)
        event = await an_event(unit)
        parent = await a_rental(unit, event, lamp, 4)
        await ACCESSORIES.edit(unit, pair.id, {"quantity": 2}, version=None)
        assert await quantities(unit, event) == {lamp.id: 4, clamp.id: 4}
    async with work() as unit:
        await rentals.edit_rental(unit, parent.id, {"quantity": 5}, version=None)
        assert await quantities(unit, event) == {lamp.id: 5, clamp.id: 10}


async def test_they_follow_dates_and_options(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await lamp_and_clamp(unit)
        event = await an_event(unit)
        parent = await a_rental(unit, event, lamp, 1)
        await events.confirm(unit, event.id)
    async with work() as unit:
        own = {"start_at": MONDAY - 5 * HOUR, "end_at": MONDAY + HOUR, "optional": True}
        await rentals.edit_rental(unit, parent.id, own, version=None)
        _, along = await lines(unit, event)
        assert (along.start_at, along.end_at, along.optional) == (MONDAY - 5 * HOUR, MONDAY + HOUR, True)
    assert await free(work, clamp.id) == 100
    async with work() as unit:
        back = {"start_at": None, "end_at": None, "optional": False}
        await rentals.edit_rental(unit, parent.id, back, version=None)
    assert await free(work, clamp.id) == 98


async def test_they_go_with_the_line_and_come_back_with_it(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await lamp_and_clamp(unit, 2, 1, stock=10)
        cable = await some_equipment(unit, 10)
        await goes_along(unit, lamp, cable)
        event = await an_event(unit)
        parent = await a_rental(unit, event, lamp, 4)
        gone = next(line for line in await lines(unit, event) if line.equipment_id == cable.id)
        await events.confirm(unit, event.id)
    async with work() as unit:
        await rentals.remove_rental(unit, gone.id, version=None)
    async with work() as unit:
        await rentals.remove_rental(unit, parent.id, version=None)
        operation = unit.operation
        assert await lines(unit, event) == []
    assert (await free(work, clamp.id), await free(work, lamp.id)) == (10, 10)
    async with work() as unit:
        await rentals.restore_rental(unit, parent.id)
        assert await quantities(unit, event) == {lamp.id: 4, clamp.id: 8}
    assert (await free(work, clamp.id), await free(work, lamp.id)) == (2, 6)
    async with work() as unit:
        await rentals.remove_rental(unit, parent.id, version=None)
        operation = unit.operation
    async with work() as unit:
        assert await undo_operation(unit, operation) == (2, [])
        assert await quantities(unit, event) == {lamp.id: 4, clamp.id: 8}


async def test_undoing_a_quantity_takes_them_back_as_well(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await lamp_and_clamp(unit)
        event = await an_event(unit)
        parent = await a_rental(unit, event, lamp, 2)
    async with work() as unit:
        edit = await rentals.edit_rental(unit, parent.id, {"quantity": 9}, version=None)
        operation = unit.operation
    assert edit.change_id is not None
    async with work() as unit:
        await undo_change(unit, edit.change_id)
        assert await quantities(unit, event) == {lamp.id: 2, clamp.id: 4}
    async with work() as unit:
        await rentals.edit_rental(unit, parent.id, {"quantity": 3}, version=None)
        operation = unit.operation
        assert await quantities(unit, event) == {lamp.id: 3, clamp.id: 6}
    async with work() as unit:
        await undo_operation(unit, operation)
        assert await quantities(unit, event) == {lamp.id: 2, clamp.id: 4}


async def test_what_goes_along_has_to_be_free_too(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await some_equipment(unit, 10), await some_equipment(unit, 3)
        await goes_along(unit, lamp, clamp)
        event = await an_event(unit)
        parent = await a_rental(unit, event, lamp, 2)
        await events.confirm(unit, event.id)
    with pytest.raises(Shortage) as refused:
        async with work() as unit:
            await rentals.edit_rental(unit, parent.id, {"quantity": 5}, version=None)
    assert [(short.equipment_id, short.short) for short in refused.value.shortages] == [(clamp.id, 2)]
    async with work() as unit:
        assert await quantities(unit, event) == {lamp.id: 2, clamp.id: 2}


async def test_what_has_left_stays_on_its_line(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await lamp_and_clamp(unit, 1, 1)
        event = await an_event(unit)
        parent = await a_rental(unit, event, lamp, 6)
        await events.confirm(unit, event.id)
        along = next(line for line in await lines(unit, event) if line.equipment_id == clamp.id)
        await hand_out(unit, along.id, 5, event.out_start)
    async with work() as unit:
        await rentals.edit_rental(unit, parent.id, {"quantity": 2}, version=None)
        assert await quantities(unit, event) == {lamp.id: 2, clamp.id: 5}
    with pytest.raises(Conflict, match="left already"):
        async with work() as unit:
            await rentals.remove_rental(unit, parent.id, version=None)


async def test_pairs_that_make_no_sense_are_refused(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await lamp_and_clamp(unit)
        for values in ({"quantity": 0}, {"per": 0}, {"quantity": 1001}):
            with pytest.raises(InvalidInput):
                await add_accessory(unit, lamp.id, (await some_equipment(unit, 1)).id, values)
        for add in (add_accessory, add_substitute):
            with refused_at("other_id"):
                await add(unit, lamp.id, lamp.id, {})
            with refused_at("other_id"):
                await add(unit, lamp.id, 2**40, {})
            with pytest.raises(NotFound):
                await add(unit, 2**40, lamp.id, {})
        with refused_at("other_id"):
            await add_accessory(unit, lamp.id, clamp.id, {})


async def test_a_pair_that_was_taken_away_comes_back_unless_it_was_made_again(work: Any) -> None:
    async with work() as unit:
        lamp, other = await some_equipment(unit, 1), await some_equipment(unit, 1)
        pair = await add_substitute(unit, lamp.id, other.id, {"notes": "Darker"})
        await SUBSTITUTES.delete(unit, pair.id, version=1)
        again = await add_substitute(unit, lamp.id, other.id, {})
        with refused_at("other_id"):
            await SUBSTITUTES.restore(unit, pair.id)
        await SUBSTITUTES.delete(unit, again.id, version=1)
        assert (await SUBSTITUTES.restore(unit, pair.id)).notes == "Darker"
        assert (await add_substitute(unit, other.id, lamp.id, {})).substitute_id == lamp.id
