"""What check-in found is charged once: missing gear, damages, days that gear came back late."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.db.models import Maintenance
from app.db.models.invoice import InvoiceLine
from app.domain.events import service
from app.domain.handovers.checking_in import check_in, settle
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.invoices.charges import charge, count_charges, suggestions
from app.domain.invoices.documents import document_of
from app.domain.invoices.drafts import LINES
from app.domain.invoices.issuing import credit_note, issue
from app.domain.invoices.service import delete_invoice, final_invoice
from app.domain.quarantine.service import decide_job
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from tests.integration.bench import act
from tests.integration.booking import HOUR, a_rental, some_equipment
from tests.integration.invoicing import an_event_of_client

Work = Callable[..., Any]


async def _back_late_and_damaged(work: Work) -> Any:
    """Five of a light: two fine and one damaged two days late, two missing and charged."""
    async with work() as unit:
        light = await some_equipment(unit, 5, daily_rate=Decimal("12.50"), replacement_value=Decimal(300))
        event = await an_event_of_client(unit, start=now() + 2 * HOUR)
        line = await a_rental(unit, event, light, 5)
        await service.confirm(unit, event.id)
    async with work() as unit:
        await dispatch(unit, act(), event.id, [Part(line.id, 5)], override_reason="Test")
    async with work() as unit:
        past = {"start": now() - timedelta(days=5), "end": now() - timedelta(days=2), "id": event.id}
        await unit.session.execute(
            text("update event set out_start = :start, out_end = :end where id = :id"), past
        )
    async with work() as unit:
        back = [Part(line.id, 2), Part(line.id, 1, condition="damaged", note="Lens broken")]
        await check_in(unit, act(), event.id, back)
    async with work() as unit:
        await settle(unit, act(), event.id, [Part(line.id, 1)], reason="Stolen")
        written_off = Part(line.id, 1, settlement="written_off")
        await settle(unit, act(), event.id, [written_off], reason="Ours to bear")
    async with work() as unit:
        job = await unit.session.scalar(select(Maintenance).where(Maintenance.equipment_id == light.id))
        await decide_job(unit, job.id, "write_off", note="Beyond repair", value=Decimal(180))
    return event


async def test_each_finding_is_offered_and_charged_once(work: Work) -> None:
    event = await _back_late_and_damaged(work)
    async with work() as unit:
        assert await count_charges(unit.session, event.id) == 3
        draft = await final_invoice(unit, event.id)
        offered = {one.source.split(":")[0]: one for one in await suggestions(unit.session, draft.id)}
        assert set(offered) == {"movement", "maintenance", "late"}
        assert (offered["movement"].price, offered["movement"].note) == (300, "Stolen")
        assert (offered["maintenance"].price, offered["maintenance"].note) == (180, "Beyond repair")
        assert offered["late"].price == 3 * 2 * Decimal("12.50")
        with pytest.raises(InvalidInput):
            await charge(unit, draft.id, [])
        with pytest.raises(Conflict):
            await charge(unit, draft.id, ["movement:99999"])
        assert await charge(unit, draft.id, [one.source for one in offered.values()]) == 3
        assert (await document_of(unit.session, draft.id)).subtotal == 555
        assert await suggestions(unit.session, draft.id) == []
    async with work() as unit:
        await delete_invoice(unit, draft.id, version=None)
        assert await count_charges(unit.session, event.id) == 3
        other = await final_invoice(unit, event.id)
        await charge(unit, other.id, [offered["movement"].source])
        issued = await issue(unit, other.id)
        assert await count_charges(unit.session, event.id) == 2
    async with work() as unit:
        await credit_note(unit, issued.id)
        assert await count_charges(unit.session, event.id) == 3  # cancelled, it may be charged again


async def test_two_who_charge_the_same_at_once_charge_it_once(work: Work) -> None:
    event = await _back_late_and_damaged(work)
    async with work() as unit:
        drafts = [(await final_invoice(unit, event.id)).id for _ in range(2)]
        source = (await suggestions(unit.session, drafts[0]))[0].source

    async def one(key: int) -> bool:
        try:
            async with work() as unit:
                await charge(unit, key, [source])
                return True
        except (Conflict, IntegrityError):
            return False

    assert sorted(await asyncio.gather(*(one(key) for key in drafts))) == [False, True]


async def test_a_charge_taken_off_is_offered_again_and_its_page_shows_it(work: Work, sign_in: Any) -> None:
    event = await _back_late_and_damaged(work)
    async with work() as unit:
        job = await unit.session.scalar(select(Maintenance).order_by(Maintenance.id.desc()).limit(1))
        job.resolution = ""
        draft = await final_invoice(unit, event.id)
        await unit.session.flush()
        offered = {one.source: one for one in await suggestions(unit.session, draft.id)}
        assert offered[f"maintenance:{job.id}"].note == "Lens broken", "what was written down at check-in"
    client = await sign_in("manager")
    here = f"/invoices/{draft.id}"
    assert "from check-in" in (await client.get(here)).text
    form = (await client.get(f"{here}/charges")).text
    assert form.count('name="sources"') == 3
    assert (await client.post(f"{here}/charges", data={})).status_code == 422
    async with work() as unit:
        sources = [one.source for one in await suggestions(unit.session, draft.id)]
    assert (await client.post(f"{here}/charges", data={"sources": sources})).status_code == 303
    page = (await client.get(here)).text
    assert "Missing: Equipment" in page
    assert "from check-in" not in page
    async with work() as unit:
        document = await document_of(unit.session, draft.id)
        late = next(one for group in document.groups for one in group.lines if one.key.startswith("late"))
        assert late.name.startswith("Late return, 2 days")
        line = await unit.session.scalar(select(InvoiceLine).where(InvoiceLine.source == late.key))
        await LINES.delete(unit, line.id, version=1)
        assert [one.source for one in await suggestions(unit.session, draft.id)] == [late.key]
