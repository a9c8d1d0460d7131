"""A draft follows its event and the price list, and keeps what somebody said instead."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from app.db.models import Client, Quote, QuoteLine, QuoteVersion
from app.domain.documents.content import fingerprint, to_json
from app.domain.events import rentals
from app.domain.events import service as events
from app.domain.inventory.service import edit_equipment
from app.domain.kits.service import add_kit_to_event
from app.domain.quotes import lines, service
from app.domain.quotes.drafts import document_of
from app.lib import editing
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput, NotFound
from app.lib.undoing import undo_change
from tests.integration.booking import MONDAY, a_rental, an_event, some_equipment
from tests.integration.kits import a_kit, goes_along, refused_at
from tests.integration.quoting import a_quote, draft, line_of
from tests.statements import noted


async def as_sent(unit: Any, version: QuoteVersion) -> None:
    """Fix a version as sending does."""
    document = await document_of(unit.session, version.id)
    kept = to_json(document)
    sent = {"state": "sent", "content": kept, "content_hash": fingerprint(kept), "sent_at": now()}
    sums = {"net": document.net, "tax": document.tax, "gross": document.gross}
    await unit.session.execute(
        update(QuoteVersion).where(QuoteVersion.id == version.id).values(**sent, **sums)
    )


async def test_it_follows_the_lines_of_the_event(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        assert made.version.title == made.event.name
    found = await draft(work, made.version.id)
    assert [one.key for one in found.lines] == [made.key, made.other]
    assert [group.heading for group in found.document.groups] == ["Sound", "Control"]
    assert (line_of(found, made.key).price, found.document.net) == (Decimal("80.00"), Decimal("130.00"))
    async with work() as unit:
        await rentals.edit_rental(unit, made.speakers.id, {"quantity": 6, "heading": "Stage"}, version=None)
        await rentals.remove_rental(unit, made.desks.id, version=None)
        await events.edit_event(unit, made.event.id, {"out_end": MONDAY + timedelta(hours=48)}, version=None)
        await edit_equipment(unit, made.speaker.id, {"daily_rate": Decimal("11.00")}, version=None)
    found = await draft(work, made.version.id)
    assert [one.key for one in found.lines] == [made.key]
    line = line_of(found, made.key)
    assert (line.heading, line.units, line.price) == ("Stage", 3, Decimal("198.00"))


async def test_what_somebody_said_stays_until_it_goes_back_to_the_list(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        said = {"rate": Decimal("8.50"), "quantity": Decimal(5), "discount_percent": Decimal(10)}
        await lines.edit_line(unit, made.version.id, made.key, said, version=1)
    async with work() as unit:
        await rentals.edit_rental(unit, made.speakers.id, {"quantity": 9}, version=None)
    found = await draft(work, made.version.id)
    line = line_of(found, made.key)
    assert (line.full, line.price) == (Decimal("85.00"), Decimal("76.50"))
    assert line.booked[0]["quantity"] == 9
    assert line.explanation[0] == "Price given by hand; the price list says €\u00a010.00 a day."
    async with work() as unit:
        await lines.edit_line(unit, made.version.id, made.key, lines.FROM_LIST, version=None)
        await lines.edit_line(unit, made.version.id, made.key, {"quantity": None}, version=None)
    line = line_of(await draft(work, made.version.id), made.key)
    assert (line.full, line.price) == (Decimal("180.00"), Decimal("162.00"))


async def test_the_first_word_about_a_line_can_be_taken_back(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
    async with work() as unit:
        edit = await lines.edit_line(unit, made.version.id, made.key, {"rate": Decimal(1)}, version=1)
    async with work() as unit:
        assert edit.change_id is not None
        await undo_change(unit, edit.change_id)
    assert line_of(await draft(work, made.version.id), made.key).price == Decimal("80.00")


async def test_the_basis_and_the_time_of_a_line_can_be_said(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        said = {"multiple": Decimal("1.5")}
        await lines.edit_line(unit, made.version.id, made.key, said, version=1)
        flat = {"basis": "flat", "rate": Decimal(99)}
        await lines.edit_line(unit, made.version.id, made.other, flat, version=1)
    found = await draft(work, made.version.id)
    assert line_of(found, made.key).price == Decimal("60.00")
    assert line_of(found, made.other).price == Decimal("99.00")
    assert line_of(found, made.key).explanation == [
        "Time given by hand, at the price of the list.",
        "€\u00a010.00 a day × 1.5, by hand.",
    ]


async def test_free_lines_notes_and_hidden_ones(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        crew = {
            "name": "Crew",
            "quantity": Decimal(2),
            "rate": Decimal(300),
            "basis": "day",
            "heading": "People",
        }
        free = await lines.add_line(unit, made.version.id, crew)
        note = await lines.add_line(unit, made.version.id, {"name": "Load-in from 7."}, kind="note")
        await lines.edit_line(unit, made.version.id, made.other, {"hidden": True}, version=1)
    found = await draft(work, made.version.id)
    assert [one.key for one in found.lines][2:] == [f"line:{free.id}", f"line:{note.id}"]
    assert line_of(found, f"line:{free.id}").price == Decimal("1200.00")
    assert line_of(found, f"line:{note.id}").price is None
    assert line_of(found, made.other).hidden
    assert found.document.net == Decimal("1330.00")
    async with work() as unit:
        await lines.delete_line(unit, free.id, version=1)
    assert (await draft(work, made.version.id)).document.net == Decimal("130.00")
    async with work() as unit:
        await lines.restore_line(unit, free.id)
        row = await unit.session.scalar(select(QuoteLine.id).where(QuoteLine.rental_id == made.desks.id))
        with pytest.raises(Conflict, match="gear of the event"):
            await lines.delete_line(unit, row, version=None)


async def test_an_option_counts_in_no_sum(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        await lines.edit_line(unit, made.version.id, made.other, {"optional": True}, version=1)
    found = await draft(work, made.version.id)
    assert ([line.key for line in found.document.options], found.document.net) == ([made.other], Decimal(80))


async def test_a_kit_with_a_price_is_one_line(work: Any) -> None:
    async with work() as unit:
        lamp, stand, clamp = [await some_equipment(unit, 90, daily_rate=Decimal(7)) for _ in range(3)]
        await goes_along(unit, lamp, clamp)
        kit = await a_kit(unit, (lamp, 2), (stand, 1), daily_rate=Decimal("20.00"))
        loose = await a_kit(unit, (stand, 1))
        event = await an_event(unit)
        await add_kit_to_event(unit, event.id, kit.id, 3)
        await add_kit_to_event(unit, event.id, loose.id, 1)
        version = await service.create_quote(unit, event.id)
    found = await draft(work, version.id)
    whole, part = found.lines
    assert (whole.key, whole.line.quantity, whole.line.price) == (f"kit:{kit.id}", 3, Decimal("120.00"))
    assert whole.line.parts == [f"6 × {lamp.name}", f"6 × {clamp.name}", f"3 × {stand.name}"]
    assert len(whole.line.booked) == 3
    assert (part.line.kind, part.line.price) == ("rental", Decimal("14.00"))
    async with work() as unit:
        await lines.edit_line(unit, version.id, whole.key, {"rate": Decimal("15.00")}, version=1)
    assert line_of(await draft(work, version.id), whole.key).price == Decimal("90.00")


async def test_group_and_whole_discount(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        await lines.edit_group(unit, made.version.id, "Sound", {"discount_percent": Decimal(25)}, version=1)
        await service.edit_version(unit, made.version.id, {"discount_amount": Decimal(10)}, version=1)
    document = (await draft(work, made.version.id)).document
    assert [(group.price, group.total) for group in document.groups] == [(80, 60), (50, 50)]
    assert (document.subtotal, document.discount, document.net) == (110, 10, 100)


async def test_it_begins_with_what_the_client_has(work: Any) -> None:
    async with work() as unit:
        client = Client(
            name="Acme", discount_percent=Decimal(5), language="de", tax_treatment="reverse_charge"
        )
        await editing.create(unit, client)
        made = await a_quote(unit, client_id=client.id)
        numbers = [made.version.quote_id, (await a_quote(unit)).version.quote_id]
        first, second = [(await unit.session.get_one(Quote, key)).number for key in numbers]
        assert int(second[-4:]) == int(first[-4:]) + 1
    found = await draft(work, made.version.id)
    assert (found.document.language, found.document.tax) == ("de", 0)
    assert (found.document.recipient.name, found.document.net) == ("Acme", Decimal("123.50"))


async def test_no_quote_for_an_event_that_is_over(work: Any) -> None:
    async with work() as unit:
        event = await an_event(unit)
        await events.take_step(unit, event.id, "lose", reason="Too dear")
        with pytest.raises(Conflict, match="lost"):
            await service.create_quote(unit, event.id)
        with pytest.raises(NotFound):
            await service.create_quote(unit, 999_999_999)


async def test_the_next_version_has_what_was_said_for_the_one_that_was_sent(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        await lines.edit_line(unit, made.version.id, made.key, {"rate": Decimal(9)}, version=1)
        await lines.add_line(
            unit, made.version.id, {"name": "Van", "quantity": Decimal(1), "rate": Decimal(60)}
        )
        await lines.edit_group(unit, made.version.id, "Control", {"discount_amount": Decimal(5)}, version=1)
        with pytest.raises(service.AlreadyDrafted):
            await service.new_version(unit, made.version.id)
    before = (await draft(work, made.version.id)).document
    async with work() as unit:
        await as_sent(unit, made.version)
    async with work() as unit:
        following = await service.new_version(unit, made.version.id)
        assert (following.number, following.based_on_id, following.state) == (2, made.version.id, "draft")
    async with work() as unit:
        await edit_equipment(unit, made.desk.id, {"daily_rate": Decimal(100)}, version=None)
        await rentals.edit_rental(unit, made.speakers.id, {"quantity": 2}, version=None)
    async with work() as unit:
        sent = await document_of(unit.session, made.version.id)
        assert (sent.gross, sent.groups) == (before.gross, before.groups)
        after = await document_of(unit.session, following.id)
        assert after.net == Decimal(2 * 9 * 2 + 195 + 60)


async def test_what_was_sent_stays(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        free = await lines.add_line(
            unit, made.version.id, {"name": "Van", "quantity": 1, "rate": Decimal(60)}
        )
        await as_sent(unit, made.version)
    async with work() as unit:
        for attempt in (
            lines.edit_line(unit, made.version.id, made.key, {"rate": Decimal(9)}, version=1),
            lines.add_line(unit, made.version.id, {"name": "Van", "quantity": 1, "rate": Decimal(60)}),
            lines.delete_line(unit, free.id, version=1),
            lines.edit_group(unit, made.version.id, "Sound", {"discount_percent": Decimal(1)}, version=1),
            service.edit_version(unit, made.version.id, {"title": "Else"}, version=None),
            service.discard_version(unit, made.version.id, version=None),
            service.delete_quote(unit, made.version.quote_id, version=None),
        ):
            with pytest.raises(Conflict):
                await attempt


async def test_a_draft_is_discarded_where_there_is_another_version(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        with pytest.raises(Conflict, match="Delete the quote"):
            await service.discard_version(unit, made.version.id, version=None)
        await as_sent(unit, made.version)
    async with work() as unit:
        second = await service.new_version(unit, made.version.id)
        await service.discard_version(unit, second.id, version=1)
        third = await service.new_version(unit, made.version.id)
        assert third.number == 3
        with pytest.raises(Conflict, match="another draft"):
            await service.restore_version(unit, second.id)


async def test_wrong_values_are_told_at_their_fields(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        for field, value in (
            ("rate", Decimal(-1)),
            ("discount_percent", Decimal(101)),
            ("tax_rate_id", 10**9),
        ):
            with refused_at(field):
                await lines.edit_line(unit, made.version.id, made.key, {field: value}, version=None)
        with refused_at("name"):
            await lines.add_line(unit, made.version.id, {"quantity": 1, "rate": Decimal(1)})
        with refused_at("charge_end"):
            await service.edit_version(unit, made.version.id, {"charge_start": MONDAY}, version=None)
        with pytest.raises(InvalidInput):
            await service.edit_version(unit, made.version.id, {"title": ""}, version=None)
        with pytest.raises(NotFound):
            await lines.edit_line(unit, made.version.id, "rental:999999999", {"rate": Decimal(1)}, version=1)


async def test_it_takes_as_many_statements_for_one_line_as_for_forty(work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
    async with work() as unit:
        seen = await noted(unit)
        await document_of(unit.session, made.version.id)
        few = len(seen)
    async with work() as unit:
        for _ in range(20):
            gear = await some_equipment(unit, 3, daily_rate=Decimal(3))
            line = await a_rental(unit, made.event, gear, 1)
            await lines.edit_line(unit, made.version.id, f"rental:{line.id}", {"rate": Decimal(2)}, version=1)
    async with work() as unit:
        seen = await noted(unit)
        await document_of(unit.session, made.version.id)
        assert len(seen) == few
