"""Everything that can be done behind the scenes, by name."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from procrastinate import App
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.domain.clients.importing.kind import CLIENTS
from app.domain.events.booking import release_expired
from app.domain.events.missing import warn_of_missing
from app.domain.events.warnings import warn_of_holds, warn_of_late
from app.domain.importing.purging import purge_uploads
from app.domain.importing.running import IMPORT_TASK, fail_import, run_import, unfinished_imports
from app.domain.inventory.importing.kind import EQUIPMENT
from app.domain.mail.sending import PostOffice, send_mail
from app.domain.mail.service import MAIL_TASK
from app.domain.operations.purging import purge_deleted
from app.domain.payments.attempts import Place, check_open_attempts
from app.domain.quotes.sending import expire_versions
from app.jobs.housekeeping import forget_expired
from app.jobs.queue import enqueue
from app.jobs.retries import Backoff, is_passing
from app.lib.clock import now
from app.lib.file_store import FileStore
from app.lib.unit_of_work import SYSTEM, unit_of_work
from app.sample.photos import PHOTOS_TASK, add_photos

log = structlog.get_logger("app.jobs")

IMPORTED = (EQUIPMENT, CLIENTS)
"""The kinds of files that are brought in."""

_EVERY_QUARTER_MINUTE = "* * * * * */15"
_EVERY_NIGHT = "17 3 * * *"
# a server may be switched off at night, and there is rarely anything to remove
_EVERY_HOUR = "37 * * * *"


@dataclass(frozen=True, slots=True)
class Workplace:
    """What jobs work with. What was deleted longer than `purge_after` ago is removed for good.

    Letters wait where there is no `office`; nobody asks after online payments where there is no `online`.
    """

    sessions: async_sessionmaker[AsyncSession]
    files: FileStore
    purge_after: timedelta = timedelta(days=30)
    office: PostOffice | None = None
    online: Place | None = None


Regular = Callable[[Workplace], Awaitable[object]]


def register_tasks(jobs: App, place: Workplace) -> None:
    """Make all tasks known to the job application."""

    @jobs.task(name=IMPORT_TASK, retry=Backoff())
    async def import_file(import_id: int) -> None:  # pyright: ignore[reportUnusedFunction]
        await _import(place, import_id)

    @jobs.task(name=PHOTOS_TASK, retry=Backoff())
    async def sample_photos() -> None:  # pyright: ignore[reportUnusedFunction]
        await add_photos(place.sessions, place.files)

    @jobs.task(name=MAIL_TASK, retry=Backoff())
    async def mail(mail_id: int) -> None:  # pyright: ignore[reportUnusedFunction]
        if place.office is not None:
            await send_mail(place.office, mail_id)

    _register_regular(jobs, place)


def _register_regular(jobs: App, place: Workplace) -> None:
    """The tasks that come round by themselves."""

    @jobs.periodic(cron=_EVERY_QUARTER_MINUTE)
    @jobs.task(name="revive", queueing_lock="revive")
    async def revive(timestamp: int) -> None:  # noqa: ARG001  # pyright: ignore[reportUnusedFunction]
        await revive_stalled(jobs)
        await revive_imports(place.sessions)

    for name, (cron, work) in _REGULAR.items():
        _register_one(jobs, place, name, cron, work)


def _register_one(jobs: App, place: Workplace, name: str, cron: str, work: Regular) -> None:
    """One of them: never twice at once, tried again where something was in the way for a moment."""

    @jobs.periodic(cron=cron)
    @jobs.task(name=name, queueing_lock=name, retry=Backoff())
    async def task(timestamp: int) -> None:  # noqa: ARG001  # pyright: ignore[reportUnusedFunction]
        await work(place)


async def purge_everything(place: Workplace) -> None:
    """Remove for good what was deleted long ago, and uploads that nobody imported."""
    moment = now()
    removed = await purge_deleted(place.sessions, place.files, moment - place.purge_after)
    uploads = await purge_uploads(place.sessions, place.files, moment)
    if removed or uploads:
        log.info("purged", records=removed, uploads=uploads)


async def release_holds_that_ended(sessions: async_sessionmaker[AsyncSession]) -> None:
    """End holds and requests whose time is over; their stock is free for others."""
    async with unit_of_work(sessions, SYSTEM) as work:
        released = await release_expired(work)
    if released:
        log.info("holds_released", events=released)


async def expire_quotes_that_ended(sessions: async_sessionmaker[AsyncSession]) -> None:
    """Close versions of quotes whose day is over."""
    async with unit_of_work(sessions, SYSTEM) as work:
        expired = await expire_versions(work)
    if expired:
        log.info("quotes_expired", versions=expired)


async def warn_people(sessions: async_sessionmaker[AsyncSession]) -> None:
    """Tell of holds that end soon, of late gear where others wait for it, and of gear that is gone."""
    async with unit_of_work(sessions, SYSTEM) as work:
        ending = await warn_of_holds(work)
    async with unit_of_work(sessions, SYSTEM) as work:
        endangered = await warn_of_late(work)
    async with unit_of_work(sessions, SYSTEM) as work:
        missing = await warn_of_missing(work)
    if ending or endangered or missing:
        log.info("warned", holds=ending, endangered=endangered, missing=missing)


async def _import(place: Workplace, import_id: int) -> None:
    try:
        await run_import(place.sessions, place.files, IMPORTED, import_id)
    except Exception as error:
        if is_passing(error):
            raise
        log.exception("import_failed", import_id=import_id)
        await fail_import(place.sessions, import_id, getattr(error, "message", None))


async def revive_stalled(jobs: App) -> None:
    """Hand on the jobs of workers that were killed: those that have not been heard of for half a minute."""
    for job in await jobs.job_manager.get_stalled_jobs():
        log.warning("job_of_lost_worker", task=job.task_name, job_id=job.id)
        await jobs.job_manager.retry_job(job)


async def revive_imports(sessions: async_sessionmaker[AsyncSession]) -> None:
    """Promise a new job to every import that is under way without one."""
    async with unit_of_work(sessions, SYSTEM) as work:
        for import_id in await unfinished_imports(work.session):
            await enqueue(work, IMPORT_TASK, {"import_id": import_id}, lock=f"import-{import_id}")


async def _check_payments(place: Workplace) -> None:
    if place.online is not None:
        await check_open_attempts(place.online)


_REGULAR: dict[str, tuple[str, Regular]] = {
    "release_holds": (_EVERY_QUARTER_MINUTE, lambda place: release_holds_that_ended(place.sessions)),
    "expire_quotes": (_EVERY_QUARTER_MINUTE, lambda place: expire_quotes_that_ended(place.sessions)),
    "check_payments": (_EVERY_QUARTER_MINUTE, _check_payments),
    "warn": (_EVERY_QUARTER_MINUTE, lambda place: warn_people(place.sessions)),
    "forget_expired": (_EVERY_NIGHT, lambda place: forget_expired(place.sessions)),
    "purge": (_EVERY_HOUR, purge_everything),
}
