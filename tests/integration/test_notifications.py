"""News: who hears of what, what is unread, and that looking at it is remembered."""

import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.db.models import Equipment, User
from app.domain.inventory import categories
from app.domain.inventory.service import create_equipment, edit_equipment
from app.domain.maintenance import service
from app.lib import editing
from app.lib.changes import record_plain

Work = Callable[..., Any]
_serial = iter(range(1, 10_000))


async def _equipment(unit: Any) -> Equipment:
    number = next(_serial)
    category = await categories.create_category(unit, f"News {number}")
    values = {"name": f"Thing {number}", "sku": f"NEWS-{number}", "category_id": category.id, "quantity": 5}
    return await create_equipment(unit, values)


async def _news(client: Any) -> str:
    return (await client.get("/notifications")).text


async def test_reports_are_news_for_those_who_do_the_work_but_not_for_the_reporter(
    work: Work, sign_in: Any
) -> None:
    async with work("technician") as unit:
        equipment = await _equipment(unit)
        await service.report(unit, {"equipment_id": equipment.id, "title": "Squeaks <u>loudly</u>"})
    for role, hears in [
        ("admin", True),
        ("manager", True),
        ("technician", False),
        ("employee", False),
        ("viewer", False),
    ]:
        text = await _news(await sign_in(role))
        assert ("Squeaks &lt;u&gt;loudly" in text) == hears, role


async def test_the_reporter_hears_that_it_is_resolved(work: Work, sign_in: Any) -> None:
    async with work("employee") as unit:
        equipment = await _equipment(unit)
        job = await service.report(unit, {"equipment_id": equipment.id, "title": "Buzzes at 50 Hz"})
    async with work("technician") as unit:
        await service.take_step(unit, job.id, "resolve")
    assert "resolved what you reported" in await _news(await sign_in("employee"))
    assert "resolved what you reported" not in await _news(await sign_in("viewer"))


async def test_an_edit_that_was_merged_with_mine_is_news(work: Work, sign_in: Any) -> None:
    async with work("manager") as unit:
        equipment = await _equipment(unit)
        await edit_equipment(unit, equipment.id, {"location": "A-1"}, version=1)
    async with work("technician") as unit:
        await edit_equipment(unit, equipment.id, {"notes": "Careful"}, version=1)
    assert "merged with yours" in await _news(await sign_in("manager"))
    assert "merged with yours" not in await _news(await sign_in("technician"))


async def test_the_end_of_my_import_and_a_new_role_are_news(work: Work, sign_in: Any) -> None:
    async with work("technician") as unit:
        await record_plain(
            unit,
            action="import.finished",
            entity="import",
            entity_id=7,
            version=1,
            label="list.csv",
            fields={},
        )
    assert "Your import is finished" in await _news(await sign_in("technician"))
    assert "Your import is finished" not in await _news(await sign_in("admin"))
    async with work("admin") as unit:
        viewer_id = await unit.session.scalar(select(User.id).where(User.username == "viewer"))
        viewer = await editing.lock(unit, User, viewer_id)
        await editing.edit(unit, viewer, {"role": "employee"}, version=None)
    assert "changed what you may do here" in await _news(await sign_in("viewer"))
    assert "changed what you may do here" not in await _news(await sign_in("admin"))


async def test_seen_news_is_no_longer_unread_and_never_becomes_unread_again(work: Work, sign_in: Any) -> None:
    async with work("technician") as unit:
        equipment = await _equipment(unit)
        await service.report(unit, {"equipment_id": equipment.id, "title": "Fresh news"})
    manager = await sign_in("manager")
    bell = (await manager.get("/notifications/bell")).text
    assert "unread" in bell
    newest = re.search(r'"up_to": (\d+)', bell)
    assert newest
    script = {"HX-Request": "true", "HX-Request-Type": "partial"}
    seen = await manager.post("/notifications/seen", data={"up_to": newest[1]}, headers=script)
    assert "hx-partial" in seen.text
    assert "unread" not in (await manager.get("/notifications/bell")).text
    assert (await manager.post("/notifications/seen", data={"up_to": "1"})).status_code == 303
    assert "unread" not in (await manager.get("/notifications/bell")).text
    async with work() as unit:
        row = await unit.session.scalar(select(User).where(User.username == "manager"))
        assert row.notifications_seen == int(newest[1])
        assert row.version == 1
    assert (await manager.post("/notifications/seen", data={"up_to": "x"})).status_code == 422


async def test_pages_ask_for_the_bell_after_they_are_there(sign_in: Any) -> None:
    viewer = await sign_in("viewer")
    page = await viewer.get("/")
    assert 'hx-get="/notifications/bell"' in page.text
    assert 'id="bell-news"' not in page.text
