"""From lines to a paper: prices, groups, options, taxes and sums of a document."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

import msgspec

from app.domain.documents.content import Document, Group, Line, Tax
from app.domain.pricing.rounding import ZERO
from app.domain.pricing.sums import Discount, Item, LineSum, Sums, Terms, deposit_of, sums_of

# what a client adds is granted nothing of a heading's discount
_OPTIONS = "\0options"


def summed(
    document: Document,
    lines: Sequence[Line],
    group_discounts: Mapping[str, Discount] | None = None,
    minimums: Mapping[str, Decimal] | None = None,
) -> Document:
    """The document with these lines in it, priced and added up by its own terms.

    Optional lines are set apart in `options` and count once they are chosen. A line without a rate has no
    price and counts nothing. `minimums` are the least charges of lines, by key.
    """
    least = minimums or {}
    items = [_item(line, least.get(line.key)) for line in lines if line.rate is not None]
    sums = sums_of(items, _terms(document, group_discounts or {}))
    priced = [_priced(line, sums.lines.get(line.key)) for line in lines]
    return msgspec.structs.replace(
        document,
        groups=_groups([line for line in priced if not line.optional], sums, document.places),
        options=[line for line in priced if line.optional],
        taxes=[Tax(one.percent, one.net, one.tax, one.gross) for one in sums.taxes],
        subtotal=sums.subtotal,
        discount=sums.discount,
        net=sums.net,
        tax=sums.tax,
        gross=sums.gross,
        deposit=deposit_of(sums.gross, document.deposit_percent, document.places),
    )


def with_options(document: Document, chosen: Collection[str]) -> Document:
    """The document as it is when exactly these options (by key) are chosen; prices of lines stay."""
    options = [msgspec.structs.replace(line, chosen=line.key in chosen) for line in document.options]
    lines = [line for group in document.groups for line in group.lines] + options
    granted = {group.heading: Discount(amount=group.discount) for group in document.groups}
    least = {line.key: line.full for line in lines if line.full is not None}
    return summed(document, lines, granted, least)


def _item(line: Line, minimum: Decimal | None) -> Item:
    return Item(
        key=line.key,
        quantity=line.quantity,
        rate=line.rate or ZERO,
        multiple=line.multiple,
        minimum=minimum,
        discount=Discount(line.discount_percent, line.discount_amount),
        tax_percent=line.tax_percent,
        heading=_OPTIONS if line.optional else line.heading,
        counted=line.chosen or not line.optional,
    )


def _terms(document: Document, group_discounts: Mapping[str, Discount]) -> Terms:
    return Terms(
        places=document.places,
        include_tax=document.prices_include_tax,
        tax_rounding="line" if document.tax_rounding == "line" else "rate",
        reverse_charge=document.reverse_charge,
        discount=Discount(document.discount_percent, document.discount_amount),
        group_discounts=group_discounts,
    )


def _priced(line: Line, found: LineSum | None) -> Line:
    if found is None:
        return line
    return msgspec.structs.replace(line, full=found.full, price=found.price)


def _groups(lines: Sequence[Line], sums: Sums, places: int) -> list[Group]:
    """The headings in the order of their first lines; one that has words alone comes to nothing."""
    nothing = ZERO.quantize(Decimal(1).scaleb(-places))
    totals = {group.heading: group for group in sums.groups}
    groups: list[Group] = []
    for heading in dict.fromkeys(line.heading for line in lines):
        total = totals.get(heading)
        groups.append(
            Group(
                heading,
                [line for line in lines if line.heading == heading],
                total.price if total else nothing,
                total.discount if total else nothing,
                total.total if total else nothing,
            )
        )
    return groups
