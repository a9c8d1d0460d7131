"""The limits of the JSON API, with small ones."""

from dataclasses import replace

import pytest

from app.config import RateLimit
from tests.conftest import PASSWORD


@pytest.fixture(scope="module")
def settings(settings):
    return replace(settings, api_rate_limit=RateLimit(6, 60), login_rate_limit=RateLimit(2, 900))


async def test_a_session_is_limited_others_are_not(sign_in):
    first, second = await sign_in("manager"), await sign_in("manager")
    answers = [await first.get("/api/auth/me") for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 2
    refused = answers[-1]
    assert refused.json()["code"] == "RATE_LIMITED"
    assert 1 <= int(refused.headers["retry-after"]) <= 61
    assert refused.json()["details"]["retry_after"] == int(refused.headers["retry-after"])
    assert (await second.get("/api/auth/me")).status_code == 200


async def test_every_answer_says_where_the_sender_stands(sign_in):
    person = await sign_in("technician")
    paths = ("/api/auth/me", "/api/nothing", "/api/equipment?nosuch=1", *["/api/auth/me"] * 6)
    answers = [await person.get(path) for path in paths]
    told = [
        (answer.status_code, answer.headers["x-ratelimit-remaining"])
        for answer in answers
        if "x-ratelimit-remaining" in answer.headers
    ]
    assert told == [
        (200, "5"), (422, "4"), (200, "3"), (200, "2"), (200, "1"), (200, "0"), (429, "0"), (429, "0")
    ]  # fmt: skip
    for answer in (answers[0], answers[-1]):
        assert answer.headers["x-ratelimit-limit"] == "6"
        assert 1 <= int(answer.headers["x-ratelimit-reset"]) <= 61
    page = await person.get("/inventory")
    assert "x-ratelimit-limit" not in page.headers


async def test_wrong_passwords_are_throttled_also_the_right_one(client):
    statuses = []
    for password in ("wrong-password-1", "wrong-password-2", PASSWORD):
        answer = await client.post("/api/auth/login", json={"username": "employee", "password": password})
        statuses.append(answer.status_code)
    assert statuses == [401, 401, 429]
    assert int(answer.headers["retry-after"]) > 60


async def test_whoever_is_not_signed_in_is_limited_by_address(client):
    statuses = [(await client.get("/api/equipment")).status_code for _ in range(8)]
    assert statuses[-1] == 429
    assert set(statuses) <= {401, 429}
