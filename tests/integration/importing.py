"""Driving an import over HTTP, with a worker that really works."""

import asyncio
import re
import time
from io import BytesIO
from typing import Any

import httpx
from sqlalchemy import text

PATIENCE = 60.0
IMPORTS, CLIENT_IMPORTS = "/imports", "/clients/imports"


async def upload(
    client: httpx.AsyncClient, data: bytes, name: str = "stock.csv", url: str = IMPORTS
) -> httpx.Response:
    return await client.post(f"{url}/new", files={"file": (name, BytesIO(data), "text/csv")})


async def uploaded(
    client: httpx.AsyncClient, data: bytes, name: str = "stock.csv", url: str = IMPORTS
) -> int:
    response = await upload(client, data, name, url)
    assert response.status_code == 303, response.text
    return int(re.fullmatch(rf"{url}/(\d+)/columns", response.headers["location"])[1])  # type: ignore[index]


def chosen_columns(page: str) -> dict[str, str]:
    """What the page of the columns would send as it stands."""
    return {
        name: match[1] if (match := re.search(r'<option value="([^"]*)" selected>', options)) else ""
        for name, options in re.findall(r'name="(column-\d+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    }


async def mapped(
    client: httpx.AsyncClient, import_id: int, url: str = IMPORTS, **changed: str
) -> httpx.Response:
    """Send the columns as they are shown, with changes."""
    form = chosen_columns((await client.get(f"{url}/{import_id}/columns")).text)
    return await client.post(f"{url}/{import_id}/columns", data={**form, "remember": "1", **changed})


async def finished(runtime: Any, import_id: int, *states: str) -> Any:
    """Wait until the import has come to an end; returns its row."""
    deadline = time.monotonic() + PATIENCE
    while True:
        row = await record_of(runtime, import_id)
        if row.state in (states or ("done", "failed", "stopped")):
            return row
        assert time.monotonic() < deadline, f"the import is still {row.state}: {row.done} of {row.total}"
        await asyncio.sleep(0.02)


async def record_of(runtime: Any, import_id: int) -> Any:
    return (await rows(runtime, "select * from data_import where id = :id", id=import_id))[0]


async def rows(runtime: Any, statement: str, **values: Any) -> Any:
    async with runtime.read_engine.connect() as connection:
        return (await connection.execute(text(statement), values)).all()


async def value(runtime: Any, statement: str, **values: Any) -> Any:
    return (await rows(runtime, statement, **values))[0][0]


async def imported(
    client: httpx.AsyncClient,
    runtime: Any,
    data: bytes,
    name: str = "stock.csv",
    url: str = IMPORTS,
    **form: str,
) -> Any:
    """The whole way of a file that needs no decisions."""
    import_id = await uploaded(client, data, name, url)
    response = await mapped(client, import_id, url)
    assert response.headers["location"] == f"{url}/{import_id}/check", response.text
    started = await client.post(f"{url}/{import_id}/run", data=form)
    assert started.headers["location"] == f"{url}/{import_id}"
    return await finished(runtime, import_id)
