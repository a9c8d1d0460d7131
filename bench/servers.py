"""Servers as processes of their own, and what they use of the machine."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from pathlib import Path

import httpx

PATIENCE = 120.0


class Server:
    """One granian with one worker. `cpu_seconds` is of the whole process tree, database apart."""

    def __init__(self, target: str, environment: Mapping[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        command = [
            sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--loop", "uvloop",
            "--workers", "1", "--backlog", "8192", "--backpressure", "20000", "--log-level", "warning",
            "--port", str(self.port), target,
        ]  # fmt: skip
        self._process = subprocess.Popen(command, env={**os.environ, **environment, "AV_SERVING": "1"})

    def wait_until_ready(self, path: str) -> None:
        """Wait for an answer at `path`. Raises RuntimeError when there is none in time."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(self.url + path, timeout=PATIENCE).status_code == 200:
                    return
            time.sleep(0.05)
        raise RuntimeError(f"the server at {self.url}{path} did not get ready")

    def cpu_seconds(self) -> float:
        """CPU time spent so far, user and system."""
        nanoseconds = 0
        for pid in self._tree():
            for task in Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                    nanoseconds += int((task / "schedstat").read_text().split()[0])
        return nanoseconds / 1e9

    def memory(self) -> int:
        """Resident memory in bytes."""
        pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in self._tree())
        return pages * os.sysconf("SC_PAGE_SIZE")

    def _tree(self) -> list[int]:
        found, waiting = list[int](), [self._process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            waiting.extend(int(child) for child in children)
        return found

    def stop(self) -> None:
        """End it, kindly first."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def serving(target: str, environment: Mapping[str, str], ready: str) -> Generator[Server]:
    """A running server, ready and stopped again."""
    server = Server(target, environment)
    try:
        server.wait_until_ready(ready)
        yield server
    finally:
        server.stop()
