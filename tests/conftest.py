"""Real servers for the tests: PostgreSQL, Redis and the application, started once and cleaned up.

The database is migrated once into a template; every test module gets a copy of its own, with one person
for each role.
"""

import asyncio
import contextlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from hypothesis import HealthCheck
from hypothesis import settings as examples

from app.config import Settings, load_settings
from app.db import migrations
from app.db.embedded import EmbeddedPostgres
from app.lib import passwords
from app.lib.unit_of_work import Actor, UnitOfWork, unit_of_work
from tests.standins.stripe import stripe_running
from tests.statements import noting

# a busy machine is no fault of what is tested
examples.register_profile(
    "unhurried", parent=examples.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
examples.load_profile("unhurried")

PASSWORD = "correct-horse-battery"
ROLES = ("admin", "manager", "technician", "employee", "viewer")
TEMPLATE = "template_av"
# the files that take longest, in this order: begun late, one would go on alone while the other processes idle
LONGEST = (
    "test_processes", "test_routes_permissions", "test_embedded_postgres", "test_live_streams", "test_money_papers",
    "test_online_payments", "test_bench_oracle", "test_availability_oracle", "test_migrations", "test_jobs",
    "test_states", "test_pages_inventory", "test_pages", "test_live_pages", "test_pages_events",
    "test_pages_clients", "test_bench_offline", "test_bench_story", "test_pages_gear", "test_pages_quotes",
    "test_pages_stock", "test_pages_invoices", "test_pages_prices", "test_pages_bench",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)))


def in_thread(work: Callable[[], Any]) -> Any:
    """Run something that needs an event loop of its own; the browser's driver occupies this thread's."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


@pytest.fixture(scope="session")
def postgres() -> Generator[EmbeddedPostgres]:
    """A PostgreSQL of our own, with a migrated template database."""
    folder = Path(tempfile.mkdtemp(prefix="av-tests-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(
        folder / "postgres",
        settings={
            "fsync": "off",
            "full_page_writes": "off",
            "synchronous_commit": "off",
            "max_connections": "200",
        },
    )
    server.start()
    server.create_database(TEMPLATE)
    in_thread(lambda: migrations.upgrade(server.url(TEMPLATE)))
    yield server
    server.remove()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def redis_url() -> Generator[str]:
    """A redis-server of our own on a unix socket."""
    folder = Path(tempfile.mkdtemp(prefix="av-redis-"))
    socket = folder / "r.sock"
    process = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 10
    while not socket.exists():
        assert time.monotonic() < deadline, "redis-server did not start"
        time.sleep(0.02)
    yield f"unix://{socket}"
    process.terminate()
    process.wait(5)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def stripe_url() -> Generator[str]:
    """A stand-in for Stripe on this machine."""
    with stripe_running() as address:
        yield address


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Generator[str]:
    """The URL of a fresh, migrated database."""
    name = f"t_{secrets.token_hex(6)}"
    postgres.create_database(name, template=TEMPLATE)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture(scope="module")
def settings(database: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of an application on that database, with limits that do not get in the way."""
    given = load_settings(
        {
            "DATABASE_URL": database,
            "SECRET_KEY": "test-" + "k" * 40,
            "DATA_DIR": str(tmp_path_factory.mktemp("data")),
            "LOGIN_RATE_LIMIT": "1000/900",
            "API_RATE_LIMIT": "100000/60",
            "UPLOAD_RATE_LIMIT": "100000/60",
            "LOG_LEVEL": "CRITICAL",
        }
    )
    return replace(given, database_url=database)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def app(settings: Settings) -> AsyncGenerator[Any]:
    """The running application with the company and one person for each role."""
    from tests.applications import application

    started: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    stop = asyncio.Event()

    async def live() -> None:
        # a lifespan must end in the task it began in, which fixtures do not promise
        async with application(settings) as running:
            started.set_result(running)
            await stop.wait()

    living = asyncio.create_task(live())
    await asyncio.wait({living, started}, return_when=asyncio.FIRST_COMPLETED)
    if living.done():
        living.result()
    outer = started.result()
    await _until_heard(outer.app.state, "company", _people_and_company(outer.app.state.runtime))
    yield outer
    stop.set()
    await living


async def _until_heard(state: Any, entity: str, writing: Awaitable[None]) -> None:
    """Write, and wait until the feed has told of it: what it makes the application forget is forgotten then."""
    heard = asyncio.Event()
    state.feed.on_changes(lambda batch: heard.set() if entity in {one.entity for one in batch} else None)
    await writing
    await asyncio.wait_for(heard.wait(), 30)


async def _people_and_company(runtime: Any) -> None:
    from app.lib.unit_of_work import SYSTEM
    from app.sample.loader import load_company, load_people

    async with unit_of_work(runtime.sessions, SYSTEM) as work:
        await load_people(work, PASSWORD)
        await load_company(work)


@pytest_asyncio.fixture(loop_scope="session")
async def client(app: Any) -> AsyncGenerator[httpx.AsyncClient]:
    """Somebody who is not signed in."""
    async with _client(app) as anonymous:
        yield anonymous


def _client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test")


@pytest_asyncio.fixture(loop_scope="session")
async def sign_in(app: Any) -> AsyncGenerator[Callable[[str], Any]]:
    """`await sign_in("manager")`: a client of that person, with the CSRF header set."""
    async with contextlib.AsyncExitStack() as stack:

        async def signed_in(role: str) -> httpx.AsyncClient:
            from app.domain.accounts.sign_in import open_session
            from app.web.authentication import SESSION_COOKIE
            from app.web.csrf import HEADER, csrf_token

            runtime = app.app.state.runtime
            async with work_of(runtime, role) as work:
                user = await _user(work, role)
                opened = await open_session(work, user, kind="browser")
            client = await stack.enter_async_context(_client(app))
            client.cookies.set(SESSION_COOKIE, opened.token)
            client.headers[HEADER] = csrf_token(runtime.settings.secret_key, opened.token)
            return client

        yield signed_in


@pytest.fixture
def work(app: Any) -> Callable[..., Any]:
    """`async with work("manager") as unit: ...`: a unit of work of that person."""
    return lambda role="admin": work_of(app.app.state.runtime, role)


@pytest.fixture
def statements(app: Any) -> Generator[list[str]]:
    """Every statement of the application from the beginning of the test, or since they were cleared."""
    with noting(app) as seen:
        yield seen


@contextlib.asynccontextmanager
async def work_of(runtime: Any, role: str) -> AsyncGenerator[UnitOfWork]:
    async with runtime.sessions() as session:
        user = await session.scalar(_by_username(role))
    async with unit_of_work(runtime.sessions, Actor(user.id, user.label, user.role)) as unit:
        yield unit


async def _user(unit: UnitOfWork, username: str) -> Any:
    return await unit.session.scalar(_by_username(username))


def _by_username(username: str) -> Any:
    from sqlalchemy import select

    from app.db.models import User

    return select(User).where(User.username == username)


@pytest.fixture(autouse=True, scope="session")
def _passwords_cost_little() -> None:
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    passwords._nobody = passwords._hasher.hash("nobody has this password")


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_machine() -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR", "DEMO_PASSWORD", "PUBLIC_URL"):
        os.environ.pop(name, None)
