"""What is charged after the final invoice, what has no amount yet, and letters without a mail server."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from app.db.models.invoice import Invoice
from app.domain.invoices.agreements import agreement_of
from app.domain.invoices.documents import document_of
from app.domain.invoices.drafts import add_line, add_lines
from app.domain.invoices.issuing import credit_note, issue
from app.domain.invoices.service import (
    AlreadyInvoiced,
    deposit_invoice,
    edit_invoice,
    final_invoice,
    further_invoice,
)
from app.lib.errors import Conflict
from tests.integration.invoicing import an_agreed_event

Work = Callable[..., Any]
PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}


async def _closed(unit: Any, discount: str = "0") -> tuple[Any, Invoice]:
    """An event with 1,000.00 agreed and invoiced, less a discount of so many percent."""
    event = await an_agreed_event(unit)
    await issue(unit, (await deposit_invoice(unit, event.id, percent=Decimal(30))).id)
    draft = await final_invoice(unit, event.id)
    await edit_invoice(unit, draft.id, {"discount_percent": Decimal(discount)}, version=None)
    return event, await issue(unit, draft.id)


async def test_charges_after_the_final_invoice_have_one_of_their_own(work: Work) -> None:
    async with work() as unit:
        event, _final = await _closed(unit)
        further = await further_invoice(unit, event.id)
        with pytest.raises(AlreadyInvoiced):
            await further_invoice(unit, event.id)
        await add_line(
            unit, further.id, {"name": "Cable lost", "rate": Decimal(40), "tax_percent": Decimal(19)}
        )
        document = await document_of(unit.session, further.id)
        assert [line.name for group in document.groups for line in group.lines] == ["Cable lost"]
        assert document.gross == Decimal("47.60")
        await issue(unit, further.id)
        agreement = await agreement_of(unit.session, event.id, event.client_id)
        assert agreement is not None
        assert (agreement.is_closed, agreement.remaining) == (True, 0)


async def test_there_is_none_before_the_final_invoice_nor_after_it_was_cancelled(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit)
        with pytest.raises(Conflict):
            await further_invoice(unit, event.id)
        draft = await final_invoice(unit, event.id)
        with pytest.raises(Conflict):
            await further_invoice(unit, event.id)
        final = await issue(unit, draft.id)
        await credit_note(unit, final.id)
        with pytest.raises(Conflict):
            await further_invoice(unit, event.id)


async def test_the_event_says_what_was_granted_and_offers_further_charges(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event, _final = await _closed(unit, "10")
        plain, _final = await _closed(unit)
    client = await sign_in("manager")
    here = f"/events/{event.id}/invoices"
    page = (await client.get(here)).text
    assert f"<h1>{event.name}</h1>" in page
    assert "€\u00a0119.00</span> less than agreed" in page
    assert "Still to be invoiced" not in page
    assert ">Deposit</a>" not in page
    assert "all that was agreed" in (await client.get(f"/events/{plain.id}/invoices")).text
    begun = await client.post(here, data={"kind": "further"})
    assert begun.status_code == 303
    again = await client.post(here, data={"kind": "further"})
    assert again.headers["location"] == begun.headers["location"]
    assert "Nothing on it yet" in (await client.get(begun.headers["location"])).text


async def test_programs_begin_one_too(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event, _final = await _closed(unit)
    client, sent = await sign_in("manager"), {"event_id": event.id, "kind": "further"}
    made = await client.post("/api/invoices", json=sent)
    assert (made.status_code, made.json()["data"]["kind"]) == (201, "final")
    assert (await client.post("/api/invoices", json=sent)).status_code == 409


async def test_what_nobody_knows_the_amount_of_is_said_until_it_is_written(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit)
        draft = await final_invoice(unit, event.id)
        found = {"name": "Damage: Lamp", "source": "maintenance:424242", "rate": Decimal(0), "position": 90}
        await add_lines(unit, draft.id, [{**found, "basis": "flat", "tax_percent": Decimal(19)}])
        await add_line(unit, draft.id, {"name": "A gift", "rate": Decimal(0)})
    client = await sign_in("manager")
    page = (await client.get(f"/invoices/{draft.id}")).text
    assert "Damage: Lamp has no amount yet." in page
    assert page.count("no amount yet</span>") == 1, "what is given away is meant so"
    async with work() as unit:
        credited = await issue(unit, (await final_invoice(unit, (await an_agreed_event(unit)).id)).id)
        [line, *_] = (await document_of(unit.session, credited.id)).groups[0].lines
        note = await credit_note(unit, credited.id, {line.key: Decimal(10)})
    page = (await client.get(f"/invoices/{note.id}")).text
    assert "It gets its number and never changes again." in page
    assert "taken back with a credit note" not in page


async def test_without_a_mail_server_letters_are_there_to_copy(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        _event, final = await _closed(unit)
        cancelled = (await _closed(unit))[1]
        await credit_note(unit, cancelled.id)
    client = await sign_in("manager")
    form = (await client.get(f"/invoices/{final.id}/letters/new", headers=PARTIAL)).text
    assert "There is no mail server." in form
    assert 'data-copy="letter"' in form
    assert f"/invoices/{final.id}/paper.pdf" in form
    assert "/pay/" in form
    assert 'type="submit"' not in form, "nothing can be sent from here"
    assert "btn-primary" in _send_link((await client.get(f"/invoices/{final.id}")).text)
    assert "btn-primary" not in _send_link((await client.get(f"/invoices/{cancelled.id}")).text)


def _send_link(page: str) -> str:
    return next(line for line in page.splitlines() if "/letters/new" in line)
