"""Counting together, and applying what was counted."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from app.db.models import Case, Equipment, StockCount, Unit
from app.domain.events import service as events
from app.domain.events.rentals import add_rental
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.inventory.units import edit_unit
from app.domain.stock_takes import service
from app.domain.stock_takes.queries import counted_bulk, counted_units
from app.lib.clock import now
from app.lib.errors import Conflict, NotFound
from app.lib.undoing import undo_operation
from tests.integration.bench import act, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment
from tests.integration.refusals import refused


async def a_take(work: Any, location: str) -> int:
    async with work() as unit:
        return (await service.start(unit, {"location": location})).id


async def at(unit: Any, location: str, *tags: str) -> list[Unit]:
    _, units = await with_units(unit, tags)
    for one in units:
        await edit_unit(unit, one.id, {"location": location}, version=None)
    return units


async def test_two_who_count_the_same_at_once_add_up(work: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 50, location="T-1")
    take_id = await a_take(work, "T-1")

    async def count_ten(role: str) -> None:
        for _ in range(10):
            async with work(role) as unit:
                await service.count_code(unit, take_id, uuid4(), cable.sku)

    await asyncio.gather(count_ten("admin"), count_ten("technician"))
    nonce = uuid4()

    async def again() -> int:
        async with work() as unit:
            return (await service.count_pieces(unit, take_id, nonce, cable.id, 7)).pieces

    assert await asyncio.gather(again(), again(), again()) == [27, 27, 27]
    async with work() as unit:
        (row,) = await counted_bulk(unit.session, take_id, "T-1")
        assert (row.expected, row.counted, row.difference) == (50, 27, -23)
        with pytest.raises(Conflict, match="only 27"):
            await service.count_pieces(unit, take_id, uuid4(), cable.id, -28)


async def test_a_unit_counts_once_and_can_be_taken_back(work: Any) -> None:
    async with work() as unit:
        (one,) = await at(unit, "T-2", "T2-1")
    take_id = await a_take(work, "T-2")

    async def seen() -> bool:
        async with work() as unit:
            return (await service.count_code(unit, take_id, uuid4(), "t2-1")).again

    assert sorted(await asyncio.gather(seen(), seen())) == [False, True]
    async with work() as unit:
        assert (await service.uncount_unit(unit, take_id, uuid4(), one.id)).pieces == 0
        with pytest.raises(Conflict, match="only 0"):
            await service.uncount_unit(unit, take_id, uuid4(), one.id)
    assert not await seen()
    async with work() as unit:
        total = select(func.sum(StockCount.quantity)).where(StockCount.stock_take_id == take_id)
        assert await unit.session.scalar(total) == 1


async def test_what_is_no_code_or_no_location_is_refused(work: Any) -> None:
    async with work() as unit:
        serialized, _ = await with_units(unit, ["T3-1"])
        sku = (await unit.session.get_one(Equipment, serialized)).sku
        with refused("Nothing is kept"):
            await service.start(unit, {"location": "the moon"})
        take = await service.start(unit, {"location": ""})
        assert take.name == "All of the stock"
        with refused("has the code"):
            await service.count_code(unit, take.id, uuid4(), "no such thing")
        with refused("scan each unit"):
            await service.count_code(unit, take.id, uuid4(), sku)
        with pytest.raises(NotFound):
            await service.count_code(unit, 999_999, uuid4(), "T3-1")


async def test_applying_sets_the_stock_right_and_leaves_events_alone(work: Any) -> None:
    async with work() as unit:
        less, more = [await some_equipment(unit, 10, location="T-4") for _ in range(2)]
        foreign = await some_equipment(unit, 10, location="T-5")
        await at(unit, "T-4", "T4-gone", "T4-here")
        gone, here = await unit.session.scalars(
            select(Unit).where(Unit.asset_tag.in_(("T4-gone", "T4-here"))).order_by(Unit.asset_tag)
        )
        (moved,) = await at(unit, "T-5", "T4-moved")
        (found,) = await at(unit, "T-4", "T4-found")
        await edit_unit(unit, found.id, {"state": "missing"}, version=None)
        (out,) = await at(unit, "T-4", "T4-out")
        event = await an_event(unit, now() + HOUR, 24)
        of_out = await unit.session.get_one(Equipment, out.equipment_id)
        line = await a_rental(unit, event, of_out, 1)
        bulk_line = await a_rental(unit, event, less, 4)
        await events.confirm(unit, event.id)
    async with work() as unit:
        parts = [Part(line.id, unit_id=out.id), Part(bulk_line.id, 4)]
        await dispatch(unit, act(), event.id, parts)
    take_id = await a_take(work, "T-4")
    async with work() as unit:
        expected = {
            row.equipment_id: row.expected for row in await counted_bulk(unit.session, take_id, "T-4")
        }
        assert expected == {less.id: 6, more.id: 10}
        await service.count_pieces(unit, take_id, uuid4(), less.id, 5)
        await service.count_pieces(unit, take_id, uuid4(), more.id, 12)
        await service.count_pieces(unit, take_id, uuid4(), foreign.id, 2)
        for tag in ("T4-here", "T4-moved", "T4-found", "T4-out"):
            await service.count_code(unit, take_id, uuid4(), tag)
    async with work() as unit:
        await service.apply(unit, take_id)
        operation = unit.operation
    async with work() as unit:
        quantities = [
            (await unit.session.get_one(Equipment, one.id)).quantity for one in (less, more, foreign)
        ]
        assert quantities == [9, 12, 10]
        stood = {
            one.asset_tag: (one.state, one.location)
            for one in [await unit.session.get_one(Unit, one.id) for one in (gone, here, moved, found)]
        }
        assert stood == {
            "T4-gone": ("missing", "T-4"),
            "T4-here": ("in_stock", "T-4"),
            "T4-moved": ("in_stock", "T-4"),
            "T4-found": ("in_stock", "T-4"),
        }
        untouched = await unit.session.get_one(Unit, out.id)
        assert (untouched.rental_id, untouched.state) == (line.id, "out")
    for late in (
        lambda unit: service.apply(unit, take_id),
        lambda unit: service.count_code(unit, take_id, uuid4(), "T4-here"),
        lambda unit: service.cancel(unit, take_id),
    ):
        with pytest.raises(Conflict, match="over"):
            async with work() as unit:
                await late(unit)
    async with work() as unit:
        await undo_operation(unit, operation, lambda _change: True)
    async with work() as unit:
        assert (await unit.session.get_one(Equipment, less.id)).quantity == 10
        assert (await unit.session.get_one(Unit, gone.id)).state == "in_stock"
        await service.apply(unit, take_id)


async def test_applying_twice_at_once_applies_once(work: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 10, location="T-6")
    take_id = await a_take(work, "T-6")
    async with work() as unit:
        await service.count_pieces(unit, take_id, uuid4(), cable.id, 7)

    async def apply() -> str:
        try:
            async with work() as unit:
                await service.apply(unit, take_id)
        except Conflict:
            return "over"
        return "applied"

    assert sorted(await asyncio.gather(apply(), apply(), apply())) == ["applied", "over", "over"]
    async with work() as unit:
        assert (await unit.session.get_one(Equipment, cable.id)).quantity == 7


async def test_a_cancelled_stock_take_changes_nothing(work: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 10, location="T-7")
        await at(unit, "T-7", "T7-1")
    take_id = await a_take(work, "T-7")
    async with work() as unit:
        await service.count_pieces(unit, take_id, uuid4(), cable.id, 3)
    async with work() as unit:
        await service.cancel(unit, take_id)
    async with work() as unit:
        assert (await unit.session.get_one(Equipment, cable.id)).quantity == 10
        (row,) = await counted_units(unit.session, take_id, "T-7")
        assert row.state == "in_stock"


async def test_an_unknown_code_may_be_registered_and_a_case_is_no_gear(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        await some_equipment(unit, 5, location="T-9")
        unit.session.add(Case(code="TC-9", name="Trunk"))
    take_id = await a_take(work, "T-9")
    client = await sign_in("technician")

    async def said(code: str) -> str:
        form = {"nonce": str(uuid4()), "code": code, "show": "all"}
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
        return (await client.post(f"/stock-takes/{take_id}/scans", data=form, headers=headers)).text

    unknown = await said("NEW 9")
    (link,) = (part.split('"')[0] for part in unknown.split('href="')[1:] if "/register" in part)
    assert "code=NEW%209" in link or "code=NEW+9" in link
    page = await client.get(link.replace("&amp;", "&"))
    assert f'href="/stock-takes/{take_id}' in page.text
    case = await said("TC-9")
    assert "TC-9 is a case" in case
    assert "/register" not in case
    paper = await said("AV-PL-3-1")
    assert "the code of a pick list" in paper
    assert "/register" not in paper


async def test_a_scan_of_what_belongs_elsewhere_says_where(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        await some_equipment(unit, 5, location="T-10")
        foreign = await some_equipment(unit, 5, location="T-11")
        await at(unit, "T-10", "T10-1")
        await at(unit, "T-11", "T11-1")
        lamp, (gone,) = await with_units(unit, ["T12-1"])
        event = await an_event(unit, now() + HOUR, 5)
        line = await add_rental(unit, event.id, lamp, {"quantity": 1})
        await events.confirm(unit, event.id)
        await dispatch(unit, act(), event.id, [Part(line.id, unit_id=gone.id)])
        where = event.name
    take_id = await a_take(work, "T-10")
    client = await sign_in("technician")

    async def said(code: str) -> str:
        form = {"nonce": str(uuid4()), "code": code}
        headers = {"HX-Request": "true", "HX-Request-Type": "partial"}
        answer = await client.post(f"/stock-takes/{take_id}/scans", data=form, headers=headers)
        return answer.text.split("<hx-partial")[1]

    assert "tone-green" in await said("T10-1")
    for code, sentence in (
        ("T11-1", "It was kept at T-11; from now on it is kept here."),
        (foreign.sku, "It is kept at T-11: take it there."),
        ("T12-1", f"It is with “{where}”: left to the bench."),
    ):
        answer = await said(code)
        assert "tone-amber" in answer
        assert sentence in answer
