"""Where gear is hired in, every figure is of what is there at that moment: own and hired in."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.domain.availability.claims import figure_of
from app.domain.availability.hired import supplies_of
from app.domain.availability.queries import Window
from app.domain.events import service
from app.lib.periods import Period
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment
from tests.integration.test_sub_hire import hired_in

Work = Callable[..., Any]
PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}
QUERY = "from=2031-06-02T10:00&to=2031-06-02T14:00"


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace(" ,", ",")


async def test_every_page_names_the_same_whole(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        gear = await some_equipment(unit, 24, name="Hirable wash")
        await a_confirmed_event(unit, gear, 2)
        await hired_in(unit, gear, 4, MONDAY - HOUR, 48, status="ordered")
        await hired_in(unit, gear, 7, MONDAY - HOUR, 48)
        event = await an_event(unit)
        line = await a_rental(unit, event, gear, 6)
        await service.hold(unit, event.id)
    manager = await sign_in("manager")
    dates = {"out_start": "2031-06-02T10:00", "out_end": "2031-06-02T14:00", "quantity": "1"}
    # what the event holds is its own to have, and for everybody else it is gone
    for path, figure in (
        ("/inventory?q=hirable&" + QUERY, "20 of 28 free of Hirable wash"),
        (f"/inventory/{gear.id}?{QUERY}", "20 of 28 free of Hirable wash"),
        (f"/inventory/{gear.id}/availability?{QUERY}", "20 of 28 free Hirable wash"),
        (f"/events/{event.id}", "26 of 28 free for Hirable wash"),
        (f"/rentals/{line.id}/availability", "26 of 28 free for this line"),
        (f"/events/{event.id}/gear?q=hirable", "20 of 28 free"),
    ):
        answer = await manager.get(path)
        assert answer.status_code == 200
        assert figure in words(answer.text), path
    box = await manager.get(f"/inventory/{gear.id}/calendar/availability", params=dates, headers=PARTIAL)
    assert "20 of 28 are free" in words(box.text)
    pasted = await manager.post(f"/events/{event.id}/list", data={"text": "3 Hirable wash"})
    assert "20 of 28" in words(pasted.text)


@pytest.mark.parametrize("hours", [2, 12, 48])
async def test_the_whole_is_that_of_the_moment_that_decides(work: Work, hours: int) -> None:
    """A sub-hire that is gone when most is taken is no part of it."""
    async with work() as unit:
        gear = await some_equipment(unit, 10)
        other = await some_equipment(unit, 3)
        await hired_in(unit, gear, 5, MONDAY, hours, status="ordered")
        await a_confirmed_event(unit, gear, 4, MONDAY + 3 * HOUR, 4)
        period = Period(MONDAY, MONDAY + timedelta(hours=40))
        windows = [Window(gear.id, period), Window(other.id, period)]
        figures = [await figure_of(unit.session, window) for window in windows]
        found = await supplies_of(unit.session, windows, [10, 3])
    assert found == [one.supply for one in figures if one is not None]
    assert found == [15 if hours == 48 else 10, 3]
