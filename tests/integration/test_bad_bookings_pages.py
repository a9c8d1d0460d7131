"""What makes no sense in a form: its message stands where it was typed, and nothing is changed."""

import re
from typing import Any

import pytest

from app.domain.events import rentals, service
from app.domain.events.copying import copy_event
from app.domain.inventory.service import edit_equipment
from app.domain.kits.service import add_kit_to_event
from app.lib.periods import Period
from tests.integration.bad_bookings import (
    DATES,
    DAY,
    NO_ID,
    PART,
    TYPED,
    free,
    instant,
    kept,
    message_at,
    refused_at,
    stored,
)
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment
from tests.integration.kits import a_kit, lines, quantities

BAD_EVENTS = [
    pytest.param({"out_start": DATES["out_end"], "out_end": DATES["out_start"]}, "out_end",
                 "comes back after it went out", id="ends before it starts"),
    pytest.param({"out_end": DATES["out_start"]}, "out_end", "comes back after it went out", id="no length"),
    pytest.param({"out_end": "2041-06-02T10:00"}, "out_end", "Ten years", id="ten years"),
    pytest.param({"out_end": "2931-06-02T10:00"}, "out_end", "Ten years", id="a slip in the year"),
    pytest.param({"out_end": ""}, "out_end", "Say when the gear comes back", id="no end"),
    pytest.param({"out_start": ""}, "out_start", "Say when the gear goes out", id="no start"),
    pytest.param({"out_start": "soon"}, "out_start", "Write a date", id="no date"),
    pytest.param({"out_start": "0001-01-01T00:00"}, "out_start", "between 1900 and 2999", id="year 1"),
    pytest.param({"out_end": "9999-12-31T23:59"}, "out_end", "between 1900 and 2999", id="year 9999"),
    pytest.param({"out_end": "29999-12-31T23:59"}, "out_end", "Write a date", id="year 29999"),
    pytest.param({"use_start": "2031-06-02T09:59", "use_end": "2031-06-02T12:00"}, "use_start",
                 "between dispatch and return", id="used before it goes out"),
    pytest.param({"use_start": "2031-06-02T12:00", "use_end": "2031-06-03T10:01"}, "use_end",
                 "between dispatch and return", id="used after it is back"),
    pytest.param({"use_start": "2031-06-02T12:00"}, "use_end", "Say both", id="half a use"),
    pytest.param({"use_start": "2031-06-02T12:00", "use_end": "2031-06-02T12:00"}, "use_end",
                 "ends after it starts", id="used for no time"),
    pytest.param({"name": ""}, "name", "Give it a name", id="no name"),
    pytest.param({"client_id": "900000000000000000"}, "client_id", "does not exist", id="unknown client"),
    pytest.param({"client_id": "9" * 30}, "client_id", "Choose one of the list", id="huge id"),
    pytest.param({"responsible_id": "-1"}, "responsible_id", "Choose one of the list", id="odd id"),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "field", "message"), BAD_EVENTS)
async def test_the_form_of_an_event_says_it_at_the_field_and_keeps_the_rest(
    work: Any, sign_in: Any, wrong: dict[str, str], field: str, message: str
) -> None:
    async with work() as unit:
        event = await an_event(unit)
    manager, before = await sign_in("manager"), await stored(work)
    typed = {**TYPED, **DATES, **wrong}
    seen = {name: text for name, text in typed.items() if name not in {"client_id", "responsible_id", "tags"}}
    for address in ("/events/new", f"/events/{event.id}/edit"):
        answer = await manager.post(address, data=typed | {"version": "1"})
        assert answer.status_code == 422
        assert message in message_at(answer.text, field)
        assert f'href="#{field}"' in answer.text
        assert kept(answer.text, seen)
    assert await stored(work) == before


BAD_QUANTITIES = ("0", "-1", "100001", "9" * 40, "1e9", "1.5", "four", "", "0x10", "٣")


@pytest.mark.parametrize("quantity", BAD_QUANTITIES)
async def test_a_quantity_that_is_none_is_refused_wherever_it_is_typed(
    work: Any, sign_in: Any, quantity: str
) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
        event = await an_event(unit)
        line = await a_rental(unit, event, lamp, 2)
        kit = await a_kit(unit, (lamp, 1))
    manager, before = await sign_in("manager"), await stored(work)
    typed = {"version": "1", "quantity": quantity, "heading": "Kept <heading>", "notes": "Kept words"}
    form = await manager.post(f"/rentals/{line.id}/edit", data=typed, headers=PART)
    assert form.status_code == 422
    assert re.match(r"Write a (whole )?number", message_at(form.text, "quantity"))
    assert kept(form.text, {**typed, "version": ""})
    for address, extra in (
        (f"/events/{event.id}/rentals", {"equipment_id": str(lamp.id)}),
        (f"/rentals/{line.id}/quantity", {"version": "1"}),
        (f"/events/{event.id}/kits", {"kit_id": str(kit.id)}),
    ):
        data = {"quantity": quantity, **extra}
        in_place = await manager.post(address, data=data, headers=PART)
        assert in_place.status_code == 422
        if address.endswith("/kits"):
            assert "number" in in_place.headers["hx-trigger"]
            assert in_place.headers["hx-reswap"] == "none"  # what was typed stays where it is
        else:
            assert re.search(r"Write a (whole )?number", in_place.text)
            assert f'value="{quantity}"' in in_place.text
        whole = await manager.post(address, data=data)
        assert whole.status_code == 422
        assert "number" in whole.text
    assert await stored(work) == before


async def test_gear_that_is_unknown_archived_or_deleted_cannot_be_added(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        archived = await some_equipment(unit, 5, name="Old lamp", archived=True)
        deleted = await some_equipment(unit, 5)
        deleted.deleted_at = MONDAY
        event = await an_event(unit)
    manager, before = await sign_in("manager"), await stored(work)
    for key, message in (
        (archived.id, "Old lamp is archived."),
        (deleted.id, "This equipment does not exist."),
        (NO_ID, "This equipment does not exist."),
        (2**63 - 1, None),
    ):
        body = {"event_id": event.id, "equipment_id": key, "quantity": 1}
        answer = await manager.post("/api/rentals", json=body)
        refused_at(answer, "equipment_id")
        assert answer.json()["details"]["fields"]["equipment_id"] == (
            message or "This equipment does not exist."
        )
        data = {"equipment_id": str(key), "quantity": "1"}
        page = await manager.post(f"/events/{event.id}/rentals", data=data)
        assert page.status_code == 422
        assert (message or "Choose one of the list.") in page.text
    found = await manager.get(f"/events/{event.id}/gear", params={"q": "Old lamp"}, headers=PART)
    assert f'value="{archived.id}"' not in found.text
    scanned = await manager.post(f"/events/{event.id}/picks", data={"q": archived.sku}, headers=PART)
    assert (scanned.status_code, "is not the name, SKU or tag" in scanned.text) == (422, True)
    assert await stored(work) == before


BAD_LINES = [
    pytest.param(("2031-06-02T12:00", ""), "end_at", "Say both", id="no end"),
    pytest.param(("", "2031-06-02T12:00"), "start_at", "Say both", id="no start"),
    pytest.param(("2031-06-02T14:00", "2031-06-02T12:00"), "end_at", "comes back after", id="backwards"),
    pytest.param(("2031-06-02T12:00", "2031-06-02T12:00"), "end_at", "comes back after", id="no length"),
    pytest.param(("2031-06-02T12:00", "2041-06-02T12:00"), "end_at", "Ten years", id="ten years"),
    pytest.param(("2031-06-03T10:00", "2031-06-03T12:00"), "start_at", "is back by then", id="too late"),
    pytest.param(("2031-06-02T08:00", "2031-06-02T10:00"), "end_at", "only after this", id="too early"),
    pytest.param(("2031-02-31T08:00", "2031-06-02T10:00"), "start_at", "Write a date", id="no such day"),
]


@pytest.mark.parametrize(("period", "field", "message"), BAD_LINES)
async def test_dates_of_a_line_say_what_is_wrong_with_them(
    work: Any, sign_in: Any, period: tuple[str, str], field: str, message: str
) -> None:
    async with work() as unit:
        event = await an_event(unit)
        lamp = await some_equipment(unit, 5)
        line = await a_rental(unit, event, lamp, 2)
    manager, before = await sign_in("manager"), await stored(work)
    typed = {"quantity": "3", "heading": "Kept heading", "start_at": period[0], "end_at": period[1]}
    for headers in ({}, PART):
        answer = await manager.post(
            f"/rentals/{line.id}/edit", data=typed | {"version": "1"}, headers=headers
        )
        assert answer.status_code == 422
        assert message in message_at(answer.text, field)
        assert kept(answer.text, typed)
    name = {"start_at": "start", "end_at": "end"}[field]
    sent = {"start": instant(period[0]), "end": instant(period[1])}
    refused_at(await manager.patch(f"/api/rentals/{line.id}", json={**sent, "version": 1}), name)
    body = {"event_id": event.id, "equipment_id": lamp.id, "quantity": 1, **sent}
    refused_at(await manager.post("/api/rentals", json=body), name)
    assert await stored(work) == before


async def test_a_line_may_reach_beyond_its_event_but_has_to_touch_it(work: Any, sign_in: Any) -> None:
    """Truss goes out the evening before; what was meant for another month is a slip."""
    async with work() as unit:
        truss = await some_equipment(unit, 5, name="Truss")
        event = await a_confirmed_event(unit, truss, 1)
        early = {"start_at": MONDAY - 12 * HOUR, "end_at": MONDAY + 24 * HOUR}
        line = await a_rental(unit, event, truss, 4, **early)
    assert await free(work, truss.id, Period(MONDAY - 2 * HOUR, MONDAY - HOUR)) == 1
    manager = await sign_in("manager")
    typed = {"name": "Moved", "version": str(event.version), "out_start": "2031-07-02T10:00",
             "out_end": "2031-07-04T10:00"}  # fmt: skip
    refused = await manager.post(f"/events/{event.id}/edit", data=typed)
    assert refused.status_code == 422
    assert "dates that lines have of their own: Truss" in message_at(refused.text, "out_start")
    assert kept(refused.text, {**typed, "version": ""})
    async with work() as unit:
        await rentals.edit_rental(unit, line.id, {"start_at": None, "end_at": None}, version=None)
    assert (await manager.post(f"/events/{event.id}/edit", data=typed)).status_code == 303
    assert await free(work, truss.id, Period(MONDAY, MONDAY + HOUR)) == 5


async def test_a_shorter_copy_leaves_out_dates_that_lie_behind_its_end(work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
        event = await an_event(unit, MONDAY, 48)
        for start in (1, 30):
            own = {"start_at": MONDAY + start * HOUR, "end_at": MONDAY + (start + 2) * HOUR}
            await a_rental(unit, event, lamp, 1, **own)
        values = {"name": "Copy", "out_start": MONDAY + 7 * DAY, "out_end": MONDAY + 8 * DAY}
        copied = await copy_event(unit, event.id, values)
        periods = [(line.start_at, line.end_at) for line in await lines(unit, copied.event)]
    assert periods == [(MONDAY + 7 * DAY + HOUR, MONDAY + 7 * DAY + 3 * HOUR), (None, None)]


async def test_two_kits_with_the_same_cable_are_summed_up_before_anything_is_checked(
    work: Any, sign_in: Any
) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 5, name="Shared cable")
        lamp, desk = await some_equipment(unit, 9), await some_equipment(unit, 9)
        light, sound = await a_kit(unit, (lamp, 2), (cable, 3)), await a_kit(unit, (desk, 1), (cable, 3))
        event, draft = await an_event(unit), await an_event(unit, MONDAY + 10 * DAY)
        await service.hold(unit, event.id)
        await add_kit_to_event(unit, event.id, light.id, 1)
    manager, before = await sign_in("manager"), await stored(work)
    data = {"kit_id": str(sound.id), "quantity": "1"}
    refused = await manager.post(f"/events/{event.id}/kits", data=data, headers=PART)
    assert refused.status_code == 409
    assert re.search(rf'1 × <a href="/inventory/{cable.id}">Shared cable</a> short', refused.text)
    assert await stored(work) == before
    assert await free(work, cable.id) == 2
    # pencils take nothing: a draft may have both, and is told when it is confirmed
    for kit in (light, sound):
        data = {"kit_id": str(kit.id), "quantity": "1"}
        assert (await manager.post(f"/events/{draft.id}/kits", data=data)).status_code == 303
    short = (await manager.post(f"/api/events/{draft.id}/confirmation", json={})).json()["details"]
    assert [(one["equipment_id"], one["short"], one["competing"]) for one in short["shortages"]] == [
        (cable.id, 1, [])
    ]
    async with work() as unit:
        await edit_equipment(unit, cable.id, {"quantity": 6}, version=None)
    assert (await manager.post(f"/api/events/{draft.id}/confirmation", json={})).status_code == 200
    async with work() as unit:
        assert await quantities(unit, draft) == {lamp.id: 2, desk.id: 1, cable.id: 6}
