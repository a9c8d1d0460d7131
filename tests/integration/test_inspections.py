"""Tests of units: what is due, what a failed one leads to, and what it stops."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app.db.models import Equipment, Maintenance, Unit
from app.domain.events import service as events
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import GateClosed, Part
from app.domain.inspections import service
from app.domain.prep.scanning import scan
from app.lib.clock import now
from app.lib.undoing import undo_operation
from tests.integration.bench import act, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment
from tests.integration.refusals import refused

LONG_AGO = date(2020, 1, 31)


def today() -> date:
    return now().date()


async def a_rule(unit: Any, **values: Any) -> Any:
    return await service.create_rule(
        unit, {"name": "PAT", "interval_months": 12, "warn_days": 30, "starts_on": LONG_AGO, **values}
    )


async def stands(unit: Any, unit_id: int) -> list[tuple[str, date]]:
    rows = await unit.session.execute(
        text("select name, valid_until from unit_inspection where unit_id = :id order by name"),
        {"id": unit_id},
    )
    return [(row.name, row.valid_until) for row in rows]


async def test_an_expired_unit_is_stopped_at_the_bench_and_at_the_door(work: Any) -> None:
    async with work() as unit:
        equipment_id, (one, other) = await with_units(unit, ["PA-1", "PA-2"])
        rule = await a_rule(unit, equipment_id=equipment_id)
        await service.record(unit, [other.id], rule.id, passed=True, inspected_on=today())
        event = await an_event(unit, now() + 2 * HOUR, 24)
        equipment = await unit.session.get_one(Equipment, equipment_id)
        line = await a_rental(unit, event, equipment, 2)
        await events.confirm(unit, event.id)
    async with work("technician") as unit:
        refused = await scan(unit, act(), event.id, "PA-1", step="picked")
        assert (refused.kind, refused.counted) == ("expired", False)
        assert f"unit={one.id}" in refused.offers[0].values["href"]
        assert (await scan(unit, act(), event.id, "PA-2", step="picked")).kind == "right"
    parts = [Part(line.id, unit_id=one.id)]
    with pytest.raises(GateClosed) as closed:
        async with work() as unit:
            await dispatch(unit, act(), event.id, parts)
    assert "PA-1" in closed.value.message
    async with work() as unit:
        await dispatch(unit, act(), event.id, parts, override_reason="Tested by the client")
        assert (await unit.session.get_one(Unit, one.id)).rental_id == line.id


async def test_a_unit_that_failed_goes_into_quarantine_with_a_job(work: Any) -> None:
    async with work() as unit:
        equipment_id, (one, other) = await with_units(unit, ["FA-1", "FA-2"])
        rule = await a_rule(unit, equipment_id=equipment_id, name="Load test")
    async with work("technician") as unit:
        done = await service.record(
            unit, [one.id, other.id], rule.id, passed=False, inspected_on=today(), values={"notes": "Cracked"}
        )
        jobs = [await unit.session.get_one(Maintenance, record.maintenance_id) for record in done]
        assert [job.unit_id for job in jobs] == [one.id, other.id]
        assert {(job.title, job.description, job.kind, job.blocks) for job in jobs} == {
            ("Failed: Load test", "Cracked", "inspection", True)
        }
        assert (await unit.session.get_one(Unit, one.id, populate_existing=True)).state == "quarantine"
        assert await stands(unit, one.id) == [("Load test", today() - timedelta(days=1))]


async def test_a_rule_of_a_category_is_about_what_is_in_it_and_below(work: Any) -> None:
    async with work() as unit:
        equipment_id, (one,) = await with_units(unit, ["CA-1"])
        category_id = (await unit.session.get_one(Equipment, equipment_id)).category_id
        rule = await a_rule(unit, category_id=category_id)
        assert await stands(unit, one.id) == [("PAT", LONG_AGO)]
        _, (stranger,) = await with_units(unit, ["CA-2"])
        with refused("not for this unit"):
            await service.record(unit, [stranger.id], rule.id, passed=True, inspected_on=today())


async def test_the_last_test_counts_and_without_it_the_one_before(work: Any) -> None:
    async with work() as unit:
        equipment_id, (one,) = await with_units(unit, ["LA-1"])
        rule = await a_rule(unit, equipment_id=equipment_id, interval_months=6)
        await service.record(unit, [one.id], rule.id, passed=True, inspected_on=date(2025, 8, 31))
        assert await stands(unit, one.id) == [("PAT", date(2026, 2, 27))]
        chosen = {"valid_until": date(2030, 1, 1), "inspector": "Somebody else"}
        (last,) = await service.record(
            unit, [one.id], rule.id, passed=True, inspected_on=date(2026, 3, 1), values=chosen
        )
        assert await stands(unit, one.id) == [("PAT", date(2030, 1, 1))]
    async with work() as unit:
        await service.delete_inspection(unit, last.id, version=None)
        assert await stands(unit, one.id) == [("PAT", date(2026, 2, 27))]
        await service.restore_inspection(unit, last.id)
        assert await stands(unit, one.id) == [("PAT", date(2030, 1, 1))]
    async with work() as unit:
        await service.delete_rule(unit, rule.id, version=None)
        assert await stands(unit, one.id) == []


async def test_what_cannot_be_is_refused_with_a_sentence(work: Any) -> None:
    async with work() as unit:
        equipment_id, (one,) = await with_units(unit, ["RE-1"])
        rule = await a_rule(unit, equipment_id=equipment_id)
        counted = await some_equipment(unit, 3)
    refusals: list[tuple[dict[str, Any], str]] = [
        ({"passed": True, "inspected_on": today() + timedelta(days=3)}, "not before"),
        (
            {"passed": True, "inspected_on": today(), "values": {"valid_until": LONG_AGO}},
            "from the day of the test on",
        ),
    ]
    for given, sentence in refusals:
        with refused(sentence):
            async with work() as unit:
                await service.record(unit, [one.id], rule.id, **given)
    for values, sentence in (
        ({"equipment_id": equipment_id, "category_id": 1}, "either"),
        ({}, "either"),
        ({"equipment_id": counted.id}, "has units"),
        ({"category_id": 999_999}, "does not exist"),
    ):
        with refused(sentence):
            async with work() as unit:
                await a_rule(unit, **values)
    with refused("Choose what"):
        async with work() as unit:
            await service.record(unit, [], rule.id, passed=True, inspected_on=today())
    async with work() as unit:
        (failed,) = await service.record(unit, [one.id], rule.id, passed=False, inspected_on=today())
    with refused("is not valid"):
        async with work() as unit:
            await service.edit_inspection(unit, failed.id, {"valid_until": today()}, version=None)


async def test_a_recorded_test_is_taken_back_by_undo(work: Any) -> None:
    async with work() as unit:
        equipment_id, (one,) = await with_units(unit, ["UN-1"])
        rule = await a_rule(unit, equipment_id=equipment_id)
    async with work() as unit:
        await service.record(unit, [one.id], rule.id, passed=True, inspected_on=today())
        operation = unit.operation
    async with work() as unit:
        await undo_operation(unit, operation, lambda _change: True)
        assert await stands(unit, one.id) == [("PAT", LONG_AGO)]
