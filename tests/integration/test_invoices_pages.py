"""The pages of invoices: begun from an event, edited, issued, credited, listed, exported."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text

from app.db.models.invoice import Invoice, InvoiceLine
from app.domain.invoices.drafts import LINES, add_line
from app.domain.invoices.issuing import credit_note, issue
from app.domain.invoices.service import deposit_invoice, edit_invoice, final_invoice
from tests.integration.invoicing import a_line, a_payment, an_agreed_event, an_event_of_client

Work = Callable[..., Any]
PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}


async def test_from_an_event_to_a_paid_invoice(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "99.99"), a_line(2, "33.33", "7"))
    client = await sign_in("manager")
    section = (await client.get(f"/events/{event.id}/invoices", headers=PARTIAL)).text
    assert "€\u00a0154.65" in section
    assert "Final invoice" in section
    bad = await client.post(f"/events/{event.id}/invoices", data={"kind": "deposit", "percent": "500"})
    assert bad.status_code == 422
    assert "500" in bad.text
    made = await client.post(f"/events/{event.id}/invoices", data={"kind": "deposit", "percent": "30"})
    assert made.status_code == 303
    there = made.headers["location"]
    page = (await client.get(there)).text
    assert "€\u00a046.40" in page
    assert "never changes again" in page
    issued = await client.post(f"{there}/issue", data={"version": "1"})
    assert issued.headers["location"] == there
    page = (await client.get(there)).text
    assert "INV-" in page
    assert "av-sheet" in page
    section = (await client.get(f"/events/{event.id}/invoices")).text
    assert "€\u00a0108.25" in section  # still to be invoiced
    final = await client.post(f"/events/{event.id}/invoices", data={"kind": "final"})
    again = await client.post(f"/events/{event.id}/invoices", data={"kind": "final"})
    assert final.headers["location"] == again.headers["location"]
    page = (await client.get(final.headers["location"])).text
    assert "Already invoiced" in page
    assert "€\u00a0108.25" in page
    paper = await client.get(f"{there}/paper")
    assert paper.status_code == 200
    assert "Deposit of 30 %" in paper.text


async def test_lines_are_added_edited_and_taken_off(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event_of_client(unit)
        draft = await final_invoice(unit, event.id)
    client = await sign_in("manager")
    here = f"/invoices/{draft.id}"
    sent = {"name": "Crew", "quantity": "2", "rate": "-40,50", "tax_percent": "19"}
    wrong = await client.post(f"{here}/lines/new", data=sent | {"rate": "lots"})
    assert wrong.status_code == 422
    assert 'value="lots"' in wrong.text
    assert 'value="Crew"' in wrong.text
    assert (await client.post(f"{here}/lines/new", data=sent)).status_code == 303
    assert "\u2212€\u00a096.39" in (await client.get(here)).text
    async with work() as unit:
        line = await unit.session.scalar(select(InvoiceLine).where(InvoiceLine.invoice_id == draft.id))
        await LINES.edit(unit, line.id, {"name": "Crew of two"}, version=1)
    form = (await client.get(f"/invoice-lines/{line.id}/edit", headers=PARTIAL)).text
    assert 'value="-40.5"' in form
    edited = {**_typed(line), "rate": "50", "version": "1"}
    merged = await client.post(f"/invoice-lines/{line.id}/edit", data=edited)
    assert merged.status_code == 303
    clash = await client.post(f"/invoice-lines/{line.id}/edit", data=edited | {"name": "Stage hands"})
    assert clash.status_code == 409
    assert "Crew of two" in clash.text
    page = (await client.get(here)).text
    assert "€\u00a0119.00" in page
    gone = await client.post(f"/invoice-lines/{line.id}/deletion", data={"version": "3"}, headers=PARTIAL)
    assert gone.status_code == 200
    assert "/operations/" in gone.headers["hx-trigger"]
    assert "Nothing on it yet" in (await client.get(here)).text


async def test_what_a_draft_says_merges_and_a_deleted_one_comes_back(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        draft = await final_invoice(unit, (await an_agreed_event(unit)).id)
    async with work("manager") as unit:
        await edit_invoice(unit, draft.id, {"title": "Winter gala"}, version=1)
    client = await sign_in("admin")
    here = f"/invoices/{draft.id}"
    sent = {"due_days": "7", "intro": "As agreed.", "version": "1"}
    assert (await client.post(f"{here}/edit", data=sent)).status_code == 303
    assert "Winter gala" in (await client.get(f"{here}/edit")).text
    wrong = await client.post(f"{here}/edit", data={"title": "", "due_days": "9999", "version": "3"})
    assert wrong.status_code == 422
    assert (await client.post(f"{here}/deletion", data={"version": "1"})).status_code == 409
    assert (await client.post(f"{here}/deletion", data={"version": "3"})).status_code == 303
    gone = await client.get(here)
    assert gone.status_code == 404
    assert "deleted" in gone.text
    assert (await client.post(f"{here}/restoration")).status_code == 303
    assert "€\u00a01\u2009190.00" in (await client.get(here)).text


async def test_crediting_and_cancelling(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100"))
        final = await issue(unit, (await final_invoice(unit, event.id)).id)
        key = final.content["groups"][0]["lines"][0]["key"]
    client = await sign_in("manager")
    here = f"/invoices/{final.id}"
    form = (await client.get(f"{here}/credit-notes/new", headers=PARTIAL)).text
    assert f'name="amount:{key}"' in form
    wrong = await client.post(f"{here}/credit-notes/new", data={f"amount:{key}": "500"})
    assert wrong.status_code == 422
    assert "The line came to 100.00." in wrong.text
    assert (await client.post(f"{here}/credit-notes/new", data={})).status_code == 422
    begun = await client.post(f"{here}/credit-notes/new", data={f"amount:{key}": "10"})
    note = begun.headers["location"]
    assert "\u2212€\u00a011.90" in (await client.get(note)).text
    assert (await client.post(f"{note}/issue", data={"version": "1"})).status_code == 303
    cancelled = await client.post(f"{here}/cancellation")
    assert "\u2212€\u00a0107.10" in (await client.get(cancelled.headers["location"])).text
    page = (await client.get(here)).text
    assert "Cancelled" in page
    assert (await client.post(f"{here}/cancellation", headers=PARTIAL)).status_code == 409


async def test_the_list_filters_adds_up_and_is_a_file(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        paid, late, credited = [await _issued(unit, "100", name) for name in ("Paid", "Late", "Back")]
        await a_payment(unit, paid, "119")
        await a_payment(unit, late, "19")
        await credit_note(unit, credited.id)
        await final_invoice(unit, (await an_agreed_event(unit)).id)
        await unit.session.execute(text("alter table invoice disable trigger invoice_stays"))
        await unit.session.execute(
            text("update invoice set due_on = issued_on - 3 where id = :id"), {"id": late.id}
        )
        await unit.session.execute(text("alter table invoice enable trigger invoice_stays"))
    client = await sign_in("employee")

    async def shown(query: str) -> str:
        return (await client.get(f"/invoices?{query}")).text

    overdue = await shown("show=overdue")
    assert late.number in overdue
    assert "3 days overdue" in overdue
    assert "€\u00a0100.00" in overdue
    assert paid.number not in overdue
    assert paid.number in await shown("show=paid")
    assert "CN-" in await shown("show=credit")
    assert late.number in await shown(f"q={late.number}")
    assert late.number in await shown(f"client={late.client_id}&sort=gross")
    assert "Nothing matches" in await shown("q=nobodyatall")
    assert "Nothing matches" in await shown("first=1999-01-01&last=1999-01-02")
    assert (await client.get("/invoices?show=x&sort=y&first=z&client=a&shown=-4")).status_code == 200
    rows = _rows((await client.get(f"/invoices/export?client={late.client_id}")).content, ",")
    assert [(row["number"], row["open"], row["days_overdue"]) for row in rows] == [
        (late.number, "100.00", "3")
    ]
    of_whom = f"client={credited.client_id}"
    journal = _rows((await client.get(f"/invoices/journal?{of_whom}")).content, ";")
    assert [row["debit_credit"] for row in journal] == ["S", "H"]
    assert [row["net"] for row in journal] == ["100,00", "-100,00"], "a number, though it begins with a minus"
    assert {row["tax_percent"] for row in journal} == {"19"}
    journal = _rows((await client.get("/invoices/journal")).content, ";")
    mine = {row["document_number"]: row for row in journal}
    assert mine[paid.number]["amount"] == "119,00"
    assert mine[paid.number]["debit_credit"] == "S"
    assert mine[paid.number]["account"] == str(10_000 + paid.client_id)
    assert (await client.get("/invoices/export?format=exe")).status_code == 422


async def test_who_may_and_who_may_not(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit)
        draft = await final_invoice(unit, event.id)
    for role, read, write in (("technician", 403, 403), ("viewer", 403, 403), ("employee", 200, 403)):
        client = await sign_in(role)
        for path in (
            "/invoices",
            f"/invoices/{draft.id}",
            f"/events/{event.id}/invoices",
            "/invoices/journal",
        ):
            assert (await client.get(path)).status_code == read, (role, path)
        for path in (f"/invoices/{draft.id}/issue", f"/invoices/{draft.id}/deletion"):
            assert (await client.post(path, data={"version": "1"})).status_code == write, (role, path)
    page = (await (await sign_in("employee")).get(f"/invoices/{draft.id}")).text
    assert "/issue" not in page
    event_page = (await (await sign_in("technician")).get(f"/events/{event.id}")).text
    assert "/invoices" not in event_page


async def test_reminding_is_noted_with_its_words(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        late = await _issued(unit, "100", "Late")
        await unit.session.execute(text("alter table invoice disable trigger invoice_stays"))
        await unit.session.execute(
            text("update invoice set due_on = issued_on - 1 where id = :id"), {"id": late.id}
        )
        await unit.session.execute(text("alter table invoice enable trigger invoice_stays"))
    client = await sign_in("manager")
    form = (await client.get(f"/invoices/{late.id}/reminders/new")).text
    assert f"Reminder: invoice {late.number}" in form
    assert "€119.00" in form
    assert "/pay/" in form
    for count in (1, 2, 3):
        assert (await client.post(f"/invoices/{late.id}/reminders/new", data={})).status_code == 303
        assert f"<dd>{count}, last" in (await client.get(f"/invoices/{late.id}")).text
    assert (await client.post(f"/invoices/{late.id}/reminders/new", headers=PARTIAL)).status_code == 409
    mailed = {"mailed": "1", "recipient": "a@example.com", "subject": "Hello", "words": "Please"}
    letter = await client.post(f"/invoices/{late.id}/letters/new", data=mailed, headers=PARTIAL)
    assert letter.status_code == 409  # there is no mail server here


async def test_pages_ask_the_same_number_of_times(work: Work, sign_in: Any, statements: list[str]) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100"))
        small = await final_invoice(unit, event.id)
        large_event = await an_agreed_event(unit, *(a_line(at, "10") for at in range(30)))
        for _ in range(3):
            await issue(unit, (await deposit_invoice(unit, large_event.id, percent=Decimal(10))).id)
        large = await final_invoice(unit, large_event.id)
        for at in range(10):
            await add_line(unit, large.id, {"name": f"More {at}", "rate": Decimal(at)})
    client = await sign_in("manager")
    for one, other in (
        (f"/invoices/{small.id}", f"/invoices/{large.id}"),
        (f"/events/{event.id}/invoices", f"/events/{large_event.id}/invoices"),
        (f"/invoices?event={event.id}", f"/invoices?event={large_event.id}"),
    ):
        counts = []
        for path in (one, other):
            await client.get(path)
            statements.clear()
            assert (await client.get(path)).status_code == 200
            counts.append(len(statements))
        assert counts[0] == counts[1], (one, counts)
        assert counts[0] <= 32


def _typed(line: Any) -> dict[str, str]:
    return {
        "name": line.name, "quantity": "2", "basis": "flat", "units": "1", "multiple": "1",
        "discount_percent": "", "discount_amount": "", "tax_percent": "19", "heading": "", "note": "",
    }  # fmt: skip


def _rows(content: bytes, delimiter: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


async def _issued(unit: Any, net: str, title: str) -> Invoice:
    event = await an_agreed_event(unit, a_line(1, net))
    draft = await final_invoice(unit, event.id)
    await edit_invoice(unit, draft.id, {"title": title}, version=None)
    return await issue(unit, draft.id)
