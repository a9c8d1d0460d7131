"""Whatever stands in an address or a form is answered as what it is: nothing here, or not usable; never a 500."""

import base64
import json
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from sqlalchemy import BigInteger, DateTime, Numeric, Text, cast, literal, select
from sqlalchemy.exc import DBAPIError

from app.lib.database_errors import translate_database_error
from app.lib.errors import InvalidInput
from tests.integration.item_steps import add_item

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]

HUGE, DIGITS, NOTHING, SPLIT = "9" * 30, "%C2%B2", "%00", "%ED%A0%80"


def pages_by_id(app: Litestar) -> list[str]:
    """All pages that name a record by its id, for people who are signed in."""
    paths = {route.path: route for route in app.routes if isinstance(route, HTTPRoute)}
    return sorted(
        path
        for path, route in paths.items()
        if ":int}" in path and not path.startswith("/api/") and "GET" in route.methods
    )


async def test_an_id_no_record_can_have_is_nothing_here(sign_in: SignIn, app: Any) -> None:
    client = await sign_in("admin")
    paths = pages_by_id(app.app)
    assert "/inventory/{equipment_id:int}" in paths
    for path in paths:
        for number in (HUGE, str(2**63), "0"):
            answer = await client.get(re.sub(r"{[^}]+}", number, path))
            assert answer.status_code == 404, (path, number, answer.status_code)


@pytest.mark.parametrize(
    "path",
    [
        "/search?q={}",
        "/scan?code={}",
        "/activity?person={0}&record={0}&action={0}&from={0}&to={0}&before={0}&since={0}",
        "/maintenance?assignee={0}&page={0}&q={0}&kind={0}&tab={0}&sort={0}",
        "/maintenance/new?q={}",
        "/categories/new?parent=1&q={}",
        "/inventory/labels?ids={0}&units={0}&skip={0}&format={0}",
        "/users?q={0}&role={0}&active={0}",
        "/users/rows?ids={0}&new={0}&q={0}",
        "/login?next={}",
    ],
)
async def test_a_page_leaves_out_what_makes_no_sense(sign_in: SignIn, path: str) -> None:
    client = await sign_in("admin")
    for odd in (HUGE, DIGITS, NOTHING, SPLIT, "-1", "%D9%A3", "1,2,x,1"):
        answer = await client.get(path.format(odd))
        assert answer.status_code < 500, (path, odd)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-13-40", "9999-12-31T23:59"])
async def test_a_day_no_clock_can_show_is_a_message(sign_in: SignIn, day: str) -> None:
    client = await sign_in("manager")
    for name in ("from", "to"):
        answer = await client.get(f"/activity?{name}={day}")
        assert answer.status_code == 200
        assert f'name="{name}" value="{day}" aria-invalid="true"' in answer.text


@pytest.mark.parametrize("version", ["", "x", HUGE, "9" * 5000, "\u0663", "-1", "0"])
async def test_a_version_that_is_none_changes_nothing(sign_in: SignIn, work: Any, version: str) -> None:
    client, item_id = await sign_in("admin"), await add_item(work, tracking="bulk", quantity=3)
    category = await client.post("/api/categories", json={"name": f"Odd {uuid4()}"})
    job = await client.post(
        "/api/maintenance", json={"equipment_id": item_id, "title": "Odd", "blocks": False}
    )
    for path in (
        f"/inventory/{item_id}/deletion",
        f"/categories/{category.json()['data']['id']}/deletion",
        f"/maintenance/{job.json()['data']['id']}/deletion",
    ):
        assert (await client.post(path, data={"version": version})).status_code == 422, path
    kept = await client.get(f"/api/equipment/{item_id}")
    assert kept.json()["data"]["version"] == 1


async def test_a_tag_no_database_can_hold_is_no_fault_of_ours(sign_in: SignIn, work: Any) -> None:
    client, item_id = await sign_in("admin"), await add_item(work, tracking="serialized")
    for tags in ("A\x00B-1", "\x00", "1\x002\x0b3"):
        for path in ("units/preview", "units"):
            answer = await client.post(f"/inventory/{item_id}/{path}", data={"asset_tag": tags})
            assert answer.status_code < 500, (path, tags)


def packed(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        ("name", "\ud800"),
        ("name", "a\x00"),
        ("daily_rate", "1e-20000"),
        ("updated_at", "0001-01-01T00:00:00+05:00"),
        ("updated_at", "9999-12-31T23:59:59-05:00"),
    ],
)
async def test_a_cursor_nobody_wrote_is_refused_or_left_out(sign_in: SignIn, sort: str, value: str) -> None:
    client = await sign_in("admin")
    for last_id in (1, 2**63, True):
        answer = await client.get(
            "/api/equipment", params={"sort": sort, "cursor": packed(sort, [value], last_id)}
        )
        assert answer.status_code == 422, answer.text
        assert set(answer.json()["details"]["fields"]) == {"cursor"}
        for path in ("/inventory", "/inventory/rows"):
            page = await client.get(path, params={"sort": sort, "after": packed(sort, False, value, last_id)})
            assert page.status_code == 200
    for cursor in (packed(value, 1), packed("a", 2**63), packed("a"), "%%"):
        assert (await client.get("/users", params={"after": cursor})).status_code == 200


async def test_the_columns_are_kept_whatever_the_page_says_its_address_is(sign_in: SignIn) -> None:
    client = await sign_in("manager")
    answer = await client.post(
        "/inventory/columns",
        data={"columns": "sku"},
        headers={"hx-request": "true", "hx-request-type": "partial", "hx-current-url": "http://["},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "value",
    [
        literal(2**70, type_=BigInteger()),
        literal(datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5))), type_=DateTime(timezone=True)),
        literal("a\ud800", type_=Text()),
        literal("a\x00", type_=Text()),
        cast(literal("1e200000", type_=Text()), Numeric()),
    ],
)
async def test_what_no_column_can_hold_is_the_fault_of_who_sent_it(app: Any, value: Any) -> None:
    async with app.app.state.runtime.read_engine.connect() as reading:
        with pytest.raises(DBAPIError) as refused:
            await reading.execute(select(value))
    known = translate_database_error(refused.value)
    assert isinstance(known, InvalidInput)


async def test_unknown_parameters_of_the_api_are_refused(sign_in: SignIn) -> None:
    client = await sign_in("admin")
    lists = ("equipment", "units", "categories", "maintenance", "changes", "users", "sessions")
    for path in lists:
        answer = await client.get(f"/api/{path}?nosuch=1")
        assert answer.status_code == 422, path
        assert set(answer.json()["details"]["fields"]) == {"nosuch"}
        assert (await client.get(f"/api/{path}")).status_code == 200
    known = await client.get("/api/equipment?q=x&archived=true&limit=5&sort=-name&status=good")
    assert known.status_code == 200
    too_many = await client.get("/api/equipment?limit=201")
    assert too_many.json()["details"]["fields"] == {"limit": "Send at most 200."}


async def test_an_export_in_a_format_we_do_not_write_is_refused(sign_in: SignIn) -> None:
    client = await sign_in("viewer")
    assert (await client.get("/inventory/export?format=pdf")).status_code == 422
    for name in ("csv", "xlsx", ""):
        assert (await client.get(f"/inventory/export?format={name}")).status_code == 200


@pytest.mark.parametrize("query", ["category=x", "q=%00", "status=broken", "colour=red", "category=1-x"])
async def test_an_action_on_all_that_match_needs_filters_that_are_understood(
    sign_in: SignIn, work: Any, query: str
) -> None:
    client, item_id = await sign_in("admin"), await add_item(work)
    form = {"matching": "1", "action": "archive", "query": query}
    assert (await client.post("/inventory/bulk", data=form)).status_code == 422
    kept = (await client.get(f"/api/equipment/{item_id}")).json()["data"]
    assert kept["archived"] is False


async def test_control_characters_in_asset_tags_are_dropped(sign_in: SignIn, work: Any) -> None:
    client, item_id = await sign_in("admin"), await add_item(work, tracking="serialized")
    tag = f"T-{uuid4().hex[:8]}"
    answer = await client.post(f"/inventory/{item_id}/units", data={"asset_tag": f"{tag}\x07X\x1b"})
    assert answer.status_code == 303
    units = (await client.get(f"/api/equipment/{item_id}/units")).json()["data"]
    assert [unit["asset_tag"] for unit in units] == [f"{tag}X"]
