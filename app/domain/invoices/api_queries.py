"""The selects behind invoices in the API, and their filters."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from litestar.params import FromQuery, QueryParameter
from sqlalchemy import case, select

from app.db.models.invoice import Invoice, InvoiceLine
from app.domain.invoices.api_schemas import InvoiceLineRecord, InvoiceRecord, Kind, State
from app.domain.invoices.policy import CREDIT_NOTE
from app.domain.invoices.queries import CREDITED, OPEN, PAID
from app.lib.conditions import Conditions, all_of, equal, has_words, not_before
from app.lib.fields import clean
from app.web.api import FilterInstant, read_instant
from app.web.api_paging import Key, Order
from app.web.api_records import Records, columns_of, converter, records_of
from app.web.parameters import FilterId

_SUMS = frozenset({"credited", "paid", "open"})

INVOICES = Records(
    statement=select(
        *columns_of(Invoice, InvoiceRecord, but=_SUMS),
        CREDITED.label("credited"),
        PAID.label("paid"),
        case((Invoice.kind == CREDIT_NOTE, None), else_=OPEN).label("open"),
    ).where(Invoice.deleted_at.is_(None)),
    order=Order.of(
        Invoice,
        "id",
        number=Key(Invoice.number, nullable=True),
        gross=Key(Invoice.gross, Decimal, nullable=True),
    ),
    convert=converter(InvoiceRecord),
    path="/api/invoices",
    missing="This invoice does not exist, or was deleted.",
)
LINES = records_of(
    InvoiceLine,
    InvoiceLineRecord,
    within=(Invoice, InvoiceLine.invoice_id),
    order=Order(
        keys={"id": Key(InvoiceLine.id, int), "position": Key(InvoiceLine.position, int)},
        default="position",
        id=InvoiceLine.id,
    ),
    path="/api/invoice-lines",
    missing="This line does not exist, or was deleted.",
)
Day = Annotated[date | None, QueryParameter(description="A day of issue like 2026-11-21, included.")]
IsState = Annotated[State | None, QueryParameter(name="state", description="Whether it was issued.")]


def provide_invoice_filter(
    *,
    q: Annotated[str, QueryParameter(description="Words in number and title.", max_length=200)] = "",
    kind: FromQuery[Kind | None] = None,
    wanted_state: IsState = None,
    client_id: FilterId = None,
    event_id: FilterId = None,
    first: Day = None,
    last: Day = None,
    updated_since: FilterInstant = None,
) -> Conditions:
    """Which invoices are wanted. Raises InvalidInput."""
    number = case((Invoice.number.is_(None), ""), else_=Invoice.number)
    return [
        *has_words(clean(q), Invoice.title, number),
        *all_of(
            equal(Invoice.kind, kind),
            equal(Invoice.state, wanted_state),
            equal(Invoice.client_id, client_id),
            equal(Invoice.event_id, event_id),
            None if first is None else Invoice.issued_on >= first,
            None if last is None else Invoice.issued_on <= last,
            not_before(Invoice.updated_at, read_instant(updated_since, "updated_since")),
        ),
    ]
