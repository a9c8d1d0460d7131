"""Limits on how often something may be tried: a sliding window, in memory or in Redis.

With Redis the window is shared by all processes. When Redis does not answer within half a second the
limit goes on in memory: weaker for a while, but nobody waits and nothing is left open.
"""

import asyncio
import time
from collections import defaultdict, deque
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.config import RateLimit

REDIS_PATIENCE = 0.5
_SWEEP_EVERY = 1000

log = structlog.get_logger("app.rate_limits")


class RateLimits:
    """Counts attempts by key."""

    def __init__(self, redis: "Redis | None" = None) -> None:
        self._redis = redis
        self._windows: defaultdict[str, deque[tuple[float, str]]] = defaultdict(deque)
        self._since_sweep = 0

    async def attempt(self, key: str, limit: RateLimit) -> tuple[str, int]:
        """Count one attempt. Returns its ticket and how many seconds to wait (0: go on)."""
        ticket = uuid4().hex
        if self._redis is not None:
            try:
                async with asyncio.timeout(REDIS_PATIENCE):
                    return ticket, await self._attempt_in_redis(self._redis, key, limit, ticket)
            except (RedisError, OSError, TimeoutError):
                log.warning("redis_unavailable", doing="rate limit in memory")
        return ticket, self._attempt_in_memory(key, limit, ticket)

    async def forgive(self, key: str, ticket: str) -> None:
        """Take an attempt back: it was a good one."""
        if self._redis is not None:
            try:
                async with asyncio.timeout(REDIS_PATIENCE):
                    await self._redis.zrem(f"limit:{key}", ticket)
            except (RedisError, OSError, TimeoutError):
                log.warning("redis_unavailable", doing="rate limit in memory")
        window = self._windows.get(key)
        if window:
            self._windows[key] = deque(entry for entry in window if entry[1] != ticket)

    def _attempt_in_memory(self, key: str, limit: RateLimit, ticket: str) -> int:
        moment = time.monotonic()
        self._sweep(moment)
        window = self._windows[key]
        while window and window[0][0] <= moment - limit.seconds:
            window.popleft()
        if len(window) >= limit.count:
            return max(1, int(window[0][0] + limit.seconds - moment) + 1)
        window.append((moment, ticket))
        return 0

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

    async def _attempt_in_redis(self, redis: Redis, key: str, limit: RateLimit, ticket: str) -> int:
        name, moment = f"limit:{key}", time.time()
        async with redis.pipeline(transaction=True) as pipe:
            pipe.zremrangebyscore(name, "-inf", moment - limit.seconds)
            pipe.zadd(name, {ticket: moment})
            pipe.zrange(name, 0, 0, withscores=True)
            pipe.zcard(name)
            pipe.expire(name, limit.seconds + 1)
            _, _, oldest, count, _ = await pipe.execute()
        if count <= limit.count:
            return 0
        await redis.zrem(name, ticket)
        return max(1, int(oldest[0][1] + limit.seconds - moment) + 1)
