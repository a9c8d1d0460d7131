"""Accepting: the event becomes what the version says and is confirmed, once, or nothing happens at all."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.db.models import Event, QuoteHappening, QuoteVersion, Rental
from app.domain.availability.shortage import Shortage
from app.domain.events import rentals
from app.domain.events import service as events
from app.domain.quotes import accepting
from app.domain.quotes.accepting import CannotBeKept, Wish, accept, accept_or_refuse
from app.domain.quotes.happenings import NotOpen
from app.domain.quotes.sending import send_version
from app.domain.quotes.service import new_version
from app.lib.clock import now
from app.lib.errors import InvalidInput
from app.lib.unit_of_work import SYSTEM, unit_of_work
from tests.integration.booking import MONDAY, a_confirmed_event, a_rental, some_equipment
from tests.integration.offers import Sent, a_client, a_sent_quote, form_of, happened


async def lines_of(work: Any, event_id: int) -> dict[int, tuple[int, bool]]:
    """The lines of an event: how many, and whether they are only offered."""
    async with work("manager") as unit:
        found = await unit.session.scalars(
            select(Rental).where(Rental.event_id == event_id, Rental.deleted_at.is_(None))
        )
        return {one.id: (one.quantity, one.optional) for one in found}


async def states(work: Any, sent: Sent) -> tuple[str, str]:
    async with work("manager") as unit:
        version = await unit.session.get_one(QuoteVersion, sent.version_id)
        return version.state, (await unit.session.get_one(Event, sent.event_id)).status


async def test_the_event_is_brought_to_what_was_accepted(work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        added = await some_equipment(unit, 5, daily_rate=Decimal(1))
    async with work("manager") as unit:
        event = await unit.session.get_one(Event, sent.event_id)
        await a_rental(unit, event, added, 2)
        await rentals.edit_rental(unit, sent.rental.id, {"quantity": 1}, version=None)
        await rentals.edit_rental(
            unit, sent.rental.id, {"start_at": MONDAY, "end_at": MONDAY + timedelta(hours=2)}, version=None
        )
        await rentals.remove_rental(unit, sent.option.id, version=None)
    async with work("manager") as unit:
        await accept(unit, Wish(sent.version_id, "Claudia", (sent.key,)))
    assert await lines_of(work, sent.event_id) == {sent.rental.id: (3, False), sent.option.id: (1, False)}
    async with work("manager") as unit:
        assert (await unit.session.get_one(Rental, sent.rental.id)).start_at is None
    assert await states(work, sent) == ("accepted", "confirmed")


async def test_options_that_were_not_chosen_stay_offers(work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    async with work("manager") as unit:
        await rentals.edit_rental(unit, sent.option.id, {"optional": False}, version=None)
        await accept(unit, Wish(sent.version_id, "Claudia"))
    assert (await lines_of(work, sent.event_id))[sent.option.id] == (1, True)


async def test_gear_that_is_gone_leaves_everything_as_it_was_and_tells_the_office(
    app: Any, work: Any, sign_in: Any
) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        other = await a_confirmed_event(unit, sent.gear, 3)
    async with work("manager") as unit:
        await rentals.edit_rental(unit, sent.rental.id, {"quantity": 1}, version=None)
    guest = await a_client(app, sent.path)
    form = form_of((await guest.get(sent.path)).text)
    answer = await guest.post(f"{sent.path}/acceptance", data=form)
    assert answer.status_code == 303
    page = await guest.get(sent.path)
    assert "we will come back to you" in page.text
    assert sent.gear.name not in page.text.split('id="answer"')[1], (
        "what is short is not the client's business"
    )
    assert await states(work, sent) == ("sent", "quoted")
    assert (await lines_of(work, sent.event_id))[sent.rental.id] == (1, False)
    async with work("manager") as unit:
        [refused] = await happened(unit, sent.version_id, "refused")
        assert not await happened(unit, sent.version_id, "accepted")
    assert f"2 × {sent.gear.name}" in refused.words
    office = await sign_in("manager")
    news = await office.get("/notifications")
    assert f"2 × {sent.gear.name}" in news.text
    assert f"/events/{sent.event_id}" in news.text
    address = f"/quotes/{sent.quote_id}/versions/1"
    again = await office.post(f"{address}/acceptance", data={"name": "Claudia"})
    assert again.status_code == 409
    assert "Nothing was accepted." in again.text or "Short of" in again.text
    assert await states(work, sent) == ("sent", "quoted")
    async with work("manager") as unit:
        await events.take_step(unit, other.id, "cancel")
    done = await office.post(f"{address}/acceptance", data={"name": "Claudia", "heard": "On the phone"})
    assert done.status_code == 303
    assert await states(work, sent) == ("accepted", "confirmed")
    assert "Accepted, thank you" in (await guest.get(sent.path)).text


async def test_an_event_that_was_moved_to_other_days_is_looked_at_first(work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        later = {"out_start": MONDAY + timedelta(days=7), "out_end": MONDAY + timedelta(days=8)}
        await events.edit_event(unit, sent.event_id, later, version=None)
    with pytest.raises(CannotBeKept, match="other days"):
        async with work("manager") as unit:
            await accept(unit, Wish(sent.version_id, "Claudia"))
    async with work("manager") as unit:
        hour = {"out_start": MONDAY + timedelta(hours=1), "out_end": MONDAY + timedelta(hours=24)}
        await events.edit_event(unit, sent.event_id, hour, version=None)
    async with work("manager") as unit:
        await accept(unit, Wish(sent.version_id, "Claudia"))
    async with work("manager") as unit:
        event = await unit.session.get_one(Event, sent.event_id)
        assert event.out_start == MONDAY + timedelta(hours=1), "times of the day are the office's"


async def test_a_newer_version_takes_the_place_of_an_accepted_one(work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        await accept(unit, Wish(sent.version_id, "Claudia"))
    async with work("manager") as unit:
        await rentals.edit_rental(unit, sent.rental.id, {"quantity": 2}, version=None)
        second = await new_version(unit, sent.version_id)
        await send_version(unit, second.id, today=now().date())
        await rentals.edit_rental(unit, sent.rental.id, {"quantity": 3}, version=None)
    assert (await states(work, sent))[0] == "accepted", "until the client takes the new one"
    async with work("manager") as unit:
        await accept(unit, Wish(second.id, "Claudia"))
    assert await states(work, sent) == ("superseded", "confirmed")
    assert (await lines_of(work, sent.event_id))[sent.rental.id] == (2, False)


@pytest.mark.parametrize(
    "wish", [{"chosen": ("line:1",)}, {"content_hash": "0" * 64}, {"gross": Decimal(1)}, {"name": ""}]
)
async def test_what_was_not_shown_is_not_accepted(work: Any, wish: dict[str, Any]) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        with pytest.raises(InvalidInput):
            await accept(unit, Wish(sent.version_id, **{"name": "Claudia", **wish}))


async def _accepted_by_two(app: Any, sent: Sent) -> list[Any]:
    """Two browsers press the button at the same moment."""
    guests = [await a_client(app, sent.path) for _ in range(2)]
    form = form_of((await guests[0].get(sent.path)).text)
    presses = (
        guest.post(f"{sent.path}/acceptance", data={**form, "name": f"Client {number}"})
        for number, guest in enumerate(guests)
    )
    return await asyncio.gather(*presses)


async def test_accepted_by_two_browsers_at_once_it_is_accepted_once(app: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    answers = await _accepted_by_two(app, sent)
    assert [answer.status_code for answer in answers] == [303, 303], "who is second sees that it is accepted"
    async with work("manager") as unit:
        [accepted] = await happened(unit, sent.version_id, "accepted")
        assert accepted.name in {"Client 0", "Client 1"}
        assert not await happened(unit, sent.version_id, "refused")
    assert await states(work, sent) == ("accepted", "confirmed")


async def test_without_the_lock_the_second_one_runs_into_an_error(
    app: Any, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the test above: both read the version before either has written it."""
    both = asyncio.Barrier(2)

    async def unlocked(unit: Any, version_id: int) -> QuoteVersion:
        version = await unit.session.get_one(QuoteVersion, version_id)
        await both.wait()
        return version

    async def unheld(unit: Any, version_id: int) -> Event:
        version = await unit.session.get_one(QuoteVersion, version_id)
        return await unit.session.get_one(Event, version.event_id)

    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    monkeypatch.setattr(accepting, "hold_event_of", unheld)
    monkeypatch.setattr(accepting, "open_version", unlocked)
    answers = await _accepted_by_two(app, sent)
    assert sorted(answer.status_code for answer in answers) != [303, 303]
    async with work("manager") as unit:
        assert len(await happened(unit, sent.version_id, "accepted")) == 1, "the database holds on its own"


async def test_the_database_takes_one_acceptance_of_a_version(work: Any) -> None:
    def second() -> QuoteHappening:
        return QuoteHappening(version_id=sent.version_id, kind="accepted", name="Twice", content_hash="x")

    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        await accept(unit, Wish(sent.version_id, "Claudia"))
    async with work("manager") as unit:
        with pytest.raises(IntegrityError, match="uq_quote_happening_accepted"):
            async with unit.session.begin_nested():
                unit.session.add(second())
    async with work("manager") as unit, unit.session.begin_nested() as tried:
        await unit.session.execute(text("drop index uq_quote_happening_accepted"))
        unit.session.add(second())
        await unit.session.flush()
        await tried.rollback()


async def test_through_the_api(sign_in: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        second = await new_version(unit, sent.version_id)
        await a_confirmed_event(unit, sent.gear, 2)
    office = await sign_in("employee")
    address = f"/api/quotes/{sent.quote_id}/versions/{second.number}"
    early = await office.post(f"{address}/acceptance", json={"name": "Claudia"})
    assert (early.status_code, early.json()["code"]) == (409, "CONFLICT")
    made = await office.post(f"{address}/sending", json={})
    assert made.status_code == 200, made.text
    assert (made.json()["data"]["state"], made.json()["data"]["url"]) == ("sent", f"http://test{sent.path}")
    short = await office.post(f"{address}/acceptance", json={"name": "Claudia", "options": [sent.key]})
    assert (short.status_code, short.json()["code"]) == (409, "SHORTAGE")
    wrong = await office.post(f"{address}/decline", json={"reason": ""})
    assert wrong.status_code == 422
    said = await office.post(f"{address}/questions/answers", json={"words": "Certainly."})
    assert said.status_code == 200
    link = await office.post(f"/api/quotes/{sent.quote_id}/links")
    assert link.status_code == 201
    assert link.json()["data"]["url"] != f"http://test{sent.path}"
    declined = await office.post(f"{address}/decline", json={"reason": "Too dear"})
    assert declined.json()["data"]["state"] == "declined"
    viewer = await sign_in("viewer")
    assert (await viewer.post(f"{address}/acceptance", json={"name": "C"})).status_code == 403


async def test_a_refusal_is_noted_by_a_transaction_of_its_own(app: Any, work: Any) -> None:
    runtime = app.app.state.runtime
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        await a_confirmed_event(unit, sent.gear, 4)
    with pytest.raises(Shortage):
        async with work("manager") as unit:
            await accept(unit, Wish(sent.version_id, "Claudia"))
    kept = await accept_or_refuse(
        lambda: unit_of_work(runtime.sessions, SYSTEM), Wish(sent.version_id, "Claudia")
    )
    assert not kept
    async with work("manager") as unit:
        await events.take_step(unit, sent.event_id, "lose")
    kept = await accept_or_refuse(
        lambda: unit_of_work(runtime.sessions, SYSTEM), Wish(sent.version_id, "Claudia")
    )
    assert not kept
    async with work("manager") as unit:
        refused = await happened(unit, sent.version_id, "refused")
    assert "lost" in refused[-1].words
    with pytest.raises(NotOpen):
        async with work("manager") as unit:
            version = await unit.session.get_one(QuoteVersion, sent.version_id)
            version.state = "expired"
            await unit.session.flush()
            await accept(unit, Wish(sent.version_id, "Claudia"))
