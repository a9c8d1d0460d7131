"""One-time links: they work once, for two days, for one person."""

import asyncio
import re

import httpx
import pytest
from sqlalchemy import text

from app.domain.accounts.links import make_password_link, use_password_link
from app.lib.errors import Conflict, NotFound
from app.web.authentication import SESSION_COOKIE
from tests.conftest import PASSWORD, _user
from tests.integration.guests import browser, log_in, take_token

NEW = "quite-another-phrase"


async def link_for(sign_in, work, username: str) -> str:
    """The path of a fresh link, made by an admin on the page of the person."""
    admin = await sign_in("admin")
    async with work() as unit:
        user = await _user(unit, username)
    page = await admin.post(f"/users/{user.id}/password-link")
    assert page.status_code == 200
    found = re.search(r'value="http://test(/password/[\w-]+)"', page.text)
    assert found
    return found[1]


async def choose(client: httpx.AsyncClient, path: str, password: str) -> httpx.Response:
    await take_token(client, path)
    return await client.post(path, data={"password": password})


async def test_a_link_sets_the_password_once_and_signs_in(app, sign_in, work):
    before = await sign_in("technician")
    path = await link_for(sign_in, work, "technician")
    client = browser(app)
    assert (await choose(client, path, "short")).status_code == 422
    answer = await choose(client, path, NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await client.get("/profile")).status_code == 200
    assert (await before.get("/profile")).status_code == 303
    again = browser(app)
    assert (await again.get(path)).status_code == 404
    await take_token(again)
    assert (await again.post(path, data={"password": "a-third-phrase-of-words"})).status_code == 404
    assert (await log_in(again, "technician", PASSWORD)).status_code == 422
    assert (await log_in(again, "technician", NEW)).status_code == 303


async def test_a_link_stops_working_when_the_person_changes_the_password(app, sign_in, work):
    path = await link_for(sign_in, work, "viewer")
    guest = browser(app)
    assert (await guest.get(path)).status_code == 200
    person = await sign_in("viewer")
    answer = await person.post("/profile/password", data={"current": PASSWORD, "new": NEW})
    assert answer.status_code == 303
    assert (await guest.get(path)).status_code == 404


async def test_of_two_at_once_one_wins(app, sign_in, work):
    path = await link_for(sign_in, work, "employee")
    clients = [browser(app) for _ in range(6)]
    for client in clients:
        await take_token(client, path)
    phrases = [f"phrase-of-number-{place}" for place in range(6)]
    answers = await asyncio.gather(
        *(
            client.post(path, data={"password": phrase})
            for client, phrase in zip(clients, phrases, strict=True)
        )
    )
    won = [place for place, answer in enumerate(answers) if answer.status_code == 303]
    assert len(won) == 1
    assert sorted(answer.status_code for answer in answers) == [303] + [404] * 5
    assert (await log_in(browser(app), "employee", phrases[won[0]])).status_code == 303


async def test_a_newer_link_replaces_an_older_one(app, sign_in, work):
    older = await link_for(sign_in, work, "viewer")
    newer = await link_for(sign_in, work, "viewer")
    client = browser(app)
    assert (await client.get(older)).status_code == 404
    page = await client.get(newer)
    assert page.status_code == 200
    # looking does not use it up, and a page with a secret in its address is kept nowhere
    assert (await client.get(newer)).status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "same-origin"


async def test_a_link_ends_with_its_time_and_with_the_account(app, work):
    async with work() as unit:
        user = await _user(unit, "viewer")
        link = await make_password_link(unit, user.id)
    async with work() as unit:
        await unit.session.execute(text("update one_time_link set expires_at = now() - interval '1 second'"))
    async with work() as unit:
        with pytest.raises(NotFound):
            await use_password_link(unit, link.token, NEW)
        await unit.session.execute(text("update one_time_link set expires_at = now() + interval '1 hour'"))
        await unit.session.execute(text("update user_account set active = false where username = 'viewer'"))
    async with work() as unit:
        with pytest.raises(NotFound):
            await use_password_link(unit, link.token, NEW)
        with pytest.raises(Conflict):
            await make_password_link(unit, user.id)
        await unit.session.execute(text("update user_account set active = true where username = 'viewer'"))


async def test_only_a_hash_of_the_link_is_kept(work):
    async with work() as unit:
        user = await _user(unit, "viewer")
        link = await make_password_link(unit, user.id)
    async with work() as unit:
        kept = (await unit.session.execute(text("select token_hash from one_time_link"))).scalars().all()
    assert link.token not in kept


async def test_a_link_of_the_setup_sets_no_password(client):
    assert (await client.get("/password/")).status_code == 404
    page = await client.get("/password/does-not-exist")
    assert page.status_code == 404
    assert "does not work any more" in page.text
    assert SESSION_COOKIE not in page.cookies
