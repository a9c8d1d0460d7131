"""What is asked of the database: few statements, however much there is, with the same figures as everywhere."""

from typing import Any

from app.db.models import Equipment, Event, Rental
from app.domain.availability.claims import claims_of, figure_of
from app.domain.availability.queries import Window
from app.domain.availability.sweeps import profile_of
from app.domain.events import rentals, service
from app.domain.events.demand import Line, block_period
from app.domain.events.picker_queries import find_gear, free_of
from app.domain.events.rentals import NewLine
from app.lib.clock import now
from app.lib.periods import Period
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment
from tests.statements import noted

COLUMNS = 48


async def held(unit: Any, lines: int) -> tuple[Event, list[Equipment]]:
    gear = [await some_equipment(unit, 3) for _ in range(lines)]
    event = await an_event(unit)
    await service.hold(unit, event.id)
    return event, gear


async def test_adding_lines_costs_the_same_however_many_and_whatever_the_event_has(work: Any) -> None:
    counts = list[int]()
    for lines in (1, 12):
        async with work() as unit:
            event, gear = await held(unit, lines)
        for _ in range(2):
            async with work() as unit:
                statements = await noted(unit)
                await rentals.add_rentals(unit, event.id, [NewLine(one.id, {}) for one in gear])
                counts.append(len(statements))
    assert len(set(counts)) == 1
    assert counts[0] <= 10


async def test_the_picker_is_one_statement_with_the_figure_of_the_line(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 9, name="Pickworthy desk", prep_minutes=90, turnaround_minutes=45)
        fog = await some_equipment(unit, 40, name="Pickworthy fog", kind="consumable")
        for hours in (-25, 25):
            await a_confirmed_event(unit, desk, 4, MONDAY + hours * HOUR)
        await a_confirmed_event(unit, fog, 15, MONDAY + 900 * HOUR)
        event = await an_event(unit)
    async with work() as unit:
        reading = await unit.session.connection()
        statements = await noted(unit)
        found = await find_gear(reading, event, "pickworthy")
        assert len(statements) == 1
        assert await free_of(reading, event, [fog.id, desk.id]) == {gear.id: gear for gear in found}
        for gear, equipment in zip(found, (fog, desk), strict=True):
            window = Window(equipment.id, block_period(event, Line(Rental(), equipment)))
            figure = await figure_of(unit.session, window)
            assert figure is not None
            assert (gear.id, gear.free.left) == (equipment.id, figure.free)
        assert (found[0].free.left, found[1].free.left) == (25, 5)


async def test_the_exact_sku_comes_first(work: Any) -> None:
    async with work() as unit:
        for number in range(9):
            await some_equipment(unit, 1, name=f"Skuworthy {number}", sku=f"SKUWORTHY-{number}")
        wanted = await some_equipment(unit, 1, name="Zzz skuworthy", sku="SKUWORTHY")
        found = await find_gear(await unit.session.connection(), await an_event(unit), "skuworthy")
    assert len(found) == 8
    assert found[0].id == wanted.id


async def test_the_outline_of_a_drawing_says_what_its_claims_say(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 20)
        for first, hours, quantity in ((-30, 40, 2), (5, 6, 3), (11, 30, 1), (47, 1, 4)):
            await a_confirmed_event(unit, desk, quantity, MONDAY + first * HOUR, hours)
        event = await an_event(unit, MONDAY + 20 * HOUR, 10)
        await a_rental(unit, event, desk, 5)
        await service.hold(unit, event.id)
        window = Window(desk.id, Period(MONDAY, MONDAY + COLUMNS * HOUR))
        changes = await profile_of(unit.session, window, COLUMNS, moment=now())
        (claims,) = await claims_of(unit.session, [window], pencils=False)
    for hour in range(COLUMNS):
        at = MONDAY + hour * HOUR
        wanted = sum(one.quantity for one in claims if one.start_at <= at < one.end_at)
        assert sum(change.amount for change in changes if change.x <= hour) == wanted
    assert {change.layer for change in changes} == {"firm", "hold"}
