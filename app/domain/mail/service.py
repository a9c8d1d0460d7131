"""Writing a letter, and what becomes of it. What it tells of hears of that too, so open pages do."""

from datetime import timedelta

from sqlalchemy import select

from app.db.base import Editable
from app.db.models import Invoice, Mail, QuoteVersion
from app.domain.mail.policy import MOST_ATTEMPTS, wait_after
from app.jobs.queue import enqueue
from app.lib.changes import note
from app.lib.clock import now
from app.lib.errors import Conflict, NotFound
from app.lib.unit_of_work import UnitOfWork

MAIL_TASK = "send_mail"


async def write_mail(
    work: UnitOfWork,
    recipient: str,
    subject: str,
    words: str,
    *,
    quote_version_id: int | None = None,
    happening_id: int | None = None,
    invoice_id: int | None = None,
) -> Mail:
    """Have a letter sent once this transaction is committed, with the PDF of what it is about.

    `recipient` is a checked address; `happening_id` the acceptance or answer that it tells of: there
    is one letter of each. Without a mail server a letter fails: ask for one first.
    """
    mail = Mail(
        recipient=recipient,
        subject=" ".join(subject.split()),
        words=words,
        quote_version_id=quote_version_id,
        happening_id=happening_id,
        invoice_id=invoice_id,
        written_by_id=work.actor.id,
    )
    work.session.add(mail)
    await work.session.flush()
    await _promise(work, mail)
    return mail


async def send_again(work: UnitOfWork, mail_id: int) -> Mail:
    """Try a letter that failed once more, from the first try on. Raises NotFound, Conflict."""
    mail = await locked(work, mail_id)
    if mail is None:
        raise NotFound("This letter does not exist.")
    if mail.state != "failed":
        raise Conflict("This letter is on its way, or was sent.")
    mail.state, mail.attempts = "queued", 0
    await work.session.flush()
    await _promise(work, mail)
    await _tell(work, mail, "mail_queued")
    return mail


async def locked(work: UnitOfWork, mail_id: int) -> Mail | None:
    """A letter, held until the transaction ends; None where it is gone."""
    statement = select(Mail).where(Mail.id == mail_id).with_for_update()
    found = await work.session.scalars(statement.execution_options(populate_existing=True))
    return found.one_or_none()


async def note_sent(work: UnitOfWork, mail: Mail) -> None:
    """The mail server took a locked letter."""
    mail.state, mail.problem, mail.sent_at = "sent", "", now()
    mail.attempts += 1
    await work.session.flush()
    await _tell(work, mail, "mailed")


async def note_failure(work: UnitOfWork, mail: Mail, problem: str, *, for_good: bool) -> None:
    """A try to send a locked letter failed: it is tried again later, or never."""
    mail.attempts += 1
    mail.problem = problem[:500]
    if for_good or mail.attempts >= MOST_ATTEMPTS:
        mail.state = "failed"
    else:
        await _promise(work, mail, wait_after(mail.attempts))
    await work.session.flush()
    await _tell(work, mail, "mail_failed" if mail.state == "failed" else "mail_delayed")


async def _promise(work: UnitOfWork, mail: Mail, wait: timedelta | None = None) -> None:
    at = now() + wait if wait else None
    await enqueue(work, MAIL_TASK, {"mail_id": mail.id}, lock=f"mail-{mail.id}", at=at)


async def _tell(work: UnitOfWork, mail: Mail, what: str) -> None:
    """Log it with the quote or the invoice that the letter is about."""
    subject: Editable | None = None
    if mail.quote_version_id is not None:
        subject = await work.session.get(
            QuoteVersion, mail.quote_version_id, with_for_update={"key_share": True}, populate_existing=True
        )
    elif mail.invoice_id is not None:
        subject = await work.session.get(
            Invoice, mail.invoice_id, with_for_update={"key_share": True}, populate_existing=True
        )
    if subject is not None:
        await note(work, subject, f"{subject.entity}.{what}")
