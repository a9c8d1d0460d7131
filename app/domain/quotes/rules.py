"""What has to hold for quotes, their versions and what is said about lines: by a form, a merge, an undo."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.db.models import PriceList, Quote, QuoteGroup, QuoteLine, QuoteVersion, TaxRate
from app.db.models.pricing import BASES
from app.db.models.terms import LANGUAGES, ROUNDINGS
from app.domain.quotes.fields import (
    LONGEST_HEADING,
    LONGEST_NAME,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_MULTIPLE,
    MOST_QUANTITY,
    MOST_RATE,
)
from app.lib.errors import Conflict, InvalidInput
from app.lib.rules import Rules, Write
from app.lib.unit_of_work import UnitOfWork

SENT = "This version was sent and stays as it is. Make a new one to change something."
_HUNDRED = Decimal(100)
_OUTCOMES = frozenset({"state", "decided_at"})


class QuoteRules(Rules[Quote]):
    """A quote that anybody got stays."""

    async def may_delete(self, work: UnitOfWork, subject: Quote) -> None:
        """Raises Conflict where a version of it was sent."""
        sent = select(QuoteVersion.id).where(
            QuoteVersion.quote_id == subject.id, QuoteVersion.state != "draft"
        )
        if await work.session.scalar(sent.limit(1)) is not None:
            raise Conflict(
                f"{subject.number} was sent to the client. It stays, also where nothing came of it."
            )


class VersionRules(Rules[QuoteVersion]):
    """A version is changed as long as it is a draft, and there is one draft of a quote at a time."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[QuoteVersion]]) -> None:
        """Raises InvalidInput with every field at fault, Conflict for what was sent."""
        for write in writes:
            if not write.is_new and write.before["state"] != "draft":
                changed = {name for name in write.after if write.after[name] != write.before[name]}
                if not changed <= _OUTCOMES:
                    raise Conflict(SENT)
                continue
            errors = _version_errors(write.after)
            if write.sets("price_list_id"):
                errors |= await _list_errors(work, write)
            if errors:
                raise InvalidInput(errors)

    async def may_delete(self, work: UnitOfWork, subject: QuoteVersion) -> None:
        """Raises Conflict for what was sent, and for the only version there is."""
        if subject.state != "draft":
            raise Conflict(SENT)
        if await _other_version(work, subject) is None:
            raise Conflict("A quote has one version at least. Delete the quote instead.")

    async def may_restore(self, work: UnitOfWork, subject: QuoteVersion) -> None:
        """Raises Conflict where another draft has taken its place."""
        if await _other_version(work, subject, state="draft") is not None:
            raise Conflict("There is another draft by now.")


class LineRules(Rules[QuoteLine]):
    """What is said about a line of a draft."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[QuoteLine]]) -> None:
        """Raises InvalidInput with every field at fault, Conflict for lines of what was sent."""
        await _refuse_sent(work, {write.subject.version_id for write in writes})
        for write in writes:
            errors = _line_errors(write.after, kind=write.subject.kind)
            if write.after["tax_rate_id"] is not None and write.sets("tax_rate_id"):
                rate = select(TaxRate.id).where(
                    TaxRate.id == write.after["tax_rate_id"], TaxRate.deleted_at.is_(None)
                )
                if await work.session.scalar(rate) is None:
                    errors["tax_rate_id"] = "This rate of tax does not exist."
            if errors:
                raise InvalidInput(errors)

    async def may_delete(self, work: UnitOfWork, subject: QuoteLine) -> None:
        """Raises Conflict for lines of what was sent."""
        await _refuse_sent(work, {subject.version_id})


class GroupRules(Rules[QuoteGroup]):
    """What is granted on a heading of a draft."""

    async def check(self, work: UnitOfWork, writes: Sequence[Write[QuoteGroup]]) -> None:
        """Raises InvalidInput, Conflict."""
        await _refuse_sent(work, {write.subject.version_id for write in writes})
        for write in writes:
            if errors := _discount_errors(write.after):
                raise InvalidInput(errors)

    async def may_delete(self, work: UnitOfWork, subject: QuoteGroup) -> None:
        """Raises Conflict for groups of what was sent."""
        await _refuse_sent(work, {subject.version_id})


async def _refuse_sent(work: UnitOfWork, version_ids: set[int]) -> None:
    # held for sharing: whoever sends waits for these lines, and these lines for whoever sends
    statement = (
        select(QuoteVersion.state)
        .where(QuoteVersion.id.in_(sorted(version_ids)))
        .order_by(QuoteVersion.id)
        .with_for_update(read=True)
    )
    if any(state != "draft" for state in await work.session.scalars(statement)):
        raise Conflict(SENT)


async def _other_version(work: UnitOfWork, subject: QuoteVersion, *, state: str = "") -> int | None:
    statement = select(QuoteVersion.id).where(
        QuoteVersion.quote_id == subject.quote_id,
        QuoteVersion.id != subject.id,
        QuoteVersion.deleted_at.is_(None),
    )
    if state:
        statement = statement.where(QuoteVersion.state == state)
    return await work.session.scalar(statement.limit(1))


async def _list_errors(work: UnitOfWork, write: Write[QuoteVersion]) -> dict[str, str]:
    key = write.after["price_list_id"]
    wanted = (
        PriceList.is_default & PriceList.deleted_at.is_(None)
        if key is None
        else (PriceList.id == key) & PriceList.deleted_at.is_(None)
    )
    currency = await work.session.scalar(select(PriceList.currency).where(wanted))
    if currency is None:
        return {} if key is None else {"price_list_id": "This price list does not exist."}
    if currency != write.subject.currency:
        said = f"This price list is in {currency}, the quote in {write.subject.currency}."
        return {"price_list_id": said}
    return {}


def _version_errors(after: Mapping[str, Any]) -> dict[str, str]:
    errors = _discount_errors(after)
    title = after["title"]
    if not title:
        errors["title"] = "Say what it is for."
    elif len(title) > LONGEST_TITLE:
        errors["title"] = f"Use at most {LONGEST_TITLE} characters."
    for name in ("intro", "terms"):
        if len(after[name] or "") > LONGEST_TEXT:
            errors[name] = f"Use at most {LONGEST_TEXT:,} characters."
    if after["valid_until"] is None:
        errors["valid_until"] = "Say until when it is valid."
    errors |= _period_errors(after["charge_start"], after["charge_end"])
    if not _is_between(after["deposit_percent"], _HUNDRED):
        errors["deposit_percent"] = "Write a percentage from 0 to 100."
    if after["language"] not in LANGUAGES:
        errors["language"] = "Choose one of the list."
    if after["tax_rounding"] not in ROUNDINGS:
        errors["tax_rounding"] = "Choose one of the list."
    return errors


def _period_errors(start: datetime | None, end: datetime | None) -> dict[str, str]:
    if start is None or end is None:
        if start is end:
            return {}
        return {"charge_end" if end is None else "charge_start": "Say both, or neither."}
    return {"charge_end": "It ends after it begins."} if end <= start else {}


def _line_errors(after: Mapping[str, Any], *, kind: str) -> dict[str, str]:
    errors = _discount_errors(after)
    name, is_free = after["name"], kind in {"free", "note"}
    if is_free and not name:
        errors["name"] = "Write what it is."
    elif name is not None and not 1 <= len(name) <= LONGEST_NAME:
        errors["name"] = f"Use 1 to {LONGEST_NAME} characters."
    if len(after["note"] or "") > LONGEST_TEXT:
        errors["note"] = f"Use at most {LONGEST_TEXT:,} characters."
    if len(after["heading"] or "") > LONGEST_HEADING:
        errors["heading"] = f"Use at most {LONGEST_HEADING} characters."
    for field, most in (("quantity", MOST_QUANTITY), ("rate", MOST_RATE), ("multiple", MOST_MULTIPLE)):
        if after[field] is None:
            if kind == "free" and field != "multiple":
                errors[field] = "Write a number."
        elif not _is_between(after[field], most):
            errors[field] = f"Write a number from 0 to {most:,}."
    if after["basis"] is not None and after["basis"] not in BASES:
        errors["basis"] = "Choose one of the list."
    return errors


def _discount_errors(after: Mapping[str, Any]) -> dict[str, str]:
    errors = dict[str, str]()
    if not _is_between(after["discount_percent"], _HUNDRED):
        errors["discount_percent"] = "Write a percentage from 0 to 100."
    if not _is_between(after["discount_amount"], MOST_RATE):
        errors["discount_amount"] = f"Write an amount from 0 to {MOST_RATE:,}."
    return errors


def _is_between(value: Decimal | None, most: Decimal) -> bool:
    return value is not None and 0 <= value <= most
