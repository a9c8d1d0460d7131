"""A worker that is told to stop stops, even when the first word got lost."""

import asyncio
import contextlib

from app.jobs.worker import end


async def test_a_lost_cancellation_is_repeated() -> None:
    heard: list[int] = []

    async def hard_of_hearing() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        heard.append(1)
        try:
            await asyncio.Event().wait()
        finally:
            heard.append(2)

    working = asyncio.create_task(hard_of_hearing())
    while working.get_coro().cr_await is None:  # type: ignore[union-attr]
        await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await end(working)
    assert working.cancelled()
    assert heard == [1, 2]


async def test_a_task_that_has_ended_already_is_no_problem() -> None:
    working = asyncio.create_task(asyncio.sleep(0))
    await working
    await end(working)
    assert not working.cancelled()
