"""The selects behind invoices in the API."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import case, select

from app.db.models.invoice import Invoice, InvoiceLine
from app.domain.invoices.api_schemas import InvoiceLineRecord, InvoiceRecord
from app.domain.invoices.policy import CREDIT_NOTE
from app.domain.invoices.queries import CREDITED, OPEN, PAID
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter

_SUMS = frozenset({"credited", "paid", "open"})

INVOICES = Records(
    statement=select(
        *columns_of(Invoice, InvoiceRecord, but=_SUMS),
        CREDITED.label("credited"),
        PAID.label("paid"),
        case((Invoice.kind == CREDIT_NOTE, None), else_=OPEN).label("open"),
    ).where(Invoice.deleted_at.is_(None)),
    order=Order(
        keys={
            "id": Key(Invoice.id, int),
            "number": Key(Invoice.number, nullable=True),
            "gross": Key(Invoice.gross, Decimal, nullable=True),
            "created_at": Key(Invoice.created_at, datetime),
            "updated_at": Key(Invoice.updated_at, datetime),
        },
        default="id",
        id=Invoice.id,
    ),
    convert=converter(InvoiceRecord),
    path="/api/invoices",
    missing="This invoice does not exist, or was deleted.",
)
LINES = Records(
    statement=select(*columns_of(InvoiceLine, InvoiceLineRecord))
    .join(Invoice, (Invoice.id == InvoiceLine.invoice_id) & Invoice.deleted_at.is_(None))
    .where(InvoiceLine.deleted_at.is_(None)),
    order=Order(
        keys={"id": Key(InvoiceLine.id, int), "position": Key(InvoiceLine.position, int)},
        default="position",
        id=InvoiceLine.id,
    ),
    convert=converter(InvoiceLineRecord),
    path="/api/invoice-lines",
    missing="This line does not exist, or was deleted.",
)


def invoice_conditions(
    *,
    q: str = "",
    kind: str | None = None,
    state: str | None = None,
    client_id: int | None = None,
    event_id: int | None = None,
    first: date | None = None,
    last: date | None = None,
    updated_since: datetime | None = None,
) -> Conditions:
    """Which invoices a list shows; None and empty text are no filter."""
    return [
        *has_words(q, Invoice.title, _number()),
        *all_of(
            equal(Invoice.kind, kind),
            equal(Invoice.state, state),
            equal(Invoice.client_id, client_id),
            equal(Invoice.event_id, event_id),
            None if first is None else Invoice.issued_on >= first,
            None if last is None else Invoice.issued_on <= last,
            not_before(Invoice.updated_at, updated_since),
        ),
    ]


def _number() -> Any:
    return case((Invoice.number.is_(None), ""), else_=Invoice.number)
