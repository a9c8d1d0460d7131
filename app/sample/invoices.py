"""What the sample company has asked to be paid: an overdue invoice, a deposit that was paid, a draft."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db.models import Event, User
from app.db.models.invoice import Invoice
from app.domain.invoices.drafts import add_line
from app.domain.invoices.issuing import issue, remind
from app.domain.invoices.service import deposit_invoice, edit_invoice, final_invoice
from app.domain.payments.service import NewPayment, record_payment
from app.lib.clock import now
from app.lib.unit_of_work import Actor, UnitOfWork
from app.sample.company import COMPANY

_OCTOBER: tuple[dict[str, Any], ...] = (
    {"name": "Lecture hall, sound for October", "rate": Decimal("1180.0000")},
    {"name": "Technician on call", "quantity": Decimal(3), "rate": Decimal("95.0000")},
)
_CLEANING: dict[str, Any] = {"name": "Cleaning of cables after rain", "rate": Decimal("60.0000")}
_TAX: dict[str, Any] = {"tax_percent": Decimal(19)}


async def load_invoices(work: UnitOfWork, people: Mapping[str, User]) -> None:
    """Issue some invoices, after quotes were accepted. `people` are by username."""
    events = {name: key for key, name in await work.session.execute(select(Event.id, Event.name))}
    actor, operation, person = work.actor, work.operation, people["manager"]
    work.actor = Actor(person.id, person.label, person.role)
    await _overdue(work, events["Nordlicht lecture series"])
    await _paid_deposit(work, events["Meyer annual meeting"])
    work.operation = uuid4()
    draft = await final_invoice(work, events["Meyer annual meeting"])
    await add_line(work, draft.id, _CLEANING | _TAX)
    work.actor, work.operation = actor, operation


async def _overdue(work: UnitOfWork, event_id: int) -> None:
    work.operation = uuid4()
    draft = await final_invoice(work, event_id)
    await edit_invoice(work, draft.id, {"title": "Lecture series, October", "due_days": 14}, version=None)
    for line in _OCTOBER:
        await add_line(work, draft.id, line | _TAX)
    await _issued_at(work, draft, now() - timedelta(days=40))
    await remind(work, draft.id)


async def _paid_deposit(work: UnitOfWork, event_id: int) -> None:
    work.operation = uuid4()
    deposit = await deposit_invoice(work, event_id, percent=Decimal(30))
    issued = await _issued_at(work, deposit, now() - timedelta(days=3))
    paid = NewPayment(
        amount=issued.gross or Decimal(0),
        method="transfer",
        received_on=now().astimezone(ZoneInfo(COMPANY.time_zone)).date(),
        nonce=f"sample-{issued.number}",
        invoice_id=issued.id,
    )
    await record_payment(work, paid)


async def _issued_at(work: UnitOfWork, draft: Invoice, moment: datetime) -> Invoice:
    work.moment = moment
    issued = await issue(work, draft.id)
    work.moment = None
    return issued
