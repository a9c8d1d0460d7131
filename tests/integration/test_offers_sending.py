"""Sending a version: frozen as it was, in place of what was open before; and what becomes of it in time."""

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from app.db.models import Event, Quote, QuoteVersion
from app.domain.documents.content import fingerprint
from app.domain.events import rentals
from app.domain.inventory.service import edit_equipment
from app.domain.quotes.happenings import NotOpen
from app.domain.quotes.sending import expire_versions, send_version, withdraw_version
from app.domain.quotes.service import create_quote, edit_version, new_version
from app.jobs.tasks import expire_quotes_that_ended
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from tests.integration.booking import a_rental, an_event, some_equipment
from tests.integration.offers import a_sent_quote, content_of

TODAY = now().date()


async def version_of(work: Any, version_id: int) -> QuoteVersion:
    async with work("manager") as unit:
        return await unit.session.get_one(QuoteVersion, version_id)


async def test_what_was_sent_stays_whatever_changes(work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    before = await version_of(work, sent.version_id)
    assert (before.state, before.gross) == ("sent", before.net + before.tax)
    assert before.content_hash == fingerprint(before.content)
    async with work("manager") as unit:
        await edit_equipment(unit, sent.gear.id, {"daily_rate": Decimal(999)}, version=None)
        await rentals.edit_rental(unit, sent.rental.id, {"quantity": 1}, version=None)
        await unit.session.execute(update(Event).values(name="Called something else"))
    after = await version_of(work, sent.version_id)
    assert (after.content, after.content_hash, after.gross) == (
        before.content,
        before.content_hash,
        before.gross,
    )
    async with work("manager") as unit:
        with pytest.raises(Conflict, match="was sent"):
            await edit_version(unit, sent.version_id, {"title": "Cheaper"}, version=None)


async def test_a_draft_of_an_event_is_quoted_and_what_was_open_before_is_replaced(work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        assert (await unit.session.get_one(Event, sent.event_id)).status == "quoted"
    async with work("manager") as unit:
        second = await new_version(unit, sent.version_id)
        await send_version(unit, second.id, today=TODAY)
    assert (await version_of(work, sent.version_id)).state == "superseded"
    assert (await version_of(work, second.id)).state == "sent"
    async with work("manager") as unit:
        with pytest.raises(Conflict, match="sent already"):
            await send_version(unit, second.id, today=TODAY)


@pytest.mark.parametrize("wrong", ["over", "unpriced", "nobody", "empty"])
async def test_what_is_not_finished_is_not_sent(work: Any, wrong: str) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        gear = await some_equipment(unit, 1, daily_rate=None if wrong == "unpriced" else Decimal(10))
        client_id = (await unit.session.get_one(Event, sent.event_id)).client_id
        event = await an_event(unit, client_id=None if wrong == "nobody" else client_id)
        if wrong != "empty":
            await a_rental(unit, event, gear, 1)
        version = await create_quote(unit, event.id)
        if wrong == "over":
            await edit_version(unit, version.id, {"valid_until": now() - timedelta(minutes=1)}, version=None)
    field = {"over": "valid_until", "nobody": "client"}.get(wrong, "lines")
    async with work("manager") as unit:
        with pytest.raises(InvalidInput) as refused:
            await send_version(unit, version.id, today=TODAY)
        assert list(refused.value.fields) == [field]
    assert (await version_of(work, version.id)).state == "draft"


async def test_sent_by_two_at_once_it_is_sent_once(work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        draft = await new_version(unit, sent.version_id)

    async def send() -> bool:
        try:
            async with work("manager") as unit:
                await send_version(unit, draft.id, today=TODAY)
        except Conflict:
            return False
        return True

    assert sorted(await asyncio.gather(send(), send())) == [False, True]


async def test_it_expires_when_its_day_is_over(app: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent, other = await a_sent_quote(unit), await a_sent_quote(unit)
        assert await expire_versions(unit) == []
    async with work("manager") as unit:
        await unit.session.execute(text("alter table quote_version disable trigger user"))
        await unit.session.execute(
            update(QuoteVersion)
            .where(QuoteVersion.id == sent.version_id)
            .values(valid_until=now() - timedelta(seconds=1))
        )
        await unit.session.execute(text("alter table quote_version enable trigger user"))
    await expire_quotes_that_ended(app.app.state.runtime.sessions)
    assert (await version_of(work, sent.version_id)).state == "expired"
    assert (await version_of(work, other.version_id)).state == "sent"
    async with work("manager") as unit:
        with pytest.raises(NotOpen):
            await withdraw_version(unit, sent.version_id)


async def test_the_office_sends_by_a_link_and_copies_it(sign_in: Any, work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        draft = await new_version(unit, sent.version_id)
        title = (await content_of(unit, sent.version_id)).title
    office = await sign_in("employee")
    address = f"/quotes/{sent.quote_id}/versions/{draft.number}/sending"
    page = await office.get(address)
    assert "There is no mail server." in page.text
    refused = await office.post(address, data={"how": "mail", "recipient": "a@example.com", "subject": "x"})
    assert refused.status_code == 409
    assert (await office.post(address, data={"how": "link"})).status_code == 303
    page = await office.get(address)
    assert f"http://test{sent.path}" in page.text
    assert title in page.text
    for role, status in (("viewer", 403), ("technician", 403)):
        other = await sign_in(role)
        assert (await other.get(address)).status_code == status
        assert (await other.post(address, data={"how": "link"})).status_code == status
    assert (await office.post(f"/quotes/{sent.quote_id}/links")).status_code == 303
    assert sent.path not in (await office.get(address)).text
    assert (await office.post(f"/quotes/{sent.quote_id}/links/deletion")).status_code == 303
    assert "/q/" not in (await office.get(address)).text


async def test_a_quote_that_was_sent_stays(work: Any) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    with pytest.raises(IntegrityError, match="is final"):
        async with work("manager") as unit:
            await unit.session.execute(
                text("delete from quote_version where id = :id"), {"id": sent.version_id}
            )
    async with work("manager") as unit:
        assert await unit.session.get(Quote, sent.quote_id)
