"""Setting a fresh installation up, once."""

import asyncio
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.config import Settings
from app.db.embedded import EmbeddedPostgres
from app.domain.setup.service import create_setup_link
from app.lib.unit_of_work import SYSTEM, unit_of_work
from app.sample.history import opening_catalogue
from app.sample.photos import add_photos
from app.sample.pictures import drawing_for
from tests.applications import application
from tests.conftest import TEMPLATE
from tests.integration.guests import browser, log_in, take_token

FORM = {
    "first_name": "Ida",
    "last_name": "Berg",
    "username": "ida",
    "email": "ida@example.com",
    "password": "open-the-shop-now",
    "company_name": "Blue Stage",
    "company_city": "Oslo",
    "company_currency": "NOK",
    "company_time_zone": "Europe/Oslo",
    "company_locale": "nb_NO",
    "start": "empty",
}


@pytest.fixture
def fresh(postgres: EmbeddedPostgres, settings: Settings) -> Generator[Settings]:
    """Settings of an application on an empty database."""
    name = "t_setup_fresh"
    postgres.create_database(name, template=TEMPLATE)
    yield replace(settings, database_url=postgres.url(name))
    postgres.drop_database(name)


async def link(app: Any) -> str | None:
    async with unit_of_work(app.app.state.runtime.sessions, SYSTEM) as work:
        token = await create_setup_link(work)
    return f"/setup/{token}" if token else None


async def filled_in(client: httpx.AsyncClient, path: str, **changes: str) -> httpx.Response:
    await take_token(client, path)
    return await client.post(path, data={**FORM, **changes})


async def scalar(app: Any, statement: str) -> Any:
    async with app.app.state.runtime.read_engine.connect() as connection:
        return (await connection.execute(text(statement))).scalar_one()


async def test_before_the_setup_every_way_leads_to_its_help(fresh):
    async with application(fresh) as app:
        client = browser(app)
        assert (await client.get("/login")).headers["location"] == "/setup"
        page = await client.get("/setup")
        assert page.status_code == 200
        assert "console" in page.text


async def test_the_setup_makes_a_company_and_an_admin_who_is_signed_in(fresh):
    async with application(fresh) as app:
        path, client = await link(app), browser(app)
        assert path
        answer = await filled_in(client, path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        page = await client.get("/settings")
        assert page.status_code == 200
        for value in ("Blue Stage", "Oslo", "NOK", "Europe/Oslo", "nb_NO"):
            assert value in page.text
        assert await scalar(app, "select count(*) from equipment") == 0
        # from now on there is no set-up any more
        for gone in ("/setup", path, "/setup/anything"):
            assert (await browser(app).get(gone)).status_code == 404
        other = browser(app)
        await take_token(other)
        assert (await other.post(path, data={**FORM, "username": "second"})).status_code == 404
        assert await link(app) is None
        assert (await log_in(other, "ida", FORM["password"])).status_code == 303


async def test_the_sample_stock_can_be_loaded(fresh):
    waiting = "select count(*) from procrastinate_jobs where task_name = 'sample_photos'"
    bare = "select count(*) from equipment where photo is null and sku not in ('MIC-SM58', 'MIC-B58A')"
    async with application(fresh) as app:
        path, client = await link(app), browser(app)
        assert path
        assert (await filled_in(client, path, start="sample")).status_code == 303
        assert await scalar(app, "select count(*) from equipment") > 200
        assert await scalar(app, "select count(*) from user_account") == 1
        # nobody waits for the photos: a job adds them, and goes on where it was cut off
        assert await scalar(app, "select count(*) from equipment where photo is not null") == 0
        assert await scalar(app, waiting) == 1
        runtime = app.app.state.runtime
        async with runtime.sessions() as session, session.begin():
            await session.execute(text("update equipment set photo = 'own.webp' where sku = 'MIC-SM58'"))
            await session.execute(text("update equipment set sku = 'MINE' where sku = 'MIC-B58A'"))
        await add_photos(runtime.sessions, runtime.files)
        operations = "select count(distinct operation) from change where fields ? 'photo'"
        assert await scalar(app, operations) == 1
        async with runtime.sessions() as session, session.begin():
            await session.execute(text("update equipment set photo = null where sku like 'LGT-%'"))
        await add_photos(runtime.sessions, runtime.files)
        pictures = {item.sku for item in opening_catalogue() if drawing_for(item)} - {"MIC-SM58", "MIC-B58A"}
        assert await scalar(app, bare) == 1 + len(opening_catalogue()) - 2 - len(pictures)
        assert await scalar(app, "select photo from equipment where sku = 'MIC-SM58'") == "own.webp"
        assert await scalar(app, "select photo is null from equipment where sku = 'MINE'")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "no spaces"),
        ("password", "short"),
        ("password", ""),
        ("company_name", ""),
        ("company_currency", "XYZ"),
        ("company_time_zone", "Nowhere"),
        ("company_locale", ""),
        ("start", "other"),
    ],
)
async def test_what_does_not_fit_is_said_and_changes_nothing(fresh, field, value):
    async with application(fresh) as app:
        path, client = await link(app), browser(app)
        assert path
        answer = await filled_in(client, path, **{field: value})
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
        assert "Ida" in answer.text
        assert FORM["password"] not in answer.text
        assert (
            await scalar(app, "select (select count(*) from user_account) + (select count(*) from company)")
            == 0
        )
        assert (await client.get(path)).status_code == 200


async def test_a_fresh_link_replaces_the_earlier_one_and_old_ones_end(fresh):
    async with application(fresh) as app:
        older, newer = await link(app), await link(app)
        assert older
        assert newer
        client = browser(app)
        assert (await client.get(older)).status_code == 404
        assert (await client.get(newer)).status_code == 200
        async with app.app.state.runtime.engine.begin() as connection:
            await connection.execute(text("update one_time_link set expires_at = now()"))
        assert (await client.get(newer)).status_code == 404


async def test_of_two_at_once_one_wins(fresh):
    async with application(fresh) as app:
        path = await link(app)
        assert path
        clients = [browser(app) for _ in range(4)]
        for client in clients:
            await take_token(client, path)
        answers = await asyncio.gather(
            *(
                client.post(path, data={**FORM, "username": f"admin{place}", "email": ""})
                for place, client in enumerate(clients)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [303, 404, 404, 404]
        assert await scalar(app, "select count(*) from user_account") == 1
