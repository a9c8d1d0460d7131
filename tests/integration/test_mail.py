"""Letters: written with what they tell of, sent once by a job to a real mail server, tried again."""

import asyncio
import socket
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from app.db.models import Mail
from app.domain.documents.printing import press_of
from app.domain.mail.attaching import attaching
from app.domain.mail.policy import MOST_ATTEMPTS
from app.domain.mail.sending import PostOffice, send_mail
from app.domain.mail.service import send_again, write_mail
from app.jobs.worker import JobWorker
from app.lib.errors import Conflict
from tests.integration.importing import rows, value
from tests.integration.offers import a_sent_quote
from tests.integration.postbox import Postbox, postbox


@pytest.fixture
def runtime(app: Any) -> Any:
    return app.app.state.runtime


@pytest_asyncio.fixture(loop_scope="session")
async def box() -> AsyncGenerator[Postbox]:
    async with postbox() as found:
        yield found


def office(runtime: Any, box: Postbox) -> PostOffice:
    return PostOffice(runtime.sessions, box.server, attaching(press_of(runtime)))


async def a_letter(work: Any, **about: Any) -> int:
    async with work("manager") as unit:
        mail = await write_mail(unit, "claudia@helvetia.example", "Quote\n Q-1", "Hello, grüezi", **about)
    return mail.id


async def mail_of(work: Any, mail_id: int) -> Mail:
    async with work("manager") as unit:
        return await unit.session.get_one(Mail, mail_id)


async def waiting(runtime: Any, mail_id: int) -> list[Any]:
    """Its jobs."""
    told = "select * from procrastinate_jobs where lock = :lock and status = 'todo' order by id"
    return await rows(runtime, told, lock=f"mail-{mail_id}")


async def test_a_letter_exists_and_is_promised_exactly_when_its_transaction_was_committed(
    runtime: Any, work: Any
) -> None:
    async def write_and_fail() -> None:
        async with work("manager") as unit:
            await write_mail(unit, "nobody@example.com", "Never", "Never")
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await write_and_fail()
    assert await value(runtime, "select count(*) from mail where subject = 'Never'") == 0
    mail_id = await a_letter(work)
    [job] = await waiting(runtime, mail_id)
    assert (job.task_name, job.args) == ("send_mail", {"mail_id": mail_id})


async def test_it_is_sent_with_the_pdf_of_the_quote_and_once(runtime: Any, work: Any, box: Postbox) -> None:
    async with work("manager") as unit:
        sent = await a_sent_quote(unit)
    mail_id = await a_letter(work, quote_version_id=sent.version_id)
    for _ in range(2):
        await send_mail(office(runtime, box), mail_id)
    [letter] = box.letters
    assert letter["to"] == "claudia@helvetia.example"
    assert letter["from"] == "Northlight AV <hire@northlight.example>"
    assert letter["subject"] == "Quote Q-1", "a header has one line"
    body = letter.get_body()
    assert body is not None
    assert "grüezi" in body.get_content()
    [pdf] = letter.iter_attachments()
    assert pdf.get_content_type() == "application/pdf"
    assert pdf.get_content().startswith(b"%PDF")
    assert pdf.get_filename().endswith(".pdf")
    mail = await mail_of(work, mail_id)
    assert (mail.state, mail.attempts, mail.problem) == ("sent", 1, "")
    told = "select action from change where entity = 'quote_version' and entity_id = :id order by id desc limit 1"
    assert await value(runtime, told, id=sent.version_id) == "quote_version.mailed"


async def test_what_fails_in_passing_is_tried_later_under_the_same_id(
    runtime: Any, work: Any, box: Postbox
) -> None:
    mail_id = await a_letter(work)
    box.refusals = ["451 Busy, come back later"]
    await send_mail(office(runtime, box), mail_id)
    mail = await mail_of(work, mail_id)
    assert (mail.state, mail.attempts) == ("queued", 1)
    assert "451" in mail.problem
    first, again = await waiting(runtime, mail_id)
    assert first.scheduled_at is None
    assert again.scheduled_at is not None, "it waits for its time"
    await send_mail(office(runtime, box), mail_id)
    mail = await mail_of(work, mail_id)
    assert (mail.state, mail.attempts, mail.problem) == ("sent", 2, "")
    other = await a_letter(work)
    await send_mail(office(runtime, box), other)
    ids = [letter["message-id"] for letter in box.letters]
    assert len(set(ids)) == 2
    # as if the worker had died right after the server took it: who gets it twice can tell
    async with work("manager") as unit:
        found = await unit.session.get_one(Mail, mail_id)
        found.state, found.sent_at = "queued", None
        await unit.session.flush()
    await send_mail(office(runtime, box), mail_id)
    assert [letter["message-id"] for letter in box.letters] == [*ids, ids[0]]


async def test_what_is_refused_for_good_fails_at_once_and_can_be_tried_again(
    runtime: Any, work: Any, box: Postbox
) -> None:
    mail_id = await a_letter(work)
    box.refusals = ["550 No such mailbox"]
    await send_mail(office(runtime, box), mail_id)
    mail = await mail_of(work, mail_id)
    assert (mail.state, mail.attempts) == ("failed", 1)
    assert "550" in mail.problem
    async with work("manager") as unit:
        await send_again(unit, mail_id)
    await send_mail(office(runtime, box), mail_id)
    assert (await mail_of(work, mail_id)).state == "sent"
    async with work("manager") as unit:
        with pytest.raises(Conflict):
            await send_again(unit, mail_id)


async def test_it_gives_up_in_the_end(runtime: Any, work: Any) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        away = Postbox(port=nobody.getsockname()[1])
        mail_id = await a_letter(work)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            assert (await mail_of(work, mail_id)).state == "queued", attempt
            await send_mail(office(runtime, away), mail_id)
    mail = await mail_of(work, mail_id)
    assert (mail.state, mail.attempts) == ("failed", MOST_ATTEMPTS)
    assert "cannot be reached" in mail.problem


async def test_two_workers_send_a_letter_once(runtime: Any, work: Any, box: Postbox) -> None:
    mail_id = await a_letter(work)
    await asyncio.gather(*(send_mail(office(runtime, box), mail_id) for _ in range(4)))
    assert len(box.letters) == 1


async def test_without_a_mail_server_it_says_so(runtime: Any, work: Any, box: Postbox) -> None:
    mail_id = await a_letter(work)
    await send_mail(replace(office(runtime, box), server=None), mail_id)
    mail = await mail_of(work, mail_id)
    assert mail.state == "failed"
    assert "SMTP_HOST" in mail.problem


async def test_a_worker_sends_what_is_written(runtime: Any, work: Any, box: Postbox) -> None:
    settings = runtime.settings
    runtime.settings = replace(settings, mail=box.server)
    worker = await JobWorker(runtime).start()
    try:
        mail_id = await a_letter(work)
        deadline = time.monotonic() + 30
        while (await mail_of(work, mail_id)).state != "sent":
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
    finally:
        await worker.stop()
        runtime.settings = settings
    assert [letter["subject"] for letter in box.letters if f"<{mail_id}." in letter["message-id"]] == [
        "Quote Q-1"
    ]
