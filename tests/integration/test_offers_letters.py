"""Letters that follow by themselves: an order confirmed, a question answered; once, or not at all."""

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.db.models import Mail, QuoteHappening
from app.domain.clients.service import create_client
from app.domain.documents.printing import press_of
from app.domain.events import service as events
from app.domain.mail.attaching import attaching
from app.domain.mail.sending import PostOffice, send_mail
from app.domain.mail.service import write_mail
from app.domain.quotes.accepting import CannotBeKept, Wish, accept
from app.domain.quotes.happenings import ask
from app.domain.quotes.letters import Post
from app.domain.quotes.links import link_for
from app.domain.quotes.sending import send_version
from app.domain.quotes.service import create_quote
from app.lib.clock import now
from tests.integration.booking import MONDAY, a_rental, an_event, some_equipment
from tests.integration.offers import SECRET, Sent, a_client, a_sent_quote, content_of, form_of
from tests.integration.postbox import Postbox, postbox


@pytest.fixture
def runtime(app: Any) -> Any:
    return app.app.state.runtime


@pytest_asyncio.fixture(loop_scope="session")
async def box(runtime: Any) -> AsyncGenerator[Postbox]:
    """A mail server that the application knows of."""
    settings = runtime.settings
    async with postbox() as found:
        runtime.settings = replace(settings, mail=found.server)
        yield found
    runtime.settings = settings


async def letters_of(work: Any, version_id: int) -> list[Mail]:
    async with work("manager") as unit:
        found = await unit.session.scalars(
            select(Mail).where(Mail.quote_version_id == version_id).order_by(Mail.id)
        )
        return list(found)


async def deliver(runtime: Any, box: Postbox, mail: Mail) -> None:
    await send_mail(PostOffice(runtime.sessions, box.server, attaching(press_of(runtime))), mail.id)


async def accepted_online(app: Any, sent: Sent) -> str:
    """The page of a client that has accepted."""
    guest = await a_client(app, sent.path)
    form = form_of((await guest.get(f"{sent.path}?options={sent.key}")).text)
    answer = await guest.post(f"{sent.path}/acceptance", data={**form, "options": sent.key})
    assert answer.status_code == 303
    return str((await guest.get(sent.path)).text)


async def test_who_accepts_gets_the_confirmation_as_a_pdf(
    app: Any, work: Any, runtime: Any, box: Postbox, sign_in: Any
) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    page = await accepted_online(app, sent)
    assert "We send the order confirmation to office@helvetia.example." in page
    [mail] = await letters_of(work, sent.version_id)
    panel = f"/quotes/{sent.quote_id}/versions/1/sending"
    office = await sign_in("employee")
    assert re.search(
        r"On its way.*Order confirmation.*office@helvetia", (await office.get(panel)).text, re.DOTALL
    )
    box.refusals = ["451 Busy, come back later"]
    await deliver(runtime, box, mail)
    assert "Busy" in (await office.get(panel)).text
    await deliver(runtime, box, mail)
    [letter] = box.letters
    assert letter["to"] == "office@helvetia.example"
    assert letter["subject"].startswith("Order confirmation Q-")
    body = letter.get_body()
    assert body is not None
    assert "Dear Claudia Bärtschi," in body.get_content()
    assert f"http://test{sent.path}" in body.get_content()
    [pdf] = letter.iter_attachments()
    assert pdf.get_filename().startswith("Order confirmation Q-")
    assert pdf.get_content().startswith(b"%PDF")
    assert "Sent" in (await office.get(panel)).text


async def test_without_a_mail_server_nothing_is_promised_and_the_paper_is_at_the_link(
    app: Any, work: Any, sign_in: Any
) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    guest = await a_client(app, sent.path)
    assert (await guest.get(f"{sent.path}/confirmation.pdf")).status_code == 404, "it is not accepted yet"
    page = await accepted_online(app, sent)
    assert "We send" not in page
    [address] = re.findall(r'href="([^"]+/confirmation\.pdf[^"]*)"', page)
    paper = await guest.get(address)
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert "Order%20confirmation" in paper.headers["content-disposition"].replace(" ", "%20")
    office = await sign_in("employee")
    answers = f"/quotes/{sent.quote_id}/versions/1/answers"
    assert (await office.post(answers, data={"answer": "Yes."})).status_code == 303
    assert await letters_of(work, sent.version_id) == []


async def test_an_answer_goes_to_whoever_got_the_quote_in_the_language_of_the_quote(
    work: Any, runtime: Any, box: Postbox, sign_in: Any
) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        await ask(unit, sent.version_id, name="Claudia", words="Is there a forklift?")
        await write_mail(unit, "claudia@helvetia.example", "Quote", "Quote", quote_version_id=sent.version_id)
    office = await sign_in("employee")
    for said in ("Yes, until noon.", "And after that a second one."):
        answers = f"/quotes/{sent.quote_id}/versions/1/answers"
        assert (await office.post(answers, data={"answer": said})).status_code == 303
    _quote, first, second = await letters_of(work, sent.version_id)
    for mail in (first, second):
        await deliver(runtime, box, mail)
    one, other = box.letters
    assert one["to"] == other["to"] == "claudia@helvetia.example"
    body = one.get_body()
    assert body is not None
    assert "Yes, until noon." in body.get_content()
    assert f"http://test{sent.path}" in body.get_content()
    assert list(one.iter_attachments()) == [], "an answer brings no paper"
    panel = (await office.get(f"/quotes/{sent.quote_id}/versions/1/sending")).text
    assert len(re.findall(r"Answer <span", panel)) == 2


async def test_a_german_client_reads_german_and_the_office_english(app: Any, work: Any, sign_in: Any) -> None:
    async with work("manager") as unit:
        client = await create_client(
            unit, {"name": "Nordlicht GmbH", "email": "buero@nordlicht.example", "language": "de"}
        )
        event = await an_event(unit, client_id=client.id)
        await a_rental(unit, event, await some_equipment(unit, 2, daily_rate=Decimal(50)), 1)
        version = await create_quote(unit, event.id)
        await send_version(unit, version.id, today=now().date())
        link = await link_for(unit, SECRET, version.quote_id)
        line = (await content_of(unit, version.id)).groups[0].lines[0]
        await accept(unit, Wish(version.id, "Frau Petersen", post=Post()))
    [mail] = await letters_of(work, version.id)
    assert mail.subject.startswith("Auftragsbestätigung")
    assert "vielen Dank" in mail.words
    assert "/q/" not in mail.words, "nobody said that it has to be in it"
    guest = await a_client(app, link.path)
    page = (await guest.get(link.path)).text
    office = await sign_in("employee")
    why = (await office.get(f"/quote-versions/{version.id}/lines/{line.key}/explanation")).text
    paper = (await office.get(f"/quotes/{version.quote_id}/versions/1/paper")).text
    assert "Wir senden die Auftragsbestätigung an buero@nordlicht.example." in page
    assert "Its own daily rate." in line.explanation
    for sentence in line.explanation:
        assert sentence in why
        assert sentence not in page + paper


async def test_what_cannot_be_kept_is_not_confirmed_by_mail(app: Any, work: Any, box: Postbox) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
        days = {"out_start": MONDAY.replace(day=9), "out_end": MONDAY.replace(day=10)}
        await events.edit_event(unit, sent.event_id, days, version=None)
    guest = await a_client(app, sent.path)
    page = await guest.get(sent.path)
    await guest.post(f"{sent.path}/acceptance", data=form_of(page.text))
    page = await guest.get(sent.path)
    assert "we will come back to you" in page.text
    assert "We send" not in page.text
    assert await letters_of(work, sent.version_id) == []
    with pytest.raises(CannotBeKept):
        async with work("manager") as unit:
            await accept(unit, Wish(sent.version_id, "Claudia", post=Post()))
    assert await letters_of(work, sent.version_id) == []


async def test_accepted_by_two_at_once_one_confirmation_is_written(app: Any, work: Any, box: Postbox) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    guests = [await a_client(app, sent.path) for _ in range(2)]
    form = form_of((await guests[0].get(sent.path)).text)
    answers = await asyncio.gather(*(guest.post(f"{sent.path}/acceptance", data=form) for guest in guests))
    assert [one.status_code for one in answers] == [303, 303]
    assert len(await letters_of(work, sent.version_id)) == 1
    # and by the database: a second letter of the same acceptance is refused
    async with work("manager") as unit:
        accepted = await unit.session.scalar(
            select(QuoteHappening.id).where(
                QuoteHappening.version_id == sent.version_id, QuoteHappening.kind == "accepted"
            )
        )
        with pytest.raises(IntegrityError, match="uq_mail_happening_id"):
            async with unit.session.begin_nested():
                await write_mail(unit, "a@example.com", "Again", "Again", happening_id=accepted)
