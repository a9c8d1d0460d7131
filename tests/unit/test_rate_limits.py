"""Limits in memory: what counts, what is forgiven, what a limit of none does."""

import pytest

from app.config import RateLimit
from app.lib.errors import TooManyRequests
from app.web.rate_limits import SHORT_WAIT, RateLimits


async def test_so_many_are_let_through_and_a_forgiven_one_does_not_count() -> None:
    limits, limit = RateLimits(), RateLimit(2, 60)
    first = await limits.attempt("door", limit)
    assert (first.wait, first.limit, first.remaining) == (0, 2, 1)
    await limits.count("door", limit, "Too often.")
    with pytest.raises(TooManyRequests, match=r"^Too often\. Try again in \d+ seconds\.$") as refused:
        await limits.count("door", limit, "Too often.")
    assert 1 <= refused.value.retry_after <= 61
    await limits.count("window", limit, "Too often.")
    await limits.forgive("door", first.ticket)
    await limits.count("door", limit, "Too often.")


async def test_a_limit_of_none_refuses_the_first_one_already() -> None:
    refused = await RateLimits().attempt("door", RateLimit(0, 60))
    assert refused.wait >= 1
    assert not refused.crowded


async def test_tries_under_way_keep_others_waiting_shortly_and_failures_for_long() -> None:
    limits, limit = RateLimits(), RateLimit(2, 900)
    one = await limits.attempt("door", limit, under_way=True)
    two = await limits.attempt("door", limit, under_way=True)
    crowded = await limits.attempt("door", limit, under_way=True)
    assert crowded.crowded
    assert crowded.wait == SHORT_WAIT
    await limits.settle("door", one.ticket)
    assert (await limits.attempt("door", limit, under_way=True)).crowded
    await limits.forgive("door", two.ticket)
    three = await limits.attempt("door", limit, under_way=True)
    assert three.wait == 0
    await limits.settle("door", three.ticket)
    full = await limits.attempt("door", limit, under_way=True)
    assert not full.crowded
    assert full.wait > 800
