"""The sums at the foot of the lines, in words and amounts."""

from typing import Final

from app.domain.documents.content import Document
from app.domain.documents.letter import Row
from app.domain.documents.payment import INVOICES
from app.domain.documents.wording import MINUS, Wording

OFFERS: Final = frozenset({"quote", "order_confirmation"})


def totals_of(document: Document, words: Wording, *, offers_options: bool) -> list[Row]:
    """The sums, from what lines come to, to what is asked for, with the tax of each rate.

    Net before tax before the total; where prices include tax, the total and what is within it.
    """
    _, money = words.gettext, words.money
    options = sum(1 for line in document.options if line.chosen) if offers_options else 0
    subtotal = Row(_subtotal(words, options), money(document.subtotal))
    rows = [subtotal, _discount(document, words)] if document.discount else []
    if not document.prices_include_tax:
        net = Row(_("Net") if rows or not options else subtotal.label, money(document.net))
        sums = [*rows, net] if document.taxes else rows
        return [*sums, *_taxes(document, words), _total(document, words), *_deposit(document, words)]
    taken_off = document.subtotal - document.discount - document.gross
    if document.reverse_charge and taken_off:
        rows = [*(rows or [subtotal]), Row(_("VAT taken off"), f"{MINUS} {money(taken_off)}")]
    return [*rows, _total(document, words), *_taxes(document, words), *_deposit(document, words)]


def _subtotal(words: Wording, options: int) -> str:
    if not options:
        return words.gettext("Subtotal")
    return words.ngettext("Subtotal, with {count} option", "Subtotal, with {count} options", options)


def _discount(document: Document, words: Wording) -> Row:
    _, percent = words.gettext, document.discount_percent
    named = percent and not document.discount_amount
    label = _("Discount {percent}", percent=words.percent(percent)) if named else _("Discount")
    return Row(label, f"{MINUS} {words.money(document.discount)}")


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
        rows.append(Row(label, words.money(one.tax), "part" if within else ""))
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
