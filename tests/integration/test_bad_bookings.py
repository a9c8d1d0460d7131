"""What makes no sense, or changed meanwhile: each has its message where it was typed, and changes nothing."""

import html
import re
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.db.models import Equipment, Event, Rental, Reservation, Unit
from app.domain.availability.claims import figure_of
from app.domain.availability.queries import Window
from app.domain.availability.shortage import Shortage
from app.domain.events import rentals, service
from app.domain.events.copying import copy_event
from app.domain.inventory.service import edit_equipment
from app.domain.inventory.units import add_units
from app.domain.kits.service import add_kit_to_event
from app.lib.errors import InvalidInput
from app.lib.periods import Period
from tests.integration.booking import HOUR, MONDAY, a_confirmed_event, a_rental, an_event, some_equipment
from tests.integration.kits import a_kit, lines, quantities

DAY = timedelta(days=1)
MONDAYS = Period(MONDAY, MONDAY + DAY)
PART = {"hx-request": "true", "hx-request-type": "partial"}
# the company of the tests is in Hamburg: two hours ahead in June
DATES = {"out_start": "2031-06-02T10:00", "out_end": "2031-06-03T10:00"}
START, END = "2031-06-02T08:00:00Z", "2031-06-03T08:00:00Z"
TYPED = {"name": "Typed <b>", "venue": "Hall 3", "notes": "First line\nsecond", "tags": "a, b"}
NO_ID = 9_000_000_000


async def stored(work: Any) -> tuple[Any, ...]:
    """All that a booking may change, in figures."""
    async with work() as unit:
        counts = [
            select(func.count()).select_from(Event),
            select(func.count(), func.coalesce(func.sum(Rental.quantity), 0)).where(
                Rental.deleted_at.is_(None)
            ),
            select(func.count(), func.coalesce(func.sum(Event.version), 0)),
            select(func.coalesce(func.sum(Reservation.quantity), 0)),
        ]
        return tuple([tuple((await unit.session.execute(one)).one()) for one in counts])


def message_at(page: str, field: str) -> str:
    """What stands at a field, "" where nothing is wrong with it."""
    found = re.search(rf'id="{field}-error"[^>]*>(.*?)</p>', page, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", "", found[1])).strip() if found else ""


def kept(page: str, typed: dict[str, str]) -> bool:
    """Whether everything typed stands in the form again."""
    return all(html.escape(text, quote=False).replace("'", "&#39;") in page for text in typed.values())


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


API_EVENTS = [
    ({"out_start": END, "out_end": START}, "out_end"),
    ({"out_end": START}, "out_end"),
    ({"out_end": "2041-06-02T08:00:00Z"}, "out_end"),
    ({"out_end": None}, "out_end"),
    ({"out_start": "2031-06-02T08:00:00"}, "out_start"),
    ({"out_start": "2031-06-02"}, "out_start"),
    ({"out_start": 1938153600}, "out_start"),
    ({"out_start": "0001-01-01T00:00:00Z"}, "out_start"),
    ({"out_end": "9999-12-31T23:59:59Z"}, "out_end"),
    ({"use_start": "2031-06-02T07:00:00Z", "use_end": END}, "use_start"),
    ({"use_start": START, "use_end": "2031-06-03T09:00:00Z"}, "use_end"),
    ({"use_start": START}, "use_end"),
    ({"client_id": NO_ID}, "client_id"),
    ({"client_id": 0}, "client_id"),
    ({"client_id": -1}, "client_id"),
    ({"client_id": 2**63}, "client_id"),
    ({"client_id": 10**40}, "client_id"),
    ({"client_id": True}, "client_id"),
    ({"client_id": "7"}, "client_id"),
    ({"client_id": 7.5}, "client_id"),
    ({"name": ""}, "name"),
    ({"name": None}, "name"),
    ({"surprise": 1}, "surprise"),
]


@pytest.mark.parametrize(("wrong", "field"), API_EVENTS)
async def test_the_api_of_events_names_the_field(
    work: Any, sign_in: Any, wrong: dict[str, Any], field: str
) -> None:
    async with work() as unit:
        event = await an_event(unit)
    api, before = await sign_in("manager"), await stored(work)
    made = await api.post("/api/events", json={"name": "Gala", "out_start": START, "out_end": END, **wrong})
    refused_at(made, field)
    refused_at(await api.patch(f"/api/events/{event.id}", json={**wrong, "version": 1}), field)
    assert await stored(work) == before


def refused_at(answer: httpx.Response, *fields: str) -> None:
    """A 422 of the API with a sentence at each of these fields."""
    assert answer.status_code == 422, answer.text
    body = answer.json()
    assert (body["success"], body["code"]) == (False, "VALIDATION_ERROR")
    assert set(body["details"]["fields"]) == set(fields), body
    assert all(message.endswith(".") for message in body["details"]["fields"].values()), body


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
        assert "number" in in_place.headers["hx-trigger"]
        assert in_place.headers["hx-reswap"] == "none"  # what was typed stays where it is
        whole = await manager.post(address, data=data)
        assert whole.status_code == 422
        assert "number" in whole.text
    assert await stored(work) == before


@pytest.mark.parametrize("quantity", [0, -1, 100_001, 2**63, 10**40, 1.5, "4", None, True])
async def test_the_api_of_lines_refuses_such_quantities(work: Any, sign_in: Any, quantity: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
        event = await an_event(unit)
        line = await a_rental(unit, event, lamp, 2)
    api, before = await sign_in("manager"), await stored(work)
    body = {"event_id": event.id, "equipment_id": lamp.id, "quantity": quantity}
    refused_at(await api.post("/api/rentals", json=body), "quantity")
    changed = {"quantity": quantity, "version": 1}
    refused_at(await api.patch(f"/api/rentals/{line.id}", json=changed), "quantity")
    assert await stored(work) == before


async def test_many_lines_at_their_limit_are_a_shortage_and_no_overflow(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
        event = await an_event(unit)
        for _ in range(30):
            await a_rental(unit, event, lamp, 100_000)
    manager = await sign_in("manager")
    refused = await manager.post(f"/api/events/{event.id}/confirmation", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "SHORTAGE")
    assert refused.json()["details"]["shortages"][0]["short"] == 30 * 100_000 - 5
    assert (await manager.get(f"/events/{event.id}")).status_code == 200


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
    assert scanned.status_code == 200
    assert await stored(work) == before


@pytest.mark.parametrize("odd", ["0", "-1", "9" * 19, "9" * 40, "x", "1.5", "%00"])
async def test_there_is_nothing_at_odd_addresses(sign_in: Any, odd: str) -> None:
    manager = await sign_in("manager")
    for path in (f"/events/{odd}", f"/rentals/{odd}/edit", f"/api/events/{odd}", f"/api/rentals/{odd}"):
        assert (await manager.get(path)).status_code == 404
    for path in (f"/events/{odd}/confirmation", f"/api/events/{odd}/confirmation"):
        assert (await manager.post(path, json={} if "api" in path else None)).status_code == 404


async def test_a_line_of_an_event_that_is_not_there(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
    api = await sign_in("manager")
    for key in (NO_ID, 2**63 - 1):
        body = {"event_id": key, "equipment_id": lamp.id, "quantity": 1}
        refused_at(await api.post("/api/rentals", json=body), "event_id")
    for key in (0, -1, 2**63, "x", None):
        body = {"event_id": key, "equipment_id": lamp.id, "quantity": 1}
        refused_at(await api.post("/api/rentals", json=body), "event_id")
    assert (await api.get(f"/api/events/{NO_ID}")).status_code == 404
    assert (await api.post(f"/api/events/{NO_ID}/confirmation", json={})).status_code == 404


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


def instant(typed: str) -> str | None:
    """The same moment as the API takes it: in summer Hamburg is two hours ahead."""
    return f"{typed}:00+02:00" if typed else None


async def test_a_naive_instant_is_refused_everywhere_in_the_api(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit)
        lamp = await some_equipment(unit, 5)
    api = await sign_in("manager")
    naive = "2031-06-02T08:00:00"
    body = {"event_id": event.id, "equipment_id": lamp.id, "quantity": 1, "start": naive, "end": END}
    refused_at(await api.post("/api/rentals", json=body), "start")
    refused_at(await api.post(f"/api/events/{event.id}/hold", json={"expires_at": naive}), "expires_at")
    asked = {"equipment_id": lamp.id, "start": naive, "end": END}
    for path in ("/api/availability", "/api/availability/explanation"):
        refused_at(await api.get(path, params=asked), "start")
    refused_at(await api.get("/api/events", params={"start": naive, "end": END}), "start")


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        (END, START, "end"),
        (START, START, "end"),
        (START, "", "end"),
        ("", END, "start"),
        (START, "2042-01-01T00:00:00Z", "end"),
        ("yesterday", END, "start"),
    ],
)
async def test_asking_for_a_period_that_is_none(
    work: Any, sign_in: Any, start: str, end: str, field: str
) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
    api = await sign_in("viewer")
    asked = {"equipment_id": lamp.id, "start": start, "end": end}
    refused_at(await api.get("/api/availability", params=asked), field)


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


async def free(work: Any, equipment_id: int, period: Period = MONDAYS) -> int:
    async with work() as unit:
        figure = await figure_of(unit.session, Window(equipment_id, period))
        assert figure is not None
        return figure.free


async def test_what_is_over_is_recorded_with_a_warning(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
    manager = await sign_in("manager")
    past = {"out_start": "2020-01-01T10:00", "out_end": "2020-01-02T10:00"}
    added = await manager.post("/events/new", data={"name": "Long ago", **past})
    assert added.status_code == 303
    address = added.headers["location"]
    assert "These dates are over." in (await manager.get(address)).text
    line = {"equipment_id": str(lamp.id), "quantity": "6"}
    assert (await manager.post(f"{address}/rentals", data=line)).status_code == 303
    # the past has no more gear than there was either
    short = await manager.post(f"/api{address}/confirmation", json={})
    assert (short.status_code, short.json()["code"]) == (409, "SHORTAGE")
    key = (await manager.get("/api/rentals", params={"event_id": address.rsplit("/")[-1]})).json()["data"][0]
    fewer = {"quantity": 5, "version": key["version"]}
    assert (await manager.patch(f"/api/rentals/{key['id']}", json=fewer)).status_code == 200
    assert (await manager.post(f"{address}/confirmation")).status_code == 303
    made = await manager.post(
        "/api/events",
        json={"name": "By a program", "out_start": "2020-01-01T10:00:00Z", "out_end": "2020-01-02T10:00:00Z"},
    )
    assert made.status_code == 201
    expired = {"expires_at": "2020-01-01T10:00:00Z"}
    refused_at(
        await manager.post(f"/api/events/{made.json()['data']['id']}/hold", json=expired), "expires_at"
    )


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


async def test_what_can_be_done_with_an_event_whose_gear_was_archived_meanwhile(
    work: Any, sign_in: Any
) -> None:
    """It keeps what it has, in all it does; nobody gets it anew."""
    async with work() as unit:
        lamp = await some_equipment(unit, 4, name="Discontinued lamp")
        event = await a_confirmed_event(unit, lamp, 2, MONDAY, 24, name="Has it still")
        (line,) = await lines(unit, event)
        kit = await a_kit(unit, (lamp, 1))
        await edit_equipment(unit, lamp.id, {"archived": True}, version=None)
    manager = await sign_in("manager")
    page = await manager.get(f"/events/{event.id}")
    assert "Discontinued lamp" in page.text
    typed = {"name": "Has it still", "version": str(event.version), "out_start": DATES["out_start"],
             "out_end": "2031-06-04T10:00"}  # fmt: skip
    assert (await manager.post(f"/events/{event.id}/edit", data=typed)).status_code == 303  # extended
    assert await free(work, lamp.id, Period(MONDAY + DAY, MONDAY + 2 * DAY)) == 2
    async with work() as unit:
        await service.edit_event(unit, event.id, {"out_end": MONDAY + 12 * HOUR}, version=None)  # shortened
    for quantity, status in ((4, 200), (5, 409), (3, 200)):
        version = (await manager.get(f"/api/rentals/{line.id}")).json()["data"]["version"]
        changed = await manager.patch(
            f"/api/rentals/{line.id}", json={"quantity": quantity, "version": version}
        )
        assert changed.status_code == status
    undone = await manager.delete(f"/api/events/{event.id}/confirmation")
    assert undone.json()["data"]["status"] == "draft"
    for step in ("hold", "confirmation"):
        assert (await manager.post(f"/api/events/{event.id}/{step}", json={})).status_code == 200
    assert await free(work, lamp.id, Period(MONDAY, MONDAY + HOUR)) == 1
    async with work() as unit:
        await rentals.remove_rental(unit, line.id, version=None)
    assert await free(work, lamp.id, Period(MONDAY, MONDAY + HOUR)) == 4
    assert (await manager.post(f"/api/rentals/{line.id}/restoration")).status_code == 200
    body = {"event_id": event.id, "equipment_id": lamp.id, "quantity": 1}
    refused_at(await manager.post("/api/rentals", json=body), "equipment_id")
    with_kit = await manager.post(
        f"/events/{event.id}/kits", data={"kit_id": str(kit.id), "quantity": "1"}, headers=PART
    )
    assert with_kit.status_code == 422
    assert "Discontinued lamp" in with_kit.headers["hx-trigger"]
    again = {"name": "Again", "out_start": "2031-07-02T10:00", "out_end": "2031-07-03T10:00"}
    copied = await manager.post(f"/events/{event.id}/copies", data=again)
    assert copied.status_code == 303
    assert "Left out: 3 × Discontinued lamp" in (await manager.get(copied.headers["location"])).text
    assert (await manager.post(f"/events/{event.id}/steps/cancel")).status_code == 303
    assert await free(work, lamp.id, Period(MONDAY, MONDAY + HOUR)) == 4


async def test_a_stock_cut_below_what_is_booked_is_recorded_and_shown(work: Any, sign_in: Any) -> None:
    async with work() as unit:
        cable = await some_equipment(unit, 10, name="Cut cable")
        event = await a_confirmed_event(unit, cable, 8)
    manager = await sign_in("manager")
    cut = await manager.patch(f"/api/equipment/{cable.id}", json={"quantity": 3, "version": cable.version})
    assert cut.status_code == 200
    await shows_a_shortage(manager, event, cable, supply=3, free=-5)
    with pytest.raises(Shortage):
        async with work() as unit:
            await a_confirmed_event(unit, cable, 1)
    # what is given back is taken, also while too little is there
    async with work() as unit:
        (line,) = await lines(unit, event)
        await rentals.edit_rental(unit, line.id, {"quantity": 7}, version=None)
    await shows_a_shortage(manager, event, cable, supply=3, free=-4)
    none = await manager.patch(
        f"/api/equipment/{cable.id}", json={"quantity": 0, "version": cable.version + 1}
    )
    assert none.status_code == 200
    await shows_a_shortage(manager, event, cable, supply=0, free=-7)


@pytest.mark.parametrize("how", ["deleted", "written off", "lost"])
async def test_units_that_go_away_are_recorded_and_shown(work: Any, sign_in: Any, how: str) -> None:
    async with work() as unit:
        desk = await some_equipment(unit, 0, name="Serialized desk", tracking="serialized")
        made = await add_units(unit, desk.id, [f"D{desk.id}-{number}" for number in range(3)], {})
        gone = [one.id for one in made[:2]]
        event = await a_confirmed_event(unit, desk, 3)
    manager = await sign_in("manager")
    for key in gone:
        if how == "deleted":
            answer = await manager.delete(f"/api/units/{key}", params={"version": 1})
            assert answer.status_code == 204
        else:
            state = {"state": how.replace(" ", "_"), "version": 1}
            assert (await manager.patch(f"/api/units/{key}", json=state)).status_code == 200
    async with work() as unit:
        assert (await unit.session.get_one(Equipment, desk.id)).quantity == 1
        kept_units = select(func.count()).where(Unit.equipment_id == desk.id, Unit.deleted_at.is_(None))
        assert await unit.session.scalar(kept_units) == (1 if how == "deleted" else 3)
    await shows_a_shortage(manager, event, desk, supply=1, free=-2)


async def shows_a_shortage(
    api: httpx.AsyncClient, event: Event, equipment: Equipment, *, supply: int, free: int
) -> None:
    """Where people and programs look, it is told; the event stays as it was confirmed."""
    asked = {"equipment_id": equipment.id, "start": START, "end": END}
    figure = (await api.get("/api/availability", params=asked)).json()["data"]
    assert (figure["supply"], figure["free"]) == (supply, free)
    assert [cause["event_id"] for cause in figure["causes"]] == [event.id]
    assert (await api.get(f"/api/events/{event.id}")).json()["data"]["status"] == "confirmed"
    page = await api.get(f"/events/{event.id}")
    assert "One line is short." in page.text
    assert "av-free is-short" in page.text


async def test_services_refuse_by_themselves_what_pages_and_programs_cannot_send(work: Any) -> None:
    async with work() as unit:
        lamp = await some_equipment(unit, 5)
        event = await an_event(unit)
    for values in ({"quantity": None}, {"quantity": "3"}, {"quantity": 2.0}):
        with pytest.raises(InvalidInput) as refused:
            async with work() as unit:
                await rentals.add_rental(unit, event.id, lamp.id, values)
        assert list(refused.value.fields) == ["quantity"]
    longest = timedelta(days=3652)
    for end, is_too_long in ((MONDAY + longest, True), (MONDAY + longest - timedelta(minutes=1), False)):
        assert (await too_long(work, event.id, end)) is is_too_long


async def too_long(work: Any, event_id: int, end: datetime) -> bool:
    try:
        async with work() as unit:
            await service.edit_event(unit, event_id, {"out_end": end}, version=None)
    except InvalidInput as refused:
        return list(refused.fields) == ["out_end"]
    return False
