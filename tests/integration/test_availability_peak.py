"""The peak of one equipment, and those of all the stock, against the steps of each: whatever stands on them."""

from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy import select

from app.db.models import Reservation
from app.domain.availability.queries import Window, peaks_of, steps_of
from app.domain.availability.whole_stock import bound, peaks_of_all
from app.lib.periods import FOREVER, Period
from tests.integration.booking import HOUR, MONDAY, some_equipment

DAY = 24 * HOUR
MOMENT = MONDAY + 5 * DAY


def drawn(chance: Random, equipment_id: int) -> Reservation:
    """Anything that can stand on equipment, on a grid of a few hours, so that much begins and ends together."""
    start = MONDAY + chance.randrange(-60, 60) * 4 * HOUR
    hours = chance.choice((4, 4, 12, 40, 200, 900))
    kind = chance.choice(("block", "block", "block", "sub_hire"))
    return Reservation(
        equipment_id=equipment_id,
        kind=kind,
        state=chance.choice(("firm", "firm", "hold", "pencil")),
        quantity=chance.randrange(1, 6),
        start_at=start,
        end_at=FOREVER if chance.random() < 0.05 else start + hours * HOUR,
        until_back=kind == "block" and chance.random() < 0.2,
    )


def window(chance: Random, equipment_id: int) -> Window:
    start = MONDAY + chance.randrange(-40, 40) * 4 * HOUR
    return Window(equipment_id, Period(start, start + chance.choice((4, 24, 72, 400)) * HOUR))


async def test_one_by_one_and_all_together_they_are_those_of_the_steps(work: Any) -> None:
    chance = Random(7)
    async with work() as unit:
        items = [(await some_equipment(unit, 1000)).id for _ in range(25)]
        for number, item in enumerate(items):
            unit.session.add_all(drawn(chance, item) for _ in range(number))
        await unit.session.flush()
        windows = [window(chance, item) for item in items for _ in range(12)]
        steps = await steps_of(unit.session, windows, moment=MOMENT)
        for one, found in zip(windows, steps, strict=True):
            assert await peaks_of(unit.session, [one], moment=MOMENT) == [max(step.load for step in found)]
        assert min(step.load for found in steps for step in found) < 0
        for one in windows[::12]:
            same = [Window(item, one.period) for item in items]
            peaks = await peaks_of(unit.session, same, moment=MOMENT)
            assert await _together(unit, items, one.period, MOMENT) == dict(zip(items, peaks, strict=True))


async def test_two_that_hire_in_add_up_where_nothing_is_taken(work: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 4)
        for quantity in (5, 2):
            unit.session.add(
                Reservation(
                    equipment_id=gear.id, kind="sub_hire", state="firm", quantity=quantity,
                    start_at=MONDAY, end_at=MONDAY + 3 * DAY,
                )
            )  # fmt: skip
        await unit.session.flush()
        within = Period(MONDAY + HOUR, MONDAY + DAY)
        assert await peaks_of(unit.session, [Window(gear.id, within)]) == [-7]
        assert await _together(unit, [gear.id], within, MOMENT) == {gear.id: -7}


async def _together(unit: Any, items: list[int], period: Period, moment: datetime) -> dict[int, int]:
    peaks = peaks_of_all("peaks")
    statement = select(peaks.c.equipment_id, peaks.c.peak).where(peaks.c.equipment_id.in_(items))
    found = dict.fromkeys(items, 0)
    for key, peak in await unit.session.execute(statement, bound(period, moment)):
        found[key] = peak
    return found
