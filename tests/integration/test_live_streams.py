"""The stream over HTTP: through restarts and two processes, nothing lost, nothing doubled."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from app.config import load_settings
from app.db.engine import create_engine, sessions_of
from app.db.models import Category, Equipment
from app.domain.accounts.sign_in import open_session
from app.lib import editing
from app.lib.unit_of_work import SYSTEM, Actor, unit_of_work
from app.sample.loader import load_company, load_people


@dataclass
class Stream:
    """One page's stream: resumes where it was, like a browser does."""

    url: str
    cookies: dict[str, str]
    seen: list[tuple[int, int]] = field(default_factory=list)
    last_id: str = ""
    connected: int = 0

    @property
    def versions(self) -> list[int]:
        """The versions of the item the page was told of, in the order of hearing."""
        return [version for _, version in self.seen]

    async def follow(self, stop: asyncio.Event) -> None:
        async with httpx.AsyncClient(timeout=None, cookies=self.cookies) as client:
            while not stop.is_set():
                headers = {"Last-Event-ID": self.last_id} if self.last_id else {}
                try:
                    async with client.stream("GET", f"{self.url}/live", headers=headers) as answer:
                        if answer.status_code == 200:
                            self.connected += 1
                            await self._read(answer, stop)
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.05)

    async def _read(self, answer: httpx.Response, stop: asyncio.Event) -> None:
        event_id = ""
        async for line in answer.aiter_lines():
            if line.startswith("id: "):
                event_id = line[4:]
            elif line.startswith("data: ") and '"changes"' in line:
                for signal in json.loads(line[6:])["changes"]:
                    if signal["entity"] == "equipment":
                        self.seen.append((signal["id"], signal["version"]))
            elif not line and event_id:
                self.last_id = event_id
            if stop.is_set():
                return


class Process:
    """One process of the application."""

    def __init__(self, environment: dict[str, str], workers: int) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, **environment, "PORT": str(self.port), "WEB_WORKERS": str(workers)}

    async def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app", "run"], env=self.environment, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 20
        async with httpx.AsyncClient() as client:
            while time.monotonic() < deadline:
                try:
                    if (await client.get(f"{self.url}/health/ready")).status_code == 200:
                        return
                except httpx.HTTPError:
                    await asyncio.sleep(0.05)
        raise AssertionError("not ready")

    async def stop(self) -> None:
        """Stop in order: open streams must not hold the server up."""
        self.process.terminate()
        assert await asyncio.to_thread(self.process.wait, 20) == 0


@pytest.fixture
async def shop(database: str, tmp_path: Any):
    """A database with people and one item, the token of a session, and a way to edit the item."""
    environment = {
        "DATABASE_URL": database, "SECRET_KEY": "live-" + "k" * 40, "DATA_DIR": str(tmp_path),
        "JOBS_IN_PROCESS": "0", "LOG_LEVEL": "ERROR",
    }  # fmt: skip
    engine = create_engine(load_settings(environment).database_url or "")
    sessions = sessions_of(engine)
    async with unit_of_work(sessions, SYSTEM) as work:
        people = await load_people(work, "correct-horse-battery")
        await load_company(work)
        category = await editing.create(work, Category(name="Audio"))
        item = await editing.create(work, Equipment(name="SM58", sku="MIC", category_id=category.id))
        token = (await open_session(work, people["manager"], kind="browser")).token
    actor = Actor(people["technician"].id, "Tom Okafor")

    async def edit(notes: str) -> None:
        async with unit_of_work(sessions, actor) as work:
            subject = await editing.lock(work, Equipment, item.id)
            await editing.edit(work, subject, {"notes": notes}, version=None)

    yield environment, token, edit
    await engine.dispose()


async def test_fifty_pages_two_processes_two_hundred_edits_and_a_restart(shop):
    environment, token, edit = shop
    process = Process(environment, workers=2)
    await process.start()
    stop = asyncio.Event()
    streams = [Stream(process.url, {"av_session": token}) for _ in range(50)]
    following = [asyncio.create_task(stream.follow(stop)) for stream in streams]
    await until(lambda: all(stream.last_id for stream in streams))
    for number in range(100):
        await edit(f"before {number}")
    await process.stop()
    for number in range(50):
        await edit(f"while it is away {number}")
    await process.start()
    for number in range(50):
        await edit(f"after {number}")
    # the last edit comes after all others, and so do doubles of them
    await edit("the last one")
    expected = list(range(2, 203))
    await until(lambda: all(stream.versions[-1:] == expected[-1:] for stream in streams))
    for stream in streams:
        assert stream.versions == expected
        assert stream.connected >= 2
    stop.set()
    await edit("wakes everybody, so that they stop")
    await asyncio.gather(*following)
    for stream in streams:
        # whoever was just told something else stopped before the last edit
        assert stream.versions in (expected, [*expected, expected[-1] + 1])
    await process.stop()


async def until(condition: Any) -> None:
    async with asyncio.timeout(90):
        while not condition():
            await asyncio.sleep(0.05)
