"""The pages of quotes: what they show, who may, what a form keeps, and what a page costs."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.quotes import lines, service
from tests.integration.booking import a_rental, some_equipment
from tests.integration.quoting import a_quote, draft, line_of
from tests.integration.test_quotes_together import sent
from tests.statements import statements_for

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
async def made(work: Any) -> Any:
    async with work() as unit:
        return await a_quote(unit)


async def test_a_quote_is_begun_on_the_page_of_its_event(work: Any, sign_in: Any, made: Any) -> None:
    manager = await sign_in("manager")
    answer = await manager.post(f"/events/{made.event.id}/quotes")
    assert answer.status_code == 303
    page = await manager.get(answer.headers["location"])
    assert made.speaker.name in page.text
    assert "€\N{NO-BREAK SPACE}130.00" in page.text
    listed = await manager.get(f"/events/{made.event.id}/quotes", headers=HTMX)
    assert listed.text.count('<a href="/quotes/') == 2


@pytest.mark.parametrize("role", ["technician", "viewer"])
async def test_who_sees_no_money_sees_no_quote(sign_in: Any, made: Any, role: str) -> None:
    somebody = await sign_in(role)
    for path in (
        "/quotes",
        "/quotes/export",
        f"/quotes/{made.version.quote_id}",
        f"/events/{made.event.id}/quotes",
    ):
        assert (await somebody.get(path)).status_code == 403, path
    event = await somebody.get(f"/events/{made.event.id}")
    assert "event-quotes" not in event.text


async def test_the_editor_of_a_line_saves_and_answers_with_its_row(sign_in: Any, made: Any) -> None:
    manager = await sign_in("manager")
    address = f"/quote-versions/{made.version.id}/lines/{made.key}"
    editor = await manager.get(f"{address}/edit?at=rate", headers=HTMX)
    assert 'name="version" value="1"' in editor.text
    saved = await manager.post(f"{address}/edit", data={"version": "1", "rate": "8,50"}, headers=HTMX)
    assert saved.status_code == 200
    assert f'hx-target="#line-{made.key.replace(":", "-")}"' in saved.text
    assert "€\N{NO-BREAK SPACE}68.00" in saved.text
    assert "€\N{NO-BREAK SPACE}118.00" in saved.text
    plain = await manager.post(f"{address}/edit", data={"version": "2", "rate": "9"})
    assert plain.headers["location"] == f"/quotes/{made.version.quote_id}?version=1"


async def test_a_wrong_price_is_told_at_its_field_and_kept(sign_in: Any, made: Any) -> None:
    manager = await sign_in("manager")
    address = f"/quote-versions/{made.version.id}/lines/{made.key}"
    typed = {"version": "1", "rate": "dear", "note": "Keep me"}
    refused = await manager.post(f"{address}/edit", data=typed, headers=HTMX)
    assert refused.status_code == 422
    assert refused.headers["hx-reswap"] == "none"
    assert 'value="dear"' in refused.text
    assert "Keep me" in refused.text


async def test_two_prices_of_one_line_open_the_dialog_over_the_page(sign_in: Any, made: Any) -> None:
    manager, employee = await sign_in("manager"), await sign_in("employee")
    address = f"/quote-versions/{made.version.id}/lines/{made.key}/edit"
    await manager.post(address, data={"version": "1", "rate": "8"}, headers=HTMX)
    refused = await employee.post(address, data={"version": "1", "rate": "9"}, headers=HTMX)
    assert refused.status_code == 409
    assert refused.headers["hx-retarget"] == "#modal"
    assert 'name="merge_choice_rate"' in refused.text
    answer = {
        "version": "2", "merge_base": "1", "merge_fields": "rate", "merge_mine_rate": "9",
        "merge_theirs_rate": "8.00", "merge_choice_rate": "mine", "rate": "9",
    }  # fmt: skip
    saved = await employee.post(address, data=answer, headers=HTMX)
    assert saved.status_code == 200
    assert "€\N{NO-BREAK SPACE}72.00" in saved.text


async def test_what_is_typed_is_added_up_by_the_server_and_not_kept(
    work: Any, sign_in: Any, made: Any
) -> None:
    manager = await sign_in("manager")
    address = f"/quote-versions/{made.version.id}/lines/{made.key}/preview"
    shown = await manager.post(
        address, data={"version": "1", "rate": "20", "discount_percent": "50"}, headers=HTMX
    )
    assert "80.00" in shown.text
    assert "130.00" in shown.text
    doubled = await manager.post(address, data={"version": "1", "quantity": "8"}, headers=HTMX)
    assert "160.00" in doubled.text
    wrong = await manager.post(address, data={"version": "1", "rate": "dear"}, headers=HTMX)
    assert "Write a number" in wrong.text
    assert line_of(await draft(work, made.version.id), made.key).price == Decimal("80.00")


async def test_the_list_price_comes_back_and_hidden_lines_count(sign_in: Any, made: Any) -> None:
    manager = await sign_in("manager")
    address = f"/quote-versions/{made.version.id}/lines/{made.key}"
    await manager.post(f"{address}/edit", data={"version": "1", "rate": "1"}, headers=HTMX)
    back = await manager.post(f"{address}/list-price", headers=HTMX)
    assert "€\N{NO-BREAK SPACE}80.00" in back.text
    hidden = await manager.post(f"{address}/visibility", data={"hidden": "1"}, headers=HTMX)
    assert "hidden" in hidden.text
    assert "€\N{NO-BREAK SPACE}130.00" in hidden.text


async def test_lines_by_hand_come_and_go(sign_in: Any, made: Any) -> None:
    manager = await sign_in("manager")
    there = f"/quote-versions/{made.version.id}/lines"
    refused = await manager.post(
        there, data={"kind": "free", "name": "", "quantity": "1", "rate": "5"}, headers=HTMX
    )
    assert refused.status_code == 422
    added = await manager.post(
        there, data={"kind": "free", "name": "Van", "quantity": "1", "rate": "60"}, headers=HTMX
    )
    assert "€\N{NO-BREAK SPACE}190.00" in added.text
    key = added.text.split('data-key="line:')[1].split('"')[0]
    gone = await manager.post(f"{there}/line:{key}/deletion", data={"version": "1"}, headers=HTMX)
    assert "€\N{NO-BREAK SPACE}130.00" in gone.text
    gear = await manager.post(f"{there}/{made.key}/deletion", data={"version": "1"}, headers=HTMX)
    assert gear.status_code == 422


async def test_only_what_is_other_is_sent_and_a_line_under_edit_stays(
    work: Any, sign_in: Any, made: Any
) -> None:
    manager = await sign_in("manager")
    address = f"/quotes/{made.version.quote_id}?version=1"
    page = (await manager.get(address)).text
    rows = [part.split('"')[0] for part in page.split('data-key="')[1:]]
    digests = [part.split('"')[0] for part in page.split('data-seen="')[1:]]
    seen = ".".join(f"{row}~{digest}" for row, digest in zip(rows, digests, strict=True))
    frame = page.split('data-frame="')[1].split('"')[0]
    async with work("employee") as unit:
        await lines.edit_line(unit, made.version.id, made.key, {"rate": Decimal(9)}, version=1)
    asked = f"{address}&part=changes&frame={frame}&seen={seen}"
    changed = (await manager.get(asked, headers=HTMX)).text
    assert f'hx-target="#line-{made.key.replace(":", "-")}"' in changed
    assert made.desk.name not in changed
    assert "€\N{NO-BREAK SPACE}122.00" in changed
    held = (await manager.get(f"{asked}&editing={made.key}", headers=HTMX)).text
    assert f'hx-target="#line-{made.key.replace(":", "-")}"' not in held
    assert "€\N{NO-BREAK SPACE}122.00" in held
    async with work("employee") as unit:
        await lines.add_line(unit, made.version.id, {"name": "Van", "quantity": 1, "rate": Decimal(60)})
    whole = (await manager.get(asked, headers=HTMX)).text
    assert 'hx-target="#quote-lines"' in whole
    assert "Van" in whole
    still = (await manager.get(f"{asked}&editing={made.key}", headers=HTMX)).text
    assert 'hx-target="#quote-lines"' not in still
    assert "€\N{NO-BREAK SPACE}182.00" in still


async def test_every_price_explains_itself(sign_in: Any, made: Any) -> None:
    employee = await sign_in("employee")
    why = await employee.get(f"/quote-versions/{made.version.id}/lines/{made.key}/explanation")
    assert "Its own daily rate." in why.text
    assert "€\u00a010.00 a day × 2 days." in why.text


async def test_terms_are_edited_and_two_people_merge(sign_in: Any, made: Any) -> None:
    manager, employee = await sign_in("manager"), await sign_in("employee")
    address = f"/quote-versions/{made.version.id}/edit"
    assert (await manager.get(address)).status_code == 200
    first = await manager.post(address, data={"version": "1", "title": "Gala", "discount_percent": "10"})
    assert first.status_code == 303
    second = await employee.post(
        address, data={"version": "1", "title": made.event.name, "intro": "Dear all"}
    )
    assert second.status_code == 303
    third = await employee.post(address, data={"version": "1", "title": "Ball"})
    assert third.status_code == 409
    page = await manager.get(f"/quotes/{made.version.quote_id}")
    assert "Gala" in page.text
    assert "Dear all" in page.text
    wrong = await manager.post(
        address, data={"version": "3", "title": "Gala", "charge_start": "2031-06-02T08:00"}
    )
    assert wrong.status_code == 422


async def test_versions_stand_beside_each_other(work: Any, sign_in: Any, made: Any) -> None:
    async with work() as unit:
        await sent(unit, made.version.id)
    manager = await sign_in("manager")
    there = f"/quotes/{made.version.quote_id}"
    begun = await manager.post(f"{there}/versions", data={"version_id": str(made.version.id)})
    assert begun.status_code == 303
    again = await manager.post(f"{there}/versions", data={"version_id": str(made.version.id)})
    assert again.status_code == 303
    page = await manager.get(there)
    assert "Version 2" in page.text
    second = page.text.split('href="/quote-versions/')[1].split("/")[0]
    address = f"/quote-versions/{second}/lines/{made.key}/edit"
    await manager.post(address, data={"version": "1", "rate": "12"}, headers=HTMX)
    compared = await manager.get(f"{there}/difference?from=1&to=2")
    assert "+€\N{NO-BREAK SPACE}16.00" in compared.text
    assert made.desk.name not in compared.text
    assert made.desk.name in (await manager.get(f"{there}/difference?from=1&to=2&every=1")).text
    old = await manager.get(f"{there}?version=1")
    assert "data-edit-line" not in old.text
    assert (await manager.get(f"{there}?version=9")).status_code == 404
    stale = await manager.get(f"/quote-versions/{made.version.id}/lines/{made.key}/edit")
    assert stale.status_code == 409


async def test_the_list_is_filtered_by_its_address_and_comes_as_a_file(sign_in: Any, work: Any) -> None:
    async with work() as unit:
        made = await a_quote(unit)
        await sent(unit, made.version.id)
        await a_quote(unit)
    manager = await sign_in("manager")
    found = await manager.get(f"/quotes?q={made.event.name.replace(' ', '+')}&show=sent&sort=-gross")
    assert found.text.count('<tr id="quote-') == 1
    assert "All that match" in found.text
    nothing = await manager.get("/quotes?q=nobody+has+this")
    assert "Nothing matches" in nothing.text
    assert "Clear all filters" in nothing.text
    assert (await manager.get("/quotes?since=yesterday&client=x&sort=%00&page=-4")).status_code == 200
    file = await manager.get("/quotes/export?show=sent")
    assert file.headers["content-type"].startswith("text/csv")
    assert file.text.splitlines()[0].lstrip("\N{BOM}").startswith("number")


async def test_a_quote_is_deleted_and_brought_back(sign_in: Any, made: Any) -> None:
    manager = await sign_in("manager")
    there = f"/quotes/{made.version.quote_id}"
    gone = await manager.post(f"{there}/deletion", data={"version": "1"})
    assert gone.status_code == 303
    assert (await manager.get(there)).status_code == 404
    assert (await manager.post(f"{there}/restoration", headers=HTMX)).status_code == 200
    assert (await manager.get(there)).status_code == 200
    assert "added" in (await manager.get(f"{there}/history")).text


async def test_a_page_costs_the_same_with_two_lines_and_with_thirty(
    app: Any, work: Any, sign_in: Any, made: Any
) -> None:
    manager = await sign_in("manager")
    paths = [f"/quotes/{made.version.quote_id}", "/quotes", f"/quotes/{made.version.quote_id}/difference"]
    few = [await statements_for(app, manager, path) for path in paths]
    async with work() as unit:
        for _ in range(15):
            line = await a_rental(unit, made.event, await some_equipment(unit, 3, daily_rate=Decimal(3)), 1)
            await lines.edit_line(unit, made.version.id, f"rental:{line.id}", {"rate": Decimal(2)}, version=1)
        for _ in range(5):
            await service.create_quote(unit, made.event.id)
    assert [await statements_for(app, manager, path) for path in paths] == few
