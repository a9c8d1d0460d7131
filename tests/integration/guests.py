"""Browsers of people who are not signed in (yet)."""

import re
from typing import Any

import httpx

from app.web.csrf import HEADER


async def take_token(client: httpx.AsyncClient, path: str = "/login") -> None:
    """Open a page with a form and send its token along from now on."""
    page = await client.get(path)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert token, (path, page.status_code)
    client.headers[HEADER] = token[1]


async def log_in(client: httpx.AsyncClient, username: str, password: str, **further: str) -> httpx.Response:
    """Fill in the sign-in form."""
    await take_token(client)
    return await client.post("/login", data={"username": username, "password": password, **further})


def browser(app: Any, **headers: str) -> httpx.AsyncClient:
    """A browser without any cookie."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test", headers=headers)
