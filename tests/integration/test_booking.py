"""Booking against real stock: what fits, what is refused and how the refusal explains itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from app.db.models import Availability, Event, Maintenance, Rental, Reservation
from app.domain.availability.claims import figure_of
from app.domain.availability.facts import hand_out, take_back
from app.domain.availability.queries import Window
from app.domain.availability.shortage import Shortage
from app.domain.events import booking, rentals, service
from app.domain.maintenance.service import report, take_step
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from app.lib.periods import FOREVER, Period
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment

DAY = Period(MONDAY, MONDAY + 24 * HOUR)


async def free(work: Any, equipment_id: int, period: Period = DAY) -> int:
    async with work() as unit:
        figure = await figure_of(unit.session, Window(equipment_id, period))
        assert figure is not None
        return figure.free


async def test_confirmed_events_take_and_pencils_do_not(work: Any) -> None:
    async with work() as unit:
        speaker = await some_equipment(unit, 5)
        await a_confirmed_event(unit, speaker, 2)
        draft = await an_event(unit)
        await a_rental(unit, draft, speaker, 4)
    async with work() as unit:
        figure = await figure_of(unit.session, Window(speaker.id, DAY))
    assert figure is not None
    assert (figure.supply, figure.reserved, figure.free, figure.free_with_pencils) == (5, 2, 3, -1)
    assert figure.binding_at == MONDAY
    assert [taker.state for taker in figure.claims] == ["firm", "pencil"]


async def test_a_refusal_says_what_is_short_when_and_because_of_whom(work: Any) -> None:
    async with work() as unit:
        speaker = await some_equipment(unit, 4)
        other = await a_confirmed_event(unit, speaker, 3, MONDAY + 6 * HOUR, 6, name="Gala at Rosenberg")
        event = await an_event(unit)
        await a_rental(unit, event, speaker, 2)
    with pytest.raises(Shortage) as refused:
        async with work() as unit:
            await service.confirm(unit, event.id)
    (short,) = refused.value.shortages
    assert (short.equipment_id, short.short) == (speaker.id, 1)
    assert (short.start_at, short.end_at) == (MONDAY + 6 * HOUR, MONDAY + 12 * HOUR)
    assert [(taker.event_id, taker.name, taker.quantity) for taker in short.takers] == [
        (other.id, "Gala at Rosenberg", 3)
    ]
    assert refused.value.details["shortages"][0]["competing"][0]["event_id"] == other.id  # type: ignore[index]
    async with work() as unit:
        assert (await unit.session.get(Event, event.id)).status == "draft"
    assert await free(work, speaker.id) == 1


async def test_the_peak_counts_not_the_sum(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        await a_confirmed_event(unit, desk, 1, MONDAY, 4)
        await a_confirmed_event(unit, desk, 1, MONDAY + 4 * HOUR, 4)
    assert await free(work, desk.id) == 0
    assert await free(work, desk.id, Period(MONDAY + 8 * HOUR, MONDAY + 9 * HOUR)) == 1


async def test_back_to_back_fits_without_turnaround_and_not_with_it(work: Any) -> None:
    async with work() as unit:
        quick = await some_equipment(unit, 1)
        slow = await some_equipment(unit, 1, turnaround_minutes=60)
        for equipment in (quick, slow):
            await a_confirmed_event(unit, equipment, 1, MONDAY, 4)
        await a_confirmed_event(unit, quick, 1, MONDAY + 4 * HOUR, 4)
    with pytest.raises(Shortage) as refused:
        async with work() as unit:
            await a_confirmed_event(unit, slow, 1, MONDAY + 4 * HOUR, 4)
    assert refused.value.shortages[0].end_at == MONDAY + 5 * HOUR


async def test_prep_time_counts_before_and_a_line_may_override_both(work: Any) -> None:
    async with work() as unit:
        slow = await some_equipment(unit, 1, prep_minutes=120, turnaround_minutes=60)
        event = await an_event(unit, MONDAY, 4)
        await a_rental(unit, event, slow, 1, prep_minutes=0)
        await service.confirm(unit, event.id)
    rows = await reservations(work, event.id)
    assert [(row.start_at, row.end_at) for row in rows] == [(MONDAY, MONDAY + 5 * HOUR)]


async def reservations(work: Any, event_id: int) -> list[Reservation]:
    async with work() as unit:
        found = await unit.session.scalars(
            select(Reservation).where(Reservation.event_id == event_id).order_by(Reservation.id)
        )
        return list(found)


async def test_an_event_over_the_change_to_summer_time_has_its_true_length(work: Any) -> None:
    start = datetime(2031, 3, 29, 22, 0, tzinfo=UTC)  # 23:00 in Berlin, the night the clocks go forward
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        await a_confirmed_event(unit, desk, 1, start, 11)  # until 11:00 local: twelve hours by the clock
        await a_confirmed_event(unit, desk, 1, start + 11 * HOUR, 1)
    assert await free(work, desk.id, Period(start, start + 12 * HOUR)) == 0


async def test_an_event_counts_its_own_lines(work: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 10)
        event = await an_event(unit)
        for _ in range(2):
            await a_rental(unit, event, cable, 6)
    with pytest.raises(Shortage) as refused:
        async with work() as unit:
            await service.confirm(unit, event.id)
    assert (refused.value.shortages[0].short, refused.value.shortages[0].takers) == (2, ())


async def test_extending_over_a_hold_names_the_holder_and_shortening_always_works(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        event = await a_confirmed_event(unit, desk, 1, MONDAY, 8)
        holder = await an_event(unit, MONDAY + 10 * HOUR, 4, name="Festival")
        await a_rental(unit, holder, desk, 1)
        await service.hold(unit, holder.id)
    with pytest.raises(Shortage) as refused:
        async with work() as unit:
            await service.edit_event(unit, event.id, {"out_end": MONDAY + 12 * HOUR}, version=None)
    assert refused.value.shortages[0].takers[0].name == "Festival"
    async with work() as unit:
        await service.edit_event(unit, event.id, {"out_end": MONDAY + 4 * HOUR}, version=None)
    assert await free(work, desk.id, Period(MONDAY + 4 * HOUR, MONDAY + 10 * HOUR)) == 1


async def test_moving_checks_only_what_is_new(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 2)
        event = await a_confirmed_event(unit, desk, 2, MONDAY, 8)
    async with work() as unit:
        await unit.session.execute(
            text("update equipment set quantity = 1 where id = :id"), {"id": desk.id}
        )  # a shortage that is nobody's doing
    async with work() as unit:
        end = MONDAY + 6 * HOUR
        await service.edit_event(unit, event.id, {"out_end": end}, version=None)
    with pytest.raises(Shortage):
        async with work() as unit:
            await service.edit_event(unit, event.id, {"out_end": MONDAY + 9 * HOUR}, version=None)


async def test_a_hold_runs_out_within_the_booking_that_needs_it(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        holder = await an_event(unit, name="Undecided")
        await a_rental(unit, holder, desk, 1)
        await service.hold(unit, holder.id)
        event = await an_event(unit)
        await a_rental(unit, event, desk, 1)
    with pytest.raises(Shortage):
        async with work() as unit:
            await service.confirm(unit, event.id)
    async with work() as unit:
        await unit.session.execute(
            text("update event set hold_expires_at = now() - interval '1 minute' where id = :id"),
            {"id": holder.id},
        )
    async with work() as unit:
        await service.confirm(unit, event.id)
    async with work() as unit:
        assert (await unit.session.get(Event, holder.id)).status == "quoted"
    assert [row.state for row in await reservations(work, holder.id)] == ["pencil"]


async def test_the_sweeper_releases_all_holds_that_are_over(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        held = await an_event(unit)
        await a_rental(unit, held, desk, 1)
        await service.hold(unit, held.id)
        kept = await an_event(unit, MONDAY + 48 * HOUR)
        await a_rental(unit, kept, desk, 1)
        await service.hold(unit, kept.id)
        await unit.session.execute(
            text("update event set hold_expires_at = now() - interval '1 minute' where id = :id"),
            {"id": held.id},
        )
    async with work() as unit:
        assert await booking.release_expired(unit) == [held.id]
    async with work() as unit:
        assert await booking.release_expired(unit) == []
        assert (await unit.session.get(Event, kept.id)).status == "held"


async def test_undoing_a_confirmation_brings_the_hold_back(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        event = await an_event(unit)
        await a_rental(unit, event, desk, 1)
        held = await service.hold(unit, event.id)
        until = held.hold_expires_at
        await service.confirm(unit, event.id)
    async with work() as unit:
        event = await service.take_back(unit, event.id, "confirmed")
        assert (event.status, event.hold_expires_at) == ("held", until)
        event = await service.take_back(unit, event.id, "held")
        assert (event.status, event.hold_expires_at) == ("draft", None)
    assert await free(work, desk.id) == 1


async def test_overdue_gear_keeps_blocking_until_it_is_back(work: Any) -> None:
    start = now() - timedelta(days=3)
    later = Period(now() + timedelta(days=30), now() + timedelta(days=31))
    async with work() as unit:
        desk = await some_equipment(unit, 4)
        event = await a_confirmed_event(unit, desk, 2, start, 24)
        rental_id = (await reservations_in(unit, event.id))[0].rental_id
        await hand_out(unit, rental_id, 1, start)
    assert await free(work, desk.id, later) == 3
    async with work() as unit:
        figure = await figure_of(unit.session, Window(desk.id, later))
        assert figure is not None
        assert [(taker.late, taker.quantity, taker.end_at) for taker in figure.claims] == [(True, 1, FOREVER)]
        await take_back(unit, rental_id, 1, now(), now())
    assert await free(work, desk.id, later) == 4


async def reservations_in(unit: Any, event_id: int) -> list[Any]:
    return list(await unit.session.scalars(select(Reservation).where(Reservation.event_id == event_id)))


async def test_maintenance_blocks_and_releases_a_quantity(work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
        job = await report(unit, {"equipment_id": lamp.id, "quantity": 2, "title": "Fans rattle"})
    soon = Period(now(), now() + HOUR)
    assert await free(work, lamp.id, soon) == 3
    async with work() as unit:
        figure = await figure_of(unit.session, Window(lamp.id, soon))
        assert figure is not None
        assert [taker.name for taker in figure.claims] == ["Fans rattle"]
        await take_step(unit, job.id, "resolve")
    assert await free(work, lamp.id, soon) == 5


async def test_maintenance_is_a_fact_and_shows_as_a_shortage(work: Any) -> None:
    soon = now() + timedelta(hours=2)
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
        await a_confirmed_event(unit, lamp, 5, soon, 4)
    async with work() as unit:
        await report(unit, {"equipment_id": lamp.id, "quantity": 2, "title": "Fans rattle"})
    assert await free(work, lamp.id, Period(soon, soon + HOUR)) == -2


async def test_a_unit_is_out_of_service_once_however_many_jobs_it_has(work: Any) -> None:
    from app.domain.inventory.units import add_units

    async with work() as unit:
        desk = await some_equipment(unit, 0, tracking="serialized")
        await add_units(unit, desk.id, ["DESK-A", "DESK-B"], {})
    async with work() as unit:
        tag = await unit.session.scalar(text("select id from unit where asset_tag = 'DESK-A'"))
        for title in ("Fader stuck", "Screen dim"):
            await report(unit, {"equipment_id": desk.id, "unit_id": tag, "title": title})
    soon = Period(now(), now() + HOUR)
    assert await free(work, desk.id, soon) == 1
    async with work() as unit:
        jobs = await unit.session.scalars(select(Maintenance.id).where(Maintenance.unit_id == tag))
        for job in jobs:
            await take_step(unit, job, "resolve")
    assert await free(work, desk.id, soon) == 2


async def test_consumables_are_gone_for_good(work: Any) -> None:
    async with work() as unit:
        tape = await some_equipment(unit, 10, kind="consumable")
        await a_confirmed_event(unit, tape, 8)
    assert await free(work, tape.id, Period(MONDAY + 9000 * HOUR, MONDAY + 9001 * HOUR)) == 2
    with pytest.raises(Shortage) as refused:
        async with work() as unit:
            await a_confirmed_event(unit, tape, 3, MONDAY + 9000 * HOUR)
    assert refused.value.shortages[0].takers[0].end_at == FOREVER
    async with work() as unit:
        rental = await unit.session.scalar(select(Rental.id).where(Rental.equipment_id == tape.id))
        await rentals.edit_rental(unit, rental, {"quantity": 7}, version=None)
    assert await free(work, tape.id) == 3


async def test_overbooking_on_purpose_has_a_name_and_a_reason(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        await a_confirmed_event(unit, desk, 1)
        event = await an_event(unit)
        rental = await a_rental(unit, event, desk, 1)
    async with work("manager") as unit:
        await service.confirm(unit, event.id, overbook_reason="Second one is being bought")
        actor_id = unit.actor.id
    async with work() as unit:
        line = await unit.session.get(type(rental), rental.id)
        assert (line.overbook_reason, line.overbooked_by_id) == ("Second one is being bought", actor_id)
    assert await free(work, desk.id) == -1
    with pytest.raises(Shortage):  # it does not let anybody else in
        async with work() as unit:
            await a_confirmed_event(unit, desk, 1)


async def test_every_change_of_reservations_or_stock_raises_the_version(work: Any) -> None:
    async def version() -> int:
        async with work() as unit:
            return (await unit.session.get(Availability, desk.id)).version

    async with work() as unit:
        desk = await some_equipment(unit, 3)
    seen = [await version()]
    async with work() as unit:
        event = await a_confirmed_event(unit, desk, 1)
    seen.append(await version())
    async with work() as unit:
        await service.take_step(unit, event.id, "cancel", reason="Rain")
    seen.append(await version())
    async with work() as unit:
        await unit.session.execute(text("update equipment set quantity = 2 where id = :id"), {"id": desk.id})
    seen.append(await version())
    assert seen == sorted(set(seen))


async def test_what_cannot_be_booked_says_why(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 1)
        archived = await some_equipment(unit, 1, archived=True)
        event = await an_event(unit)
    for equipment_id, values, field in (
        (desk.id, {"quantity": 0}, "quantity"),
        (desk.id, {"quantity": -1}, "quantity"),
        (desk.id, {"quantity": 10**9}, "quantity"),
        (desk.id, {"start_at": MONDAY}, "end_at"),
        (desk.id, {"start_at": MONDAY, "end_at": MONDAY}, "end_at"),
        (archived.id, {}, "equipment_id"),
        (10**12, {}, "equipment_id"),
    ):
        with pytest.raises(InvalidInput) as refused:
            async with work() as unit:
                await rentals.add_rental(unit, event.id, equipment_id, values)
        assert list(refused.value.fields) == [field]
    for values, field in (
        ({"out_end": MONDAY}, "out_end"),
        ({"out_end": MONDAY + timedelta(days=4000)}, "out_end"),
        ({"use_start": MONDAY}, "use_end"),
        ({"client_id": 10**9}, "client_id"),
    ):
        with pytest.raises(InvalidInput) as refused:
            async with work() as unit:
                await service.edit_event(unit, event.id, values, version=None)
        assert list(refused.value.fields) == [field]


async def test_what_is_out_cannot_be_cancelled_or_taken_off(work: Any) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 2)
        event = await a_confirmed_event(unit, desk, 2)
        rental_id = (await reservations_in(unit, event.id))[0].rental_id
        await hand_out(unit, rental_id, 1, MONDAY)
    for command in (
        lambda unit: service.take_step(unit, event.id, "cancel"),
        lambda unit: rentals.remove_rental(unit, rental_id, version=None),
        lambda unit: service.delete_event(unit, event.id, version=None),
    ):
        with pytest.raises(Conflict):
            async with work() as unit:
                await command(unit)


async def test_lines_with_dates_of_their_own_move_along_with_their_event(work):
    async with work() as unit:
        event, lamp = await an_event(unit), await some_equipment(unit, 4)
        own = {"start_at": MONDAY + HOUR, "end_at": MONDAY + 3 * HOUR}
        line = await a_rental(unit, event, lamp, 2, **own)
        dates = {"out_start": MONDAY + 48 * HOUR, "out_end": MONDAY + 72 * HOUR}
        await service.edit_event(unit, event.id, dates, version=None)
        assert (line.start_at, line.end_at) == (MONDAY + 49 * HOUR, MONDAY + 51 * HOUR)
        longer = {"out_end": MONDAY + 96 * HOUR}
        await service.edit_event(unit, event.id, longer, version=None)
        assert line.start_at == MONDAY + 49 * HOUR
