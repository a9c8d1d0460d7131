"""What the live feed withstands and keeps to itself: crowds, faults, people who may not know."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import engine
from app.db.models import Category, User
from app.domain.accounts.links import make_password_link
from app.domain.live import feed as feed_module
from app.domain.live.feed import LiveFeed, Subscriber
from app.domain.live.positions import Position
from app.domain.live.queries import changes_after
from app.lib import editing
from app.web.authentication import SESSION_COOKIE
from app.web.permissions import EQUIPMENT_READ, SIGNED_IN, USER_READ
from tests.integration.live_pages import LivePage, live_pages

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]

READER = frozenset({SIGNED_IN, EQUIPMENT_READ})
NOBODY = 10_000
CROWD = 60


def token_of(client: httpx.AsyncClient) -> str:
    return client.cookies[SESSION_COOKIE]


async def add_categories(work: Any, *names: str) -> list[int]:
    found: list[int] = []
    for name in names:
        async with work() as unit:
            found.append((await editing.create(unit, Category(name=name))).id)
    return found


async def next_change(page: Subscriber, entity: str = "category") -> dict[str, Any]:
    """The next signal about records of this kind."""
    async with asyncio.timeout(30):
        while True:
            event = await page.queue.get()
            assert event is not None, "the stream was ended"
            for line in event.decode().splitlines():
                signals = json.loads(line[6:]).get("changes", []) if line.startswith("data: ") else []
                for signal in signals:
                    if signal["entity"] == entity:
                        return signal


@pytest.fixture
def feed(app: Any) -> LiveFeed:
    return app.app.state.feed


async def sessions_opened(app: Any) -> int:
    """How many connections were ever made to this database and have told of themselves."""
    async with app.app.state.runtime.read_engine.connect() as connection:
        statement = "select sessions from pg_stat_database where datname = current_database()"
        return (await connection.execute(text(statement))).scalar_one()


async def test_a_crowd_that_comes_back_costs_the_database_nothing(
    app: Any, feed: LiveFeed, sign_in: SignIn, work: Any
) -> None:
    token = token_of(await sign_in("viewer"))
    since = feed.position.event_id(feed.generation)
    made = await add_categories(work, *(f"Crowd {number}" for number in range(5)))
    async with live_pages(app, token):
        pass
    before = await sessions_opened(app)
    async with live_pages(app, *[token] * CROWD, since=since) as pages:
        for page in pages:
            await page.until(lambda page: len(page.changes) >= len(made))
            assert [signal["id"] for signal in page.changes if signal["entity"] == "category"] == made
        assert await sessions_opened(app) - before < CROWD / 2


async def test_a_feed_that_starts_knows_what_was_there(app: Any, work: Any) -> None:
    await add_categories(work, "Before the start")
    fresh = LiveFeed(app.app.state.connect)
    await fresh.start()
    connection = await app.app.state.connect()
    assert fresh.recent.between(Position(), fresh.position) == await changes_after(connection, Position())
    await connection.close()
    await fresh.stop()


@pytest.mark.parametrize(
    "since", ["{}-\u00b2-1", "{}-99999999999999999999-1", "{}-1", "other-1-1", "{}-999999999-1"]
)
async def test_a_position_that_is_none_means_load_anew(
    app: Any, feed: LiveFeed, sign_in: SignIn, since: str
) -> None:
    token = token_of(await sign_in("viewer"))
    async with live_pages(app, token, since=since.format(feed.generation)) as (page,):
        assert page.status == 200
        assert [name for name, _ in page.events] == ["resync"]


def topics(page: LivePage) -> list[str]:
    """What the page heard presence of."""
    return [data["topic"] for name, data in page.events if name == "presence"]


async def test_who_is_here_is_for_people_who_may_see_the_record(
    app: Any, feed: LiveFeed, sign_in: SignIn, work: Any
) -> None:
    async with work() as unit:
        await editing.create(unit, User(username="hirer", role="client", password_hash="-"))
    manager, hirer = await sign_in("manager"), await sign_in("hirer")
    tokens = [token_of(manager), token_of(await sign_in("viewer")), token_of(hirer)]
    async with live_pages(app, *tokens) as (of_manager, of_viewer, of_hirer):
        for topic in ("user-1", "equipment-1"):
            heard = await manager.post("/presence", json={"topic": topic, "editing": True})
            assert len(heard.json()["people"]) == 1
        progress = {"kind": "progress", "entity": "import", "id": 1, "done": 1, "total": 2}
        async with work() as unit:
            statement = text("select pg_notify('signal', :payload)")
            await unit.session.execute(statement, {"payload": json.dumps(progress)})
        for page in (of_manager, of_viewer):
            await page.until(lambda page: "progress" in dict(page.events))
        assert topics(of_manager) == ["user-1", "equipment-1"]
        assert topics(of_viewer) == ["equipment-1"]
        assert of_hirer.status == 200
        assert of_hirer.events == []
    assert (await hirer.post("/presence", json={"topic": "equipment-1"})).status_code == 403
    about_people = await (await sign_in("viewer")).post("/presence", json={"topic": "user-1"})
    assert about_people.json()["people"] == []


async def test_links_for_passwords_are_nobodys_business(feed: LiveFeed, work: Any) -> None:
    pages = [Subscriber(NOBODY, 0, READER), Subscriber(NOBODY, 0, READER | {USER_READ})]
    for page in pages:
        feed.subscribe(page)
    async with work() as unit:
        link = await make_password_link(unit, unit.actor.id)
    assert link
    assert (await next_change(pages[1], "password_link"))["action"] == "password_link.created"
    await add_categories(work, "After the link")
    heard = b"".join([pages[0].queue.get_nowait() for _ in range(pages[0].queue.qsize())]).decode()
    assert "password_link" not in heard
    for page in pages:
        feed.unsubscribe(page)


async def test_a_fault_nobody_foresaw_is_not_the_end_of_the_feed(app: Any, work: Any) -> None:
    attempts: list[int] = []

    async def connect() -> Any:
        attempts.append(1)
        if len(attempts) == 1:
            raise ValueError("a fault nobody foresaw")
        return await app.app.state.connect()

    fresh = LiveFeed(connect)
    await fresh.start()
    assert fresh.ready.is_set()
    page = Subscriber(NOBODY, 0, READER)
    fresh.subscribe(page)
    (made,) = await add_categories(work, "After the fault")
    assert (await next_change(page))["id"] == made
    await fresh.stop()


async def test_a_listener_that_fails_leaves_the_others_and_the_pages_alone(app: Any, work: Any) -> None:
    fresh, heard = LiveFeed(app.app.state.connect), []
    fresh.on_changes(lambda batch: batch[len(batch)] and None)
    fresh.on_changes(lambda batch: heard.append(len(batch)))
    await fresh.start()
    page = Subscriber(NOBODY, 0, READER)
    fresh.subscribe(page)
    for name in ("First of two", "Second of two"):
        (made,) = await add_categories(work, name)
        assert (await next_change(page))["id"] == made
    assert len(heard) == 2
    assert fresh.ready.is_set()
    await fresh.stop()


class Faulty(Subscriber):
    """A page whose place in memory is damaged."""

    def offer(self, event: bytes) -> None:
        raise RuntimeError(len(event))


async def test_pages_that_were_not_told_come_back_and_are(app: Any, work: Any) -> None:
    fresh = LiveFeed(app.app.state.connect)
    await fresh.start()
    page, faulty, start = Subscriber(NOBODY, 0, READER), Faulty(NOBODY, 0, READER), fresh.position
    for one in (faulty, page):
        fresh.subscribe(one)
    made = await add_categories(work, "Told late")
    async with asyncio.timeout(30):
        while await page.queue.get() is not None:
            pass
    missed = fresh.recent.between(start, fresh.position)
    assert [signal.entity_id for signal in missed or []] == made
    fresh.unsubscribe(faulty)
    fresh.subscribe(again := Subscriber(NOBODY, 0, READER))
    (later,) = await add_categories(work, "Told at once")
    assert (await next_change(again))["id"] == later
    await fresh.stop()


async def test_a_command_of_the_feed_does_not_take_for_ever(
    database: str, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "COMMAND_PATIENCE", 0.1)
    connection = await app.app.state.connect()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await connection.fetchval("select pg_sleep(20)")
    assert time.monotonic() - began < 10
    await connection.close()


async def test_a_stream_ends_when_its_session_is_over_by_time(
    app: Any, sign_in: SignIn, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "SESSION_CHECK", 0.0)
    tokens = [token_of(await sign_in(role)) for role in ("technician", "employee")]
    async with live_pages(app, *tokens) as (over, in_force):
        async with work() as unit:
            statement = """
                update session set expires_at = now() - interval '1 second'
                where user_id = (select id from user_account where username = 'technician')
            """
            await unit.session.execute(text(statement))
        await over.ended()
        (made,) = await add_categories(work, "Still told")
        await in_force.until(lambda page: made in [signal["id"] for signal in page.changes])
        assert not in_force.is_over
    async with live_pages(app, tokens[1]) as (page,):
        assert page.status == 200


async def test_an_error_of_the_database_does_not_say_what_was_typed(app: Any) -> None:
    async with app.app.state.runtime.engine.connect() as connection:
        with pytest.raises(DBAPIError) as failed:
            await connection.execute(
                text("select 1 / length(trim(:zero)) from change where label <> :word"),
                {"zero": "", "word": "swordfish"},
            )
    assert "division by zero" in str(failed.value)
    assert "swordfish" not in str(failed.value)
