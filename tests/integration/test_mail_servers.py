"""Mail servers as there are: with TLS, a sign-in, moods. Each failure has its state and says what to do."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.config import MailServer
from app.db.models import Mail
from app.domain.documents.printing import press_of
from app.domain.mail import sending
from app.domain.mail.attaching import attaching
from app.domain.mail.sending import PostOffice, send_mail
from app.domain.mail.service import write_mail
from tests.integration.postbox import ACCOUNT, HANGS_UP, Postbox, guarded_postbox, postbox

Try = Callable[..., Any]


@pytest.fixture
def tried(app: Any, work: Any) -> Try:
    """Write a letter and try once to send it; returns it as it is then."""
    runtime = app.app.state.runtime

    async def attempt(server: MailServer, recipient: str = "claudia@helvetia.example") -> Mail:
        async with work("manager") as unit:
            mail = await write_mail(unit, recipient, "Quote Q-1", "Hello")
        await send_mail(PostOffice(runtime.sessions, server, attaching(press_of(runtime))), mail.id)
        async with work("manager") as unit:
            return await unit.session.get_one(Mail, mail.id)

    return attempt


def through(box: Postbox, security: str, **other: Any) -> MailServer:
    """The settings with which letters get there."""
    given = {"security": security, "username": ACCOUNT[0], "password": ACCOUNT[1]}
    return replace(box.server, **given, ca_file=str(box.certificate or ""), **other)


def told(mail: Mail) -> tuple[str, int, str]:
    return mail.state, mail.attempts, mail.problem


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_letter_goes_through_tls_with_a_sign_in(tried: Try, tmp_path: Path, security: str) -> None:
    async with guarded_postbox(tmp_path, security) as box:
        mail = await tried(through(box, security))
    assert told(mail) == ("sent", 1, "")
    [letter] = box.letters
    assert letter["to"] == "claudia@helvetia.example"


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_trusts_is_not_trusted(
    tried: Try, tmp_path: Path, security: str
) -> None:
    async with guarded_postbox(tmp_path, security) as box:
        mail = await tried(replace(through(box, security), ca_file=""))
    state, _, problem = told(mail)
    assert state == "queued", "it is put right by a setting, and the next try goes through"
    assert "The certificate of the mail server is not trusted: self-signed certificate." in problem
    assert "SMTP_CA_FILE" in problem
    assert box.letters == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_of_somebody_else_is_not_trusted(
    tried: Try, tmp_path: Path, security: str
) -> None:
    async with guarded_postbox(tmp_path, security, names="DNS:mail.example") as box:
        mail = await tried(through(box, security))
    assert (mail.state, mail.attempts) == ("queued", 1)
    assert re.search(r"not trusted: .*not valid for '127\.0\.0\.1'", mail.problem)
    assert box.letters == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_wrong_password_is_said_and_tried_again(tried: Try, tmp_path: Path, security: str) -> None:
    async with guarded_postbox(tmp_path, security) as box:
        mail = await tried(replace(through(box, security), password="wrong"))
        nobody = await tried(replace(through(box, security), username="", password=""))
    assert (mail.state, mail.attempts) == ("queued", 1)
    assert "does not take SMTP_USERNAME and SMTP_PASSWORD: 535" in mail.problem
    assert "wrong" not in mail.problem, "a password is told nobody"
    assert (nobody.state, nobody.attempts) == ("queued", 1)
    assert "wants somebody to sign in: set SMTP_USERNAME and SMTP_PASSWORD. 530" in nobody.problem


async def test_a_recipient_may_be_refused_for_good_or_for_now(tried: Try, tmp_path: Path) -> None:
    async with guarded_postbox(tmp_path, "starttls") as box:
        gone = await tried(through(box, "starttls"), "nobody@helvetia.example")
        later = await tried(through(box, "starttls"), "later@helvetia.example")
    assert told(gone) == (
        "failed", 1, "The mail server does not take letters to nobody@helvetia.example: 550 5.1.1 No such mailbox",
    )  # fmt: skip
    assert (later.state, later.attempts) == ("queued", 1)
    assert "later@helvetia.example: 451" in later.problem


async def test_a_server_that_goes_away_or_was_never_there_is_tried_again(tried: Try, tmp_path: Path) -> None:
    async with guarded_postbox(tmp_path, "tls") as box:
        box.refusals = [HANGS_UP]
        cut = await tried(through(box, "tls"))
        whole = await tried(through(box, "tls"))
    away = await tried(through(box, "tls"))
    unknown = await tried(replace(through(box, "tls"), host="mail.invalid"))
    assert told(cut) == ("queued", 1, "The mail server hung up before it had taken the letter.")
    assert whole.state == "sent"
    for mail in (away, unknown):
        assert mail.state == "queued"
        assert mail.problem.startswith("The mail server cannot be reached: ")


async def test_settings_that_do_not_fit_the_server_are_named(
    tried: Try, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with postbox() as plain:
        unable = await tried(replace(plain.server, security="starttls"))
        other = await tried(replace(plain.server, security="tls"))
    monkeypatch.setattr(sending, "PATIENCE", 0.5)
    async with guarded_postbox(tmp_path, "tls") as box:
        silent = await tried(replace(through(box, "none"), username="", password=""))
    assert "cannot be used with these settings: SMTP STARTTLS" in unable.problem
    assert (
        "No encrypted connection to the mail server: wrong version number. Check SMTP_SECURITY and SMTP_PORT."
        in other.problem
    )
    assert "does not answer. Check SMTP_HOST, SMTP_PORT and SMTP_SECURITY." in silent.problem
    assert {unable.state, other.state, silent.state} == {"queued"}
    assert plain.letters == [], "nothing goes through in the clear that was to be encrypted"
