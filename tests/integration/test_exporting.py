"""Downloads of the inventory: whoever reads slowly holds nobody up, and only so many are written at once."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from functools import partial
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import text

from app.domain.inventory import export_controllers
from app.web.authentication import SESSION_COOKIE
from tests.conftest import work_of
from tests.integration.item_steps import add_item

SignIn = Callable[[str], Awaitable[httpx.AsyncClient]]

ITEMS = 1500
SLOW_READERS = 20
# more than one piece of the file, so that there is something left to send
PIECES_TAKEN = 2


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def many_items(app: Any) -> int:
    """How many items there are: enough for a file of several pieces."""
    work = partial(work_of, app.app.state.runtime)
    item_id = await add_item(work)
    async with work("admin") as unit:
        await unit.session.execute(
            text("""
                insert into equipment (name, sku, category_id, description, quantity)
                select 'Cable ' || n, 'SLOW-' || n, category_id, repeat('long ', 40), 1
                from equipment, generate_series(2, :items) n where id = :id
            """),
            {"items": ITEMS, "id": item_id},
        )
    return ITEMS


class SlowReader:
    """A client that takes a few pieces of the file and then nothing more."""

    def __init__(self, app: Any, token: str) -> None:
        self.stalled = asyncio.Event()
        self.status = 0
        self._pieces = 0
        self._app = app
        self._scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": "/inventory/export", "raw_path": b"/inventory/export", "root_path": "",
            "query_string": b"format=csv", "client": ("127.0.0.1", 1), "server": ("test", 80),
            "headers": [(b"host", b"test"), (b"cookie", f"{SESSION_COOKIE}={token}".encode())],
        }  # fmt: skip

    async def read(self) -> None:
        await self._app(self._scope, self._receive, self._send)

    async def _receive(self) -> dict[str, Any]:
        if self.status:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self._pieces += 1
        if self._pieces == PIECES_TAKEN:
            self.stalled.set()
            await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def stalled_readers(app: Any, token: str) -> AsyncGenerator[None]:
    """SLOW_READERS downloads under way that nobody goes on reading."""
    readers = [SlowReader(app, token) for _ in range(SLOW_READERS)]
    tasks = [asyncio.create_task(reader.read()) for reader in readers]
    try:
        async with asyncio.timeout(30):
            await asyncio.gather(*(reader.stalled.wait() for reader in readers))
        assert {reader.status for reader in readers} == {200}
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_downloads_that_nobody_reads_leave_the_pages_alone(
    app: Any, sign_in: SignIn, many_items: int
) -> None:
    client = await sign_in("viewer")
    async with stalled_readers(app, client.cookies[SESSION_COOKIE]):
        assert app.app.state.runtime.engine.pool.checkedout() == 0
        assert (await client.get("/inventory")).status_code == 200


async def test_a_file_of_several_pieces_is_whole(sign_in: SignIn, many_items: int) -> None:
    client = await sign_in("viewer")
    answer = await client.get("/inventory/export", params={"format": "csv", "sort": "sku", "q": "cable"})
    lines = answer.text.splitlines()
    assert len(lines) == many_items
    skus = [line.split(",")[1] for line in lines[1:]]
    assert sorted(skus, key=lambda sku: int(sku.partition("-")[2])) == skus
    assert len(set(skus)) == many_items - 1


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_further_exports_wait_and_are_told_when_it_takes_long(
    sign_in: SignIn, many_items: int, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    client = await sign_in("viewer")
    address = f"/inventory/export?format={ending}"
    async with contextlib.AsyncExitStack() as busy:
        for _ in range(export_controllers.AT_ONCE):
            await busy.enter_async_context(export_controllers.turn())
        with monkeypatch.context() as impatient:
            impatient.setattr(export_controllers, "PATIENCE", 0.05)
            refused = await client.get(address)
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "10"
        assert "Other exports" in refused.text
        waiting = asyncio.create_task(client.get(address))
        await client.get("/inventory")
        assert not waiting.done()
    assert (await waiting).status_code == 200
