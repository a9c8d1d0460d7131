"""Kits on events: exploded, merged, booked as a whole; and how many complete ones are free."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.db.models import Change, Kit, KitComponent, Reservation
from app.domain.availability.shortage import Shortage
from app.domain.events import service as events
from app.domain.inventory.service import edit_equipment
from app.domain.kits import service
from app.domain.kits.accessories import add_substitute
from app.domain.kits.availability import free_kits, substitutes_of
from app.lib.errors import Conflict, EditConflict, InvalidInput
from app.lib.periods import Period
from app.lib.undoing import undo_operation
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, an_event, some_equipment
from tests.integration.kits import a_kit, goes_along, lines, quantities, refused_at
from tests.statements import noted

DAY = Period(MONDAY, MONDAY + 24 * HOUR)


async def test_a_kit_explodes_into_lines_under_its_name(work: Any) -> None:
    async with work() as unit:
        speaker, stand = await some_equipment(unit, 8), await some_equipment(unit, 8)
        kit = await a_kit(unit, (speaker, 2), (stand, 3), name="Small PA")
        event = await an_event(unit)
        made = await service.add_kit_to_event(unit, event.id, kit.id, 2)
        assert [(line.equipment_id, line.quantity) for line in made] == [(speaker.id, 4), (stand.id, 6)]
        assert {(line.heading, line.kit_id) for line in made} == {("Small PA", kit.id)}
        positions = [line.position for line in await lines(unit, event)]
        assert positions == sorted(set(positions))
        operations = select(Change.operation).where(
            Change.parent_entity == "event", Change.parent_id == event.id
        )
        assert len(set(await unit.session.scalars(operations))) == 1


async def test_accessories_of_components_come_along_in_their_ratio(work: Any) -> None:
    async with work() as unit:
        lamp, clamp, cable = [await some_equipment(unit, 50) for _ in range(3)]
        await goes_along(unit, lamp, clamp, 2, 1)
        await goes_along(unit, lamp, cable, 1, 4)
        kit = await a_kit(unit, (lamp, 3), (cable, 1))
        event = await an_event(unit)
        await service.add_kit_to_event(unit, event.id, kit.id, 3)
        assert await quantities(unit, event) == {lamp.id: 9, clamp.id: 18, cable.id: 3 + 3}
        along = [line for line in await lines(unit, event) if line.accessory_of_id]
        assert {line.kit_id for line in along} == {kit.id}


async def test_two_kits_that_share_a_component_are_summed_up(work: Any) -> None:
    async with work() as unit:
        speaker, cable = await some_equipment(unit, 4), await some_equipment(unit, 5, name="Shared cable")
        one, other = await a_kit(unit, (speaker, 2), (cable, 3)), await a_kit(unit, (cable, 3))
        event = await an_event(unit)
        await service.add_kit_to_event(unit, event.id, one.id, 1)
        await events.confirm(unit, event.id)
    with pytest.raises(Shortage) as refused:
        async with work() as unit:
            await service.add_kit_to_event(unit, event.id, other.id, 1)
    assert [(short.name, short.short) for short in refused.value.shortages] == [("Shared cable", 1)]
    async with work() as unit:
        assert await quantities(unit, event) == {speaker.id: 2, cable.id: 3}


async def test_a_refusal_names_everything_that_is_short_and_books_nothing(work: Any) -> None:
    async with work() as unit:
        speaker, cable, lamp = [await some_equipment(unit, 2) for _ in range(3)]
        kit = await a_kit(unit, (lamp, 1), (cable, 3), (speaker, 3))
        event = await an_event(unit)
        await events.hold(unit, event.id)
    with pytest.raises(Shortage) as refused:
        async with work() as unit:
            await service.add_kit_to_event(unit, event.id, kit.id, 1)
    assert {short.equipment_id: short.short for short in refused.value.shortages} == {
        cable.id: 1,
        speaker.id: 1,
    }
    async with work() as unit:
        assert await lines(unit, event) == []
        assert await unit.session.scalar(select(Reservation).where(Reservation.event_id == event.id)) is None


async def test_overbooking_a_kit_marks_only_what_is_short(work: Any) -> None:
    async with work() as unit:
        speaker, cable = await some_equipment(unit, 2), await some_equipment(unit, 9)
        kit = await a_kit(unit, (speaker, 3), (cable, 3))
        event = await an_event(unit)
        await events.hold(unit, event.id)
        await service.add_kit_to_event(unit, event.id, kit.id, 1, overbook_reason="A partner lends one")
        marked = {line.equipment_id: line.overbook_reason for line in await lines(unit, event)}
    assert marked == {speaker.id: "A partner lends one", cable.id: ""}


async def test_adding_a_kit_is_taken_back_as_a_whole(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await some_equipment(unit, 5), await some_equipment(unit, 5)
        await goes_along(unit, lamp, clamp)
        kit = await a_kit(unit, (lamp, 2))
        event = await an_event(unit)
        await events.hold(unit, event.id)
    async with work() as unit:
        await service.add_kit_to_event(unit, event.id, kit.id, 1)
        operation = unit.operation
    async with work() as unit:
        undone, problems = await undo_operation(unit, operation)
        assert (undone, problems) == (2, [])
        assert await lines(unit, event) == []


@pytest.mark.parametrize("quantity", [0, -1, 1001])
async def test_an_absurd_number_of_kits_is_refused(work: Any, quantity: int) -> None:
    async with work() as unit:
        kit = await a_kit(unit, (await some_equipment(unit, 1), 1))
        event = await an_event(unit)
        with refused_at("quantity"):
            await service.add_kit_to_event(unit, event.id, kit.id, quantity)


async def test_kits_that_cannot_be_added_say_why(work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5, name="Par 64")
        archived = await a_kit(unit, (lamp, 1), name="Old kit", archived=True)
        empty = await a_kit(unit, name="Hollow")
        holding = await a_kit(unit, (lamp, 1), name="Front light")
        event = await an_event(unit)
        await edit_equipment(unit, lamp.id, {"archived": True}, version=None)
        for kit_id, words in (
            (archived.id, "Old kit is archived."),
            (empty.id, "Hollow has no components yet."),
            (holding.id, "Front light holds Par 64, which is archived."),
            (2**40, "This kit does not exist."),
        ):
            with pytest.raises(InvalidInput) as refused:
                await service.add_kit_to_event(unit, event.id, kit_id, 1)
            assert refused.value.fields == {"kit_id": words}
        sound = await a_kit(unit, (await some_equipment(unit, 1), 1))
        with refused_at("event_id"):
            await service.add_kit_to_event(unit, 2**40, sound.id, 1)


async def test_how_many_complete_kits_are_free(work: Any) -> None:
    async with work() as unit:
        speaker = await some_equipment(unit, 9, name="Box", turnaround_minutes=60)
        stand = await some_equipment(unit, 7, name="Tripod")
        clamp = await some_equipment(unit, 4, name="Clamp")
        small, large = await a_kit(unit, (speaker, 2), (stand, 2)), await a_kit(unit, (speaker, 4))
        hollow = await a_kit(unit)
        ids = [small.id, large.id, hollow.id]
        before = await free_kits(unit.session, ids, DAY)
        assert {key: one.complete for key, one in before.items()} == {small.id: 3, large.id: 2, hollow.id: 0}
        assert (before[small.id].lacking, before[large.id].lacking) == ("Tripod", "Box")
        await a_confirmed_event(unit, speaker, 4, MONDAY - 24 * HOUR, 24)
        assert (await free_kits(unit.session, ids, DAY))[small.id].complete == 2
        later = Period(MONDAY + HOUR, MONDAY + 2 * HOUR)
        assert (await free_kits(unit.session, ids, later))[small.id].complete == 3
        await goes_along(unit, stand, clamp, 1, 1)
        assert (await free_kits(unit.session, ids, later))[small.id].complete == 2
        assert (await free_kits(unit.session, ids, later))[small.id].lacking == "Clamp"
        await edit_equipment(unit, stand.id, {"archived": True}, version=None)
        assert (await free_kits(unit.session, ids, later))[small.id].complete == 0


async def test_what_is_said_to_be_free_can_be_booked_and_no_more(work: Any) -> None:
    async with work() as unit:
        lamp, clamp = await some_equipment(unit, 11, prep_minutes=30), await some_equipment(unit, 13)
        await goes_along(unit, lamp, clamp, 2, 3)
        await a_confirmed_event(unit, clamp, 3, MONDAY + 2 * HOUR, 1)
        kit = await a_kit(unit, (lamp, 4), (clamp, 1))
        found = (await free_kits(unit.session, [kit.id], DAY))[kit.id]
        event = await an_event(unit)
        await events.hold(unit, event.id)
    async with work() as unit:
        await service.add_kit_to_event(unit, event.id, kit.id, found.complete)
        assert (await free_kits(unit.session, [kit.id], DAY))[kit.id].complete == 0
    with pytest.raises(Shortage):
        async with work() as unit:
            await service.add_kit_to_event(unit, event.id, kit.id, 1)


async def test_figures_of_many_kits_take_as_many_statements_as_of_one(work: Any) -> None:
    async with work() as unit:
        gear = [await some_equipment(unit, 5) for _ in range(4)]
        kits = [(await a_kit(unit, (gear[n % 4], 1), (gear[(n + 1) % 4], 2))).id for n in range(9)]
        connection = await unit.session.connection()
        numbers = list[int]()
        statements = await noted(unit)
        for ids in (kits[:1], kits):
            statements.clear()
            await free_kits(connection, ids, DAY)
            numbers.append(len(statements))
    assert numbers == [3, 3]


async def test_components_stand_in_a_kit_once_in_their_order(work: Any) -> None:
    async with work() as unit:
        first, second, third = [await some_equipment(unit, 1) for _ in range(3)]
        kit = await a_kit(unit, (first, 1), (second, 1), (third, 1))

        async def order() -> list[int]:
            rows = await unit.session.scalars(
                select(KitComponent.equipment_id)
                .where(KitComponent.kit_id == kit.id, KitComponent.deleted_at.is_(None))
                .order_by(KitComponent.position, KitComponent.id)
            )
            return list(rows)

        with refused_at("equipment_id"):
            await service.add_component(unit, kit.id, second.id)
        found = await unit.session.scalars(
            select(KitComponent).where(KitComponent.kit_id == kit.id).order_by(KitComponent.position)
        )
        one, two, three = list(found)
        await service.move_component(unit, three.id, -1)
        assert await order() == [first.id, third.id, second.id]
        await service.move_component(unit, one.id, 5)
        assert await order() == [third.id, second.id, first.id]
        await service.remove_component(unit, two.id, version=None)
        assert await order() == [third.id, first.id]
        again = await service.add_component(unit, kit.id, second.id, 4)
        with refused_at("equipment_id"):
            await service.restore_component(unit, two.id)
        await service.remove_component(unit, again.id, version=None)
        await service.restore_component(unit, two.id)
        assert await order() == [third.id, second.id, first.id]


async def test_edits_of_a_kit_merge_and_what_was_just_changed_is_not_deleted(work: Any) -> None:
    async with work() as unit:
        kit = await a_kit(unit, name="Truss")
    async with work("manager") as unit:
        await service.edit_kit(unit, kit.id, {"notes": "Count the pins"}, version=1)
    async with work() as unit:
        edit = await service.edit_kit(unit, kit.id, {"name": "Truss 12 m"}, version=1)
        assert [change.field for change in edit.merged_with] == ["notes"]
    with pytest.raises(EditConflict):
        async with work() as unit:
            await service.edit_kit(unit, kit.id, {"name": "Truss 9 m"}, version=1)
    with pytest.raises(EditConflict):
        async with work() as unit:
            await service.delete_kit(unit, kit.id, version=1)
    async with work() as unit:
        found = await unit.session.get_one(Kit, kit.id)
        assert (found.name, found.notes) == ("Truss 12 m", "Count the pins")
        await service.delete_kit(unit, kit.id, version=3)
        with pytest.raises(InvalidInput):
            await service.add_kit_to_event(unit, (await an_event(unit)).id, kit.id, 1)
        twin = await a_kit(unit, sku=found.sku)
        with refused_at("sku"):
            await service.restore_kit(unit, kit.id)
        await service.delete_kit(unit, twin.id, version=None)
        await service.restore_kit(unit, kit.id)


async def test_a_component_of_a_deleted_kit_is_not_put_back(work: Any) -> None:
    async with work() as unit:
        kit = await a_kit(unit, (await some_equipment(unit, 1), 1))
        part = await unit.session.scalar(select(KitComponent).where(KitComponent.kit_id == kit.id))
        await service.remove_component(unit, part.id, version=None)
        await service.delete_kit(unit, kit.id, version=None)
        with pytest.raises(Conflict, match="kit was deleted"):
            await service.restore_component(unit, part.id)


async def test_substitutes_say_how_many_are_free_and_which_are_enough(work: Any) -> None:
    async with work() as unit:
        wanted, plenty, scarce, gone = [
            await some_equipment(unit, number, name=name)
            for number, name in ((2, "Wanted"), (9, "Plenty"), (6, "A scarce one"), (9, "Gone"))
        ]
        for other in (plenty, scarce, gone):
            await add_substitute(unit, wanted.id, other.id, {"notes": "Mind the plugs"})
        await edit_equipment(unit, gone.id, {"archived": True}, version=None)
        await a_confirmed_event(unit, scarce, 4)
        found = await substitutes_of(unit.session, wanted.id, DAY, 3)
        assert [(one.name, one.free, one.stock, one.enough) for one in found] == [
            ("Plenty", 9, 9, True),
            ("A scarce one", 2, 6, False),
        ]
        assert found[0].notes == "Mind the plugs"
        assert await substitutes_of(unit.session, plenty.id, DAY, 1) == []
        evening = Period(DAY.end + timedelta(hours=1), DAY.end + timedelta(hours=2))
        assert all(one.enough for one in await substitutes_of(unit.session, wanted.id, evening, 3))
