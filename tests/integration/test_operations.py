"""What those who run the server ask it: alive, ready, how much; and with a dependency gone."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx

from app.config import Settings
from tests.applications import application


@asynccontextmanager
async def served(settings: Settings) -> AsyncGenerator[httpx.AsyncClient]:
    """An application of its own over these settings."""
    async with (
        application(settings) as outer,
        httpx.AsyncClient(transport=httpx.ASGITransport(app=outer), base_url="http://test") as client,
    ):
        yield client


async def test_a_running_server_is_alive_and_ready(app: Any, client: httpx.AsyncClient) -> None:
    live = await client.get("/health/live")
    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    await asyncio.wait_for(app.app.state.feed.ready.wait(), 10)
    ready = await client.get("/health/ready")
    assert (ready.status_code, ready.json()) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "live": "ok"}},
    )


async def test_without_its_database_it_is_alive_but_not_ready(settings: Settings) -> None:
    gone = replace(
        settings, database_url="postgresql+asyncpg://nobody@127.0.0.1:1/none", jobs_in_process=False
    )
    async with served(gone) as client:
        assert (await client.get("/health/live")).status_code == 200
        ready = await client.get("/health/ready")
        assert ready.status_code == 503
        assert int(ready.headers["Retry-After"]) > 0
        assert ready.json() == {
            "status": "unavailable",
            "checks": {"database": "unavailable", "live": "reconnecting"},
        }
        page = await client.get("/login", headers={"cookie": "av_session=anything"})
        assert page.status_code == 503
        assert "database is not answering" in page.text


async def test_redis_is_asked_where_it_is_configured(settings: Settings, redis_url: str) -> None:
    async with served(replace(settings, redis_url=redis_url, jobs_in_process=False)) as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["checks"]["redis"]) == (200, "ok")


async def test_a_lost_redis_is_reported_and_does_not_make_it_unready(settings: Settings) -> None:
    lost = replace(settings, redis_url="redis://127.0.0.1:1/0", jobs_in_process=False)
    async with served(lost) as client:
        answer = await client.get("/health/ready")
        assert (answer.status_code, answer.json()["checks"]["redis"]) == (200, "unavailable")


async def test_metrics_count_requests_and_streams(client: httpx.AsyncClient) -> None:
    before = _sample((await client.get("/metrics")).text, 'http_requests_total{method="GET",status="200"}')
    await client.get("/health/live")
    text = (await client.get("/metrics")).text
    after = _sample(text, 'http_requests_total{method="GET",status="200"}')
    assert after - before >= 2, "one for the probe, one for the first look at the metrics"
    assert _sample(text, "live_streams") == 0
    assert 'http_request_seconds_count{method="GET"}' in text


async def test_every_answer_carries_a_request_id_and_the_policy(client: httpx.AsyncClient) -> None:
    first, second = await client.get("/health/live"), await client.get("/nothing-here")
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    for answer in (first, second):
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def _sample(text: str, name: str) -> float:
    return next((float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(name)), 0.0)


async def test_every_document_carries_the_policies_and_a_fetched_part_goes_without(
    client: httpx.AsyncClient,
) -> None:
    for path in ("/login", "/nothing-here", "/health/live", "/static/nothing"):
        policy = (await client.get(path)).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    fetched = await client.get("/login", headers={"Sec-Fetch-Dest": "empty"})
    assert "content-security-policy" not in fetched.headers
    assert fetched.headers["x-content-type-options"] == "nosniff"
