"""Which failures pass by themselves, and when to try again."""

import asyncio
from datetime import timedelta

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from app.lib.clock import now
from app.lib.database_errors import translate_database_error
from app.lib.errors import Conflict, Unavailable

ATTEMPTS = 8
LONGEST_WAIT = 300


def is_passing(error: BaseException) -> bool:
    """Whether the surroundings failed (the database is away, somebody holds a lock), not the job itself."""
    if isinstance(error, Conflict | Unavailable | OSError):  # a full disk passes too
        return True
    return isinstance(error, Exception) and isinstance(
        translate_database_error(error), Conflict | Unavailable
    )


class Backoff(BaseRetryStrategy):
    """Try again after 2, 4, 8… seconds what failed in passing; at once what a closing worker gave up."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Say when to try again, or None for a failure that stays."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_at=now())
        if not is_passing(exception) or job.attempts >= ATTEMPTS:
            return None
        wait = min(2 ** (job.attempts + 1), LONGEST_WAIT)
        return RetryDecision(retry_at=now() + timedelta(seconds=wait))
