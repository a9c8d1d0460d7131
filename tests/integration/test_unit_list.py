"""Units out of service: one state at a time, by tag, with their jobs."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update

from app.db.models import Unit
from app.domain.inventory.unit_list_queries import PAGE
from app.domain.inventory.units import add_units
from app.domain.maintenance import service as maintenance
from tests.integration.booking import some_equipment

Work = Callable[..., Any]


def tags(page: str) -> list[str]:
    return re.findall(r'<a href="/units/\d+">([^<]+)</a>', page)


async def test_without_any_all_is_well(sign_in: Any) -> None:
    viewer = await sign_in("viewer")
    assert "No unit is in quarantine." in (await viewer.get("/units")).text
    assert "No unit is missing." in (await viewer.get("/units?show=missing")).text
    assert "No unit is in quarantine." in (await viewer.get("/units?show=out")).text


async def test_units_stand_with_their_newest_open_job(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 0, tracking="serialized", name="Lamp <1>")
        one, _other = await add_units(unit, lamp.id, ["QL-2", "QL-10"])
        await unit.session.execute(update(Unit).values(state="quarantine"))
        expected = datetime(2031, 2, 3, 12, tzinfo=UTC)
        for title in ("Glass", "Fan"):
            job = {"equipment_id": lamp.id, "unit_id": one.id, "title": title, "expected_back": expected}
            await maintenance.report(unit, job)
        await unit.session.execute(update(Unit).values(state="quarantine"))
    page = (await (await sign_in("viewer")).get("/units")).text
    assert tags(page) == ["QL-2", "QL-10"]
    assert "Fan" in page
    assert "Glass" not in page
    assert "Lamp &lt;1&gt;" in page
    assert "3 Feb 2031" in page
    assert page.count("no date yet") == 1


async def test_what_should_be_back_by_now_is_late(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        fan = await some_equipment(unit, 0, tracking="serialized")
        units = await add_units(unit, fan.id, ["LB-1", "LB-2"])
        for one, year in zip(units, (2001, 2131), strict=True):
            back = datetime(year, 2, 3, 12, tzinfo=UTC)
            job = {"equipment_id": fan.id, "unit_id": one.id, "title": "Hum", "expected_back": back}
            await maintenance.report(unit, job)
        await unit.session.execute(update(Unit).where(Unit.equipment_id == fan.id).values(state="in_repair"))
    page = (await (await sign_in("viewer")).get("/units?show=in_repair")).text
    late, soon = (row.split("</tr>")[0] for row in page.split('<tr id="unit-')[1:])
    assert "av-red" in late
    assert "late" in late
    assert "av-red" not in soon


async def test_a_long_list_goes_on_where_it_stopped(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 0, tracking="serialized")
        wanted = [f"MS-{number}" for number in range(1, PAGE + 6)]
        await add_units(unit, cable.id, wanted)
        await unit.session.execute(update(Unit).where(Unit.equipment_id == cable.id).values(state="missing"))
    viewer = await sign_in("viewer")
    first = (await viewer.get("/units?show=missing")).text
    further = re.findall(r'hx-get="(/units\?[^"]+after[^"]+)"', first)[0].replace("&amp;", "&")
    rest = (await viewer.get(further, headers={"hx-request": "true"})).text
    assert tags(first) + tags(rest) == wanted
    assert (await viewer.get("/units?after=0")).status_code == 422
