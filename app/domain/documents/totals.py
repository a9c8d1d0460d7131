"""The sums at the foot of the lines, in words and amounts."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.domain.documents.content import Document
from app.domain.documents.letter import Row
from app.domain.documents.payment import INVOICES
from app.domain.documents.wording import MINUS, Wording

OFFERS: Final = frozenset({"quote", "order_confirmation"})
# how keys of lines begin that take off what was asked for already
_DEDUCTION: Final = "deduction:"


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What became of an invoice: taken off by credit notes, paid (both above zero), and left to pay."""

    credited: Decimal
    paid: Decimal
    owed: Decimal


def outstanding_rows(left: Outstanding, words: Wording) -> list[Row]:
    """What follows the amount of an invoice of which something was paid or credited."""
    _ = words.gettext
    taken = ((_("Taken off by credit notes"), left.credited), (_("Paid so far"), left.paid))
    rows = [Row(label, f"{MINUS}\u00a0{words.sum(amount)}") for label, amount in taken if amount]
    return [*rows, Row(_("Still to be paid"), words.money(left.owed), "total")] if rows else []


def totals_of(document: Document, words: Wording, *, offers_options: bool) -> list[Row]:
    """The sums, from what lines come to, to what is asked for, with the tax of each rate.

    Net before tax before the total; where prices include tax, the total and what is within it.
    """
    _, money = words.gettext, words.sum
    options = sum(1 for line in document.options if line.chosen) if offers_options else 0
    already = asked_already(document) if document.discount else Decimal(0)
    subtotal = Row(_subtotal(words, options), money(document.subtotal - already))
    rows = [subtotal, _discount(document, words)] if document.discount else []
    if already:
        rows.append(Row(_("Already invoiced"), money(already)))
    if not document.prices_include_tax:
        net = Row(_("Net") if rows or not options else subtotal.label, money(document.net))
        sums = [*rows, net] if document.taxes else rows
        return [*sums, *_taxes(document, words), _total(document, words), *_deposit(document, words)]
    taken_off = document.subtotal - document.discount - document.gross
    if document.reverse_charge and taken_off:
        rows = [*(rows or [subtotal]), Row(_("VAT taken off"), f"{MINUS}\u00a0{money(taken_off)}")]
    return [*rows, _total(document, words), *_taxes(document, words), *_deposit(document, words)]


def asked_already(document: Document) -> Decimal:
    """What lines take off that was asked for before. No discount is on it: in the sums it follows that."""
    lines = (line for group in document.groups for line in group.lines)
    return sum((line.price or Decimal(0) for line in lines if line.key.startswith(_DEDUCTION)), Decimal(0))


def _subtotal(words: Wording, options: int) -> str:
    if not options:
        return words.gettext("Subtotal")
    return words.ngettext("Subtotal, with {count} option", "Subtotal, with {count} options", options)


def _discount(document: Document, words: Wording) -> Row:
    _, percent = words.gettext, document.discount_percent
    label = _("Discount")
    if percent and document.discount_amount:
        amount = words.money(document.discount_amount)
        label = _("Discount {percent} and {amount}", percent=words.percent(percent), amount=amount)
    elif percent:
        label = _("Discount {percent}", percent=words.percent(percent))
    return Row(label, f"{MINUS}\u00a0{words.sum(document.discount)}")


def _taxes(document: Document, words: Wording) -> list[Row]:
    _, within = words.gettext, document.prices_include_tax
    rows: list[Row] = []
    for one in document.taxes:
        percent, net = words.percent(one.percent), words.money(one.net)
        label = (
            _("includes VAT {percent} on {net}", percent=percent, net=net)
            if within
            else _("VAT {percent} on {net}", percent=percent, net=net)
        )
        rows.append(
            Row(label, words.money(one.tax) if within else words.sum(one.tax), "part" if within else "")
        )
    return rows


def _total(document: Document, words: Wording) -> Row:
    _ = words.gettext
    names = {"credit_note": _("Credited"), **dict.fromkeys(INVOICES, _("Amount due"))}
    return Row(names.get(document.kind, _("Total")), words.money(document.gross), "total")


def _deposit(document: Document, words: Wording) -> list[Row]:
    _ = words.gettext
    if not document.deposit or document.kind not in OFFERS:
        return []
    label = _("Deposit at acceptance, {percent}", percent=words.percent(document.deposit_percent))
    return [Row(label, words.money(document.deposit), "part")]
