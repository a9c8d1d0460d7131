"""Pasted lists: matched to the catalogue, shown for confirmation, added as a whole or not at all."""

import re
from typing import Any

from sqlalchemy import select

from app.db.models import Event, Rental
from tests.integration.booking import a_confirmed_event, an_event, some_equipment

PART = {"hx-request": "true", "hx-request-type": "partial"}


async def lines_of(work: Any, event: Event) -> list[tuple[int, str, str]]:
    async with work() as unit:
        statement = select(Rental).where(Rental.event_id == event.id, Rental.deleted_at.is_(None))
        rows = await unit.session.scalars(statement.order_by(Rental.position))
        return [(row.quantity, row.name, row.heading) for row in rows]


def picked(page: str) -> dict[str, str]:
    """What the form would send."""
    fields = dict(re.findall(r'name="(quantity-\d+)"[^>]*value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*name="(pick-\d+)"(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="(\d*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return fields


async def test_a_list_is_matched_confirmed_and_added(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        micro = await some_equipment(unit, 40, name="Shure Pasteable58", sku="MIC-P58", tags=["Vokalmikro"])
        await some_equipment(unit, 6, name="Pasted spot A", sku="SPOT-A")
        await some_equipment(unit, 6, name="Pasted spot B", sku="SPOT-B")
        await a_confirmed_event(unit, micro, 10, name="Takes ten")
        event = await an_event(unit)
    employee = await sign_in("employee")
    assert "<textarea" in (await employee.get(f"/events/{event.id}/list")).text
    text = "Audio:\n4x Pasteable58\nVOKALMIKRO 2\n3 MIC-P58\nLight:\n2 Pasted spot\n5 Frobnicator\n1 Pasteable 58"
    address = f"/events/{event.id}/list"
    check = await employee.post(address, data={"text": text})
    assert check.status_code == 200
    assert "5 of 6 lines will be added" in check.text
    assert check.text.count(">unsure<") == 1
    assert "nothing like it" in check.text
    assert "Pasted spot A (6 of 6 free)" in check.text
    assert "30 of 40" in check.text
    fields = picked(check.text)
    assert [fields[f"quantity-{number}"] for number in range(6)] == ["4", "2", "3", "2", "5", "1"]
    assert [fields[f"pick-{number}"] for number in (0, 1, 2, 5)] == [str(micro.id)] * 4
    fields |= {"text": text, "pick-5": "", "quantity-0": "44"}
    again = await employee.post(address, data=fields, headers=PART)
    assert "14 short" in again.text
    assert "10 at Takes ten" in again.text
    assert await lines_of(work, event) == []
    added = await employee.post(f"{address}/rentals", data=fields | {"quantity-0": "4"})
    assert added.status_code == 303
    assert await lines_of(work, event) == [
        (4, "Shure Pasteable58", "Audio"),
        (2, "Shure Pasteable58", "Audio"),
        (3, "Shure Pasteable58", "Audio"),
        (2, "Pasted spot A", "Light"),
    ]


async def test_what_cannot_be_added_is_said_and_nothing_is(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 4, name="Listed lamp")
        other = await some_equipment(unit, 9, name="Listed other")
        await a_confirmed_event(unit, lamp, 3, name="Has three")
        event = await a_confirmed_event(unit, other, 1)
    employee, manager = await sign_in("employee"), await sign_in("manager")
    address = f"/events/{event.id}/list"
    nothing = await employee.post(address, data={"text": "---"})
    assert nothing.status_code == 422
    text = "2 Listed lamp\n1 Listed other"
    fields = picked((await employee.post(address, data={"text": text})).text) | {"text": text}
    short = await employee.post(f"{address}/rentals", data=fields)
    assert short.status_code == 409
    assert "Has three" in short.text
    assert "overbook_reason" not in short.text
    wrong = await employee.post(f"{address}/rentals", data=fields | {"quantity-1": "many"})
    assert wrong.status_code == 422
    assert "Write a whole number" in wrong.text
    assert 'value="many"' in wrong.text
    skipped = await employee.post(f"{address}/rentals", data=fields | {"pick-0": "", "pick-1": ""})
    assert (skipped.status_code, "Choose the equipment" in skipped.text) == (422, True)
    unknown = await employee.post(f"{address}/rentals", data=fields | {"pick-0": "99999999"})
    assert (unknown.status_code, "does not exist" in unknown.text) == (422, True)
    assert len(await lines_of(work, event)) == 1
    assert "overbook_reason" in (await manager.post(f"{address}/rentals", data=fields)).text
    reason = fields | {"overbook_reason": "Partner lends"}
    assert (await employee.post(f"{address}/rentals", data=reason)).status_code == 403
    assert (await manager.post(f"{address}/rentals", data=reason)).status_code == 303
    assert len(await lines_of(work, event)) == 3


async def test_odd_quantities_are_shown_with_the_reason_and_never_one(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        await some_equipment(unit, 4, name="Doubted lamp")
        event = await an_event(unit)
    employee = await sign_in("employee")
    address, text = f"/events/{event.id}/list", "0x Doubted lamp\n-3x Doubted lamp\n999999x Doubted lamp"
    checked = await employee.post(address, data={"text": text})
    assert checked.text.count(">unsure</span>") == 3
    for said in ("0 pieces cannot be added", "A dash stands right before", "999999 pieces cannot be added"):
        assert said in checked.text
    fields = picked(checked.text) | {"text": text}
    assert [fields[f"quantity-{number}"] for number in range(3)] == ["0", "3", "999999"]
    refused = await employee.post(f"{address}/rentals", data=fields)
    assert refused.status_code == 422
    assert refused.text.count('aria-invalid="true"') == 2
    assert await lines_of(work, event) == []


async def test_five_hundred_lines_are_read_and_more_are_refused_in_words(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 4, name="Listed often")
        event = await an_event(unit)
    employee = await sign_in("employee")
    address, text = f"/events/{event.id}/list", "\n".join(["1x Listed often"] * 500)
    checked = await employee.post(address, data={"text": text})
    assert "500 of 500 lines will be added" in checked.text
    added = await employee.post(f"{address}/rentals", data=picked(checked.text) | {"text": text})
    assert added.status_code == 303
    assert len(await lines_of(work, event)) == 500
    for way in (address, f"{address}/rentals"):
        refused = await employee.post(way, data={"text": text + "\n1x Listed often", "pick-0": str(lamp.id)})
        assert refused.status_code == 422
        assert "At most 500 lines at once" in refused.text
        assert text[:40] in refused.text
    assert len(await lines_of(work, event)) == 500


async def test_a_fixed_number_of_statements(statements: list[str], work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit)
        for number in range(6):
            await some_equipment(unit, 2, name=f"Countme {number}")
    employee = await sign_in("employee")
    await employee.get(f"/events/{event.id}/list")
    numbers: list[int] = []
    for text in ("1 Countme 1\n1 Nothing", "\n".join(f"{n} Countme {n}\n{n} None" for n in range(6))):
        statements.clear()
        await employee.post(f"/events/{event.id}/list", data={"text": text})
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
