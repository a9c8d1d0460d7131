"""Search from anywhere: what comes first, scans, and what a role may jump to."""

import html
import re
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest_asyncio

from app.db.models import Case, Unit
from app.domain.cases.service import create_case, delete_case
from app.domain.clients.service import create_client
from app.domain.inventory import categories
from app.domain.inventory.listing import PAGE_SIZE
from app.domain.inventory.service import create_equipment, delete_equipment
from app.domain.inventory.units import add_units
from app.domain.maintenance import service
from app.domain.search import queries
from app.lib import editing
from app.lib.clock import now
from tests.integration.booking import an_event
from tests.integration.item_steps import add_item

Work = Callable[..., Any]
SCRIPT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest_asyncio.fixture(loop_scope="session", scope="module", autouse=True)
async def stock(app: Any) -> AsyncGenerator[dict[str, int]]:
    """A small stock in which the same words mean different things."""
    from tests.conftest import work_of

    async with work_of(app.app.state.runtime, "admin") as unit:
        category = await categories.create_category(unit, "Ton")
        ids: dict[str, int] = {}
        for name, sku, tracking in [
            ("Shure SM58", "MIC-SM58", "serialized"),
            ("Case for ten SM58", "SM58", "bulk"),
            ("Clip SM58 100%_", "CLIP-1", "bulk"),
            ("Übergroßes Stativ", "STAND-1", "bulk"),
            ("SM58 <script>alert(1)</script>", "XSS-1", "bulk"),
        ]:
            values = {
                "name": name,
                "sku": sku,
                "tracking": tracking,
                "category_id": category.id,
                "quantity": 3,
            }
            ids[sku] = (await create_equipment(unit, values)).id
        for tag, serial in [("SM58-001", "A77"), ("SM58-002", "TWIN"), ("SM58-010", "TWIN"), ("CLIP-1x", "")]:
            made = Unit(equipment_id=ids["MIC-SM58"], asset_tag=tag, serial_number=serial)
            ids[tag] = (await editing.create(unit, made)).id
        job = {"equipment_id": ids["MIC-SM58"], "unit_id": ids["SM58-002"], "title": "Rattles"}
        ids["job"] = (await service.report(unit, job)).id
    yield ids


async def test_an_exact_sku_comes_before_better_known_names(stock: dict[str, int], work: Work) -> None:
    async with work() as unit:
        found = await queries.find_equipment(await unit.session.connection(), "sm58")
    assert found[0].id == stock["SM58"]
    assert found[0].exact
    assert {hit.id for hit in found} == {stock[sku] for sku in ("SM58", "MIC-SM58", "CLIP-1", "XSS-1")}


async def test_an_exact_tag_comes_first_then_what_begins_like_it(stock: dict[str, int], work: Work) -> None:
    async with work() as unit:
        reading = await unit.session.connection()
        assert [hit.exact for hit in await queries.find_units(reading, "sm58-001")] == [True]
        near = await queries.find_units(reading, "SM58-0")
        assert [hit.asset_tag for hit in near] == ["SM58-001", "SM58-002", "SM58-010"]
        assert [hit.id for hit in await queries.find_units(reading, "a77")] == [stock["SM58-001"]]


async def test_signs_of_patterns_are_only_signs(stock: dict[str, int], work: Work) -> None:
    async with work() as unit:
        reading = await unit.session.connection()
        for typed in ("%", "_", "\\", "'", "100%_", ":*", "&", "()", "\0x"[1:]):
            await queries.find_equipment(reading, typed)
            await queries.find_units(reading, typed)
            await queries.find_jobs(reading, typed)
        assert await queries.find_jobs(reading, "%") == []
        assert [hit.id for hit in await queries.find_equipment(reading, "100%_")] == [stock["CLIP-1"]]


async def test_words_are_found_without_accents_and_deleted_things_not(work: Work) -> None:
    async with work() as unit:
        reading = await unit.session.connection()
        assert [hit.sku for hit in await queries.find_equipment(reading, "uberg stat")] == ["STAND-1"]
        category = await categories.create_category(unit, "Weg")
        values = {"name": "Vanished", "sku": "GONE-1", "category_id": category.id}
        gone = await create_equipment(unit, values)
        await delete_equipment(unit, gone.id, version=1)
        assert await queries.find_equipment(reading, "GONE-1") == []
        assert await queries.find_exact(reading, "GONE-1") is None


async def test_the_palette_answers_options_with_everything_escaped(
    stock: dict[str, int], sign_in: Any
) -> None:
    viewer = await sign_in("viewer")
    hits = await viewer.get("/search?q=sm58", headers=SCRIPT)
    assert "<html" not in hits.text
    assert "<script>" not in hits.text
    assert f'data-href="/inventory/{stock["SM58"]}"' in hits.text
    assert f'data-href="/units/{stock["SM58-001"]}"' in hits.text
    assert "<mark>SM58</mark>" in hits.text
    jobs = await viewer.get("/search?q=rattl", headers=SCRIPT)
    assert f'data-href="/maintenance/{stock["job"]}"' in jobs.text
    page = await viewer.get("/search?q=sm58")
    assert "<html" in page.text
    assert f'href="/inventory/{stock["SM58"]}"' in page.text


async def test_commands_are_those_the_role_may_use(sign_in: Any) -> None:
    viewer, admin = await sign_in("viewer"), await sign_in("admin")
    for_viewer, for_admin = (
        await viewer.get("/search", headers=SCRIPT),
        await admin.get("/search", headers=SCRIPT),
    )
    for address in ("/inventory/new", "/users", "/settings", "/maintenance/new", "/imports"):
        assert f'data-href="{address}"' in for_admin.text
        assert f'data-href="{address}"' not in for_viewer.text
    assert 'data-href="/inventory"' in for_viewer.text
    found = await admin.get("/search?q=theme", headers=SCRIPT)
    assert 'data-click="[data-theme-switch]"' in found.text


async def test_recent_records_of_one_self_come_with_nothing_typed(
    stock: dict[str, int], sign_in: Any
) -> None:
    admin, viewer = await sign_in("admin"), await sign_in("viewer")
    assert f'data-href="/maintenance/{stock["job"]}"' in (await admin.get("/search", headers=SCRIPT)).text
    assert 'aria-label="Recent"' not in (await viewer.get("/search", headers=SCRIPT)).text


async def test_a_scan_goes_straight_to_what_carries_the_code(stock: dict[str, int], sign_in: Any) -> None:
    viewer = await sign_in("viewer")
    for code, target in [
        ("SM58-001", f"/units/{stock['SM58-001']}"),
        (" sm58-001 ", f"/units/{stock['SM58-001']}"),
        ("SM58", f"/inventory/{stock['SM58']}"),
        ("A77", f"/units/{stock['SM58-001']}"),
    ]:
        answer = await viewer.get("/scan", params={"code": code})
        assert (answer.status_code, answer.headers["location"]) == (303, target)


async def test_a_scan_of_nothing_says_so_and_offers_to_add_it(sign_in: Any) -> None:
    manager, viewer = await sign_in("manager"), await sign_in("viewer")
    answer = await manager.get("/scan", params={"code": '"><b>//evil'})
    assert answer.status_code == 404
    assert "No asset tag or SKU" in answer.text
    assert "<b>//evil" not in answer.text
    assert "/inventory/new?sku=%22%3E%3Cb%3E" in answer.text
    assert "/inventory/new?sku" not in (await viewer.get("/scan", params={"code": "nope"})).text
    assert (await manager.get("/scan", params={"code": "TWIN"})).status_code == 404
    assert (await manager.get("/scan")).status_code == 200


async def test_what_was_typed_in_full_stands_at_the_head_of_the_table(sign_in, work):
    mark = uuid4().hex[:6]
    exact = await add_item(work, name=f"Zebra lamp {mark}", sku=f"HEAD-{mark}", tracking="serialized")
    for number in range(PAGE_SIZE + 5):
        await add_item(work, name=f"Adapter {number:02} for HEAD-{mark}", sku=f"{mark}-{number}")
    async with work("admin") as unit:
        await add_units(unit, exact, [f"TAG-{mark}-1"])
    admin = await sign_in("admin")

    async def shown(path: str) -> list[int]:
        return [int(row) for row in re.findall(r'<tr id="equipment-(\d+)"', (await admin.get(path)).text)]

    for typed in (f"head-{mark}", f"zebra LAMP {mark}", f"tag-{mark}-1"):
        assert (await shown(f"/inventory?q={typed}"))[0] == exact, typed
    choice = (await admin.get(f"/maintenance/new?q=head-{mark}")).text
    assert re.findall(r"/maintenance/new\?equipment=(\d+)", choice)[0] == str(exact)
    page = await admin.get(f"/inventory?q=head-{mark}")
    further = re.search(r'(/inventory/rows\?[^"]*after=[^"]+)"', page.text)
    assert further
    first, second = await shown(f"/inventory?q=head-{mark}"), await shown(html.unescape(further[1]))
    assert len(first) == PAGE_SIZE
    assert len({*first, *second}) == len(first) + len(second) == PAGE_SIZE + 6
    descending = await shown(f"/inventory?q=head-{mark}&sort=-sku")
    assert descending[0] == exact
    assert (await shown(f"/inventory?q=head-{mark}&sort=sku"))[-1] != exact
    assert exact not in await shown(f"/inventory?q=head-{mark}&status=damaged")


async def test_events_are_found_by_their_words_and_their_clients(sign_in: Any, work: Work) -> None:
    async with work("manager") as unit:
        client = await create_client(unit, {"name": "Zweibrücken Kultur"})
        past = await an_event(unit, now() - timedelta(days=90), name="Zweibrücken last year")
        coming = await an_event(unit, now() + timedelta(days=9), name="Spring", client_id=client.id)
        await an_event(unit, now() + timedelta(days=9), name="Elsewhere")
        found = await queries.find_events(await unit.session.connection(), "zweibrucken")
    assert [hit.id for hit in found] == [coming.id, past.id]
    viewer = await sign_in("viewer")
    for headers in (SCRIPT, {}):
        page = (await viewer.get("/search?q=zweibrucken", headers=headers)).text
        assert f"/events/{coming.id}" in page


async def test_cases_are_found_while_typing_by_those_who_see_events(work: Work, sign_in: Any) -> None:
    async with work() as unit:
        event = await an_event(unit, name="Tournee")
        mics = Case(code="FC-20", name="Mikrofone", location="Regal 4", event_id=event.id)
        unit.session.add_all([mics, Case(code="FC-3", name="Kabel"), Case(code="X-1", name="Wie FC-3")])
        await unit.session.flush()
        gone = await create_case(unit, {"code": "FC-99", "name": "Gone"})
        await delete_case(unit, gone.id, version=1)
        reading = await unit.session.connection()
        assert [hit.code for hit in await queries.find_cases(reading, "fc-")] == ["FC-3", "FC-20", "X-1"]
        assert [hit.code for hit in await queries.find_cases(reading, "regal mikro")] == ["FC-20"]
        assert await queries.find_cases(reading, "%") == []
    viewer = await sign_in("viewer")
    hits = (await viewer.get("/search?q=fc-2", headers=SCRIPT)).text
    assert f'data-href="/cases/{mics.id}"' in hits
    assert "Tournee" in hits
    assert f'href="/cases/{mics.id}"' in (await viewer.get("/search?q=mikrofone")).text
    pages = (await viewer.get("/search?q=quar", headers=SCRIPT)).text
    assert 'data-href="/quarantine"' in pages
