"""A unit that is promised elsewhere: another one instead, a swap, back on the shelf, or all the same."""

from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.db.models import Allocation, BenchAction, Change, Equipment, Event, InspectionRule, Unit
from app.domain.prep.counting import undo
from app.domain.prep.promised_units import leave, swap, take_instead
from app.domain.prep.taking_back import take_back
from app.lib.clock import today_in
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.sample.company import COMPANY
from tests.integration.bench import act, counts_of
from tests.integration.test_bench_scans import a_show, bound, lamps, scanned, the_unit

PART = {"hx-request": "true", "hx-request-type": "partial"}


def way(given: Any, act: str) -> dict[str, str]:
    """What a verdict offers for this, ready for the command."""
    (offer,) = [one for one in given.offers if one.act == act]
    return {name: int(value) if name.endswith("_id") else value for name, value in offer.values.items()}


async def two_shows(work: Any, tags: tuple[str, ...], *, wanted: int = 1) -> Any:
    """Two events at the same time that want lamps: the first lamp is promised to the second event."""
    gear = await lamps(work, tags)
    ours, (line,) = await a_show(work, gear, wanted)
    theirs, (other,) = await a_show(work, gear, 1)
    await bound(work, other, tags[0])
    return ours, line, theirs, other


async def bound_to(work: Any, line: Any) -> list[str]:
    async with work() as unit:
        tags = await unit.session.scalars(
            select(Unit.asset_tag).join(Allocation).where(Allocation.rental_id == line.id)
        )
        return sorted(tags)


async def test_a_free_one_is_named_with_its_place_in_the_order_of_suggestion(work: Any) -> None:
    tags = ("PA-1", "PA-2", "PA-3", "PA-4")
    ours, line, *_ = await two_shows(work, tags)
    async with work() as unit:
        for tag, place in zip(tags, ("Z-1", "Z-9", "Z-3", "Z-2"), strict=True):
            (await unit.session.scalar(select(Unit).where(Unit.asset_tag == tag))).location = place
    given = await scanned(work, ours, "PA-1")
    assert [one.act for one in given.offers] == ["instead", "swap", "put_back", "override"]
    assert given.offers[0].label == "Take PA-2 from Z-9 instead"
    near = await scanned(work, ours, "PA-1", near=True)
    assert near.offers[0].label == "Take PA-4 from Z-2 instead"
    # what was promised to the line itself comes first, whatever the order
    await bound(work, line, "PA-3")
    assert (await scanned(work, ours, "PA-1", near=True)).offers[0].values["code"] == "PA-3"


async def test_what_nobody_may_take_is_not_offered(work: Any) -> None:
    ours, line, *_ = await two_shows(work, ("PB-1", "PB-2", "PB-3"))
    async with work() as unit:
        unit.session.add(
            InspectionRule(
                name="PAT",
                equipment_id=line.equipment_id,
                interval_months=12,
                starts_on=today_in(COMPANY.time_zone),
                notes="",
            )
        )
        (await unit.session.scalar(select(Unit).where(Unit.asset_tag == "PB-2"))).state = "in_repair"
    assert (await scanned(work, ours, "PB-1")).offers[0].values["code"] == "PB-3"
    async with work() as unit:
        (await unit.session.scalar(select(Unit).where(Unit.asset_tag == "PB-3"))).state = "quarantine"
    given = await scanned(work, ours, "PB-1")
    assert [one.act for one in given.offers] == ["put_back", "override"]
    assert given.text.endswith("No other one is free.")


async def test_a_line_that_has_all_it_wants_is_offered_nothing_more(work: Any) -> None:
    ours, *_ = await two_shows(work, ("PC-1", "PC-2", "PC-3"))
    await scanned(work, ours, "PC-2")
    given = await scanned(work, ours, "PC-1")
    assert [one.act for one in given.offers] == ["put_back", "override"]
    assert "No other" not in given.text


async def test_the_free_one_is_picked_at_once_and_what_was_scanned_stays(work: Any) -> None:
    ours, line, _, other = await two_shows(work, ("PD-1", "PD-2"))
    given = await scanned(work, ours, "PD-1")
    tap = act()
    async with work("technician") as unit:
        taken = await take_instead(unit, tap, ours.id, **way(given, "instead"), step="picked")
    assert (taken.kind, taken.label) == ("complete", "PD-2")
    async with work() as unit:
        again = await take_instead(unit, tap, ours.id, **way(given, "instead"), step="picked")
        assert again == taken
        assert (await counts_of(unit, ours))[line.id].picked == 1
    assert await bound_to(work, other) == ["PD-1"]
    assert ((await the_unit(work, "PD-1")).state, (await the_unit(work, "PD-2")).state) == (
        "in_stock",
        "prepped",
    )
    async with work() as unit:
        await undo(unit, act(), ours.id, taken.action_id)
    assert (await the_unit(work, "PD-2")).state == "in_stock"


async def test_where_somebody_was_faster_the_next_free_one_is_offered(work: Any) -> None:
    ours, line, theirs, _ = await two_shows(work, ("PE-1", "PE-2", "PE-3"), wanted=2)
    given = await scanned(work, ours, "PE-1")
    await scanned(work, ours, "PE-2")
    async with work() as unit:
        told = await take_instead(unit, act(), ours.id, **way(given, "instead"), step="picked")
    assert (told.kind, told.counted) == ("promised", False)
    assert told.text.startswith(f"PE-2 is taken by now. PE-1 goes to “{theirs.name}”")
    assert way(told, "instead") == {"code": "PE-3", "instead_of": "PE-1"}
    async with work() as unit:
        assert (await counts_of(unit, ours))[line.id].picked == 1
        with pytest.raises(Conflict, match="PE-3 is free"):
            await take_instead(unit, act(), ours.id, "PE-2", instead_of="PE-3", step="picked")


async def test_a_swap_gives_the_others_what_we_were_promised_and_tells_them(work: Any) -> None:
    ours, line, theirs, other = await two_shows(work, ("PF-1", "PF-2", "PF-3"))
    await bound(work, line, "PF-3")
    given = await scanned(work, ours, "PF-1")
    tap, asked = act(), {**way(given, "swap"), "step": "packed"}
    async with work("technician") as unit:
        swapped = await swap(unit, tap, ours.id, **asked)
    assert (swapped.kind, swapped.label) == ("complete", "PF-1")
    assert swapped.text.endswith(f"“{theirs.name}” gets PF-3.")
    assert (await bound_to(work, line), await bound_to(work, other)) == (["PF-1"], ["PF-3"])
    async with work() as unit:
        assert await swap(unit, tap, ours.id, **asked) == swapped
        (told,) = await unit.session.scalars(select(Change).where(Change.action == "prep.swapped"))
        assert (told.parent_entity, told.parent_id) == ("event", theirs.id)
        assert told.fields["units"] == [["PF-1"], ["PF-3"]]
        # the period of the others did not change
        allocation = await unit.session.scalar(select(Allocation).where(Allocation.rental_id == other.id))
        assert allocation.start_at <= theirs.out_start
        assert allocation.end_at >= theirs.out_end
    # they find what they were given
    assert (await scanned(work, theirs, "PF-3")).kind == "complete"
    tap = act()
    async with work() as unit:
        undone = await take_back(unit, tap, ours.id, swapped.action_id)
        assert (await counts_of(unit, ours))[line.id].picked == 0
    # what the others were given stays with them, which is said, also when it is sent again
    assert undone.text.endswith(f"“{theirs.name}” keeps PF-3, and is not promised PF-1 any more.")
    assert [(one.act, one.values) for one in undone.offers] == [("open", {"href": f"/events/{theirs.id}"})]
    async with work() as unit:
        assert await take_back(unit, tap, ours.id, swapped.action_id) == undone
    assert (await the_unit(work, "PF-1")).state == "in_stock"
    assert await bound_to(work, other) == ["PF-3"]


async def test_without_a_unit_for_the_others_there_is_no_swap(work: Any) -> None:
    gear = await lamps(work, ("PG-1", "PG-2"))
    ours, (line,) = await a_show(work, gear, 1, hours=72)
    for start in (10, 40):
        _, (other,) = await a_show(work, gear, 1, start=start, hours=10)
        await bound(work, other, "PG-1")
    given = await scanned(work, ours, "PG-1")
    assert [one.act for one in given.offers] == ["instead", "put_back", "override"], "promised to two"
    late, (their_line,) = await a_show(work, gear, 1, start=50, hours=30)
    await bound(work, their_line, "PG-2")
    # what is asked for nevertheless is judged as any scan is
    asked = {"code": "PG-1", "rental_id": line.id, "with_rental_id": their_line.id, "step": "picked"}
    async with work() as unit:
        assert (await swap(unit, act(), ours.id, **asked)).kind == "promised"
        with pytest.raises(NotFound):
            await swap(unit, act(), ours.id, **{**asked, "with_rental_id": 10**9})
        with pytest.raises(NotFound):
            await swap(unit, act(), ours.id, **{**asked, "rental_id": their_line.id})
        with pytest.raises(InvalidInput):
            await swap(unit, act(), ours.id, **{**asked, "step": "dispatched"})
        assert (await swap(unit, act(), ours.id, **{**asked, "code": "nothing"})).kind == "unknown"
    assert await bound_to(work, their_line) == ["PG-2"]
    assert late.id


async def test_a_swap_that_does_not_count_leaves_everything_as_it_was(work: Any) -> None:
    ours, line, _, other = await two_shows(work, ("PH-1", "PH-2", "PH-3"))
    given = await scanned(work, ours, "PH-1")
    await scanned(work, ours, "PH-2")
    async with work() as unit:
        told = await swap(unit, act(), ours.id, **way(given, "swap"), step="picked")
    assert (told.kind, told.counted) == ("extra", False)
    assert (await bound_to(work, line), await bound_to(work, other)) == (["PH-2"], ["PH-1"])
    async with work() as unit:
        assert not await unit.session.scalar(
            select(Change.id).where(Change.label == "PH-1", Change.action == "prep.swapped")
        )


async def test_what_is_put_back_moves_nothing_and_waits_for_nobody(work: Any) -> None:
    ours, line, _, other = await two_shows(work, ("PI-1", "PI-2"))
    async with work() as unit:
        (await unit.session.get_one(Equipment, line.equipment_id)).location = "B-04"
    async with work("technician") as unit:
        told = await leave(unit, act(queued=True), ours.id, "PI-1")
        assert (await leave(unit, act(), ours.id, "no-such-thing")).kind == "unknown"
    assert (told.kind, told.counted) == ("left", False)
    assert told.text.endswith("goes back to B-04.")
    assert await bound_to(work, other) == ["PI-1"]
    async with work() as unit:
        actions = await unit.session.scalars(select(BenchAction).where(BenchAction.event_id == ours.id))
        assert [(one.kind, one.needs_a_look) for one in actions] == [("put_back", False), ("put_back", False)]


async def test_what_waited_on_a_device_and_does_not_fit_any_more_is_in_the_inbox(work: Any) -> None:
    ours, *_ = await two_shows(work, ("PJ-1", "PJ-2", "PJ-3"), wanted=2)
    given = await scanned(work, ours, "PJ-1")
    await scanned(work, ours, "PJ-2")
    async with work() as unit:
        await take_instead(unit, act(queued=True), ours.id, **way(given, "instead"), step="picked")
        # free: it is counted, however late
        await take_instead(unit, act(queued=True), ours.id, "PJ-3", instead_of="PJ-1", step="picked")
        waits = await unit.session.scalars(
            select(BenchAction.code).where(BenchAction.event_id == ours.id, BenchAction.needs_a_look)
        )
        assert waits.all() == ["PJ-2"]


def _form(values: dict[str, Any]) -> dict[str, str]:
    return {"nonce": str(uuid4()), "step": "picked", **{name: str(value) for name, value in values.items()}}


async def test_every_way_is_one_form_and_taking_it_is_for_those_who_may(sign_in: Any, work: Any) -> None:
    ours, _, theirs, _ = await two_shows(work, ("PK-1", "PK-2", "PK-3"))
    technician, manager, viewer = [await sign_in(role) for role in ("technician", "manager", "viewer")]
    path = f"/prep/{ours.id}"
    seen = {}
    for name, someone in (("technician", technician), ("manager", manager)):
        answer = await someone.post(f"{path}/scans", data=_form({"code": "PK-1"}), headers=PART)
        assert 'data-kind="promised"' in answer.text
        seen[name] = answer.text
        for action in ("alternatives", "swaps", "put-backs"):
            assert answer.text.count(f'hx-post="{path}/{action}"') == 1
    assert "Take PK-2" in seen["manager"]
    assert theirs.name in seen["manager"]
    assert "Take it all the same" in seen["manager"]
    assert "Take it all the same" not in seen["technician"]
    forced = {"code": "PK-1", "force": "promised", "reason": "Agreed with the office"}
    assert (await technician.post(f"{path}/scans", data=_form(forced), headers=PART)).status_code == 403
    nameless = {**forced, "reason": ""}
    refused = await manager.post(f"{path}/scans", data=_form(nameless), headers=PART)
    assert (refused.status_code, "Say why" in refused.text) == (422, True)
    for action in ("alternatives", "swaps", "put-backs"):
        assert (await viewer.post(f"{path}/{action}", data=_form({"code": "PK-1"}))).status_code == 403
    put = await technician.post(f"{path}/put-backs", data=_form({"code": "PK-1"}), headers=PART)
    assert 'data-kind="left"' in put.text
    # without scripts the page is shown again with the verdict on it, and the ways still know what was scanned
    plain = await manager.post(f"{path}/scans", data=_form({"code": "PK-1"}))
    shown = await manager.get(plain.headers["location"])
    assert shown.text.count('name="code" value="PK-1"') == 3
    taken = await manager.post(f"{path}/scans", data=_form(forced), headers=PART)
    assert 'data-kind="complete"' in taken.text


async def test_the_people_of_the_other_event_are_told(sign_in: Any, work: Any) -> None:
    ours, _, theirs, _ = await two_shows(work, ("PL-1", "PL-2"))
    employee = await sign_in("employee")
    async with work("employee") as unit:
        me = unit.actor.id
    async with work() as unit:
        (await unit.session.get_one(Event, theirs.id)).responsible_id = me
    given = await scanned(work, ours, "PL-1")
    async with work("technician") as unit:
        await swap(unit, act(), ours.id, **way(given, "swap"), step="picked")
    news = (await employee.get("/notifications")).text
    assert "promised it another" in news
    assert f"/events/{theirs.id}" in news


async def test_the_api_takes_every_way(sign_in: Any, work: Any) -> None:
    ours, line, _, other = await two_shows(work, ("PM-1", "PM-2", "PM-3"), wanted=2)
    technician, manager = await sign_in("technician"), await sign_in("manager")
    path = f"/api/prep/{ours.id}"

    async def post(someone: Any, what: str, **values: Any) -> Any:
        return await someone.post(f"{path}/{what}", json={"nonce": str(uuid4()), **values})

    given = (await post(technician, "scans", code="PM-1")).json()["data"]
    offers = {one["act"]: one["values"] for one in given["offers"]}
    assert (await post(technician, "put-backs", code="PM-1")).json()["data"]["kind"] == "left"
    taken = (await post(technician, "alternatives", **offers["instead"])).json()["data"]
    assert (taken["kind"], taken["label"]) == ("right", "PM-2")
    forced = {"code": "PM-1", "force": "promised"}
    assert (await post(technician, "scans", **forced)).status_code == 403
    assert (await post(manager, "scans", **forced)).status_code == 422
    lines = {"rental_id": line.id, "with_rental_id": other.id}
    swapped = (await post(technician, "swaps", code="PM-1", **lines)).json()["data"]
    assert (swapped["kind"], await bound_to(work, other)) == ("complete", ["PM-3"])
