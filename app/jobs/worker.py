"""Workers: inside the application, or as a process of their own."""

import asyncio
import signal
from datetime import timedelta
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.config import Settings
from app.db.engine import create_engine, sessions_of
from app.domain.documents.printing import Press, open_press, press_of
from app.domain.mail.attaching import attaching
from app.domain.mail.sending import PostOffice
from app.domain.payments.choosing import online_place
from app.jobs.tasks import Workplace, register_tasks
from app.lib.file_store import FileStore
from app.logs import configure_logging
from app.web.state import Runtime

CONCURRENCY = 4
GRACE = 0.5
PATIENCE = 5.0
LONGEST_DELAY = 10.0

log = structlog.get_logger("app.jobs")


class JobWorker:
    """A worker on the event loop of the application; it outlives every restart of the database."""

    def __init__(self, runtime: Runtime) -> None:
        if runtime.settings.database_url is None:
            raise RuntimeError("a worker needs the address of the database")
        self._database_url = runtime.settings.database_url
        self._place = workplace(runtime.settings, runtime.sessions, runtime.files, press_of(runtime))
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> "JobWorker":
        """Begin to work, in the background."""
        self._task = asyncio.create_task(work_for_ever(self._database_url, self._place), name="job-worker")
        return self

    async def stop(self) -> None:
        """Stop within about a second; what is being done goes back to the queue."""
        if self._task is None:
            return
        await end(self._task)
        self._task = None


def run_worker(settings: Settings) -> None:
    """Work until SIGINT or SIGTERM, as a process of its own. Raises RuntimeError without a database."""
    configure_logging(settings)
    if settings.database_url is None:
        raise RuntimeError(
            "DATABASE_URL is not set; with the embedded database the application works by itself"
        )
    asyncio.run(_until_told(settings, settings.database_url))


async def _until_told(settings: Settings, database_url: str) -> None:
    engine = create_engine(database_url)
    files = FileStore(settings.files_dir)
    place = workplace(settings, sessions_of(engine), files, open_press(settings, files))
    working = asyncio.create_task(work_for_ever(database_url, place))
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    telling = asyncio.create_task(told.wait())
    await asyncio.wait({working, telling}, return_when=asyncio.FIRST_COMPLETED)
    telling.cancel()
    await end(working)
    await engine.dispose()


def workplace(
    settings: Settings, sessions: async_sessionmaker[AsyncSession], files: FileStore, press: Press
) -> Workplace:
    """What jobs work with under these settings."""
    office = PostOffice(sessions, settings.mail, attaching(press))
    online = online_place(settings, sessions)
    return Workplace(sessions, files, timedelta(days=settings.purge_after_days), office, online)


async def work_for_ever(database_url: str, place: Workplace) -> None:
    """Do jobs until cancelled; begin anew whenever the database went away."""
    delay = 0.5
    while not _is_cancelled():
        jobs = create_jobs(database_url, place)
        try:
            async with jobs.open_async():
                log.info("job_worker_started")
                delay = 0.5
                await jobs.run_worker_async(
                    concurrency=CONCURRENCY,
                    shutdown_graceful_timeout=GRACE,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                )
        except Exception as error:  # noqa: BLE001 - whatever it was, work has to go on
            log.warning("job_worker_restarting", error=str(error))
        if not _is_cancelled():
            await asyncio.sleep(delay)
        delay = min(delay * 2, LONGEST_DELAY)


async def end(working: asyncio.Task[None]) -> None:
    """Cancel until it has ended: while a worker starts, the first cancellation may get lost on its way.

    Raises what it failed with, if it did.
    """
    while not working.done():
        working.cancel()
        await asyncio.wait({working}, timeout=2 * GRACE)
    if not working.cancelled():
        working.result()


def _is_cancelled() -> bool:
    """Whether this task was told to end; an error on the way out takes the place of the cancellation."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def create_jobs(database_url: str, place: Workplace) -> App:
    """The job application with all its tasks, not yet connected."""
    connector = PsycopgConnector(
        conninfo=connection_info(database_url),
        min_size=1,
        max_size=CONCURRENCY + 2,
        timeout=PATIENCE,
        reconnect_timeout=PATIENCE,
        name="jobs",
    )
    jobs = App(connector=connector)
    register_tasks(jobs, place)
    return jobs


def connection_info(database_url: str) -> str:
    """The address of the database as libpq spells it."""
    url = make_url(database_url)
    query: dict[str, Any] = dict(url.query)
    parts: dict[str, Any] = {
        "host": query.get("host") or url.host,
        "port": query.get("port") or url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
        "sslmode": query.get("sslmode") or query.get("ssl"),
        "connect_timeout": int(PATIENCE),
        "application_name": "av-rentals jobs",
    }
    return make_conninfo(**{name: value for name, value in parts.items() if value})
