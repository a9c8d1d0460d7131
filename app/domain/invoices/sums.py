"""What invoices of an event asked for already, and the papers that follow from it. Pure.

Net and tax of what was invoiced are taken off a final invoice as they stood there, not worked out anew. So
all invoices of an event together come to what was agreed, in net, tax and gross, to the cent.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import msgspec

from app.domain.documents.content import Document, Group, Line, Tax
from app.domain.documents.summing import summed
from app.domain.invoices.policy import DEDUCTION, ON_ACCOUNT, QUOTE, is_extra
from app.domain.pricing.rounding import ZERO

Taxes = Mapping[Decimal, Tax]


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper that was issued: an invoice, or a credit note with the id of what it takes back."""

    id: int
    kind: str
    number: str
    issued_on: date
    credits_id: int | None
    document: Document


@dataclass(frozen=True, slots=True)
class Deduction:
    """What one invoice asked for already, at one rate of tax."""

    invoice_id: int
    kind: str
    number: str
    issued_on: date
    tax: Tax


def lines_of(document: Document) -> list[Line]:
    """All lines that stand under a heading."""
    return [line for group in document.groups for line in group.lines]


def added(*many: Iterable[Tax]) -> dict[Decimal, Tax]:
    """Taxes added up by rate; a rate that comes to nothing stays."""
    found: dict[Decimal, Tax] = {}
    for tax in (tax for taxes in many for tax in taxes):
        had = found.get(tax.percent, Tax(tax.percent, ZERO, ZERO, ZERO))
        found[tax.percent] = Tax(tax.percent, had.net + tax.net, had.tax + tax.tax, had.gross + tax.gross)
    return found


def negated(taxes: Iterable[Tax]) -> list[Tax]:
    """The same taxes, taken back."""
    return [Tax(tax.percent, -tax.net, -tax.tax, -tax.gross) for tax in taxes]


def agreed_part(document: Document) -> dict[Decimal, Tax]:
    """What a paper asks for of what was agreed: all of it but its extra charges, by rate of tax."""
    extras = [line for line in lines_of(document) if is_extra(line.key)]
    if not extras:
        return added(document.taxes)
    bare = msgspec.structs.replace(document, discount_amount=ZERO)
    return added(document.taxes, negated(summed(bare, extras).taxes))


def already_invoiced(papers: Sequence[Issued]) -> list[Deduction]:
    """What invoices of an event have asked for of what was agreed, one by one and by rate of tax.

    Cancelled ones do not count. What a credit note took back of a deposit is to be asked for again; what it
    took back of a final invoice is granted.
    """
    found: list[Deduction] = []
    for paper in papers:
        if paper.credits_id is not None or _is_cancelled(paper, papers):
            continue
        back = _notes(paper, papers) if paper.kind in ON_ACCOUNT else []
        taxes = added(agreed_part(paper.document).values(), *(agreed_part(one).values() for one in back))
        found.extend(
            Deduction(paper.id, paper.kind, paper.number, paper.issued_on, tax)
            for tax in sorted(taxes.values(), key=lambda tax: -tax.percent)
            if tax.net or tax.tax
        )
    return found


def since_last_final(papers: Sequence[Issued]) -> Sequence[Issued]:
    """The papers after the last final invoice that stands and asked for what was agreed, all of it then.

    What was on account before is used up: it is not taken off a further invoice that has extra charges alone.
    """
    for at in range(len(papers) - 1, -1, -1):
        one = papers[at]
        if one.credits_id is None and asks_for_agreed(one.document) and not _is_cancelled(one, papers):
            return papers[at + 1 :]
    return papers


def is_closed(papers: Sequence[Issued], version_id: int) -> bool:
    """Whether a final invoice of a version stands: what it left out of what was agreed is granted."""
    prefix = f"{QUOTE}:{version_id}:"
    return any(
        any(line.key.startswith(prefix) for line in lines_of(one.document))
        for one in papers
        if one.credits_id is None and not _is_cancelled(one, papers)
    )


def asks_for_agreed(document: Document) -> bool:
    """Whether it has lines of a quote."""
    return any(line.key.startswith(f"{QUOTE}:") for line in lines_of(document))


def with_deductions(
    document: Document, deductions: Sequence[Deduction], names: Sequence[str], heading: str
) -> Document:
    """A final invoice less what was asked for already, a line for each rate; `names` are of the lines."""
    if not deductions:
        return document
    lines = [_deducting(document, one, name, heading) for one, name in zip(deductions, names, strict=True)]
    price = sum((line.price or ZERO for line in lines), ZERO)
    taxes = added(document.taxes, negated([one.tax for one in deductions]))
    return _totalled(
        msgspec.structs.replace(
            document,
            groups=[*document.groups, Group(heading, lines, price, ZERO, price)],
            subtotal=document.subtotal + price,
        ),
        taxes,
    )


def taken_back(document: Document, taking: Document, notes: Sequence[Document], already: str) -> Document:
    """The credit note that takes back all of an invoice, less what other credit notes took back before.

    `taking` is the paper without lines; `already` the heading of what was taken back before.
    """
    groups = [_negated_group(group) for group in document.groups]
    chosen = [_negated_line(line) for line in document.options if line.chosen]
    if chosen:
        groups.append(_group_of("", chosen))
    back = [
        msgspec.structs.replace(line, key=f"{line.key}@{one.number}", heading=already, rate=_minus(line.rate),
            full=_minus(line.full), price=_minus(line.price))
        for one in notes
        for line in lines_of(one)
    ]  # fmt: skip
    if back:
        groups.append(_group_of(already, back))
    taxes = added(negated(document.taxes), *(negated(one.taxes) for one in notes))
    subtotal = document.subtotal + sum((one.subtotal for one in notes), ZERO)
    discount = document.discount + sum((one.discount for one in notes), ZERO)
    return _totalled(
        msgspec.structs.replace(taking, groups=groups, subtotal=-subtotal, discount=-discount), taxes
    )


def _notes(paper: Issued, papers: Sequence[Issued]) -> list[Document]:
    return [one.document for one in papers if one.credits_id == paper.id]


def _is_cancelled(paper: Issued, papers: Sequence[Issued]) -> bool:
    """Whether credit notes took all of it back."""
    notes = _notes(paper, papers)
    return bool(notes) and paper.document.gross + sum((one.gross for one in notes), ZERO) == 0


def _deducting(document: Document, deduction: Deduction, name: str, heading: str) -> Line:
    tax = deduction.tax
    amount = -(tax.gross if document.prices_include_tax else tax.net)
    return Line(
        key=f"{DEDUCTION}:{deduction.invoice_id}:{tax.percent.normalize():f}",
        kind="free",
        name=name,
        heading=heading,
        rate=amount,
        full=amount,
        price=amount,
        tax_percent=tax.percent,
    )


def _totalled(document: Document, taxes: Taxes) -> Document:
    standing = sorted(taxes.values(), key=lambda tax: -tax.percent)
    return msgspec.structs.replace(
        document,
        taxes=standing,
        net=sum((tax.net for tax in standing), ZERO),
        tax=sum((tax.tax for tax in standing), ZERO),
        gross=sum((tax.gross for tax in standing), ZERO),
    )


def _minus(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


def _negated_line(line: Line) -> Line:
    return msgspec.structs.replace(
        line,
        rate=_minus(line.rate),
        full=_minus(line.full),
        price=_minus(line.price),
        discount_amount=ZERO,
        discount_percent=ZERO if line.discount_amount else line.discount_percent,
    )


def _negated_group(group: Group) -> Group:
    lines = [_negated_line(line) for line in group.lines]
    return Group(group.heading, lines, -group.price, -group.discount, -group.total)


def _group_of(heading: str, lines: list[Line]) -> Group:
    price = sum((line.price or ZERO for line in lines), ZERO)
    return Group(heading, lines, price, ZERO, price)
