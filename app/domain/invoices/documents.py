"""The paper of an invoice: computed while it is a draft, as it was issued from then on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from babel.numbers import get_currency_precision
from msgspec import structs
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.db.models import Client, Company, Event
from app.db.models.invoice import Invoice, InvoiceLine
from app.domain.documents.content import Document, Line, Recipient, Sender, from_json
from app.domain.documents.parties import occasion_of, recipient_of, sender_of
from app.domain.documents.summing import summed
from app.domain.invoices.policy import CREDIT_NOTE, DRAFT, FINAL, QUOTE, key_of, quote_version_of
from app.domain.invoices.sums import (
    Deduction,
    Issued,
    already_invoiced,
    asks_for_agreed,
    since_last_final,
    with_deductions,
)
from app.domain.invoices.words import day_words, said
from app.domain.pricing.rounding import ZERO
from app.lib.clock import now
from app.lib.errors import NotFound

Connection = AsyncConnection | AsyncSession

NEW = "line:new"
"""The key of a line that is not there yet."""
_TERMS = (
    "title", "intro", "closing", "currency", "language", "prices_include_tax", "tax_rounding",
    "reverse_charge", "discount_percent", "discount_amount", "service_start", "service_end",
)  # fmt: skip
_LINE = (
    "name", "note", "heading", "quantity", "basis", "units", "rate", "multiple", "discount_percent",
    "discount_amount", "tax_percent",
)  # fmt: skip
# lines of quotes that count and are not shown to the client
_HIDDEN = text(
    """
    select v.id, found.key #>> '{}'
    from quote_version v
    cross join lateral (
        select jsonb_path_query(v.content, '$.groups[*].lines[*] ? (@.hidden == true).key')
        union all
        select jsonb_path_query(v.content, '$.options[*] ? (@.hidden == true).key')
    ) as found(key)
    where v.id = any(:ids)
    """
)


@dataclass(frozen=True, slots=True)
class _Papers:
    """What was issued, by event, client and currency; `merged` says which clients went into which."""

    found: Mapping[tuple[int | None, int, str], Sequence[Issued]]
    merged: Mapping[int, int]

    def of(self, event_id: int | None, client_id: int, currency: str) -> Sequence[Issued]:
        """Those of an event and a client in a currency, oldest first."""
        return self.found.get((event_id, _survivor(client_id, self.merged), currency), ())


async def document_of(connection: Connection, invoice_id: int) -> Document:
    """The paper of an invoice or credit note. A draft is dated today, by the clock of the shop.

    Raises NotFound.
    """
    statement = select(Invoice.__table__).where(Invoice.id == invoice_id, Invoice.deleted_at.is_(None))
    invoice = (await connection.execute(statement)).one_or_none()
    if invoice is None:
        raise NotFound("This invoice does not exist, or was deleted.")
    if invoice.content is not None:
        return from_json(invoice.content)
    return await _drafted(connection, invoice)


async def gross_of_drafts(connection: Connection, invoice_ids: Sequence[int]) -> dict[int, Decimal]:
    """What drafts come to now, with tax, in a fixed number of statements."""
    if not invoice_ids:
        return {}
    statement = select(Invoice.__table__).where(Invoice.id.in_(invoice_ids))
    drafts = (await connection.execute(statement)).all()
    lines = await _lines(connection, invoice_ids)
    papers = await _papers(connection, {one.event_id for one in drafts if one.kind == FINAL})
    nobody = {"sender": Sender(""), "recipient": Recipient(), "dated": date.min}
    return {
        one.id: _computed(
            one,
            _bare(one, **nobody),
            lines.get(one.id, ()),
            papers.of(one.event_id, one.client_id, one.currency),
        ).gross
        for one in drafts
    }


async def document_with(
    connection: Connection,
    invoice_id: int,
    *,
    terms: Mapping[str, Any] | None = None,
    line: Mapping[str, Any] | None = None,
    key: str = NEW,
) -> Document:
    """What a draft would be with other terms, or with other values in the line of a key, or with one more.

    Without sender and recipient, in two statements, four for a final invoice. Raises NotFound.
    """
    statement = select(Invoice.__table__).where(
        Invoice.id == invoice_id, Invoice.state == DRAFT, Invoice.deleted_at.is_(None)
    )
    kept = (await connection.execute(statement)).mappings().one_or_none()
    if kept is None:
        raise NotFound("This draft does not exist, was issued, or was deleted.")
    invoice = SimpleNamespace(**{**kept, **(terms or {})})
    lines = (await _lines(connection, [invoice_id])).get(invoice_id, [])
    if line is not None:
        lines = _with_line(lines, key, {name: line[name] for name in _LINE if name in line})
    papers = await _papers(connection, {invoice.event_id} if invoice.kind == FINAL else set())
    bare = _bare(invoice, sender=Sender(""), recipient=Recipient(), dated=date.min)
    return _computed(invoice, bare, lines, papers.of(invoice.event_id, invoice.client_id, invoice.currency))


def _with_line(lines: Sequence[Line], key: str, values: Mapping[str, Any]) -> list[Line]:
    if key == NEW:
        return [*lines, Line(key=NEW, kind="free", **values)]
    return [msgspec.structs.replace(one, **values) if one.key == key else one for one in lines]


async def issued_papers(
    connection: Connection, event_id: int, client_id: int, currency: str
) -> Sequence[Issued]:
    """What was issued to a client for an event in a currency, oldest first, with its credit notes."""
    papers = await _papers(connection, {event_id})
    return papers.of(event_id, client_id, currency)


async def today_of(connection: Connection, moment: datetime | None = None) -> date:
    """Today by the clock of the shop, or the day of a moment."""
    zone = (await connection.execute(select(Company.time_zone))).scalar_one()
    return (moment or now()).astimezone(ZoneInfo(zone)).date()


async def _drafted(connection: Connection, invoice: Any) -> Document:
    sender = await sender_of(connection)
    today = now().astimezone(ZoneInfo(sender.time_zone)).date()
    contact_id, reference = await _about(connection, invoice)
    bare = _bare(
        invoice,
        dated=today,
        due_on=today + timedelta(days=invoice.due_days),
        sender=sender,
        recipient=await recipient_of(connection, invoice.client_id, contact_id),
        occasion=await occasion_of(connection, invoice.event_id) if invoice.event_id else None,
        reference=reference,
    )
    lines = await _hiding(connection, (await _lines(connection, [invoice.id])).get(invoice.id, ()))
    papers = await _papers(connection, {invoice.event_id} if invoice.kind == FINAL else set())
    return _computed(invoice, bare, lines, papers.of(invoice.event_id, invoice.client_id, invoice.currency))


def _bare(invoice: Any, **about: Any) -> Document:
    """The paper without lines."""
    return Document(
        **{name: getattr(invoice, name) for name in _TERMS},
        **about,
        kind=invoice.kind,
        number="",
        places=get_currency_precision(invoice.currency),
        groups=[],
        options=[],
        taxes=[],
        subtotal=ZERO,
        discount=ZERO,
        net=ZERO,
        tax=ZERO,
        gross=ZERO,
    )


def _computed(invoice: Any, bare: Document, lines: Sequence[Line], papers: Sequence[Issued]) -> Document:
    document = summed(bare, lines)
    if invoice.kind != FINAL:
        return document
    found = already_invoiced(papers if asks_for_agreed(document) else since_last_final(papers))
    names = [_named(one, invoice.language) for one in found]
    return with_deductions(document, found, names, said(invoice.language, "already"))


async def _papers(connection: Connection, event_ids: Collection[int | None]) -> _Papers:
    """What was issued for events. A client that was merged into another brings its papers along."""
    wanted = sorted(key for key in event_ids if key is not None)
    if not wanted:
        return _Papers({}, {})
    gone = select(Client.id, Client.merged_into_id).where(Client.merged_into_id.is_not(None))
    merged = {key: into for key, into in await connection.execute(gone) if into is not None}
    columns = ("id", "kind", "number", "issued_on", "credits_id", "content")
    owner = (Invoice.event_id, Invoice.client_id, Invoice.currency)
    statement = (
        select(*owner, *(getattr(Invoice, name) for name in columns))
        .where(Invoice.event_id.in_(wanted), Invoice.state != DRAFT)
        .order_by(Invoice.issued_at, Invoice.id)
    )
    found: dict[tuple[int | None, int, str], list[Issued]] = {}
    for row in await connection.execute(statement):
        document = from_json(row.content)
        paper = Issued(row.id, row.kind, row.number, row.issued_on, row.credits_id, document)
        owner = _survivor(row.client_id, merged)
        found.setdefault((row.event_id, owner, row.currency), []).append(paper)
    return _Papers(found, merged)


def _survivor(client_id: int, merged: Mapping[int, int]) -> int:
    """Whom a client is part of by now."""
    found = client_id
    while found in merged:
        found = merged[found]
    return found


async def _lines(connection: Connection, invoice_ids: Sequence[int]) -> dict[int, list[Line]]:
    columns = (InvoiceLine.invoice_id, InvoiceLine.id, InvoiceLine.source)
    statement = (
        select(*columns, *(getattr(InvoiceLine, name) for name in _LINE))
        .where(InvoiceLine.invoice_id.in_(invoice_ids), InvoiceLine.deleted_at.is_(None))
        .order_by(InvoiceLine.position, InvoiceLine.id)
    )
    found: dict[int, list[Line]] = {}
    for row in await connection.execute(statement):
        said_there = {name: getattr(row, name) for name in _LINE}
        line = Line(key=key_of(row.id, row.source), kind="free", **said_there)
        found.setdefault(row.invoice_id, []).append(line)
    return found


async def _hiding(connection: Connection, lines: Sequence[Line]) -> list[Line]:
    """The same lines; those of a quote are hidden where they were hidden there."""
    versions = {version for line in lines if (version := quote_version_of(line.key)) is not None}
    if not versions:
        return list(lines)
    rows = await connection.execute(_HIDDEN, {"ids": sorted(versions)})
    hidden = {f"{QUOTE}:{version}:{key}" for version, key in rows}
    return [structs.replace(line, hidden=line.key in hidden) for line in lines]


async def _about(connection: Connection, invoice: Any) -> tuple[int | None, str]:
    """Whom at the client it is for, and the number of what a credit note takes back."""
    contact = select(Event.contact_id).where(Event.id == invoice.event_id).scalar_subquery()
    credited = select(Invoice.number).where(Invoice.id == invoice.credits_id).scalar_subquery()
    contact_id, number = (await connection.execute(select(contact, credited))).one()
    return contact_id, (number or "") if invoice.kind == CREDIT_NOTE else ""


def _named(deduction: Deduction, language: str) -> str:
    day = day_words(deduction.issued_on, language)
    return said(language, deduction.kind, number=deduction.number, day=day)
