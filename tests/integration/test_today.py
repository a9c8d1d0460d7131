"""The first page: figures, jobs by date, latest changes, first steps."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from app.db.models import User
from app.domain.inventory import categories
from app.domain.inventory.service import create_equipment
from app.domain.maintenance import service
from app.domain.today import policy
from app.lib import editing
from app.lib.clock import now

Work = Callable[..., Any]


def test_the_greeting_follows_the_clock_of_the_shop() -> None:
    for hour, words in [(2, "Hello"), (4, "morning"), (11, "morning"), (12, "afternoon"), (18, "evening")]:
        assert words in policy.greeting(datetime(2026, 1, 5, hour, tzinfo=UTC))


async def test_a_new_shop_is_told_what_to_do_first(sign_in: Any) -> None:
    admin, viewer = await sign_in("admin"), await sign_in("viewer")
    page = (await admin.get("/")).text
    assert "Getting started" in page
    for address in ("/imports/new", "/clients/new", "/events/new"):
        assert f'<a href="{address}">' in page
    for calm in ("to prep", "is short", "is overdue", "waits for you", "to repair"):
        assert f"<strong>Nothing {calm}.</strong>" in page
    assert "Getting started" not in (await viewer.get("/")).text


async def test_what_is_due_and_what_was_changed_is_shown(work: Work, sign_in: Any) -> None:
    async with work("technician") as unit:
        category = await categories.create_category(unit, "Heute")
        values = {"name": "Dimmer <12>", "sku": "DIM-12", "category_id": category.id, "quantity": 9}
        equipment = await create_equipment(unit, values)
        for title, days in [("Later", 30), ("Too late", -2), ("Soon", 3)]:
            report = {"equipment_id": equipment.id, "title": title, "due_at": now() + timedelta(days=days)}
            await service.report(unit, report)
    viewer = await sign_in("viewer")
    page = (await viewer.get("/")).text
    assert page.index(">Too late<") < page.index(">Soon<") < page.index(">Later<")
    assert "1 overdue" in page
    assert "Dimmer &lt;12&gt;" in page
    assert "since midnight" not in page
    assert "since midnight" in (await (await sign_in("manager")).get("/")).text


async def test_the_steps_go_when_the_inventory_has_grown(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        category = await categories.create_category(unit, "Viel")
        for number in range(policy.SMALL):
            values = {"name": f"Lamp {number}", "sku": f"LMP-{number}", "category_id": category.id}
            await create_equipment(unit, values)
    assert "Getting started" not in (await (await sign_in("admin")).get("/")).text


async def test_the_number_of_statements_is_fixed(work: Work, sign_in: Any, statements: list[str]) -> None:
    viewer = await sign_in("viewer")
    await viewer.get("/")
    statements.clear()
    await viewer.get("/")
    few = len(statements)
    async with work() as unit:
        category = await categories.create_category(unit, "Noch mehr")
        for number in range(6):
            values = {
                "name": f"Box {number}",
                "sku": f"BX-{number}",
                "category_id": category.id,
                "quantity": 2,
            }
            equipment = await create_equipment(unit, values)
            await service.report(unit, {"equipment_id": equipment.id, "title": f"Job {number}"})
    statements.clear()
    await viewer.get("/")
    assert len(statements) == few


async def test_nobody_sees_it_without_signing_in(client: Any) -> None:
    answer = await client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


async def test_a_client_sees_a_welcome_and_nothing_of_the_shop(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        user = User(username="guest", role="client", password_hash="!", first_name="Gay", last_name="Lussac")
        await editing.create(unit, user)
    page = (await (await sign_in("guest")).get("/?show=week")).text
    assert "Welcome" in page
    assert "av-figures" not in page
    assert "Maintenance" not in page
