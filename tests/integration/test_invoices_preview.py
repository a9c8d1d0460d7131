"""A draft of an invoice tells what it would come to while one types."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.db.models.invoice import InvoiceLine
from app.domain.invoices.documents import document_of
from app.domain.invoices.drafts import add_line
from app.domain.invoices.issuing import issue
from app.domain.invoices.service import deposit_invoice, final_invoice
from tests.integration.invoicing import a_line, an_agreed_event

Work = Callable[..., Any]
PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}


def figures(page: str) -> list[str]:
    """Price of the line and total, as far as they are told."""
    return [found.replace("\u00a0", " ") for found in re.findall(r"<b data-preview-\w+>([^<]+)</b>", page)]


async def test_a_line_and_the_total_follow_what_is_typed_and_nothing_is_saved(
    work: Work, sign_in: Any
) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100.00"), a_line(2, "50.00", "7"))
        draft = await final_invoice(unit, event.id)
        line = await unit.session.scalar(
            select(InvoiceLine).where(InvoiceLine.invoice_id == draft.id).order_by(InvoiceLine.id).limit(1)
        )
    client = await sign_in("manager")
    form = (await client.get(f"/invoice-lines/{line.id}/edit", headers=PARTIAL)).text
    assert f'hx-post="/invoice-lines/{line.id}/preview"' in form
    assert "input from:#invoice-form delay:150ms" in form
    here = f"/invoice-lines/{line.id}/preview"

    async def typed(**values: str) -> str:
        return str((await client.post(here, data={"name": "", **values}, headers=PARTIAL)).text)

    assert figures(await typed()) == ["€ 100.00", "€ 172.50"]
    assert figures(await typed(rate="200", quantity="2")) == ["€ 400.00", "€ 529.50"]
    assert figures(await typed(discount_percent="10")) == ["€ 90.00", "€ 160.60"]
    assert figures(await typed(tax_percent="7")) == ["€ 100.00", "€ 160.50"]
    unfinished = await typed(rate="12,")
    assert figures(unfinished) == ["€ 12.00", "€ 67.78"]
    wrong = await typed(rate="lots")
    assert figures(wrong) == []
    assert "av-amber" in wrong
    kept = (await client.get(f"/invoices/{draft.id}")).text
    assert "€\u00a0172.50" in kept


async def test_a_line_more_and_other_terms_are_told_before_they_are_saved(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100.00"))
        deposit = await deposit_invoice(unit, event.id, percent=Decimal(50))
        await issue(unit, deposit.id)
        draft = await final_invoice(unit, event.id)
    client = await sign_in("manager")
    new = (await client.get(f"/invoices/{draft.id}/lines/new", headers=PARTIAL)).text
    assert f'hx-post="/invoices/{draft.id}/lines/preview"' in new
    terms = (await client.get(f"/invoices/{draft.id}/edit")).text
    assert f'hx-post="/invoices/{draft.id}/preview"' in terms

    async def told(what: str, **typed: str) -> list[str]:
        answer = await client.post(f"/invoices/{draft.id}/{what}", data=typed, headers=PARTIAL)
        return figures(answer.text)

    assert await told("preview") == ["€ 59.50"], "the deposit is taken off"
    assert await told("lines/preview", name="Crew", quantity="2", rate="-40,50", tax_percent="19") == [
        "\u2212€ 81.00", "\u2212€ 36.89",
    ]  # fmt: skip
    assert await told("lines/preview") == ["€ 0.00", "€ 59.50"], "nothing is typed yet"
    assert await told("preview", discount_amount="10", title="") == ["€ 47.60"]
    # what is told is what is charged once it is saved
    sent = {"name": "Crew", "quantity": "2", "rate": "-40,50", "tax_percent": "19"}
    assert (await client.post(f"/invoices/{draft.id}/lines/new", data=sent)).status_code == 303
    async with work() as unit:
        assert (await document_of(unit.session, draft.id)).gross == Decimal("-36.89")


async def test_what_was_issued_has_no_preview_and_it_costs_as_much_for_many_lines(
    work: Work, sign_in: Any, statements: list[str]
) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100.00"))
        draft = await final_invoice(unit, event.id)
        other = await deposit_invoice(unit, event.id, percent=Decimal(50))
        await issue(unit, other.id)
    client = await sign_in("manager")
    assert (await client.post(f"/invoices/{other.id}/preview", data={})).status_code == 404
    employee = await sign_in("employee")
    assert (await employee.post(f"/invoices/{draft.id}/preview", data={})).status_code == 403

    async def cost() -> int:
        statements.clear()
        assert (
            await client.post(f"/invoices/{draft.id}/lines/preview", data={"rate": "1"})
        ).status_code == 200
        return len(statements)

    few = await cost()
    async with work() as unit:
        for number in range(20):
            await add_line(unit, draft.id, {"name": f"Line {number}", "rate": Decimal(1)})
    assert await cost() == few
