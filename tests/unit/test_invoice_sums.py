"""No cent appears or disappears: quotes, discounts, taxes, deposits, parts, final invoices, credit notes."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.domain.documents.content import Document, Line, Recipient, Sender
from app.domain.documents.summing import summed, with_options
from app.domain.invoices.policy import Standing, key_of
from app.domain.invoices.sums import (
    Issued,
    added,
    already_invoiced,
    asks_for_agreed,
    since_last_final,
    taken_back,
    with_deductions,
)
from app.domain.invoices.transfers import account_lines, quote_lines, weights_of
from app.domain.pricing.rounding import ZERO, percent_of, rounded
from app.domain.pricing.sums import Discount

TODAY = date(2031, 6, 1)


def paper(kind: str, lines: list[Line], grants: Any = None, least: Any = None, **terms: Any) -> Document:
    blank: dict[str, Any] = dict.fromkeys(("subtotal", "discount", "net", "tax", "gross"), ZERO)
    given_terms: dict[str, Any] = {"places": 2, "currency": "EUR", **terms}
    return summed(
        Document(
            kind=kind, number="", title="", language="en", dated=TODAY, sender=Sender(""),
            recipient=Recipient(), groups=[], options=[], taxes=[], **blank, **given_terms,
        ),
        lines,
        grants,
        least,
    )  # fmt: skip


def invoice(kind: str, values: list[dict[str, Any]], **terms: Any) -> Document:
    """The draft of an invoice with these lines, as its rows would have them."""
    lines = [
        Line(key=key_of(at, one["source"]), kind="free",
            **{name: value for name, value in one.items() if name not in {"source", "position"}})
        for at, one in enumerate(values)
    ]  # fmt: skip
    return paper(kind, lines, **terms)


amounts = st.decimals("0", "2000", places=2)
percents = st.sampled_from([ZERO, ZERO, Decimal(5), Decimal("7.5"), Decimal(33)])
rates_of_tax = st.sampled_from([Decimal(19), Decimal(7), ZERO])


@st.composite
def some_lines(draw: Any, *, most: int = 6) -> list[Line]:
    count = draw(st.integers(1, most))
    return [
        Line(
            key=f"rental:{at}",
            kind="rental",
            name=f"Gear {at}",
            heading=draw(st.sampled_from(["", "Light", "Sound"])),
            quantity=Decimal(draw(st.integers(1, 20))),
            basis="day",
            rate=draw(amounts) if at else draw(st.decimals("1", "500", places=4)),
            multiple=draw(st.sampled_from([Decimal(1), Decimal("2.4"), Decimal("1.3333")])),
            discount_percent=draw(percents),
            discount_amount=draw(st.sampled_from([ZERO, ZERO, Decimal("3.33")])),
            tax_percent=draw(rates_of_tax),
            optional=draw(st.integers(0, 5)) == 0,
        )
        for at in range(count)
    ]


@st.composite
def quotes(draw: Any) -> Document:
    lines = draw(some_lines())
    grants = {"Light": Discount(draw(percents), draw(st.sampled_from([ZERO, Decimal("7.77")])))}
    least = {lines[0].key: draw(amounts)} if draw(st.booleans()) else {}
    document = paper(
        "quote", lines, grants, least,
        places=draw(st.sampled_from([2, 2, 0, 3])),
        prices_include_tax=draw(st.booleans()),
        tax_rounding=draw(st.sampled_from(["rate", "line"])),
        reverse_charge=draw(st.integers(0, 4)) == 0,
        discount_percent=draw(percents),
        discount_amount=draw(st.sampled_from([ZERO, Decimal("1.01")])),
    )  # fmt: skip
    return with_options(document, {line.key for line in document.options if draw(st.booleans())})


TERMS = (
    "places",
    "prices_include_tax",
    "tax_rounding",
    "reverse_charge",
    "discount_percent",
    "discount_amount",
)


def terms_of(document: Document) -> dict[str, Any]:
    return {name: getattr(document, name) for name in TERMS}


def on_account(document: Document, amount: Decimal, papers: list[Issued], key: int) -> Document:
    invoiced = added(one.tax for one in already_invoiced(papers))
    weights = weights_of(document.taxes, invoiced)
    terms = {"prices_include_tax": True, "discount_percent": ZERO, "discount_amount": ZERO}
    lines = account_lines(amount, weights, "On account", document.places, key)
    return invoice("part", lines, **(terms_of(document) | terms))


def final_of(document: Document, version: int, papers: list[Issued]) -> Document:
    bare = invoice("final", quote_lines(document, version), **terms_of(document))
    found = already_invoiced(papers if asks_for_agreed(bare) else since_last_final(papers))
    return with_deductions(bare, found, [one.number for one in found], "Already invoiced")


def issued(at: int, document: Document, credits_id: int | None = None) -> Issued:
    return Issued(at, document.kind, f"INV-{at}", TODAY, credits_id, document)


def holds_together(document: Document) -> None:
    lines = [line for group in document.groups for line in group.lines]
    assert sum((group.total for group in document.groups), ZERO) == document.subtotal
    assert sum((line.price or ZERO for line in lines), ZERO) == sum(group.price for group in document.groups)
    assert document.net + document.tax == document.gross
    assert sum((tax.gross for tax in document.taxes), ZERO) == document.gross
    assert all(tax.net + tax.tax == tax.gross for tax in document.taxes)


@given(quotes())
@settings(max_examples=150, deadline=None)
def test_the_lines_of_a_quote_come_to_the_same_as_an_invoice(document: Document) -> None:
    made = invoice("final", quote_lines(document, 3), **terms_of(document))
    assert (made.net, made.tax, made.gross) == (document.net, document.tax, document.gross)
    assert {one.percent: one for one in made.taxes} == {one.percent: one for one in document.taxes}


@given(quotes(), st.lists(st.integers(1, 60), max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
@settings(max_examples=150, deadline=None)
def test_deposits_parts_and_the_final_invoice_come_to_what_was_agreed(
    document: Document, shares: list[int], cancelled: list[bool]
) -> None:
    papers: list[Issued] = []
    for at, share in enumerate(shares, start=1):
        amount = rounded(percent_of(document.gross, Decimal(share)), document.places)
        if amount <= 0:
            continue
        part = on_account(document, amount, papers, at)
        assert part.gross == amount
        holds_together(part)
        papers.append(issued(at, part))
        if cancelled[at - 1]:
            note = taken_back(part, msgspec.structs.replace(part, kind="credit_note"), [], "Before")
            assert (note.net, note.tax, note.gross) == (-part.net, -part.tax, -part.gross)
            papers.append(issued(100 + at, note, at))
    final = final_of(document, 3, papers)
    holds_together(final)
    papers.append(issued(50, final))
    for name in ("net", "tax", "gross"):
        assert sum((getattr(one.document, name) for one in papers), ZERO) == getattr(document, name)


@given(quotes(), quotes(), st.integers(0, 90))
@settings(max_examples=100, deadline=None)
def test_another_version_agreed_later_is_settled_by_another_final_invoice(
    first: Document, second: Document, share: int
) -> None:
    second = msgspec.structs.replace(second, places=first.places)
    lines = [line for group in second.groups for line in group.lines]
    assume(lines)
    second = summed(second, [msgspec.structs.replace(line, optional=False) for line in lines])
    amount = rounded(percent_of(first.gross, Decimal(share)), first.places)
    papers = [issued(1, on_account(first, amount, [], 1))] if amount > 0 else []
    papers.append(issued(2, final_of(first, 1, papers)))
    last = final_of(second, 2, papers)
    holds_together(last)
    assert sum((one.document.gross for one in papers), ZERO) + last.gross == second.gross


@given(quotes(), st.lists(st.integers(1, 40), min_size=1, max_size=3))
@settings(max_examples=100, deadline=None)
def test_what_parts_of_credit_notes_leave_is_taken_back_to_the_cent(
    document: Document, shares: list[int]
) -> None:
    final = final_of(document, 3, [])
    terms = terms_of(final) | {"discount_percent": ZERO, "discount_amount": ZERO}
    notes = [
        invoice(
            "credit_note",
            [
                {"name": line.name, "rate": -rounded(percent_of(line.price or ZERO, Decimal(share)), final.places),
                    "tax_percent": line.tax_percent, "source": f"credit:{at}:{line.key}"}
                for group in final.groups for line in group.lines
            ],
            **terms,
        )
        for at, share in enumerate(shares)
    ]  # fmt: skip
    rest = taken_back(final, msgspec.structs.replace(final, kind="credit_note", groups=[]), notes, "Before")
    holds_together(rest)
    for name in ("net", "tax", "gross"):
        assert getattr(final, name) + sum(getattr(one, name) for one in [*notes, rest]) == 0


def test_a_quote_is_told_line_by_line() -> None:
    lines = [
        Line(key="rental:1", kind="rental", name="Light", heading="Light", quantity=Decimal(4), basis="day",
            units=3, rate=Decimal(45), multiple=Decimal("2.4"), tax_percent=Decimal(19)),
        Line(key="line:2", kind="free", name="Cable", quantity=Decimal(2), rate=Decimal(1), tax_percent=Decimal(7)),
        Line(key="line:3", kind="note", name="Bring a ladder"),
    ]  # fmt: skip
    document = paper("quote", lines, {"Light": Discount(Decimal(10))}, {"line:2": Decimal(15)})
    light, cable = quote_lines(document, 3)
    assert (light["quantity"], light["rate"], light["units"], light["multiple"]) == (4, 45, 3, Decimal("2.4"))
    assert light["discount_amount"] == Decimal("43.20")  # the share of what is granted on the group
    assert (cable["name"], cable["rate"]) == ("2 × Cable", Decimal("15.00"))  # at least 15
    assert cable["source"] == "quote:3:line:2"


def test_how_an_invoice_stands() -> None:
    def standing(
        gross: str, credited: str = "0", paid: str = "0", kind: str = "final", day: int = 1
    ) -> Standing:
        values = (Decimal(gross), Decimal(credited), Decimal(paid))
        return Standing(kind, "issued", date(2031, 6, day), *values, today=date(2031, 6, 5))

    assert standing("100", day=9).status == "open"
    assert standing("100", day=5).status == "due"
    assert (standing("100").status, standing("100").days_late) == ("overdue", 4)
    assert standing("100", "-30", "70").status == "paid"
    assert standing("100", "-100").status == "cancelled"
    assert standing("100", "-100", "40").open == -40
    assert standing("-100", kind="credit_note").status == "credit"
    assert standing("0").status == "paid"
