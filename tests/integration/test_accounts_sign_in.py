"""Signing in: fresh secrets, throttling, equal time, nothing secret left behind."""

import asyncio
import contextlib
import logging
import re
import time
from dataclasses import replace
from statistics import median
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text, update

from app.config import RateLimit
from app.db.models import Session, User
from app.domain.accounts import sign_in as signing_in
from app.lib import passwords
from app.lib.passwords import hash_password
from app.logs import configure_logging
from app.web import rate_limits
from app.web.authentication import SESSION_COOKIE
from tests.applications import application
from tests.conftest import PASSWORD
from tests.integration.guests import browser, log_in, take_token

WRONG = "not-this-one-at-all"


async def ok(client: httpx.AsyncClient) -> bool:
    return (await client.get("/profile")).status_code == 200


async def test_signing_in_goes_on_to_the_page_that_was_asked_for(client):
    asked = await client.get("/users?role=admin")
    assert asked.status_code == 303
    to_login = asked.headers["location"]
    await take_token(client, to_login)
    field = re.search(r'name="next" value="([^"]+)"', (await client.get(to_login)).text)
    assert field
    data = {"username": "Manager ", "password": PASSWORD, "next": field[1]}
    answer = await client.post("/login", data=data)
    assert (answer.status_code, answer.headers["location"]) == (303, "/users?role=admin")
    assert (await client.get(answer.headers["location"])).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/login",
        "//[",
        "/ä",
        "evil",
        "/\r\nSet-Cookie: a=b",
    ],
)
async def test_it_never_goes_on_to_another_site(client, path):
    answer = await log_in(client, "viewer", PASSWORD, next=path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_a_wrong_password_keeps_the_name_and_says_nothing_more(client):
    known = await log_in(client, "admin", WRONG)
    unknown = await log_in(client, "nobody.here", WRONG)
    assert known.status_code == unknown.status_code == 422
    assert 'value="admin"' in known.text
    assert WRONG not in known.text
    message = "Username and password do not fit together."
    assert message in known.text
    assert message in unknown.text


@pytest.mark.parametrize(
    "username", ["", "\0", "admin\0x", "%", "'; drop table session; --", "x" * 5000, "🎤"]
)
async def test_strange_names_are_wrong_names(client, username):
    assert (await log_in(client, username, PASSWORD)).status_code == 422


async def test_the_session_is_new_at_every_sign_in(client):
    await take_token(client)
    client.cookies.set(SESSION_COOKIE, "chosen-by-an-attacker")
    answer = await log_in(client, "viewer", PASSWORD)
    assert answer.status_code == 303
    first = answer.cookies[SESSION_COOKIE]
    assert first != "chosen-by-an-attacker"
    client.cookies.delete(SESSION_COOKIE)
    client.cookies.set(SESSION_COOKIE, first)
    # signing in once more, from the page of somebody who is signed in, leaves the earlier session behind
    await take_token(client, "/profile")
    again = await client.post("/login", data={"username": "viewer", "password": PASSWORD})
    second = again.cookies[SESSION_COOKIE]
    assert second != first
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, first)
    assert not await ok(client)
    client.cookies.set(SESSION_COOKIE, second)
    assert await ok(client)


async def test_the_cookie_is_out_of_reach_of_scripts_and_stays_only_when_asked(client):
    brief = (await log_in(client, "viewer", PASSWORD)).headers["set-cookie"].lower()
    assert "httponly" in brief
    assert "samesite=lax" in brief
    assert "max-age" not in brief
    client.cookies.clear()
    kept = (await log_in(client, "viewer", PASSWORD, keep="1")).headers["set-cookie"].lower()
    assert f"max-age={30 * 86400}" in kept


async def test_cookies_are_secure_where_people_come_over_tls(app, settings):
    async with application(replace(settings, public_url="https://shop.example")) as other:
        client = browser(other)
        page = await client.get("/login")
        assert "secure" in page.headers["set-cookie"].lower()
        assert "strict-transport-security" in page.headers


async def test_signing_out_ends_the_session(sign_in):
    client = await sign_in("viewer")
    token = client.cookies[SESSION_COOKIE]
    assert await ok(client)
    answer = await client.post("/logout")
    assert answer.headers["location"] == "/login"
    client.cookies.set(SESSION_COOKIE, token)
    assert not await ok(client)


@pytest.fixture(params=["memory", "redis"])
def strict(request, app, settings, monkeypatch):
    """Opens an application that takes three wrong passwords in 900 seconds, counted in memory or in Redis."""
    # on a busy machine nine people wait longer for each other, and Redis for its turn
    monkeypatch.setattr(signing_in, "_PATIENCE", 60.0)
    monkeypatch.setattr(rate_limits, "REDIS_PATIENCE", 20.0)
    url = request.getfixturevalue("redis_url") if request.param == "redis" else None
    chosen = replace(
        settings,
        login_rate_limit=RateLimit(3, 900),
        redis_url=url,
        trusted_proxies=frozenset({"127.0.0.1"}),
    )

    @contextlib.asynccontextmanager
    async def opened():
        async with application(chosen) as other:
            if other.app.state.runtime.redis is not None:
                await other.app.state.runtime.redis.flushall()
            yield other

    return opened


def at(app: Any, address: str) -> httpx.AsyncClient:
    return browser(app, **{"x-forwarded-for": address})


async def test_an_account_rests_after_too_many_wrong_passwords(strict):
    async with strict() as shop:
        for place in range(3):
            assert (await log_in(at(shop, f"10.1.0.{place}"), "Admin", WRONG)).status_code == 422
        answer = await log_in(at(shop, "10.1.0.9"), "admin", PASSWORD)
        assert answer.status_code == 429
        assert 800 < int(answer.headers["retry-after"]) <= 901
        assert "Too many wrong passwords" in answer.text
        # nobody else suffers
        assert (await log_in(at(shop, "10.1.0.9"), "viewer", PASSWORD)).status_code == 303


async def test_an_address_rests_after_too_many_wrong_passwords(strict):
    async with strict() as shop:
        for name in ("one", "two", "three"):
            assert (await log_in(at(shop, "10.2.0.1"), name, WRONG)).status_code == 422
        assert (await log_in(at(shop, "10.2.0.1"), "viewer", PASSWORD)).status_code == 429
        assert (await log_in(at(shop, "10.2.0.2"), "viewer", PASSWORD)).status_code == 303


async def test_good_sign_ins_do_not_count(strict):
    async with strict() as shop:
        for _ in range(5):
            assert (await log_in(at(shop, "10.3.0.1"), "manager", PASSWORD)).status_code == 303


async def test_many_good_sign_ins_at_once_do_not_lock_each_other_out(strict):
    async with strict() as shop:
        people = [at(shop, "10.4.0.1") for _ in range(9)]
        for person in people:
            await take_token(person)
        data = {"username": "manager", "password": PASSWORD}
        answers = await asyncio.gather(*(person.post("/login", data=data) for person in people))
        assert [answer.status_code for answer in answers] == [303] * 9
        assert (await log_in(at(shop, "10.4.0.1"), "manager", PASSWORD)).status_code == 303


async def test_many_wrong_ones_at_once_get_no_more_tries_than_one_after_the_other(strict):
    async with strict() as shop:
        people = [at(shop, f"10.5.0.{place}") for place in range(9)]
        for person in people:
            await take_token(person)
        data = {"username": "employee", "password": WRONG}
        answers = await asyncio.gather(*(person.post("/login", data=data) for person in people))
        assert sorted(answer.status_code for answer in answers) == [422] * 3 + [429] * 6
        refused = [int(answer.headers["retry-after"]) for answer in answers if answer.status_code == 429]
        assert min(refused) > 800


@pytest.mark.parametrize(
    ("lines", "seen"),
    [
        (["6.6.6.6", "10.9.9.9"], "10.9.9.9"),
        (["6.6.6.6, 10.9.9.9"], "10.9.9.9"),
        (["6.6.6.6", "10.9.9.9, 10.0.0.2"], "10.9.9.9"),
        (["6.6.6.6", "10.9.9.9", " 10.0.0.2 ,"], "10.9.9.9"),
        (["10.0.0.2"], "10.0.0.2"),
        ([], "127.0.0.1"),
    ],
)
async def test_the_address_is_the_nearest_that_is_no_proxy_of_ours(app, settings, lines, seen):
    chosen = replace(settings, trusted_proxies=frozenset({"127.0.0.1", "10.0.0.2"}))
    async with application(chosen) as behind:
        headers = [("x-forwarded-for", line) for line in lines]
        transport = httpx.ASGITransport(app=behind)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as guest:
            assert (await log_in(guest, "viewer", PASSWORD)).status_code == 303
            assert seen in (await guest.get("/profile/sessions")).text
        runtime = behind.app.state.runtime
        async with runtime.read_engine.connect() as reading:
            latest = select(Session.ip).order_by(Session.id.desc()).limit(1)
            assert (await reading.execute(latest)).scalar_one() == seen


async def test_somebody_unknown_costs_the_same_time(client, work, monkeypatch):
    # what tests keep otherwise is so cheap that leaving it out would not show
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())
    monkeypatch.setattr(passwords, "_nobody", PasswordHasher().hash(WRONG[::-1]))
    async with work() as unit:
        kept = update(User).where(User.username == "admin")
        await unit.session.execute(kept.values(password_hash=await hash_password(PASSWORD)))
    await take_token(client)

    async def cost(username: str) -> float:
        started = time.process_time()
        answer = await client.post("/login", data={"username": username, "password": WRONG})
        assert answer.status_code == 422
        return time.process_time() - started

    pairs = [(await cost("admin"), await cost("nobody.at.all")) for _ in range(5)]
    known, unknown = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    assert 0.4 < unknown / known < 2.5


async def test_passwords_and_links_stay_out_of_log_and_change_log(app, settings, work):
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.msg} {record.args}")

    async with application(replace(settings, log_level="DEBUG", login_rate_limit=RateLimit(2, 900))) as other:
        listener = Listener()
        logging.getLogger().addHandler(listener)
        try:
            client = browser(other)
            await log_in(client, "technician", WRONG)
            await log_in(client, "technician", PASSWORD)
            await client.get("/password/a-secret-of-a-link")
            await client.get("/setup/a-secret-of-a-link")
            other_client = browser(other)
            for _ in range(3):
                await log_in(other_client, "technician", WRONG)
        finally:
            logging.getLogger().removeHandler(listener)
            configure_logging(settings)
    said = "\n".join(lines)
    assert "sign_in_failed" in said
    assert "sign_in_throttled" in said
    async with work() as unit:
        logged = (
            await unit.session.execute(text("select coalesce(string_agg(fields::text, ' '), '') from change"))
        ).scalar_one()
        hashes = (await unit.session.execute(text("select password_hash from user_account"))).scalars().all()
    for secret in (PASSWORD, WRONG, *hashes):
        assert secret not in said
        assert secret not in logged
    assert "password" not in logged
