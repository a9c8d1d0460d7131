"""Idempotency-Key: sent again, a POST does nothing twice."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

EVENT = {"name": "Gala", "out_start": "2033-05-03T08:00:00Z", "out_end": "2033-05-05T20:00:00Z"}


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


async def events_named(api: Any, name: str) -> int:
    found = await api.get("/api/events", params={"q": name})
    return found.json()["pagination"]["total"]


async def change_key(app: Any, statement: str) -> None:
    async with app.app.state.runtime.read_engine.connect() as connection:
        await connection.execute(text(statement))


async def test_the_same_request_gets_the_same_answer_and_happens_once(sign_in):
    api = await sign_in("manager")
    body = {**EVENT, "name": "Once"}
    first = await api.post("/api/events", json=body, headers=keyed("once-1"))
    again = await api.post("/api/events", json=body, headers=keyed("once-1"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["location"] == first.headers["location"]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert await events_named(api, "Once") == 1
    # the control: without a key it happens again
    await api.post("/api/events", json=body)
    assert await events_named(api, "Once") == 2


async def test_many_at_once_happen_once(sign_in):
    api = await sign_in("manager")
    body = {**EVENT, "name": "Crowd"}
    answers = await asyncio.gather(
        *(api.post("/api/events", json=body, headers=keyed("crowd")) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert await events_named(api, "Crowd") == 1


async def test_a_key_belongs_to_one_request_and_one_person(sign_in):
    api, other = await sign_in("manager"), await sign_in("admin")
    assert (await api.post("/api/events", json=EVENT, headers=keyed("mine"))).status_code == 201
    refused = await api.post("/api/events", json={**EVENT, "name": "Other"}, headers=keyed("mine"))
    assert refused.status_code == 422
    assert "Idempotency-Key" in refused.json()["details"]["fields"]
    theirs = await other.post("/api/events", json=EVENT, headers=keyed("mine"))
    assert theirs.status_code == 201
    assert "idempotency-replayed" not in theirs.headers


async def test_what_was_refused_may_be_tried_again(sign_in):
    api = await sign_in("manager")
    wrong = {**EVENT, "out_end": EVENT["out_start"]}
    assert (await api.post("/api/events", json=wrong, headers=keyed("wrong"))).status_code == 422
    assert (await api.post("/api/events", json=EVENT, headers=keyed("wrong"))).status_code == 201


async def test_a_lost_answer_is_not_done_twice(sign_in, app):
    api = await sign_in("manager")
    body = {**EVENT, "name": "Lost"}
    assert (await api.post("/api/events", json=body, headers=keyed("lost"))).status_code == 201
    # as the transaction left it, before the answer was kept
    await change_key(app, "update idempotency_key set status = 0, body = null where key = 'lost'")
    again = await api.post("/api/events", json=body, headers=keyed("lost"))
    assert again.status_code == 409
    assert await events_named(api, "Lost") == 1


async def test_what_was_cut_off_before_it_was_done_is_done_by_the_next_try(sign_in, app):
    api = await sign_in("manager")
    body = {**EVENT, "name": "Cut off"}
    assert (await api.post("/api/events", json=body, headers=keyed("cut"))).status_code == 201
    await change_key(app, "update idempotency_key set status = null where key = 'cut'")
    assert (await api.post("/api/events", json=body, headers=keyed("cut"))).status_code == 409
    await change_key(
        app, "update idempotency_key set created_at = now() - interval '5 min' where key = 'cut'"
    )
    assert (await api.post("/api/events", json=body, headers=keyed("cut"))).status_code == 201


@pytest.mark.parametrize("key", ["", "two words", "x" * 201])
async def test_odd_keys_are_refused(sign_in, key):
    api = await sign_in("manager")
    assert (await api.post("/api/events", json=EVENT, headers=keyed(key))).status_code == 422


async def test_answers_with_a_secret_are_not_kept(sign_in, app):
    api = await sign_in("admin")
    users = (await api.get("/api/users", params={"q": "viewer"})).json()["data"]
    path = f"/api/users/{users[0]['id']}/password-link"
    assert (await api.post(path, headers=keyed("link"))).status_code == 201
    assert (await api.post(path, headers=keyed("link"))).status_code == 409
    async with app.app.state.runtime.read_engine.connect() as connection:
        body = await connection.scalar(text("select body from idempotency_key where key = 'link'"))
    assert body is None
