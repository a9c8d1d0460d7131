"""Availability of many equipment, its explanation and its course, as programs see them."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.domain.events import service
from app.domain.maintenance.service import report
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment

DAY = 24 * HOUR
WEEK = {"start": "2031-06-02T00:00:00Z", "end": "2031-06-09T00:00:00Z"}


async def asked(api: httpx.AsyncClient, path: str, expected: int = 200, **query: Any) -> Any:
    answer = await api.get(f"/api/availability{path}", params={**WEEK, **query})
    assert answer.status_code == expected, answer.text
    return answer.json()["data"] if expected == 200 else answer.json()


async def test_many_are_answered_like_one_in_the_order_asked(
    statements: list[str], work: Any, sign_in: Any
) -> None:
    async with work() as unit:
        lamps = [await some_equipment(unit, 5) for _ in range(6)]
        for number, lamp in enumerate(lamps):
            await a_confirmed_event(unit, lamp, number or 1)
        draft = await an_event(unit)
        await a_rental(unit, draft, lamps[2], 4)
    api = await sign_in("viewer")
    single = [await asked(api, "", equipment_id=lamp.id) for lamp in lamps]
    numbers: list[int] = []
    for wanted in (lamps[:1], lamps):
        statements.clear()
        ids = ",".join(str(lamp.id) for lamp in reversed(wanted))
        many = await asked(api, "", equipment_ids=ids)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
    assert many == single[::-1]
    assert (single[2]["free"], single[2]["free_with_pencils"]) == (3, -1)
    assert {cause["state"] for cause in single[2]["causes"]} == {"firm", "pencil"}


async def test_the_explanation_names_everything_and_when_it_is_too_much(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 3)
        first = await a_confirmed_event(unit, desk, 2, MONDAY, 24, name="First")
        second = await an_event(unit, MONDAY + 2 * DAY, 24, name="Second")
        line = await a_rental(unit, second, desk, 1)
        await service.hold(unit, second.id)
        job = await report(unit, {"equipment_id": desk.id, "quantity": 1, "title": "Hum"})
    async with work() as unit:
        await unit.session.execute(text("update equipment set quantity = 2 where id = :id"), {"id": desk.id})
    api = await sign_in("viewer")
    found = await asked(api, "/explanation", equipment_id=desk.id)
    assert (found["stock"], found["free"]) == (2, -1)
    assert found["shortages"] == [
        {"start": "2031-06-02T08:00:00Z", "end": "2031-06-03T08:00:00Z", "short": 1}
    ]
    causes = {cause["name"]: cause for cause in found["causes"]}
    assert causes["First"]["event_id"] == first.id
    assert (causes["Second"]["event_id"], causes["Second"]["rental_id"]) == (second.id, line.id)
    assert (causes["Hum"]["maintenance_id"], causes["Hum"]["end"]) == (job.id, None)


async def test_the_course_of_several_by_day_and_by_step(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk, other = await some_equipment(unit, 3), await some_equipment(unit, 1)
        await a_confirmed_event(unit, desk, 2, MONDAY, 24)
        draft = await an_event(unit, MONDAY + DAY, 24)
        await a_rental(unit, draft, desk, 2)
    api = await sign_in("viewer")
    query = {"equipment_ids": f"{other.id},{desk.id}", "end": "2031-06-05T00:00:00Z"}
    by_day = await asked(api, "/timeline", **query)
    assert [one["equipment_id"] for one in by_day] == [other.id, desk.id]
    # the first day begins with the period, the others at midnight in Berlin
    assert [(one["at"], one["free"], one["free_with_pencils"]) for one in by_day[1]["points"]] == [
        ("2031-06-02T00:00:00Z", 1, 1), ("2031-06-02T22:00:00Z", 1, 1), ("2031-06-03T22:00:00Z", 3, 1),
        ("2031-06-04T22:00:00Z", 3, 3),
    ]  # fmt: skip
    assert {one["free"] for one in by_day[0]["points"]} == {1}
    by_step = await asked(api, "/timeline", by="step", **query)
    assert [(one["at"], one["free"], one["free_with_pencils"]) for one in by_step[1]["points"]] == [
        ("2031-06-02T00:00:00Z", 3, 3), ("2031-06-02T08:00:00Z", 1, 1), ("2031-06-03T08:00:00Z", 3, 1),
        ("2031-06-04T08:00:00Z", 3, 3),
    ]  # fmt: skip
    # the night the clocks go forward the day is an hour shorter
    spring = {"start": "2031-03-28T23:00:00Z", "end": "2031-03-31T22:00:00Z", "equipment_ids": str(desk.id)}
    (course,) = await asked(api, "/timeline", **spring)
    assert [point["at"] for point in course["points"]] == [
        "2031-03-28T23:00:00Z", "2031-03-29T23:00:00Z", "2031-03-30T22:00:00Z",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "query", "field"),
    [
        ("", {}, "equipment_id"),
        ("", {"equipment_id": 1, "equipment_ids": "1"}, "equipment_id"),
        ("", {"equipment_ids": "1,x"}, "equipment_ids"),
        ("", {"equipment_ids": "1,,2"}, "equipment_ids"),
        ("", {"equipment_ids": ",".join(map(str, range(1, 102)))}, "equipment_ids"),
        ("", {"equipment_ids": "1", "end": WEEK["start"]}, "end"),
        ("/timeline", {"equipment_ids": "1", "end": "2033-01-01T00:00:00Z"}, "end"),
        ("/timeline", {"equipment_ids": "-1"}, "equipment_ids"),
    ],
)
async def test_what_makes_no_sense_is_refused_at_its_parameter(
    sign_in: Any, path: str, query: dict[str, Any], field: str
) -> None:
    answer = await asked(await sign_in("viewer"), path, 422, **query)
    assert list(answer["details"]["fields"]) == [field]


async def test_what_is_not_there_is_named(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
    api = await sign_in("viewer")
    missing = 10**9
    for path in ("", "/timeline"):
        answer = await asked(api, path, 404, equipment_ids=f"{desk.id},{missing}")
        assert str(missing) in str(answer)
    await asked(api, "/explanation", 404, equipment_id=missing)
    assert (
        await api.get("/api/availability/timeline", params={**WEEK, "equipment_ids": "1", "by": "year"})
    ).status_code in (400, 422)


async def test_both_figures_are_explained_where_they_bind(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 5)
        firm = await a_confirmed_event(unit, desk, 3, MONDAY, 24, name="Firm")
        draft = await an_event(unit, MONDAY + 2 * DAY, 24, name="Pencil")
        await a_rental(unit, draft, desk, 4)
    found = await asked(await sign_in("viewer"), "", equipment_id=desk.id)
    assert (found["free"], found["free_with_pencils"]) == (2, 1)
    assert found["binding_at"] == "2031-06-02T08:00:00Z"
    assert [cause["event_id"] for cause in found["causes"]] == [firm.id]
    assert found["binding_with_pencils_at"] == "2031-06-04T08:00:00Z"
    assert [cause["event_id"] for cause in found["causes_with_pencils"]] == [draft.id]
    assert found["supply"] - sum(cause["quantity"] for cause in found["causes_with_pencils"]) == 1
