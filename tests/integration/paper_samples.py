"""Documents to print, whole as they are kept, without any record behind them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.domain.documents.content import Document, Line, Occasion, Recipient, Sender
from app.domain.documents.summing import summed
from app.domain.pricing.sums import Discount

SENDER = Sender(
    "Northlight AV",
    "Speicherstraße 14\n20457 Hamburg",
    "Hamburg",
    "+49 40 555 01 40",
    "hire@northlight.example",
    "northlight.example",
    "DE 214 555 018",
    None,
    "Hamburger Sparkasse",
    "DE89 3704 0044 0532 0130 00",
    "HASPDEHHXXX",
    "Europe/Berlin",
)
RECIPIENT = Recipient(
    1,
    "Helvetia Pharma AG",
    "Claudia Bärtschi",
    "Seefeldquai 17\n8008 Zürich",
    "claudia@helvetia.example",
    "CHE-123.456.789 MWST",
)
OCCASION = Occasion(
    1,
    "Annual Meeting 2026",
    "Kongresshalle Hafen",
    "",
    datetime(2026, 11, 25, 7, tzinfo=UTC),
    datetime(2026, 11, 28, 7, tzinfo=UTC),
    datetime(2026, 11, 25, 23, tzinfo=UTC),
    datetime(2026, 11, 27, 23, tzinfo=UTC),
)


def a_line(key: str, name: str, quantity: Any = 1, rate: Any = "100", **values: Any) -> Line:
    """A line charged for 3 days at factor 2.4, taxed at 19 percent, unless told otherwise."""
    usual = {"kind": "rental", "basis": "day", "units": 3, "multiple": "2.4", "tax_percent": "19"} | values
    for field in ("multiple", "tax_percent", "discount_percent", "discount_amount"):
        if field in usual:
            usual[field] = Decimal(usual[field])
    return Line(
        key=key,
        name=name,
        quantity=Decimal(quantity),
        rate=None if rate is None else Decimal(rate),
        **usual,
    )


def flat(key: str, name: str, rate: Any, quantity: Any = 1, **values: Any) -> Line:
    """A free line with a price of its own."""
    return a_line(key, name, quantity, rate, kind="free", basis="flat", units=1, multiple="1", **values)


RIG = [
    a_line("a", "L-Acoustics K2", 16, "165", heading="Sound", note="with 3 LA-RAK amplifier racks"),
    a_line("b", "Shure SM58", 12, "7", heading="Sound", discount_percent="10"),
    a_line("c", "Robe MegaPointe", 12, "95", heading="Light"),
    flat("d", "7.5 t truck, both ways", "840", heading="Crew and transport"),
    a_line("e", "Foyer light", 1, "468", optional=True, chosen=True),
    flat("f", "Recording of both days", "480", optional=True),
]


def a_document(
    lines: list[Line] | None = None, discounts: dict[str, Any] | None = None, **values: Any
) -> Document:
    """A quote of the rig, summed; with `kind="final"` and the like an invoice."""
    bare: dict[str, Any] = {
        "kind": "quote",
        "number": "Q-2026-0187",
        "version": 3,
        "title": "Sound and light for Saal 1",
        "language": "en",
        "currency": "EUR",
        "places": 2,
        "dated": date(2026, 11, 18),
        "sender": SENDER,
        "recipient": RECIPIENT,
        "occasion": OCCASION,
        "intro": "Dear Claudia, this is the rig.",
        "terms": "Gear stays the property of Northlight AV.",
        "valid_until": datetime(2026, 11, 23, 17, tzinfo=UTC),
        "groups": [],
        "options": [],
        "taxes": [],
        **dict.fromkeys(("subtotal", "discount", "net", "tax", "gross"), Decimal(0)),
    }
    granted = {heading: Discount(Decimal(percent)) for heading, percent in (discounts or {}).items()}
    return summed(Document(**(bare | values)), RIG if lines is None else lines, granted)


INVOICE: dict[str, Any] = {
    "kind": "final",
    "number": "INV-2026-0042",
    "version": None,
    "dated": date(2026, 11, 30),
    "due_on": date(2026, 12, 14),
    "service_start": date(2026, 11, 26),
    "service_end": date(2026, 11, 27),
    "terms": "",
    "intro": "",
    "valid_until": None,
}
