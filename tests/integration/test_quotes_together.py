"""Several people at one draft: rows merge, one price is a conflict, and there is never a second draft."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.db.models import QuoteLine, QuoteVersion
from app.domain.documents.content import fingerprint, to_json
from app.domain.quotes import lines, moves, service
from app.domain.quotes.drafts import document_of
from app.domain.quotes.rules import SENT
from app.lib.clock import now
from app.lib.editing import Strategy
from app.lib.errors import Conflict, EditConflict, NotFound
from tests.integration.quoting import a_quote, draft, line_of

RATE, DISCOUNT = {"rate": Decimal("8.0000")}, {"discount_percent": Decimal("10.000")}


async def sent(unit: Any, version_id: int) -> None:
    """Fix a version as sending does."""
    document = await document_of(unit.session, version_id)
    kept = to_json(document)
    fixed = {"state": "sent", "content": kept, "content_hash": fingerprint(kept), "sent_at": now()}
    sums = {"net": document.net, "tax": document.tax, "gross": document.gross}
    await unit.session.execute(
        update(QuoteVersion).where(QuoteVersion.id == version_id).values(**fixed, **sums)
    )


@pytest.mark.parametrize("order", [(RATE, DISCOUNT), (DISCOUNT, RATE)])
async def test_different_fields_of_a_line_nobody_touched_before_merge(work: Any, order: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
    for role, said in zip(("manager", "employee"), order, strict=True):
        async with work(role) as unit:
            edit = await lines.edit_line(unit, made.version.id, made.key, said, version=1)
    assert [change.actor_name for change in edit.merged_with]
    line = line_of(await draft(work, made.version.id), made.key)
    assert line.price == Decimal("57.60")


@pytest.mark.parametrize("order", [("8", "9"), ("9", "8")])
async def test_two_prices_of_one_line_are_a_conflict_and_the_first_stands(work: Any, order: Any) -> None:
    first, second = order
    async with work() as unit:
        made = await a_quote(unit)
    async with work("manager") as unit:
        await lines.edit_line(unit, made.version.id, made.key, {"rate": Decimal(first)}, version=1)
    with pytest.raises(EditConflict) as refused:
        async with work("employee") as unit:
            await lines.edit_line(unit, made.version.id, made.key, {"rate": Decimal(second)}, version=1)
    assert refused.value.conflicts == ["rate"]
    assert line_of(await draft(work, made.version.id), made.key).rate == Decimal(first)
    async with work("employee") as unit:
        decided = refused.value.version
        await lines.edit_line(unit, made.version.id, made.key, {"rate": Decimal(second)}, version=decided)
    assert line_of(await draft(work, made.version.id), made.key).rate == Decimal(second)


async def test_without_merging_the_second_is_refused_whatever_it_touches(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        await lines.edit_line(unit, made.version.id, made.key, RATE, version=1)
        with pytest.raises(EditConflict):
            await lines.edit_line(
                unit, made.version.id, made.key, DISCOUNT, version=1, strategy=Strategy.FAIL
            )


async def test_many_at_once_lose_nothing(work: Any) -> None:
    """The first word about a line, by six people at the same moment, each about something else."""
    said = [
        {"rate": Decimal("8.0000")},
        {"quantity": Decimal("5.00")},
        {"discount_percent": Decimal("10.000")},
        {"note": "With stands"},
        {"name": "Speakers"},
        {"heading": "Stage"},
    ]
    async with work() as unit:
        made = await a_quote(unit)

    async def say(values: Any) -> None:
        async with work("manager") as unit:
            await lines.edit_line(unit, made.version.id, made.key, values, version=1)

    await asyncio.gather(*(say(values) for values in said))
    line = line_of(await draft(work, made.version.id), made.key)
    assert (line.name, line.note, line.heading) == ("Speakers", "With stands", "Stage")
    assert (line.quantity, line.price) == (Decimal(5), Decimal("72.00"))
    async with work() as unit:
        rows = select(func.count()).where(QuoteLine.version_id == made.version.id)
        assert await unit.session.scalar(rows) == 1


async def of_quote(work: Any, quote_id: int) -> int:
    """How many drafts a quote has."""
    async with work() as unit:
        drafts = select(func.count()).where(
            QuoteVersion.quote_id == quote_id,
            QuoteVersion.state == "draft",
            QuoteVersion.deleted_at.is_(None),
        )
        return await unit.session.scalar(drafts)


async def test_two_next_versions_at_once_are_one_draft(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        await sent(unit, made.version.id)

    async def begin() -> str:
        try:
            async with work("manager") as unit:
                await service.new_version(unit, made.version.id)
        except service.AlreadyDrafted:
            return "there"
        return "made"

    outcomes = await asyncio.gather(*(begin() for _ in range(4)))
    assert sorted(outcomes) == ["made", "there", "there", "there"]
    assert await of_quote(work, made.version.quote_id) == 1


async def test_past_the_lock_the_index_refuses_the_second_draft(work: Any) -> None:
    """The control: whoever does not wait for the other is stopped by the database."""
    async with work() as unit:
        made = await a_quote(unit)
        await sent(unit, made.version.id)

    async def begin(number: int) -> None:
        async with work("manager") as unit:
            facts = {"title": "Next", "valid_until": now(), "currency": "EUR", "number": number}
            unit.session.add(QuoteVersion(quote_id=made.version.quote_id, event_id=made.event.id, **facts))
            await unit.session.flush()

    outcomes = await asyncio.gather(begin(2), begin(3), return_exceptions=True)
    refused = [one for one in outcomes if isinstance(one, IntegrityError)]
    assert len(refused) == 1
    assert "uq_quote_version_draft" in str(refused[0])
    assert await of_quote(work, made.version.quote_id) == 1


async def test_numbers_of_quotes_made_at_once_have_no_gap(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)

    async def begin() -> int:
        async with work("manager") as unit:
            return (await service.create_quote(unit, made.event.id)).quote_id

    async def fail() -> int:
        async with work("manager") as unit:
            await service.create_quote(unit, made.event.id)
            raise NotFound("On purpose")

    await asyncio.gather(begin(), fail(), begin(), fail(), begin(), return_exceptions=True)
    async with work() as unit:
        from app.db.models import Quote

        numbers = sorted(await unit.session.scalars(select(Quote.number)))
    ends = [int(number[-4:]) for number in numbers]
    assert ends == list(range(1, len(ends) + 1))


async def test_a_line_said_while_it_is_sent_is_in_what_was_sent_or_refused(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
    began, go_on = asyncio.Event(), asyncio.Event()

    async def say() -> None:
        async with work("manager") as unit:
            await lines.edit_line(unit, made.version.id, made.key, RATE, version=1)
            began.set()
            await go_on.wait()

    async def send() -> None:
        await began.wait()
        async with work("admin") as unit:
            asking = asyncio.create_task(_locked(unit, made.version.id))
            go_on.set()
            await asking
            await sent(unit, made.version.id)

    await asyncio.gather(say(), send())
    async with work() as unit:
        kept = await document_of(unit.session, made.version.id)
        assert kept.net == Decimal("114.00")
    with pytest.raises(Conflict, match=SENT[:20]):
        async with work() as unit:
            await lines.edit_line(unit, made.version.id, made.key, DISCOUNT, version=None)


async def _locked(unit: Any, version_id: int) -> None:
    await unit.session.execute(select(QuoteVersion.id).where(QuoteVersion.id == version_id).with_for_update())


async def test_lines_are_moved_and_keep_following(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        free = await lines.add_line(unit, made.version.id, {"name": "Van", "quantity": 1, "rate": Decimal(9)})
        key = f"line:{free.id}"
        await moves.move_line_beside(unit, made.version.id, key, made.key)
        assert [one.key for one in (await draft_in(unit, made)).lines] == [key, made.key, made.other]
        assert line_of(await draft_in(unit, made), key).heading == "Sound"
        await moves.move_line(unit, made.version.id, made.key, "down")
        assert line_of(await draft_in(unit, made), made.key).heading == "Control"
        await moves.move_line_beside(unit, made.version.id, made.other, made.key, behind=True)
        assert [one.key for one in (await draft_in(unit, made)).lines] == [key, made.key, made.other]
        with pytest.raises(NotFound):
            await moves.move_line(unit, made.version.id, "line:999999", "up")


async def draft_in(unit: Any, made: Any) -> Any:
    """The draft as this transaction sees it."""
    from app.domain.quotes.drafts import draft_of

    return await draft_of(unit.session, made.version.id)


async def test_two_who_move_at_once_both_get_what_they_asked_for(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        van, crew = [
            await lines.add_line(unit, made.version.id, {"name": name, "quantity": 1, "rate": Decimal(9)})
            for name in ("Van", "Crew")
        ]

    async def move(key: str, other: str) -> None:
        async with work("manager") as unit:
            await moves.move_line_beside(unit, made.version.id, key, other)

    await asyncio.gather(move(f"line:{van.id}", made.key), move(f"line:{crew.id}", made.other))
    keys = [one.key for one in (await draft(work, made.version.id)).lines]
    assert keys == [f"line:{van.id}", made.key, f"line:{crew.id}", made.other]
