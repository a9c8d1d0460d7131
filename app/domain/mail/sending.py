"""Sending a letter: outside of any transaction, alone, and noted afterwards whatever came of it.

The conversation with a mail server may take half a minute, and an open transaction would hold back the news
of all pages for as long. So what keeps two jobs from sending the same letter is a lock of the session, not of
the row.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_sessionmaker

from app.config import MailServer
from app.db.models import Mail
from app.domain.mail.policy import Attachment, Letter, Matter, message_of
from app.domain.mail.problems import problem_of
from app.domain.mail.service import locked, note_failure, note_sent
from app.lib.errors import DomainError, Unavailable
from app.lib.unit_of_work import SYSTEM, UnitOfWork, unit_of_work

PATIENCE = 30.0
_LOCK = text("select pg_try_advisory_lock(hashtextextended(:name, 0))")
_UNLOCK = text("select pg_advisory_unlock(hashtextextended(:name, 0))")
_READ = text("""
    select m.id, m.recipient, m.subject, m.words, m.created_at as written_at from mail m
    where m.id = :id and m.state = 'queued'
""")
_ABOUT = text("select quote_version_id, happening_id, invoice_id from mail where id = :id")

Attach = Callable[[AsyncConnection, Matter], Awaitable[Sequence[Attachment]]]

log = structlog.get_logger("app.mail")


@dataclass(frozen=True, slots=True)
class PostOffice:
    """What sending needs: the database, the mail server if there is one, and how PDFs are made.

    `attach` is given what a letter is about.
    """

    sessions: async_sessionmaker[AsyncSession]
    server: MailServer | None
    attach: Attach


async def send_mail(office: PostOffice, mail_id: int) -> None:
    """Send a letter that waits, once. What fails is noted, and promised again unless it fails for good."""
    async with _alone(office.sessions, f"mail-{mail_id}") as connection:
        if connection is None:
            return
        row = (await connection.execute(_READ, {"id": mail_id})).mappings().one_or_none()
        if row is None:
            return
        letter = Letter(**row)
        problem, for_good = await _try(office, connection, letter)
        async with unit_of_work(office.sessions, SYSTEM) as work:
            mail = await locked(work, mail_id)
            if mail is not None and mail.state == "queued":
                await _note(work, mail, problem, for_good=for_good)


async def deliver(server: MailServer, message: EmailMessage) -> None:
    """Hand a message in. Raises OSError, TimeoutError and what the library raises."""
    await aiosmtplib.send(
        message,
        hostname=server.host,
        port=server.port,
        username=server.username or None,
        password=server.password or None,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        timeout=PATIENCE,
        cert_bundle=server.ca_file or None,
    )


async def _try(office: PostOffice, connection: AsyncConnection, letter: Letter) -> tuple[str, bool]:
    """What went wrong (nothing: an empty text), and whether it always will."""
    if office.server is None:
        return "There is no mail server: set SMTP_HOST and MAIL_FROM.", True
    try:
        about = Matter(**(await connection.execute(_ABOUT, {"id": letter.id})).mappings().one())
        attachments = await office.attach(connection, about)
        await deliver(office.server, message_of(letter, office.server.sender, attachments))
    except DomainError as error:
        return error.message, not isinstance(error, Unavailable)
    except (aiosmtplib.SMTPException, OSError) as error:
        problem = problem_of(error)
        return problem.words, problem.for_good
    except ValueError as error:  # an address or a subject that no header takes
        log.warning("unusable_letter", mail_id=letter.id, exc_info=error)
        return "The address or the subject cannot be used.", True
    return "", False


async def _note(work: UnitOfWork, mail: Mail, problem: str, *, for_good: bool) -> None:
    if not problem:
        await note_sent(work, mail)
        log.info("mail_sent", mail_id=mail.id, attempts=mail.attempts)
        return
    await note_failure(work, mail, problem, for_good=for_good)
    log.warning("mail_failed", mail_id=mail.id, attempts=mail.attempts, state=mail.state, problem=problem)


@asynccontextmanager
async def _alone(
    sessions: async_sessionmaker[AsyncSession], name: str
) -> AsyncGenerator[AsyncConnection | None]:
    """A connection without a transaction that holds the lock of this name; None where another has it."""
    async with sessions() as session:
        connection = await session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        if not await connection.scalar(_LOCK, {"name": name}):
            yield None
            return
        try:
            yield connection
        finally:
            await connection.execute(_UNLOCK, {"name": name})
