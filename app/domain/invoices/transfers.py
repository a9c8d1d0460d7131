"""From a quote to the lines of an invoice: its own lines, or an amount on account. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from app.domain.documents.content import Document, Line, Tax
from app.domain.invoices.policy import ACCOUNT, CREDIT, QUOTE
from app.domain.invoices.sums import lines_of
from app.domain.pricing.rounding import ZERO, rounded, shares_of
from app.domain.pricing.sums import Discount, Item, Terms, sums_of

Values = dict[str, Any]

_RATE, _MULTIPLE, _QUANTITY = 4, 4, 2


def quote_lines(document: Document, version_id: int) -> list[Values]:
    """The lines of a quote as lines of an invoice, notes and options nobody chose left out.

    What has no price yet is a line of nothing. The others come to the same cent: what is granted on a group
    is granted on its lines, share by share, and a line that cannot be told in quantity, rate and time (a
    minimum charge) is charged as a whole.
    """
    chosen = [line for line in document.options if line.chosen]
    lines = [line for line in (*lines_of(document), *chosen) if line.kind != "note"]
    due = _after_groups(document, lines)
    return [
        _line_values(line, due[line.key], document.places)
        | {"source": f"{QUOTE}:{version_id}:{line.key}", "position": at}
        for at, line in enumerate(lines)
    ]


def account_lines(
    amount: Decimal, rates: Mapping[Decimal, Decimal], name: str, places: int, invoice_id: int
) -> list[Values]:
    """An amount with its tax, split over rates of tax in proportion to what they weigh: a line for each.

    The lines are priced with tax, so that together they are the amount to the cent.
    """
    weights = {percent: weight for percent, weight in rates.items() if weight > 0}
    shares = shares_of(amount, weights, places) if weights else {ZERO: amount}
    return [
        {
            "name": name,
            "rate": shares[percent],
            "tax_percent": percent,
            "source": f"{ACCOUNT}:{invoice_id}:{at}",
            "position": at,
        }
        for at, percent in enumerate(sorted(shares, reverse=True))
        if shares[percent]
    ]


def credit_lines(lines: Sequence[Line], amounts: Mapping[str, Decimal], credit_id: int) -> list[Values]:
    """Amounts that are taken back of lines, by their keys."""
    return [
        {
            "name": line.name[:300],
            "rate": -amounts[line.key],
            "tax_percent": line.tax_percent,
            "heading": line.heading,
            "source": f"{CREDIT}:{credit_id}:{line.key}",
            "position": at,
        }
        for at, line in enumerate(lines)
        if amounts.get(line.key)
    ]


def weights_of(agreed: Sequence[Tax], invoiced: Mapping[Decimal, Tax]) -> dict[Decimal, Decimal]:
    """What is left to ask for by rate of tax; what was agreed where nothing is left at any."""
    left = {
        tax.percent: tax.gross - (invoiced[tax.percent].gross if tax.percent in invoiced else ZERO)
        for tax in agreed
    }
    return left if any(amount > 0 for amount in left.values()) else {tax.percent: tax.gross for tax in agreed}


def _after_groups(document: Document, lines: Sequence[Line]) -> dict[str, Decimal]:
    """What lines cost once their group's discount is taken off, before that on the whole."""
    headings = {line.key: group.heading for group in document.groups for line in group.lines}
    items = [
        Item(
            key=line.key,
            quantity=Decimal(1),
            rate=line.price or ZERO,
            heading=headings.get(line.key, "\0options"),
            tax_percent=line.tax_percent,
        )
        for line in lines
    ]
    granted = {group.heading: Discount(amount=group.discount) for group in document.groups}
    found = sums_of(items, Terms(places=document.places, group_discounts=granted))
    return {key: line.due for key, line in found.lines.items()}


def _line_values(line: Line, due: Decimal, places: int) -> Values:
    said: Values = {
        "name": line.name[:300],
        "note": _note(line),
        "heading": line.heading,
        "tax_percent": line.tax_percent,
    }
    rate = line.rate or ZERO
    full = rounded(line.quantity * rate * line.multiple, places)
    plain = _fits(rate, _RATE) and _fits(line.multiple, _MULTIPLE) and _fits(line.quantity, _QUANTITY)
    if not plain or full != line.full or not (ZERO <= due <= full or due == full):
        pieces = f"{line.quantity.normalize():f} × " if line.quantity != 1 else ""
        return said | {"name": f"{pieces}{line.name}"[:300], "rate": due}
    told = said | {
        "quantity": line.quantity,
        "basis": line.basis,
        "units": line.units,
        "rate": rate,
        "multiple": line.multiple,
    }
    if due == line.price:
        return told | {"discount_percent": line.discount_percent, "discount_amount": line.discount_amount}
    return told | {"discount_amount": full - due}


def _note(line: Line) -> str:
    return "\n".join(filter(None, (line.note, *line.parts)))


def _fits(value: Decimal, places: int) -> bool:
    return rounded(value, places) == value
