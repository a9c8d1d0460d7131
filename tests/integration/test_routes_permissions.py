"""Every route against every role: nothing is open by accident, nothing is closed to those who need it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.web.authentication import SESSION_COOKIE
from app.web.csrf import HEADER, SAFE_METHODS
from app.web.permissions import CAPABILITIES
from tests.conftest import ROLES

PUBLIC = {
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/metrics"),
    ("GET", "/login"),
    ("POST", "/login"),
    ("GET", "/password/{token:str}"),
    ("POST", "/password/{token:str}"),
    ("GET", "/calendar/feeds/{name:str}"),
    ("GET", "/q/{token:str}"),
    ("GET", "/q/{token:str}/sums"),
    ("GET", "/q/{token:str}/quote.pdf"),
    ("GET", "/q/{token:str}/confirmation.pdf"),
    ("GET", "/q/{token:str}/files/{number:int}/{name:str}"),
    ("GET", "/q/{token:str}/options"),
    ("GET", "/q/{token:str}/acceptance"),
    ("GET", "/q/{token:str}/decline"),
    ("GET", "/q/{token:str}/questions"),
    ("POST", "/q/{token:str}/options"),
    ("POST", "/q/{token:str}/acceptance"),
    ("POST", "/q/{token:str}/decline"),
    ("POST", "/q/{token:str}/questions"),
    ("GET", "/pay/{token:str}"),
    ("POST", "/pay/{token:str}"),
    ("GET", "/pay/{token:str}/return"),
    ("POST", "/webhooks/stripe"),
    ("GET", "/setup"),
    ("GET", "/setup/{token:str}"),
    ("POST", "/setup/{token:str}"),
    ("POST", "/api/auth/login"),
    ("GET", "/schema"),
    ("GET", "/schema/openapi.json"),
    ("GET", "/schema/{path:str}"),
    ("GET", "/static"),
    ("GET", "/{path:path}"),
    ("GET", "/favicon.ico"),
    ("GET", "/manifest.webmanifest"),
}
# a stream that does not end; asked for by name below
STREAM = "/live"
MISSING = {"int": "999999999", "uuid": "00000000-0000-4000-8000-000000000000"}


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    handler: Any

    @property
    def url(self) -> str:
        """An address of this route at which there is nothing."""
        return re.sub(r"\{\w+:(\w+)\}", lambda match: MISSING.get(match[1], "missing"), self.path)

    @property
    def public(self) -> bool:
        return bool(self.handler.opt.get("public"))

    @property
    def capability(self) -> str | None:
        return self.handler.opt.get("capability")

    @property
    def is_unsafe(self) -> bool:
        return self.method not in SAFE_METHODS

    @property
    def exempt(self) -> bool:
        return bool(self.handler.opt.get("csrf_exempt"))


def routes_of(app: Any) -> Iterator[Route]:
    for route in app.app.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:
            for method in sorted(getattr(handler, "http_methods", {"GET"})):
                if method not in {"OPTIONS", "HEAD"}:
                    yield Route(str(method), route.path, handler)


@pytest.fixture(scope="module")
def routes(app: Any) -> list[Route]:
    found = list(routes_of(app))
    assert len(found) > 30
    return found


def guarded(routes: list[Route]) -> list[Route]:
    return [route for route in routes if not route.public and route.path != STREAM]


async def ask(client: httpx.AsyncClient, route: Route, **headers: str) -> httpx.Response:
    return await client.request(route.method, route.url, headers=headers)


def names(routes: list[Route]) -> list[str]:
    return [f"{route.method} {route.path}" for route in routes]


def test_every_route_says_who_may_use_it(routes):
    silent = [route for route in routes if not route.public and not route.capability]
    assert names(silent) == []


def test_every_capability_is_one_that_somebody_has(routes):
    known = frozenset().union(*CAPABILITIES.values())
    assert [route for route in routes if route.capability and route.capability not in known] == []


def test_the_public_routes_are_these_and_no_others(routes):
    public = {(route.method, route.path) for route in routes if route.public}
    assert public == PUBLIC


async def test_nobody_gets_in_without_signing_in(routes, client):
    # a guest with a valid form token, so that nothing but the missing sign-in can be the reason
    await as_guest(client)
    wrong: list[str] = []
    for route in guarded(routes):
        answer = await ask(client, route)
        to_login = answer.status_code == 303 and answer.headers["location"].startswith("/login")
        if not to_login and answer.status_code != 401:
            wrong.append(f"{route.method} {route.path}: {answer.status_code}")
    assert wrong == []


async def as_guest(client: httpx.AsyncClient) -> None:
    await client.get("/login")
    page = await client.get("/login")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', page.text)
    assert token
    client.headers[HEADER] = token[1]


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_gets_what_its_capabilities_say(role, routes, sign_in):
    wrong: list[str] = []
    for route in guarded(routes):
        answer = await ask(await sign_in(role), route)
        allowed = route.capability in CAPABILITIES[role]
        let_in = answer.status_code not in {401, 403} and answer.status_code < 500
        if not (let_in if allowed else answer.status_code == 403):
            wrong.append(f"{route.method} {route.path}: {answer.status_code}")
    assert wrong == []


async def test_the_stream_is_for_those_who_are_signed_in(client):
    answer = await client.get(STREAM)
    assert answer.status_code == 401


async def test_a_token_of_the_page_is_needed_for_every_change(routes, sign_in):
    client = await sign_in("admin")
    good = client.headers.pop(HEADER)
    unsafe = [route for route in routes if route.is_unsafe and not route.exempt]
    assert len(unsafe) > 10
    attempts: list[dict[str, str]] = [
        {},
        {HEADER: "wrong"},
        {HEADER: good, "sec-fetch-site": "cross-site"},
        {HEADER: good, "sec-fetch-site": "same-site"},
    ]
    wrong: list[str] = []
    for route in unsafe:
        for headers in attempts:
            answer = await ask(client, route, **headers)
            if answer.status_code != 403:
                wrong.append(f"{route.method} {route.path} {headers}: {answer.status_code}")
    assert wrong == []


async def test_the_token_of_one_person_is_none_for_another(sign_in):
    one, other = await sign_in("admin"), await sign_in("manager")
    answer = await one.post("/profile/theme", data={"theme": "dark"}, headers={HEADER: other.headers[HEADER]})
    assert answer.status_code == 403


async def test_only_what_takes_no_cookie_is_free_of_the_token(routes):
    exempt = [route for route in routes if route.exempt]
    # messages of a payment provider count by their signature, whoever's browser they might come from
    assert [route.path for route in exempt if not route.path.startswith("/api/")] == ["/webhooks/stripe"]


async def test_a_cookie_is_no_bearer_and_a_bearer_is_no_cookie(app, client, work):
    from app.domain.accounts.sign_in import open_session
    from tests.conftest import _user

    async with work("admin") as unit:
        user = await _user(unit, "admin")
        browser = await open_session(unit, user, kind="browser")
        program = await open_session(unit, user, kind="token")
    as_bearer = await client.get("/users", headers={"authorization": f"Bearer {browser.token}"})
    assert as_bearer.status_code == 303
    client.cookies.set(SESSION_COOKIE, program.token)
    assert (await client.get("/users")).status_code == 303
