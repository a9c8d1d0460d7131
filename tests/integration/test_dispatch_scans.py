"""What a scan ticks on the page of a dispatch, and what is said of a thing that is not of it."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from app.db.models import BenchAction, Case, Equipment, InspectionRule, Movement
from app.domain.company.service import edit_company
from app.domain.events import service
from app.domain.handovers.dispatching import dispatch
from app.domain.handovers.policy import Part
from app.domain.prep.counting import count
from app.domain.prep.scanning import scan
from app.lib.clock import now
from tests.integration.bench import act, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment

Work = Callable[..., Any]
SignIn = Callable[[str], Awaitable[Any]]
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


async def _show(unit: Any, *tags: str, quantity: int = 4) -> Any:
    """A confirmed event that wants cables and lamps with these tags: it, both lines, and the SKU of the cables."""
    event = await an_event(unit, now() + 2 * HOUR, 24)
    cable = await some_equipment(unit, 20)
    line = await a_rental(unit, event, cable, quantity)
    equipment_id, _ = await with_units(unit, tags)
    lamps = await a_rental(unit, event, await unit.session.get_one(Equipment, equipment_id), len(tags))
    await service.confirm(unit, event.id)
    return event, line, lamps, cable.sku


def _ticks(text: str) -> list[dict[str, str]]:
    """What an answer ticks on the page."""
    return [dict(re.findall(r'data-(\w+)="([^"]*)"', one)) for one in re.findall(r"<li[^>]*>", text)]


async def test_a_unit_and_a_piece_are_ticked_and_nothing_is_written(work: Work, sign_in: SignIn) -> None:
    async with work() as unit:
        event, line, lamps, sku = await _show(unit, "DS-1", "DS-2")
        again = await a_rental(unit, event, await unit.session.get_one(Equipment, line.equipment_id), 2)
        await scan(unit, act(), event.id, "DS-1", step="picked")
        actions = await unit.session.scalar(select(func.count()).select_from(BenchAction))
    client = await sign_in("technician")
    path = f"/prep/{event.id}/dispatch"

    async def told(code: str) -> str:
        answer = await client.post(f"{path}/scans", data={"code": code}, headers=PART)
        assert answer.status_code == 200
        return answer.text

    ticked = await told("ds-1")
    assert "<h2>Ticked</h2>" in ticked
    (tick,) = _ticks(ticked)
    assert (tick["lines"], tick["by"]) == (str(lamps.id), "1")
    assert f'value="{tick["unit"]}" checked' in (await client.get(path)).text
    (piece,) = _ticks(await told(sku))
    assert (piece["lines"].split(), piece["by"]) == ([str(line.id), str(again.id)], "1")
    for code, said in (
        ("DS-2", "is not picked for this event yet"),
        ("nobody-knows", "Nothing here has the code"),
        ("", "Scan a code, or type one."),
        (f"AV-PL-{event.id}-1", "pick list"),
        (f"AV-PL-{event.id + 1}-1", "belongs to another event"),
    ):
        answer = await told(code)
        assert said in answer
        assert _ticks(answer) == []
    async with work() as unit:
        assert await unit.session.scalar(select(func.count()).select_from(BenchAction)) == actions
        assert not await unit.session.scalar(
            select(Movement.id).where(Movement.event_id == event.id, Movement.step == "dispatched")
        )


async def test_nothing_is_ticked_where_only_what_is_scanned_leaves(work: Work, sign_in: SignIn) -> None:
    async with work() as unit:
        event, line, _, _ = await _show(unit, "DT-1")
        await count(unit, act(), event.id, line.id, step="picked", quantity=3)
        await scan(unit, act(), event.id, "DT-1", step="picked")
    client = await sign_in("technician")
    page = (await client.get(f"/prep/{event.id}/dispatch?what=scans")).text
    assert f'id="line-{line.id}" value="0"' in page
    assert 'name="units"' in page
    assert " checked" not in page


async def test_what_is_not_of_this_dispatch_is_said_with_the_way_to_where_it_is(
    work: Work, sign_in: SignIn
) -> None:
    async with work() as unit:
        await edit_company(unit, {"prep_steps": ["picked", "packed"]}, version=None)
        ours, line, lamps, _ = await _show(unit, "DU-1", "DU-2")
        theirs, their_line, _, their_sku = await _show(unit, "DV-1")
        trunk, other, empty = (Case(code=f"DU-T{number}", name="Trunk") for number in range(3))
        unit.session.add_all([trunk, other, empty])
        await unit.session.flush()
        await count(unit, act(), ours.id, line.id, step="packed", quantity=3, case_id=trunk.id)
        inside = await scan(unit, act(), ours.id, "DU-1", step="packed", case_id=trunk.id)
        left = await scan(unit, act(), ours.id, "DU-2", step="packed")
        await count(unit, act(), theirs.id, their_line.id, step="packed", quantity=1, case_id=other.id)
        await scan(unit, act(), theirs.id, "DV-1", step="picked")
        await dispatch(unit, act(), ours.id, [Part(lamps.id, 1, left.unit_id)])
    client = await sign_in("technician")

    async def told(code: str) -> str:
        answer = await client.post(f"/prep/{ours.id}/dispatch/scans", data={"code": code}, headers=PART)
        return answer.text

    packed = await told("DU-T0")
    assert "Case DU-T0: 4 pieces." in packed
    assert sorted((tick["lines"], tick["by"]) for tick in _ticks(packed)) == sorted(
        [(str(line.id), "3"), (str(lamps.id), "1")]
    )
    for code, said, way in (
        ("DU-2", "has left already", ""),
        ("DV-1", f"was picked for “{theirs.name}”", f"/prep/{theirs.id}/dispatch"),
        (their_sku, "None of it is of what may leave", f"/prep/{ours.id}"),
        ("DU-T1", f"was packed for “{theirs.name}”", f"/prep/{theirs.id}/dispatch"),
        ("DU-T2", "holds nothing of this event", f"/cases/{empty.id}"),
    ):
        answer = await told(code)
        assert said in answer, code
        assert not way or f'href="{way}"' in answer
        assert _ticks(answer) == []
    async with work() as unit:
        await dispatch(unit, act(), ours.id, [Part(line.id, 3), Part(lamps.id, 1, inside.unit_id)])
    assert "has left already" in await told("DU-T0")


async def test_an_expired_unit_is_ticked_with_a_warning(work: Work, sign_in: SignIn) -> None:
    async with work() as unit:
        event, _, lamps, _ = await _show(unit, "DX-1")
        await scan(unit, act(), event.id, "DX-1", step="picked")
        unit.session.add(
            InspectionRule(
                equipment_id=lamps.equipment_id,
                name="PAT",
                interval_months=12,
                starts_on=now().date() - timedelta(days=1),
                notes="",
            )
        )
    client = await sign_in("technician")
    answer = await client.post(f"/prep/{event.id}/dispatch/scans", data={"code": "DX-1"}, headers=PART)
    assert "Ticked, inspection expired" in answer.text
    assert len(_ticks(answer.text)) == 1
    assert "/inspections/new?unit=" in answer.text
