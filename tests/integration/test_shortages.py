"""Which equipment is short: all at once, as asking for each of it would say."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from app.db.models import Equipment, Reservation
from app.domain.availability.claims import claims_of
from app.domain.availability.facts import hand_out
from app.domain.availability.policy import short_stretches
from app.domain.availability.queries import Window, steps_of
from app.domain.availability.shortages import shortages_between
from app.domain.events import booking, service
from app.lib.periods import Period
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment

Work = Callable[..., Any]
DAY = timedelta(days=1)
WEEK = Period(MONDAY, MONDAY + 7 * DAY)


async def test_a_plan_that_fits_is_not_short(work: Work) -> None:
    async with work() as unit:
        speaker = await some_equipment(unit, 4)
        await a_confirmed_event(unit, speaker, 4)
        await a_confirmed_event(unit, speaker, 4, start=MONDAY + DAY)
        assert await shortages_between(unit.session, WEEK, moment=MONDAY) == []


async def test_overbooked_gear_is_short_for_as_long_as_it_is(work: Work) -> None:
    async with work("manager") as unit:
        lamp = await some_equipment(unit, 5, name="Lamp")
        first = await a_confirmed_event(unit, lamp, 4)
    async with work("manager") as unit:
        second = await an_event(unit, MONDAY + 12 * HOUR)
        await a_rental(unit, second, lamp, 4)
        await service.confirm(unit, second.id, overbook_reason="Borrowed next door")
        (short,) = await shortages_between(unit.session, WEEK, moment=MONDAY)
        assert (short.name, short.stock, short.short) == ("Lamp", 5, 3)
        assert (short.start_at, short.end_at) == (MONDAY + 12 * HOUR, MONDAY + 24 * HOUR)
        assert short.short_within(MONDAY, MONDAY + 12 * HOUR) == 0
        assert short.short_within(MONDAY, MONDAY + 13 * HOUR) == 3
        (claims,) = await claims_of(unit.session, [short.window], moment=MONDAY)
        assert [claim.event_id for claim in claims] == [first.id, second.id]


async def test_gear_that_did_not_come_back_is_missed_by_the_next(work: Work) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        late = await a_confirmed_event(unit, desk, 1, start=MONDAY - 3 * DAY, hours=24)
        (line,) = await booking.lines_of(unit, late)
        await hand_out(unit, line.rental.id, 1, late.out_start)
        await a_confirmed_event(unit, desk, 1, start=MONDAY + DAY, hours=24)

        async def short_at(moment: Any) -> list[int]:
            found = await shortages_between(unit.session, WEEK, moment=moment)
            return [one.short for one in found if one.equipment_id == desk.id]

        assert await short_at(late.out_end - HOUR) == []
        assert await short_at(MONDAY) == [1]


async def test_it_says_what_asking_for_each_would_say(work: Work) -> None:
    dice = random.Random(20_26)
    async with work() as unit:
        gear = [await some_equipment(unit, dice.randint(0, 6)) for _ in range(30)]
        rows = list[dict[str, Any]]()
        for _ in range(400):
            start = MONDAY + dice.randint(-600, 300) * HOUR
            end = start + dice.choice([1, 6, 7, 30, 90, 600, 3000, 9000]) * HOUR
            state = dice.choice(["pencil", "hold", "firm", "out"])
            kind = dice.choice(["block", "block", "block", "sub_hire"])
            rows.append(
                {
                    "equipment_id": dice.choice(gear).id,
                    "kind": kind,
                    "state": state,
                    "quantity": dice.randint(1, 3),
                    "start_at": start,
                    "end_at": end,
                    "until_back": kind == "block" and state == "out" and dice.random() < 0.5,
                }
            )
        await unit.session.execute(insert(Reservation), rows)
        short_somewhere = 0
        everything = (await unit.session.execute(select(Equipment.id, Equipment.quantity))).all()
        for _ in range(20):
            start = MONDAY + dice.randint(-100, 100) * HOUR
            period = Period(start, start + dice.choice([1, 24, 336]) * HOUR)
            moment = start + dice.randint(-50, 50) * HOUR
            windows = [Window(key, period) for key, _ in everything]
            steps = await steps_of(unit.session, windows, moment=moment)
            expected = {
                key: tuple(stretches)
                for (key, stock), taken in zip(everything, steps, strict=True)
                if (stretches := short_stretches(taken, stock, period.end))
            }
            found = await shortages_between(unit.session, period, moment=moment)
            assert {one.equipment_id: one.stretches for one in found} == expected
            short_somewhere += len(found)
        assert short_somewhere > 50
        await unit.session.rollback()
