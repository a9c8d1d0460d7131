"""Jobs: promised with the transaction, done once, tried again after a failure, handed on when one dies."""

import asyncio
import signal
import subprocess
import sys
import time
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from app.domain.importing.running import run_import
from app.jobs import enqueue
from app.jobs.housekeeping import forget_expired
from app.jobs.retries import ATTEMPTS, Backoff, is_passing
from app.jobs.tasks import IMPORTED, Workplace, revive_imports, revive_stalled
from app.jobs.worker import JobWorker, connection_info, create_jobs
from app.lib.clock import now
from app.lib.errors import Conflict, InvalidInput
from tests.integration.importing import finished, mapped, record_of, rows, uploaded, value

STOCK = "name,sku,category,qty\n" + "".join(f"Thing {n},JOB-{n},Jobs,{n}\n" for n in range(300))


@pytest.fixture
def runtime(app: Any) -> Any:
    return app.app.state.runtime


async def started(client: Any, data: str) -> int:
    """An import that waits for a worker."""
    import_id = await uploaded(client, data.encode())
    await mapped(client, import_id)
    await client.post(f"/imports/{import_id}/run")
    return import_id


async def test_a_job_exists_exactly_when_its_transaction_was_committed(runtime: Any, work: Any) -> None:
    async def promise_and_fail() -> None:
        async with work("admin") as unit:
            await enqueue(unit, "nobody_knows_it", {"n": 1})
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        await promise_and_fail()
    promised = "select count(*) from procrastinate_jobs where task_name = 'nobody_knows_it'"
    assert await value(runtime, promised) == 0
    async with work("admin") as unit:
        job_id = await enqueue(unit, "nobody_knows_it", {"n": 2}, lock="one-by-one")
    [job] = await rows(runtime, "select * from procrastinate_jobs where id = :id", id=job_id)
    assert (job.status, job.args, job.lock) == ("todo", {"n": 2}, "one-by-one")


async def test_an_import_waits_for_a_worker_and_stops_with_it_and_goes_on_with_the_next(
    sign_in: Any, runtime: Any
) -> None:
    client = await sign_in("manager")
    import_id = await started(client, STOCK)
    assert (await record_of(runtime, import_id)).state == "queued"
    first = await JobWorker(runtime).start()
    deadline = time.monotonic() + 30
    while not (await record_of(runtime, import_id)).done:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.002)
    begun = time.monotonic()
    await first.stop()
    assert time.monotonic() - begun < 2
    second = await JobWorker(runtime).start()
    record = await finished(runtime, import_id)
    await second.stop()
    assert (record.state, record.report["created"]) == ("done", 300)
    assert await value(runtime, "select count(*) from equipment where sku like 'JOB-%'") == 300
    created = "select count(*) from change where action = 'equipment.created' and operation = :operation"
    assert await value(runtime, created, operation=record.operation) == 300


async def test_the_import_of_a_lost_job_is_promised_again_once(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    import_id = await started(client, "name,sku\nLost,LOST-1\n")
    jobs = "select count(*) from procrastinate_jobs where lock = :lock and status = 'todo'"
    async with runtime.sessions() as session, session.begin():
        await session.execute(
            text("delete from procrastinate_jobs where lock = :lock"), {"lock": f"import-{import_id}"}
        )
    await revive_imports(runtime.sessions)
    await revive_imports(runtime.sessions)
    assert await value(runtime, jobs, lock=f"import-{import_id}") == 1
    await run_import(runtime.sessions, runtime.files, IMPORTED, import_id)
    assert (await record_of(runtime, import_id)).state == "done"


async def test_the_job_of_a_worker_that_was_killed_is_handed_on(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    import_id = await started(client, "name,sku\nKilled,KILL-1\n")
    mine = {"lock": f"import-{import_id}"}
    async with runtime.sessions() as session, session.begin():
        await session.execute(text("update procrastinate_jobs set status = 'doing' where lock = :lock"), mine)
    await revive_imports(runtime.sessions)
    statuses = "select status::text from procrastinate_jobs where lock = :lock"
    assert [row.status for row in await rows(runtime, statuses, **mine)] == ["doing"]
    jobs = create_jobs(runtime.settings.database_url, Workplace(runtime.sessions, runtime.files))
    async with jobs.open_async():
        await revive_stalled(jobs)
    assert [row.status for row in await rows(runtime, statuses, **mine)] == ["todo"]
    worker = await JobWorker(runtime).start()
    assert (await finished(runtime, import_id)).state == "done"
    await worker.stop()


async def test_two_workers_at_one_import_write_every_row_once(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    import_id = await started(client, STOCK.replace("JOB-", "TWO-"))
    await asyncio.gather(
        *(run_import(runtime.sessions, runtime.files, IMPORTED, import_id) for _ in range(2))
    )
    record = await record_of(runtime, import_id)
    assert (record.state, record.report["created"], record.report["changed"]) == ("done", 300, 0)
    assert await value(runtime, "select count(*) from equipment where sku like 'TWO-%'") == 300


async def test_stop_is_heard_between_two_chunks(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    import_id = await started(client, STOCK.replace("JOB-", "STOP-"))
    running = asyncio.create_task(run_import(runtime.sessions, runtime.files, IMPORTED, import_id))
    deadline = time.monotonic() + 30
    while not (await record_of(runtime, import_id)).done:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.002)
    await client.post(f"/imports/{import_id}/stop")
    await running
    record = await record_of(runtime, import_id)
    assert record.state == "stopped"
    assert 0 < record.report["created"] < 300
    assert (
        await value(runtime, "select count(*) from equipment where sku like 'STOP-%' and deleted_at is null")
        == 0
    )


async def test_progress_is_told_and_the_end_is_in_the_change_log(
    sign_in: Any, runtime: Any, app: Any
) -> None:
    heard: list[str] = []
    app.app.state.feed.on_signal(heard.append)
    client = await sign_in("manager")
    import_id = await started(client, STOCK.replace("JOB-", "TELL-"))
    await run_import(runtime.sessions, runtime.files, IMPORTED, import_id)
    deadline = time.monotonic() + 10
    while not any('"done": 300' in payload for payload in heard):
        assert time.monotonic() < deadline, heard
        await asyncio.sleep(0.01)
    actions = await rows(
        runtime,
        "select action from change where entity = 'import' and entity_id = :id order by id",
        id=import_id,
    )
    assert [row.action for row in actions] == ["import.uploaded", "import.started", "import.finished"]


async def test_a_file_that_vanished_fails_the_import_with_a_sentence(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    import_id = await started(client, "name,sku\nVanished,VAN-1\n")
    runtime.files.delete((await record_of(runtime, import_id)).file)
    worker = await JobWorker(runtime).start()
    record = await finished(runtime, import_id)
    await worker.stop()
    assert (record.state, record.report["reason"]) == ("failed", "There is no such file.")
    assert "There is no such file." in (await client.get(f"/imports/{import_id}")).text


async def test_a_worker_of_its_own_does_jobs_and_ends_on_sigterm(
    sign_in: Any, runtime: Any, settings: Any, tmp_path: Any
) -> None:
    client = await sign_in("manager")
    import_id = await started(client, STOCK.replace("JOB-", "OWN-"))
    code = "from app.config import load_settings; from app.jobs.worker import run_worker; run_worker(load_settings())"
    environment = {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "DATA_DIR": str(settings.data_dir),
    }
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.DEVNULL)
    try:
        record = await finished(runtime, import_id)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 5) == 0
    finally:
        process.kill()
        process.wait()
    assert record.report["created"] == 300


async def test_a_worker_outlives_the_loss_of_its_connections(sign_in: Any, runtime: Any) -> None:
    client = await sign_in("manager")
    worker = await JobWorker(runtime).start()
    warm = await started(client, "name,sku\nBefore,CUT-1\n")
    await finished(runtime, warm)
    cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'av-rentals jobs'"
    assert await rows(runtime, f"{cut} and datname = current_database()")
    record = await finished(runtime, await started(client, "name,sku\nAfter,CUT-2\n"))
    await worker.stop()
    assert record.state == "done"


async def test_expired_sessions_and_links_are_forgotten(sign_in: Any, runtime: Any) -> None:
    await sign_in("viewer")
    before = await value(runtime, "select count(*) from session")
    async with runtime.sessions() as session, session.begin():
        await session.execute(
            text("update session set expires_at = now() where id = (select max(id) from session)")
        )
        await session.execute(
            text("insert into one_time_link (token_hash, purpose, expires_at) values ('x', 'setup', now())")
        )
    await forget_expired(runtime.sessions)
    assert await value(runtime, "select count(*) from session") == before - 1
    assert await value(runtime, "select count(*) from one_time_link where token_hash = 'x'") == 0


class _Job:
    attempts = 2


def test_only_what_passes_by_itself_is_tried_again() -> None:
    backoff, job = Backoff(), _Job()
    wait = backoff.get_retry_decision(exception=OSError("gone"), job=job)  # type: ignore[arg-type]
    assert wait is not None
    assert wait.retry_at is not None
    assert 6 < (wait.retry_at - now()).total_seconds() < 9
    assert backoff.get_retry_decision(exception=ValueError("a bug"), job=job) is None  # type: ignore[arg-type]
    assert backoff.get_retry_decision(exception=asyncio.CancelledError(), job=job) is not None  # type: ignore[arg-type]
    job.attempts = ATTEMPTS
    assert backoff.get_retry_decision(exception=OSError("gone"), job=job) is None  # type: ignore[arg-type]
    assert is_passing(Conflict("locked"))
    assert not is_passing(InvalidInput({"name": "no"}))


def test_the_address_is_spelt_as_libpq_reads_it(settings: Any) -> None:
    parts = psycopg.conninfo.conninfo_to_dict(
        connection_info("postgresql+asyncpg://ana:p%40ss@/shop?host=/run/pg&port=5433&ssl=require")
    )
    assert {key: parts[key] for key in ("host", "port", "user", "password", "dbname", "sslmode")} == {
        "host": "/run/pg",
        "port": "5433",
        "user": "ana",
        "password": "p@ss",
        "dbname": "shop",
        "sslmode": "require",
    }
    with psycopg.connect(connection_info(settings.database_url)) as connection:
        assert connection.execute("select count(*) from procrastinate_jobs where false").fetchone() == (0,)
