"""What the tests of invoices build upon: an event with a client and a quote that was accepted."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import msgspec

from app.db.models import Client, Event, Quote, QuoteVersion
from app.db.models.invoice import Payment
from app.domain.clients.service import create_client
from app.domain.documents.content import Document, Line, Recipient, Sender, fingerprint, to_json
from app.domain.documents.summing import summed
from app.domain.pricing.sums import Discount
from app.domain.quotes.service import create_quote
from app.lib.clock import now
from app.lib.unit_of_work import UnitOfWork
from tests.integration.booking import an_event

_numbers = count(1)
ZERO = Decimal(0)


def a_line(at: int, rate: str, tax: str = "19", **values: Any) -> Line:
    """A line of a quote."""
    return Line(
        key=f"rental:{at}", kind="rental", name=f"Gear {at}", rate=Decimal(rate), tax_percent=Decimal(tax),
        **values,
    )  # fmt: skip


def a_paper(lines: Sequence[Line], grants: dict[str, Discount] | None = None, **values: Any) -> Document:
    """A quote with these lines, added up."""
    given: dict[str, Any] = {
        "kind": "quote", "number": "Q-1", "title": "Show", "language": "en", "currency": "EUR", "places": 2,
        "dated": date(2031, 6, 1), "sender": Sender("Shop"), "recipient": Recipient(name="Client"),
        "groups": [], "options": [], "taxes": [], "subtotal": ZERO, "discount": ZERO, "net": ZERO,
        "tax": ZERO, "gross": ZERO, **values,
    }  # fmt: skip
    return summed(Document(**given), lines, grants)


async def a_client(work: UnitOfWork, **values: Any) -> Client:
    return await create_client(work, {"name": f"Client {next(_numbers)}", **values})


async def an_event_of_client(work: UnitOfWork, **values: Any) -> Event:
    client = await a_client(work)
    return await an_event(work, client_id=client.id, **values)


async def accepted(work: UnitOfWork, event: Event, document: Document) -> QuoteVersion:
    """A quote of an event that was accepted as it stands in the document."""
    version = await create_quote(work, event.id)
    quote = await work.session.get_one(Quote, version.quote_id)
    kept = to_json(msgspec.structs.replace(document, number=quote.number))
    version.content, version.content_hash = kept, fingerprint(kept)
    version.net, version.tax, version.gross = document.net, document.tax, document.gross
    version.currency, version.state, version.sent_at = document.currency, "sent", now()
    await work.session.flush()
    version.state = "accepted"
    await work.session.flush()
    return version


async def an_agreed_event(work: UnitOfWork, *lines: Line, **values: Any) -> Event:
    """An event whose client accepted these lines; 1,000.00 without tax if none are given."""
    event = await an_event_of_client(work)
    await accepted(work, event, a_paper(lines or (a_line(1, "1000"),), **values))
    return event


async def a_payment(work: UnitOfWork, invoice: Any, amount: str) -> None:
    """Money that came in for an invoice."""
    work.session.add(
        Payment(
            client_id=invoice.client_id, event_id=invoice.event_id, invoice_id=invoice.id,
            method="transfer", amount=Decimal(amount), currency=invoice.currency,
            received_on=invoice.issued_on, nonce=f"test-{next(_numbers)}",
        )
    )  # fmt: skip
    await work.session.flush()
