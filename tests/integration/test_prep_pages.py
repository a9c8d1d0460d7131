"""The pages of the bench: what they show, what a tap is answered with, who may tap, and what it costs."""

import re
from uuid import uuid4

import pytest
from sqlalchemy import select

from app.db.models import BenchAction, Equipment, Rental, Unit
from app.domain.events import service
from app.domain.events.rentals import edit_rental
from app.domain.prep.counting import count
from app.domain.prep.ledger import place_unit
from app.lib.clock import now
from tests.integration.bench import act, counts_of, with_units
from tests.integration.booking import HOUR, a_rental, an_event, some_equipment
from tests.statements import noting, statements_for

PARTIAL = {"hx-request": "true", "hx-request-type": "partial"}


async def _booked(unit, quantity=4, tags=(), lines=1):
    event = await an_event(unit, now() + 2 * HOUR, 24)
    made = [
        await a_rental(unit, event, await some_equipment(unit, 20, location=f"A-{number}"), quantity)
        for number in range(lines)
    ]
    if tags:
        equipment_id, _ = await with_units(unit, tags)
        equipment = await unit.session.get_one(Equipment, equipment_id)
        made.append(await a_rental(unit, event, equipment, len(tags)))
    await service.confirm(unit, event.id)
    return event, made


def _tap(rental_id, quantity=1, **more):
    return {
        "nonce": str(uuid4()),
        "rental_id": str(rental_id),
        "quantity": str(quantity),
        "step": "picked",
        **more,
    }


def _targets(text):
    return re.findall(r'hx-partial hx-target="#([\w-]+)"', text)


async def test_the_list_is_shown_by_place_and_by_category(work, sign_in):
    async with work() as unit:
        event, _ = await _booked(unit, lines=2)
    client = await sign_in("technician")
    page = (await client.get(f"/prep/{event.id}")).text
    assert event.name in page
    assert page.index("A-0") < page.index("A-1")
    assert "0 of 8" in page
    assert 'aria-current="step">Pick' in page
    by_category = (await client.get(f"/prep/{event.id}?by=category&step=packed")).text
    assert "Category" in by_category
    assert 'aria-current="step">Pack' in by_category
    assert 'aria-current="step">Test' not in by_category
    assert (await client.get("/prep/999999")).status_code == 404


async def test_a_tap_is_answered_with_the_verdict_and_what_changed_alone(work, sign_in):
    async with work() as unit:
        event, lines = await _booked(unit, lines=3)
    client = await sign_in("technician")
    page = (await client.get(f"/prep/{event.id}")).text
    since = re.search(r'name="since" value="(\d+)"', page)[1]
    body = _tap(lines[1].id, at=str(lines[0].id), since=since)
    answer = await client.post(f"/prep/{event.id}/counts", data=body, headers=PARTIAL)
    assert answer.status_code == 200
    targets = _targets(answer.text)
    rows = [target for target in targets if target.startswith("line-")]
    assert sorted(rows) == sorted([f"line-{lines[0].id}", f"line-{lines[1].id}"])
    assert {"verdict", "bench-progress", "notices", "bench-foot", "bench-state"} <= set(targets)
    assert "1 of 12" in answer.text
    assert 'data-kind="right"' in answer.text
    again = await client.post(f"/prep/{event.id}/counts", data=body, headers=PARTIAL)
    assert 'data-kind="right"' in again.text
    async with work() as unit:
        assert (await counts_of(unit, event))[lines[1].id].picked == 1


async def test_without_scripts_the_page_comes_back_with_the_verdict(work, sign_in):
    async with work() as unit:
        event, (line,) = await _booked(unit)
    client = await sign_in("technician")
    answer = await client.post(f"/prep/{event.id}/counts", data=_tap(line.id, 2))
    assert answer.status_code == 303
    page = await client.get(answer.headers["location"])
    assert 'data-kind="right"' in page.text
    assert "2 of 4" in page.text
    refused = await client.post(f"/prep/{event.id}/counts", data=_tap(line.id, 3))
    assert refused.status_code == 409
    assert "too many" in refused.text
    assert "<h1>" in refused.text
    for wrong in ({"quantity": "x"}, {"nonce": ""}, {"rental_id": "-1"}, {"step": "flown"}):
        answer = await client.post(f"/prep/{event.id}/counts", data=_tap(line.id) | wrong, headers=PARTIAL)
        assert answer.status_code == 422
        assert 'data-kind="refused"' in answer.text
    async with work() as unit:
        assert (await counts_of(unit, event))[line.id].picked == 2


async def test_units_are_suggested_taken_and_put_back(work, sign_in):
    async with work() as unit:
        event, (_, line) = await _booked(unit, tags=("BP-1", "BP-2"))
    client = await sign_in("technician")
    page = (await client.get(f"/prep/{event.id}?at={line.id}")).text
    assert 'aria-label="Take BP-1"' in page
    scan = {"nonce": str(uuid4()), "code": "BP-2", "step": "picked"}
    answer = await client.post(f"/prep/{event.id}/scans", data=scan, headers=PARTIAL)
    assert 'aria-label="Put back BP-2"' in answer.text
    unit_id = re.search(r'name="unit_id" value="(\d+)"', answer.text)[1]
    back = await client.post(
        f"/prep/{event.id}/counts", data=_tap(line.id, -1, unit_id=unit_id), headers=PARTIAL
    )
    assert 'data-kind="back"' in back.text
    assert 'aria-label="Take BP-2"' in back.text
    again = await client.post(
        f"/prep/{event.id}/counts", data=_tap(line.id, -1, unit_id=unit_id), headers=PARTIAL
    )
    assert again.status_code == 409


def _state(text):
    names = "step|by|units|case_id|at|since|known"
    return dict(re.findall(rf'name="({names})" value="([^"]*)"', text[text.index('id="bench-state"') :]))


def _suggested(text):
    return re.findall(r'aria-label="Take ([\w-]+)"', text)


async def test_what_is_suggested_is_kept_until_it_runs_out(app, work, sign_in):
    tags = [f"KS-{number:02}" for number in range(30)]
    async with work() as unit:
        event, (_, line) = await _booked(unit, tags=tags)
        other, (_, _) = await _booked(unit, tags=("KO-1",))
    client = await sign_in("technician")
    page = (await client.get(f"/prep/{event.id}?at={line.id}")).text
    assert _suggested(page) == tags[:12]
    state = _state(page)
    async with work() as unit:
        # taken by somebody else meanwhile, who is not told of here: out of the stock it is not suggested
        taken = await unit.session.scalar(select(Unit).where(Unit.asset_tag == "KS-01"))
        await place_unit(unit, taken, "lost", None)
    scan = {"nonce": str(uuid4()), "code": "KS-00"}
    with noting(app) as statements:
        answer = await client.post(f"/prep/{event.id}/scans", data=state | scan, headers=PARTIAL)
    assert _suggested(answer.text) == tags[2:14]
    assert not any("is_blocked" in one or "blocked.id is null" in one for one in statements)
    few = _state(answer.text)
    few["known"] = " ".join(few["known"].split()[:4])
    scan = {"nonce": str(uuid4()), "code": "KS-20"}
    again = await client.post(f"/prep/{event.id}/scans", data=few | scan, headers=PARTIAL)
    assert _suggested(again.text) == tags[2:14]
    foreign = few | {"known": f"{line.id} {other.id} x 99999999999999999999 -1 999999"}
    scan = {"nonce": str(uuid4()), "code": "KS-21"}
    answer = await client.post(f"/prep/{event.id}/scans", data=foreign | scan, headers=PARTIAL)
    assert _suggested(answer.text) == tags[2:14]


async def test_what_a_page_claims_to_know_names_units_of_the_line_alone(work, sign_in):
    async with work() as unit:
        event, (_, line) = await _booked(unit, tags=[f"KL-{number}" for number in range(6)])
        _, strange = await with_units(unit, [f"KM-{number}" for number in range(20)])
        keys = [one.id for one in strange]
    client = await sign_in("technician")
    state = _state((await client.get(f"/prep/{event.id}?at={line.id}")).text)
    scan = {"nonce": str(uuid4()), "code": "KL-0", "known": " ".join(map(str, (line.id, *keys)))}
    answer = await client.post(f"/prep/{event.id}/scans", data=state | scan, headers=PARTIAL)
    assert _suggested(answer.text) == [f"KL-{number}" for number in range(1, 6)]


async def test_the_answer_to_a_scan_costs_three_statements_whatever_there_is(app, work, sign_in):
    counts = list[int]()
    for lines, tags in ((1, ("KC-1", "KC-2", "KC-3")), (25, [f"KD-{number:02}" for number in range(30)])):
        async with work() as unit:
            event, (*_, line) = await _booked(unit, lines=lines, tags=tags)
        client = await sign_in("technician")
        page = await client.get(f"/prep/{event.id}?at={line.id}")
        for tag in tags[:2]:
            scan = _state(page.text) | {"nonce": str(uuid4()), "code": tag}
            with noting(app) as statements:
                page = await client.post(f"/prep/{event.id}/scans", data=scan, headers=PARTIAL)
            assert 'data-kind="right"' in page.text
        counts.append(len(statements))
    # who asks, the ten of the scan, and three for what is shown
    assert counts == [14, 14]


async def test_what_the_bench_counted_last_is_undone_with_a_reason(work, sign_in):
    async with work() as unit:
        event, (line,) = await _booked(unit)
    client = await sign_in("technician")
    await client.post(f"/prep/{event.id}/counts", data=_tap(line.id, 3), headers=PARTIAL)
    page = (await client.get(f"/prep/{event.id}")).text
    action_id = re.search(r"action=(\d+)", page)[1]
    assert "Counted twice" in (await client.get(f"/prep/{event.id}/undo?action={action_id}")).text
    undo = {"nonce": str(uuid4()), "action_id": action_id, "reason": "Counted twice"}
    answer = await client.post(f"/prep/{event.id}/undo", data=undo, headers=PARTIAL)
    assert 'data-kind="back"' in answer.text
    assert 'id="undo"' not in answer.text
    async with work() as unit:
        assert (await counts_of(unit, event))[line.id].picked == 0


async def test_what_the_office_changes_is_acknowledged_and_the_office_sees_by_whom(work, sign_in):
    async with work() as unit:
        event, (line,) = await _booked(unit)
        await count(unit, act(), event.id, line.id, step="picked", quantity=4)
    async with work("manager") as unit:
        fresh = await unit.session.get_one(Rental, line.id)
        await edit_rental(unit, line.id, {"quantity": 3}, version=fresh.version)
    client = await sign_in("technician")
    page = (await client.get(f"/prep/{event.id}")).text
    assert "The office changed one rental" in page
    assert "4 to 3" in page
    assert "Put back 1" in page
    office = await sign_in("manager")
    assert "Not seen yet" in (await office.get(f"/prep/{event.id}/summary")).text
    body = {"rental_id": str(line.id), "quantity": "3"}
    answer = await client.post(f"/prep/{event.id}/acknowledgements", data=body, headers=PARTIAL)
    assert answer.status_code == 200
    assert "The office changed" not in answer.text
    seen = (await office.get(f"/prep/{event.id}/summary")).text
    assert "seen by Tom" in seen
    late = await client.post(
        f"/prep/{event.id}/acknowledgements", data=body | {"quantity": "9"}, headers=PARTIAL
    )
    assert late.status_code == 409


async def test_news_bring_the_rows_others_changed_and_nothing_when_nothing_did(work, sign_in):
    async with work() as unit:
        event, lines = await _booked(unit, lines=3)
    client = await sign_in("technician")
    view = {"step": "picked", "at": str(lines[0].id)}
    view["since"] = re.search(r'name="since" value="(\d+)"', (await client.get(f"/prep/{event.id}")).text)[1]
    assert (await client.get(f"/prep/{event.id}/news", params=view, headers=PARTIAL)).text == ""
    async with work("manager") as unit:
        await count(unit, act(), event.id, lines[2].id, step="picked", quantity=1)
    news = (await client.get(f"/prep/{event.id}/news", params=view, headers=PARTIAL)).text
    assert [one for one in _targets(news) if one.startswith("line-")] == [f"line-{lines[2].id}"]
    assert "verdict" not in _targets(news)
    async with work("manager") as unit:
        await a_rental(unit, event, await some_equipment(unit, 5), 2)
    news = (await client.get(f"/prep/{event.id}/news", params=view, headers=PARTIAL)).text
    assert "pick-list" in _targets(news)


async def test_a_cancelled_event_asks_to_put_everything_back_and_a_draft_says_so(work, sign_in):
    async with work() as unit:
        event, (line,) = await _booked(unit)
        await count(unit, act(), event.id, line.id, step="picked", quantity=2)
        await service.take_step(unit, event.id, "cancel")
        draft = await an_event(unit, now() + 2 * HOUR, 24)
    client = await sign_in("technician")
    page = (await client.get(f"/prep/{event.id}")).text
    assert "Put everything back" in page
    assert "Put back 2" in page
    back = await client.post(f"/prep/{event.id}/counts", data=_tap(line.id, -2), headers=PARTIAL)
    assert 'data-kind="back"' in back.text
    page = (await client.get(f"/prep/{draft.id}")).text
    assert "not confirmed" in page
    assert f'href="/events/{draft.id}"' in page


async def test_what_waited_and_did_not_fit_is_done_again_or_dismissed(work, sign_in):
    async with work() as unit:
        event, (line,) = await _booked(unit)
        await count(unit, act(), event.id, line.id, step="picked", quantity=4)
    client = await sign_in("technician")
    for _ in range(2):
        late = _tap(line.id, queued="1", device="tablet 3", device_at="2026-01-05T09:30:00+01:00")
        answer = await client.post(f"/prep/{event.id}/counts", data=late, headers=PARTIAL)
        assert "did not fit any more" in answer.text
    page = (await client.get(f"/prep/{event.id}/inbox")).text
    assert "tablet 3" in page
    assert "too many" in page
    first, second = dict.fromkeys(re.findall(r"inbox/(\d+)/repetition", page))
    base = f"/prep/{event.id}/inbox"
    refused = await client.post(f"{base}/{first}/repetition", data={"nonce": str(uuid4())}, headers=PARTIAL)
    assert refused.status_code == 409
    async with work() as unit:
        await count(unit, act(), event.id, line.id, step="picked", quantity=-1)
    done = await client.post(f"{base}/{first}/repetition", data={"nonce": str(uuid4())})
    assert done.status_code == 303
    assert (await client.post(f"{base}/{second}/dismissal", headers=PARTIAL)).status_code == 200
    assert (await client.post(f"{base}/{second}/dismissal", headers=PARTIAL)).status_code == 409
    assert "Nothing waits" in (await client.get(base)).text
    async with work() as unit:
        assert (await counts_of(unit, event))[line.id].picked == 4
        looked = await unit.session.scalars(select(BenchAction.looked_by_id).where(BenchAction.needs_a_look))
        assert all(looked)


async def test_the_board_shows_what_is_to_be_done(work, sign_in):
    async with work() as unit:
        event, (line,) = await _booked(unit)
        await count(unit, act(), event.id, line.id, step="packed", quantity=1)
    client = await sign_in("viewer")
    page = (await client.get("/prep?when=week")).text + (await client.get("/prep?when=tomorrow")).text
    assert event.name in page
    page = (await client.get("/prep")).text
    assert f'id="prep-{event.id}"' in page
    assert "1 picked, 1 packed" in page
    assert f'id="prep-{event.id}"' not in (await client.get("/prep?view=back")).text
    async with work() as unit:
        await edit_rental(unit, line.id, {"quantity": 9}, version=None)
    assert "1 change to see" in (await client.get("/prep")).text


@pytest.mark.parametrize("role", ["viewer", "employee"])
async def test_who_may_not_prep_sees_all_of_it_and_changes_nothing(work, sign_in, role):
    async with work() as unit:
        event, (line,) = await _booked(unit)
    client = await sign_in(role)
    page = await client.get(f"/prep/{event.id}")
    assert page.status_code == 200
    assert line.name in page.text
    assert "/counts" not in page.text
    assert "/scans" not in page.text
    for address in ("counts", "scans", "undo", "acknowledgements", "inbox/1/dismissal", "inbox/1/repetition"):
        assert (await client.post(f"/prep/{event.id}/{address}", data=_tap(line.id))).status_code == 403
    assert (await client.get(f"/prep/{event.id}/lines/{line.id}")).status_code == 403


async def test_what_the_pages_ask_for_does_not_depend_on_how_much_there_is(app, work, sign_in):
    async with work() as unit:
        small, (one, *_) = await _booked(unit, tags=("SM-1",))
        big, (other, *more, many) = await _booked(unit, lines=30, tags=("BI-1", "BI-2", "BI-3"))
        await count(unit, act(), small.id, one.id, step="picked", quantity=1)
        for line in (other, *more[:20], many):
            await count(unit, act(), big.id, line.id, step="picked", quantity=1)
    client = await sign_in("technician")
    for path in ("?at={}", "/summary", "/inbox", "?by=category&step=packed&at={}"):
        costs = {
            await statements_for(app, client, f"/prep/{event.id}{path.format(line.id)}")
            for event, line in ((small, one), (big, other))
        }
        assert len(costs) == 1, path
    assert await statements_for(app, client, f"/prep/{big.id}?at={many.id}") <= 14
    before = await statements_for(app, client, "/prep")
    async with work() as unit:
        await _booked(unit)
    assert await statements_for(app, client, "/prep") == before
