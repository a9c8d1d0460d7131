"""Invoices: deposits, parts and the final one come to what was agreed; what was issued stays."""

import asyncio
import contextlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.db.models import Change, Client
from app.db.models.invoice import Invoice
from app.domain.clients.merging import Side, merge_clients
from app.domain.documents.content import fingerprint
from app.domain.documents.numbers import next_number
from app.domain.invoices import issuing
from app.domain.invoices.agreements import agreement_of
from app.domain.invoices.documents import document_of, today_of
from app.domain.invoices.drafts import LINES, add_line
from app.domain.invoices.filters import InvoiceFilter
from app.domain.invoices.issuing import credit_note, issue, remind
from app.domain.invoices.list_queries import find_invoices
from app.domain.invoices.service import (
    AlreadyInvoiced,
    delete_invoice,
    deposit_invoice,
    edit_invoice,
    final_invoice,
    part_invoice,
)
from app.lib import editing
from app.lib.errors import Conflict, EditConflict, InvalidInput
from app.lib.undoing import undo_change, undo_operation
from tests.integration.invoicing import a_client, a_line, an_agreed_event, an_event_of_client

Work = Callable[..., Any]
EURO = Decimal("1.00")


async def test_deposit_part_and_final_come_to_what_was_agreed(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "99.99"), a_line(2, "33.33", "7"))
        deposit = await issue(unit, (await deposit_invoice(unit, event.id, percent=Decimal(30))).id)
        part = await issue(unit, (await part_invoice(unit, event.id, amount=Decimal("20.01"))).id)
        final = await issue(unit, (await final_invoice(unit, event.id)).id)
        agreement = await agreement_of(unit.session, event.id, event.client_id)
    assert agreement is not None
    assert deposit.gross == Decimal("46.40")  # 30 % of 118.99 + 35.66
    assert deposit.gross + part.gross + final.gross == agreement.document.gross == Decimal("154.65")
    assert deposit.net + part.net + final.net == agreement.document.net
    assert deposit.tax + part.tax + final.tax == agreement.document.tax
    assert agreement.remaining == 0
    assert [name.split()[2] for name in taken_names(final)] == [deposit.number] * 2 + [part.number] * 2


async def test_a_draft_follows_what_is_issued_meanwhile(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit)
        final = await final_invoice(unit, event.id)
        assert (await document_of(unit.session, final.id)).gross == Decimal("1190.00")
        await issue(unit, (await deposit_invoice(unit, event.id, percent=Decimal(50))).id)
        assert (await document_of(unit.session, final.id)).gross == Decimal("595.00")
        with pytest.raises(AlreadyInvoiced):
            await final_invoice(unit, event.id)


async def test_what_was_issued_stays_word_for_word(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit)
        final = await final_invoice(unit, event.id)
        before = await document_of(unit.session, final.id)
        issued = await issue(unit, final.id)
    async with work() as unit:
        after = await document_of(unit.session, final.id)
        kept = await unit.session.get_one(Invoice, final.id)
        assert (after.gross, after.taxes, after.groups) == (before.gross, before.taxes, before.groups)
        assert after.number == issued.number
        assert (after.due_on - after.dated).days == kept.due_days
        assert kept.content_hash == fingerprint(kept.content)
    for words in (
        "update invoice set title = 'other' where id = :id",
        "update invoice set gross = 1, net = 1, tax = 0 where id = :id",
        "update invoice set number = 'INV-1', content = content where id = :id",
        "delete from invoice where id = :id",
        "update invoice_line set rate = 1 where invoice_id = :id",
        "update invoice_line set source = null where invoice_id = :id",
        "delete from invoice_line where invoice_id = :id",
        "insert into invoice_line (invoice_id, name, rate) values (:id, 'more', 1)",
    ):
        with pytest.raises(DBAPIError, match=r"stays|final|issued"):
            async with work() as unit:
                await unit.session.execute(text(words), {"id": final.id})
    async with work() as unit:
        with pytest.raises(Conflict, match="was issued"):
            await edit_invoice(unit, final.id, {"title": "Other"}, version=None)
        with pytest.raises(Conflict, match="credit note"):
            await delete_invoice(unit, final.id, version=None)
        with pytest.raises(Conflict, match="was issued"):
            await add_line(unit, final.id, {"name": "More", "rate": EURO})
        with pytest.raises(Conflict, match="was issued"):
            await issue(unit, final.id)
        for change in await unit.session.scalars(changes_of(final.id)):
            with pytest.raises(Conflict):
                await undo_change(unit, change.id)


async def test_a_draft_is_deleted_with_its_lines_and_comes_back(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit)
        draft = await final_invoice(unit, event.id)
    async with work() as unit:
        await delete_invoice(unit, draft.id, version=1)
        operation = unit.operation
    async with work() as unit:
        again = await final_invoice(unit, event.id)  # its sources are free
        await delete_invoice(unit, again.id, version=1)
    async with work() as unit:
        _, problems = await undo_operation(unit, operation)
        assert not problems
        assert (await document_of(unit.session, draft.id)).gross == Decimal("1190.00")


async def test_a_whole_credit_note_takes_all_back_and_frees_what_was_charged(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "99.99"), a_line(2, "0.07", "7"))
        deposit = await issue(unit, (await deposit_invoice(unit, event.id, percent=Decimal(30))).id)
        final = await issue(unit, (await final_invoice(unit, event.id)).id)
        note = await credit_note(unit, final.id)
    assert note.state == "issued"
    assert note.number.startswith("CN-")
    assert (note.net, note.tax, note.gross) == (-final.net, -final.tax, -final.gross)
    assert note.content["reference"] == final.number
    async with work() as unit:
        with pytest.raises(Conflict, match="all of"):
            await credit_note(unit, final.id)
        again = await issue(unit, (await final_invoice(unit, event.id)).id)
        assert again.gross == final.gross
        await credit_note(unit, deposit.id)
        assert (await agreement_of(unit.session, event.id, event.client_id)).remaining == deposit.gross


async def test_a_part_is_credited_line_by_line_and_never_too_much(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100"), a_line(2, "50", "7"))
        final = await issue(unit, (await final_invoice(unit, event.id)).id)
        keys = [line["key"] for line in lines_of_content(final)]
        with pytest.raises(InvalidInput) as refused:
            await credit_note(unit, final.id, {keys[0]: Decimal(101), "line:9": EURO})
        assert set(refused.value.fields) == {keys[0], "line:9"}
        note = await credit_note(unit, final.id, {keys[1]: Decimal("10.00")})
        assert note.state == "draft"
        assert (await document_of(unit.session, note.id)).gross == Decimal("-10.70")
        await issue(unit, note.id)
        rest = await credit_note(unit, final.id)
        assert rest.gross == -(final.gross - Decimal("10.70"))
        assert {Decimal(tax["percent"]): Decimal(tax["gross"]) for tax in rest.content["taxes"]} == {
            Decimal(19): Decimal("-119.00"),
            Decimal(7): Decimal("-42.80"),
        }


async def test_credit_notes_take_back_no_more_than_was_asked_for(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100"))
        final = await issue(unit, (await final_invoice(unit, event.id)).id)
        key = lines_of_content(final)[0]["key"]
        first, second = [await credit_note(unit, final.id, {key: Decimal(80)}) for _ in range(2)]
        await issue(unit, first.id)
        with pytest.raises(Conflict, match="than is left of it"):
            await issue(unit, second.id)
    with pytest.raises(DBAPIError, match="takes back more"):
        async with work() as unit:
            await unit.session.execute(
                text(
                    "update invoice set state = 'issued', number = 'CN-X', issued_on = other.issued_on,"
                    " due_on = other.due_on, content = other.content, content_hash = other.content_hash,"
                    " net = other.net, tax = other.tax, gross = other.gross"
                    " from invoice other where other.id = :first and invoice.id = :second"
                ),
                {"first": first.id, "second": second.id},
            )


async def test_more_on_account_than_agreed_is_credited_not_charged(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100"))
        part = await issue(unit, (await part_invoice(unit, event.id, amount=Decimal(150))).id)
        final = await final_invoice(unit, event.id)
        with pytest.raises(Conflict, match="credit note"):
            await issue(unit, final.id)
        key = lines_of_content(part)[0]["key"]
        await issue(unit, (await credit_note(unit, part.id, {key: Decimal(31)})).id)
        assert (await issue(unit, final.id)).gross == 0


async def test_free_lines_are_owed_besides_what_was_agreed(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100"))
        part = await part_invoice(unit, event.id, amount=Decimal("59.50"))
        await add_line(unit, part.id, {"name": "Delivery", "rate": Decimal("11.90"), "tax_percent": 19})
        part = await issue(unit, part.id)
        final = await issue(unit, (await final_invoice(unit, event.id)).id)
    assert part.gross == Decimal("71.40")
    assert final.gross == Decimal("59.50")


async def test_a_client_that_is_merged_brings_its_invoices_along(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100"))
        deposit = await issue(unit, (await deposit_invoice(unit, event.id, percent=Decimal(50))).id)
        gone = await unit.session.get_one(Client, event.client_id)
        kept = await a_client(unit)
    async with work() as unit:
        sides = Side(kept.id, kept.version), Side(gone.id, gone.version)
        await merge_clients(unit, *sides, {"name": "kept"})
    async with work() as unit:
        final = await final_invoice(unit, event.id)
        assert final.client_id == kept.id
        assert (await document_of(unit.session, final.id)).gross == Decimal("59.50")
        connection = await unit.session.connection()
        found, _ = await find_invoices(connection, InvoiceFilter(client=str(kept.id)))
        assert {one.id for one in found} == {deposit.id, final.id}


async def test_lines_of_a_draft_merge_and_show_conflicts(work: Work) -> None:
    async with work() as unit:
        event = await an_event_of_client(unit)
        draft = await final_invoice(unit, event.id)  # without a quote it begins empty
        with pytest.raises(Conflict, match="nothing on it"):
            await issue(unit, draft.id)
        line = await add_line(unit, draft.id, {"name": "Crew", "rate": Decimal(40)})
    async with work("manager") as unit:
        await LINES.edit(unit, line.id, {"rate": Decimal(45)}, version=1)
    async with work() as unit:
        merged = await LINES.edit(unit, line.id, {"quantity": Decimal(2)}, version=1)
        assert merged.merged_names
        with pytest.raises(EditConflict):
            await LINES.edit(unit, line.id, {"rate": Decimal(50)}, version=1)
        assert (await document_of(unit.session, draft.id)).subtotal == Decimal(90)
        await edit_invoice(unit, draft.id, {"title": "Newer"}, version=None)
        with pytest.raises(EditConflict):
            await issue(unit, draft.id, version=1)


class FailedError(Exception):
    """Something that goes wrong after a number was taken."""


def _fail_sometimes(at: int) -> None:
    if at % 4 == 3:
        raise FailedError


async def test_twenty_at_once_get_twenty_numbers_in_a_row(work: Work) -> None:
    async with work() as unit:
        events = [await an_agreed_event(unit) for _ in range(20)]
        drafts = [(await final_invoice(unit, event.id)).id for event in events]
        year = (await today_of(unit.session)).year
        first = await next_number(unit, "invoice", await today_of(unit.session))

    # the pool holds 16 connections, and gives up on a busy machine after two seconds
    connections = asyncio.Semaphore(14)

    async def one(at: int, key: int) -> str | None:
        with contextlib.suppress(FailedError):
            async with connections, work() as unit:
                number = (await issue(unit, key)).number
                _fail_sometimes(at)
                return number
        return None

    made = await asyncio.gather(*(one(at, key) for at, key in enumerate(drafts)))
    numbers = sorted(int(number.rsplit("-", 1)[1]) for number in made if number)
    begin = int(first.rsplit("-", 1)[1]) + 1
    assert len(numbers) == 15
    assert numbers == list(range(begin, begin + 15))
    assert all(number.startswith(f"INV-{year}-") for number in made if number)


async def test_two_finals_at_once_take_a_deposit_off_once(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100"))
        deposit = await issue(unit, (await deposit_invoice(unit, event.id, percent=Decimal(50))).id)
        final = await final_invoice(unit, event.id)
        other = await final_invoice(unit, (await an_event_of_client(unit)).id)
        other.event_id, other.client_id = event.id, event.client_id
        await unit.session.flush()
        await add_line(unit, other.id, {"name": "Crew", "rate": Decimal(200), "tax_percent": 19})

    async def one(key: int) -> Decimal:
        async with work() as unit:
            return (await issue(unit, key)).gross

    grosses = await asyncio.gather(one(final.id), one(other.id))
    assert deposit.gross + sum(grosses) == Decimal("357.00")


async def test_without_their_locks_numbers_and_deposits_would_be_taken_twice(
    work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control of the two races above."""
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100"))
        await issue(unit, (await part_invoice(unit, event.id, amount=Decimal("59.50"))).id)
        drafts = []
        for _ in range(2):
            other = await final_invoice(unit, (await an_event_of_client(unit)).id)
            other.event_id, other.client_id = event.id, event.client_id
            await unit.session.flush()
            await add_line(unit, other.id, {"name": "Crew", "rate": Decimal(200), "tax_percent": 19})
            drafts.append(other.id)
    both = asyncio.Barrier(2)

    async def only_the_invoice(unit: Any, invoice_id: int) -> Invoice:
        return await editing.lock(unit, Invoice, invoice_id)

    async def at_the_same_time(connection: Any, invoice_id: int) -> Any:
        document = await document_of(connection, invoice_id)
        await both.wait()
        return document

    monkeypatch.setattr(issuing, "_hold", only_the_invoice)
    monkeypatch.setattr(issuing, "document_of", at_the_same_time)

    async def one(key: int) -> Decimal:
        async with work() as unit:
            return (await issue(unit, key)).gross

    grosses = await asyncio.gather(*(one(key) for key in drafts))
    assert sum(grosses) == 2 * Decimal("178.50")  # the same 59.50 was taken off both

    async def unlocked() -> int:
        async with work() as unit:
            found = await unit.session.scalar(text("select next from number_range where kind = 'invoice'"))
            await both.wait()
            return found

    first, second = await asyncio.gather(unlocked(), unlocked())
    assert first == second


async def test_reminders_are_counted_up_to_three(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit)
        draft = await final_invoice(unit, event.id)
        await edit_invoice(unit, draft.id, {"due_days": 0}, version=None)
        issued = await issue(unit, draft.id)
        with pytest.raises(Conflict, match="not overdue"):
            await remind(unit, issued.id)


def lines_of_content(invoice: Invoice) -> list[Any]:
    return [line for group in invoice.content["groups"] for line in group["lines"]]


def taken_names(invoice: Invoice) -> list[str]:
    return [line["name"] for line in lines_of_content(invoice) if line["key"].startswith("deduction")]


def changes_of(invoice_id: int) -> Any:
    return select(Change).where(Change.entity == "invoice", Change.entity_id == invoice_id)


async def test_lines_that_were_hidden_in_the_quote_count_and_stay_hidden(work: Work) -> None:
    async with work() as unit:
        event = await an_agreed_event(unit, a_line(1, "100"), a_line(2, "7", hidden=True))
        draft = await final_invoice(unit, event.id)
        seen = await document_of(unit.session, draft.id)
        final = await issue(unit, draft.id)
        back = await credit_note(unit, final.id, {f"quote:{draft.quote_version_id}:rental:2": EURO})
        credited = await document_of(unit.session, back.id)
    assert final.net == Decimal("107.00")
    assert hidden_names(seen) == hidden_names(await kept(work, final.id)) == ["Gear 2"]
    assert hidden_names(credited) == ["Gear 2"]


def hidden_names(document: Any) -> list[str]:
    return [line.name for group in document.groups for line in group.lines if line.hidden]


async def kept(work: Work, invoice_id: int) -> Any:
    async with work() as unit:
        return await document_of(unit.session, invoice_id)
