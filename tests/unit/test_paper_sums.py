"""What stands below the lines of papers: discounts, what was asked for before, what is left to pay."""

from decimal import Decimal
from typing import Any

from app.domain.documents.content import Document, Tax
from app.domain.documents.sheet import Outstanding, Sheet, sheet_of
from app.domain.invoices.sums import Deduction, with_deductions
from tests.integration.paper_samples import a_document, flat

INVOICE: dict[str, Any] = {"kind": "final", "number": "INV-1", "version": None}
TWO = [flat("a", "Desk", "100", heading="Sound"), flat("b", "Truck", "50", quantity=2, heading="Transport")]


def rows(sheet: Sheet) -> list[tuple[str, str]]:
    return [(row.label, row.text) for row in sheet.totals]


def with_deposit(document: Document) -> Document:
    tax = Tax(Decimal(19), Decimal("40.00"), Decimal("7.60"), Decimal("47.60"))
    deduction = Deduction(1, "deposit", "INV-0", document.dated, tax)
    return with_deductions(document, [deduction], ["Deposit"], "Already invoiced")


def test_what_was_asked_for_already_follows_the_discount_which_is_not_on_it() -> None:
    sheet = sheet_of(with_deposit(a_document(TWO, discount_percent=Decimal(10), **INVOICE)))
    assert rows(sheet)[:4] == [
        ("Subtotal", "€200.00"),
        ("Discount 10%", "\u2212\u00a0€20.00"),
        ("Already invoiced", "\u2212€40.00"),
        ("Net", "€140.00"),
    ]


def test_without_a_discount_it_stands_among_the_lines_alone() -> None:
    sheet = sheet_of(with_deposit(a_document(TWO, discount_percent=Decimal(0), **INVOICE)))
    assert [label for label, _ in rows(sheet)] == ["Net", "VAT 19% on €160.00", "Amount due"]


def test_a_discount_says_all_it_is_made_of() -> None:
    document = a_document(TWO, discount_percent=Decimal(10), discount_amount=Decimal(5), **INVOICE)
    assert ("Discount 10% and €5.00", "\u2212\u00a0€25.00") in rows(sheet_of(document))


def test_sums_stay_in_line_with_amounts_where_the_currency_stands_behind() -> None:
    document = a_document(TWO, language="de", discount_percent=Decimal(0), **INVOICE)
    texts = [text for _, text in rows(sheet_of(document))]
    assert texts == ["200,00", "38,00", "238,00\u00a0€"]


def test_what_is_left_to_pay_is_what_the_code_and_the_words_ask_for() -> None:
    document = a_document(TWO, discount_percent=Decimal(0), **INVOICE)
    left = Outstanding(credited=Decimal(0), paid=Decimal("200.00"), owed=Decimal("38.00"))
    sheet = sheet_of(document, outstanding=left)
    assert rows(sheet)[-2:] == [("Paid so far", "\u2212\u00a0€200.00"), ("Still to be paid", "€38.00")]
    assert sheet.payment is not None
    assert "€38.00" in sheet.payment.words
    asked, whole = sheet.payment.code, sheet_of(document).payment
    assert whole is not None
    assert asked != whole.code
    settled = Outstanding(Decimal(0), document.gross, Decimal(0))
    assert sheet_of(document, outstanding=settled).payment is None
    untouched = Outstanding(Decimal(0), Decimal(0), document.gross)
    assert rows(sheet_of(document, outstanding=untouched)) == rows(sheet_of(document))


def test_a_heading_adds_up_what_is_more_than_the_line_under_it() -> None:
    secret = flat("s", "Secret", "9", heading="Sound", hidden=True)
    first, second = sheet_of(a_document(TWO, **INVOICE)), sheet_of(a_document([*TWO, secret], **INVOICE))
    assert [first.adds_up(group) for group in first.groups] == [False, False]
    assert [second.adds_up(group) for group in second.groups] == [True, False]
    alone = sheet_of(a_document([secret], **INVOICE))
    assert [alone.adds_up(group) for group in alone.groups] == [True]


def test_an_option_says_what_one_costs() -> None:
    option = flat("o", "Fog fluid", "19.99", quantity=3, optional=True)
    sheet = sheet_of(a_document([*TWO, option]))
    assert sheet.charges.offered(option) == "19.99 each"


def test_under_reverse_charge_no_line_is_taxed_otherwise() -> None:
    lines = [*TWO, flat("c", "Book", "10", tax_percent="7")]
    taxed, reverse = (sheet_of(a_document(lines, reverse_charge=on, **INVOICE)) for on in (False, True))
    assert [taxed.charges.tax(group.lines[0]) for group in taxed.groups] == ["", "", "VAT 7%"]
    assert [reverse.charges.tax(group.lines[0]) for group in reverse.groups] == ["", "", ""]
