"""`python -m app run` as a person starts and stops it: over the embedded PostgreSQL, with a first-run link."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import httpx
import pytest

PATIENCE = 40.0


class Shop:
    """A running `app run` with a data directory of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.output = folder / "output.txt"

    def start(self) -> None:
        environment = {
            **os.environ,
            "DATA_DIR": str(self.folder / "var"),
            "PORT": str(self.port),
            "LOG_LEVEL": "ERROR",
        }
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "app", "run"], env=environment, stdout=output, stderr=output
            )
        until(lambda: self.ready() == 200)

    def ready(self) -> int:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=3).status_code
        except httpx.HTTPError:
            return 0

    def postgres(self) -> list[int]:
        return [pid for pid in processes(f"{self.folder}/var/postgres") if "postgres" in command(pid)]

    def workers(self) -> list[int]:
        return processes(f":{self.port} ")


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def processes(fragment: str) -> list[int]:
    found = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in found if fragment in command(pid)]


def until(condition: Callable[[], Any], patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@pytest.fixture
def shop() -> Generator[Shop]:
    folder = Path(tempfile.mkdtemp(prefix="av-run-", dir="/var/tmp"))
    folder.chmod(0o755)
    running = Shop(folder)
    running.start()
    yield running
    if running.process.poll() is None:
        running.process.kill()
        running.process.wait()
    until(lambda: not running.postgres())
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.skipif(
    not Path("/proc/self/cmdline").exists(), reason="looks processes up in /proc, which is Linux"
)
class TestProcesses:
    def test_it_stops_in_order_with_open_streams(self, shop: Shop) -> None:
        link = re.search(r"/setup/\S+", shop.output.read_text())
        assert link, "a shop without users prints its set-up link"
        assert httpx.get(shop.url + link[0]).status_code == 200
        with httpx.Client(base_url=shop.url, timeout=30) as client:
            sign_up(client, link[0])
            with client.stream("GET", "/live") as stream:
                assert stream.status_code == 200
                next(stream.iter_raw())
                shop.process.send_signal(signal.SIGTERM)
                assert shop.process.wait(PATIENCE) == 0
        assert not shop.postgres()

    def test_a_killed_application_leaves_nothing_behind(self, shop: Shop) -> None:
        assert shop.postgres()
        shop.process.kill()
        shop.process.wait()
        until(lambda: not shop.postgres() and not shop.workers(), 10)

    def test_a_killed_application_can_be_started_again_at_once(self, shop: Shop) -> None:
        shop.process.kill()
        shop.process.wait()
        shop.start()
        assert shop.process.poll() is None

    def test_a_crash_of_the_database_is_answered_and_recovered_from(self, shop: Shop) -> None:
        postmaster = min(shop.postgres())
        os.kill(postmaster, signal.SIGKILL)
        answer = httpx.get(f"{shop.url}/health/ready", timeout=5)
        if answer.status_code == 503:
            assert answer.headers["retry-after"]
        until(lambda: shop.ready() == 200, 10)
        assert min(shop.postgres()) != postmaster
        assert shop.process.poll() is None

    def test_a_second_server_says_what_is_in_its_way_and_leaves_the_first_alone(self, shop: Shop) -> None:
        beside = start_again(DATA_DIR=str(shop.folder / "var"), PORT=str(shop.port))
        assert beside.returncode == 1
        assert (
            f"already running on the data in {shop.folder}/var (process {shop.process.pid})" in beside.stderr
        )
        elsewhere = start_again(DATA_DIR=str(shop.folder / "other"), PORT=str(shop.port))
        assert elsewhere.returncode == 1
        assert f"Port {shop.port} is taken by another program." in elsewhere.stderr
        assert not (shop.folder / "other" / "postgres").exists()
        assert shop.ready() == 200
        assert shop.process.poll() is None


def start_again(**environment: str) -> subprocess.CompletedProcess[str]:
    """Start another server, which is expected to give up at once."""
    return subprocess.run(
        [sys.executable, "-m", "app", "run"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def sign_up(client: httpx.Client, link: str) -> None:
    """Fill the set-up form in with what it offers, a name and a password."""
    page = client.get(link).text
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page)
    assert token
    form = {
        "_csrf_token": token[1], "username": "boss", "first_name": "Bo", "last_name": "Ss",
        "email": "", "password": "correct-horse-battery", "company_name": "Small Shop", "company_city": "Bremen",
        "company_currency": "EUR", "company_time_zone": "Europe/Berlin", "company_locale": "en_GB", "start": "empty",
    }  # fmt: skip
    answer = client.post(link, data=form)
    assert answer.status_code == 303, answer.text
