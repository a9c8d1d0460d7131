"""What tests of payments begin with: issued invoices, and a provider to pay at."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from app.db.models import Client
from app.db.models.invoice import Invoice
from app.domain.documents.content import Document, Recipient, Sender, fingerprint, to_json

DAY = date(2026, 11, 2)
_numbers = count(1)


async def client_of(work: Any, name: str = "Nordwind Events") -> Client:
    """A client to ask for money."""
    client = Client(name=f"{name} {next(_numbers)}", kind="company")
    work.session.add(client)
    await work.session.flush()
    return client


async def issued(
    work: Any, gross: str = "100.00", *, client: Client | None = None, kind: str = "final",
    currency: str = "EUR", event_id: int | None = None, on: Invoice | None = None, language: str = "en",
) -> Invoice:  # fmt: skip
    """An invoice as it stands once it was issued; with `on` a credit note on that one."""
    owner = on.client_id if on else (client or await client_of(work)).id
    amount, number = Decimal(gross), f"T-2026-{next(_numbers):04}"
    content = to_json(_document(number, kind, amount, currency, language))
    invoice = Invoice(
        kind=kind, state="issued", number=number, client_id=owner, event_id=event_id, title="Autumn gala",
        credits_id=on.id if on else None, currency=currency, language=language, issued_on=DAY, due_on=DAY,
        content=content, content_hash=fingerprint(content), net=amount, tax=Decimal(0), gross=amount,
    )  # fmt: skip
    work.session.add(invoice)
    await work.session.flush()
    return invoice


def _document(number: str, kind: Any, gross: Decimal, currency: str, language: str) -> Document:
    return Document(
        kind=kind, number=number, title="Autumn gala", language=language, currency=currency, places=2, dated=DAY,
        sender=Sender("Lumen Rentals", email="office@lumen.example", iban="DE89370400440532013000"),
        recipient=Recipient(name="Nordwind Events"), groups=[], options=[], taxes=[], subtotal=gross,
        discount=Decimal(0), net=gross, tax=Decimal(0), gross=gross, due_on=DAY,
    )  # fmt: skip
