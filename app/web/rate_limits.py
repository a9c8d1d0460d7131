"""Limits on how often something may be tried: a sliding window, in memory or in Redis.

With Redis the window is shared by all processes. When Redis does not answer within half a second the
limit goes on in memory: weaker for a while, but nobody waits and nothing is left open.

A try whose outcome is not known yet is under way: it takes a place in the window, so that many at once get
no further than one after the other, but where only such tries are in the way, the wait is a short one.
"""

import asyncio
import time
from collections import defaultdict, deque
from dataclasses import dataclass
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.config import RateLimit
from app.lib.errors import TooManyRequests

REDIS_PATIENCE = 0.5
# whatever is under way longer than this was cut off, and counts as failed
LONGEST_TRY = 60
SHORT_WAIT = 2
_SWEEP_EVERY = 1000

log = structlog.get_logger("app.rate_limits")


@dataclass(frozen=True, slots=True)
class Standing:
    """How an attempt went: its ticket, how many more fit now, in how many seconds the oldest is forgotten.

    `wait` is how many seconds to wait instead (0: go on); `crowded` says that only tries under way fill the
    window, so that there may be a place at any moment.
    """

    ticket: str
    limit: int
    remaining: int
    reset: int
    wait: int = 0
    crowded: bool = False


class RateLimits:
    """Counts attempts by key."""

    def __init__(self, redis: "Redis | None" = None) -> None:
        self._redis = redis
        self._windows: defaultdict[str, deque[tuple[float, str]]] = defaultdict(deque)
        self._under_way: dict[str, float] = {}
        self._since_sweep = 0

    async def attempt(self, key: str, limit: RateLimit, *, under_way: bool = False) -> Standing:
        """Count one attempt. One that is under way is to be settled or forgiven by its ticket."""
        ticket = uuid4().hex
        if self._redis is not None:
            try:
                async with asyncio.timeout(REDIS_PATIENCE):
                    return await self._attempt_in_redis(self._redis, key, limit, ticket, under_way=under_way)
            except (RedisError, OSError, TimeoutError):
                log.warning("redis_unavailable", doing="rate limit in memory")
        return self._attempt_in_memory(key, limit, ticket, under_way=under_way)

    async def count(self, key: str, limit: RateLimit, refusal: str) -> None:
        """Count one attempt. Raises TooManyRequests, which begins with the sentence `refusal`."""
        refuse((await self.attempt(key, limit)).wait, refusal)

    async def forgive(self, key: str, ticket: str) -> None:
        """Take an attempt back: it was a good one."""
        await self._forget_in_redis(key, ticket, f"limit:{key}", f"limit:{key}:under-way")
        self._under_way.pop(ticket, None)
        window = self._windows.get(key)
        if window:
            self._windows[key] = deque(entry for entry in window if entry[1] != ticket)

    async def settle(self, key: str, ticket: str) -> None:
        """Let an attempt that was under way count: it failed."""
        await self._forget_in_redis(key, ticket, f"limit:{key}:under-way")
        self._under_way.pop(ticket, None)

    async def _forget_in_redis(self, key: str, ticket: str, *names: str) -> None:
        if self._redis is None:
            return
        try:
            async with asyncio.timeout(REDIS_PATIENCE):
                for name in names:
                    await self._redis.zrem(name, ticket)
        except (RedisError, OSError, TimeoutError):
            log.warning("redis_unavailable", doing="rate limit in memory", key=key)

    def _attempt_in_memory(self, key: str, limit: RateLimit, ticket: str, *, under_way: bool) -> Standing:
        moment = time.monotonic()
        self._sweep(moment)
        window = self._windows[key]
        while window and window[0][0] <= moment - limit.seconds:
            window.popleft()
        # a limit of none at all refuses before there is anything to wait for
        reset = _seconds_left((window[0][0] if window else moment), moment, limit)
        if len(window) >= limit.count:
            known = [self._under_way.get(entry[1], 0.0) <= moment - LONGEST_TRY for entry in window]
            return _refused(limit, sum(known), reset)
        window.append((moment, ticket))
        if under_way:
            self._under_way[ticket] = moment
        return Standing(ticket, limit.count, limit.count - len(window), reset)

    def _sweep(self, moment: float) -> None:
        """Forget keys nobody used for a day, now and then, so that memory stays small."""
        self._since_sweep += 1
        if self._since_sweep < _SWEEP_EVERY:
            return
        self._since_sweep = 0
        for key in [
            key for key, window in self._windows.items() if not window or window[-1][0] < moment - 86400
        ]:
            del self._windows[key]
        self._under_way = {
            ticket: since for ticket, since in self._under_way.items() if since > moment - LONGEST_TRY
        }

    async def _attempt_in_redis(
        self, redis: Redis, key: str, limit: RateLimit, ticket: str, *, under_way: bool
    ) -> Standing:
        name, open_name, moment = f"limit:{key}", f"limit:{key}:under-way", time.time()
        async with redis.pipeline(transaction=True) as pipe:
            pipe.zremrangebyscore(name, "-inf", moment - limit.seconds)
            pipe.zremrangebyscore(open_name, "-inf", moment - LONGEST_TRY)
            pipe.zadd(name, {ticket: moment})
            if under_way:
                pipe.zadd(open_name, {ticket: moment})
                pipe.expire(open_name, LONGEST_TRY + 1)
            pipe.expire(name, limit.seconds + 1)
            pipe.zrange(name, 0, 0, withscores=True)
            pipe.zcard(name)
            pipe.zcard(open_name)
            *_, oldest, count, open_count = await pipe.execute()
        reset = _seconds_left(oldest[0][1], moment, limit)
        if count <= limit.count:
            return Standing(ticket, limit.count, limit.count - count, reset)
        await redis.zrem(name, ticket)
        if under_way:
            await redis.zrem(open_name, ticket)
        return _refused(limit, count - open_count - (not under_way), reset)


def refuse(wait: int, refusal: str) -> None:
    """Raise TooManyRequests with this sentence when there is something to wait for."""
    if wait:
        raise TooManyRequests(f"{refusal} Try again in {wait} seconds.", retry_after=wait)


def _seconds_left(oldest: float, moment: float, limit: RateLimit) -> int:
    return max(1, int(oldest + limit.seconds - moment) + 1)


def _refused(limit: RateLimit, settled: int, reset: int) -> Standing:
    """A refusal; `settled` tries are known to have failed, the others are under way."""
    crowded = settled < limit.count
    return Standing("", limit.count, 0, reset, SHORT_WAIT if crowded else reset, crowded)
