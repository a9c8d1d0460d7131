"""The application, assembled: the only place that knows all its parts."""

import asyncio
import contextlib
import gc
import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog
from jinja2 import Environment
from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp
from redis.asyncio import Redis

from app.config import Settings, load_settings
from app.db.engine import DirectConnection, connect_directly, create_engine, reading, sessions_of
from app.domain.activity.words import CHANGE_WORDS
from app.domain.inventory.table_cache import forget_when_changed
from app.domain.live.draining import drain_on_termination
from app.domain.live.feed import LiveFeed, sse_event
from app.domain.live.presence import Presence, publish_presence
from app.jobs.worker import JobWorker
from app.lib.file_store import FileStore
from app.logs import configure_logging
from app.routes import ROUTE_HANDLERS
from app.web.assets import Assets, create_root_handlers, create_static_handler, load_assets
from app.web.authentication import AuthenticationMiddleware
from app.web.change_words import register_words
from app.web.company import load_company, note_change_of_company
from app.web.errors import EXCEPTION_HANDLERS
from app.web.guards import guard
from app.web.live_position import LivePosition
from app.web.middleware import OuterLayer
from app.web.openapi import OPENAPI
from app.web.own_changes import OwnChanges
from app.web.rate_limits import RateLimits
from app.web.render import create_templates
from app.web.state import Runtime
from app.web.transactions import provide_reading, provide_work

log = structlog.get_logger("app")

# what a job has not finished by then is taken up again by the next worker
JOBS_PATIENCE = 1.2


@dataclass(frozen=True, slots=True)
class Assembly:
    """What is the same whatever the settings say: routes, templates, files of the front end."""

    app: Litestar
    templates: Environment
    assets: Assets


def create_app(settings: Settings | None = None) -> ASGIApp:
    """Build the application for these settings (by default those of the environment)."""
    chosen = settings or load_settings()
    app = furnish(assemble(chosen), chosen)
    if os.environ.get("AV_SERVING") == "1":
        _spare_the_collector()
    return app


def _spare_the_collector() -> None:
    """Have the garbage collector leave alone what lives as long as the server, and look less at the rest.

    A request makes some thousand objects that are gone with it by their counts alone.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def assemble(settings: Settings) -> Assembly:
    """Put the parts together, which takes most of the time; `furnish` makes an application of them."""
    register_words(CHANGE_WORDS)
    assets = load_assets(settings.static_dir)
    app = Litestar(
        route_handlers=[
            *ROUTE_HANDLERS,
            create_static_handler(assets.directory),
            *create_root_handlers(assets),
        ],
        dependencies={"work": Provide(provide_work), "reading": Provide(provide_reading)},
        guards=[guard],
        middleware=[AuthenticationMiddleware(), LivePosition(), OwnChanges()],
        exception_handlers=EXCEPTION_HANDLERS,
        compression_config=CompressionConfig(
            backend="brotli",
            brotli_quality=5,
            brotli_lgwin=18,
            brotli_gzip_fallback=True,
            minimum_size=500,
            exclude=["^/live", "^/static", "^/photos"],
        ),
        lifespan=[_lifespan],
        openapi_config=OPENAPI,
        request_max_body_size=None,
        debug=False,
        logging_config=None,
    )
    return Assembly(app, create_templates(settings, assets), assets)


def furnish(assembly: Assembly, settings: Settings) -> ASGIApp:
    """Give an assembly its database, files and settings.

    Once that application has stopped, the assembly may be furnished anew: nothing of the old one is left.
    Raises RuntimeError without the address of a database.
    """
    configure_logging(settings)
    if settings.database_url is None:
        raise RuntimeError(
            "DATABASE_URL is not set; start with `make run` or `make demo` to use the embedded one"
        )
    runtime = _create_runtime(assembly, settings, settings.database_url)
    app = assembly.app
    app.state = State()
    app.state.settings, app.state.runtime, app.state.read_engine = settings, runtime, runtime.read_engine
    _attach_live(app, settings.database_url)
    return OuterLayer(app, trusted_proxies=settings.trusted_proxies, secure=settings.secure_cookies)  # type: ignore[return-value]


def _create_runtime(assembly: Assembly, settings: Settings, database_url: str) -> Runtime:
    engine = create_engine(database_url)
    redis = (
        Redis.from_url(settings.redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)
        if settings.redis_url
        else None
    )
    return Runtime(
        settings=settings,
        engine=engine,
        read_engine=reading(engine),
        sessions=sessions_of(engine),
        templates=assembly.templates,
        assets=assembly.assets,
        files=FileStore(settings.files_dir),
        rate_limits=RateLimits(redis),
        redis=redis,
    )


def _attach_live(app: Litestar, database_url: str) -> None:
    async def connect() -> DirectConnection:
        return await connect_directly(database_url)

    feed, presence = LiveFeed(connect), Presence()
    app.state.connect, app.state.feed, app.state.presence = connect, feed, presence
    feed.on_changes(lambda batch: note_change_of_company(app.state.runtime, batch))
    feed.on_changes(lambda batch: forget_when_changed(app.state.runtime, batch))

    def signalled(payload: str) -> None:
        data: dict[str, Any] = json.loads(payload)
        if data.get("kind") == "presence":
            if presence.note(data):
                publish_presence(feed, presence, str(data["topic"]))
        elif data.get("kind") == "progress":
            feed.publish(sse_event("progress", data), about=data["entity"])

    feed.on_signal(signalled)


@asynccontextmanager
async def _lifespan(app: Litestar) -> AsyncGenerator[None]:
    runtime: Runtime = app.state.runtime
    feed: LiveFeed = app.state.feed
    await feed.start()
    drain_on_termination(feed.close_streams)
    expiring = asyncio.create_task(_expire_presence(feed, app.state.presence))
    jobs = await _start_jobs(runtime)
    with contextlib.suppress(OSError, asyncpg.PostgresError):
        await load_company(runtime)
    try:
        yield
    finally:
        expiring.cancel()
        if jobs:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(jobs.stop(), JOBS_PATIENCE)
        await feed.stop()
        await runtime.engine.dispose()
        if runtime.redis:
            await runtime.redis.aclose()


async def _start_jobs(runtime: Runtime) -> Any:
    if not runtime.settings.jobs_in_process:
        return None
    return await JobWorker(runtime).start()


async def _expire_presence(feed: LiveFeed, presence: Presence) -> None:
    while True:
        await asyncio.sleep(5)
        for topic in presence.expired():
            publish_presence(feed, presence, topic)
