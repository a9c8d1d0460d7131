"""Open pages as the application sees them: streams of `/live` that are read while they run."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any
from urllib.parse import quote

from app.web.authentication import SESSION_COOKIE


class LivePage:
    """One stream: what it was sent so far, and whether it is over."""

    def __init__(self, app: Any, token: str, since: str = "") -> None:
        self.status = 0
        self.text = ""
        self._app = app
        self._news = asyncio.Condition()
        self._gone = asyncio.Event()
        self._asked = False
        self._scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": "/live", "raw_path": b"/live", "root_path": "", "client": ("127.0.0.1", 1),
            "server": ("test", 80), "query_string": f"since={quote(since)}".encode(),
            "headers": [(b"host", b"test"), (b"cookie", f"{SESSION_COOKIE}={token}".encode())],
        }  # fmt: skip
        self._task = asyncio.create_task(self._app(self._scope, self._receive, self._send))

    @property
    def events(self) -> list[tuple[str, Any]]:
        """The events so far: their names and data."""
        found: list[tuple[str, Any]] = []
        for block in self.text.split("\r\n\r\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
            if "event" in lines:
                found.append((lines["event"], json.loads(lines["data"])))
        return found

    @property
    def changes(self) -> list[dict[str, Any]]:
        """All signals of all `change` events so far."""
        return [signal for name, data in self.events if name == "change" for signal in data["changes"]]

    @property
    def is_over(self) -> bool:
        """Whether the server has ended the stream."""
        return self._task.done()

    async def until(self, is_so: Callable[["LivePage"], bool]) -> None:
        """Wait until what was sent fulfils a condition."""
        async with asyncio.timeout(30), self._news:
            await self._news.wait_for(lambda: is_so(self))

    async def ended(self) -> None:
        """Wait until the server ends the stream."""
        async with asyncio.timeout(30):
            await asyncio.shield(self._task)

    async def leave(self) -> None:
        """Close the page."""
        self._gone.set()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._task, 10)

    async def _receive(self) -> dict[str, Any]:
        if self._asked:
            await self._gone.wait()
            return {"type": "http.disconnect"}
        self._asked = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: dict[str, Any]) -> None:
        async with self._news:
            if message["type"] == "http.response.start":
                self.status = message["status"]
            else:
                self.text += message.get("body", b"").decode()
            self._news.notify_all()


@contextlib.asynccontextmanager
async def live_pages(app: Any, *tokens: str, since: str = "") -> AsyncGenerator[list[LivePage]]:
    """Open a page for each session token, all at once; they are joined and caught up on entering."""
    pages = [LivePage(app, token, since) for token in tokens]
    try:
        await asyncio.gather(*(page.until(lambda page: "id: " in page.text) for page in pages))
        yield pages
    finally:
        await asyncio.gather(*(page.leave() for page in pages))
